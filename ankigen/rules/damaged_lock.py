"""I014 damaged-lock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.lock import LockError
from ankigen.model import Deck


class DamagedLock(Rule):
    """deck.lock cannot be read: a merge left its marks in it, it was cut off, or it is no such file.

    ## Why it is bad

    deck.lock knows what learners have. Without it, the next release would update every note, and Anki would
    overwrite what learners have edited and tagged.

    ## Example

    ```text
    choice kms-encrypt-limit
    <<<<<<< HEAD
    1764000000 lVT865Td8dgCtUn0pCIz 0a1b2c3d4e5f60718293 93827160f5e4d3c2b1a0
    =======
    1764000005 lVT865Td8dgCtUn0pCIz 5566778899aabbccddee 93827160f5e4d3c2b1a0
    >>>>>>> other
    ```

    ## Instead

    ```text
    choice kms-encrypt-limit
    1764000000 lVT865Td8dgCtUn0pCIz 0a1b2c3d4e5f60718293 93827160f5e4d3c2b1a0
    1764000005 lVT865Td8dgCtUn0pCIz 5566778899aabbccddee 93827160f5e4d3c2b1a0
    ```
    """

    code = "I014"
    essential = True

    def check_deck(self, facts: Sequence[object], deck: Deck) -> Iterator[Diagnostic]:
        """Report what kept the lock from being read."""
        if isinstance(deck.lock, LockError):
            yield self.found(deck.lock.place, deck.lock.message, deck.lock.help)

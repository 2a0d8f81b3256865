"""D009 note-type-changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Kind
from ankigen.shape import shape_of


class NoteTypeChanged(Rule):
    """A note type has other fields or card templates than when the deck was last built.

    ## Why it is bad

    Anki takes no update for notes whose note type has a field or a template more or less than the learner's: it
    calls each of them "conflicting". Only an ankigen with another idea of the note types can cause this.

    ## Example

    ```text
    type choice
    1764000000 0a1b2c3d4e5f60718293 00000000000000000000
    ```

    ## Instead

    Build with the version of ankigen that wrote deck.lock.
    """

    code = "D009"

    def check_deck(self, facts: Sequence[object], deck: Deck) -> Iterator[Diagnostic]:
        """Compare the shape of each note type with the one in the lock."""
        for kind in Kind:
            entry = deck.released.types.get(kind)
            if entry and entry.shape != shape_of(kind):
                yield self.found(
                    deck.released.place("type", kind),
                    f"{kind} cards have other fields than when this deck was last built",
                    "build with the version of ankigen that wrote deck.lock: Anki would refuse every update",
                )

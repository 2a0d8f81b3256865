"""A002 blank-name-component."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.model import Deck, written_tags


class BlankNameComponent(Rule):
    """Between the `::` of a tag, or at one of its ends, there is no name.

    ## Why it is bad

    Anki writes `blank` there.

    ## Example

    ```yaml
    tags: ["exam::::kms"]
    ```

    ## Instead

    ```yaml
    tags: ["exam::kms"]
    ```
    """

    code = "A002"

    def check_deck(self, deck: Deck) -> Iterator[Diagnostic]:
        """Look at the parts of every tag."""
        for tag, location in written_tags(deck):
            parts = [part.strip() for part in tag.split("::")]
            if not all(parts):
                better = "::".join(part for part in parts if part)
                help = f"write `{better}`" if better else "delete it"
                yield self.found(location, f"the tag `{tag}` has a level with no name", help)

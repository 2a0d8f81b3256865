"""A001 tag-with-space."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.model import Deck, written_tags


class TagWithSpace(Rule):
    """A tag holds a space.

    ## Why it is bad

    Anki separates tags by spaces: one tag would become two.

    ## Example

    ```yaml
    tags: [envelope encryption]
    ```

    ## Instead

    ```yaml
    tags: [envelope-encryption]
    ```
    """

    code = "A001"
    essential = True

    def check_deck(self, deck: Deck) -> Iterator[Diagnostic]:
        """Look for white space in every tag."""
        for tag, location in written_tags(deck):
            if re.search(r"\s", tag):
                better = "-".join(tag.split())
                yield self.found(location, f"the tag `{tag.strip()}` holds a space", f"write `{better}`")

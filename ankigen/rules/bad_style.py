"""A012 bad-style."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.lint.style import load_style
from ankigen.model import Deck
from ankigen.theme import forbidden


class BadStyle(Rule):
    """The deck's style file is missing, is no CSS, or holds what no card may show.

    A card shows nothing from elsewhere: neither `@import` nor an address in `url(...)` works, except for pictures
    written as `data:image/...`. The file lies below the deck's folder and has at most 100 kB.

    ## Why it is bad

    A style that cannot be read leaves every card of the deck without it, and what is loaded from elsewhere tells
    a stranger who learns what, and when.

    ## Example

    ```css
    @import url("https://fonts.example/serif.css");
    ```

    ## Instead

    ```css
    .card { font-family: Georgia, serif; }
    ```
    """

    code = "A012"
    essential = True

    def check_deck(self, facts: Sequence[Any], deck: Deck) -> Iterator[Diagnostic]:
        """Read the style file that deck.yaml names."""
        style = load_style(deck)
        if isinstance(style, str):
            yield self.found(deck.origin.at("cards", "css"), style, "put the file there, or mend its name")
        elif style is not None:
            for fault in forbidden(style.text):
                yield self.found(style.location(fault.span), fault.message, fault.help)

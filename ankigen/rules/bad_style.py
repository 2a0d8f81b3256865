"""A012 bad-style."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.model import Deck
from ankigen.theme import forbidden


class BadStyle(Rule):
    """The deck's style file is missing, is no CSS, or holds what no card may show.

    A card shows nothing from elsewhere: neither `@import` nor an address in `url(...)` works, except for pictures and
    fonts that are written out as `data:image/...` and `data:font/...`, and for `#name`, a part of the card itself.
    Functions that take an address without `url(...)` do not work either: `image-set()`, `src()`, `image()`,
    `element()` and `filter("...")`. `@font-face` may stand there, with such a font or one of the learner's own
    (`local(...)`); so may `@charset` and `@namespace`, which do nothing on a card.

    The file lies below the deck's folder, is UTF-8, and has at most 100 kB. `</` and `<!--` cannot stand in it, not
    even in a comment, because the style is a part of the card's HTML. The first 20 faults are reported.

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
        style = deck.style
        if isinstance(style, str):
            yield self.found(deck.origin.at("cards", "css"), style, "put the file there, or mend its name")
        elif style is not None:
            for fault in forbidden(style.text):
                yield self.found(style.location(fault.span), fault.message, fault.help)

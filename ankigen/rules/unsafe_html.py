"""F003 unsafe-html."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.html import is_html
from ankigen.lint.rule import Rule
from ankigen.markup import ALLOWED_TAGS
from ankigen.model import Deck, Text
from ankigen.source.markdown import inline_html

_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>?")
_HANDLER = re.compile(r"\bon[a-z]+\s*=|(?:javascript|vbscript|data)\s*:", re.IGNORECASE)


class UnsafeHtml(Rule):
    """A text holds HTML that a card may not have: scripts, frames, forms, styles, event handlers.

    ## Why it is bad

    It is taken out, so that the card would miss it. Cards run on other people's machines, and content is
    not trusted with them.

    ## Example

    ```yaml
    answer: <script>reveal()</script> 4 KB
    ```

    ## Instead

    ```yaml
    answer: 4 KB
    ```
    """

    code = "F003"

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look at each tag and its attributes."""
        for start, piece in inline_html(text.value):
            for tag in _TAG.finditer(piece):
                name = tag[1].lower()
                if is_html(name) and name not in ALLOWED_TAGS:
                    help = (
                        "delete it"
                        if name not in ("audio", "video", "source")
                        else "write `![](file)` for a sound"
                    )
                    place = text.at(start + tag.start(), start + tag.end())
                    yield self.found(place, f"`<{name}>` is not allowed on a card", help)
                elif is_html(name) and (bad := _HANDLER.search(tag[2])):
                    place = text.at(start + tag.start(2) + bad.start(), start + tag.start(2) + bad.end())
                    yield self.found(place, f"`{bad[0]}` is not allowed on a card", "delete it")

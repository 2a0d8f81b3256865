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
# A name, and after it perhaps a value with its quotation marks.
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?")
_HANDLER = re.compile(r"on[a-z]+\s*=", re.IGNORECASE)
_SCHEME = re.compile(r"[\"']?\s*((?:javascript|vbscript|data)\s*:)", re.IGNORECASE)


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
    signs = ("<",)

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
                elif is_html(name) and (bad := _bad_attribute(tag)):
                    first, last = bad
                    place = text.at(start + first, start + last)
                    yield self.found(place, f"`{piece[first:last]}` is not allowed on a card", "delete it")


def _bad_attribute(tag: re.Match[str]) -> tuple[int, int] | None:
    """Where the first attribute of a tag stands that could run something: an event handler, or an address."""
    for attribute in _ATTRIBUTE.finditer(tag.string, *tag.span(2)):
        handler = _HANDLER.match(tag.string, *attribute.span())
        if handler:
            return handler.span()
        scheme = _SCHEME.match(attribute[2] or "") if attribute[1].lower() in ("href", "src") else None
        # A picture that is written into its address is no danger, and misses its place in the media folder.
        if scheme and not (tag[1].lower() == "img" and scheme[1].lower().startswith("data")):
            return attribute.start(2) + scheme.start(1), attribute.start(2) + scheme.end(1)
    return None

"""F002 unescaped-angle."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.html import is_html
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Text
from ankigen.source.markdown import inline_html

_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9-]*)")


class UnescapedAngle(Rule):
    """An angle bracket begins something that looks like a tag and is none, such as `List<T>`.

    ## Why it is bad

    It is taken for HTML, and vanishes from the card.

    ## Example

    ```yaml
    answer: It returns a List<String>.
    ```

    ## Instead

    ```yaml
    answer: It returns a `List<String>`.
    ```
    """

    code = "F002"
    signs = ("<",)
    severity = Severity.WARNING
    fix = "safe"

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look at each piece of HTML for a name that HTML does not have."""
        for start, piece in inline_html(text.value):
            for match in _NAME.finditer(piece):
                if not is_html(match[1]):
                    end = piece.find(">", match.end()) + 1 or len(piece)
                    at = start + match.start()
                    yield self.found(
                        text.at(at, start + end),
                        f"`{piece[match.start() : end]}` is taken for a tag, and does not show",
                        "write it as code, in back-ticks, or write `\\<` for the bracket",
                        fix=text.fix(at, at, "\\", safe=True),
                    )

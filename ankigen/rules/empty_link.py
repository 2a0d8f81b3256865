"""F008 empty-link."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Text
from ankigen.source.markdown import code_in

_EMPTY = re.compile(r"(?<!!)\[([^\[\]\n]*)\]\(\s*(<?[^()\n]*?>?)\s*\)")


class EmptyLink(Rule):
    """A link has no address, or no text.

    ## Why it is bad

    It leads nowhere, or cannot be seen.

    ## Example

    ```yaml
    explanation: See [the page]().
    ```

    ## Instead

    ```yaml
    explanation: See [the page](https://example.org).
    ```
    """

    code = "F008"
    signs = ("](",)

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look at each link."""
        if "](" not in text.value:
            return
        code = [(start, start + len(piece)) for start, piece in code_in(text.value)]
        for link in _EMPTY.finditer(text.value):
            if any(start <= link.start() < end for start, end in code):
                continue
            if not link[2].strip("<>"):
                yield self.found(
                    text.at(*link.span()), "this link leads nowhere", "write its address in the brackets"
                )
            elif not link[1].strip():
                yield self.found(
                    text.at(*link.span()), "this link shows no text", "write what it shows before the address"
                )

"""A007 accidental-directive."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Text
from ankigen.source.markdown import prose

_ORDER = re.compile(r"\[(?:sound:|anki:|latex\]|\$\$?\]|\[type:)", re.IGNORECASE)


class AccidentalDirective(Rule):
    """A text holds what Anki takes for an order of its own: `[sound:...]`, `[latex]`, `[$]`,
    `[[type:...]]`.

    ## Why it is bad

    The card shows it as text, since content may not give such orders. If it was meant as one, there is
    another way.

    ## Example

    ```yaml
    stem: "Listen: [sound:bell.mp3]"
    ```

    ## Instead

    ```yaml
    stem: "Listen: ![](bell.mp3)"
    ```
    """

    code = "A007"
    signs = ("[",)
    severity = Severity.WARNING

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look for the beginnings of Anki's orders."""
        for match in _ORDER.finditer(text.value):
            if prose(text.value)[match.start()] != " ":
                help = "write `![](file)` for a sound and `$...$` for a formula; in code it may stay"
                yield self.found(text.at(*match.span()), f"`{match.group()}` is shown as text, not obeyed", help)
                return

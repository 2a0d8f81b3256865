"""Y012 escape-ate-backslash."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Edit, Fix, Severity, Span
from ankigen.lint.rule import Rule
from ankigen.source.yaml import Document

# What the others of these letters make is a control character, which has a rule of its own.
_EATEN = re.compile(
    r"(?<!\\)(?:\\\\)*(\\(?:t(?:imes|ext|heta|frac|an\b|o\b|riangle)|n(?:abla|eq?\b|u\b|ot\b|ewline)"
    r"|r(?:ight|ho\b|angle|floor|vert)))"
)


class EscapeAteBackslash(Rule):
    r"""In double quotation marks, a backslash and a letter became one character, in what looks like a
    formula.

    ## Why it is bad

    `"\times"` is a tab and `imes`; `"\nabla"` is a line break and `abla`.

    ## Example

    ```yaml
    answer: "$a \times b$"
    ```

    ## Instead

    ```yaml
    answer: '$a \times b$'
    ```
    """

    code = "Y012"
    severity = Severity.WARNING
    fix = "unsafe"

    def check_document(self, document: Document) -> Iterator[Diagnostic]:
        """Look for the names of TeX commands after a backslash, in values between double quotation marks."""
        source = document.source
        for match in _EATEN.finditer(source.text) if "\\" in source.text else ():
            start = document.text_start(match.start(1))
            if start is None or source.text[start] != '"':
                continue
            # After short ones another word may begin: "uno\ne due" has a line break. In a formula none does.
            if len(match[1]) > 4 or "$" in source.text[start : match.start(1)]:
                help = "use single quotation marks, in which a backslash is a backslash"
                message = f"`{match[1][:2]}` is one character here, and `{match[1]}` was meant"
                # In double quotation marks two backslashes are one.
                doubled = Edit(source.location(Span(match.start(1), match.start(1))), "\\")
                place = source.location(Span(*match.span(1)))
                yield self.found(place, message, help, fix=Fix((doubled,), safe=False))

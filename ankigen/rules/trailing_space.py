"""F010 trailing-space."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Edit, Fix, Severity, Span
from ankigen.lint.rule import Rule
from ankigen.source.yaml import Document


class TrailingSpace(Rule):
    """A line ends in spaces.

    ## Why it is bad

    Nobody sees them, and they show up as changes in reviews. In a text two of them break the line, which a
    backslash says visibly.

    It is off unless asked for.

    ## Example

    ```yaml
    title: KMS␣␣
    ```

    ## Instead

    ```yaml
    title: KMS
    ```
    """

    code = "F010"
    severity = Severity.WARNING
    pedantic = True
    fix = "safe"

    def check_document(self, document: Document) -> Iterator[Diagnostic]:
        """Look at the ends of all lines that are not inside a text."""
        source = document.source
        for match in re.finditer(r"(?<![ \t])[ \t]++(?=\r?$)", source.text, re.MULTILINE):
            if not document.text_at(match.start()):
                place = source.location(Span(*match.span()))
                yield self.found(
                    place, "this line ends in spaces", "delete them", fix=Fix((Edit(place, ""),), safe=True)
                )

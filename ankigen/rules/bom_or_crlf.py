"""Y010 bom-or-crlf."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Edit, Fix, Severity, Span
from ankigen.lint.rule import Rule
from ankigen.source.yaml import Document


class BomOrCrlf(Rule):
    """A file begins with a byte order mark, or its lines end as on Windows.

    ## Why it is bad

    Mixed in one repository, they show up as changes of whole files in reviews.

    It is off unless asked for.

    ## Example

    ```yaml
    # every line ends in CR LF
    ```

    ## Instead

    ```yaml
    # every line ends in LF
    ```
    """

    code = "Y010"
    severity = Severity.WARNING
    pedantic = True
    fix = "safe"

    def check_document(self, document: Document) -> Iterator[Diagnostic]:
        """Look at the first characters and the ends of the lines."""
        source = document.source
        if source.bom:
            place = source.location(Span(0, 0))
            yield self.found(place, "the file begins with a byte order mark", "save it as UTF-8 without one")
        ends = (
            [at for at in range(len(source.text)) if source.text.startswith("\r\n", at)]
            if "\r\n" in source.text
            else []
        )
        if ends:
            edits = tuple(Edit(source.location(Span(at, at + 1)), "") for at in ends)
            place = source.location(Span(ends[0], ends[0] + 1))
            message = f"{len(ends)} lines end in CR LF, as on Windows"
            yield self.found(place, message, "save the file with LF line ends", fix=Fix(edits, safe=True))

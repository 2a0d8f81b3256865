"""F004 not-nfc."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Edit, Fix, Severity, Span
from ankigen.lint.rule import Rule
from ankigen.source.yaml import Document


class NotNfc(Rule):
    """A text is written with letters and accents apart (not in Unicode's form NFC).

    ## Why it is bad

    It looks the same, and is not found by a search for what looks the same.

    It is off unless asked for.

    ## Example

    ```yaml
    answer: café      # an e, and an accent of its own
    ```

    ## Instead

    ```yaml
    answer: café
    ```
    """

    code = "F004"
    severity = Severity.WARNING
    pedantic = True
    fix = "safe"

    def check_document(self, document: Document) -> Iterator[Diagnostic]:
        """Look through the words of a file that is not normal."""
        source = document.source
        if unicodedata.is_normalized("NFC", source.text):
            return
        for word in re.finditer(r"\S+", source.text):
            better = unicodedata.normalize("NFC", word.group())
            if better != word.group():
                place = source.location(Span(*word.span()))
                message = "letters and accents are written apart in this word"
                yield self.found(
                    place,
                    message,
                    "write it anew",
                    fix=Fix((Edit(place, better),), safe=not _may_be_name(word.group())),
                )


def _may_be_name(word: str) -> bool:
    """Whether a word may be the name of a file, which could be written the same way on the disk."""
    return "." in word.rstrip(".") or "/" in word

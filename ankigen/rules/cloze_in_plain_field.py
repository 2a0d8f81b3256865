"""A003 cloze-in-plain-field."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Text
from ankigen.source.markdown import prose

_GAP = re.compile(r"\{\{c\d+::")


class ClozeInPlainField(Rule):
    """A gap (`{{c1::...}}`) stands in a text that is no cloze.

    ## Why it is bad

    It shows as it is, braces and all.

    ## Example

    ```yaml
    stem: KMS takes {{c1::4 KB}}.
    answer: 4 KB
    ```

    ## Instead

    ```yaml
    cloze: KMS takes {{c1::4 KB}}.
    ```
    """

    code = "A003"
    signs = ("{{c",)
    severity = Severity.WARNING

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look for gaps outside cloze texts."""
        if text.name == "cloze" or "{{c" not in text.value:
            return
        # In code it is meant to show as it is.
        if match := _GAP.search(prose(text.value)):
            help = "write the whole as `cloze:`, or the text without the braces"
            yield self.found(text.at(*match.span()), "this gap is none here, and shows as it is", help)

"""F007 smart-quote-in-code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Edit, Fix, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Text
from ankigen.source.markdown import code_in

_SMART = re.compile("[“”„‘’‚]")
_PLAIN = str.maketrans("“”„‘’‚", "\"\"\"'''")


class SmartQuoteInCode(Rule):
    """Code holds typographic quotation marks.

    ## Why it is bad

    Whoever copies it gets an error. They come from word processors.

    ## Example

    ```yaml
    answer: Call `print(“x”)`.
    ```

    ## Instead

    ```yaml
    answer: Call `print("x")`.
    ```
    """

    code = "F007"
    severity = Severity.WARNING

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look into code."""
        for start, code in code_in(text.value):
            for match in _SMART.finditer(code):
                place = text.at(start + match.start(), start + match.end())
                plain = match.group().translate(_PLAIN)
                raw = text.origin.document.raw((*text.origin.path, *text.path))
                # In a quoted value the plain mark could end the value.
                fix = Fix((Edit(place, plain),), safe=True) if raw[:1] not in ("'", '"') else None
                yield self.found(
                    place, f"`{match.group()}` is no quotation mark in code", f"write `{plain}`", fix=fix
                )

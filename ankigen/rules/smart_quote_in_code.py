"""F007 smart-quote-in-code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Text
from ankigen.source.markdown import code_in

# A pair on one line, which is one slip, or a mark alone.
_SMART = re.compile("[“„][^“”„\n]*[“”]|[‘‚][^‘’‚\n]*[‘’]|[“”„‘’‚]")
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
    signs = ("“", "”", "„", "‘", "’", "‚")
    severity = Severity.WARNING
    fix = "safe"

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look into code."""
        for start, code in code_in(text.value):
            for match in _SMART.finditer(code):
                at, end = start + match.start(), start + match.end()
                plain = match.group().translate(_PLAIN)
                what = "is no quotation mark" if len(plain) == 1 else "has quotation marks that are none"
                yield self.found(
                    text.at(at, end),
                    f"`{match.group()}` {what} in code",
                    f"write `{plain}`",
                    fix=text.fix(at, end, plain, safe=True),
                )

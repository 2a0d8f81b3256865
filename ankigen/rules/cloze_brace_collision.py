"""A005 cloze-brace-collision."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Kind, Question

_FORMULA = re.compile(r"(\$\$?)((?:(?!\1).)+?)\1", re.DOTALL)


class ClozeBraceCollision(Rule):
    r"""Two braces of a formula stand together inside a gap.

    ## Why it is bad

    Anki takes them for the end of the gap, and shows the rest of the formula.

    ## Example

    ```yaml
    cloze: It is {{c1::$\frac{a}{b^{2}}$}}.
    ```

    ## Instead

    ```yaml
    cloze: It is {{c1::$\frac{a}{b^{2} }$}}.
    ```
    """

    code = "A005"
    severity = Severity.WARNING
    fix = "unsafe"

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look into the formulas of a cloze text."""
        if question.kind is not Kind.CLOZE:
            return
        for formula in _FORMULA.finditer(question.cloze):
            before = question.cloze[: formula.start()]
            if before.count("{{c") <= before.count("}}"):
                continue  # not inside a gap
            for match in re.finditer(r"\}(?=\})", formula[2]):
                at = formula.start(2) + match.start()
                yield self.found(
                    question.origin.within(("cloze",), at, at + 2),
                    "Anki takes these braces for the end of the gap",
                    "put a space between them, which changes nothing in a formula",
                    fix=question.origin.fix(("cloze",), at + 1, at + 1, " ", safe=False),
                )

"""Q003 choose-count-in-stem."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import choose_in
from ankigen.model import Deck, Kind, Question


class ChooseCountInStem(Rule):
    """The stem says how many options to choose.

    ## Why it is bad

    The card says so itself, counted from the options. Written twice, one of the two will be wrong one day.

    It reads English, and stays silent on a deck in another language.

    ## Example

    ```yaml
    stem: Which calls return a key? (Choose two.)
    ```

    ## Instead

    ```yaml
    stem: Which calls return a key?
    ```
    """

    code = "Q003"
    severity = Severity.WARNING
    english = True
    fix = "safe"

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look for the instruction, where it says the right number."""
        found = choose_in(question.stem) if question.kind is Kind.CHOICE else None
        if found is None or found.count != sum(option.correct for option in question.options):
            return
        yield self.found(
            question.origin.within(("stem",), found.start, found.end),
            "the card says how many to choose by itself",
            "delete it from the stem",
            fix=question.origin.fix(("stem",), found.before, found.end, "", safe=True),
        )

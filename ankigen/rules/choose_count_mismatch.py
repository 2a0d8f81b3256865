"""Q002 choose-count-mismatch."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Edit, Fix
from ankigen.lint.rule import Rule
from ankigen.lint.words import choose_in
from ankigen.model import Deck, Kind, Question


class ChooseCountMismatch(Rule):
    """`choose`, or the stem, says another number than there are correct options.

    ## Why it is bad

    The card tells the learner how many to choose. One of the two numbers is a mistake, perhaps the key
    itself.

    ## Example

    ```yaml
    choose: 2
    options:
      - {text: GenerateDataKey, correct: true}
      - Encrypt
    ```

    ## Instead

    ```yaml
    options:
      - {text: GenerateDataKey, correct: true}
      - Encrypt
    ```
    """

    code = "Q002"
    fix = "unsafe"

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the claim with the options."""
        correct = sum(option.correct for option in question.options)
        said = choose_in(question.stem) if question.kind is Kind.CHOICE else None
        if said and correct and said.count != correct:
            yield self.found(
                question.origin.within(("stem",), said.start, said.end),
                f"the stem says {said.count}, and {correct} option{'s are' if correct > 1 else ' is'} correct",
                "mend the options if one is marked wrongly; otherwise delete it, as the card says how many",
                fix=question.origin.fix(("stem",), said.before, said.end, "", safe=False),
            )
        if question.choose is None:
            return
        if question.kind is not Kind.CHOICE:
            yield self.found(
                question.origin.key("choose"), "there are no options to choose from", "delete `choose`"
            )
        elif correct and correct != question.choose:
            yield self.found(
                question.origin.at("choose"),
                f"`choose` is {question.choose}, and {correct} option{'s are' if correct > 1 else ' is'} correct",
                "mend the options if one is marked wrongly; otherwise delete `choose`, which is not needed",
                fix=Fix((Edit(question.origin.at("choose"), str(correct)),), safe=False),
            )

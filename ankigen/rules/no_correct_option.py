"""Q001 no-correct-option."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Kind, Question


class NoCorrectOption(Rule):
    """A choice question has no correct option, or only correct ones.

    ## Why it is bad

    There is nothing to find out: whoever chooses is always wrong, or always right.

    ## Example

    ```yaml
    options:
      - GenerateDataKey
      - Encrypt
    ```

    ## Instead

    ```yaml
    options:
      - text: GenerateDataKey
        correct: true
      - Encrypt
    ```
    """

    code = "Q001"
    essential = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Count the correct options."""
        if question.kind is not Kind.CHOICE:
            return
        correct = sum(option.correct for option in question.options)
        if correct == 0:
            help = "write the right option as `text: ...` and `correct: true`"
            yield self.found(question.origin.key("options"), "no option is marked as correct", help)
        elif correct == len(question.options):
            help = "add an option that is wrong, or ask for the answer without options"
            yield self.found(question.origin.key("options"), "every option is marked as correct", help)

"""Q023 true-false-options."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import are_true_and_false
from ankigen.model import Deck, Kind, Question


class TrueFalseOptions(Rule):
    """A question has the options true and false, or yes and no.

    ## Why it is bad

    A guess is right every second time, and little is simply true or false without an "it depends". (NBME
    Item-Writing Guide.)

    It reads English, and stays silent on a deck in another language.

    ## Example

    ```yaml
    stem: Is Encrypt limited to 4 KB?
    options: [{text: 'Yes', correct: true}, 'No']
    ```

    ## Instead

    ```yaml
    stem: How much data does Encrypt take?
    options: [{text: 4 KB, correct: true}, 64 KB, 4 MB]
    ```
    """

    code = "Q023"
    severity = Severity.WARNING
    english = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the options with the two pairs."""
        if question.kind is Kind.CHOICE and are_true_and_false(question):
            help = "ask for what is so: each option one way in which it could be"
            yield self.found(question.origin.key("options"), "a guess is right every second time", help)

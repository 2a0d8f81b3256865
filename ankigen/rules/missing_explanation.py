"""Q022 missing-explanation."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Kind, Question


class MissingExplanation(Rule):
    """A choice question has no explanation, and not every option says why.

    ## Why it is bad

    A learner who was wrong learns that, and not what would have been right, or why.

    ## Example

    ```yaml
    stem: Which call returns a key?
    options: [{text: GenerateDataKey, correct: true}, Encrypt, Decrypt]
    ```

    ## Instead

    ```yaml
    stem: Which call returns a key?
    options: [{text: GenerateDataKey, correct: true}, Encrypt, Decrypt]
    explanation: GenerateDataKey returns a data key twice, in plaintext and encrypted.
    ```
    """

    code = "Q022"
    severity = Severity.WARNING

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look for an explanation of the whole, or of each option."""
        if (
            question.kind is not Kind.CHOICE
            or question.explanation
            or all(option.why for option in question.options)
        ):
            return
        help = "add `explanation:`, or `why:` to each option"
        yield self.found(question.origin.key("id"), "nothing explains why the answer is right", help)

"""Q025 missing-reference."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Question


class MissingReference(Rule):
    """A question has no reference.

    ## Why it is bad

    Whoever doubts the answer, or must bring it up to date, has to search for where it came from.

    It is off unless asked for.

    ## Example

    ```yaml
    stem: How much data does Encrypt take?
    answer: 4 KB.
    ```

    ## Instead

    ```yaml
    stem: How much data does Encrypt take?
    answer: 4 KB.
    references: [https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html]
    ```
    """

    code = "Q025"
    severity = Severity.WARNING
    pedantic = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look for references of the question."""
        if not question.references:
            yield self.found(question.origin.key("id"), "this question has no reference", "add `references:`")

"""C001 answer-too-long."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule, RuleOption
from ankigen.model import Deck, Kind, Question
from ankigen.source.markdown import words


class AnswerTooLong(Rule):
    """The answer of a recall question is long.

    ## Why it is bad

    What is long is hard to recall and harder to grade: a part is remembered, a part is not, and Anki knows
    only one answer. Several small cards are learnt faster than a large one. (Woźniak 1999, rule 4: the
    minimum information principle.)

    ## Example

    ```yaml
    answer: First KMS makes a data key ... (60 words)
    ```

    ## Instead

    ```yaml
    answer: A data key.
    ```
    """

    code = "C001"
    severity = Severity.WARNING
    options = (RuleOption("words", 40, "the most words of an answer", 1),)

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Count the words of a recall question's answer."""
        count, most = len(words(question.answer)), self.option["words"]
        if question.kind is Kind.RECALL and count > most:
            message = f"this answer has {count} words, and {most} are the most that is well recalled"
            yield self.found(
                question.origin.at("answer"),
                message,
                "make several questions of it, and move the rest to `explanation`",
            )

"""Q021 long-stem."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule, RuleOption
from ankigen.model import Deck, Question
from ankigen.source.markdown import words


class LongStem(Rule):
    """The stem has more words than a learner should have to read.

    ## Why it is bad

    A card is seen again and again. What is not needed to answer costs time each time.

    It is off unless asked for.

    ## Example

    ```yaml
    stem: A company that was founded in ... (150 words)
    ```

    ## Instead

    ```yaml
    stem: A company must keep logs for a year. Which storage class costs least?
    ```
    """

    code = "Q021"
    severity = Severity.WARNING
    pedantic = True
    options = (RuleOption("words", 120, "the most words of a stem", 1),)

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Count the words."""
        count, most = len(words(question.stem)), self.option["words"]
        if count > most:
            message = f"this stem has {count} words, and {most} are the most"
            yield self.found(question.origin.at("stem"), message, "leave out what is not needed to answer")

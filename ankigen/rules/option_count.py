"""Q004 option-count."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule, RuleOption
from ankigen.lint.words import are_true_and_false
from ankigen.model import Deck, Kind, Question


class OptionCount(Rule):
    """A question has fewer options than it should.

    ## Why it is bad

    With two options, a guess is right every second time. Three that are all plausible are enough; a fourth
    that no one would choose adds nothing. (Haladyna, Downing and Rodriguez 2002, guideline 18.)

    ## Example

    ```yaml
    options: [{text: 4 KB, correct: true}, 4 MB]
    ```

    ## Instead

    ```yaml
    options: [{text: 4 KB, correct: true}, 4 MB, 64 KB]
    ```
    """

    code = "Q004"
    severity = Severity.WARNING
    options = (
        RuleOption("least", 3, "the fewest options of a question", 0),
        RuleOption("most", 0, "the most options of a question; 0 is no bound", 0),
        RuleOption("least-many", 0, "the fewest options where several are correct; 0 is as for the others", 0),
    )

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Count the options."""
        # In an English deck, true and false are reported as such.
        if question.kind is not Kind.CHOICE or (deck.english and are_true_and_false(question)):
            return
        several = sum(option.correct for option in question.options) > 1
        least = (several and self.option["least-many"]) or self.option["least"]
        most, count = self.option["most"], len(question.options)
        if count < least:
            message = f"this question has {count} options, and {least} are wanted"
            yield self.found(
                question.origin.key("options"), message, "add one that someone who half knows would choose"
            )
        elif most and count > most:
            message = f"this question has {count} options, and {most} are the most"
            yield self.found(question.origin.key("options"), message, "delete the least plausible")

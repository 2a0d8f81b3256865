"""Q015 convergence."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import content_words
from ankigen.model import Deck, Question, option_at


class Convergence(Rule):
    """The correct option shares far more words with the others than any of them does: half as many again.

    ## Why it is bad

    Authors vary the key to make distractors, so that the key lies in the middle of them. Test-wise learners
    choose what has most in common with the rest. (NBME Item-Writing Guide.)

    It is off unless asked for.

    ## Example

    ```yaml
    options: [{text: the key and the policy, correct: true}, the key and the role, the grant and the policy]
    ```

    ## Instead

    ```yaml
    options: [{text: the key and the policy, correct: true}, the key and the role, the grant and the role]
    ```
    """

    code = "Q015"
    severity = Severity.WARNING
    pedantic = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Count, for each option, the words that it shares with each other one."""
        if sum(option.correct for option in question.options) != 1 or len(question.options) < 3:
            return
        words = [content_words(option.text) for option in question.options]
        shared = [sum(len(mine & other) for other in words if other is not mine) for mine in words]
        key = next(index for index, option in enumerate(question.options) if option.correct)
        others = max(count for index, count in enumerate(shared) if index != key)
        # One of four options has to lead; a narrow lead tells a learner nothing.
        if shared[key] >= 2 and shared[key] >= 1.5 * others:
            message = "this option shares far more words with the others than any of them does"
            yield self.found(option_at(question, key), message, "vary another option instead")

"""Q020 mixed-option-punctuation."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import plain
from ankigen.model import Deck, Question, option_at


class MixedOptionPunctuation(Rule):
    """Some options end in a full stop, and others do not.

    ## Why it is bad

    It looks careless, and what differs draws the eye: often it is the key, written with more care.
    (Haladyna, Downing and Rodriguez 2002, guideline 23.)

    It is off unless asked for.

    ## Example

    ```yaml
    options: [{text: It stores the key., correct: true}, It stores the data, It stores the policy]
    ```

    ## Instead

    ```yaml
    options: [{text: It stores the key, correct: true}, It stores the data, It stores the policy]
    ```
    """

    code = "Q020"
    severity = Severity.WARNING
    pedantic = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the ends of the options; the fewer are reported."""
        stopped = [plain(option.text).endswith((".", "。")) for option in question.options]
        if len(set(stopped)) < 2:
            return
        odd = sum(stopped) <= len(stopped) / 2
        for index, stop in enumerate(stopped):
            if stop is odd:
                message = f"this option ends {'in' if stop else 'without'} a full stop, and others do not"
                yield self.found(option_at(question, index), message, "end all options in the same way")

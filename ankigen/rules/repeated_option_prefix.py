"""Q019 repeated-option-prefix."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import plain
from ankigen.model import Deck, Kind, Question


class RepeatedOptionPrefix(Rule):
    """Every option begins with the same words.

    ## Why it is bad

    They are read over and over. In the stem they are read once.

    It is off unless asked for.

    ## Example

    ```yaml
    stem: What does KMS do?
    options: [{text: It stores the key, correct: true}, It stores the data, It stores the policy]
    ```

    ## Instead

    ```yaml
    stem: What does KMS store?
    options: [{text: the key, correct: true}, the data, the policy]
    ```
    """

    code = "Q019"
    severity = Severity.WARNING
    pedantic = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the first words of all options."""
        if question.kind is not Kind.CHOICE or len(question.options) < 3:
            return
        first, *others = [plain(option.text).split() for option in question.options]
        shared = [
            word
            for word, _ in takewhile(
                lambda pair: all(same == pair[0] for same in pair[1]),
                zip(first, zip(*others, strict=False), strict=False),
            )
        ]
        if len(shared) >= 2 and len(" ".join(shared)) >= 8:
            help = "move these words to the end of the stem"
            yield self.found(
                question.origin.key("options"), f"every option begins with `{' '.join(shared)}`", help
            )

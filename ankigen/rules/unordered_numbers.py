"""Q017 unordered-numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import plain
from ankigen.model import Deck, Question

_NUMBER = re.compile(r"[$€£]?\s*(-?\d[\d,]*(?:\.\d+)?)\s*(\D{0,12})")


class UnorderedNumbers(Rule):
    """The options are numbers, they keep their places, and they are not in order.

    ## Why it is bad

    A learner looks for a number in its order. A jumble costs time, and says nothing of the matter.
    (Haladyna, Downing and Rodriguez 2002, guideline 21.)

    It is off unless asked for.

    ## Example

    ```yaml
    options: ['16', {text: '4', correct: true}, '8']
    shuffle: false
    ```

    ## Instead

    ```yaml
    options: [{text: '4', correct: true}, '8', '16']
    shuffle: false
    ```
    """

    code = "Q017"
    severity = Severity.WARNING
    pedantic = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Compare numbers of one unit, where nothing is shuffled."""
        shuffled = deck.cards.shuffle if question.shuffle is None else question.shuffle
        found = [_NUMBER.fullmatch(plain(option.text)) for option in question.options]
        if shuffled or len(found) < 3:
            return
        numbers = [(float(match[1].replace(",", "")), match[2]) for match in found if match]
        values = [value for value, _ in numbers]
        if len(numbers) < len(found) or len({unit for _, unit in numbers}) > 1:
            return
        if values not in (sorted(values), sorted(values, reverse=True)):
            yield self.found(
                question.origin.key("options"), "these numbers are not in order", "put the least first"
            )

"""Q017 unordered-numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Edit, Fix, Severity
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
    fix = "unsafe"

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Compare numbers of one unit, where nothing is shuffled."""
        shuffled = deck.shuffles(question)
        found = [_NUMBER.fullmatch(plain(option.text)) for option in question.options]
        if shuffled or len(found) < 3:
            return
        numbers = [(float(match[1].replace(",", "")), match[2]) for match in found if match]
        values = [value for value, _ in numbers]
        if len(numbers) < len(found) or len({unit for _, unit in numbers}) > 1:
            return
        if values not in (sorted(values), sorted(values, reverse=True)):
            yield self.found(
                question.origin.key("options"),
                "these numbers are not in order",
                "put the least first",
                fix=_fix(question, sorted(range(len(values)), key=values.__getitem__)),
            )


def _fix(question: Question, order: list[int]) -> Fix | None:
    """Writes the options in another order, each as it was written."""
    origin = question.origin
    places = [origin.at("options", index) for index in range(len(order))]
    text = origin.document.source.text
    end = text.find("\n", places[-1].span.end)
    if "#" in text[places[0].span.start : end if end >= 0 else len(text)]:
        return None  # a comment belongs to the option beside it, and nobody knows to which
    raw = [text[place.span.start : place.span.end] for place in places]
    moves = zip(places, order, strict=True)
    return Fix(tuple(Edit(place, raw[index]) for place, index in moves if raw[index] != raw[places.index(place)]))

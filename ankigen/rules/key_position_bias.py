"""D002 key-position-bias."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule, RuleOption
from ankigen.lint.words import chance_of_at_least
from ankigen.model import ContentFile, Deck


class KeyPositionBias(Rule):
    """Where options keep their places, the correct one stands in the same place far more often than chance
    puts it there.

    ## Why it is bad

    Who always picks that place scores well without knowing anything. In one public bank nine of ten keys
    were the first option.

    It is off unless asked for.

    ## Example

    ```yaml
    shuffle: false      # and the key first in every question
    ```

    ## Instead

    ```yaml
    shuffle: true
    ```
    """

    code = "D002"
    severity = Severity.WARNING
    pedantic = True
    options = (RuleOption("questions", 20, "the fewest questions from which to judge", 1),)

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[tuple[int, int]]:
        """The place of the key and the number of options, of each question that is not shuffled."""
        for question in file.questions:
            keys = [index for index, option in enumerate(question.options) if option.correct]
            if len(keys) == 1 and not deck.shuffles(question):
                yield keys[0], len(question.options)

    def check_deck(self, facts: Sequence[tuple[int, int]], deck: Deck) -> Iterator[Diagnostic]:
        """Judge the places of the keys by a binomial test."""
        if len(facts) < max(1, self.option["questions"]):
            return
        place, count = Counter(place for place, _ in facts).most_common(1)[0]
        if chance_of_at_least(count, len(facts), sum(1 / options for _, options in facts) / len(facts)) < 0.001:
            message = f"in {count} of {len(facts)} questions the correct option is number {place + 1}"
            yield self.found(deck.origin.key("title"), message, "let the options be shuffled, or move the keys")

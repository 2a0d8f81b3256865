"""D002 key-position-bias."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule, RuleOption
from ankigen.lint.words import chance_of_at_least
from ankigen.model import Deck, Kind


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
    options = (RuleOption("questions", 20, "the fewest questions from which to judge"),)

    def check_deck(self, deck: Deck) -> Iterator[Diagnostic]:
        """Count the places of the keys of questions that are not shuffled, by a binomial test."""
        places: Counter[int] = Counter()
        shares: list[float] = []
        for question in deck.questions:
            shuffled = deck.cards.shuffle if question.shuffle is None else question.shuffle
            keys = [index for index, option in enumerate(question.options) if option.correct]
            if question.kind is Kind.CHOICE and not shuffled and len(keys) == 1:
                places[keys[0]] += 1
                shares.append(1 / len(question.options))
        if len(shares) < self.option["questions"]:
            return
        place, count = places.most_common(1)[0]
        if chance_of_at_least(count, len(shares), sum(shares) / len(shares)) < 0.001:
            message = f"in {count} of {len(shares)} questions the correct option is number {place + 1}"
            yield self.found(deck.origin.key("title"), message, "let the options be shuffled, or move the keys")

"""D003 key-length-bias."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule, RuleOption
from ankigen.lint.words import chance_of_at_least, plain
from ankigen.model import Deck, Kind


class KeyLengthBias(Rule):
    """The correct option is the longest far more often than chance makes it so.

    ## Why it is bad

    Who always picks the longest option scores well without knowing anything. Each question may look well by
    itself. (Haladyna, Downing and Rodriguez 2002, guideline 28.)

    ## Example

    ```yaml
    options: [{text: the longest of all is right, correct: true}, short, shorter]      # in every question
    ```

    ## Instead

    ```yaml
    options: [{text: right, correct: true}, wrong but as long, wrong]
    ```
    """

    code = "D003"
    severity = Severity.WARNING
    options = (RuleOption("questions", 20, "the fewest questions from which to judge"),)

    def check_deck(self, deck: Deck) -> Iterator[Diagnostic]:
        """Count the questions whose one key is the longest option, by a binomial test."""
        longest = 0
        shares: list[float] = []
        for question in deck.questions:
            lengths = [len(plain(option.text)) for option in question.options]
            keys = [index for index, option in enumerate(question.options) if option.correct]
            if question.kind is not Kind.CHOICE or len(keys) != 1 or lengths.count(max(lengths)) > 1:
                continue
            shares.append(1 / len(lengths))
            longest += lengths[keys[0]] == max(lengths)
        if len(shares) < self.option["questions"]:
            return
        expected = sum(shares) / len(shares)
        if chance_of_at_least(longest, len(shares), expected) < 0.001:
            message = f"in {longest} of {len(shares)} questions the correct option is the longest; chance makes it {expected:.0%}"
            yield self.found(
                deck.origin.key("title"), message, "shorten keys, or make distractors as exact as they are"
            )

"""D003 key-length-bias."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule, RuleOption
from ankigen.lint.words import chance_of_at_least, lengths, sole_longest
from ankigen.model import ContentFile, Deck


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
    options = (RuleOption("questions", 20, "the fewest questions from which to judge", 1),)

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[tuple[bool, int]]:
        """Whether the one key is the longest option, and the number of options, of each question with a longest."""
        for question in file.questions:
            of = lengths(question)
            keys = [index for index, option in enumerate(question.options) if option.correct]
            if len(keys) == 1 and (longest := sole_longest(of)) is not None:
                yield longest == keys[0], len(of)

    def check_deck(self, facts: Sequence[tuple[bool, int]], deck: Deck) -> Iterator[Diagnostic]:
        """Judge the number of the questions whose key is the longest option by a binomial test."""
        if len(facts) < max(1, self.option["questions"]):
            return
        longest = sum(is_longest for is_longest, _ in facts)
        expected = sum(1 / options for _, options in facts) / len(facts)
        if chance_of_at_least(longest, len(facts), expected) < 0.001:
            message = f"in {longest} of {len(facts)} questions the correct option is the longest; chance makes it {expected:.0%}"
            yield self.found(
                deck.origin.key("title"), message, "shorten keys, or make distractors as exact as they are"
            )

"""D004 blueprint-skew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule, RuleOption
from ankigen.model import Deck


class BlueprintSkew(Rule):
    """The topics' shares of the questions are far from the weights that deck.yaml gives them.

    ## Why it is bad

    The deck trains for another exam than the one it names.

    It is off unless asked for.

    ## Example

    ```yaml
    topics: {security: {title: Security, weight: 26}}      # and 60 % of the questions
    ```

    ## Instead

    ```yaml
    topics: {security: {title: Security, weight: 26}}      # and 24 % of the questions
    ```
    """

    code = "D004"
    severity = Severity.WARNING
    pedantic = True
    options = (
        RuleOption("points", 10, "by how many percentage points a share may differ"),
        RuleOption("questions", 40, "the fewest questions from which to judge"),
    )

    def check_deck(self, deck: Deck) -> Iterator[Diagnostic]:
        """Count the questions of each topic, where there are enough of them."""
        topic_of = {concept.id: concept.topic for concept in deck.concepts}
        counts = Counter(topic_of.get(question.concepts[0], "") for question in deck.questions)
        total = sum(counts.values())
        if total < self.option["questions"]:
            return
        for topic in deck.topics:
            share = 100 * counts[topic.id] / total
            if topic.weight is not None and abs(share - topic.weight) > self.option["points"]:
                message = f"`{topic.id}` has {share:.0f} % of the questions, and {topic.weight:g} % are wanted"
                help = (
                    "write more questions on it" if share < topic.weight else "write more questions on the others"
                )
                yield self.found(deck.origin.key("topics", topic.id), message, help)

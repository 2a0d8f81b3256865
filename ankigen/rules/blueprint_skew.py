"""D004 blueprint-skew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.blueprint import questions_by_topic, share_of
from ankigen.lint.rule import Rule, RuleOption
from ankigen.model import ContentFile, Deck


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
        RuleOption("points", 10, "by how many percentage points a share may differ", 0, 100),
        RuleOption("questions", 40, "the fewest questions from which to judge", 1),
    )

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[tuple[str, str | None]]:
        """Each concept's id with its topic, and each question's concept with None."""
        yield from ((concept.id, concept.topic) for concept in file.concepts)
        yield from ((question.concepts[0], None) for question in file.questions)

    def check_deck(self, facts: Sequence[tuple[str, str | None]], deck: Deck) -> Iterator[Diagnostic]:
        """Count the questions of each topic, where there are enough of them."""
        topic_of = {id: topic for id, topic in facts if topic is not None}
        counts = questions_by_topic(topic_of, (id for id, topic in facts if topic is None))
        total = counts.total()
        if total < max(1, self.option["questions"]):
            return
        for topic in deck.topics:
            share = share_of(counts[topic.id], total)
            if topic.weight is not None and abs(share - topic.weight) > self.option["points"]:
                message = f"`{topic.id}` has {share:.0f} % of the questions, and {topic.weight:g} % are wanted"
                help = (
                    "write more questions on it" if share < topic.weight else "write more questions on the others"
                )
                yield self.found(deck.origin.key("topics", topic.id), message, help)

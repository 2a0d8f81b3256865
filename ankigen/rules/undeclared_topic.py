"""D006 undeclared-topic."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.model import Concept, Deck


class UndeclaredTopic(Rule):
    """A concept has a topic that deck.yaml does not declare.

    ## Why it is bad

    The declared topics are the deck's vocabulary, in the learners' order. A topic beside them is most often
    misspelt, and would make a sub-deck of its own.

    ## Example

    ```yaml
    topic: sekurity
    ```

    ## Instead

    ```yaml
    topic: security
    ```
    """

    code = "D006"

    def check_concept(self, concept: Concept, deck: Deck) -> Iterator[Diagnostic]:
        """Look the topic up."""
        if not concept.topic or deck.topic(concept.topic):
            return
        near = get_close_matches(concept.topic, [topic.id for topic in deck.topics], n=1)
        help = (
            f"did you mean `{near[0]}`?"
            if near
            else f"add it to `topics:` in deck.yaml: `{concept.topic}: Its Title`"
        )
        yield self.found(concept.origin.at("topic"), f"deck.yaml declares no topic `{concept.topic}`", help)

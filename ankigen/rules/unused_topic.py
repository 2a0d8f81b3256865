"""D007 unused-topic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import ContentFile, Deck


class UnusedTopic(Rule):
    """A topic is declared, and no concept has it.

    ## Why it is bad

    It is misspelt somewhere, or was forgotten.

    ## Example

    ```yaml
    topics: {security: Security, storage: Storage}      # and no concept with storage
    ```

    ## Instead

    ```yaml
    topics: {security: Security}
    ```
    """

    code = "D007"
    severity = Severity.WARNING

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[str]:
        """The topics of the concepts."""
        yield from (concept.topic for concept in file.concepts)

    def check_deck(self, facts: Sequence[str], deck: Deck) -> Iterator[Diagnostic]:
        """Compare the declared topics with the concepts', where every file could be read."""
        if deck.unread:
            return
        used = set(facts)
        for topic in deck.topics:
            if topic.id not in used:
                message = f"no concept has the topic `{topic.id}`"
                yield self.found(
                    deck.origin.key("topics", topic.id), message, "write a concept on it, or delete it"
                )

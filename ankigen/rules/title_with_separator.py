"""A010 title-with-separator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.model import Concept, Deck, Origin, Subdecks
from ankigen.source.yaml import Path


class TitleWithSeparator(Rule):
    """A title that names a deck in Anki holds `::`, or begins or ends with a colon.

    ## Why it is bad

    Anki separates a deck from its sub-deck by `::`: the cards would lie in decks that nobody meant.

    ## Example

    ```yaml
    title: AWS::Developer
    ```

    ## Instead

    ```yaml
    title: AWS Developer
    ```
    """

    code = "A010"

    def check_deck(self, facts: Sequence[Any], deck: Deck) -> Iterator[Diagnostic]:
        """Look at the deck's title, and at those of topics, where they name decks."""
        yield from self._check(deck.title, deck.origin, ("title",))
        for topic in deck.topics if deck.subdecks is not Subdecks.NONE else ():
            plain = isinstance(deck.origin.document.value(("topics", topic.id)), str)
            path = ("topics", topic.id) if plain else ("topics", topic.id, "title")
            yield from self._check(topic.title, deck.origin, path)

    def check_concept(self, concept: Concept, deck: Deck) -> Iterator[Diagnostic]:
        """Look at a concept's title, where it names a deck."""
        if deck.subdecks is Subdecks.CONCEPT:
            yield from self._check(concept.title, concept.origin, ("title",))

    def _check(self, title: str, origin: Origin, path: Path) -> Iterator[Diagnostic]:
        if "::" in title or title.strip().startswith(":") or title.strip().endswith(":"):
            separator = "::" if "::" in title else ":"
            first, last = title.index(separator), title.rindex(separator)
            # A single colon does harm at an end alone.
            at = first if separator == "::" or title.strip().startswith(":") else last
            yield self.found(
                origin.within(path, at, at + len(separator)),
                f"the colons of the title `{title}` would separate decks in Anki",
                "write it in another way; `subdecks:` in deck.yaml makes decks below the deck",
            )

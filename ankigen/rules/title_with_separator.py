"""A010 title-with-separator."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Origin, Subdecks
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

    def check_deck(self, deck: Deck) -> Iterator[Diagnostic]:
        """Look at the titles that become names of decks."""
        titles: list[tuple[str, Origin, Path]] = [(deck.title, deck.origin, ("title",))]
        if deck.subdecks is not Subdecks.NONE:
            for topic in deck.topics:
                plain = isinstance(deck.origin.document.value(("topics", topic.id)), str)
                titles.append(
                    (
                        topic.title,
                        deck.origin,
                        ("topics", topic.id) if plain else ("topics", topic.id, "title"),
                    )
                )
        if deck.subdecks is Subdecks.CONCEPT:
            titles += [(concept.title, concept.origin, ("title",)) for concept in deck.concepts]
        for title, origin, path in titles:
            if "::" in title or title.strip().startswith(":") or title.strip().endswith(":"):
                at = max(title.find("::"), 0) or title.index(":")
                yield self.found(
                    origin.within(path, at, at + (2 if "::" in title else 1)),
                    f"the colons of the title `{title}` would separate decks in Anki",
                    "write it in another way; `subdecks:` in deck.yaml makes decks below the deck",
                )

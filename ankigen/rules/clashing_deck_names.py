"""A011 clashing-deck-names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ankigen.diagnostic import Diagnostic, Location, Related
from ankigen.lint.rule import Rule
from ankigen.model import ContentFile, Deck, Subdecks


class ClashingDeckNames(Rule):
    """Two topics, or two concepts of one topic, would give their sub-decks the same name.

    ## Why it is bad

    Anki tells decks apart by name, and puts a `_` after the second: learners find two decks and cannot tell
    which is which.

    ## Example

    ```yaml
    topics:
      iam: Security
      kms: Security
    ```

    ## Instead

    ```yaml
    topics:
      iam: Access
      kms: Encryption
    ```
    """

    code = "A011"

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[_Name]:
        """The titles of concepts, where they name decks."""
        if deck.subdecks is Subdecks.CONCEPT:
            for concept in file.concepts:
                yield _Name(f"topic {concept.topic}", concept.title, concept.origin.at("title"))

    def check_deck(self, facts: Sequence[_Name], deck: Deck) -> Iterator[Diagnostic]:
        """Compare the titles that become names of decks side by side."""
        topics = [_Name("", topic.title, deck.origin.at("topics", topic.id)) for topic in deck.topics]
        first: dict[tuple[str, str], Location] = {}
        for above, title, place in (*(topics if deck.subdecks is not Subdecks.NONE else ()), *facts):
            before = first.setdefault((above, " ".join(title.split()).casefold()), place)
            if before is not place:
                yield self.found(
                    place,
                    f"`{title}` would be the name of two decks",
                    "give one of them another title, or make no decks of them with `subdecks:`",
                    related=(Related(before, "first here"),),
                )


class _Name(NamedTuple):
    """The name of a sub-deck, what it stands under, and where it was written."""

    above: str
    title: str
    place: Location

"""A011 clashing-deck-names."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Location, Related
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Subdecks


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

    def check_deck(self, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the titles that become names of decks side by side."""
        first: dict[tuple[str, str], Location] = {}
        for parent, title, place in _names(deck):
            before = first.setdefault((parent, " ".join(title.split()).casefold()), place)
            if before is not place:
                yield self.found(
                    place,
                    f"`{title}` would be the name of two decks",
                    "give one of them another title, or make no decks of them with `subdecks:`",
                    related=(Related(before, "first here"),),
                )


def _names(deck: Deck) -> Iterator[tuple[str, str, Location]]:
    """Each name of a sub-deck, with what it stands under and where it was written."""
    if deck.subdecks is Subdecks.NONE:
        return
    for topic in deck.topics:
        yield "", topic.title, deck.origin.at("topics", topic.id)
    if deck.subdecks is Subdecks.CONCEPT:
        for concept in deck.concepts:
            yield f"topic {concept.topic}", concept.title, concept.origin.at("title")

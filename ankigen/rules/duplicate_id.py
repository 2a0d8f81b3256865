"""I001 duplicate-id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ankigen.diagnostic import Diagnostic, Location, Related
from ankigen.lint.rule import Rule
from ankigen.model import Concept, Deck, Question, Section


class DuplicateId(Rule):
    """Two decks, concepts, questions or parts of one concept have the same id, alias or GUID.

    ## Why it is bad

    Ids make the identity of a note in Anki. Of two notes with one identity, learners get one.

    ## Example

    ```yaml
    questions:
      - id: kms-limit
        cloze: Encrypt takes {{c1::4 KB}}.
      - id: kms-limit
        cloze: A data key has {{c1::256 bits}}.
    ```

    ## Instead

    ```yaml
    questions:
      - id: kms-encrypt-limit
        cloze: Encrypt takes {{c1::4 KB}}.
      - id: kms-data-key-size
        cloze: A data key has {{c1::256 bits}}.
    ```
    """

    code = "I001"
    essential = True

    def check_deck(self, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the ids of concepts, of questions, of each concept's parts, and all GUIDs."""
        yield from self._repeated("the id of two concepts", _ids(deck.concepts))
        yield from self._repeated("the id of two questions", _ids(deck.questions))
        for concept in deck.concepts:
            parts = [(part.id, _place_of_part(part)) for part in concept.overview]
            yield from self._repeated("the id of two parts of this concept", parts)
        items: list[Concept | Question] = [*deck.concepts, *deck.questions]
        guids = [(item.guid, item.origin.at("guid")) for item in items if item.guid]
        yield from self._repeated("the GUID of two notes", guids)

        for item in items:
            if item.id in item.aliases:
                place = item.origin.at("aliases", item.aliases.index(item.id))
                yield self.found(place, f"`{item.id}` is the id itself, and no former one", "delete it")

    def _repeated(self, what: str, ids: Iterable[tuple[str, Location]]) -> Iterator[Diagnostic]:
        first: dict[str, Location] = {}
        for id, location in ids:
            before = first.setdefault(id, location)
            if before is not location:
                yield self.found(
                    location,
                    f"`{id}` is {what}",
                    "give the newer of the two another",
                    label="here again",
                    related=(Related(before, "first here"),),
                )


def _ids(items: Iterable[Concept | Question]) -> Iterator[tuple[str, Location]]:
    for item in items:
        yield item.id, item.origin.at("id")
        for index, alias in enumerate(item.aliases):
            if alias == item.id:
                continue
            yield alias, item.origin.at("aliases", index)


def _place_of_part(part: Section) -> Location:
    given = "id" in part.origin.document.value(part.origin.path)
    return part.origin.at("id" if given else "heading")

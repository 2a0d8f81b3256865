"""I001 duplicate-id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ankigen.diagnostic import Diagnostic, Location, Related
from ankigen.lint.rule import Rule
from ankigen.model import Concept, ContentFile, Deck, Question, Section


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

    def check_concept(self, concept: Concept, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the ids of the concept's parts, and its former ids with its own."""
        parts = [_Id("part", part.id, _place_of_part(part)) for part in concept.overview]
        yield from self._repeated("the id of two parts of this concept", parts)
        yield from self._own(concept)

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the question's former ids with its own."""
        yield from self._own(question)

    def _own(self, item: Concept | Question) -> Iterator[Diagnostic]:
        if item.id in item.aliases:
            place = item.origin.at("aliases", item.aliases.index(item.id))
            yield self.found(place, f"`{item.id}` is the id itself, and no former one", "delete it")

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[_Id]:
        """The ids, aliases and GUIDs."""
        items: list[Concept | Question] = [*file.concepts, *file.questions]
        for item in items:
            kind = "concept" if isinstance(item, Concept) else "question"
            yield _Id(kind, item.id, item.origin.at("id"))
            for index, alias in enumerate(item.aliases):
                if alias != item.id:
                    yield _Id(kind, alias, item.origin.at("aliases", index))
            if item.guid:
                yield _Id("guid", item.guid, item.origin.at("guid"))

    def check_deck(self, facts: Sequence[_Id], deck: Deck) -> Iterator[Diagnostic]:
        """Compare the ids of concepts, those of questions, and all GUIDs."""
        for kind, what in (
            ("concept", "the id of two concepts"),
            ("question", "the id of two questions"),
            ("guid", "the GUID of two notes"),
        ):
            yield from self._repeated(what, (fact for fact in facts if fact.kind == kind))

    def _repeated(self, what: str, ids: Iterable[_Id]) -> Iterator[Diagnostic]:
        first: dict[str, Location] = {}
        for _, id, location in ids:
            before = first.setdefault(id, location)
            if before is not location:
                yield self.found(
                    location,
                    f"`{id}` is {what}",
                    "give the newer of the two another",
                    label="here again",
                    related=(Related(before, "first here"),),
                )


class _Id(NamedTuple):
    kind: str
    id: str
    place: Location


def _place_of_part(part: Section) -> Location:
    given = "id" in part.origin.document.value(part.origin.path)
    return part.origin.at("id" if given else "heading")

"""I001 duplicate-id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ankigen.diagnostic import Diagnostic, Location, Related
from ankigen.lint.rule import Rule
from ankigen.model import Concept, ContentFile, Deck, Question


class DuplicateId(Rule):
    """Two decks, concepts, questions or parts of an overview have the same id, alias or GUID.

    ## Why it is bad

    Ids make the identity of a note in Anki. Of two notes with one identity, learners get one. The ids of parts
    are compared within their concept, and an alias such as `kms/limits` with the parts of the concept it names.

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
        """Compare the concept's former ids with its own, and the ids of its parts, now and before."""
        yield from self._own(concept)
        parts = list(_parts(concept))
        for part in parts:
            if part.kind == "itself":
                yield self._not_former(part.id, part.place)
        yield from self._repeated("the id of two parts of this concept", _of_kind("part", parts))

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the question's former ids with its own."""
        yield from self._own(question)

    def _own(self, item: Concept | Question) -> Iterator[Diagnostic]:
        if item.id in item.aliases:
            yield self._not_former(item.id, item.origin.at("aliases", item.aliases.index(item.id)))

    def _not_former(self, id: str, place: Location) -> Diagnostic:
        return self.found(place, f"`{id}` is the id itself, and no former one", "delete it")

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[_Id]:
        """The ids, aliases and GUIDs."""
        items: list[Concept | Question] = [*file.concepts, *file.questions]
        for item in items:
            kind, concept = ("concept", item.id) if isinstance(item, Concept) else ("question", "")
            yield _Id(kind, item.id, item.origin.at("id"), concept)
            for index, alias in enumerate(item.aliases):
                if alias != item.id:
                    yield _Id(kind, alias, item.origin.at("aliases", index), concept)
        parts = [part for concept in file.concepts for part in concept.overview]
        for each in (*items, *parts):
            if each.guid:
                yield _Id("guid", each.guid, each.origin.at("guid"))
        for holder in file.concepts:
            yield from (part for part in _parts(holder) if part.kind != "itself")

    def check_deck(self, facts: Sequence[_Id], deck: Deck) -> Iterator[Diagnostic]:
        """Compare the ids of concepts, those of questions, all GUIDs, and parts with those from elsewhere."""
        for kind, what in (
            ("concept", "the id of two concepts"),
            ("question", "the id of two questions"),
            ("guid", "the GUID of two notes"),
        ):
            yield from self._repeated(what, _of_kind(kind, facts))
        today = {fact.id: fact.concept for fact in _of_kind("concept", facts)}
        parts = {f"{part.concept}/{part.id}": part.place for part in _of_kind("part", facts)}
        moved = (
            part._replace(id=f"{today.get(part.concept, part.concept)}/{part.id}")
            for part in _of_kind("moved", facts)
        )
        help = "the history of one card can go to one part only: delete the alias, or the other part"
        yield from self._repeated("the id of two parts", moved, parts, help)

    def _repeated(
        self,
        what: str,
        ids: Iterable[_Id],
        known: Mapping[str, Location] | None = None,
        help: str = "give the newer of the two another",
    ) -> Iterator[Diagnostic]:
        first = dict(known or {})
        for fact in ids:
            before = first.setdefault(fact.id, fact.place)
            if before is not fact.place:
                related = (Related(before, "first here"),)
                yield self.found(fact.place, f"`{fact.id}` is {what}", help, label="here again", related=related)


class _Id(NamedTuple):
    """An id, alias or GUID. `concept` is the id that a concept has today, or whose part a part is or was."""

    kind: str
    id: str
    place: Location
    concept: str = ""


def _parts(concept: Concept) -> Iterator[_Id]:
    """The ids of a concept's parts, now and before: a `part` of this concept, or one that `moved` to it."""
    names = ("", concept.id, *concept.aliases)
    for part in concept.overview:
        if part.id:
            yield _Id("part", part.id, part.origin.at("id"), concept.id)
        for index, alias in enumerate(part.aliases):
            owner, _, id = alias.rpartition("/")
            place = part.origin.at("aliases", index)
            if owner not in names:
                yield _Id("moved", id, place, owner)
            else:
                yield _Id("itself" if id == part.id else "part", id, place, concept.id)


def _of_kind(kind: str, ids: Iterable[_Id]) -> Iterator[_Id]:
    return (id for id in ids if id.kind == kind)

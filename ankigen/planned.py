"""Which notes the content makes, and who each is, before any is rendered.

The linter compares this with deck.lock, and the cards are made from it, so that the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ankigen.diagnostic import Location
from ankigen.identity import guid
from ankigen.lock import Key, Lock, digest
from ankigen.model import Concept, ConceptCards, Deck, Kind, Question, Section, Status


@dataclass(frozen=True, slots=True)
class Planned:
    """A note that an item of the content makes: a concept's page, one of its parts, or a question.

    `part` is the part where it is one. `ids` are what its identity may be made of, the oldest first.
    """

    kind: Kind
    ids: tuple[str, ...]
    item: Concept | Question
    part: Section | None = None

    @property
    def status(self) -> Status:
        """The note's own status. A question is also kept back by a concept that is a draft."""
        mine = {self.item.status, self.part.status} if self.part else {self.item.status}
        return next(status for status in (Status.DRAFT, Status.RETIRED, Status.READY) if status in mine)

    @property
    def status_place(self) -> Location:
        """Where its status stands, if it is not the one by default."""
        of = self.part if self.part and self.part.status is self.status else self.item
        return of.origin.at("status")

    @property
    def given_guid(self) -> str:
        """The GUID that its author gave it, or nothing."""
        return (self.part or self.item).guid

    @property
    def place(self) -> Location:
        """Where its id stands."""
        return (self.part or self.item).origin.at("id")

    def key(self, lock: Lock) -> Key:
        """What its identity is made of: the id it was released under, else the oldest that it had.

        Where several are released, it is what it is called now: the others are notes of their own.
        """
        keys = [(self.kind.value, id) for id in self.ids]
        return next((key for key in reversed(keys) if key in lock.notes), keys[0])

    def guid(self, deck: Deck) -> str:
        """Its GUID: the one its author gave it, the one it was released under, or one made of its ids."""
        key = self.key(deck.released)
        entry = deck.released.notes.get(key)
        return self.given_guid or (entry.guid if entry else guid(deck.id, *key))

    def source(self) -> str:
        """A digest of what its author asks in it: the same text under another id is the same note renamed."""
        return digest(self._wording())

    def _wording(self) -> Iterator[str]:
        if self.part:
            yield from (self.part.prompt, self.part.body)
        elif isinstance(self.item, Concept):
            yield self.item.title
        else:
            yield from (self.item.stem, self.item.answer, self.item.cloze)
            yield from sorted(option.text for option in self.item.options)


def planned(item: Concept | Question, deck: Deck) -> Iterator[Planned]:
    """The notes that an item makes, in the order of the cards, whatever its status."""
    ids = (*item.aliases, item.id)
    if isinstance(item, Question):
        yield Planned(item.kind, ids, item)
        return
    made = deck.cards.concept
    if made in (ConceptCards.PAGE, ConceptCards.BOTH):
        yield Planned(Kind.CONCEPT, ids, item)
    if made in (ConceptCards.SECTIONS, ConceptCards.BOTH):
        for part in item.overview:
            if part.prompt:
                yield Planned(Kind.SECTION, tuple(_ids_of_part(part, ids)), item, part)


def unasked(concept: Concept) -> Iterator[Planned]:
    """The notes that a concept's parts would make if they had a prompt."""
    for part in concept.overview:
        if part.id and not part.prompt:
            yield Planned(Kind.SECTION, tuple(_ids_of_part(part, (*concept.aliases, concept.id))), concept, part)


def _ids_of_part(part: Section, concept: tuple[str, ...]) -> Iterator[str]:
    """What a part's identity may be made of; a former id may be one in another concept."""
    for alias in part.aliases:
        yield from [alias] if "/" in alias else [f"{id}/{alias}" for id in concept]
    yield from (f"{id}/{part.id}" for id in concept)

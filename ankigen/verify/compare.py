"""What an import has done to a learner: five states of collections compared. Nothing here knows Anki's backend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ankigen.model import RETIRED_TAG
from ankigen.verify import harm
from ankigen.verify.harm import Finding, Kind, Way
from ankigen.verify.state import Log, Note, State, plain


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the new package's notes in one way to import.

    `lost_edits` counts the notes in which tags or words of the learner's own are gone, for whatever reason.
    """

    way: Way
    new: int
    updated: int
    untouched: int
    conflicting: int
    lost_edits: int


def faults(new: State, log: Log, broken: Iterable[int]) -> Iterator[Finding]:
    """What is wrong with a package that was imported into an empty collection.

    `broken` are ids of notes of which a card does not render.
    """
    if left := log.found - log.new:
        yield Finding(harm.NOT_IMPORTED, (), (f"{left:,} of {log.found:,} notes",))
    with_cards = {card.note for card in new.cards.values()}
    found = {
        harm.NO_CARD: [new.names[note.id] for note in new.notes.values() if note.id not in with_cards],
        harm.SAME_GUID: [new.names[note.id] for note in new.doubles],
        harm.BROKEN_CARD: [new.names[id] for id in broken],
        harm.MISSING_MEDIA: list(_missing(new)),
    }
    yield from (Finding(kind, (), _unique(names)) for kind, names in found.items() if names)


def _missing(new: State) -> Iterator[str]:
    for owner, name in [(new.names[note.id], note.media) for note in new.notes.values()] + [
        (type.name, type.media) for type in new.types.values()
    ]:
        yield from (f"{owner}: {file}" for file in name if not new.file(file))


@dataclass(frozen=True, slots=True)
class Comparison:
    """The states that an import is judged by.

    `old` and `new` are what the packages give an empty collection; `before` and `after` are the learner's
    collection around the import of `new`.
    """

    old: State
    new: State
    before: State
    after: State
    log: Log
    way: Way

    def outcome(self) -> Outcome:
        """The counts."""
        conflicting = self.conflicting()
        # What an older note of another type has become, some versions of Anki do not say.
        unsaid = sum(self.new.notes[guid].id not in self.log.conflicting for guid in conflicting)
        return Outcome(
            self.way,
            self.log.new,
            self.log.updated,
            self.log.untouched - unsaid,
            len(self.log.conflicting) + unsaid,
            sum(self._has_lost_edits(guid) for guid in self.old.notes),
        )

    def findings(self) -> Iterator[Finding]:
        """What is to be said of this import."""
        conflicting = self.conflicting()
        doubled = self._doubled()
        found: dict[Kind, Iterable[str]] = {
            harm.HISTORY_LOST: self._history_lost(),
            harm.DOUBLED: [self.new.names[self.new.notes[guid].id] for guid in doubled],
            harm.CONFLICTING: [
                self.new.names[note.id] for guid, note in self.new.notes.items() if guid in conflicting
            ],
            harm.FORKED_NOTE_TYPE: self._forked(doubled),
            harm.LEFT_OUT: self._left_out(set(doubled.values())),
            harm.STALE_NOTE: self._stale_notes(conflicting),
            harm.STALE_NOTE_TYPE: self._stale_types(conflicting),
            harm.STALE_MEDIA: self._stale_media(conflicting),
            harm.EMPTY_CARD: [
                self.after.names[self.after.cards[id].note] for id in self.after.empty - self.before.empty
            ],
        }
        if self.way is Way.DEFAULT:
            # With "Always" a learner asks for just that.
            found[harm.OVERWRITTEN] = self._overwritten(conflicting)
        for kind, subjects in found.items():
            if names := _unique(subjects):
                yield Finding(kind, (self.way,), names)

    def conflicting(self) -> frozenset[str]:
        """The GUIDs of notes that Anki does not update because of their note type, whether it says so or not."""
        said = {guid for guid, note in self.new.notes.items() if note.id in self.log.conflicting}
        other = {
            guid
            for guid in self.new.notes.keys() & self.before.notes.keys()
            if self.after.notes[guid].type != self.new.notes[guid].type
        }
        return frozenset(said | other)

    def _in_both(self, conflicting: frozenset[str]) -> Iterator[str]:
        """The GUIDs of notes that both packages have, and Anki would update."""
        return (guid for guid in self.old.notes if guid in self.new.notes and guid not in conflicting)

    def _is_same(self, guid: str) -> bool:
        return self.old.content(self.old.notes[guid]) == self.new.content(self.new.notes[guid])

    def _is_rewritten(self, guid: str) -> bool:
        before, after = self.before.notes[guid], self.after.notes[guid]
        return (before.mod, before.fields, before.tags) != (after.mod, after.fields, after.tags)

    def _has_lost_edits(self, guid: str) -> bool:
        old, before, after = self.old.notes[guid], self.before.notes[guid], self.after.notes.get(guid)
        is_edited = (old.fields, old.tags) != (before.fields, before.tags)
        return is_edited and (after is None or (after.fields, after.tags) != (before.fields, before.tags))

    def _history_lost(self) -> Iterator[str]:
        for id, card in self.before.cards.items():
            now = self.after.cards.get(id)
            if now is None or now.history != card.history:
                yield self.before.names[card.note]
        for review in self.before.reviews - self.after.reviews:
            yield self.before.names[self.before.cards[review[1]].note]

    def _doubled(self) -> dict[str, str]:
        """The GUIDs of new notes, with the GUID under which the old package has the same note."""
        gone: dict[tuple[str, str], list[str]] = defaultdict(list)
        for guid, note in self.old.notes.items():
            if guid not in self.new.notes:
                gone[_identity(self.old, note)].append(guid)
        pairs = {}
        for guid, note in self.new.notes.items():
            if guid not in self.old.notes and (twins := gone.get(_identity(self.new, note))):
                pairs[guid] = twins.pop(0)
        return pairs

    def _forked(self, doubled: dict[str, str]) -> Iterator[str]:
        # What was merged is no fork: the old notes have the new note type then.
        moved = {
            note.type
            for guid, note in self.new.notes.items()
            if (old := self.after.notes.get(doubled.get(guid, guid))) and old.type != note.type
        }
        for id, type in self.after.types.items():
            if id not in self.before.types and (id in moved or id not in self.new.types):
                yield type.name

    def _left_out(self, twins: set[str]) -> Iterator[str]:
        for guid, note in self.old.notes.items():
            if guid not in self.new.notes and guid not in twins and RETIRED_TAG not in note.tags:
                yield self.old.names[note.id]

    def _overwritten(self, conflicting: frozenset[str]) -> Iterator[str]:
        # Every note that is rewritten counts, edited by this learner or not: another may have edited it.
        for guid in self._in_both(conflicting):
            if self._is_same(guid) and self._is_rewritten(guid):
                yield self.new.names[self.new.notes[guid].id]

    def _stale_notes(self, conflicting: frozenset[str]) -> Iterator[str]:
        # The learner's edits leave the `mod`, so that an edited note is updated where any other would be.
        for guid in self._in_both(conflicting):
            old, new = self.old.notes[guid], self.new.notes[guid]
            if (old.fields, old.tags) != (new.fields, new.tags) and not self._is_rewritten(guid):
                yield self.new.names[new.id]

    def _stale_types(self, conflicting: frozenset[str]) -> Iterator[str]:
        forked = {self.new.notes[guid].type for guid in conflicting}
        for id, new in self.new.types.items():
            old, after = self.old.types.get(id), self.after.types.get(id)
            if old and after and id not in forked and old.looks != new.looks and after.looks == old.looks:
                yield new.name

    def _stale_media(self, conflicting: frozenset[str]) -> Iterator[str]:
        for guid in self.new.notes:
            new, after = self.new.notes[guid], self.after.notes.get(guid)
            # A note that was not updated names other files; that is said of it already.
            if after and guid not in conflicting and len(new.media) == len(after.media):
                for wanted, name in zip(new.media, after.media, strict=True):
                    is_new = wanted == name or guid not in self.old.notes or self._is_rewritten(guid)
                    if is_new and self._is_other_file(wanted, name):
                        yield f"{self.new.names[new.id]}: {wanted}"
        for id, type in self.new.types.items():
            if id in self.after.types:
                yield from (f"{type.name}: {name}" for name in type.media if self._is_other_file(name, name))

    def _is_other_file(self, wanted: str, name: str) -> bool:
        return bool(self.new.file(wanted)) and self.after.file(name) != self.new.file(wanted)


def _identity(state: State, note: Note) -> tuple[str, str]:
    """What makes a note the same for a learner, whatever its GUID."""
    if id := state.author_id(note):
        return "ID", id
    return state.types[note.type].name, plain(note.fields[0])


def together(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding of each kind, in the order of kinds: all subjects, and all the ways in which there are any."""
    every = list(findings)
    found = []
    for kind in harm.EVERY:
        same = [finding for finding in every if finding.kind is kind]
        if same:
            ways = dict.fromkeys(way for finding in same for way in finding.ways)
            found.append(Finding(kind, tuple(ways), _unique(name for each in same for name in each.subjects)))
    return tuple(found)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))

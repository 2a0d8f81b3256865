"""A release: which `mod` each note gets, and what deck.lock says afterwards.

A note keeps its `mod` while it is the same for a learner, and gets a later one when it is not: Anki ignores a
change without it, and overwrites a learner's own edits and tags where the `mod` of an unchanged note rises.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from ankigen.card.notes import DeckNotes, Note
from ankigen.card.notetypes import NoteType
from ankigen.lock import LATEST, Key, Lock, NoteEntry, TypeEntry, digest
from ankigen.model import Kind
from ankigen.package.lent import lend
from ankigen.shape import shape_of


class _Template(Protocol):
    """A card template: one of ours, or one that was read from a package."""

    @property
    def name(self) -> str: ...
    @property
    def front(self) -> str: ...
    @property
    def back(self) -> str: ...


@dataclass(frozen=True)
class Release:
    """A deck's notes, with the lock that they make. The lists hold what has changed since the lock before.

    `note_types` are those of the content, with the names that the lock knows from adopted decks. `renewed` are the
    kinds whose note type has changed.
    """

    content: DeckNotes
    note_types: dict[Kind, NoteType]
    lock: Lock
    added: tuple[Key, ...]
    changed: tuple[Key, ...]
    retired: tuple[Key, ...]
    renewed: tuple[str, ...]

    def entry(self, note: Note) -> NoteEntry:
        """What the lock says of a note."""
        return self.lock.notes[key_of(note)]

    @cached_property
    def lock_text(self) -> str:
        """The text of deck.lock after this release."""
        return str(self.lock)

    @cached_property
    def up_to_date(self) -> bool:
        """Whether the lock before says the same already, however its lines end."""
        before = self.content.deck.released.source
        return before is not None and before.text.replace("\r\n", "\n") == self.lock_text


class ClashError(Exception):
    """Notes that cannot be released; its text is one plain line for the user."""


def release(content: DeckNotes, now: int) -> Release:
    """The release of some notes after the one that the deck's lock knows.

    `now` is the second of the build, since 1970. What the lock knows and the notes no longer have stays in it:
    those ids are never to be used for another note.

    Raises ClashError where two notes have one GUID, and where a note has changed that no update can reach.
    """
    before = content.deck.released
    notes: dict[Key, NoteEntry] = dict(before.notes)
    types: dict[str, TypeEntry] = dict(before.types)
    added: list[Key] = []
    changed: list[Key] = []
    retired: list[Key] = []
    renewed: list[str] = []
    owners: dict[str, Key] = {entry.guid: key for key, entry in before.notes.items()}
    for note in content.notes:
        key = key_of(note)
        old = before.notes.get(key)
        if (owner := owners.setdefault(note.guid, key)) != key:
            names = f"`{' '.join(owner)}` and `{' '.join(key)}`"
            raise ClashError(f"{names} have the same GUID, {note.guid}: mend their `guid:`")
        new = NoteEntry(note.guid, now, note_digest(note), note.source, note.retired)
        if old is None:
            added.append(key)
        elif old.note != new.note:
            (retired if note.retired and not old.retired else changed).append(key)
            if old.mod >= LATEST:
                raise ClashError(
                    f"`{' '.join(key)}` has changed, and no update can reach it: deck.lock has the last time that "
                    "there is for it; take deck.lock from an earlier release"
                )
        notes[key] = new._replace(mod=_mod(old.mod, old.note == new.note, now) if old else now)
    note_types: dict[Kind, NoteType] = {}
    for kind, made in content.note_types.items():
        known = before.types.get(kind)
        lent = known.lent if known else None
        note_type = note_types[kind] = lend(made, lent)
        entry = TypeEntry(
            now,
            looks_of([note_type.template], note_type.css, (field.name for field in note_type.fields)),
            shape_of(kind),
            lent,
        )
        same = known is not None and (known.looks, known.shape) == (entry.looks, entry.shape)
        if known and known.mod and not same:
            renewed.append(str(kind))
        types[str(kind)] = entry._replace(mod=_mod(known.mod, same, now) if known else now)
    lock = Lock(content.deck.id, notes, types)
    return Release(content, note_types, lock, tuple(added), tuple(changed), tuple(retired), tuple(renewed))


def _mod(old: int, same: bool, now: int) -> int:
    # A clock that was set back must not hide a change.
    return old if same else min(max(now, old + 1), LATEST)


def key_of(note: Note) -> Key:
    """What a note is called in the lock."""
    return note.kind.value, note.id


def note_digest(note: Note) -> str:
    """A digest of all that an update changes for a learner: fields and tags, but not the deck, which stays."""
    return fields_digest(note.fields, note.tags)


def fields_digest(fields: Mapping[str, str], tags: tuple[str, ...]) -> str:
    """A digest of a note's fields, in their order, and its tags. A field's name is no part of it."""
    return digest([str(len(fields)), *fields.values(), *sorted(tags)])


def looks_of(templates: Iterable[_Template], css: str, fields: Iterable[str]) -> str:
    """A digest of what may change in a note type: templates, style and the names of fields."""
    sides = [part for each in templates for part in (each.name, each.front, each.back)]
    return digest([*sides, css, *fields])

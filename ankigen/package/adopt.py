"""deck.lock from a package that learners have: GUIDs and `mod`s of the notes that the content makes, too.

So a deck that was published by other means keeps its learners' history, and a lock that was lost comes back.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from ankigen.card.notes import DeckNotes, Note
from ankigen.identity import number
from ankigen.lock import LATEST, Key, Lock, NoteEntry, TypeEntry, digest
from ankigen.model import Kind
from ankigen.package import read
from ankigen.package.release import fields_digest, key_of
from ankigen.shape import fields_of, shape_of


@dataclass(frozen=True, slots=True)
class Adoption:
    """A lock, and what became of a package's notes.

    `ours` is how many were made by ankigen for this deck, `by_text` how many were known by their first field.
    `strangers` are the first fields, as plain text, of those that no note of the content is. `other_types` are the
    names of the note types of those known by their text: Anki updates a note only under the note type it has.
    """

    lock: Lock
    ours: int
    by_text: int
    strangers: tuple[str, ...]
    other_types: tuple[str, ...]


def adopt(content: DeckNotes, package: read.Collection) -> Adoption:
    """Take a package's notes into the lock of a deck. What the lock knows under another GUID, it forgets."""
    before = content.deck.released
    notes: dict[Key, NoteEntry] = dict(before.notes)
    types: dict[str, TypeEntry] = dict(before.types)
    kinds = {number("note type", content.deck.id, kind): kind for kind in Kind}
    for id, kind in kinds.items():
        if id in package.note_types:
            found = _type_entry(kind, package.note_types[id])
            types[kind] = max(found, types.get(kind, found), key=lambda entry: entry.mod)
    by_key = {key_of(note): note for note in content.notes}
    by_text = _unique(content.notes)
    ours, known, strangers, others = 0, 0, [], set()
    for theirs in package.notes:
        made_as = kinds.get(theirs.note_type)
        key = made_as and _own_key(theirs, made_as, content.deck.id)
        if key:
            ours += 1
        elif (text := _plain(next(iter(theirs.fields.values()), ""))) in by_text:
            key = key_of(by_text[text])
            known += 1
            others.add(package.note_types[theirs.note_type].name)
        else:
            strangers.append(text)
            continue
        mine = by_key.get(key)
        entry = NoteEntry(
            theirs.guid,
            min(max(theirs.mod, 0), LATEST),
            fields_digest(theirs.fields, theirs.tags),
            mine.source if mine else digest([]),
            "ankigen::retired" in theirs.tags,
        )
        old = notes.get(key)
        # Of two builds of one note, the later is what learners are to have.
        notes[key] = old if old and old.guid == entry.guid and old.mod >= entry.mod else entry
    return Adoption(Lock(notes, types), ours, known, tuple(strangers), tuple(sorted(others)))


def _own_key(note: read.Note, kind: Kind, deck: str) -> Key | None:
    """The key of a note that ankigen made for this deck, by its field `ID`."""
    home, _, id = html.unescape(note.fields.get("ID", "")).partition("/")
    return (kind.value, id) if home == deck and id and not re.search(r"\s", id) else None


def _type_entry(kind: Kind, theirs: read.NoteType) -> TypeEntry:
    same = theirs.fields == tuple(field.name for field in fields_of(kind)) and len(theirs.templates) == 1
    looks = digest(_looks(theirs))
    return TypeEntry(min(max(theirs.mod, 0), LATEST), looks, shape_of(kind) if same else digest(theirs.fields))


def _looks(note_type: read.NoteType) -> Iterator[str]:
    for template in note_type.templates:
        yield from (template.name, template.front, template.back)
    yield note_type.css
    yield from note_type.fields


def _unique(notes: tuple[Note, ...]) -> dict[str, Note]:
    """Notes by the plain text of their first fields, where that is the text of one alone."""
    found: dict[str, Note | None] = {}
    for note in notes:
        text = _plain(next(iter(note.fields.values())))
        found[text] = None if text in found else note
    return {text: note for text, note in found.items() if note and text}


def _plain(field: str) -> str:
    """A field as a reader sees it, for comparison: without tags, in one case, with single spaces."""
    text = html.unescape(re.sub(r"<[^<>]*>", " ", re.sub(r"(?s)<(style|script)\b.*?</\1>", " ", field)))
    text = re.sub(r"\{\{c\d+::(.*?)(?:::[^{}]*)?\}\}", r"\1", text)
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())

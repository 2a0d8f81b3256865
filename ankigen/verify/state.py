"""What a collection holds, as plain values that can be compared: notes, cards, reviews, note types and media."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote

"""The tag of a note that its author has given up, and ships on so that learners can find it."""
_LONGEST = 60
_SHOWN = re.compile(r"""<[a-z]+ [^<>]*?\bsrc\s*=\s*["']?([^"'<>]+)[^<>]*>""", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


class Note(NamedTuple):
    """A note by its row: `type` is the id of its note type, `mod` the second at which it last changed.

    `media` are the files that its fields name, in their order.
    """

    id: int
    guid: str
    type: int
    mod: int
    tags: frozenset[str]
    fields: tuple[str, ...]
    media: tuple[str, ...] = ()


class Card(NamedTuple):
    """A card: the id of its note, and all that a learner's study has made of it, as Anki's columns have it."""

    note: int
    ord: int
    due: int
    ivl: int
    factor: int
    reps: int
    lapses: int
    queue: int
    type: int
    flags: int
    data: str

    @property
    def history(self) -> tuple[object, ...]:
        """What an import may not change. Which template makes the card is no part of it: templates may move."""
        return (self.note, *self[2:])


@dataclass(frozen=True, slots=True)
class NoteType:
    """A note type: names of fields, and of each card template its name, front and back."""

    id: int
    name: str
    fields: tuple[str, ...]
    templates: tuple[tuple[str, str, str], ...]
    css: str
    media: tuple[str, ...] = ()

    @property
    def looks(self) -> tuple[object, ...]:
        """What an import updates: front and back of each card template, and the style."""
        return tuple(template[1:] for template in self.templates), self.css


@dataclass(frozen=True, slots=True)
class State:
    """A collection at one moment.

    `notes` go by GUID, of several notes with one GUID the first; `doubles` are the others. `reviews` are rows of
    the review log. `media` gives a digest of each file by its name. `empty` are the ids of cards that have nothing
    to ask.
    """

    notes: Mapping[str, Note]
    cards: Mapping[int, Card]
    reviews: frozenset[tuple[int, ...]]
    types: Mapping[int, NoteType]
    media: Mapping[str, str]
    empty: frozenset[int] = frozenset()
    doubles: tuple[Note, ...] = ()
    names: Mapping[int, str] = field(init=False)
    """What each note is called in a report, by its id."""

    def __post_init__(self) -> None:
        every = [*self.notes.values(), *self.doubles]
        object.__setattr__(self, "names", {note.id: self._name(note) for note in every})

    def author_id(self, note: Note) -> str:
        """What the note's field `ID` holds, or nothing."""
        fields = self.types[note.type].fields if note.type in self.types else ()
        return plain(dict(zip(fields, note.fields, strict=False)).get("ID", ""))

    def file(self, name: str) -> str:
        """The digest of the file that a card means by a name, or nothing where there is none."""
        return self.media.get(name) or self.media.get(unquote(name), "")

    def content(self, note: Note) -> tuple[object, ...]:
        """All of a note that a learner sees, the bytes of its media too."""
        return (note.type, note.fields, note.tags, tuple(map(self.file, note.media)))

    def _name(self, note: Note) -> str:
        text = self.author_id(note) or next((text for text in map(plain, note.fields) if text), note.guid)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def plain(html: str) -> str:
    """The words of a field, with the names of its pictures and without other HTML."""
    return " ".join(unescape(_TAG.sub(" ", _SHOWN.sub(r" \1 ", html))).split())


@dataclass(frozen=True, slots=True)
class Log:
    """What an import says it has done: the number of notes found, and of those that became this or that.

    `conflicting` are ids of notes as the package has them.
    """

    found: int
    new: int
    updated: int
    untouched: int
    conflicting: frozenset[int]

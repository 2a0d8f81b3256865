"""The .apkg file: genanki's classes, with what a release needs on top.

genanki knows Anki's database and file. What is added here: identities that do not depend on the time of day,
permanent ids of fields and templates, a `mod` for each note and note type, the author's order, checksums, rows
written in bulk, and a file that is the same for the same notes on every machine.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import sqlite3
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import genanki
from genanki.apkg_col import APKG_COL
from genanki.apkg_schema import APKG_SCHEMA

from ankigen.card.notes import DeckNotes, Note, SubDeck
from ankigen.card.notetypes import NoteType
from ankigen.identity import number
from ankigen.lock import NoteEntry
from ankigen.markup import gaps
from ankigen.package.release import Release
from ankigen.shape import TEMPLATE_NAMES
from ankigen.source.files import Draft, draft

Tick = Callable[[], None]
_NOTE_ROW = "INSERT INTO notes VALUES (?,?,?,?,?,?,?,?,?,?,?)"
_CARD_ROW = "INSERT INTO cards VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
# The oldest time that a zip file can hold; every entry has it.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
# Deck settings change their `mod` in Anki when a user changes them; a package's never matter.
_DECK_MOD = 1_425_278_051


class _NoteType(genanki.Model):  # type: ignore[misc]
    """A note type of one deck. Each deck has its own, so that decks can be released apart from each other."""

    def __init__(self, kind: NoteType, deck: str, mod: int) -> None:
        super().__init__(
            model_id=number("note type", deck, kind.kind),
            name=f"{TEMPLATE_NAMES[kind.kind]} ({deck})",
            fields=[{"name": field.name, "id": field.id} for field in kind.fields],
            templates=[
                {
                    "name": kind.template.name,
                    "id": kind.template.id,
                    "qfmt": kind.template.front,
                    "afmt": kind.template.back,
                }
            ],
            css=kind.css,
            model_type=genanki.Model.CLOZE if kind.is_cloze else genanki.Model.FRONT_BACK,
        )
        self.mod = mod

    # genanki's name and shape: the card of template 0 is made where field 0 holds something, which it always does.
    _req = [[0, "all", [0]]]  # noqa: RUF012

    def to_json(self, timestamp: float, deck_id: int) -> dict[str, Any]:
        return {**super().to_json(self.mod, deck_id), "id": self.model_id}


class _Note(genanki.Note):  # type: ignore[misc]
    """A note with its GUID, `mod` and place in the author's order."""

    def __init__(self, note: Note, model: _NoteType, deck: str, entry: NoteEntry, due: int) -> None:
        super().__init__(
            model=model,
            fields=list(note.fields.values()),
            tags=note.tags,
            guid=entry.guid,
            due=due,
        )
        self.mod = entry.mod
        self.number = number("note", deck, note.kind, note.id)
        cloze = model.model_type == genanki.Model.CLOZE
        ords = sorted({gap.number - 1 for gap in gaps(self.fields[0])}) if cloze else [0]
        self.card_numbers = {ord: number("card", self.guid, str(ord)) for ord in ords}

    def note_row(self) -> tuple[Any, ...]:
        """The row of table `notes`."""
        first = _sort_text(self.fields[0])
        checksum = int(hashlib.sha1(first.encode(), usedforsecurity=False).hexdigest()[:8], 16)
        flds, tags = self._format_fields(), self._format_tags()
        return (self.number, self.guid, self.model.model_id, self.mod, -1, tags, flds, first, checksum, 0, "")

    def card_rows(self, deck_id: int) -> Iterator[tuple[Any, ...]]:
        """The rows of table `cards`, all new, in their order."""
        for ord, id in sorted(self.card_numbers.items()):
            yield (id, self.number, deck_id, ord, self.mod, -1, 0, 0, self.due, *(0,) * 8, "")


class _Deck(genanki.Deck):  # type: ignore[misc]
    """A deck or sub-deck; it writes its rows in bulk, and counts the notes."""

    def __init__(self, deck_id: int, name: str, description: str, tick: Tick) -> None:
        super().__init__(deck_id, name, description)
        self.tick = tick

    def to_json(self) -> dict[str, Any]:
        zero = [0, 0]
        today = dict.fromkeys(("lrnToday", "newToday", "revToday", "timeToday"), zero)
        return {**super().to_json(), **today, "mod": _DECK_MOD}

    def write_to_db(self, cursor: sqlite3.Cursor, timestamp: float, id_gen: Any) -> None:
        cursor.executemany(_NOTE_ROW, map(self._counted_row, self.notes))
        cursor.executemany(_CARD_ROW, (row for note in self.notes for row in note.card_rows(self.deck_id)))

    def _counted_row(self, note: _Note) -> tuple[Any, ...]:
        self.tick()
        return note.note_row()


class _Package(genanki.Package):  # type: ignore[misc]
    """A package whose bytes depend on its notes and media alone."""

    def __init__(self, decks: list[_Deck], note_types: list[_NoteType], media: dict[str, Path]) -> None:
        super().__init__(decks)
        self.note_types = note_types
        self.media = media

    def write_to_db(self, cursor: sqlite3.Cursor, timestamp: float, id_gen: Any) -> None:
        cursor.executescript(APKG_SCHEMA)
        cursor.executescript(APKG_COL)
        decks = json.loads(cursor.execute("SELECT decks FROM col").fetchone()[0])
        decks |= {str(deck.deck_id): deck.to_json() for deck in self.decks}
        models = {str(model.model_id): model.to_json(0, self.decks[0].deck_id) for model in self.note_types}
        cursor.execute("UPDATE col SET decks = ?, models = ?", (_json(decks), _json(models)))
        for deck in self.decks:
            deck.write_to_db(cursor, timestamp, id_gen)

    def write_to_file(self, file: Path, timestamp: float | None = None) -> None:
        with closing(sqlite3.connect(":memory:")) as connection:
            self.write_to_db(connection.cursor(), 0, None)
            connection.commit()
            database = bytearray(connection.serialize())
        # The version of SQLite that wrote it last (bytes 96 to 99 of its file format) says nothing to a reader.
        database[96:100] = bytes(4)
        names = list(self.media)
        with zipfile.ZipFile(file, "w") as package:
            _add(package, "collection.anki2", bytes(database))
            _add(package, "media", _json({str(index): name for index, name in enumerate(names)}).encode())
            for index, name in enumerate(names):
                _add(package, str(index), self.media[name].read_bytes())


@dataclass(frozen=True, slots=True)
class Package:
    """A package that is written, but not yet in its place, and the number of its cards."""

    draft: Draft
    cards: int


def write(release: Release, file: Path, tick: Tick = lambda: None) -> Package:
    """Write a release as an .apkg beside its place, so that what stands there stays until all is well.

    `tick` is called once for each note. Raises OSError; nothing is left behind then.
    """
    content = release.content
    deck = content.deck.id
    note_types = {
        kind: _NoteType(made, deck, release.lock.types[kind].mod) for kind, made in release.note_types.items()
    }
    decks: dict[SubDeck, _Deck] = {}
    taken_notes: set[int] = set()
    taken_cards: set[int] = set()
    for due, note in enumerate(content.notes, start=1):
        home = decks.get(note.deck) or _with_those_above(note.deck, decks, content, tick)
        made = _Note(note, note_types[note.kind], deck, release.entry(note), due)
        made.number = _free(made.number, taken_notes)
        made.card_numbers = {ord: _free(id, taken_cards) for ord, id in made.card_numbers.items()}
        home.add_note(made)
    package = _Package(list(decks.values()), list(note_types.values()), content.media)
    cards = sum(len(note.card_numbers) for home in decks.values() for note in home.notes)
    Path(os.path.realpath(file)).parent.mkdir(parents=True, exist_ok=True)
    written = draft(file)
    try:
        package.write_to_file(written.temporary)
    except BaseException:
        written.drop()
        raise
    return Package(written, cards)


def _free(wanted: int, taken: set[int]) -> int:
    """The number that is wanted, or the next that is free: hashes of many notes may clash."""
    while wanted in taken:
        wanted += 1
    taken.add(wanted)
    return wanted


def _with_those_above(deck: SubDeck, decks: dict[SubDeck, _Deck], content: DeckNotes, tick: Tick) -> _Deck:
    """Add a deck, and before it those that it lies in: Anki would make them anew, without what is said of them."""
    for depth in range(1, len(deck.names) + 1):
        above = SubDeck(deck.names[:depth], deck.ids[:depth])
        if above not in decks:
            decks[above] = _deck_of(above, content, tick)
    return decks[deck]


def _deck_of(deck: SubDeck, content: DeckNotes, tick: Tick) -> _Deck:
    description = content.description if len(deck.names) == 1 else ""
    return _Deck(number("deck", *deck.ids), "::".join(deck.names), description, tick)


def _add(package: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _ZIP_TIME)
    info.create_system = 3  # Unix, on every system
    info.external_attr = 0o644 << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    package.writestr(info, data, compresslevel=6)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _sort_text(field: str) -> str:
    """A field as Anki sorts and compares it: without tags, but with the names of its pictures."""
    if "<" in field:
        field = re.sub(r'<img[^<>]*? src="([^"]*)"[^<>]*>', r" \1 ", field)
        field = re.sub(r"<[^<>]*>", "", field)
    return unicodedata.normalize("NFC", html.unescape(field).replace("\xa0", " ")).strip()

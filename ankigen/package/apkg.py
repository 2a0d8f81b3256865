"""The .apkg file: genanki's classes, with what a release needs on top.

genanki knows Anki's database and file. What is added here: identities that do not depend on the time of day,
permanent ids of fields and templates, a `mod` for each note and note type, the author's order, checksums, rows
written in bulk, and a file that is the same for the same notes on every machine.
"""

from __future__ import annotations

import errno
import html
import io
import json
import os
import re
import shutil
import sqlite3
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha1
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import genanki
from genanki.apkg_col import APKG_COL
from genanki.apkg_schema import APKG_SCHEMA

from ankigen.card.notes import DeckNotes, Note, SubDeck
from ankigen.card.notetypes import NoteType
from ankigen.identity import number
from ankigen.lock import NoteEntry
from ankigen.markup import PICTURE, gaps
from ankigen.package.release import Release
from ankigen.shape import TEMPLATE_NAMES, is_cloze
from ankigen.source.files import Draft, draft

Tick = Callable[[], None]
# Nobody else sees the database, and one that is not whole is thrown away: nothing waits for the disk, and nothing
# is kept to go back to. In large pages, less room stays empty.
_PRAGMAS = """
PRAGMA page_size = 32768;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = MEMORY;
"""
_NOTE = "INSERT INTO notes VALUES (?,?,?,?,-1,?,?,?,?,0,'')"
_CARD = "INSERT INTO cards VALUES (?,?,?,?,?,-1,0,0,?,0,0,0,0,0,0,0,0,'')"
# Of 10,000 questions (a database of 42 MB), level 1 makes 8.3 MB in 0.22 s, 4 makes 7.2 MB in 0.34 s, 6 makes
# 6.7 MB in 0.68 s, and 9 takes twice as long for a hundredth less. Beyond 4, it takes longer than all the rest.
_LEVEL = 4
_PIECE = 1 << 18  # bytes
_ZIP32 = 2_000_000_000  # bytes; what is larger has its size written in more of them
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


class _Deck(genanki.Deck):  # type: ignore[misc]
    """A deck or sub-deck."""

    def to_json(self) -> dict[str, Any]:
        zero = [0, 0]
        today = dict.fromkeys(("lrnToday", "newToday", "revToday", "timeToday"), zero)
        return {**super().to_json(), **today, "mod": _DECK_MOD}


class _CardRow(NamedTuple):
    """What differs between the cards of a package, which are all new; in the order of `_CARD`."""

    id: int
    note: int
    deck: int
    ord: int
    mod: int
    due: int


class _Package(genanki.Package):  # type: ignore[misc]
    """A package whose bytes depend on its notes and media alone.

    Notes and cards have their numbers already. Both come in the order of these, which is the order of the tables:
    so SQLite fills page after page, and the same rows always make the same pages.
    """

    def __init__(self, release: Release, tick: Tick) -> None:
        content = release.content
        deck = content.deck.id
        decks: dict[SubDeck, _Deck] = {}
        notes: list[tuple[int, Note, NoteEntry]] = []
        cards: list[_CardRow] = []
        taken_notes: set[int] = set()
        taken_cards: set[int] = set()
        for due, note in enumerate(content.notes, start=1):
            home = decks.get(note.deck) or _with_those_above(note.deck, decks, content)
            entry = release.entry(note)
            id = _free(number("note", deck, note.kind, note.id), taken_notes)
            notes.append((id, note, entry))
            for ord in _ords(note):
                card = _free(number("card", entry.guid, str(ord)), taken_cards)
                cards.append(_CardRow(card, id, home.deck_id, ord, entry.mod, due))
        super().__init__(list(decks.values()))
        self.media = content.media
        self.tick = tick
        self.notes = sorted(notes, key=itemgetter(0))
        self.cards = sorted(cards)
        self.note_types = {
            kind: _NoteType(made, deck, release.lock.types[kind].mod) for kind, made in release.note_types.items()
        }

    def write_to_db(self, cursor: sqlite3.Cursor, timestamp: float, id_gen: Any) -> None:
        # An index that is made of all rows at once is made faster, and smaller, than one that grows with them.
        tables, create, indexes = APKG_SCHEMA.partition("CREATE INDEX")
        cursor.executescript(f"{_PRAGMAS} BEGIN; {tables} {APKG_COL}")
        decks = json.loads(cursor.execute("SELECT decks FROM col").fetchone()[0])
        decks |= {str(deck.deck_id): deck.to_json() for deck in self.decks}
        models = {
            str(model.model_id): model.to_json(0, self.decks[0].deck_id) for model in self.note_types.values()
        }
        cursor.execute("UPDATE col SET decks = ?, models = ?", (_json(decks), _json(models)))
        cursor.executemany(_NOTE, self.note_rows())
        cursor.executemany(_CARD, self.cards)
        cursor.execute("COMMIT")
        cursor.executescript(create + indexes)

    def note_rows(self) -> Iterator[tuple[int | str, ...]]:
        """What differs between the notes, in the order of `_NOTE`; each is made when it is asked for."""
        types = {kind: made.model_id for kind, made in self.note_types.items()}
        for id, note, entry in self.notes:
            self.tick()
            tags = f" {' '.join(note.tags)} "
            fields = "\x1f".join(note.fields.values())
            first = _sort_text(_first(note))
            checksum = int.from_bytes(sha1(first.encode(), usedforsecurity=False).digest()[:4], "big")
            yield id, entry.guid, types[note.kind], entry.mod, tags, fields, first, checksum

    def write_to_file(self, file: Path, timestamp: float | None = None) -> None:
        names = _json({str(index): name for index, name in enumerate(self.media)})
        rows = draft(file)
        try:
            self._write_rows(rows.temporary)
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as package:
                with rows.temporary.open("rb") as database:
                    _add(package, "collection.anki2", database)
                _add(package, "media", io.BytesIO(names.encode()))
                for index, medium in enumerate(self.media.values()):
                    with medium.open("rb") as opened:
                        _add(package, str(index), opened)
            rows.temporary.unlink()
        except BaseException:
            rows.drop()
            raise

    def _write_rows(self, database: Path) -> None:
        try:
            with closing(sqlite3.connect(database, isolation_level=None)) as connection:
                self.write_to_db(connection.cursor(), 0, None)
        except sqlite3.OperationalError as error:
            raise OSError(errno.EIO, str(error)) from None  # no space, or an error of the disk
        with database.open("r+b") as written:
            # The version of SQLite that wrote it last, bytes 96 to 99, says nothing to a reader.
            written.seek(96)
            written.write(bytes(4))


@dataclass(frozen=True, slots=True)
class Package:
    """A package that is written, but not yet in its place, and the number of its cards."""

    draft: Draft
    cards: int


def write(release: Release, file: Path, tick: Tick = lambda: None) -> Package:
    """Write a release as an .apkg beside its place, so that what stands there stays until all is well.

    `tick` is called once for each note. Raises OSError; nothing is left behind then.
    """
    package = _Package(release, tick)
    Path(os.path.realpath(file)).parent.mkdir(parents=True, exist_ok=True)
    written = draft(file)
    try:
        package.write_to_file(written.temporary)
    except BaseException:
        written.drop()
        raise
    return Package(written, len(package.cards))


def _ords(note: Note) -> list[int]:
    """The places of a note's cards among those that its note type makes, beginning with 0."""
    if not is_cloze(note.kind):
        return [0]
    return sorted({gap.number - 1 for gap in gaps(_first(note))})


def _first(note: Note) -> str:
    """A note's first field, by which Anki sorts and compares it."""
    return next(iter(note.fields.values()))


def _free(wanted: int, taken: set[int]) -> int:
    """The number that is wanted, or the next that is free: hashes of many notes may clash."""
    while wanted in taken:
        wanted += 1
    taken.add(wanted)
    return wanted


def _with_those_above(deck: SubDeck, decks: dict[SubDeck, _Deck], content: DeckNotes) -> _Deck:
    """Add a deck, and before it those that it lies in: Anki would make them anew, without what is said of them."""
    for depth in range(1, len(deck.names) + 1):
        above = SubDeck(deck.names[:depth], deck.ids[:depth])
        if above not in decks:
            decks[above] = _deck_of(above, content)
    return decks[deck]


def _deck_of(deck: SubDeck, content: DeckNotes) -> _Deck:
    description = content.description if len(deck.names) == 1 else ""
    return _Deck(number("deck", *deck.ids), "::".join(deck.names), description)


def _add(package: zipfile.ZipFile, name: str, source: BinaryIO) -> None:
    """Pack what a file holds, piece by piece. The entry has no time, and is the same on every system."""
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    with package.open(name, "w", force_zip64=size > _ZIP32) as entry:
        shutil.copyfileobj(source, entry, _PIECE)
    info = package.getinfo(name)
    info.create_system = 3  # Unix
    info.external_attr = 0o644 << 16


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


_TAG = re.compile(r"<[^<>]*>")


def _sort_text(field: str) -> str:
    """A field as Anki sorts and compares it: without tags, but with the names of its pictures."""
    if "<" in field:
        if "<img" in field:
            field = PICTURE.sub(r" \1 ", field)
        field = _TAG.sub("", field)
    return unicodedata.normalize("NFC", html.unescape(field).replace("\xa0", " ")).strip()

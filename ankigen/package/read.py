"""Any .apkg, read: ours, genanki's, or one that Anki itself exported, in its old format or in today's.

A package is a zip file. In it is the collection, a SQLite database: `collection.anki2` or `collection.anki21`
with note types and decks as JSON in one row of table `col`, or `collection.anki21b`, compressed with
Zstandard, with tables of their own whose `config` columns are protobuf messages. `media` maps the numbers that
media files have in the zip to their names; it is JSON or, beside `collection.anki21b`, protobuf.

Packages are not trusted. Nothing is unpacked under a name that stands in one, what unpacks to very much is
refused, and whatever is wrong ends in a `PackageError`.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import zstandard

MAX_DATABASE = 2 << 30
"""The most bytes that a collection may unpack to, and that the texts of its notes may hold."""
MAX_MEDIA = 16 << 30
"""The most bytes that all media together may unpack to."""
_MAX_MAP = 256 << 20
_MAX_META = 1 << 10
_CHUNK = 1 << 20
# What Anki writes stays far below; a frame that asks for more wants the reader's memory.
_MAX_WINDOW = 128 << 20
_DEFAULT_DECK = 1
_CLOZE = 1


class PackageError(Exception):
    """A file is no package that can be read; its text is one plain line for the user, with the file's name."""


@dataclass(frozen=True, slots=True)
class Template:
    """A card template: `front` and `back` are HTML with Anki's field replacements.

    `id` is there where whatever made it gives one, as Anki does since 23.10.
    """

    name: str
    front: str
    back: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class NoteType:
    """A note type. `mod` is the second, counted from 1970, at which it last changed.

    `field_ids` are in the order of `fields`, None where a field has no id.
    """

    id: int
    name: str
    mod: int
    fields: tuple[str, ...]
    templates: tuple[Template, ...]
    css: str
    field_ids: tuple[int | None, ...]
    is_cloze: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A note. `fields` are HTML by the names of the note type's fields, in their order.

    `mod` is the second at which it last changed, `note_type` the id of its note type, and `deck` the full name of
    the deck that its first card is in, empty where it has no card.
    """

    guid: str
    mod: int
    note_type: int
    fields: dict[str, str]
    tags: tuple[str, ...]
    deck: str


@dataclass(frozen=True, slots=True)
class Deck:
    """A deck by its full name (`Top::Below`); `description` is what Anki shows on its page."""

    id: int
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class MediaFile:
    """What a media file holds: the BLAKE2b digest of it (256 bits, in hexadecimal), and how many bytes."""

    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Collection:
    """What is in a package.

    Notes are in the order in which Anki brings up new cards, note types and decks by their ids; media by their
    names. The deck that every collection has by default counts where it holds a card.
    """

    notes: tuple[Note, ...]
    note_types: dict[int, NoteType]
    decks: dict[int, Deck]
    media: dict[str, MediaFile]


def read(file: Path) -> Collection:
    """Read a package. Raises PackageError."""
    if file.exists() and not file.is_file():
        raise PackageError(f"{file}: cannot be read (it is a folder, or no ordinary file)")
    try:
        with zipfile.ZipFile(file) as package:
            return _collection(package)
    except _Unfit as error:
        raise PackageError(f"{file}: {error}") from None
    except zipfile.BadZipFile:
        raise PackageError(f"{file}: is no .apkg, or a damaged one: it cannot be unpacked") from None
    except OSError as error:
        raise PackageError(f"{file}: cannot be read ({error.strerror or 'it is damaged'})") from None
    except (
        ArithmeticError,
        AttributeError,
        EOFError,
        LookupError,
        MemoryError,
        RuntimeError,  # zipfile's, of what is encrypted; and of JSON that is too deep
        TypeError,
        ValueError,
        sqlite3.Error,
        struct.error,
        zlib.error,
        zstandard.ZstdError,
    ):
        # JSON and rows may hold anything in the place of anything.
        raise PackageError(f"{file}: is a damaged package: what is in it does not fit together") from None


class _Unfit(Exception):
    """Why a package cannot be read; its text follows the file's name."""


def _collection(package: zipfile.ZipFile) -> Collection:
    name, is_latest = _collection_of(package)
    with TemporaryDirectory(prefix="ankigen-") as folder:
        database = Path(folder) / "collection"
        with _open(package, name, is_latest) as packed, database.open("wb") as unpacked:
            for chunk in _chunks(packed, MAX_DATABASE, "its collection"):
                unpacked.write(chunk)
        address = f"{database.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            notes, note_types, decks = _contents(connection, is_latest)
    return Collection(notes, note_types, decks, _media(package, is_latest))


def _collection_of(package: zipfile.ZipFile) -> tuple[str, bool]:
    """The name of the collection that counts, and whether the package is of today's format.

    Anki puts a `collection.anki2` beside the others that only asks to update Anki, so the order is Anki's own.
    """
    names = set(package.namelist())
    version = 0
    if "meta" in names:
        version = _number(_message(_whole(package, "meta", False, _MAX_META)), 1)
        if version > 3:
            raise _Unfit("was made by a newer Anki, and is in a format that is not known here")
    older = "collection.anki21" if "collection.anki21" in names else "collection.anki2"
    name = {1: "collection.anki2", 2: "collection.anki21", 3: "collection.anki21b"}.get(version, older)
    if name not in names:
        raise _Unfit("is no .apkg: there is no collection in it")
    return name, version == 3


def _open(package: zipfile.ZipFile, name: str, is_latest: bool) -> IO[bytes]:
    info = package.getinfo(name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _Unfit("is compressed in a way that Anki does not know")
    packed = package.open(info)
    if not is_latest:
        return packed
    unpacker = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW)
    return unpacker.stream_reader(packed, read_across_frames=True)


def _chunks(file: IO[bytes], most: int, what: str) -> Iterator[bytes]:
    """What is in a file, piece by piece, up to `most` bytes."""
    size = 0
    while chunk := file.read(_CHUNK):
        size += len(chunk)
        if size > most:
            raise _Unfit(f"is refused: {what} unpacks to more than {most:,} bytes")
        yield chunk


def _whole(package: zipfile.ZipFile, name: str, is_latest: bool, most: int) -> bytes:
    with _open(package, name, is_latest) as file:
        return b"".join(_chunks(file, most, f"its `{name}`"))


def _contents(
    connection: sqlite3.Connection, is_latest: bool
) -> tuple[tuple[Note, ...], dict[int, NoteType], dict[int, Deck]]:
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    # Anki's own order of names. It decides which rows an index finds, and no index is asked here.
    connection.create_collation("unicase", lambda one, other: (one > other) - (one < other))
    connection.execute("PRAGMA trusted_schema = OFF")
    tables = ("notes", "cards", *(("notetypes", "fields", "templates", "decks") if is_latest else ("col",)))
    for table in tables:
        _refuse_programs(connection, table)
    note_types = _note_types(connection) if is_latest else _old_note_types(connection)
    decks = _decks(connection) if is_latest else _old_decks(connection)
    first_cards = _first_cards(connection)
    notes = tuple(_notes(connection, note_types, decks, first_cards))
    if _DEFAULT_DECK in decks and all(deck != _DEFAULT_DECK for _, deck in first_cards.values()):
        del decks[_DEFAULT_DECK]
    return notes, note_types, decks


def _refuse_programs(connection: sqlite3.Connection, table: str) -> None:
    """Only stored rows are read: a view or a computed column could compute for ever."""
    found = connection.execute("SELECT type, sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    if found is None:
        raise _Unfit(f"is a damaged package: its collection has no table `{table}`")
    hidden = connection.execute(f"SELECT count(*) FROM pragma_table_xinfo('{table}') WHERE hidden").fetchone()
    if found[0] != "table" or hidden[0] or not found[1].lstrip().upper().startswith("CREATE TABLE"):
        raise _Unfit(f"is refused: `{table}` in its collection is not a plain table")


def _first_cards(connection: sqlite3.Connection) -> dict[int, tuple[int, int]]:
    """Where a note's first card stands in the queue of new cards, and the number of its deck, by the note's."""
    first: dict[int, tuple[int, int, int]] = {}
    for note, ord, due, deck, home in connection.execute("SELECT nid, ord, due, did, odid FROM cards"):
        # A card that is in a filtered deck for a while has its own deck in `odid`.
        card = (int(ord), int(due), int(home or deck))
        first[note] = min(first.get(note, card), card)
    return {note: (due, deck) for note, (_, due, deck) in first.items()}


def _notes(
    connection: sqlite3.Connection,
    note_types: dict[int, NoteType],
    decks: dict[int, Deck],
    first_cards: dict[int, tuple[int, int]],
) -> Iterator[Note]:
    size = 0
    found = []
    for id, guid, note_type, mod, tags, values in connection.execute(
        "SELECT id, guid, mid, mod, tags, flds FROM notes"
    ):
        # A crafted database may give the same page out as many rows.
        size += len(values) + 64
        if size > MAX_DATABASE:
            raise _Unfit(f"is refused: its notes hold more than {MAX_DATABASE:,} bytes")
        if note_type not in note_types:
            raise _Unfit("is a damaged package: the note type of a note is not in it")
        names = note_types[note_type].fields
        given = _text(values).split("\x1f")
        given += [""] * (len(names) - len(given))
        due, deck = first_cards.get(id, (0, 0))
        home = decks[deck].name if deck in decks else ""
        own_tags = tuple(sorted(set(_text(tags).split())))
        fields = dict(zip(names, given, strict=False))
        found.append((due, int(id), Note(_text(guid), int(mod), note_type, fields, own_tags, home)))
    found.sort(key=lambda each: each[:2])
    for _, _, note in found:
        yield note


def _old_note_types(connection: sqlite3.Connection) -> dict[int, NoteType]:
    models = json.loads(connection.execute("SELECT models FROM col").fetchone()[0])
    return {
        int(id): NoteType(
            int(id),
            _text(model["name"]),
            int(model.get("mod", 0)),
            tuple(_text(field["name"]) for field in _in_order(model["flds"])),
            tuple(
                Template(_text(each["name"]), _text(each["qfmt"]), _text(each["afmt"]), _id(each.get("id")))
                for each in _in_order(model["tmpls"])
            ),
            _text(model.get("css", "")),
            tuple(_id(field.get("id")) for field in _in_order(model["flds"])),
            model.get("type") == _CLOZE,
        )
        for id, model in sorted(models.items(), key=lambda item: int(item[0]))
    }


def _in_order(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(parts, key=lambda part: int(part.get("ord") or 0))


def _old_decks(connection: sqlite3.Connection) -> dict[int, Deck]:
    decks = json.loads(connection.execute("SELECT decks FROM col").fetchone()[0])
    return {
        int(id): Deck(int(id), _text(deck["name"]), _text(deck.get("desc", "")))
        for id, deck in sorted(decks.items(), key=lambda item: int(item[0]))
    }


# The field numbers below are those of Anki's proto/anki/notetypes.proto, decks.proto and import_export.proto.


def _note_types(connection: sqlite3.Connection) -> dict[int, NoteType]:
    fields: dict[int, list[tuple[str, int | None]]] = {}
    for id, name, data in connection.execute("SELECT ntid, name, config FROM fields ORDER BY ntid, ord"):
        # Notetype.Field.Config: id = 9
        fields.setdefault(id, []).append((_text(name), _signed(_message(data), 9)))
    templates: dict[int, list[Template]] = {}
    for id, name, data in connection.execute("SELECT ntid, name, config FROM templates ORDER BY ntid, ord"):
        config = _message(data)  # Notetype.Template.Config: q_format = 1, a_format = 2, id = 8
        templates.setdefault(id, []).append(
            Template(_text(name), _string(config, 1), _string(config, 2), _signed(config, 8))
        )
    found = {}
    for id, name, mod, data in connection.execute(
        "SELECT id, name, mtime_secs, config FROM notetypes ORDER BY id"
    ):
        config = _message(data)  # Notetype.Config: kind = 1, css = 3
        found[id] = NoteType(
            id,
            _text(name),
            int(mod),
            tuple(field for field, _ in fields.get(id, ())),
            tuple(templates.get(id, ())),
            _string(config, 3),
            tuple(number for _, number in fields.get(id, ())),
            _number(config, 1) == _CLOZE,
        )
    return found


def _decks(connection: sqlite3.Connection) -> dict[int, Deck]:
    decks = {}
    for id, name, data in connection.execute("SELECT id, name, kind FROM decks ORDER BY id"):
        # Deck.KindContainer: normal = 1; Deck.Normal: description = 4
        normal = _message(_bytes(_message(data), 1))
        # Anki joins the names of decks with a control character in this table alone.
        decks[id] = Deck(id, _text(name).replace("\x1f", "::"), _string(normal, 4))
    return decks


def _media(package: zipfile.ZipFile, is_latest: bool) -> dict[str, MediaFile]:
    if "media" not in package.namelist():
        return {}
    data = _whole(package, "media", is_latest, _MAX_MAP)
    names: dict[str, str] = {}
    sizes: dict[str, int] = {}
    if is_latest:
        # MediaEntries: entries = 1; MediaEntry: name = 1, size = 2. The place in the list is the name in the zip.
        for index, entry in enumerate(_message(data).get(1, ())):
            message = _message(entry)
            names[str(index)] = _string(message, 1)
            sizes[str(index)] = _number(message, 2)
    else:
        names = {number: _text(name) for number, name in json.loads(data or b"{}").items()}
    left = MAX_MEDIA
    files = {}
    known = set(package.namelist())
    for number, name in sorted(names.items(), key=lambda item: item[1]):
        if number not in known:
            raise _Unfit("is a damaged package: a media file is missing in it")
        digest, size = hashlib.blake2b(digest_size=32), 0
        with _open(package, number, is_latest) as file:
            for chunk in _chunks(file, left, "its media"):
                digest.update(chunk)
                size += len(chunk)
        if sizes.get(number, size) != size:
            raise _Unfit("is a damaged package: a media file in it is not whole")
        left -= size
        files[name] = MediaFile(digest.hexdigest(), size)
    return files


def _text(value: Any) -> str:
    """A value as text: SQLite and JSON let any type stand in the place of another."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    # JSON may hold half a character, which no file or terminal takes.
    return str(value).encode("utf-8", "replace").decode()


def _id(value: Any) -> int | None:
    """An id of a field or a template. Anki takes what is no integer for none."""
    return value if type(value) is int and -(2**63) <= value < 2**63 else None


# Protobuf's wire format, as far as Anki's messages need it: a message is a row of fields, each a key (its number,
# and in the three lowest bits how it is written) and a value. Integers are in base 128, lowest digits first,
# with the highest bit of a byte set where another follows.
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

_Message = dict[int, list[Any]]


def _message(data: Any) -> _Message:
    """A protobuf message: by the fields' numbers, the values in their order, integers or bytes."""
    if not isinstance(data, bytes):
        raise ValueError("a message is bytes")
    fields: _Message = {}
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        value: int | bytes
        if wire == _VARINT:
            value, at = _varint(data, at)
        elif wire in (_BYTES, _FIXED64, _FIXED32):
            size, at = _varint(data, at) if wire == _BYTES else ({_FIXED64: 8, _FIXED32: 4}[wire], at)
            value = data[at : at + size]
            if len(value) != size:
                raise ValueError("a message ends within a field")
            at += size
        else:
            raise ValueError("a message has a field of an unknown kind")
        fields.setdefault(number, []).append(value)
    return fields


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """An integer at a place, and the place after it."""
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise ValueError("an integer of a message is too long")


def _bytes(message: _Message, number: int) -> bytes:
    """The last value of a field counts; one that is absent is empty."""
    value = message.get(number, [b""])[-1]
    if not isinstance(value, bytes):
        raise ValueError("a field of a message is of another kind")
    return value


def _string(message: _Message, number: int) -> str:
    return _text(_bytes(message, number))


def _number(message: _Message, number: int) -> int:
    value = message.get(number, [0])[-1]
    if not isinstance(value, int):
        raise ValueError("a field of a message is of another kind")
    return value


def _signed(message: _Message, number: int) -> int | None:
    """An integer of 64 bits with a sign, or None where there is none."""
    if number not in message:
        return None
    value = _number(message, number) % 2**64
    return value - 2**64 if value >= 2**63 else value

"""deck.lock from a package that learners have: GUIDs and `mod`s of the notes that the content makes, too.

So a deck that was published by other means keeps its learners' history, and a lock that was lost comes back.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

from ankigen.card.notes import DeckNotes, Note
from ankigen.identity import number
from ankigen.lock import LATEST, UNKNOWN, Key, Lock, NoteEntry, TypeEntry, digest
from ankigen.model import RETIRED_TAG, Kind
from ankigen.package import read
from ankigen.package.lent import UnfitError, joined, lent_in
from ankigen.package.release import fields_digest, key_of, looks_of, note_digest
from ankigen.shape import SPARES, fields_of, is_cloze, shape_of

_T = TypeVar("_T")
# What a lock can hold as a GUID. Anki makes no others, but a script may.
_WORD = re.compile(r"[^\s\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Foreign:
    """A note type of a package, of which some notes, `notes` of them, ask what notes of one of our kinds do.

    `refused` is why these were not adopted, empty where they were. `unfit` is why ours cannot have all its fields,
    empty where it has. `more_cards` are the names of its card templates beside the first: ours have one.
    """

    name: str
    kind: Kind
    notes: int
    refused: str = ""
    unfit: str = ""
    more_cards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adoption:
    """A lock, and what became of a package's notes.

    `ours` is how many were made by ankigen for this deck, `by_text` how many were known by their first field.
    `built` is how many of these the lock knows under another GUID, and were left alone.
    `strangers` are the first fields, as plain text, of all others. `foreign` are the note types of those known by
    their text, those of most notes first.
    """

    lock: Lock
    ours: int
    by_text: int
    built: int
    strangers: tuple[str, ...]
    foreign: tuple[Foreign, ...]


def adopt(content: DeckNotes, package: read.Collection) -> Adoption:
    """Take a package's notes into the lock of a deck. What the lock knows under another GUID, it forgets.

    Raises OSError where a picture or sound of the content cannot be read.
    """
    before = content.deck.released
    strangers = [_shown(note) for note in package.notes if not _WORD.fullmatch(note.guid)]
    package = replace(package, notes=tuple(note for note in package.notes if _WORD.fullmatch(note.guid)))
    notes: dict[Key, NoteEntry] = dict(before.notes)
    types: dict[str, TypeEntry] = dict(before.types)
    kinds = {number("note type", content.deck.id, kind): kind for kind in Kind}
    for id, kind in kinds.items():
        if id in package.note_types:
            found = _type_entry(kind, package.note_types[id])
            types[kind] = max(found, types.get(kind, found), key=lambda entry: entry.mod)
    by_key = {key_of(note): note for note in content.notes}
    own = {
        index: key
        for index, note in enumerate(package.notes)
        if (home := kinds.get(note.note_type)) and (key := _own_key(note, home, content.deck.id))
    }
    by_text = _by_text(content, package, own)
    # What was built already may have been released: text alone does not make it another note.
    other = {index for index, mine in by_text.items() if _has_other_guid(before, mine, package.notes[index])}
    by_text = {index: mine for index, mine in by_text.items() if index not in other}
    moves = Counter((mine.kind, package.notes[index].note_type) for index, mine in by_text.items())
    for id, kind in kinds.items():
        moves.pop((kind, id), None)  # notes of our own note type whose field `ID` does not say so
    foreign = {
        move: _borrow(*move, moves[move], package, types)
        for move in sorted(moves, key=lambda move: (-moves[move], *move))
    }
    refused = {move for move, each in foreign.items() if each.refused}
    by_text = {
        index: mine
        for index, mine in by_text.items()
        if (mine.kind, package.notes[index].note_type) not in refused
    }
    for index, theirs in enumerate(package.notes):
        key = own.get(index)
        if key is None and index in by_text:
            key = key_of(by_text[index])
        if key is None:
            strangers.append(_shown(theirs))
            continue
        mine = by_key.get(key)
        built = fields_digest(theirs.fields, theirs.tags)
        entry = NoteEntry(
            theirs.guid,
            min(max(theirs.mod, 0), LATEST),
            built,
            # What its author asked then is known only where nothing has changed.
            mine.source if mine and note_digest(mine) == built else UNKNOWN,
            RETIRED_TAG in theirs.tags,
        )
        old = notes.get(key)
        # Of two builds of one note, the later is what learners are to have.
        notes[key] = old if old and old.guid == entry.guid and old.mod >= entry.mod else entry
    return Adoption(
        Lock(content.deck.id, notes, types),
        len(own),
        len(by_text),
        len(other),
        tuple(strangers),
        tuple(foreign.values()),
    )


def _has_other_guid(lock: Lock, mine: Note, theirs: read.Note) -> bool:
    entry = lock.notes.get(key_of(mine))
    return entry is not None and entry.guid != theirs.guid


def _own_key(note: read.Note, kind: Kind, deck: str) -> Key | None:
    """The key of a note that ankigen made for this deck, by its field `ID`."""
    home, _, id = html.unescape(note.fields.get("ID", "")).partition("/")
    return (kind.value, id) if home == deck and id and not re.search(r"\s", id) else None


def _type_entry(kind: Kind, theirs: read.NoteType) -> TypeEntry:
    ours = fields_of(kind)
    same = (
        (len(theirs.fields), len(theirs.templates), theirs.is_cloze) == (len(ours), 1, is_cloze(kind))
        # A field of ours may have been lent an id, and a spare a name; all others have the one or the other.
        and all(
            id == field.id or name == field.name or field.id in SPARES
            for field, name, id in zip(ours, theirs.fields, theirs.field_ids, strict=True)
        )
    )
    return TypeEntry(
        min(max(theirs.mod, 0), LATEST),
        looks_of(theirs.templates, theirs.css, theirs.fields),
        shape_of(kind) if same else digest(theirs.fields),
        lent_in(kind, theirs) if same else None,
    )


def _borrow(kind: Kind, id: int, notes: int, package: read.Collection, types: dict[str, TypeEntry]) -> Foreign:
    """Let a note type of the package lend its names to a kind, in `types`."""
    theirs = package.note_types[id]
    entry = types.get(kind, TypeEntry(0, UNKNOWN, shape_of(kind)))
    try:
        lent, unfit = joined(kind, entry.lent, theirs, built=entry.mod > 0)
    except UnfitError as error:
        return Foreign(theirs.name, kind, notes, refused=str(error))
    types[kind] = entry._replace(lent=lent)
    more_cards = tuple(template.name for template in theirs.templates[1:])
    return Foreign(theirs.name, kind, notes, unfit=unfit, more_cards=more_cards)


def _by_text(content: DeckNotes, package: read.Collection, own: Mapping[int, Key]) -> dict[int, Note]:
    """Notes of the content by the place of the package's note that asks the same, where one on each side does.

    Anki refuses to make a cloze of another note, or another note of a cloze: so neither is known by its text.
    """
    ours = _unique(
        ((is_cloze(note.kind), _plain(_first(note.fields), _of_content(content.media))), note)
        for note in content.notes
    )
    theirs = _unique(
        (
            (package.note_types[note.note_type].is_cloze, _plain(_first(note.fields), _of_package(package.media))),
            index,
        )
        for index, note in enumerate(package.notes)
        if index not in own
    )
    taken = set(own.values())
    return {
        index: ours[text] for text, index in theirs.items() if text in ours and key_of(ours[text]) not in taken
    }


def _unique(pairs: Iterable[tuple[tuple[bool, str], _T]]) -> dict[tuple[bool, str], _T]:
    """By their texts, what has a text of its own."""
    found: dict[tuple[bool, str], list[_T]] = {}
    for text, each in pairs:
        found.setdefault(text, []).append(each)
    return {text: each[0] for text, each in found.items() if len(each) == 1 and text[1]}


def _first(fields: Mapping[str, str]) -> str:
    return next(iter(fields.values()), "")


def _shown(note: read.Note) -> str:
    return _text(_first(note.fields), str)


def _of_content(media: Mapping[str, Path]) -> Callable[[str], str]:
    def digest_of(name: str) -> str:
        file = media.get(name)
        return hashlib.blake2b(file.read_bytes(), digest_size=32).hexdigest() if file else name

    return digest_of


def _of_package(media: Mapping[str, read.MediaFile]) -> Callable[[str], str]:
    def digest_of(name: str) -> str:
        file = media.get(name) or media.get(unquote(name))
        return file.digest if file else name

    return digest_of


_HIDDEN = re.compile(r"<(style|script)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_MEDIA = re.compile(
    r"""<img\b[^<>]*?\ssrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))[^<>]*>|\[sound:([^\]]+)\]""", re.I
)
# These stand within a word; any other tag ends one.
_INLINE = re.compile(r"</?(?:a|b|big|code|em|font|i|kbd|mark|s|small|span|strong|sub|sup|tt|u|var)\b[^<>]*>", re.I)
_GAP = re.compile(r"\{\{c\d+::(.*?)(?:::[^{}]*)?\}\}", re.DOTALL)


def _plain(field: str, file: Callable[[str], str]) -> str:
    """A field for comparison: its text in one case, without what ends the sentence."""
    text = _text(field, file).casefold()
    return text.rstrip(" .,:;?!…") or text


def _text(field: str, file: Callable[[str], str]) -> str:
    """A field as a reader sees it, in one line and without tags.

    Pictures and sounds stand in it as what `file` makes of their names: two questions may differ in nothing else.
    """

    def medium(match: re.Match[str]) -> str:
        return f" [{file(html.unescape(next(filter(None, match.groups()), '')))}] "

    text = _MEDIA.sub(medium, _HIDDEN.sub(" ", field))
    text = re.sub(r"<[^<>]*>", " ", _INLINE.sub("", text))
    text = _GAP.sub(r"\1", html.unescape(text))
    return " ".join(unicodedata.normalize("NFKC", text).split())

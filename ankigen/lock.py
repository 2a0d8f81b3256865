"""deck.lock: what was last built of every note, so that the next build knows what has changed.

Anki takes an update only where a note's `mod` has risen, and overwrites a learner's own edits and tags where it
has. So each note keeps its `mod` until what a learner sees of it changes.

The file is text. An entry is a line with a note's kind and id, and one with what was built of it; entries are
sorted, with an empty line between two, and a last line ends the file. So git merges branches that change
different notes, and one that adds a note beside a changed one: the lines that change never touch.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from ankigen.diagnostic import Location, Span
from ankigen.source.text import SourceFile

LOCK_FILE = "deck.lock"
VERSION = 1
LATEST = 2**31 - 1
"""The largest `mod`, in seconds since 1970, that every version of Anki can hold."""
_HEAD = f"# ankigen {LOCK_FILE}, version {VERSION}. Made by `ankigen build`: commit it, and do not edit it."
_END = "# end"
_MERGE_MARK = re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?:\s|$)")
_RESTORE = (
    "take the last good one from your version control (`git checkout deck.lock`), or delete it and make it from "
    "the deck that you released last: `ankigen lock --adopt DECK.apkg`. If you only delete it, the next release "
    "updates every note, and overwrites what learners edited or tagged in them; their review history stays"
)

Key: TypeAlias = tuple[str, str]
"""A note's kind and the id that its identity is made of."""


class NoteEntry(NamedTuple):
    """A note as it was last built.

    `mod` is the second, since 1970, at which it last changed for a learner; `note` a digest of it as Anki gets it,
    `source` one of what its author asks in it; `retired` whether it was built as retired.
    """

    guid: str
    mod: int
    note: str
    source: str
    retired: bool = False


class Part(NamedTuple):
    """A field or a card template of another deck's note type: its name, and its id where it has one."""

    name: str
    id: int | None = None


class Lent(NamedTuple):
    """What a note type has from those whose notes were adopted: a card template, and fields that it lacked."""

    template: Part
    fields: tuple[Part, ...] = ()


class TypeEntry(NamedTuple):
    """A note type as it was last built: its `mod`, a digest of its templates and style, and one of its shape.

    `mod` is 0 where it was not built yet. `lent` goes into every build, or learners could be updated no more.
    """

    mod: int
    looks: str
    shape: str
    lent: Lent | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """The notes and, by their kinds, the note types of the last build. `source` is the file that says so."""

    notes: Mapping[Key, NoteEntry] = field(default_factory=dict)
    types: Mapping[str, TypeEntry] = field(default_factory=dict)
    source: SourceFile | None = field(default=None, compare=False)

    def place(self, *words: str) -> Location:
        """Where the file speaks of a note, by its kind and id, or of a note type, by `type` and its kind."""
        assert self.source is not None
        line = " ".join(words)
        start = _line_starts(self.source).get(line)
        return self.source.location(Span(0, 0) if start is None else Span(start, start + len(line)))

    def __str__(self) -> str:
        """The text of its file."""
        entries = []
        for kind, entry in sorted(self.types.items()):
            lent = f" {_written(entry.lent)}" if entry.lent else ""
            entries.append(f"type {kind}\n{entry.mod} {entry.looks} {entry.shape}{lent}")
        for (kind, id), note in sorted(self.notes.items()):
            retired = " retired" if note.retired else ""
            entries.append(f"{kind} {id}\n{note.mod} {note.guid} {note.note} {note.source}{retired}")
        return "\n\n".join([_HEAD, *entries, _END]) + "\n"


@lru_cache(maxsize=1)
def _line_starts(source: SourceFile) -> dict[str, int]:
    """Where each line of a file begins: found once, however many places are asked for."""
    starts: dict[str, int] = {}
    offset = 0
    for line in source.text.split("\n"):
        starts.setdefault(line.removesuffix("\r"), offset)
        offset += len(line) + 1
    return starts


class LockError(Exception):
    """A lock that cannot be used: what is wrong, where in which file, and how to mend it."""

    def __init__(self, message: str, place: Location, source: SourceFile, help: str = _RESTORE) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.source = source
        self.help = help

    def __reduce__(self) -> tuple[type[LockError], tuple[str, Location, SourceFile, str]]:
        return LockError, (self.message, self.place, self.source, self.help)


def digest(parts: Iterable[str]) -> str:
    """A digest of texts: 80 bits of BLAKE2b, in hexadecimal. No two lists of texts are joined alike."""
    data = b"".join(b"%d:%b" % (len(part), part) for part in (text.encode() for text in parts))
    return hashlib.blake2b(data, digest_size=10).hexdigest()


def parse(source: SourceFile) -> Lock:
    """The lock that a file holds. Raises LockError."""
    notes: dict[Key, NoteEntry] = {}
    types: dict[str, TypeEntry] = {}
    lines = source.text.split("\n")
    offset = 0

    def wrong(message: str, help: str = _RESTORE) -> LockError:
        return LockError(message, source.location(Span(offset, offset + len(line))), source, help)

    about: list[str] = []
    ended = False
    for number, raw in enumerate(lines):
        line = raw.removesuffix("\r")
        if _MERGE_MARK.match(line):
            raise wrong(
                "two branches were merged here, and both have changed these lines",
                "delete the lines that begin with `<<<<<<<`, `=======` or `>>>>>>>`, keep all others, and run "
                "`ankigen build`: of two lines about one note, the later counts",
            )
        if number == 0 and line != _HEAD:
            version = re.match(r"# ankigen deck\.lock, version (\d{1,9})\.", line)
            if version and int(version[1]) > VERSION:
                raise wrong(f"{LOCK_FILE} was made by a newer version of ankigen", "upgrade ankigen")
            raise wrong(f"this is not how a {LOCK_FILE} begins")
        words = line.split(" ")
        try:
            if line == _END:
                ended = True
            elif line[:1].isdigit():
                _read(about, words, notes, types)
            elif line and number:
                about = [_word(word) for word in words]
                if len(about) != 2:
                    raise ValueError(line)
        except ValueError:
            raise wrong(f"this is no entry of a {LOCK_FILE}") from None
        if number < len(lines) - 1:
            offset += len(raw) + 1
    if not ended:
        raise wrong(f"the end of {LOCK_FILE} is missing")
    return Lock(notes, types, source)


def _read(about: list[str], words: list[str], notes: dict[Key, NoteEntry], types: dict[str, TypeEntry]) -> None:
    """Read what was built of a note or a note type. Raises ValueError where it is no entry."""
    kind, id = about
    # A merge may have left two lines about one: what changed last holds.
    if kind == "type":
        mod, looks, shape, *names = words
        lent = _lent(" ".join(names)) if names else None
        type_entry = TypeEntry(_mod(mod), _digest(looks), _digest(shape), lent)
        types[id] = max(type_entry, types.get(id, type_entry), key=lambda each: each.mod)
    else:
        mod, guid, note, source, *more = words
        if more not in ([], ["retired"]):
            raise ValueError(more)
        entry = NoteEntry(_word(guid), _mod(mod), _digest(note), _digest(source), bool(more))
        notes[kind, id] = max(entry, notes.get((kind, id), entry), key=lambda each: each.mod)


def _word(word: str) -> str:
    if not word:
        raise ValueError(word)
    return word


def _mod(word: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", word) or int(word) > LATEST:
        raise ValueError(word)
    return int(word)


def _digest(word: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{20}", word):
        raise ValueError(word)
    return word


def _written(lent: Lent) -> str:
    return json.dumps([lent.template, *lent.fields], ensure_ascii=False, separators=(",", ":"))


def _lent(text: str) -> Lent:
    """What `_written` wrote, and nothing else. Raises ValueError."""
    try:
        template, *fields = (Part(name, id) for name, id in json.loads(text))
        lent = Lent(template, tuple(fields))
        for name, id in (template, *fields):
            if not isinstance(name, str) or type(id) not in (int, type(None)) or not -(2**63) <= (id or 0) < 2**63:
                raise ValueError(text)
        if _written(lent) != text:
            raise ValueError(text)
    except (TypeError, RecursionError):
        raise ValueError(text) from None
    return lent

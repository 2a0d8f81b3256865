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
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeAlias, TypeVar

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
    "overwrites what learners edited or tagged, and notes that were adopted come to them a second time"
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


_K = TypeVar("_K")
_E = TypeVar("_E", "NoteEntry", "TypeEntry")


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
    """The notes and, by their kinds, the note types of the last build of a deck.

    `source` is the file that says so.
    """

    deck: str = ""
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
        return "\n\n".join([_HEAD, f"deck {self.deck}", *entries, _END]) + "\n"


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


UNKNOWN = digest([])
"""Stands for the digest of a source that is not known."""


def parse(source: SourceFile) -> Lock:
    """The lock that a file holds. Raises LockError."""
    reader = _Reader(source)
    for number, line in enumerate(source.text.split("\n")):
        reader.take(number, line)
    return reader.lock()


class _Reader:
    """Reads a lock line by line: a head, the deck's id, and entries."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.start = 0
        self.line = ""
        self.about: tuple[str, str] | None = None
        self.deck = ""
        self.ended = False
        self.wants_entry = False
        self.notes: dict[Key, list[tuple[NoteEntry, Span]]] = {}
        self.types: dict[str, list[tuple[TypeEntry, Span]]] = {}

    def wrong(self, message: str, help: str = _RESTORE, span: Span | None = None) -> LockError:
        span = span or Span(self.start, self.start + len(self.line))
        return LockError(message, self.source.location(span), self.source, help)

    def take(self, number: int, raw: str) -> None:
        self.start += len(self.line) + (number > 0)
        self.line = raw
        line = raw.removesuffix("\r")
        if _MERGE_MARK.match(line):
            raise self.wrong(
                "two branches were merged here, and both have changed these lines",
                "delete the lines that begin with `<<<<<<<`, `|||||||`, `=======` or `>>>>>>>`, keep all others, "
                "and run `ankigen build`: of two lines about one note, the later counts",
            )
        if number == 0:
            self.check_head(line)
            return
        try:
            if line == _END or (line and not line[0].isdigit()):
                if self.wants_entry:
                    raise ValueError(line)
                self.ended |= line == _END
                if line != _END:
                    self.begin(line)
            elif line:
                self.read(line.split(" "))
        except ValueError:
            raise self.wrong(f"this is no entry of a {LOCK_FILE}") from None

    def check_head(self, line: str) -> None:
        if line == _HEAD:
            return
        version = re.match(r"# ankigen deck\.lock, version (\d{1,9})\.", line)
        if version and int(version[1]) > VERSION:
            raise self.wrong(f"{LOCK_FILE} was made by a newer version of ankigen", "upgrade ankigen")
        raise self.wrong(f"this is not how a {LOCK_FILE} begins")

    def begin(self, line: str) -> None:
        """What the next lines are about. Raises ValueError."""
        kind, id = line.split(" ")
        if not kind or not id:
            raise ValueError(line)
        if kind == "deck":
            if self.deck not in ("", id):
                raise ValueError(line)
            self.deck = id
        else:
            self.about = (kind, id)
            self.wants_entry = True

    def read(self, words: list[str]) -> None:
        """What was built of a note or a note type. Raises ValueError where it is no entry."""
        if self.about is None:
            raise ValueError(words)
        span = Span(self.start, self.start + len(self.line))
        kind, id = self.about
        self.wants_entry = False
        if kind == "type":
            mod, looks, shape, *names = words
            lent = _lent(" ".join(names)) if names else None
            self.types.setdefault(id, []).append(
                (TypeEntry(_mod(mod), _digest(looks), _digest(shape), lent), span)
            )
        else:
            mod, guid, note, source, *more = words
            if more not in ([], ["retired"]):
                raise ValueError(more)
            entry = NoteEntry(_word(guid), _mod(mod), _digest(note), _digest(source), bool(more))
            self.notes.setdefault((kind, id), []).append((entry, span))

    def lock(self) -> Lock:
        """The lock, now that all is read. Raises LockError."""
        if not self.ended:
            raise self.wrong(f"the end of {LOCK_FILE} is missing")
        if not self.deck:
            raise self.wrong(f"{LOCK_FILE} does not say which deck it is of")
        notes = self.latest(self.notes, lambda entry: entry.guid)
        types = self.latest(self.types, lambda entry: entry.shape)
        return Lock(self.deck, notes, types, self.source)

    def latest(self, entries: dict[_K, list[tuple[_E, Span]]], whose: Callable[[_E], str]) -> dict[_K, _E]:
        """Of the lines about one thing the one that was built last: a merge may have left two.

        Git joins what two branches did to neighbours into one conflict, so that of two lines under a head one may
        be about a neighbour: it has the GUID, or the shape, of the first line there. Raises LockError where that
        is nobody's, or where two notes have one GUID.
        """
        homes: dict[str, _K] = {}
        for key, ((first, span), *_) in entries.items():
            if homes.setdefault(whose(first), key) != key:
                raise self.wrong("this GUID is that of another note, too", span=span)
        found: dict[_K, _E] = {}
        for some in entries.values():
            for entry, span in some:
                home = homes.get(whose(entry))
                if home is None:
                    raise self.wrong(f"this is about something else than the line above in {LOCK_FILE}", span=span)
                if home not in found or found[home].mod <= entry.mod:
                    found[home] = entry
        return {key: found[key] for key in entries}


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
        if len({name for name, _ in fields}) < len(fields):
            raise ValueError(text)
        if _written(lent) != text:
            raise ValueError(text)
    except (TypeError, RecursionError):
        raise ValueError(text) from None
    return lent

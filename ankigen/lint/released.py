"""A deck's lock, read once for the build and for the rules; and the content compared with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

from ankigen.diagnostic import Edit, Location, Span
from ankigen.lint.cache import digest
from ankigen.lock import LOCK_FILE, Key, Lock, LockError, parse
from ankigen.model import Concept, ContentFile, Deck, Kind, Question, Status
from ankigen.planned import Planned, planned, unasked
from ankigen.source.files import MAX_BYTES, read_bytes
from ankigen.source.text import BOM, SourceFile


def load_lock(root: Path) -> Lock | LockError | None:
    """The lock of a content root, or what is wrong with it; None where there is none."""
    file = root / LOCK_FILE
    try:
        data = read_bytes(file)
    except FileNotFoundError:
        if file.is_symlink():
            return _unusable(file, f"{LOCK_FILE} is a link that leads nowhere", "lead it to where the file is")
        return None
    except OSError as error:
        help = "see what keeps it from being read, and do not delete it: it knows what learners have"
        return _unusable(file, f"{LOCK_FILE} cannot be read ({error.strerror})", help)
    if len(data) > MAX_BYTES:
        return _unusable(file, f"{LOCK_FILE} has more than {MAX_BYTES // 2**20} MiB")
    try:
        return parse(SourceFile(file.as_posix(), data.decode("utf-8-sig"), file, bom=data.startswith(BOM)))
    except UnicodeDecodeError:
        return _unusable(file, f"{LOCK_FILE} is not a text file")
    except LockError as error:
        return error


def _unusable(file: Path, message: str, *help: str) -> LockError:
    source = SourceFile(file.as_posix(), "", file)
    return LockError(message, source.location(Span(0, 0)), source, *help)


class Made(NamedTuple):
    """A note that the content makes, in few words.

    `concept` is the one that a question is linked to first, else nothing. `draft` is where the note is called a
    draft, if it is. `fresh` is there where the lock does not know it, or knows it by another text.
    """

    key: Key
    concept: str
    draft: Location | None
    fresh: Fresh | None


class Fresh(NamedTuple):
    """A note of an unknown text: a digest of what it asks, and where its id is.

    `edit` gives it a former id, once `FORMER` in its text is replaced by that; None where it has some already.
    """

    source: str
    place: Location
    edit: Edit | None


class Unasked(NamedTuple):
    """A part that makes no card, and could: what its note would be, and where it stands."""

    key: Key
    place: Location


Fact: TypeAlias = Made | Unasked | str
"""A note, a part that makes none, or the id of a concept that is a draft."""

FORMER = "\0"
"""Stands for an id that is not known yet."""


def keys_in(file: ContentFile, deck: Deck) -> Iterator[Key]:
    """All notes of the lock that a file's findings and cards may depend on; none where the deck has no lock."""
    if not isinstance(deck.lock, Lock):
        return
    items: list[Concept | Question] = [*file.concepts, *file.questions]
    for item in items:
        for each in (*planned(item, deck), *(unasked(item) if isinstance(item, Concept) else ())):
            yield from ((each.kind.value, id) for id in each.ids)


def answer(asked: Sequence[Key], deck: Deck | None) -> bytes:
    """A digest of what a deck's lock says of some notes, but for the time of their last change."""
    if deck is None or not isinstance(deck.lock, Lock):
        return type(deck and deck.lock).__name__.encode()
    known = deck.lock.notes
    said = (known.get(key) for key in asked)
    return digest(repr([entry and (entry.guid, entry.source, entry.retired) for entry in said]).encode())


def made_in(file: ContentFile, deck: Deck) -> Iterator[Fact]:
    """The notes that a file makes, where the deck has a lock to compare them with."""
    if not isinstance(deck.lock, Lock):
        return
    items: list[Concept | Question] = [*file.concepts, *file.questions]
    for item in items:
        concept = item.concepts[0] if isinstance(item, Question) else ""
        if isinstance(item, Concept) and item.status is Status.DRAFT:
            yield item.id
        if isinstance(item, Concept):
            yield from (Unasked(each.key(deck.lock), each.place) for each in unasked(item))
        for each in planned(item, deck):
            key = each.key(deck.lock)
            draft = each.status_place if each.status is Status.DRAFT else None
            entry = deck.lock.notes.get(key)
            source = each.source()
            yield Made(key, concept, draft, None if entry and entry.source == source else _fresh(each, source))


def _fresh(each: Planned, source: str) -> Fresh:
    of = each.part or each.item
    edit = None if of.aliases else of.origin.document.insertion(of.origin.path, f"aliases: [{FORMER}]")
    return Fresh(source, each.place, edit)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The content beside the lock.

    `vanished` are the notes that were released and are made no more, but for retired ones and those that are found
    again: `renamed` says what has the text of which note. `swapped` says so of notes that are still there, with
    another text. Of the vanished, `drafts` are drafts now, and `unasked` parts without a prompt. `fresh` are all
    that the lock does not know.
    """

    vanished: tuple[Key, ...]
    renamed: dict[Key, Made]
    swapped: dict[Key, Made]
    drafts: dict[Key, Location | None]
    unasked: dict[Key, Location]
    fresh: dict[Key, Fresh]


def compare(facts: Sequence[Fact], deck: Deck) -> Comparison:
    """Compare all that `made_in` found in the files with the lock.

    Where a file could not be read, nothing has vanished: it may stand there.
    """
    lock = deck.released
    if deck.unread:
        return Comparison((), {}, {}, {}, {}, {})
    made = [each for each in facts if isinstance(each, Made)]
    drafts = {each for each in facts if isinstance(each, str)}
    kept_back = {each.key: each.draft for each in made if each.draft or each.concept in drafts}
    present = {each.key for each in made} - kept_back.keys()
    gone = {key for key, entry in lock.notes.items() if not entry.retired} - present
    fresh = {each.key: each for each in made if each.fresh and each.key not in lock.notes}
    changed = {each.key: each for each in made if each.fresh and each.key in lock.notes}
    renamed = _same_text({key: lock.notes[key].source for key in gone}, fresh)
    found_again = {each.key for each in renamed.values()}
    # A concept that is renamed takes its parts along.
    now = {old: each.key[1] for (kind, old), each in renamed.items() if kind == Kind.CONCEPT}
    moved = {
        (kind, id)
        for kind, id in gone
        if kind == Kind.SECTION
        and (home := now.get(id.partition("/")[0]))
        and (kind, f"{home}/{id.partition('/')[2]}") in fresh
    }
    return Comparison(
        tuple(sorted(gone - moved - renamed.keys())),
        {key: each for key, each in renamed.items() if key not in moved},
        _same_text(
            {key: lock.notes[key].source for key in changed},
            changed | {key: each for key, each in fresh.items() if key not in found_again},
        ),
        {key: kept_back[key] for key in gone & kept_back.keys()},
        {each.key: each.place for each in facts if isinstance(each, Unasked) and each.key in gone},
        {key: each.fresh for key, each in fresh.items() if each.fresh},
    )


def _same_text(gone: dict[Key, str], fresh: dict[Key, Made]) -> dict[Key, Made]:
    """The fresh note that asks just what one that is gone did; none where there are several of either."""
    old: dict[tuple[str, str], list[Key]] = {}
    for key, source in gone.items():
        old.setdefault((key[0], source), []).append(key)
    new: dict[tuple[str, str], list[Made]] = {}
    for each in fresh.values():
        assert each.fresh
        new.setdefault((each.key[0], each.fresh.source), []).append(each)
    return {
        keys[0]: new[text][0] for text, keys in sorted(old.items()) if len(keys) == 1 == len(new.get(text, ()))
    }

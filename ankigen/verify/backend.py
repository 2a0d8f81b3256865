"""Anki's own backend: collections in a temporary folder, imports, and what is in a collection afterwards.

With the learner, the only file that imports Anki. A package may hold anything, so nothing here runs what it
brings: cards are rendered by the backend alone, since Anki's Python would start LaTeX for them.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from anki.buildinfo import version
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from anki.errors import BackendError, TemplateError
from anki.import_export_pb2 import ImportAnkiPackageUpdateCondition as Update
from anki.models import NotetypeDict

from ankigen.verify.state import Card, Log, Note, NoteType, State

VERSION = str(version)
"""The version of Anki."""
_ALWAYS = Update.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_ALWAYS
_ELSEWHERE = ("http:", "https:", "ftp:", "data:", "//", "#")
# What a template or a style takes from a file, beside pictures and sounds. Anki's own search for it, which is made
# to export rather a name too many, takes more for names.
_STATIC = re.compile(
    r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)|<(?:script|link)\b[^<>]*?\s(?:src|href)\s*=\s*["']?([^"'\s<>]+)""",
    re.IGNORECASE,
)


class PackageError(Exception):
    """A file that is no package, or one that Anki cannot use; its text is one plain line."""


@contextmanager
def workshop() -> Iterator[Path]:
    """A temporary folder, in which Anki keeps its own temporary files too."""
    with tempfile.TemporaryDirectory(prefix="ankigen-verify-", ignore_cleanup_errors=True) as folder:
        names = ("TMPDIR", "TMP", "TEMP")  # Unix has the first, Windows the others
        before = {name: os.environ.get(name) for name in names}
        os.environ.update(dict.fromkeys(names, folder))
        try:
            yield Path(folder)
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


@contextmanager
def opened(file: Path) -> Iterator[Collection]:
    """A collection, which is made where there is none; its media lie beside it."""
    collection = Collection(str(file))
    try:
        hasten(collection)
        yield collection
    finally:
        collection.close()


def hasten(collection: Collection) -> None:
    """Let an open collection not wait for the disk after each step: a power cut may take it."""
    assert collection.db is not None
    collection.db.execute("pragma synchronous = off")


def copy(file: Path, to: Path) -> Path:
    """Copy a closed collection with its media, and give the new one's file."""
    shutil.copytree(file.parent, to)
    return to / file.name


@contextmanager
def blaming(package: Path) -> Iterator[None]:
    """Turn what the backend cannot do with a package into a PackageError."""
    try:
        yield
    except BackendError as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise PackageError(f"{package}: Anki cannot use this package ({reason})") from None


def import_package(collection: Collection, package: Path, *, always: bool = False, merge: bool = False) -> Log:
    """Import a package as File > Import does with the options that it offers, or with some of them set otherwise.

    `always` is "Always" for updates of notes and note types, `merge` is "Merge note types".

    Raises PackageError where the file is no package at all, OSError where it cannot be read, and BackendError.
    """
    with package.open("rb") as stream:
        if not zipfile.is_zipfile(stream):
            raise PackageError(f"{package}: this is no .apkg file")
    # The options without a value are those that Anki offers: update what is newer, merge no note types, and leave
    # schedules and deck options out.
    options = ImportAnkiPackageOptions(merge_notetypes=merge)
    if always:
        options.update_notes = options.update_notetypes = _ALWAYS
    request = ImportAnkiPackageRequest(package_path=str(package), options=options)
    log = collection.import_anki_package(request).log
    return Log(
        found=log.found_notes,
        new=len(log.new),
        updated=len(log.updated),
        untouched=len(log.duplicate),
        conflicting=frozenset(note.id.nid for note in log.conflicting),
    )


def state_of(collection: Collection) -> State:
    """All that a collection holds now. Reads the files of its media."""
    database = collection.db
    assert database is not None
    notes: dict[str, Note] = {}
    doubles = []
    for id, guid, type, mod, tags, fields in database.execute(
        "select id, guid, mid, mod, tags, flds from notes order by id"
    ):
        note = Note(
            id, guid, type, mod, frozenset(tags.split()), tuple(fields.split("\x1f")), _media(collection, fields)
        )
        if notes.setdefault(guid, note) is not note:
            doubles.append(note)
    columns = "id, nid, ord, due, ivl, factor, reps, lapses, queue, type, flags, data"
    return State(
        notes=notes,
        cards={id: Card(*row) for id, *row in database.execute(f"select {columns} from cards")},
        reviews=frozenset(map(tuple, database.execute("select * from revlog"))),
        types={type.id: type for type in _types(collection)},
        media={
            unicodedata.normalize("NFC", file.name): hashlib.sha1(
                file.read_bytes(), usedforsecurity=False
            ).hexdigest()
            for file in Path(collection.media.dir()).iterdir()
            if file.is_file()
        },
        empty=frozenset(id for note in collection.get_empty_cards().notes for id in note.card_ids),
        doubles=tuple(doubles),
    )


def _types(collection: Collection) -> Iterator[NoteType]:
    for type in collection.models.all():
        yield NoteType(
            id=type["id"],
            name=type["name"],
            fields=tuple(field["name"] for field in type["flds"]),
            templates=tuple((each["name"], each["qfmt"], each["afmt"]) for each in type["tmpls"]),
            css=type["css"],
            media=_media_of_type(collection, type),
        )


def _media(collection: Collection, html: str) -> tuple[str, ...]:
    """The files that fields name, or the templates and the style of a note type."""
    if "<" not in html and "[" not in html:
        return ()  # most fields, and the backend need not be asked
    return tuple(_here(collection._backend.extract_media_files(html)))


def _media_of_type(collection: Collection, type: NotetypeDict) -> tuple[str, ...]:
    """The files that card templates and style name, sorted."""
    texts = [type["css"], *(each[side] for each in type["tmpls"] for side in ("qfmt", "afmt"))]
    named = [name for text in texts for match in _STATIC.findall(text) for name in match if name]
    found = {name for text in texts for name in _media(collection, text)} | set(_here(named))
    return tuple(sorted(name for name in found if "{{" not in name))


def _here(names: Iterable[str]) -> Iterator[str]:
    """The names that are those of files in a package, spelt as Anki spells them."""
    for name in names:
        if not name.strip().lower().startswith(_ELSEWHERE):
            yield unicodedata.normalize("NFC", name)


def broken_notes(collection: Collection, tick: Callable[[], None]) -> list[int]:
    """The ids of notes of which a card shows an error message of Anki's. `tick` is called for each card."""
    assert collection.db is not None
    broken = []
    for card, note in collection.db.execute("select id, nid from cards order by nid, ord"):
        try:
            # Not Card.question(): that would run LaTeX.
            is_broken = collection._backend.render_existing_card(
                card_id=card, browser=False, partial_render=False
            ).is_empty
        except TemplateError:
            is_broken = True
        if is_broken:
            broken.append(note)
        tick()
    return broken

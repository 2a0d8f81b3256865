"""Packages for these tests: made by genanki, changed in their database, or our own."""

from __future__ import annotations

import io
import itertools
import json
import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import genanki

from ankigen.lock import LOCK_FILE
from ankigen.package import apkg
from ankigen.package.release import release
from tests.conftest import notes

THEN = 1_700_000_000
LATER = THEN + 100
TYPE = 1_600_000_001
FRONT = "{{Front}}"
BACK = "{{FrontSide}}<hr>{{Back}}"
NOTES = {f"guid-{n}": (f"deck/{n}", f"Question {n}?", f"Answer {n}.") for n in range(10)}
_number = itertools.count()


def package(
    folder: Path,
    notes: Mapping[str, Sequence[str]] = NOTES,
    *,
    now: int = THEN,
    type: int = TYPE,
    name: str = "Q",
    fields: Sequence[str] = ("ID", "Front", "Back"),
    front: str = FRONT,
    css: str = "",
    media: Mapping[str, bytes] = {},
    tags: Mapping[str, list[str]] = {},
    cloze: bool = False,
) -> Path:
    """A package as a plain genanki script makes it: fields by GUID; `now` is the `mod` of all in it."""
    home = folder / f"package-{next(_number)}"
    home.mkdir()
    model = genanki.Model(
        type,
        name,
        fields=[{"name": field} for field in fields],
        templates=[{"name": "Card", "qfmt": front, "afmt": front if cloze else BACK}],
        css=css,
        model_type=genanki.Model.CLOZE if cloze else genanki.Model.FRONT_BACK,
        sort_field_index=1 if len(fields) > 1 else 0,
    )
    deck = genanki.Deck(1_600_000_002, "D")
    for guid, values in notes.items():
        deck.add_note(genanki.Note(model, list(values), guid=guid, tags=tags.get(guid, [])))
    for file, content in media.items():
        (home / file).write_bytes(content)
    made = genanki.Package(deck, [home / file for file in media])
    made.write_to_file(home / "deck.apkg", timestamp=now)
    return home / "deck.apkg"


def changed(file: Path, sql: str, **values: Any) -> Path:
    """The same package with its database changed."""
    with zipfile.ZipFile(file) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(entries["collection.anki2"])
        database.execute(sql, values)
        database.commit()
        entries["collection.anki2"] = bytes(database.serialize())
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as new:
        for name, content in entries.items():
            new.writestr(name, content)
    file.write_bytes(data.getvalue())
    return file


def with_type_mod(file: Path, mod: int) -> Path:
    """The same package with another `mod` of its note types."""
    with zipfile.ZipFile(file) as old, closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(old.read("collection.anki2"))
        types = json.loads(database.execute("select models from col").fetchone()[0])
    for each in types.values():
        each["mod"] = mod
    return changed(file, "update col set models = :types", types=json.dumps(types))


def publish(root: Path, file: Path, now: int) -> Path:
    """Build a content root at a second, as `ankigen build` does, and keep its deck.lock."""
    made = release(notes(root), now)
    apkg.write(made, file).draft.keep()
    (root / LOCK_FILE).write_text(str(made.lock), encoding="utf-8")
    return file

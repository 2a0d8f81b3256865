"""What is in an .apkg of ankigen's, for peers that are to write the same once more."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of the tables `notes` and `cards`, what made the tables, and the note types by their ids.

    A note type has `name`, `flds`, `tmpls`, `css` and `type`, as Anki writes them.
    """

    tables: tuple[str, ...]
    notes: list[tuple[Any, ...]]
    cards: list[tuple[Any, ...]]
    note_types: dict[int, dict[str, Any]]

    def plain_notes(self) -> list[tuple[int, list[str], list[str]]]:
        """Note type, fields and tags of each note."""
        return [(note[2], note[6].split("\x1f"), note[5].split()) for note in self.notes]


def read(package: Path) -> Rows:
    """Read a package. Raises OSError, and KeyError where it is of another make."""
    with zipfile.ZipFile(package) as archive, tempfile.TemporaryDirectory() as folder:
        archive.extract("collection.anki2", folder)
        with closing(sqlite3.connect(Path(folder) / "collection.anki2")) as database:
            tables = database.execute("select sql from sqlite_master where name in ('notes', 'cards')").fetchall()
            (types,) = database.execute("select models from col").fetchone()
            return Rows(
                tuple(sql for (sql,) in tables),
                database.execute("select * from notes").fetchall(),
                database.execute("select * from cards").fetchall(),
                {int(id): made for id, made in json.loads(types).items()},
            )

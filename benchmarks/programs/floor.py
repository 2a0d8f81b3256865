"""The least that a build could do: parse each file once, and write the rows that the real package holds.

    python -m benchmarks.programs.floor PACKAGE ROOT OUTPUT

Two `executemany` into a fresh SQLite file of two tables without an index, zipped with the fastest deflate. There
is no check, no rendering and no note type, and reading the rows is not measured.
"""

from __future__ import annotations

import sqlite3
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import yaml

from benchmarks.programs.clock import timed
from benchmarks.programs.rows import Rows, read


def parse(root: Path) -> None:
    """Parse all files of a content root."""
    for file in root.rglob("*.yaml"):
        yaml.load(file.read_bytes(), yaml.CSafeLoader)


def write(rows: Rows, output: Path) -> None:
    """Write the rows as a package."""
    database = output.with_suffix(".anki2")
    database.unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as connection:
        # Nothing waits for the disk, and there is nothing to go back to.
        connection.executescript("pragma synchronous = off; pragma journal_mode = off")
        for sql in rows.tables:
            connection.execute(sql)
        for table, values in (("notes", rows.notes), ("cards", rows.cards)):
            marks = ",".join("?" * len(values[0]))
            connection.executemany(f"insert into {table} values ({marks})", values)
        connection.commit()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(database, "collection.anki2")
        archive.writestr("media", "{}")


def main(package: Path, root: Path, output: Path) -> None:
    """Read the rows; then parse and write, measured."""
    rows = read(package)
    with timed(output):
        parse(root)
        write(rows, output)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

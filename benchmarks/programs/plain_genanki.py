"""A script for genanki, as its README shows one: models, notes, a deck, `write_to_file`.

    python -m benchmarks.programs.plain_genanki PACKAGE OUTPUT

It writes the fields of an existing package, so that it has neither YAML nor Markdown to read.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import genanki

from benchmarks.programs.clock import timed
from benchmarks.programs.rows import Rows, read


def write(rows: Rows, output: Path) -> None:
    """Write the notes as a package."""
    models = {id: _model(id, type) for id, type in rows.note_types.items()}
    deck = genanki.Deck(2059400110, "A deck")
    for type, fields, tags in rows.plain_notes():
        deck.add_note(genanki.Note(model=models[type], fields=fields, tags=tags))
    genanki.Package(deck).write_to_file(output)


def _model(id: int, type: dict[str, Any]) -> genanki.Model:
    return genanki.Model(
        id,
        type["name"],
        fields=[{"name": field["name"]} for field in type["flds"]],
        templates=[{key: each[key] for key in ("name", "qfmt", "afmt")} for each in type["tmpls"]],
        css=type["css"],
        model_type=type["type"],
    )


def main(package: Path, output: Path) -> None:
    """Read the notes; then write them, measured."""
    warnings.simplefilter("ignore")  # genanki takes `a < b` for a tag, and would print thousands of lines
    rows = read(package)
    with timed(output):
        write(rows, output)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

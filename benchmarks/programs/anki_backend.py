"""Anki's own way to a package: notes are added to a new collection, which is exported.

    python -m benchmarks.programs.anki_backend PACKAGE OUTPUT

It writes the fields of an existing package, so that it has neither YAML nor Markdown to read.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from anki.collection import AddNoteRequest, Collection, ExportAnkiPackageOptions
from anki.models import NotetypeDict, NotetypeId

from benchmarks.programs.clock import timed
from benchmarks.programs.rows import Rows, read


def write(rows: Rows, output: Path) -> None:
    """Write the notes as a package."""
    with tempfile.TemporaryDirectory() as folder:
        collection = Collection(str(Path(folder) / "collection.anki2"))
        deck = collection.decks.id("A deck")
        assert deck is not None
        types = {id: _note_type(collection, type) for id, type in rows.note_types.items()}
        requests = []
        for id, fields, tags in rows.plain_notes():
            note = collection.new_note(types[id])
            note.fields, note.tags = fields, tags
            requests.append(AddNoteRequest(note, deck))
        collection.add_notes(requests)
        collection.export_anki_package(
            out_path=str(output),
            limit=None,
            options=ExportAnkiPackageOptions(
                with_scheduling=False, with_deck_configs=False, with_media=True, legacy=False
            ),
        )
        collection.close()


def _note_type(collection: Collection, type: dict[str, Any]) -> NotetypeDict:
    models = collection.models
    made = models.new(type["name"])
    made["type"], made["css"] = type["type"], type["css"]
    for field in type["flds"]:
        models.add_field(made, models.new_field(field["name"]))
    for each in type["tmpls"]:
        template = models.new_template(each["name"])
        template["qfmt"], template["afmt"] = each["qfmt"], each["afmt"]
        models.add_template(made, template)
    stored = models.get(NotetypeId(models.add_dict(made).id))
    assert stored is not None
    return stored


def main(package: Path, output: Path) -> None:
    """Read the notes; then write them, measured."""
    rows = read(package)
    with timed(output):
        write(rows, output)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

"""The difference as JSON. `version` rises when a key changes its meaning; docs/diff.md describes the keys."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ankigen import __version__
from ankigen.changes.compare import Change, Difference, Entry
from ankigen.changes.outline import summary

VERSION = 1


def json_report(difference: Difference, old: str, new: str) -> str:
    """The whole difference, in one document."""
    whole = {
        "version": VERSION,
        "ankigen": __version__,
        "old": old,
        "new": new,
        "summary": summary(difference),
        "same": difference.same,
        "added": _entries(difference.added),
        "changed": [_change(change) for change in difference.changed],
        "retired": _entries(difference.retired),
        "brought_back": _entries(difference.revived),
        "ignored": _entries(difference.ignored),
        "left_out": _entries(difference.left_out),
        "left_out_retired": _entries(difference.left_out_retired),
        "moved": [{**asdict(move.entry), "old": move.old, "new": move.new} for move in difference.moved],
        "retagged": [
            {**asdict(each.entry), "added": list(each.added), "removed": list(each.removed)}
            for each in difference.retagged
        ],
        "note_types": [{"name": each.name, "changes": list(each.what)} for each in difference.note_types],
        "decks": {
            "renamed": [{"old": old, "new": new} for old, new in difference.renamed],
            "described": [asdict(edit) for edit in difference.described],
        },
        "media": {
            "added": list(difference.media.added),
            "replaced": [{"old": old, "new": new} for old, new in difference.media.replaced],
            "removed": list(difference.media.removed),
        },
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _entries(entries: tuple[Entry, ...]) -> list[dict[str, Any]]:
    return [asdict(entry) for entry in entries]


def _change(change: Change) -> dict[str, Any]:
    return {
        **asdict(change.entry),
        "answer": change.answer and change.answer.value,
        "was_right": list(change.was_right),
        "now_right": list(change.now_right),
        "edits": [asdict(edit) for edit in change.edits],
        "remarks": list(change.remarks),
    }

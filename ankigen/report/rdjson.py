"""reviewdog's diagnostic format: https://github.com/reviewdog/reviewdog/tree/master/proto/rdf.

Its columns count the bytes of UTF-8, from 1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ankigen.diagnostic import Location, Position, Severity
from ankigen.report import Report

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.NOTE: "INFO"}


def rdjson(report: Report) -> Iterator[str]:
    """The document."""

    def position(path: str, place: Position) -> dict[str, int]:
        source = report.sources.get(path)
        before = source.line(place.line)[: place.column - 1] if source else " " * (place.column - 1)
        return {"line": place.line, "column": len(before.encode("utf-8", "surrogateescape")) + 1}

    def span(location: Location) -> dict[str, Any]:
        return {"start": position(location.path, location.start), "end": position(location.path, location.end)}

    found = []
    for each in report.diagnostics:
        entry: dict[str, Any] = {
            "message": each.message + (f"\n{each.help}" if each.help else ""),
            "location": {"path": each.location.path, "range": span(each.location)},
            "severity": _SEVERITIES[each.severity],
            "code": {"value": f"{each.code} {each.rule}"},
        }
        if each.fix:
            entry["suggestions"] = [{"range": span(edit.location), "text": edit.text} for edit in each.fix.edits]
        if each.related:
            entry["relatedLocations"] = [
                {"message": other.label, "location": {"path": other.location.path, "range": span(other.location)}}
                for other in each.related
            ]
        found.append(entry)
    yield json.dumps({"source": {"name": "ankigen"}, "diagnostics": found}, ensure_ascii=False, indent=2) + "\n"

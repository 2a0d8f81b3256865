"""Findings as JSON: one document, or one line a finding. `version` rises when a key changes its meaning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ankigen.diagnostic import Diagnostic
from ankigen.report import Report, place

VERSION = 1


def as_data(diagnostic: Diagnostic) -> dict[str, Any]:
    """A finding as plain data."""
    fix = diagnostic.fix
    return {
        "code": diagnostic.code,
        "rule": diagnostic.rule,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "notes": list(diagnostic.notes),
        "location": place(diagnostic.location),
        "label": diagnostic.label,
        "related": [
            {"location": place(related.location), "label": related.label} for related in diagnostic.related
        ],
        "fix": fix
        and {
            "safe": fix.safe,
            "edits": [{"location": place(edit.location), "text": edit.text} for edit in fix.edits],
        },
    }


def json_report(report: Report) -> Iterator[str]:
    """All findings in one document."""
    findings = [as_data(diagnostic) for diagnostic in report.diagnostics]
    whole = {"version": VERSION, "ankigen": report.version, "files": report.files, "findings": findings}
    yield json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def jsonl(report: Report) -> Iterator[str]:
    """One finding a line."""
    for diagnostic in report.diagnostics:
        yield json.dumps({"version": VERSION, **as_data(diagnostic)}, ensure_ascii=False) + "\n"

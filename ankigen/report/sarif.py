"""SARIF 2.1.0 (OASIS), with the rules' pages as help, related places, fixes and fingerprints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from ankigen.diagnostic import Diagnostic, Fix, Location
from ankigen.lint.page import page, summary
from ankigen.lint.rule import Rule
from ankigen.report import Report

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(report: Report) -> Iterator[str]:
    """The document."""
    rules = list(report.rules.values())
    index = {rule.name: number for number, rule in enumerate(rules)}
    run = {
        "tool": {
            "driver": {"name": "ankigen", "version": report.version, "rules": [_rule(rule) for rule in rules]}
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(report, each, index[each.rule], fingerprint)
            for each, fingerprint in zip(report.diagnostics, report.fingerprints(), strict=True)
        ],
    }
    whole = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    yield json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    text = page(rule)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": summary(rule)},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": rule.severity.value, "enabled": not rule.pedantic},
    }


def _result(report: Report, each: Diagnostic, index: int, fingerprint: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": each.code,
        "ruleIndex": index,
        "level": each.severity.value,
        "message": {"text": each.message + (f"\n{each.help}" if each.help else "")},
        "locations": [{"physicalLocation": _place(report, each.location)}],
        "partialFingerprints": {"ankigen/v1": fingerprint},
    }
    if each.related:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _place(report, other.location), "message": {"text": other.label}}
            for number, other in enumerate(each.related)
        ]
    if each.fix:
        result["fixes"] = [_fix(report, each.fix, each.help)]
    return result


def _fix(report: Report, fix: Fix, words: str) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        change = {"deletedRegion": _region(edit.location), "insertedContent": {"text": edit.text}}
        changes.setdefault(edit.location.path, []).append(change)
    return {
        "description": {"text": words or "fix"},
        "artifactChanges": [
            {"artifactLocation": _file(report, path), "replacements": edits} for path, edits in changes.items()
        ],
    }


def _place(report: Report, location: Location) -> dict[str, Any]:
    return {"artifactLocation": _file(report, location.path), "region": _region(location)}


def _file(report: Report, path: str) -> dict[str, Any]:
    """A file, from the top of the repository, as code hosts want it; outside of one by its whole address."""
    name = report.names[path].repository
    uri = quote(name.encode("utf-8", "surrogateescape"))
    return {"uri": uri, "uriBaseId": "%SRCROOT%"} if not name.startswith("/") else {"uri": f"file://{uri}"}


def _region(location: Location) -> dict[str, Any]:
    return {
        "startLine": location.start.line,
        "startColumn": location.start.column,
        "endLine": location.end.line,
        "endColumn": location.end.column,
    }

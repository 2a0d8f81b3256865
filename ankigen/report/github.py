"""GitHub's workflow commands, which become annotations in a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Severity
from ankigen.report import Report
from ankigen.report.full import summary, visible

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def github(report: Report) -> Iterator[str]:
    """`::error file=...,line=...::message`, a line for each finding."""
    for each in report.diagnostics:
        start, end = each.location.start, each.location.end
        given = {"file": report.names[each.location.path].repository, "line": start.line, "col": start.column}
        given |= {"endLine": end.line, "endColumn": end.column, "title": f"{each.code} {each.rule}"}
        properties = ",".join(f"{name}={_escape(str(value), ':,')}" for name, value in given.items())
        message = visible(each.message) + (f"\n{visible(each.help)}" if each.help else "")
        yield f"::{_COMMANDS[each.severity]} {properties}::{_escape(message)}\n"
    yield summary(report.diagnostics, report.files) + "\n"


def _escape(text: str, more: str = "") -> str:
    """GitHub's own escapes (actions/toolkit, packages/core/src/command.ts)."""
    for sign in "%\r\n" + more:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text

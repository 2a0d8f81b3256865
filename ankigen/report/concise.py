"""One line a finding, as compilers write it and editors read it."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.report import Report
from ankigen.report.full import summary, visible


def concise(report: Report) -> Iterator[str]:
    """`path:line:column: severity[code name] message`."""
    for each in report.diagnostics:
        start = each.location.start
        where = f"{visible(each.location.path)}:{start.line}:{start.column}"
        yield f"{where}: {each.severity}[{each.code} {each.rule}] {visible(each.message)}\n"
    yield summary(report.diagnostics, report.files) + "\n"

"""GitLab's Code Quality report: https://docs.gitlab.com/ci/testing/code_quality/."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ankigen.diagnostic import Severity
from ankigen.report import Report

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def gitlab(report: Report) -> Iterator[str]:
    """A list of issues."""
    issues = [
        {
            "description": f"{each.code} {each.rule}: {each.message}",
            "check_name": each.rule,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[each.severity],
            "location": {
                "path": report.names[each.location.path].repository,
                "lines": {"begin": each.location.start.line, "end": each.location.end.line},
            },
        }
        for each, fingerprint in zip(report.diagnostics, report.fingerprints(), strict=True)
    ]
    yield json.dumps(issues, ensure_ascii=False, indent=2) + "\n"

"""What was found, written out: one format a file.

A report is a function of what is in a `Report` alone: the same findings give the same text, on every machine.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ankigen.diagnostic import Diagnostic, Location
from ankigen.lint.rule import Rule
from ankigen.source.text import SourceFile


@dataclass(frozen=True, slots=True)
class Report:
    """What a report is made of: the findings in their order, the files they speak of, and all rules by name."""

    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, SourceFile]
    files: int
    rules: Mapping[str, Rule]
    version: str

    def fingerprints(self) -> list[str]:
        """A name for each finding that stays the same while lines move: of its rule, file and words.

        Where several are the same, they are counted.
        """
        seen: Counter[str] = Counter()
        found = []
        for diagnostic in self.diagnostics:
            words = f"{diagnostic.rule}\0{diagnostic.location.path}\0{diagnostic.message}"
            found.append(hashlib.blake2b(f"{words}\0{seen[words]}".encode(), digest_size=16).hexdigest())
            seen[words] += 1
        return found


def place(location: Location) -> dict[str, Any]:
    """A location as plain data: lines and columns count from 1, offsets from 0, both in code points."""
    return {
        "path": location.path,
        "start": {"line": location.start.line, "column": location.start.column, "offset": location.span.start},
        "end": {"line": location.end.line, "column": location.end.column, "offset": location.span.end},
    }

"""Repairs files: the edits of fixes, put into the authors' text, and nothing else touched.

A fix is applied whole or not at all, and never over another. A file is written only if it is still what was
read, if what comes out can be read as well as before, and then all at once.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ankigen.diagnostic import Diagnostic, Edit, Fix
from ankigen.source.files import read_bytes, write_bytes
from ankigen.source.text import SourceFile, decode
from ankigen.source.yaml import parse


class ChangedError(Exception):
    """A file is not what it was when it was read; its text is one plain line for the user."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A file with some of its fixes applied: what it was, what it becomes, and by how many fixes."""

    source: SourceFile
    text: str
    fixes: int

    def diff(self) -> str:
        """What changes, as a unified diff."""
        before, after = self.source.text.splitlines(keepends=True), self.text.splitlines(keepends=True)
        lines = difflib.unified_diff(before, after, self.source.path, self.source.path)
        return "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
        )

    def data(self) -> bytes:
        """The bytes that the file is to have."""
        return self.source.data(self.text)

    def write(self) -> None:
        """Write the file. Raises ChangedError where it changed meanwhile, and OSError."""
        if self.source.file is None:
            return
        if read_bytes(self.source.file) != self.source.data(self.source.text):
            raise ChangedError(f"{self.source.path}: the file changed while it was checked, and is left as it is")
        write_bytes(self.source.file, self.data())


def repairs(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceFile], *, unsafe: bool = False
) -> Iterator[Repair]:
    """The files that the fixes of some findings would change; unsafe fixes only where they are asked for.

    Of a file that has two names only the first is given, as the second would find it changed. Raises ChangedError
    where a file is no longer what it was when it was read, and OSError where it can be read no more.
    """
    chosen: dict[str, list[Fix]] = {}
    for diagnostic in diagnostics:
        fix = diagnostic.fix
        paths = {edit.location.path for edit in fix.edits} if fix else set()
        if fix and (fix.safe or unsafe) and len(paths) == 1:
            chosen.setdefault(paths.pop(), []).append(fix)
    real = {os.path.realpath(path): path for path in sorted(chosen, reverse=True)}
    for path, fixes in sorted((path, chosen[path]) for path in real.values()):
        source = sources.get(path)
        if source is None:
            read_bytes(Path(path))  # where it cannot be read any more, that says why
            raise ChangedError(f"{path}: the file changed while it was checked, and is left as it is")
        text, count = _apply(source, fixes)
        if count and text != source.text and _reads_as_well(source, text):
            yield Repair(source, text, count)


def _apply(source: SourceFile, fixes: Iterable[Fix]) -> tuple[str, int]:
    """A file's text with the fixes that do not overlap those before them, and their number."""
    taken: list[Edit] = []
    count = 0
    for fix in fixes:
        if not any(_overlap(edit, other) for edit in fix.edits for other in taken):
            taken += fix.edits
            count += 1
    text = source.text
    for edit in sorted(taken, key=lambda edit: edit.location.span, reverse=True):
        start, end = edit.location.span
        text = text[:start] + edit.text + text[end:]
    return text, count


def _overlap(one: Edit, other: Edit) -> bool:
    a, b = one.location.span, other.location.span
    return (a.start < b.end and b.start < a.end) or a == b


def _reads_as_well(source: SourceFile, text: str) -> bool:
    """Whether the new text is YAML where the old one was."""
    after, problems = decode(source.path, text.encode())
    if problems:
        return False
    document, problems = parse(after)
    before, _ = parse(source)
    return before is None or (document is not None and not problems)

"""What was found, written out: one format a file.

A report is a function of what is in a `Report` alone: the same findings give the same text, on every machine.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ankigen.diagnostic import Diagnostic, Location
from ankigen.lint.sources import Sources
from ankigen.source.discover import real_path
from ankigen.source.text import SourceFile

if TYPE_CHECKING:
    from ankigen.lint.engine import Checked
    from ankigen.lint.rule import Rule


class Names(NamedTuple):
    """What a file is called where the words of the command line do not matter.

    `repository` is its path from the top of the repository, by which code hosts know it; an absolute path where
    it lies in none. `lasting` is its deck's id with its path from the deck's folder: it stays the same wherever
    the program is called, and wherever the clone lies.
    """

    repository: str
    lasting: str


@dataclass(frozen=True)
class Report:
    """What a report is made of: content roots that were checked, and all rules by name."""

    roots: tuple[Checked, ...]
    rules: Mapping[str, Rule]
    version: str

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The findings in all roots, in one order."""
        return tuple(sorted((each for root in self.roots for each in root.diagnostics), key=Diagnostic.sort_key))

    @cached_property
    def sources(self) -> Mapping[str, SourceFile]:
        """The files that are spoken of, by their paths as the user would type them."""
        return Sources.joined(root.sources for root in self.roots)

    @property
    def files(self) -> int:
        """How many files were read."""
        return sum(root.files for root in self.roots)

    @cached_property
    def names(self) -> dict[str, Names]:
        """The other names of the files that are spoken of. Only some formats want them: it takes the disk."""
        names: dict[str, Names] = {}
        for checked in self.roots:
            root = Path(os.path.realpath(checked.root))
            top = _top_of(root)
            deck = checked.id.text if checked.id else ""
            for path in {path for diagnostic in checked.diagnostics for path in _paths(diagnostic)}:
                file = real_path(Path(path))
                in_repository = file.relative_to(top) if top and file.is_relative_to(top) else file
                in_root = file.relative_to(root) if file.is_relative_to(root) else in_repository
                names[path] = Names(in_repository.as_posix(), f"{deck}/{in_root.as_posix()}")
        return names

    def fingerprints(self) -> list[str]:
        """A name for each finding that stays the same while lines move: of its rule, file and words.

        Where several are the same, they are counted.
        """
        seen: Counter[str] = Counter()
        found = []
        for diagnostic in self.diagnostics:
            words = f"{diagnostic.rule}\0{self.names[diagnostic.location.path].lasting}\0{diagnostic.message}"
            data = f"{words}\0{seen[words]}".encode("utf-8", "surrogateescape")
            found.append(hashlib.blake2b(data, digest_size=16).hexdigest())
            seen[words] += 1
        return found


def _paths(diagnostic: Diagnostic) -> Iterator[str]:
    """The files that a finding speaks of."""
    yield diagnostic.location.path
    yield from (related.location.path for related in diagnostic.related)
    yield from (edit.location.path for edit in diagnostic.fix.edits) if diagnostic.fix else ()


def _top_of(folder: Path) -> Path | None:
    """The top of the repository that a folder lies in, else the folder the program runs in if that is above it."""
    here = Path(os.path.realpath(Path()))
    tops = (above for above in (folder, *folder.parents) if (above / ".git").exists())
    return next(tops, here if folder.is_relative_to(here) else None)


def place(location: Location) -> dict[str, Any]:
    """A location as plain data: lines and columns count from 1, offsets from 0, both in code points."""
    return {
        "path": location.path,
        "start": {"line": location.start.line, "column": location.start.column, "offset": location.span.start},
        "end": {"line": location.end.line, "column": location.end.column, "offset": location.span.end},
    }

"""What is said about a file, and where: the lowest room, which knows no other.

Offsets count Unicode code points from the start of the decoded text, a byte order mark left out.
Lines and columns count from 1; a column counts code points too. Only a line feed ends a line.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How bad it is: an error stops a build, a warning should be mended, a note is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Span(NamedTuple):
    """A stretch of a text: from offset `start` up to, not including, offset `end`."""

    start: int
    end: int


class Position(NamedTuple):
    """A place that people can find: line and column, each from 1."""

    line: int
    column: int


class Location(NamedTuple):
    """A span in a file, as offsets and as lines and columns. `path` is as the user would type it."""

    path: str
    span: Span
    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that belongs to a diagnostic, with what is to be seen there."""

    location: Location
    label: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Puts `text` in the place of a location's characters; into a place between two where it is empty."""

    location: Location
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair, made of edits that belong together. A safe one leaves the meaning as it is."""

    edits: tuple[Edit, ...]
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    `rule` is the name of the rule that it belongs to. Whoever finds it leaves `code` and `severity` alone:
    the engine stamps them from the rule. `message` says what is wrong, in lower case and with no full stop;
    `help` says what to do about it; each of `notes` says one thing more; `label` stands beside the carets.
    """

    rule: str
    message: str
    location: Location
    label: str = ""
    related: tuple[Related, ...] = ()
    help: str = ""
    notes: tuple[str, ...] = ()
    fix: Fix | None = None
    code: str = ""
    severity: Severity = Severity.ERROR

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """The order of every report: path, place, code, words."""
        return (self.location.path, self.location.span.start, self.location.span.end, self.code, self.message)

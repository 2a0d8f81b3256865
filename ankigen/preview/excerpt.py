"""The lines of a file that a finding speaks of, with what is meant marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ankigen.diagnostic import Diagnostic, Location
from ankigen.report.full import visible
from ankigen.source.text import SourceFile

_MOST_LINES = 8
_ROOM = 160
"""How many characters of a line stand before and behind what is marked."""


class Line(NamedTuple):
    """A line of source: its number, and its text before, in and behind what is marked."""

    number: int
    before: str
    marked: str
    behind: str


class Excerpt(NamedTuple):
    """A place, what is to be seen there, and its lines: none where the file has changed since."""

    location: Location
    label: str
    lines: tuple[Line, ...]


def excerpts(diagnostic: Diagnostic, sources: Mapping[str, SourceFile]) -> Iterator[Excerpt]:
    """The places of a finding: its own, then those that belong to it."""
    yield _excerpt(diagnostic.location, diagnostic.label, sources)
    for related in diagnostic.related:
        yield _excerpt(related.location, related.label, sources)


def _excerpt(location: Location, label: str, sources: Mapping[str, SourceFile]) -> Excerpt:
    source = sources.get(location.path)
    if source is None or not source.text:
        return Excerpt(location, label, ())
    first, last = location.start.line, location.end.line
    # A span that ends with a line break ends on the line before.
    if last > first and location.end.column == 1:
        last -= 1
    numbers = range(first, last + 1)[:_MOST_LINES]
    return Excerpt(location, label, tuple(_line(source, number, location) for number in numbers))


def _line(source: SourceFile, number: int, location: Location) -> Line:
    text = source.line(number)
    start = location.start.column - 1 if number == location.start.line else len(text) - len(text.lstrip())
    end = location.end.column - 1 if number == location.end.line else len(text.rstrip())
    end = max(start, end)
    left, right = max(0, start - _ROOM), end + _ROOM
    marked = text[start:end]
    if len(marked) > 4 * _ROOM:
        marked, right = marked[: 4 * _ROOM] + "…", end
    before = ("…" if left else "") + text[left:start]
    behind = text[end:right] + ("…" if right < len(text) else "")
    return Line(number, visible(before), visible(marked), visible(behind))

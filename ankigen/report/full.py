"""The report for people: message, place, the lines of the source with carets below, help.

Content is not trusted: characters that would steer a terminal, or turn the direction of its text, are shown
as visible stand-ins. Carets are placed by the width of characters in a terminal (rich's table of them), so
that they line up below wide characters and emoji.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ankigen.diagnostic import Diagnostic, Location, Severity
from ankigen.source.text import SourceFile

MAX_WIDTH = 120
"""The widest line of source that is shown, in columns; of a wider one, the part round the place."""
_MAX_WORDS = 96  # longer lines are hard to read
_MIN_WIDTH = 40

_STYLES = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;34",
    "bold": "1",
    "place": "34",
    "related": "36",
    "help": "32",
}


@dataclass(frozen=True, slots=True)
class _Mark:
    """What is marked on one line: a location, the words beside the carets, and how they look."""

    location: Location
    label: str
    sign: str
    style: str


def full(
    diagnostics: Iterable[Diagnostic],
    sources: Mapping[str, SourceFile],
    *,
    colour: bool = False,
    columns: int = 2 * MAX_WIDTH,
) -> Iterator[str]:
    """The report, a piece of several lines for each diagnostic.

    `sources` are the files by their paths, and `columns` is what a line of the terminal holds.
    """
    for diagnostic in diagnostics:
        yield "\n".join(_lines(diagnostic, sources, colour, columns)) + "\n"


def _lines(diagnostic: Diagnostic, sources: Mapping[str, SourceFile], colour: bool, columns: int) -> Iterator[str]:
    def paint(text: str, style: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if colour and text else text

    severity = diagnostic.severity.value
    head = paint(f"{severity}[{diagnostic.code} {diagnostic.rule}]", severity)
    yield f"{head}{paint(':', 'bold')} {paint(visible(diagnostic.message), 'bold')}"

    marks = [_Mark(diagnostic.location, diagnostic.label, "^", severity)]
    marks += [_Mark(related.location, related.label, "-", "related") for related in diagnostic.related]
    groups: dict[str, list[_Mark]] = {}
    for mark in marks:
        groups.setdefault(mark.location.path, []).append(mark)
    gutter = len(str(max(mark.location.start.line for mark in marks)))
    edge = " " * gutter + " " + paint("|", "place")
    room = min(max(_MIN_WIDTH, columns - gutter - 5), MAX_WIDTH)
    for index, (path, group) in enumerate(groups.items()):
        start = group[0].location.start
        arrow = paint("-->" if index == 0 else ":::", "place")
        yield f"{' ' * gutter}{arrow} {visible(path)}:{start.line}:{start.column}"
        source = sources.get(path)
        if source is None or not source.text:
            continue
        yield edge
        before = 0
        for mark in sorted(group, key=lambda mark: mark.location.span):
            line = mark.location.start.line
            if before and line > before + 1:
                yield paint("...", "place")
            text, carets = _snippet(source.line(line), mark, room)
            # A long line is shown in part, and each mark's part is another.
            if line != before or len(source.line(line)) > room // 2:
                yield f"{paint(str(line).rjust(gutter) + ' |', 'place')} {text}".rstrip()
            yield f"{edge} {carets[0]}{paint(carets[1], mark.style)}".rstrip()
            before = line
    for name, words in [("help", diagnostic.help), *(("note", note) for note in diagnostic.notes)]:
        if words:
            painted = paint(f"{name}:", "help" if name == "help" else "bold")
            yield from _remark(name, words, gutter, painted, min(room - len(name) - 1, _MAX_WORDS))


def _remark(name: str, words: str, gutter: int, painted: str, width: int) -> Iterator[str]:
    lines = textwrap.wrap(visible(words), width, break_long_words=False, break_on_hyphens=False)
    for index, line in enumerate(lines):
        lead = f"{' ' * gutter} = {painted} " if index == 0 else " " * (gutter + 3 + len(name) + 2)
        yield lead + line


def _snippet(line: str, mark: _Mark, width: int) -> tuple[str, tuple[str, str]]:
    """A line of source as it is shown, and what goes below it: the indentation, and carets with the label."""
    first = mark.location.start.column - 1
    one_line = mark.location.end.line == mark.location.start.line
    last = mark.location.end.column - 1 if one_line else len(line.rstrip())
    # A line may be very long: only what stands near the place is looked at.
    near = max(0, first - width)
    cells = [visible(character) for character in line[near : first + 2 * width]]
    widths = [_width(cell) for cell in cells]
    start, stop = _window(widths, first - near, width)
    left = "…" if near + start else ""
    right = "…" if near + stop < len(line) else ""
    text = left + "".join(cells[start:stop]) + right
    indent = len(left) + sum(widths[start : first - near])
    carets = max(1, sum(widths[first - near : min(max(last - near, first - near), stop)]))
    return text.rstrip(), (" " * indent, mark.sign * carets + (f" {mark.label}" if mark.label else ""))


def _window(widths: Sequence[int], first: int, width: int) -> tuple[int, int]:
    """Which characters to show of those near the place: all, or as many round `first` as fit."""
    if sum(widths) <= width:
        return 0, len(widths)
    start = min(first, len(widths))
    room = width // 3
    while start > 0 and room > 0:
        start -= 1
        room -= widths[start]
    stop, room = start, width
    while stop < len(widths) and room > 0:
        room -= widths[stop]
        stop += 1
    return start, stop


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def visible(text: str) -> str:
    """A text with nothing in it that would steer a terminal: controls and turns of direction become visible."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    code = ord(character)
    if character == "\t":
        return "    "
    if code < 0x20:
        return chr(0x2400 + code)
    category = unicodedata.category(character)
    # Format characters that join emoji or letters are part of the text; the others turn its direction or hide.
    if category == "Cc" or (category == "Cf" and code not in (0x200C, 0x200D)) or category in ("Zl", "Zp"):
        return f"<U+{code:04X}>"
    return character


def summary(diagnostics: Iterable[Diagnostic], files: int) -> str:
    """The last line: how much was found, in how many files."""
    counts = dict.fromkeys(Severity, 0)
    for diagnostic in diagnostics:
        counts[diagnostic.severity] += 1
    found = [f"{count} {severity}{'s' * (count != 1)}" for severity, count in counts.items() if count]
    return f"{', '.join(found) or 'no findings'} in {files:,} file{'s' * (files != 1)}"

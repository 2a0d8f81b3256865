"""The difference for a terminal, or as plain text with the marks of git's word diff, `[-old-]{+new+}`."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.changes.outline import Item, Outline, Row, Section
from ankigen.changes.words import Mark, shortened
from ankigen.report.full import visible

_WIDTH = 100
_MIN_WIDTH = 40
_STYLES = {"old": "9;31", "new": "1;32", "bold": "1", "dim": "2", "loud": "1;31", "+": "32", "-": "31", "~": "33"}


def text(outline: Outline, *, colour: bool = False, columns: int | None = None) -> Iterator[str]:
    """The report, line by line, each with its end; `columns` is what a line of the terminal holds."""
    width = max(_MIN_WIDTH, min(columns or _WIDTH, _WIDTH))
    paint = _Paint(colour)
    if columns is None:
        yield paint(visible(outline.summary), "bold") + "\n"  # one line, for programs that read it
    else:
        yield from _wrapped([(outline.summary, "bold")], width, paint, "", "")
    if outline.old != outline.new:
        yield from _wrapped([(f"{outline.old} → {outline.new}", "dim")], width, paint, "", "")
    for section in outline.sections:
        yield "\n"
        yield from _section(section, width, paint)


class _Paint:
    """Colours, or marks where there are none."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def __call__(self, words: str, style: str) -> str:
        if self.colour and style and words:
            return f"\x1b[{_STYLES[style]}m{words}\x1b[0m"
        return words


def _section(section: Section, width: int, paint: _Paint) -> Iterator[str]:
    title = f"{section.title} ({len(section.items):,})"
    yield paint(title, "loud" if section.stands_out else "bold") + "\n"
    if section.why:
        yield from _wrapped([(section.why, "dim")], width, paint, "  ", "  ")
    for item in section.items:
        yield from _item(item, width, paint)


def _item(item: Item, width: int, paint: _Paint) -> Iterator[str]:
    head = [(item.sign, item.sign), (item.name, "bold")]
    if item.text:
        head.append((item.text, ""))
    if item.place:
        head.append((f"({item.place})", "dim"))
    yield from _wrapped(head, width, paint, "  ", "      ")
    for row in item.rows:
        yield from _row(row, width, paint)


def _row(row: Row, width: int, paint: _Paint) -> Iterator[str]:
    parts: list[tuple[str, str]] = [(f"{row.label}:", "dim")] if row.label else []
    for piece in shortened(row.pieces):
        words = piece.text.strip()
        if not words:
            continue
        if piece.mark is Mark.SAME:
            parts.append((words, ""))
        elif paint.colour:
            parts.append((words, piece.mark.value))
        else:
            parts.append((f"[-{words}-]" if piece.mark is Mark.OLD else f"{{+{words}+}}", ""))
    yield from _wrapped(parts, width, paint, "      ", "        ")


def _wrapped(parts: list[tuple[str, str]], width: int, paint: _Paint, first: str, rest: str) -> Iterator[str]:
    """Parts with their styles on lines of a width, counted in columns of the terminal; line ends stay."""
    from rich.cells import cell_len

    line: list[tuple[str, str]] = []
    used, indent = 0, first
    for words, style in parts:
        for number, row in enumerate(words.split("\n")):
            # Spaces at the beginning of a row indent code.
            lead = len(row) - len(row.lstrip(" ")) if number else 0
            if number:
                yield indent + _joined(line, paint) + "\n"
                line, used, indent = [], 0, rest
            for index, word in enumerate(row.split()):
                shown = " " * (lead if index == 0 else 0) + visible(word)
                size = cell_len(shown) + 1
                if line and len(indent) + used + size > width + 1:
                    yield indent + _joined(line, paint) + "\n"
                    line, used, indent = [], 0, rest
                line.append((shown, style))
                used += size
    if line:
        yield indent + _joined(line, paint) + "\n"


def _joined(line: list[tuple[str, str]], paint: _Paint) -> str:
    """Words of one line; neighbours of one style are painted as one."""
    runs: list[tuple[str, str]] = []
    for word, style in line:
        if runs and runs[-1][1] == style:
            runs[-1] = (f"{runs[-1][0]} {word}", style)
        else:
            runs.append((word, style))
    return " ".join(paint(words, style) for words, style in runs)

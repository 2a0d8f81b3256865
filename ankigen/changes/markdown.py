"""The difference as Markdown, for release notes and pull requests.

What authors wrote is escaped: it can neither make markup nor end the list that it stands in, and it calls no one
(`@name`) and points to nothing (`#12`) where a code host would read such signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.changes.outline import Item, Outline, Row, Section
from ankigen.changes.words import Mark, Piece, shortened
from ankigen.report.full import visible

_LONG = 10
"""How many items of a section are shown before it is folded."""
_SIGNS = re.compile(r"[\\`*_\[\]<>~|&$]")
_CALLS = re.compile(r"([@#])(?=\w)")


def markdown(outline: Outline) -> Iterator[str]:
    """The report, line by line, each with its end."""
    yield f"{_escaped(outline.summary)}\n\n"
    yield f"{_escaped(outline.old)} → {_escaped(outline.new)}\n"
    for section in outline.sections:
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    sign = "⚠️ " if section.stands_out else ""
    yield f"\n### {sign}{section.title} ({len(section.items):,})\n\n"
    if section.why:
        yield f"{section.why}\n\n"
    is_long = len(section.items) > _LONG
    if is_long:
        yield f"<details><summary>{len(section.items):,} in all</summary>\n\n"
    for item in section.items:
        yield from _item(item)
    if is_long:
        yield "\n</details>\n"


def _item(item: Item) -> Iterator[str]:
    text = f" {_escaped(item.text)}" if item.text else ""
    place = f" ({_escaped(item.place)})" if item.place else ""
    yield f"- **{_escaped(item.name)}**{text}{place}\n"
    for row in item.rows:
        yield f"  - {_row(row)}\n"


def _row(row: Row) -> str:
    label = f"{_escaped(row.label)}: " if row.label else ""
    pieces = (_piece(piece) for piece in shortened(row.pieces))
    return label + " ".join(piece for piece in pieces if piece)


def _piece(piece: Piece) -> str:
    sign = {Mark.SAME: "", Mark.OLD: "~~", Mark.NEW: "**"}[piece.mark]
    lines = (_escaped(line.strip()) for line in piece.text.strip().split("\n"))
    # The signs work on one line, and only where no space stands inside them.
    return "<br>".join(f"{sign}{line}{sign}" for line in lines if line)


def _escaped(text: str) -> str:
    escaped = _SIGNS.sub(r"\\\g<0>", visible(text))
    return _CALLS.sub(r"\1<!-- -->", escaped)

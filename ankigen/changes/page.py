"""The difference as one HTML page that needs nothing else: no script, no file beside it, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ankigen.changes.outline import Item, Outline, Row, Section
from ankigen.changes.words import Mark, Piece, shortened
from ankigen.report.full import visible

_LONG = 20
"""How many items of a section are shown before it is folded."""
_STYLE = """\
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #57606a; --ground: #fff; --line: #d0d7de;
  --old: #ffe0dd; --old-ink: #82071e; --new: #d8f5dd; --new-ink: #0a4a20; --loud: #a40e26; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --quiet: #9aa4af; --ground: #0d1117;
  --line: #30363d; --old: #4c1519; --old-ink: #ffc9c5; --new: #10391f; --new-ink: #b4f1c1; --loud: #ff8f8a; } }
body { margin: 0 auto; padding: 1rem; max-width: 50rem; font: 1rem/1.5 system-ui, sans-serif;
  color: var(--ink); background: var(--ground); overflow-wrap: anywhere; }
h1 { font-size: 1.25rem; line-height: 1.35; margin: .5rem 0 0; }
h2 { font-size: 1.05rem; margin: 2rem 0 .25rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h2.loud { color: var(--loud); }
p { margin: 0; color: var(--quiet); }
ul { list-style: none; margin: .5rem 0 0; padding: 0; }
li { margin: .75rem 0; }
li li { margin: .25rem 0 .25rem 1rem; white-space: pre-wrap; }
summary { margin: .5rem 0; cursor: pointer; color: var(--quiet); }
.place, .label, .sign { color: var(--quiet); }
.sign { display: inline-block; width: 1rem; font-family: monospace; }
del, ins { padding: 0 .15em; border-radius: .2em; }
del { color: var(--old-ink); background: var(--old); }
ins { color: var(--new-ink); background: var(--new); text-decoration: none; font-weight: 600; }
"""


def page(outline: Outline) -> Iterator[str]:
    """The page, piece by piece."""
    title = f"{_text(outline.old)} → {_text(outline.new)}"
    yield f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<style>\n{_STYLE}</style>\n</head>\n<body>\n<h1>{_text(outline.summary)}</h1>\n<p>{title}</p>\n"
    for section in outline.sections:
        yield from _section(section)
    yield "</body>\n</html>\n"


def _section(section: Section) -> Iterator[str]:
    loud = ' class="loud"' if section.stands_out else ""
    yield f"<h2{loud}>{_text(section.title)} ({len(section.items):,})</h2>\n"
    if section.why:
        yield f"<p>{_text(section.why)}</p>\n"
    is_long = len(section.items) > _LONG
    if is_long:
        yield f"<details><summary>{len(section.items):,} in all</summary>\n"
    yield "<ul>\n"
    for item in section.items:
        yield from _item(item)
    yield "</ul>\n"
    if is_long:
        yield "</details>\n"


def _item(item: Item) -> Iterator[str]:
    text = f' <span dir="auto">{_text(item.text)}</span>' if item.text else ""
    place = f' <span class="place" dir="auto">({_text(item.place)})</span>' if item.place else ""
    sign = f'<span class="sign" aria-hidden="true">{item.sign}</span>'
    yield f'<li>{sign}<strong dir="auto">{_text(item.name)}</strong>{text}{place}'
    if item.rows:
        yield "\n<ul>\n" + "".join(f"<li>{_row(row)}</li>\n" for row in item.rows) + "</ul>\n"
    yield "</li>\n"


def _row(row: Row) -> str:
    label = f'<span class="label">{_text(row.label)}:</span> ' if row.label else ""
    return f'{label}<span dir="auto">{"".join(_piece(piece) for piece in shortened(row.pieces))}</span>'


def _piece(piece: Piece) -> str:
    tag = {Mark.SAME: "", Mark.OLD: "del", Mark.NEW: "ins"}[piece.mark]
    if not tag:
        return _text(piece.text)
    words = piece.text.strip()
    return f"<{tag}>{_text(words)}</{tag}>" + (" " if words else "")


def _text(text: str) -> str:
    return "\n".join(escape(visible(line)) for line in text.split("\n"))

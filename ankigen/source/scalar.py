"""From a value back to the characters that the author wrote: where each character of a YAML scalar comes from.

YAML folds lines, drops indentation and reads escapes, so the text of a value does not stand in the file as it
is. This follows the rules of YAML 1.2 for each style (sections 7.3 and 8.1) and gives up where it comes to
another value than the parser did: no place is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ankigen.diagnostic import Span

_ESCAPES = {
    **dict(zip("0abtnvfre", "\0\a\b\t\n\v\f\r\x1b", strict=True)),
    **dict(zip(' "/\\N_LP\t', ' "/\\\x85\xa0\u2028\u2029\t', strict=True)),
}
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}
_BREAK = re.compile(r"[ \t]*\r?\n(?:[ \t]*\r?\n)*[ \t]*")
_HEADER = re.compile(r"[|>][-+0-9]*[^\n]*\n")

_Piece = tuple[str, int, int]


@lru_cache(maxsize=64)
def spans(raw: str, value: str) -> tuple[Span, ...] | None:
    """For each character of `value`, the characters of `raw`, the scalar as it was written, that make it.

    None where that cannot be told.
    """
    style = raw[:1]
    if style in ("|", ">"):
        return _block(raw, value)
    quoted = style in ("'", '"')
    if quoted and (len(raw) < 2 or raw[-1] != style):
        return None
    pieces = list(_flow(raw, style if quoted else ""))
    if "".join(piece[0] for piece in pieces) != value:
        return None
    return tuple(Span(start, end) for _, start, end in pieces)


def _flow(raw: str, quote: str) -> Iterator[_Piece]:
    """The characters of a plain or quoted scalar, lines folded."""
    at = len(quote)
    end = len(raw) - len(quote)
    while at < end:
        character = raw[at]
        if character in " \t\r\n" and (fold := _BREAK.match(raw, at, end)):
            breaks = fold.group().count("\n")
            for folded in "\n" * (breaks - 1) or " ":
                yield folded, at, fold.end()
            at = fold.end()
        elif character == "'" == quote:
            yield "'", at, at + 2
            at += 2
        elif character == "\\" and quote == '"':
            after = raw[at + 1]
            if joined := re.compile(r"\\\r?\n[ \t]*").match(raw, at, end):
                # Empty lines after it are kept; they are rare enough to give up on.
                at = joined.end()
                continue
            length = _HEX_DIGITS.get(after, 0)
            made = chr(int(raw[at + 2 : at + 2 + length], 16)) if length else _ESCAPES.get(after, "")
            yield made, at, at + 2 + length
            at += 2 + length
        else:
            yield character, at, at + 1
            at += 1


def _block(raw: str, value: str) -> tuple[Span, ...] | None:
    """The characters of a block scalar, by the indentation that gives the value that the parser read."""
    header = _HEADER.match(raw)
    if header is None:
        return None if value else ()
    lines = []
    at = header.end()
    while at <= len(raw):
        end = raw.find("\n", at)
        end = len(raw) if end < 0 else end
        lines.append((at, end - (raw[at:end].endswith("\r"))))
        at = end + 1
    first = next((raw[start:end] for start, end in lines if raw[start:end].strip(" ")), "")
    usual = len(first) - len(first.lstrip(" "))
    # Without a number in the header, the first line that is not empty says how far the text is indented.
    for indent in (usual,) if not re.search(r"[1-9]", header.group()) else range(usual, 0, -1):
        pieces = list((_literal if raw[0] == "|" else _folded)(raw, lines, indent))
        made = "".join(piece[0] for piece in pieces)
        # What stands at the end of the text is the header's choice, and there may be less of it than was read.
        if made.rstrip("\n") == value.rstrip("\n"):
            end = pieces[-1][2] if pieces else len(raw)
            places = [Span(start, stop) for _, start, stop in pieces[: len(value)]]
            return (*places, *(Span(end, end) for _ in range(len(value) - len(places))))
    return None


def _literal(raw: str, lines: list[tuple[int, int]], indent: int) -> Iterator[_Piece]:
    for start, end in lines:
        text = min(start + indent, end)
        yield from ((raw[at], at, at + 1) for at in range(text, end))
        yield "\n", end, end + 1


def _folded(raw: str, lines: list[tuple[int, int]], indent: int) -> Iterator[_Piece]:
    """Lines joined by spaces, but for those that are indented further, and what stands round them."""
    before: tuple[int, bool] | None = None  # where the last text ended, and whether it was indented further
    empty: list[int] = []
    for start, end in lines:
        text = min(start + indent, end)
        if text == end:
            empty.append(end)
            continue
        further = raw[text] in " \t"
        if before is not None:
            if further or before[1]:
                yield "\n", before[0], before[0] + 1
            elif not empty:
                yield " ", before[0], text
        yield from (("\n", at, at + 1) for at in empty)
        empty.clear()
        yield from ((raw[at], at, at + 1) for at in range(text, end))
        before = (end, further)


def written(text: str, raw: str) -> str:
    """A text as it is written inside a scalar of the style of `raw`."""
    if raw[:1] == "'":
        return text.replace("'", "''")
    if raw[:1] == '"':
        return text.replace("\\", "\\\\").replace('"', '\\"')
    return text

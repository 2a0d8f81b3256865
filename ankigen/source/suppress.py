"""Comments that silence rules: `# ankigen: ignore[Q008] because the key needs the room`.

On a line of its own, such a comment is for the key or item on the next line that is not a comment, with all that
belongs to it; at the end of a line it is for that line alone. `ignore-file[...]` is for the whole file, and stands
before its first key. What looks like one inside a text is text: the places of the values tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ankigen.diagnostic import Span
from ankigen.source.text import SourceFile
from ankigen.source.yaml import Document

_COMMENT = re.compile(
    r"#[ \t]*ankigen:[ \t]*(?P<verb>[\w-]+)[ \t]*(?:\[(?P<words>[^\]\n]*)\])?(?P<reason>[^\n\r]*)"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a suppression that names rules, and where it stands."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that silences rules on the lines from `first` to `last`; `verb` is what it asks for."""

    verb: str
    words: tuple[Word, ...]
    reason: str
    span: Span
    first: int
    last: int


def suppressions_of(source: SourceFile, document: Document | None) -> list[Suppression]:
    """The suppressions of a file, in their order. Without a document no comment can be told from text."""
    if "ankigen:" not in source.text or document is None:
        return []
    found = []
    for match in _COMMENT.finditer(source.text):
        start = match.start()
        before = source.text[source.text.rfind("\n", 0, start) + 1 : start]
        if (before and not before[-1].isspace()) or document.text_at(start):
            continue
        line = source.position(start).line
        first, last = line, line
        if match["verb"] == "ignore-file":
            first, last = 1, source.position(len(source.text)).line
        elif not before.strip():
            first, last = _what_follows(source, document, line)
        words = []
        if match["words"] is not None:
            for word in re.finditer(r"[^\s,]+", match["words"]):
                at = match.start("words") + word.start()
                words.append(Word(word.group(), Span(at, at + len(word.group()))))
        end = match.start() + len(match.group().rstrip())
        found.append(
            Suppression(match["verb"], tuple(words), match["reason"].strip(" \t-:"), Span(start, end), first, last)
        )
    return found


def _what_follows(source: SourceFile, document: Document, line: int) -> tuple[int, int]:
    """The lines of the entry below a comment that stands alone, comments and empty lines between them skipped."""
    following = line + 1
    last = source.position(len(source.text)).line
    while following <= last and (not (text := source.line(following).strip()) or text.startswith("#")):
        following += 1
    offset = source.line_start(following)
    offset += len(source.line(following)) - len(source.line(following).lstrip(" "))
    end = document.end_of_entry(offset)
    return following, max(following, source.position(end).line if end is not None else following)

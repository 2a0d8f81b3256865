"""Comments that silence rules: `# ankigen: ignore[Q008] because the key needs the room`.

On a line of its own, such a comment is for the key or item on the next line that is not a comment, with all that
belongs to it; at the end of a line it is for that line alone. `ignore-file[...]` is for the whole file, and stands
before its first key. What looks like one inside a text is text: the places of the values tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ankigen.diagnostic import Edit, Fix, Location, Span
from ankigen.source.text import SourceFile
from ankigen.source.yaml import Document

_COMMENT = re.compile(
    r"#[ \t]*ankigen:[ \t]*(?P<verb>[\w-]+)[ \t]*(?:\[(?P<words>[^\]\n]*)\])?(?P<reason>[^\n\r]*)"
)
# Comments and empty lines, then what stands first on the next line.
_LINE_OF_CONTENT = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*([^\s#])")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a suppression that names rules, where it stands, and what takes it away."""

    text: str
    location: Location
    deletion: Fix


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that silences rules on the lines from `first` to `last`; `verb` is what it asks for.

    `deletion` takes it away, and its line with it where it stands alone.
    """

    verb: str
    words: tuple[Word, ...]
    reason: str
    location: Location
    first: int
    last: int
    deletion: Fix


def suppressions_of(document: Document) -> list[Suppression]:
    """The suppressions of a file, in their order."""
    source = document.source
    if "ankigen:" not in source.text:
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
        span = Span(start, start + len(match.group().rstrip()))
        found.append(
            Suppression(
                match["verb"],
                tuple(_words(source, match)),
                match["reason"].strip(" \t-:"),
                source.location(span),
                first,
                last,
                _deletion(source, span),
            )
        )
    return found


def _words(source: SourceFile, comment: re.Match[str]) -> Iterator[Word]:
    words = list(re.finditer(r"[^\s,]+", comment["words"] or ""))
    for index, word in enumerate(words):
        begin = comment.start("words")
        # With the comma that parts it from the word after it, or for the last from the one before.
        start, end = word.span()
        if index + 1 < len(words):
            end = words[index + 1].start()
        elif index:
            start = words[index - 1].end()
        yield Word(
            word.group(),
            source.location(Span(begin + word.start(), begin + word.end())),
            Fix((Edit(source.location(Span(begin + start, begin + end)), ""),), safe=True),
        )


def _deletion(source: SourceFile, span: Span) -> Fix:
    text = source.text
    start, end = span
    line = text.rfind("\n", 0, start) + 1
    if text[line:start].strip():
        start -= len(text[line:start]) - len(text[line:start].rstrip())
    else:
        start, end = line, text.find("\n", end) + 1 or len(text)
    return Fix((Edit(source.location(Span(start, end)), ""),), safe=True)


def _what_follows(source: SourceFile, document: Document, line: int) -> tuple[int, int]:
    """The lines of the entry below a comment that stands alone, comments and empty lines between them skipped."""
    following = _LINE_OF_CONTENT.match(source.text, source.line_start(line + 1))
    if following is None:
        return line + 1, line + 1
    first = source.position(following.start(1)).line
    end = document.end_of_entry(following.start(1))
    return first, max(first, source.position(end).line if end is not None else first)

"""A content file as text, and what can be wrong with its bytes."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from ankigen.diagnostic import Diagnostic, Edit, Fix, Location, Position, Span
from ankigen.source.files import MAX_BYTES

BOM = b"\xef\xbb\xbf"
"""The byte order mark that may stand before a text."""
# What YAML 1.2 does not allow in a file (section 5.1, c-printable). A set of all that it allows says the same, and
# takes forty times as long to compile.
_NOT_PRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_PLAIN = b"\n" + bytes(range(0x20, 0x7F))
# What other readers, libyaml among them, take for the end of a line, and editors do not.
_ODD_LINE_BREAK = re.compile("[\x85\u2028\u2029]|\r(?!\n)")
_ODD_LINE_BREAK_NAMES = {
    "\x85": "a NEXT LINE character (U+0085)",
    "\u2028": "a LINE SEPARATOR (U+2028)",
    "\u2029": "a PARAGRAPH SEPARATOR (U+2029)",
    "\r": "a carriage return with no line feed (U+000D)",
}


class SourceFile:
    """One file: the `path` it is known by to the user, the `file` it is on the disk, and its `text`.

    `bom` says whether a byte order mark stood before the text, which does not hold it.
    """

    def __init__(self, path: str, text: str, file: Path | None = None, *, bom: bool = False) -> None:
        self.bom = bom
        self.path = path
        self.text = text
        self.file = file

    def data(self, text: str) -> bytes:
        """The bytes of this file if it had another text."""
        return (BOM if self.bom else b"") + text.encode()

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *accumulate([len(line) + 1 for line in self.text.split("\n")[:-1]])]

    def position(self, offset: int) -> Position:
        """The line and column of an offset."""
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def line_start(self, number: int) -> int:
        """The offset at which a line begins, counted from 1; the end of the text where there is no such line."""
        return self._line_starts[number - 1] if number <= len(self._line_starts) else len(self.text)

    def location(self, span: Span) -> Location:
        """A span of this file, as a place to report."""
        return Location(self.path, span, self.position(span.start), self.position(span.end))

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its end; empty where there is no such line."""
        if not 1 <= number <= len(self._line_starts):
            return ""
        start = self._line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : len(self.text) if end < 0 else end].removesuffix("\r")


def too_large(file: Path) -> tuple[SourceFile, list[Diagnostic]]:
    """What is to be said of a file of more than MAX_BYTES, which is not read."""
    source = SourceFile(file.as_posix(), "", file)
    message = f"the file has more than {MAX_BYTES // 2**20} MiB"
    help = "split it into several files; a deck reads every file below its folders"
    return source, [Diagnostic("too-deep-or-large", message, source.location(Span(0, 0)), help=help)]


def decode(path: str, data: bytes, file: Path | None = None) -> tuple[SourceFile, list[Diagnostic]]:
    """Turn the bytes of a file into text, and say what in them no YAML reader can be trusted with.

    Where something is said, the text is there to be shown, not to be read on.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The codec leaves a byte order mark out of the count of `error.start`.
        body = data.removeprefix(BOM)
        before = len(body[: error.start].decode("utf-8", "replace"))
        source = SourceFile(path, body.decode("utf-8", "replace"), file)
        return source, [_bad_encoding(source, before, body, error.start)]
    source = SourceFile(path, text, file, bom=data.startswith(BOM))
    if not data.translate(None, _PLAIN):
        return source, []  # nothing but ASCII that can be printed, as in most files
    if bad := _NOT_PRINTABLE.search(text):
        code = ord(bad.group())
        if code == 0 and text.count("\0") > 1:
            message, help = (
                "this is not a text file",
                "content files are YAML; pictures and sound go in media/",
            )
        else:
            message = f"the control character U+{code:04X} cannot stand in a YAML file"
            help = "delete it (it is often left behind by copying from a PDF or a terminal)"
        return source, [Diagnostic("bad-encoding", message, source.location(Span(*bad.span())), help=help)]
    if "\r" in text and "\n" not in text:
        return source, [_carriage_returns(source)]
    return source, [
        Diagnostic(
            "unusual-line-break",
            f"{_ODD_LINE_BREAK_NAMES[odd.group()]} ends a line for some programs and not for others",
            source.location(Span(*odd.span())),
            help="replace it with an ordinary line break, or with a space",
            fix=_ordinary(source, odd),
        )
        for odd in _ODD_LINE_BREAK.finditer(text)
    ]


def _carriage_returns(source: SourceFile) -> Diagnostic:
    """One finding for a file whose lines end as no program of today ends them."""
    places = [source.location(Span(*found.span())) for found in re.finditer("\r", source.text)]
    return Diagnostic(
        "unusual-line-break",
        "the lines of this file end with carriage returns alone (U+000D)",
        places[0],
        help="save it with line feeds (most editors call them LF, or Unix)",
        fix=Fix(tuple(Edit(place, "\n") for place in places), safe=True),
    )


def _ordinary(source: SourceFile, odd: re.Match[str]) -> Fix:
    """A line break where an indented line follows, as whoever wrote it may have seen it; else a space."""
    start, end = odd.span()
    before, after = source.text[start - 1 : start], source.text[end : end + 2]
    text = "\n" if odd.group() == "\r" or after == "  " else " " if before.strip() and after[:1].strip() else ""
    return Fix((Edit(source.location(Span(start, end)), text),), safe=True)


def _bad_encoding(source: SourceFile, offset: int, body: bytes, at: int) -> Diagnostic:
    location = source.location(Span(offset, offset + 1))
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Diagnostic(
            "bad-encoding",
            "the file is UTF-16, not UTF-8",
            location,
            help="save it again as UTF-8 (most editors have it under Save As or Save with Encoding)",
        )
    if b"\0" in body:
        return Diagnostic(
            "bad-encoding",
            "this is not a text file",
            location,
            help="content files are YAML; pictures and sound go in media/",
        )
    return Diagnostic(
        "bad-encoding",
        f"the byte 0x{body[at]:02X} is not UTF-8",
        location,
        help="save the file as UTF-8 (most editors have it under Save As or Save with Encoding)",
        notes=(f"in Windows-1252 that byte is `{_windows_1252(body[at])}`",) if body[at] >= 0xA0 else (),
    )


def _windows_1252(byte: int) -> str:
    return bytes([byte]).decode("cp1252")

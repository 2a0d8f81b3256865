"""Fields in words: HTML as a reader sees it, the options of a question, and what changed from text to text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from html.parser import HTMLParser

from ankigen.markup import gaps

_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header "
        "hr legend li main ol p pre section summary table tr ul",
    )
)
_SILENT = frozenset(["script", "style"])
# What ankigen puts into a media file's name (ankigen.card.media), and what a reader need not see of it.
_PACKED = re.compile(r"^(.+)-[0-9a-f]{20}(\.[A-Za-z0-9]+)$")
_SOUND = re.compile(r"\[sound:([^\[\]]+)\]")
# Languages that write no spaces are compared by characters.
_UNSPACED = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+")
_MAX_INDENT = 8
_MAX_CLOZE = 100_000
_MAX_WORK = 4_000_000
"""The most pairs of words that are compared; longer texts are compared line by line, or as a whole."""


def readable(markup: str) -> str:
    """A field as text: lines for blocks, signs for lists, tables and code, names for pictures and sounds."""
    reader = _Reader()
    reader.read(_SOUND.sub(lambda match: f"[sound {shown_name(match[1])}]", markup))
    return reader.text()


def shown_name(name: str) -> str:
    """The name of a media file without the hash that ankigen puts into it."""
    match = _PACKED.match(name)
    return match[1] + match[2] if match else name


def media_in(markup: str) -> frozenset[str]:
    """The names of the media files that a field shows or plays."""
    reader = _Reader()
    reader.read(markup)
    return frozenset([*reader.pictures, *_SOUND.findall(markup)])


class _Parser(HTMLParser):
    """HTML of any kind, well formed or not."""

    def read(self, markup: str) -> None:
        # Python's parser gives up on a marked section of SGML, which HTML does not have, and it looks for the end
        # of each tag that has none through all that follows.
        whole, end, rest = markup.replace("<![", "&lt;![").rpartition(">")
        self.feed(whole + end + rest.replace("<", "&lt;"))
        self.close()


class _Reader(_Parser):
    """Writes down what a browser would show."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.pictures: list[str] = []
        self.lists: list[int | None] = []  # the last number of each list that is open; None where it has none
        self.link: tuple[str, int] | None = None  # its address, and the piece that it begins with
        self.preformatted = 0
        self.silent = 0

    def text(self) -> str:
        text = "".join(self.pieces).replace("\xa0", " ")
        lines = (re.sub(r"(?<=\S) +", " ", line).rstrip(" |") for line in text.split("\n"))
        return "\n".join(line for line in lines if line.strip()).replace("\x00", " ").strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in _SILENT:
            self.silent += 1
        if tag in _BLOCKS or tag == "br":
            self.line()
        if tag in ("ol", "ul"):
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self.item()
        elif tag in ("td", "th"):
            self.cell()
        elif tag == "pre":
            self.preformatted += 1
        elif tag in ("code", "kbd", "samp") and not self.preformatted:
            self.pieces.append("`")
        elif tag == "a":
            self.link = given.get("href", ""), len(self.pieces)
        elif tag in ("sub", "sup"):
            self.pieces.append("_" if tag == "sub" else "^")
        elif tag == "img":
            name, alt = given.get("src", ""), given.get("alt", "")
            self.pictures.append(name)
            self.pieces.append(f"[picture {shown_name(name)}{f': {alt}' if alt else ''}]")
        elif tag == "hr":
            self.pieces.append("---\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in _BLOCKS:
            self.line()
        if tag in ("ol", "ul") and self.lists:
            self.lists.pop()
        elif tag == "pre":
            self.preformatted = max(0, self.preformatted - 1)
        elif tag in ("code", "kbd", "samp") and not self.preformatted:
            self.pieces.append("`")
        elif tag == "a" and self.link:
            address, start = self.link
            self.link = None
            shown = "".join(self.pieces[start:]).strip()
            # An address is worth showing where the words do not say it already.
            if address and address.partition("://")[2].rstrip("/") != shown and address != shown:
                self.pieces.append(f" ({address})")

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        if self.preformatted:
            # Spaces of code say something; they come back as spaces at the end.
            self.pieces.append(data.replace("\t", "    ").replace(" ", "\x00"))
            return
        data = re.sub(r"[ \t\r\n\f]+", " ", data)
        at_start = not self.pieces or self.pieces[-1].endswith(("\n", " "))
        self.pieces.append(data.lstrip(" ") if at_start else data)

    def line(self) -> None:
        if self.pieces and not self.pieces[-1].endswith(("\n", "• ", ". ")):
            self.pieces.append("\n")

    def item(self) -> None:
        indent = "\x00\x00" * min(max(0, len(self.lists) - 1), _MAX_INDENT)
        number = self.lists[-1] if self.lists else None
        if number is not None:
            self.lists[-1] = number = number + 1
        self.pieces.append(f"{indent}• " if number is None else f"{indent}{number}. ")

    def cell(self) -> None:
        if self.pieces and not self.pieces[-1].endswith("\n"):
            self.pieces.append(" | ")


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a choice question, as text."""

    text: str
    right: bool
    why: str


def options_of(markup: str) -> tuple[Option, ...]:
    """The options that the field `Answer` of a choice note lists; none where it is of another make."""
    parser = _Options()
    parser.read(markup)
    return tuple(
        Option(readable(found["text"]), found["right"] == "yes", readable(found["why"])) for found in parser.found
    )


class _Options(_Parser):
    """Finds `li.option`, and in it the markup of `.text` and `.why`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[dict[str, str]] = []
        self.part = ""
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        if self.part:
            self.depth += tag == "div"
            self.take(self.get_starttag_text() or "")
        elif tag == "li" and "option" in classes:
            self.found.append({"text": "", "why": "", "right": "yes" if "right" in classes else ""})
        elif tag == "div" and self.found and (part := next(iter({"text", "why"} & {*classes}), "")):
            self.part, self.depth = part, 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.take(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "div"
        if self.part and self.depth == 0:
            self.part = ""
        self.take(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.take(data)

    def handle_entityref(self, name: str) -> None:
        self.take(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.take(f"&#{name};")

    def take(self, markup: str) -> None:
        if self.part:
            self.found[-1][self.part] += markup


_NUMBER = re.compile(r"(?<!\w)[-+]?\d+(?:[.,:]\d+)*")
_DECISIVE = re.compile(
    r"[<>=≤≥≠*/^%!&|~+]+|\b(?:not|no|never|none|nor|without|only|all|any|always)\b|n't"
    r"|\[(?:picture|sound) [^\]]*\]",
    re.IGNORECASE,
)


def likeness(one: str, other: str) -> float:
    """How alike two options are, from 0 to 1.

    It is 0 where a number, an operator, a picture or a word such as `not` makes two things of them.
    """
    if one == other:
        return 1.0
    for pattern in (_NUMBER, _DECISIVE):
        if sorted(pattern.findall(one.lower())) != sorted(pattern.findall(other.lower())):
            return 0.0
    return SequenceMatcher(None, one[:2000].lower(), other[:2000].lower(), autojunk=False).ratio()


class Mark(StrEnum):
    """What became of a stretch of text."""

    SAME = "same"
    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, went or came."""

    mark: Mark
    text: str


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """What went and what came, word by word; put together, what is not old is the new text.

    Where hardly anything stayed, the whole text went and came: scraps that are left by chance help no one.
    """
    if not old or not new:
        return tuple(Piece(mark, text) for mark, text in ((Mark.OLD, old), (Mark.NEW, new)) if text)
    ours, theirs = _words(old), _words(new)
    if len(ours) * len(theirs) > _MAX_WORK:
        ours, theirs = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if len(ours) * len(theirs) > _MAX_WORK:
        return Piece(Mark.OLD, old), Piece(Mark.NEW, new)
    matcher = SequenceMatcher(
        None, [word.strip() for word in ours], [word.strip() for word in theirs], autojunk=False
    )
    if matcher.ratio() < 0.3:
        return Piece(Mark.OLD, old), Piece(Mark.NEW, new)
    pieces: list[Piece] = []
    for tag, start, stop, first, last in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Mark.SAME, "".join(theirs[first:last])))
            continue
        if went := "".join(ours[start:stop]):
            pieces.append(Piece(Mark.OLD, went))
        if came := "".join(theirs[first:last]):
            pieces.append(Piece(Mark.NEW, came))
    return tuple(pieces)


def _words(text: str) -> list[str]:
    """The words of a text, each with the space after it."""
    starts = [match.start() for match in _WORD.finditer(text)]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def shortened(pieces: tuple[Piece, ...], context: int = 8) -> tuple[Piece, ...]:
    """The pieces with no more than `context` unchanged words (at each side) round what changed."""
    if all(piece.mark is Mark.SAME for piece in pieces):
        return pieces
    return tuple(
        Piece(piece.mark, _cut(piece.text, context, is_first=index == 0, is_last=index == len(pieces) - 1))
        if piece.mark is Mark.SAME
        else piece
        for index, piece in enumerate(pieces)
    )


def _cut(text: str, context: int, *, is_first: bool, is_last: bool) -> str:
    words = _words(text)
    before, after = (0 if is_first else context), (0 if is_last else context)
    if len(words) <= before + after + 2:
        return text
    left = "".join(words[:before])
    right = "".join(words[len(words) - after :]) if after else ""
    return f"{left}… {right}" if right else f"{left}…"


def beginning(text: str, length: int = 70) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text[: 4 * length].split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def gaps_in(markup: str) -> tuple[str, ...]:
    """The gaps of a cloze text, each as its number and what it hides, in their order."""
    if len(markup) > _MAX_CLOZE:
        return (markup,)
    try:
        return tuple(f"c{gap.number}: {readable(gap.hidden)}" for gap in gaps(markup))
    except ValueError:  # a number of thousands of digits
        return (markup,)

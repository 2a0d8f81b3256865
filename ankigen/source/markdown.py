"""Markdown as content files use it: which extensions are on, what it refers to, and its plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import unescape
from itertools import accumulate
from typing import NamedTuple

from pyromark import Options, events_with_range

OPTIONS = Options.ENABLE_TABLES | Options.ENABLE_STRIKETHROUGH | Options.ENABLE_MATH
"""CommonMark and what is allowed on top of it."""

PICTURES = ("avif", "gif", "jpeg", "jpg", "png", "svg", "webp")
"""The endings of the pictures that Anki shows on every system."""
SOUNDS = ("flac", "m4a", "mp3", "mp4", "ogg", "opus", "wav", "webm")
"""The endings of the sounds and films that Anki plays on every system."""


_MASKED = re.compile(r"[^\n]")
# All that can be more than the words of a paragraph: signs anywhere, and what may begin a line.
_SIGN = re.compile(r"[&\\*_~`<\[$|\0]")
_LINE_START = r" *(?:[#>+=\t-]|    |[0-9]+[.)])"
_FIRST_LINE, _NEXT_LINE = re.compile(_LINE_START), re.compile("\n" + _LINE_START)


def _offsets(text: str) -> Sequence[int]:
    """The code point at which each byte of the text's UTF-8 begins: pyromark counts bytes."""
    if text.isascii():
        return range(len(text) + 1)
    return list(accumulate(((byte & 0xC0) != 0x80 for byte in text.encode()), initial=0))


def only_words(text: str) -> bool:
    """Whether a Markdown text is nothing but words in paragraphs; of some that are it is not seen."""
    return not (_SIGN.search(text) or _FIRST_LINE.match(text) or _NEXT_LINE.search(text))


@lru_cache(maxsize=256)
def prose(text: str) -> str:
    """A Markdown text with a space for every character that is not a word a learner reads.

    Marks, code, maths, addresses and HTML give way to spaces, so that what is found in the prose stands at
    the same offsets in the text.
    """
    if only_words(text):
        return text
    offsets = _offsets(text)
    pieces = []
    done = 0
    code = 0
    for event, where in events_with_range(text, options=OPTIONS):
        if not isinstance(event, dict):
            continue
        start, end = event.get("Start"), event.get("End")
        if isinstance(start, dict) and "CodeBlock" in start:
            code += 1
        elif end == "CodeBlock":
            code -= 1
        elif "Text" in event and not code:
            first, last = offsets[where["start"]], offsets[where["end"]]
            pieces += [_MASKED.sub(" ", text[done:first]), text[first:last]]
            done = last
    return "".join([*pieces, _MASKED.sub(" ", text[done:])])


# What code has, in a line or between fences, and HTML; and lines that are set in.
_CODE_OR_HTML = ("`", "<", "~~~", "    ", "\t")


@lru_cache(maxsize=256)
def _pieces(text: str) -> tuple[tuple[str, int, int], ...]:
    """The pieces of code and HTML in a text: which, and their offsets."""
    if not any(sign in text for sign in _CODE_OR_HTML):
        return ()
    offsets = _offsets(text)
    found = []
    code = 0
    for event, where in events_with_range(text, options=OPTIONS):
        if not isinstance(event, dict):
            continue
        start, end = event.get("Start"), event.get("End")
        if isinstance(start, dict) and "CodeBlock" in start:
            code += 1
        elif end == "CodeBlock":
            code -= 1
        elif "Code" in event or ("Text" in event and code):
            found.append(("code", offsets[where["start"]], offsets[where["end"]]))
        elif "Html" in event or "InlineHtml" in event:
            found.append(("html", offsets[where["start"]], offsets[where["end"]]))
    return tuple(found)


def code_in(text: str) -> list[tuple[int, str]]:
    """The code of a Markdown text, in lines and in blocks, each with its offset."""
    return [(start, text[start:end]) for what, start, end in _pieces(text) if what == "code"]


def inline_html(text: str) -> list[tuple[int, str]]:
    """The HTML of a Markdown text, each piece with its offset; a tag that takes several lines is in one."""
    if "<" not in text:
        return []
    spans: list[tuple[int, int]] = []
    for what, start, end in _pieces(text):
        if what == "html":
            begin = spans.pop()[0] if spans and spans[-1][1] == start else start
            spans.append((begin, end))
    return [(start, text[start:end]) for start, end in spans]


LINK_SIGNS = ("](", "]:", "<")
"""What a text holds one of that has a link."""


class Link(NamedTuple):
    """A link in a text: the address, and the characters of the text that give it."""

    address: str
    start: int
    end: int


def links(text: str) -> Iterator[Link]:
    """The links that a Markdown text writes as Markdown, but for those to mail addresses in `<` and `>`."""
    if not any(sign in text for sign in LINK_SIGNS):
        return
    offsets = _offsets(text)
    for event, where in events_with_range(text, options=OPTIONS):
        begun = event.get("Start") if isinstance(event, dict) else None
        link = begun.get("Link") if isinstance(begun, dict) else None
        if link and link["link_type"] != "Email":
            address, start, end = link["dest_url"], offsets[where["start"]], offsets[where["end"]]
            # The address comes last in a link. Where it is written with escapes, or elsewhere: the whole link.
            at = text.rfind(address, start, end) if address else -1
            yield Link(address, at, at + len(address)) if at >= 0 else Link(address, start, end)


_HREF = re.compile(r"<a\s(?:[^<>]*?\s)?href\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def uncommented(piece: str) -> str:
    """A piece of HTML with spaces for its comments, in which no tag is one."""
    return _COMMENT.sub(lambda comment: " " * len(comment[0]), piece)


def html_links(text: str) -> Iterator[Link]:
    """The links that a Markdown text writes as HTML."""
    for start, piece in inline_html(text):
        for link in _HREF.finditer(uncommented(piece)):
            first, last = link.span(link.lastindex or 0)
            yield Link(unescape(piece[first:last]), start + first, start + last)


_PICTURE = re.compile(r"<img\s(?:[^<>]*?\s)?src\b[^<>]*>", re.IGNORECASE)


def pictures(text: str) -> list[tuple[int, int]]:
    """Where each picture and sound in a Markdown text begins and ends, in their order."""
    offsets = _offsets(text)
    found: list[tuple[int, int]] = []
    for event, where in events_with_range(text, options=OPTIONS) if "![" in text else ():
        begun = event.get("Start") if isinstance(event, dict) else None
        if isinstance(begun, dict) and "Image" in begun:
            start, end = offsets[where["start"]], offsets[where["end"]]
            # What stands in another's description is part of that.
            if not found or found[-1][1] <= start:
                found.append((start, end))
    for start, piece in inline_html(text):
        found += [(start + tag.start(), start + tag.end()) for tag in _PICTURE.finditer(uncommented(piece))]
    return sorted(found)


def words(text: str) -> list[str]:
    """The words of a Markdown text's prose."""
    return prose(text).split()


def local_media(target: str) -> str | None:
    """The name, relative to the media folder, that a picture's address gives; None where it leads elsewhere."""
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\\\]", target) or "\\" in target:
        return None
    parts = [part for part in target.split("/") if part not in ("", ".")]
    return None if ".." in parts or not parts else "/".join(parts)


def media_type(name: str) -> str:
    """`picture`, `sound`, or nothing, by a file's ending."""
    ending = name.rpartition(".")[2].lower()
    return "picture" if ending in PICTURES else "sound" if ending in SOUNDS else ""

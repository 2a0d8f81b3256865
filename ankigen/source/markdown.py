"""Markdown as content files use it: which extensions are on, what it refers to, and its plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple
from urllib.parse import unquote

from pyromark import Options, events_with_range

OPTIONS = Options.ENABLE_TABLES | Options.ENABLE_STRIKETHROUGH | Options.ENABLE_MATH
"""CommonMark and what is allowed on top of it."""

PICTURES = ("avif", "gif", "jpeg", "jpg", "png", "svg", "webp")
"""The endings of the pictures that Anki shows on every system."""
SOUNDS = ("flac", "m4a", "mp3", "mp4", "ogg", "opus", "wav", "webm")
"""The endings of the sounds and films that Anki plays on every system."""

# Bounded, so that a text made of opening tags alone cannot make the search quadratic.
_HTML_SOURCE = re.compile(
    r"""<(?:img|audio|video|source)\b[^>]{0,1000}?\ssrc\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""", re.I
)
_HTML_TAG = re.compile(r"<!--.*?(?:-->|$)|<[^<>]*>", re.DOTALL)
_SHOWN = frozenset({"Text", "Code", "InlineMath", "DisplayMath", "Html", "InlineHtml"})


class MediaLink(NamedTuple):
    """A picture or sound that a text shows: where it points, and the characters of the text that say so."""

    target: str
    start: int
    end: int


def _offsets(text: str) -> Sequence[int]:
    """The code point at which each byte of the text's UTF-8 begins: pyromark counts bytes."""
    if text.isascii():
        return range(len(text) + 1)
    return list(accumulate(((byte & 0xC0) != 0x80 for byte in text.encode()), initial=0))


@lru_cache(maxsize=256)
def media_links(text: str) -> tuple[MediaLink, ...]:
    """The pictures and sounds that a Markdown text shows, those of raw HTML included."""
    return tuple(_media_links(text)) if "![" in text or "<" in text else ()


def _media_links(text: str) -> Iterator[MediaLink]:
    offsets = _offsets(text)
    for event, where in events_with_range(text, options=OPTIONS):
        if not isinstance(event, dict):
            continue
        start = event.get("Start")
        if isinstance(start, dict) and "Image" in start:
            target = start["Image"]["dest_url"]
            begin, end = offsets[where["start"]], offsets[where["end"]]
            # The address itself, where it stands in the link (it does not in a reference link).
            at = text.rfind(target, begin, end) if target else -1
            yield MediaLink(unquote(target), *((at, at + len(target)) if at >= 0 else (begin, end)))
            continue
        html = event.get("Html") or event.get("InlineHtml")
        if isinstance(html, str):
            begin = offsets[where["start"]]
            for match in _HTML_SOURCE.finditer(html):
                target = match[1].strip("\"'")
                at = begin + match.start(1) + (match[1] != target)
                yield MediaLink(unquote(target), at, at + len(target))


@lru_cache(maxsize=256)
def shown(text: str) -> tuple[tuple[int, int], ...]:
    """The stretches of a Markdown text, as offsets, that a learner gets to see as text."""
    offsets = _offsets(text)
    found = []
    for event, where in events_with_range(text, options=OPTIONS):
        if not isinstance(event, dict) or not event.keys() & _SHOWN:
            continue
        start, end = offsets[where["start"]], offsets[where["end"]]
        if event.keys() & {"Html", "InlineHtml"}:
            # Between its tags and comments HTML shows text, too.
            pieces = _HTML_TAG.split(text[start:end])
            for piece in pieces:
                at = text.index(piece, start, end) if piece else start
                found.append((at, at + len(piece)))
                start = at + len(piece)
        else:
            found.append((start, end))
    return tuple(found)


@lru_cache(maxsize=256)
def prose(text: str) -> str:
    """A Markdown text with a space for every character that is not a word a learner reads.

    Marks, code, maths, addresses and HTML give way to spaces, so that what is found in the prose stands at
    the same offsets in the text.
    """
    offsets = _offsets(text)
    masked = list(" " * len(text))
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
            masked[first:last] = text[first:last]
    return "".join("\n" if character == "\n" else masked[at] for at, character in enumerate(text))


def words(text: str) -> list[str]:
    """The words of a Markdown text's prose."""
    return prose(text).split()


def shows_nothing(text: str) -> bool:
    """Whether a Markdown text comes out as nothing that a learner could see or hear."""
    if any(text[start:end].strip() for start, end in shown(text)):
        return False
    return not media_links(text)


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

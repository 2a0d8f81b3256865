"""What rules ask of the files in the media folder: whether they lie in it, and what their first bytes say."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from ankigen.lint.near import Names
from ankigen.source.markdown import PICTURES, SOUNDS, prose


class Format(NamedTuple):
    """A format of files: what a sentence calls it, and the endings its files have that Anki can show."""

    name: str
    endings: tuple[str, ...] = ()


_PNG = Format("a PNG", ("png",))
_JPEG = Format("a JPEG", ("jpg", "jpeg"))
_GIF = Format("a GIF", ("gif",))
_WEBP = Format("a WebP picture", ("webp",))
_AVIF = Format("an AVIF picture", ("avif",))
_SVG = Format("an SVG", ("svg",))
_MP3 = Format("an MP3", ("mp3",))
_OGG = Format("an Ogg file", ("ogg", "opus"))
_FLAC = Format("a FLAC file", ("flac",))
_WAV = Format("a WAV file", ("wav",))
_MP4 = Format("an MP4 file", ("mp4", "m4a"))
_WEBM = Format("a WebM file", ("webm",))
WEB_PAGE = Format("a web page")
# Where a file begins with the one or the other, it is of this format. The last ones are none that Anki shows:
# they are what is most often found under a wrong ending.
_SIGNATURES = (
    (rb"\x89PNG\r\n\x1a\n", _PNG),
    (rb"\xff\xd8\xff", _JPEG),
    (rb"GIF8[79]a", _GIF),
    (rb"RIFF.{4}WEBP", _WEBP),
    (rb"RIFF.{4}WAVE|RF64.{4}WAVE", _WAV),
    (rb".{4}ftyp.{0,60}avi[fs]", _AVIF),
    (rb".{4}ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)", Format("a HEIC picture")),
    (rb".{4}ftyp", _MP4),
    # A tag, or the first frame of sound: the bits that mark it, then version, layer, bit rate and sampling rate.
    (rb"ID3|\xff[\xe2-\xe5\xf2-\xf5\xfa-\xfd][\x00-\xef]", _MP3),
    (rb"OggS", _OGG),
    (rb"fLaC", _FLAC),
    (rb"\x1aE\xdf\xa3(?!.{0,60}matroska)", _WEBM),
    (rb"\x1aE\xdf\xa3", Format("a Matroska film")),
    (rb"\xff[\xf0\xf1\xf8\xf9]", Format("an AAC sound")),
    (rb"BM.{4}\x00{4}", Format("a BMP picture")),
    (rb"II\*\x00|MM\x00\*", Format("a TIFF picture")),
    (rb"%PDF", Format("a PDF")),
    (rb"PK\x03\x04", Format("a ZIP archive")),
    (rb"\x1f\x8b", Format("compressed with gzip")),
)
_PATTERNS = [(re.compile(pattern, re.DOTALL), format) for pattern, format in _SIGNATURES]
# What may stand before the first element of an XML file; what the bytes that were read cut off is let pass.
_PROLOGUE = re.compile(
    r"(?:\s|<\?.*?(?:\?>|\Z)|<!--.*?(?:-->|\Z)|<!DOCTYPE[^\[>]*(?:\[.*?(?:\]\s*>|\Z)|>|\Z))*+",
    re.DOTALL | re.IGNORECASE,
)
_SVG_ROOT = re.compile(r"<(?:[\w.-]+:)?svg[\s/>]")
_HTML_START = re.compile(r"\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_READ = 4096


def format_of(file: Path) -> Format | None:
    """The format that a file's first bytes show; None where they show none that is known. Raises OSError."""
    with file.open("rb") as opened:
        head = opened.read(_READ)
    for pattern, format in _PATTERNS:
        if pattern.match(head):
            return format
    text = head.decode("utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig", "replace")
    if _HTML_START.match(text):
        return WEB_PAGE
    before = _PROLOGUE.match(text)
    at = before.end() if before else 0
    return _SVG if _SVG_ROOT.match(text, at) or (at == len(text) and len(head) == _READ) else None


def leaves(root: Path, path: str) -> bool:
    """Whether a file below the root, by its path from there, is a link that leads out of it."""
    return not Path(os.path.realpath(root / path)).is_relative_to(os.path.realpath(root))


@lru_cache(maxsize=1)
def _folded(names: frozenset[str]) -> dict[str, str]:
    return {name.casefold(): name for name in sorted(names, reverse=True)}


@lru_cache(maxsize=1)
def _names(names: frozenset[str]) -> Names:
    return Names(names)


@lru_cache(maxsize=1)
def _by_file_name(names: frozenset[str]) -> dict[str, str]:
    return {name.rpartition("/")[2].casefold(): name for name in sorted(names, reverse=True)}


def same_file_name(path: str, names: frozenset[str]) -> str:
    """The file of the media folder that has the last part of a path, of any system, as its name; or nothing."""
    return _by_file_name(names).get(re.split(r"[/\\]", path)[-1].casefold(), "")


@lru_cache(maxsize=1024)
def nearest(name: str, names: frozenset[str]) -> str:
    """The file of the media folder that a name which is none may mean; empty where it is near none.

    It differs by case alone, or by its folder, or by a few characters.
    """
    if other := _folded(names).get(name.casefold()):
        return other
    if other := same_file_name(name, names):
        return other
    return _names(names).nearest(name, cutoff=0.75)


_SPACED = re.compile(
    rf"!\[[^\]\n]*\]\(([^()<>\"\n]*[^()<>\"\s] [^()<>\"\n]*\.(?:{'|'.join(PICTURES + SOUNDS)}))\)", re.IGNORECASE
)


def spaced(text: str) -> Iterator[re.Match[str]]:
    """What is meant as a picture or a sound and is none, since its name has a space and no angle brackets.

    The first group is the name.
    """
    if "![" in text:
        for match in _SPACED.finditer(prose(text)):
            if text[: match.start()][-1:] != "\\":
                yield match

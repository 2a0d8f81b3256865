"""What the first bytes of a file say it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ankigen.lint.media import format_of
from ankigen.source.markdown import PICTURES, SOUNDS
from tests.conftest import DATA

FTYP = b"\0\0\0\x20ftyp"


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "png"), (b"\xff\xd8\xff\xe1\0\0Exif", "jpg"), (b"GIF87a", "gif"),
        (b"GIF89a", "gif"), (b"RIFF\n\0\0\0WEBPVP8 ", "webp"), (FTYP + b"avif\0\0\0\0avif", "avif"),
        (FTYP + b"mif1\0\0\0\0mif1avif", "avif"), (b"RIFF\n\0\0\0WAVEfmt ", "wav"), (b"ID3\x04\0", "mp3"),
        (b"\xff\xfb\x90\x64", "mp3"), (b"\xff\xf3\x40\xc0", "mp3"), (b"\xff\xe3\x18\xc4", "mp3"),
        (b"OggS\0\2", "ogg"), (b"fLaC\0", "flac"), (FTYP + b"isom\0\0\2\0", "mp4"), (FTYP + b"M4A \0", "mp4"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\x82\x84webm", "webm"), (b"<svg/>", "svg"), (b"\xef\xbb\xbf<svg >", "svg"),
        ("\ufeff<svg\n>".encode("utf-16-le"), "svg"), ("\ufeff<s:svg>".encode("utf-16-be"), "svg"),
        (b'<?xml version="1.0"?>\r\n<!--<html>--><?x y?>\n<!DOCTYPE svg><svg>', "svg"),
        (b'<!DOCTYPE svg PUBLIC "a" "b" [<!ENTITY c "]d"> ]>\n<svg>', "svg"),
        # The root lies further on than is read.
        (b"<!--" + b"x" * 5000 + b"--><svg/>", "svg"), (b"<!--x-->" * 1000 + b"<svg/>", "svg"),
    ],
)  # fmt: skip
def test_what_anki_shows(content: bytes, ending: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(content)
    format = format_of(tmp_path / "x")
    assert format is not None
    assert format.endings[0] == ending
    assert set(format.endings) <= {*PICTURES, *SOUNDS}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (FTYP + b"heic", "a HEIC picture"), (b"\x1aE\xdf\xa3\x9fB\x82\x88matroska", "a Matroska film"),
        (b"\xff\xf1\x50\x80", "an AAC sound"), (b"BM\1\2\3\4\0\0\0\0\0", "a BMP picture"),
        (b"MM\0*", "a TIFF picture"), (b"%PDF-1.7", "a PDF"), (b"PK\3\4", "a ZIP archive"),
        (b"\x1f\x8b\x08", "compressed with gzip"), (b"\n<!doctype html>", "a web page"), (b"<HTML>", "a web page"),
    ],
)  # fmt: skip
def test_what_anki_does_not_show(content: bytes, name: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(content)
    format = format_of(tmp_path / "x")
    assert format is not None
    assert (format.name, format.endings) == (name, ())


@pytest.mark.parametrize(
    "content",
    [
        b"", b"x", b"\xff\xfea\0", b"<", b"<!--", b"<svgx>", b"<a><svg/></a>", b"x<svg/>", b"RIFF\0\0\0\0AVI ",
        b"\x89PNG\n\x1a\n", b"<!--x-->" * 1000 + b"<math/>", b"\xff\xfe", b"\xff\xff\xff\xff", "日本".encode(),
    ],
)  # fmt: skip
def test_what_is_unknown(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(content)
    format = format_of(tmp_path / "x")
    # What opens with comments as long as what is read may be an SVG after them.
    assert format is None or len(content) > 4096


def test_the_media_of_the_sample_decks_are_what_they_say() -> None:
    for file in (file for file in DATA.rglob("media/**/*") if file.is_file()):
        format = format_of(file)
        assert format is not None
        assert file.suffix[1:] in format.endings

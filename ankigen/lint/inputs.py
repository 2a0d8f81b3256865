"""What the findings in a content root depend on, as digests: by them the cache knows what it has seen before.

A file's findings depend on the file, on deck.yaml, on the flags, on the program, and on the media folder where the
file may show something of it. Those of the root depend on all of its files besides. What a file's notes are in
deck.lock is asked when an entry is found, since a build changes it in few places.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ankigen import __version__
from ankigen.lint.cache import digest
from ankigen.lint.settings import Flags
from ankigen.lock import LOCK_FILE
from ankigen.markup import MEDIA_SIGNS
from ankigen.model import Deck
from ankigen.source.discover import NoContentError, RootFiles, Target
from ankigen.source.files import read_bytes, state_of
from ankigen.source.markdown import LINK_SIGNS
from ankigen.source.text import SourceFile

# What a file must hold to show a picture, or to speak of a file of the media folder. An escape may spell any sign.
_SHOWS = (*(sign.encode() for sign in (*MEDIA_SIGNS, *LINK_SIGNS)), b"\\")


@dataclass(frozen=True, slots=True)
class Inputs:
    """The digests of a root. `files` are those of its files; `whole` is one of everything."""

    files: Mapping[Path, bytes]
    whole: bytes
    _common: bytes
    _media: bytes
    _showing: frozenset[Path]

    def key(self, file: Path, *parts: bytes) -> bytes:
        """The key of what is known of a file: its findings, or what else the `parts` name."""
        media = self._media if file in self._showing else b""
        return digest(b"file", self._common, os.fsencode(file), self.files[file], media, *parts)


def inputs_of(target: Target, listed: RootFiles, flags: Flags, deck: Deck | None) -> Inputs:
    """Read all files of a root once. Raises NoContentError where one cannot be read."""
    files: dict[Path, bytes] = {}
    showing = []
    for file in listed.all():
        data = bytes_of(file, target.instead)
        files[file] = digest(data)
        if any(sign in data for sign in _SHOWS):
            showing.append(file)
    root = listed.root
    # A link is where it leads.
    media = digest(
        *(repr((os.fsencode(file), os.path.realpath(file), state_of(file))).encode() for file in listed.media)
    )
    common = digest(program(), repr(flags).encode(), os.fsencode(os.path.realpath(root)), files[listed.deck])
    style = deck.style if deck else None
    beside = [
        _lock(root),
        (style.text if isinstance(style, SourceFile) else repr(style)).encode(),
        *(os.fsencode(file) for file in listed.overlooked),
    ]
    every = [part for file, made in files.items() for part in (os.fsencode(file), made)]
    return Inputs(files, digest(b"root", common, media, *beside, *every), common, media, frozenset(showing))


def bytes_of(file: Path, instead: tuple[Path, bytes] | None = None) -> bytes:
    """A file's bytes, or what is read in its place. Raises NoContentError where it cannot be read."""
    if instead and instead[0] == file:
        return instead[1]
    try:
        return read_bytes(file)
    except OSError as error:
        raise NoContentError(f"{file}: cannot be read ({error.strerror})") from error


def _lock(root: Path) -> bytes:
    try:
        return digest(b"lock", read_bytes(root / LOCK_FILE))
    except OSError as error:
        return repr(error).encode()


@cache
def program() -> bytes:
    """A digest of the program: of its version, its files, and of when libraries beside it were changed last."""
    parts = [__version__, sys.version, sys.platform]
    for folder, names, files in os.walk(Path(__file__).parent.parent):
        names[:] = sorted(name for name in names if name != "__pycache__")
        for name in sorted(files):
            state = Path(folder, name).stat()
            parts.append(f"{folder}/{name} {state.st_size} {state.st_mtime_ns}")
    for path in map(Path, sys.path):
        if path.name.endswith("-packages") and path.is_dir():
            parts.append(f"{path} {path.stat().st_mtime_ns}")
    return digest("\0".join(parts).encode("utf-8", "surrogateescape"))

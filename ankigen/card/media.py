"""The pictures and sounds that cards show, under the names by which Anki knows them.

Anki keeps an old file of the same name, so that a name holds a hash of the file's content (BLAKE2b, 80 bits):
another picture is another name.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PurePosixPath


class Media:
    """A media folder, packed as far as it is asked for."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        self._folder = folder
        self._names = frozenset(names)
        self._packed: dict[str, str] = {}

    def pack(self, name: str) -> str | None:
        """The packed name of a file of the folder; None where there is no such file."""
        if name not in self._names:
            return None
        if name not in self._packed:
            self._packed[name] = packed_name(name, (self._folder / name).read_bytes())
        return self._packed[name]

    def files(self) -> dict[str, Path]:
        """What was asked for: the files by their packed names, in the order of these."""
        return {
            packed: self._folder / name for name, packed in sorted(self._packed.items(), key=lambda item: item[1])
        }


def packed_name(name: str, content: bytes) -> str:
    """A name of the file's own stem and a hash of its content, with characters that every system takes.

    The stem is cut to 60 bytes, because Anki cuts a name to 120, and would cut the hash.
    """
    path = PurePosixPath(unicodedata.normalize("NFC", name))
    stem = re.sub(r"[^\w-]+", "-", path.stem).strip("-_").encode()[:60].decode(errors="ignore") or "media"
    digest = hashlib.blake2b(content, digest_size=10).hexdigest()
    return f"{stem}-{digest}{path.suffix.lower()}"

"""The files that findings speak of, read again where someone wants to see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ankigen.lint.cache import digest
from ankigen.lint.read import source_of
from ankigen.source.files import read_bytes
from ankigen.source.text import SourceFile

_FEW = 8


class Sources(Mapping[str, SourceFile]):
    """The files that findings speak of, by their paths, each as it was when it was read.

    They are read again when they are asked for: few are, and all together they may be large. One that has changed
    since is not there any more.
    """

    def __init__(self, digests: Mapping[str, bytes], held: Mapping[str, SourceFile]) -> None:
        self._digests = digests
        self._held = dict(held)
        self._last: dict[str, SourceFile] = {}

    @staticmethod
    def joined(several: Iterable[Sources]) -> Sources:
        """All that there are in any of them."""
        digests: dict[str, bytes] = {}
        held: dict[str, SourceFile] = {}
        for each in several:
            digests |= each._digests
            held |= each._held
        return Sources(digests, held)

    def having(self, source: SourceFile) -> Sources:
        """With one more."""
        return Sources(self._digests, {**self._held, source.path: source})

    def __getitem__(self, path: str) -> SourceFile:
        for known in (self._held, self._last):
            if path in known:
                return known[path]
        if len(self._last) >= _FEW:
            self._last.clear()  # findings are shown file by file
        return self._last.setdefault(path, self._read(path))

    def __iter__(self) -> Iterator[str]:
        return iter({**self._digests, **self._held})

    def __len__(self) -> int:
        return len(self._digests.keys() | self._held.keys())

    def _read(self, path: str) -> SourceFile:
        wanted = self._digests[path]
        try:
            data = read_bytes(Path(path))
        except OSError:
            raise KeyError(path) from None
        if digest(data) != wanted:
            raise KeyError(path)
        return source_of(Path(path), data)[0]

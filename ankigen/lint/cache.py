"""What was found and made before, kept on the disk: the same input is not judged twice.

A database of SQLite in the user's folder for caches. An entry is known by a digest of all that it depends on, so
that it is never out of date, and several runs may write the same at once. It holds no more than a digest of itself
and pickled records, of which only this program's own classes are taken up. Whatever is wrong with an entry, with
the file or with the folder (damaged, foreign, full, read-only, locked for long), the run goes on without it.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

MEMORY = Path(":memory:")
"""In the place of a folder: the entries are held in memory, and go with the cache."""
FOLDER_VARIABLE = "ANKIGEN_CACHE_DIR"
"""The variable of the environment that names another folder."""
_FILE = "entries-1.sqlite"
_MOST_BYTES = 512 * 1024 * 1024
"""The size above which the entries go that were not used for longest."""
_PATIENCE = 10
"""How many seconds another run may write before this one goes on without the cache."""
_AT_ONCE = 200  # entries, in one question and in one transaction
_DAY = 86_400


def digest(*parts: bytes) -> bytes:
    """A digest of some parts (128 bits of BLAKE2b); where one ends is part of it."""
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        made.update(len(part).to_bytes(8, "big"))
        made.update(part)
    return made.digest()


def folder() -> Path:
    """The folder of the cache, which need not be there. Raises RuntimeError where the system names none."""
    if given := os.environ.get(FOLDER_VARIABLE):
        return Path(given)
    from platformdirs import user_cache_path

    return user_cache_path("ankigen", appauthor=False)


def clear(place: Path) -> int:
    """Delete the cache in a folder; gives the number of bytes that were freed. Raises OSError."""
    freed = 0
    for ending in ("", "-wal", "-shm", "-journal"):
        file = place / (_FILE + ending)
        if file.exists():
            freed += file.stat().st_size
            file.unlink()
    with suppress(OSError):
        place.rmdir()  # other files in it are not ours
    return freed


def dump(value: Any) -> bytes:
    """A value as an entry holds it."""
    return pickle.dumps(value, protocol=5)


class Cache:
    """The entries in a folder, or none where it is None or cannot be used. Close it at the end."""

    def __init__(self, place: Path | None, most: int = _MOST_BYTES) -> None:
        self._most = most
        self._today = int(time.time()) // _DAY
        self._new: dict[bytes, bytes] = {}
        self._used: list[bytes] = []
        self._database: sqlite3.Connection | None = None
        if place is not None:
            self._guarded(lambda: self._open(place))

    def __bool__(self) -> bool:
        """Whether anything can be kept."""
        return self._database is not None

    def get(self, keys: Iterable[bytes]) -> Iterator[tuple[bytes, Any]]:
        """The entries that there are, by their keys."""
        left = iter(keys)
        while some := list(islice(left, _AT_ONCE)):
            for key, day, value in self._guarded(partial(self._rows, some)) or ():
                if (entry := _load(value)) is not _MISS:
                    if day != self._today:
                        self._used.append(key)
                    yield key, entry

    def put(self, key: bytes, dumped: bytes) -> None:
        """Keep what `dump` made of a value."""
        if self._database is not None:
            self._new[key] = digest(dumped) + dumped
            if len(self._new) >= _AT_ONCE:
                self._guarded(self._write)

    def flush(self) -> None:
        """Write what is left, and keep the size in bounds."""
        self._guarded(self._write)
        self._guarded(self._trim)

    def close(self) -> None:
        """Write what is left, and end."""
        self.flush()
        if self._database is not None:
            self._guarded(self._database.close)
            self._database = None

    def _guarded(self, action: Any) -> Any:
        """What an action gives; None, and no cache from then on, where the database does not let it."""
        import sqlite3

        try:
            return action()
        except (sqlite3.Error, OSError):
            if self._database is not None:
                with suppress(sqlite3.Error):
                    self._database.close()
            self._database = None
            return None

    def _open(self, place: Path) -> None:
        import sqlite3

        if place == MEMORY:
            self._database = _connected(place)
            return
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = place / _FILE
        try:
            self._database = _connected(file)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            # Damaged, or no database at all: another is begun.
            clear(place)
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._database = _connected(file)

    def _rows(self, keys: list[bytes]) -> list[tuple[bytes, int, bytes]]:
        if self._database is None:
            return []
        places = ",".join("?" * len(keys))
        return self._database.execute(
            f"SELECT key, used, value FROM entries WHERE key IN ({places})", keys
        ).fetchall()

    def _write(self) -> None:
        if self._database is None or not (self._new or self._used):
            return
        with self._database:
            self._database.executemany(
                "INSERT OR REPLACE INTO entries VALUES (?, ?, ?)",
                ((key, self._today, value) for key, value in self._new.items()),
            )
            self._database.executemany(
                "UPDATE entries SET used = ? WHERE key = ?", ((self._today, key) for key in self._used)
            )
        self._new.clear()
        self._used.clear()

    def _trim(self) -> None:
        if self._database is None or self._size() <= self._most:
            return
        with self._database:
            # Down to three quarters, so that this is seldom.
            over = self._size() - self._most * 3 // 4
            oldest = self._database.execute(
                "SELECT rowid, length(value) FROM entries ORDER BY used, rowid"
            ).fetchall()
            for number, size in oldest:
                if over <= 0:
                    break
                self._database.execute("DELETE FROM entries WHERE rowid = ?", (number,))
                over -= size

    def _size(self) -> int:
        """How many bytes the entries take; pages that are free are used again."""
        assert self._database is not None
        pages, free, size = (
            self._database.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)


def _connected(file: Path) -> sqlite3.Connection:
    import sqlite3

    database = sqlite3.connect(file, timeout=_PATIENCE)
    # A run that is killed, or a machine that loses its power, costs no more than the last entries.
    with suppress(sqlite3.OperationalError):
        database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    with database:
        database.execute(
            "CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, used INTEGER NOT NULL, value BLOB NOT NULL)"
        )
        database.execute("SELECT key, used, value FROM entries LIMIT 1").fetchone()
    return database


_MISS = object()


def _load(entry: object) -> Any:
    """The value of an entry, or `_MISS` where it is damaged or foreign."""
    if not isinstance(entry, bytes) or digest(entry[16:]) != entry[:16]:
        return _MISS
    try:
        return _Unpickler(io.BytesIO(entry[16:])).load()
    except Exception:  # whatever a pickle that is not ours may raise
        return _MISS


class _Unpickler(pickle.Unpickler):
    """Takes up this program's own records, and nothing that could act."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        if module.partition(".")[0] == "ankigen":
            __import__(module)
            found = getattr(sys.modules[module], name)
            # What a module of ours has imported from elsewhere is none of ours.
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no record of ours")


_PLAIN = frozenset([("array", "array"), ("array", "_array_reconstructor"), ("builtins", "frozenset")])

"""A deck's lock, read once for the rules that compare the content with it, and for the build."""

from __future__ import annotations

from pathlib import Path

from ankigen.diagnostic import Span
from ankigen.lock import LOCK_FILE, Lock, LockError, parse
from ankigen.source.files import MAX_BYTES, read_bytes
from ankigen.source.text import SourceFile


def load_lock(root: Path) -> Lock | LockError | None:
    """The lock of a content root, or what is wrong with it; None where there is none."""
    file = root / LOCK_FILE
    try:
        data = read_bytes(file)
    except FileNotFoundError:
        return None
    except OSError as error:
        return _unusable(file, f"{LOCK_FILE} cannot be read ({error.strerror})")
    if len(data) > MAX_BYTES:
        return _unusable(file, f"{LOCK_FILE} has more than {MAX_BYTES // 2**20} MiB")
    try:
        return parse(SourceFile(file.as_posix(), data.decode("utf-8-sig"), file))
    except UnicodeDecodeError:
        return _unusable(file, f"{LOCK_FILE} is not a text file")
    except LockError as error:
        return error


def _unusable(file: Path, message: str) -> LockError:
    source = SourceFile(file.as_posix(), "", file)
    return LockError(message, source.location(Span(0, 0)), source)

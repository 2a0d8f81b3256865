"""Files read with care, and written all at once or not at all."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

MAX_BYTES = 64 * 1024 * 1024
"""The size, in bytes, above which a content file is refused."""


def read_bytes(file: Path, most: int = MAX_BYTES) -> bytes:
    """A file's bytes, of one of more than `most` only so many that this is seen. Raises OSError.

    What was a file when it was listed may be a pipe or a device when it is opened: that is not waited for.
    """
    with open(file, "rb", opener=_at_once) as opened:
        if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is a pipe or a device", str(file))
        return opened.read(most + 1)


State: TypeAlias = tuple[int, ...]
"""What tells a file from what it was before; nothing where there is none."""


def state_of(file: Path) -> State:
    """What tells whether a file is another than before, without reading it: its time, size, number and mode."""
    try:
        state = file.stat()
    except OSError:
        return ()
    return state.st_mtime_ns, state.st_size, state.st_ino, state.st_mode


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


@dataclass(frozen=True, slots=True)
class Draft:
    """What will stand in the place of a file, under another name beside it: `keep` puts it there.

    Who reads `file` meanwhile sees the old bytes or the new. What is not kept is to be dropped.
    """

    file: Path
    temporary: Path

    def keep(self) -> None:
        """Put it in the file's place. Raises OSError."""
        self.temporary.replace(os.path.realpath(self.file))

    def drop(self) -> None:
        """Delete it, unless it is in its place already."""
        with suppress(OSError):
            self.temporary.unlink()


def draft(file: Path) -> Draft:
    """An empty draft for a file, with the owner and the permissions that the file has.

    A link stays a link. Raises OSError, also where the file may not be written, or has other names (hard links),
    which would go on to hold the old bytes.
    """
    target = Path(os.path.realpath(file))
    old = target.stat() if target.exists() else None
    if old and not stat.S_ISREG(old.st_mode):
        raise OSError(errno.EINVAL, "it is no ordinary file", str(file))
    if old and old.st_nlink > 1:
        raise OSError(errno.EMLINK, "it has another name, a hard link, which would keep the old text", str(file))
    if old and not os.access(target, os.W_OK):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(file))
    # A name that is not there yet, so that nothing that someone has put there is written through.
    made = Draft(file, target.with_name(f".ankigen-{os.getpid()}-{os.urandom(4).hex()}.tmp"))
    try:
        made.temporary.touch(exist_ok=False)
        if old:
            if hasattr(os, "chown"):
                with suppress(PermissionError):
                    os.chown(made.temporary, old.st_uid, old.st_gid)
            made.temporary.chmod(stat.S_IMODE(old.st_mode))
    except BaseException:
        made.drop()
        raise
    return made


def draft_of(file: Path, data: bytes) -> Draft:
    """A draft with these bytes. Raises OSError, as `draft` does; nothing is left behind then."""
    made = draft(file)
    try:
        made.temporary.write_bytes(data)
    except BaseException:
        made.drop()
        raise
    return made


def write_bytes(file: Path, data: bytes) -> None:
    """Give a file these bytes, all at once or not at all. Raises OSError, as `draft` does."""
    made = draft_of(file, data)
    try:
        made.keep()
    finally:
        made.drop()

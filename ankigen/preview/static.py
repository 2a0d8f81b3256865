"""A site written to a folder, to be opened from there or published as it is.

The old site stands until the new one is whole. A file in the folder lists what was written: only a folder that
holds nothing else is ever replaced.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path

from ankigen.preview.site import Pages
from ankigen.source.discover import CONCEPTS, MEDIA, QUESTIONS

MARKER = ".ankigen-site"
"""The file by which a folder is known to be ours."""
_EMPTY = ".nojekyll"  # GitHub's pages leave out nothing where it is
# What systems put into folders that they show.
_DROPPINGS = frozenset([".DS_Store", "Thumbs.db", "desktop.ini"])


class SiteError(Exception):
    """A site that cannot be written; its text is one plain line for the user."""


def refuse_overlap(folder: Path, root: Path) -> None:
    """Raises SiteError where a site in this folder would stand among the content of a root, or in its place."""
    real, holding = _real(folder), _with_parents(folder)
    if any(_is_same(real, each) for each in _with_parents(root)):
        raise SiteError(f"{folder}: the deck lies in this folder, which a site would replace; name another one")
    for name in (CONCEPTS, QUESTIONS, MEDIA):
        place = _real(root / name)
        if any(_is_same(each, place) for each in holding):
            raise SiteError(f"{folder}: this lies among the deck's own files; name a folder outside {root / name}")


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _with_parents(folder: Path) -> tuple[Path, ...]:
    real = _real(folder)
    return (real, *real.parents)


def _is_same(one: Path, other: Path) -> bool:
    """Whether two paths without links are the same file: a disk may not care for capitals."""
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return one == other


def write(
    pages: Pages, folder: Path, changing: Callable[[Path], AbstractContextManager[None]] = lambda _: nullcontext()
) -> int:
    """Write a site to a folder, in the place of the site that was there; gives the number of its files.

    `changing` holds for the moment in which the new site takes the place of the old one. Raises SiteError; the
    folder is as it was then, as it is after an interrupt.
    """
    _refuse_others(folder)
    real = Path(os.path.realpath(folder))
    new, old = (real.with_name(f".ankigen-{os.getpid()}-{os.urandom(4).hex()}.tmp") for _ in range(2))
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        new.mkdir()
        count = _fill(new, pages)
        if real.exists():
            new.chmod(real.stat().st_mode & 0o7777)
        with changing(folder):
            _swap(real, new, old)
    except OSError as error:
        raise SiteError(f"{folder}: cannot be written ({error.strerror or error})") from None
    except RecursionError:  # of what makes the folders above it
        raise SiteError(f"{folder}: cannot be written (it lies in too many folders)") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return count


def _refuse_others(folder: Path) -> None:
    """Raises SiteError where something is in the folder that is no site of ours."""
    try:
        if not os.path.lexists(folder):
            return
        if not folder.is_dir():
            raise SiteError(f"{folder}: cannot be written (it is no folder)")
        if not os.access(folder, os.W_OK):
            raise SiteError(f"{folder}: cannot be written ({os.strerror(errno.EACCES)})")
        if not any(folder.iterdir()):
            return
        own = _listed(folder)
        if own is None:
            raise SiteError(
                f"{folder}: this folder is not empty, and no site that we have written; name another one"
            )
        for name in _files(folder):
            if name not in own and name.rpartition("/")[2] not in _DROPPINGS:
                raise SiteError(f"{folder}: `{name}` is not of the site, and would be lost; move it elsewhere")
    except OSError as error:
        raise SiteError(f"{folder}: cannot be read ({error.strerror or error})") from None


def _listed(folder: Path) -> frozenset[str] | None:
    """What we have written to a folder; None where it is none of ours."""
    try:
        names = json.loads((folder / MARKER).read_bytes())
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    return frozenset([*names, MARKER])


def _files(folder: Path) -> Iterator[str]:
    """Whatever is in a folder and is no folder itself, by its path in it. Raises OSError."""

    def fail(error: OSError) -> None:
        raise error

    for here, names, files in os.walk(folder, onerror=fail):
        for file in (Path(here) / name for name in sorted([*files, *names])):
            if file.is_symlink() or not file.is_dir():
                yield file.relative_to(folder).as_posix()


def _fill(folder: Path, pages: Pages) -> int:
    """Write all files; gives their number. Raises OSError, and SiteError where a page cannot be had."""
    names = sorted(pages.paths())
    made: set[Path] = set()
    for name in names:
        file = folder / name
        if not file.parent.is_relative_to(folder) or ".." in Path(name).parts:
            raise SiteError(f"{name}: a file of this name has no place in a site; rename it")
        if file.parent not in made:
            file.parent.mkdir(parents=True, exist_ok=True)
            made.add(file.parent)
        try:
            page = pages.page(name)
        except OSError as error:
            raise SiteError(f"{error.filename or name}: cannot be read ({error.strerror or error})") from None
        if page is None:
            raise SiteError(f"{name}: is gone; the deck changes while its site is written, so try again")
        file.write_bytes(page.body)
    (folder / _EMPTY).write_bytes(b"")
    (folder / MARKER).write_bytes(f"{json.dumps([*names, _EMPTY], indent=0)}\n".encode())
    return len(names)


def _swap(folder: Path, new: Path, old: Path) -> None:
    """Put the new folder in the place of the old one, or leave all as it was. Raises OSError."""
    if not folder.exists():
        new.rename(folder)
        return
    folder.rename(old)
    try:
        new.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    with suppress(OSError):
        shutil.rmtree(old)

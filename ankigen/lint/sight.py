"""What a check reads, seen from outside: by it a watch knows that there is something new to check.

No file is read for that but deck.yaml, which names the style file: a file that has changed has another time, size,
number or mode. It is the linter's own list of files, so that what the linter passes over is passed over here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from ankigen.lint.inputs import bytes_of
from ankigen.lint.read import document_of, source_of
from ankigen.lock import LOCK_FILE
from ankigen.source.discover import NoContentError, files_of, find_targets
from ankigen.source.files import State, state_of
from ankigen.validate import FileKind


@dataclass(frozen=True, slots=True)
class Sight:
    """The files that a check of some paths reads, with the state of each, and the folders that they lie in.

    `trouble` says in words why they could not be listed; there are no files then. The folders do not count where
    two are compared.
    """

    files: Mapping[Path, State]
    folders: frozenset[Path] = field(compare=False)
    trouble: str = ""

    def changed(self, later: Sight) -> list[Path]:
        """The files that are new, gone or another later on; none where the files could not be listed."""
        if self.trouble or later.trouble:
            return []
        every = self.files.keys() | later.files.keys()
        return sorted(file for file in every if self.files.get(file) != later.files.get(file))

    def taking(self, later: Sight, written: Iterable[Path]) -> Sight:
        """This, but for the files that we have written ourselves: those as they are later on."""
        own = {os.path.realpath(file) for file in written}
        names = {Path(file).name for file in own}
        new = {
            file: state
            for file, state in later.files.items()
            if file.name in names and os.path.realpath(file) in own
        }
        return replace(self, files={**self.files, **new})


def look(paths: Iterable[Path], beside: Iterable[Path] = ()) -> Sight:
    """What a check of these paths, and of files `beside` the content, would read now."""
    paths, beside = list(paths), list(beside)
    try:
        listed = [files_of(target.root) for target in find_targets(paths)]
    except (NoContentError, OSError) as error:
        # Whatever mends it, a folder that is there yet will tell, or one of the looks that are taken anyway.
        return Sight({}, frozenset(folder for path in paths if (folder := _nearest(path))), str(error))
    files = {file: state_of(file) for file in beside}
    folders = {file.parent for file in beside}
    for root in listed:
        files |= {file: state_of(file) for file in (*root.all(), *root.media, root.root / LOCK_FILE)}
        # They are not read. That they are there is what matters.
        files |= dict.fromkeys(root.overlooked, ())
        folders |= set(root.folders)
        if style := _style(root.deck, files[root.deck]):
            files[style] = state_of(style)
            folders.add(style.parent)
    return Sight(files, frozenset(folder for folder in folders if folder.is_dir()))


def _nearest(path: Path) -> Path | None:
    """The folder at or above a path that is there."""
    return next((folder for folder in (path, *path.absolute().parents) if folder.is_dir()), None)


@lru_cache(maxsize=64)
def _style(deck: Path, state: State) -> Path | None:
    """The style file that a deck.yaml in this state names."""
    try:
        source, problems = source_of(deck, bytes_of(deck))
    except NoContentError:
        return None
    document = document_of(source, problems, FileKind.DECK)
    name = document.data.get("cards", {}).get("css") if document else None
    return deck.parent / name if name else None

"""Which files are content: the roots below a path, and the files of a root.

A folder with a `deck.yaml` is a content root. What `.gitignore` files leave out, and folders whose name
begins with a dot, are left out here too. Everything is listed in the order of its path, so that two
machines see the same.
"""

from __future__ import annotations

import contextlib
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

DECK_FILE = "deck.yaml"
CONCEPTS, QUESTIONS, MEDIA = "concepts", "questions", "media"
_YAML = (".yaml", ".yml")
# What an editor on Windows makes of them, where the endings of names are hidden.
_AS_TEXT = tuple(f"{ending}.txt" for ending in _YAML)
# What deck.yaml is called by mistake, in capital or small letters.
_MISNAMED = frozenset(["deck.yaml", "deck.yml", "deck.yaml.txt", "deck.yml.txt", "deck.yaml.yaml"])
_MOST_STARS = 6
NOT_CONTENT = (
    "this is no content file: those are deck.yaml, what ends in .yaml in concepts/ and questions/, and media/; "
    "hidden files and what .gitignore leaves out are not read"
)
"""What to say of a file that the user names and that is not read."""


class NoContentError(Exception):
    """A path that holds no content, or none that may be read; its text is one plain line for the user."""


@dataclass(frozen=True, slots=True)
class Target:
    """A content root to work on, and the paths in it that the user named (none: all of it).

    `instead` is what is read in the place of a file: its path, and the bytes.
    """

    root: Path
    only: tuple[Path, ...] = ()
    instead: tuple[Path, bytes] | None = None


@dataclass(frozen=True, slots=True)
class RootFiles:
    """The content files of a root, each list in the order of the paths.

    `overlooked` are files that are not read and may be meant to be: YAML beside deck.yaml, what lies in a folder
    whose name is nearly one of the three, or in one directly below that, and YAML that is named as text.
    `folders` are those in which all of these were looked for.
    """

    root: Path
    deck: Path
    concepts: tuple[Path, ...]
    questions: tuple[Path, ...]
    media: tuple[Path, ...]
    overlooked: tuple[Path, ...]
    folders: tuple[Path, ...]

    def all(self) -> tuple[Path, ...]:
        """Every file that holds YAML: deck.yaml, then the concepts', then the questions'."""
        return (self.deck, *self.concepts, *self.questions)

    def having(self, file: Path) -> RootFiles:
        """With a file that may not be on the disk yet. Raises NoContentError where it would not be read."""
        if file in self.all():
            return self
        first, *others = file.relative_to(self.root).parts
        if others and file.name.lower().endswith(_YAML) and not any(part.startswith(".") for part in others):
            key = _in_order(self.root)
            if first == CONCEPTS:
                return replace(self, concepts=tuple(sorted((*self.concepts, file), key=key)))
            if first == QUESTIONS:
                return replace(self, questions=tuple(sorted((*self.questions, file), key=key)))
        raise NoContentError(f"{file}: {NOT_CONTENT}")


def meant_folder(name: str) -> str:
    """Which of the three folders a folder's name is nearly, or nothing."""
    near = get_close_matches(name.casefold(), (CONCEPTS, QUESTIONS, MEDIA), n=1, cutoff=0.8)
    return near[0] if near and near[0] != name else ""


def find_targets(paths: Iterable[Path]) -> list[Target]:
    """The content roots that some paths mean: those at or below a folder, else the one that holds the path.

    Raises NoContentError where a path does not exist or means no root.
    """
    # By their real paths, so that a root with two names is one; shown by the name that came first.
    names: dict[str, Path] = {}
    whole: set[str] = set()
    parts: dict[str, list[Path]] = {}
    for path in paths:
        if not path.exists():
            raise NoContentError(f"{path}: there is no such file or folder")
        below = _roots_below(path) if path.is_dir() else []
        for root in below:
            names.setdefault(os.path.realpath(root), root)
            whole.add(os.path.realpath(root))
        if below:
            continue
        above = _root_above(path)
        if above is None:
            raise NoContentError(_no_root(path))
        names.setdefault(os.path.realpath(above), above)
        parts.setdefault(os.path.realpath(above), []).append(path)
    targets = [Target(root, () if real in whole else tuple(parts[real])) for real, root in names.items()]
    return sorted(targets, key=lambda target: target.root)


def target_of_text(path: Path, data: bytes) -> Target:
    """The content root that holds a file, whose text is given and need not be on the disk.

    Raises NoContentError where it lies in none.
    """
    above = _root_above(path, exists=False)
    if above is None:
        raise NoContentError(f"{path}: neither its folder nor any above it has a {DECK_FILE}")
    file = above / os.path.relpath(real_path(path), os.path.realpath(above))
    return Target(above, (file,), (file, data))


def real_path(file: Path) -> Path:
    """Where a file lies once the links in its folder's path are followed; the file's own name stays."""
    return Path(os.path.realpath(file.parent), file.name)


def _no_root(path: Path) -> str:
    if path.is_file():
        return f"{path}: neither its folder nor any above it has a {DECK_FILE}"
    try:
        names = sorted(file.name for file in path.iterdir() if file.is_file())
    except OSError:
        names = []
    for name in names:
        if name.lower() in _MISNAMED:
            return f"{path}: a deck is described in {DECK_FILE}; rename {name}"
    return f"{path}: there is no {DECK_FILE} in this folder or below it"


def _roots_below(folder: Path) -> list[Path]:
    return [Path(found) for found, _, files in _walk(folder) if DECK_FILE in files]


def _root_above(path: Path, *, exists: bool = True) -> Path | None:
    # The path as it was given is kept where it can be: it is what the reports show.
    folder = path if exists and path.is_dir() else path.parent
    if (folder / DECK_FILE).is_file():
        return folder
    real = Path(os.path.realpath(folder))
    for above in real.parents:
        if (above / DECK_FILE).is_file():
            return above if path.is_absolute() else Path(os.path.relpath(above))
    return None


def files_of(root: Path) -> RootFiles:
    """List a root's content files.

    A root inside this one is its own, and is left out. Raises NoContentError where a file is a link that
    leads nowhere, or out of the root: content is not trusted to choose what is read.
    """
    concepts: list[Path] = []
    questions: list[Path] = []
    media: list[Path] = []
    overlooked: list[Path] = []
    folders: list[Path] = []
    top = Path(os.path.realpath(root))
    inner: list[Path] = []
    for folder, names, files in _walk(root):
        here = Path(folder)
        if here != root and DECK_FILE in files:
            inner.append(here)
        if any(here.is_relative_to(other) for other in inner):
            names.clear()
            continue
        folders.append(here)
        parts = here.relative_to(root).parts
        if not parts:
            # Only the three folders matter, and what may be meant to be one, however large the rest is.
            near = [name for name in names if meant_folder(name) and _can_list(here / name)]
            names[:] = [name for name in names if name in (CONCEPTS, QUESTIONS, MEDIA)]
        elif parts[0] not in (CONCEPTS, QUESTIONS, MEDIA):
            # Content lies in the folder or in one below it; no deeper, however large it is.
            names[:] = [name for name in names if len(parts) == 1 and _can_list(here / name)]
            overlooked += [here / name for name in files if not (here / name).is_symlink()]
            continue
        for name in names:
            if (here / name).is_symlink():
                raise NoContentError(
                    f"{here / name}: this folder is a link, and is not followed; put the files there"
                )
        if not parts:
            names += near
            overlooked += [
                here / name
                for name in files
                if name != DECK_FILE
                and name.lower().endswith((*_YAML, *_AS_TEXT))
                and not (here / name).is_symlink()
            ]
            continue
        for name in files:
            file = here / name
            if parts[0] == MEDIA:
                if file.is_file():
                    media.append(file)
            elif name.lower().endswith(_YAML):
                (concepts if parts[0] == CONCEPTS else questions).append(_inside(file, top))
            elif name.lower().endswith(_AS_TEXT) and not file.is_symlink():
                overlooked.append(file)
    key = _in_order(root)
    return RootFiles(
        root,
        _inside(root / DECK_FILE, top),
        tuple(sorted(concepts, key=key)),
        tuple(sorted(questions, key=key)),
        tuple(sorted(media, key=key)),
        tuple(sorted(overlooked, key=key)),
        tuple(folders),
    )


def _inside(file: Path, top: Path) -> Path:
    if file.is_symlink() and not file.exists():
        raise NoContentError(f"{file}: this link leads nowhere")
    if file.is_symlink() and not Path(os.path.realpath(file)).is_relative_to(top):
        raise NoContentError(f"{file}: this link leads out of the content root, and is not followed")
    return file


def _in_order(root: Path) -> Callable[[Path], tuple[str, ...]]:
    return lambda file: file.relative_to(root).parts


def _walk(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """`os.walk`, in order, without hidden folders and what .gitignore leaves out. Links are not entered."""
    ignored = _Ignored(folder)
    for here, names, files in os.walk(folder, onerror=_cannot_list):
        ignored.enter(here, files)
        names[:] = sorted(
            name for name in names if not name.startswith(".") and not ignored(os.path.join(here, name) + "/")
        )
        yield (
            here,
            names,
            sorted(
                name
                for name in files
                if not name.startswith(".")
                and (os.path.isfile(os.path.join(here, name)) or os.path.islink(os.path.join(here, name)))
                and not ignored(os.path.join(here, name))
            ),
        )


def _can_list(folder: Path) -> bool:
    return os.access(folder, os.R_OK | os.X_OK)


def _cannot_list(error: OSError) -> None:
    raise NoContentError(f"{error.filename}: cannot be read ({error.strerror})") from error


class _Ignored:
    """The .gitignore files from the repository's top down; the deepest that says something decides."""

    def __init__(self, folder: Path) -> None:
        self.specs: list[tuple[str, GitIgnoreSpec]] = []
        resolved = Path(os.path.realpath(folder))
        self.folder, self.resolved = str(folder), str(resolved)
        above: list[Path] = []
        for parent in (resolved, *resolved.parents):
            if parent != resolved:
                above.append(parent)
            if (parent / ".git").exists():
                for outer in reversed(above):
                    self._add(str(outer))
                break
        if self(f"{self.folder}/"):
            self.specs.clear()  # the user named an ignored folder, and means it

    def enter(self, folder: str, files: list[str]) -> None:
        """Take in the .gitignore of a folder that is walked."""
        if ".gitignore" in files:
            self._add(self._absolute(folder))

    def __call__(self, path: str) -> bool:
        if not self.specs:
            return False
        absolute = self._absolute(path)
        for base, spec in reversed(self.specs):
            if absolute.startswith(base):
                verdict = spec.check_file(absolute[len(base) :]).include
                if verdict is not None:
                    return verdict
        return False

    def _absolute(self, path: str) -> str:
        return self.resolved + path.removeprefix(self.folder)

    def _add(self, folder: str) -> None:
        file = os.path.join(folder, ".gitignore")
        if not os.path.isfile(file):
            return  # a pipe of that name would be waited for
        try:
            with open(file, encoding="utf-8", errors="replace") as opened:
                lines = [line.rstrip("\n") for line in opened]
        except OSError:
            return
        from pathspec import GitIgnoreSpec  # only where a .gitignore is: it costs 30 ms

        patterns = []
        for line in lines:
            # Patterns become regular expressions: one that is none, or that could take for ever, is left out.
            with warnings.catch_warnings(), contextlib.suppress(ValueError, re.error):
                warnings.simplefilter("ignore")
                if line.count("*") <= _MOST_STARS:
                    GitIgnoreSpec.from_lines([line])
                    patterns.append(line)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.specs.append((folder.rstrip("/") + "/", GitIgnoreSpec.from_lines(patterns)))

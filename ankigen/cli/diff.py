"""`ankigen diff`."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from ankigen.cli.console import Stop, changing, has_colour, plural, targets_of
from ankigen.cli.lint import checked_roots

if TYPE_CHECKING:
    from ankigen.card.notes import DeckNotes
    from ankigen.changes.compare import Difference
    from ankigen.lint.engine import Checked
    from ankigen.package.read import Collection
    from ankigen.source.discover import Target
    from ankigen.source.revision import Repository

_GIT = "git:"


class DiffFormat(StrEnum):
    """The formats of a difference, by the names that the command line takes."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    HTML = "html"


def diff(
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD",
            help="What learners have: an .apkg file, a folder with a deck.yaml, or git:REVISION or "
            "git:REVISION:FOLDER for such a folder as it was.",
            show_default=False,
        ),
    ],
    new: Annotated[
        str, typer.Argument(metavar="NEW", help="What they get: the same kinds of things.", show_default=False)
    ],
    format: Annotated[DiffFormat, typer.Option("--format", help="How to write it.")] = DiffFormat.TEXT,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Write to this file, not to the terminal.", show_default=False
        ),
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with status 1 where there is a difference, as git does.")
    ] = False,
) -> int:
    """Show what changed between two releases of a deck, as a learner would notice it.

    Notes are compared by their identity in Anki, and their fields as a reader sees them. A folder is compared as
    `ankigen build` would build it.
    """
    from ankigen.changes.compare import compare

    difference = compare(_collection(old, beside=new), _collection(new, beside=old))
    if output is None:
        if format is not DiffFormat.TEXT and isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        for piece in _written(difference, old, new, format, has_colour(sys.stdout), columns):
            sys.stdout.write(piece)
    else:
        _write(output, "".join(_written(difference, old, new, format, False, None)))
    return int(exit_code and bool(difference))


def _written(
    difference: Difference, old: str, new: str, format: DiffFormat, colour: bool, columns: int | None
) -> Iterator[str]:
    from ankigen.changes.outline import outline

    match format:
        case DiffFormat.TEXT:
            from ankigen.changes.text import text

            yield from text(outline(difference, old, new), colour=colour, columns=columns)
        case DiffFormat.MARKDOWN:
            from ankigen.changes.markdown import markdown

            yield from markdown(outline(difference, old, new))
        case DiffFormat.JSON:
            from ankigen.changes.jsons import json_report

            yield json_report(difference, old, new)
        case DiffFormat.HTML:
            from ankigen.changes.page import page

            yield from page(outline(difference, old, new))


def _write(file: Path, text: str) -> None:
    from ankigen.source.files import write_bytes

    try:
        with changing(file):
            write_bytes(file, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise Stop(f"{file}: cannot be written ({error.strerror or error})") from None


def _collection(named: str, beside: str) -> Collection:
    """The release that an argument names; `beside` is the other argument."""
    if named.startswith(_GIT):
        return _revision(named, beside)
    path = Path(named)
    if path.is_dir():
        return _built(_root(path), named)
    return _read(path)


def _read(file: Path) -> Collection:
    from ankigen.package.read import PackageError, read

    try:
        return read(file)
    except PackageError as error:
        raise Stop(str(error)) from None


def _root(folder: Path) -> Target:
    """The one content root that a folder means."""
    from ankigen.source.discover import Target

    roots = list(dict.fromkeys(target.root for target in targets_of([folder])))
    if len(roots) > 1:
        raise Stop(f"{folder}: there are {_several(map(str, roots))}; name the one that is meant")
    return Target(roots[0])


def _several(roots: Iterable[str]) -> str:
    names = list(roots)
    return f"{len(names)} content roots in it, {', '.join(names[:3])}{' and others' if len(names) > 3 else ''}"


def _revision(named: str, beside: str) -> Collection:
    from tempfile import TemporaryDirectory

    from ankigen.source.discover import Target
    from ankigen.source.revision import RevisionError

    revision, _, path = named.removeprefix(_GIT).partition(":")
    try:
        repository = _repository(beside)
        commit = repository.commit(revision)
        root = _root_in(repository, commit, path, beside)
        with TemporaryDirectory(prefix="ankigen-") as folder:
            repository.extract(commit, root, Path(folder))
            return _built(Target(Path(folder)), named)
    except RevisionError as error:
        raise Stop(f"{named}: {error}") from None
    except OSError as error:
        raise Stop(f"{named}: cannot be put into a temporary folder ({error.strerror or error})") from None


def _repository(beside: str) -> Repository:
    """The repository of the other argument, if that is a folder in one, else of the working folder."""
    from ankigen.source.revision import Repository, RevisionError

    if not beside.startswith(_GIT) and Path(beside).is_dir():
        with suppress(RevisionError):
            return Repository.around(_root(Path(beside)).root)
    return Repository.around(Path())


def _root_in(repository: Repository, commit: str, path: str, beside: str) -> PurePosixPath:
    """The content root of a commit: the one named, or that of the other argument, or the only one there is."""
    from ankigen.source.revision import RevisionError

    roots = repository.roots(commit)
    path = path or (beside.removeprefix(_GIT).partition(":")[2] if beside.startswith(_GIT) else "")
    if path or repository.folder in roots:
        root = PurePosixPath(os.path.normpath(path)) if path else repository.folder
        if root not in roots:
            raise RevisionError(f"there is no {root / 'deck.yaml'} in that revision")
        return root
    below = [root for root in roots if root.is_relative_to(repository.folder)]
    above = [root for root in roots if repository.folder.is_relative_to(root)]
    found = below or above[-1:]
    if not found:
        raise RevisionError("there is no deck.yaml in that revision")
    if len(found) > 1:
        raise RevisionError(f"there are {_several(map(str, found))}; name one: git:REVISION:{found[0]}")
    return found[0]


def _built(target: Target, named: str) -> Collection:
    """A content root as `ankigen build` makes a package of it.

    An old release may break rules that are younger than it, so only those count without which there is no deck.
    """
    from ankigen.card.notes import Rendering
    from ankigen.lint.read import Making
    from ankigen.lint.settings import Flags

    making = Making("", Rendering())
    try:
        (checked,) = checked_roots([target], Flags(select=("syntax-error",)), making=making, cached=False)
        return _packed(_notes(checked, named, target), named)
    except OSError as error:
        raise Stop(f"{error.filename or named}: cannot be read ({error.strerror or error})") from None


def _notes(checked: Checked, named: str, target: Target) -> DeckNotes:
    from ankigen.card.notes import notes_of
    from ankigen.diagnostic import Severity

    errors = [diagnostic for diagnostic in checked.diagnostics if diagnostic.severity is Severity.ERROR]
    if errors or checked.deck is None:
        first = errors[0]
        file = first.location.path.removeprefix(f"{target.root.as_posix()}/")
        others = f", and {plural(len(errors) - 1, 'error')} more" if len(errors) > 1 else ""
        place = f"{file}:{first.location.start.line}"
        raise Stop(f"{named}: there is no deck to compare: {place}: {first.message} ({first.code}){others}")
    return notes_of(checked.deck, checked.made)


def _packed(content: DeckNotes, named: str) -> Collection:
    """Notes as they come out of a package, so that a folder and its package cannot differ."""
    from tempfile import TemporaryDirectory

    from ankigen.package.apkg import write
    from ankigen.package.release import ClashError, release

    with TemporaryDirectory(prefix="ankigen-") as folder:
        try:
            return _read(write(release(content, 0), Path(folder) / "deck.apkg").draft.temporary)
        except ClashError as error:
            raise Stop(f"{named}: {error}") from None

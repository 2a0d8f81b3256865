"""`ankigen build`."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ankigen.cli.console import Stop, changing, plural, progress, size
from ankigen.cli.lint import NoCache
from ankigen.cli.release import (
    Roots,
    changes,
    lock_draft,
    now_or_given,
    released,
    show_new,
    show_outdated,
    whole_roots,
)
from ankigen.source.files import Draft, write_bytes

if TYPE_CHECKING:
    from ankigen.lint.cache import Cache
    from ankigen.model import Deck
    from ankigen.package.apkg import Package
    from ankigen.package.release import Release


def build(
    roots: Roots = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Where to write the deck: an .apkg file, or a folder. Without it, <deck id>.apkg here.",
            show_default=False,
        ),
    ] = None,
    include_drafts: Annotated[
        bool,
        typer.Option(
            "--include-drafts", help="Build what has `status: draft`, too: to look at yourself, not to hand out."
        ),
    ] = False,
    locked: Annotated[
        bool,
        typer.Option(
            "--locked",
            help="For CI: build only where deck.lock is up to date; else say what is not, and write nothing.",
        ),
    ] = False,
    no_cache: NoCache = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Build anew whenever a file has changed, until Ctrl-C.")
    ] = False,
    open_it: Annotated[
        bool, typer.Option("--open", help="Hand the deck to Anki when it is built; with --watch, the first time.")
    ] = False,
) -> int:
    """Check a deck, and build the .apkg that Anki imports.

    The content is linted first, and nothing is built where it has an error. deck.lock, beside deck.yaml, is
    brought up to date: commit it, so that the next build knows which notes have changed. The time of the build is
    taken from SOURCE_DATE_EPOCH where that is set; the same content and lock then give the same bytes.
    """
    if locked and include_drafts:
        raise Stop("drafts are never in deck.lock: leave out --locked or --include-drafts")
    if not watch:
        return _build(roots, output, include_drafts, locked, not no_cache, open_it)
    from ankigen.cli.watch import kept, watching

    cached = kept(no_cache)

    def act() -> None:
        nonlocal open_it
        if _build(roots, output, include_drafts, locked, cached, open_it) == 0:
            open_it = False

    return watching(roots or [Path()], [], act)


def _build(
    roots: list[Path] | None,
    output: Path | None,
    include_drafts: bool,
    locked: bool,
    cached: bool | Cache,
    open_it: bool,
) -> int:
    """Check and build once; gives the exit status."""
    now = now_or_given()
    targets = whole_roots(roots)
    started = time.monotonic()
    releases = released(targets, now, drafts=include_drafts, cached=cached)
    if releases is None:
        print("Nothing was built: mend the errors first.")
        return 1
    _refuse_shared_guids(releases)
    files = _outputs([each.content.deck for each in releases], output)
    for file in files:
        if file.is_dir():
            raise Stop(f"{file}: cannot be written (it is a folder)")
    if locked and (old := [each for each in releases if not each.up_to_date]):
        for each in old:
            show_outdated(each)
        print("\nNothing was built: run `ankigen build` and commit deck.lock.")
        return 1
    written: list[_Written] = []
    with ExitStack() as drafts:
        for each, file in zip(releases, files, strict=True):
            package = _pack(each, file)
            drafts.callback(package.draft.drop)
            lock = None if include_drafts else lock_draft(each)
            if lock:
                drafts.callback(lock.drop)
            written.append(_Written(package, lock))
        try:
            # Only now, so that of several decks all are new or none is.
            for one in written:
                one.keep()
        except OSError as error:
            raise Stop(f"{error.filename or files[0]}: cannot be written ({error.strerror or error})") from None
    for each, one in zip(releases, written, strict=True):
        _summary(each, one.package, time.monotonic() - started)
        if one.lock is not None and each.content.deck.lock is None:
            print()
            show_new(one.lock.file)
    what = "it" if len(files) == 1 else "them"
    print(f"\nNext: open {what}, or choose File > Import in Anki.")
    if open_it:
        for file in files:
            _open(file)
    return 0


@dataclass(frozen=True)
class _Written:
    """A package, and the lock that belongs to it where that is another than before; neither is in its place."""

    package: Package
    lock: Draft | None

    def keep(self) -> None:
        """Put both in their places, or neither. Raises OSError.

        The lock comes first: a package that was released without it would have changes that the next build does
        not know of, while a lock without its package is mended by building again.
        """
        with changing(self.package.draft.file, *([self.lock.file] if self.lock else [])):
            if self.lock is None:
                self.package.draft.keep()
                return
            before = self.lock.file.read_bytes() if self.lock.file.exists() else None
            self.lock.keep()
            try:
                self.package.draft.keep()
            except OSError:
                if before is None:
                    self.lock.file.unlink()
                else:
                    write_bytes(self.lock.file, before)
                raise


def _refuse_shared_guids(releases: list[Release]) -> None:
    """Raises Stop where notes of two decks have one GUID: Anki would take only one of them."""
    first: dict[str, Release] = {}
    for each in releases:
        for note in each.content.notes:
            if (other := first.setdefault(note.guid, each)) is not each:
                raise Stop(
                    f"{each.content.deck.root}: the {note.kind} card `{note.id}` has the GUID {note.guid}, as one "
                    f"of {other.content.deck.root} has: mend `guid:`",
                    status=1,
                )


def _outputs(decks: list[Deck], output: Path | None) -> list[Path]:
    """The file for each deck."""
    if output is None:
        return [Path(f"{deck.id}.apkg") for deck in decks]
    is_file = output.name.lower().endswith(".apkg") and not output.is_dir()
    if output.is_dir() or (not is_file and not output.suffix[1:].isalpha()):
        return [output / f"{deck.id}.apkg" for deck in decks]
    if len(decks) > 1:
        raise Stop(
            f"there are {len(decks)} decks to build, and `-o {output}` is one file; name a folder: -o dist/"
        )
    if not is_file:
        raise Stop(
            f"`-o {output}` must end in .apkg, by which Anki knows a deck: -o {output.with_suffix('.apkg')}"
        )
    return [output]


def _pack(release: Release, file: Path) -> Package:
    from ankigen.package.apkg import write

    try:
        with progress("Packing", len(release.content.notes)) as tick:
            return write(release, file, tick)
    except OSError as error:
        raise Stop(f"{file}: cannot be written ({error.strerror or error})") from None


def _summary(release: Release, package: Package, seconds: float) -> None:
    from ankigen.model import Difficulty, Kind
    from ankigen.report.full import visible

    content, file = release.content, package.draft.file
    kinds = Counter(note.kind for note in content.notes)
    hard = Counter(note.difficulty for note in content.notes)
    rows = {
        "notes": f"{len(content.notes):,}: "
        + ", ".join(f"{kinds[kind]:,} {kind}" for kind in Kind if kinds[kind]),
        "difficulty": ", ".join(f"{hard[level]:,} {level}" for level in Difficulty if hard[level]) or "not given",
        "changes": changes(release),
        "cards": f"{package.cards:,}",
        "media": plural(len(content.media), "file"),
        "size": size(file.stat().st_size),
        "time": f"{seconds:.1f} s",
    }
    print(f"{visible(content.deck.title)} → {visible(str(file))}")
    for name, value in rows.items():
        print(f"  {name:<11}{value}")


def _open(file: Path) -> None:
    if typer.launch(str(file.absolute())):
        raise Stop(f"{file} is built, but nothing on this system opens it; choose File > Import in Anki")

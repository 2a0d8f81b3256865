"""`ankigen build`."""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ankigen.cli.console import Stop, changing, plural, print_findings, progress, targets_of
from ankigen.cli.lint import checked_roots

if TYPE_CHECKING:
    from ankigen.card.notes import DeckNotes
    from ankigen.model import Contents, Deck
    from ankigen.package.apkg import Package

_LATEST = 2**31 - 1


def build(
    roots: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="ROOT",
            help="Folders with a deck.yaml in or below them; the folder you are in where none is given.",
            show_default=False,
        ),
    ] = None,
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
        bool, typer.Option("--include-drafts", help="Build what has `status: draft`, too.")
    ] = False,
    open_it: Annotated[bool, typer.Option("--open", help="Hand the deck to Anki when it is built.")] = False,
) -> int:
    """Check a deck, and build the .apkg that Anki imports.

    The content is linted first, and nothing is built where it has an error. The time of the build is taken
    from SOURCE_DATE_EPOCH where that is set; the same content then gives the same bytes.
    """
    from ankigen.source.discover import Target

    now = _now()
    targets = [Target(root) for root in dict.fromkeys(target.root for target in targets_of(roots or [Path()]))]
    started = time.monotonic()
    every = checked_roots(targets, keep=True)
    if any(checked.diagnostics for checked in every):
        print_findings(every)
        print()
    if any(checked.errors for checked in every):
        print("Nothing was built: mend the errors first.")
        return 1
    built = [checked.contents for checked in every if checked.contents is not None]
    files = _outputs([each.deck for each in built], output)
    for file in files:
        if file.is_dir():
            raise Stop(f"{file}: cannot be written (it is a folder)")
    contents = [_render(each, include_drafts) for each in built]
    packages: list[Package] = []
    try:
        for content, file in zip(contents, files, strict=True):
            packages.append(_pack(content, file, now))
        # Only now, so that of several decks all are new or none is.
        for package in packages:
            with changing(package.file):
                package.keep()
    except OSError as error:
        raise Stop(f"{error.filename or files[0]}: cannot be written ({error.strerror or error})") from None
    finally:
        for package in packages:
            package.drop()
    for content, package in zip(contents, packages, strict=True):
        _summary(content, package, time.monotonic() - started)
    what = "it" if len(files) == 1 else "them"
    print(f"\nNext: open {what}, or choose File > Import in Anki.")
    if open_it:
        for file in files:
            _open(file)
    return 0


def _now() -> int:
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        return int(time.time())
    if not (given.isascii() and given.isdigit() and len(given) <= 10 and int(given) <= _LATEST):
        raise Stop(f"SOURCE_DATE_EPOCH is `{given}`, and must be a number of seconds since 1970")
    return int(given)


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


def _render(contents: Contents, drafts: bool) -> DeckNotes:
    from ankigen.card.notes import notes_of

    total = len(contents.questions) + len(contents.concepts)
    with progress("Rendering", total) as tick:
        content = notes_of(contents, drafts=drafts, tick=tick)
    if not content.notes:
        left = " that is ready (drafts are left out; --include-drafts builds them)" if total else ""
        raise Stop(f"{contents.deck.root}: there is no concept or question to build{left}", status=1)
    return content


def _pack(content: DeckNotes, file: Path, now: int) -> Package:
    from ankigen.package.apkg import ClashError, write

    try:
        with progress("Packing", len(content.notes)) as tick:
            return write(content, file, now, tick)
    except ClashError as error:
        raise Stop(f"{content.deck.root}: {error}", status=1) from None
    except OSError as error:
        raise Stop(f"{file}: cannot be written ({error.strerror or error})") from None


def _summary(content: DeckNotes, package: Package, seconds: float) -> None:
    from ankigen.model import Difficulty, Kind
    from ankigen.report.full import visible

    kinds = Counter(note.kind for note in content.notes)
    hard = Counter(note.difficulty for note in content.notes)
    rows = {
        "notes": f"{len(content.notes):,}: "
        + ", ".join(f"{kinds[kind]:,} {kind}" for kind in Kind if kinds[kind]),
        "difficulty": ", ".join(f"{hard[level]:,} {level}" for level in Difficulty if hard[level]) or "not given",
        "cards": f"{package.cards:,}",
        "media": plural(len(content.media), "file"),
        "size": _size(package.file.stat().st_size),
        "time": f"{seconds:.1f} s",
    }
    print(f"{visible(content.deck.title)} → {visible(str(package.file))}")
    for name, value in rows.items():
        print(f"  {name:<11}{value}")


def _size(count: int) -> str:
    if count < 1000:
        return plural(count, "byte")
    return f"{count / 1000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"


def _open(file: Path) -> None:
    if typer.launch(str(file.absolute())):
        raise Stop(f"{file} is built, but nothing on this system opens it; choose File > Import in Anki")

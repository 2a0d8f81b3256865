"""From content roots to releases: what `build`, `lock` and `diff` do first, and how they speak of changes."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from ankigen.cli.console import Stop, print_findings, targets_of
from ankigen.cli.lint import checked_roots

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ankigen.card.notes import DeckNotes
    from ankigen.lint.cache import Cache
    from ankigen.lint.engine import Checked
    from ankigen.package.release import Release
    from ankigen.source.discover import Target
    from ankigen.source.files import Draft

Roots: TypeAlias = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="ROOT",
        help="Folders with a deck.yaml in or below them; the folder you are in where none is given.",
        show_default=False,
    ),
]
"""The argument of commands that work on whole content roots."""
_MOST = 20  # more than these, and a list is no longer read


def whole_roots(roots: list[Path] | None) -> list[Target]:
    """The content roots that `Roots` means, each once and as a whole. Raises Stop."""
    from ankigen.source.discover import Target

    return [Target(root) for root in dict.fromkeys(target.root for target in targets_of(roots or [Path()]))]


def now_or_given() -> int:
    """The second of the build, since 1970: SOURCE_DATE_EPOCH where that is set. Raises Stop."""
    from ankigen.lock import LATEST

    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given:
        return int(time.time())
    if not (given.isascii() and given.isdigit() and len(given) <= 10 and int(given) <= LATEST):
        raise Stop(f"SOURCE_DATE_EPOCH is `{given}`, and must be a number of seconds since 1970")
    now = int(given)
    if now > time.time() + 86_400:
        raise Stop(f"SOURCE_DATE_EPOCH is `{given}`, which is in the future: Anki would ignore each later change")
    return now


def released(
    targets: list[Target], now: int, *, drafts: bool = False, cached: bool | Cache = True
) -> list[Release] | None:
    """Check content roots and make their releases. None where there are errors; findings are printed.

    Raises Stop where a root cannot be read, or has nothing to build.
    """
    from ankigen.card.notes import Rendering
    from ankigen.lint.read import Making
    from ankigen.package.release import ClashError, release

    rendering = Rendering(drafts=drafts)
    try:
        every = checked_roots(targets, making=Making(rendering.name, rendering), cached=cached)
    except OSError as error:
        raise _unreadable(error) from None
    if any(checked.diagnostics for checked in every):
        print_findings(every)
        print()
    if any(checked.errors for checked in every):
        return None
    releases = []
    for checked in every:
        try:
            releases.append(release(_bound(checked, drafts), now))
        except ClashError as error:
            raise Stop(f"{checked.root}: {error}", status=1) from None
    return releases


def _bound(checked: Checked, drafts: bool) -> DeckNotes:
    from ankigen.card.notes import notes_of

    assert checked.deck is not None
    try:
        content = notes_of(checked.deck, checked.made, drafts=drafts)
    except OSError as error:
        raise _unreadable(error) from None
    if not content.notes:
        left = " that is ready (drafts are left out; --include-drafts builds them)" if any(checked.made) else ""
        raise Stop(f"{checked.root}: there is no concept or question to build{left}", status=1)
    return content


def _unreadable(error: OSError) -> Stop:
    return Stop(f"{error.filename}: cannot be read ({error.strerror or error})")


def lock_draft(release: Release) -> Draft | None:
    """The new deck.lock beside its place, or None where it says the same as before. Raises Stop."""
    from ankigen.lock import LOCK_FILE
    from ankigen.source.files import draft_of

    if release.up_to_date:
        return None
    file = release.content.deck.root / LOCK_FILE
    try:
        return draft_of(file, release.lock_text.encode())
    except OSError as error:
        raise Stop(f"{file}: cannot be written ({error.strerror or error})") from None


def changes(release: Release) -> str:
    """What has changed since the lock, in one line."""
    if release.content.deck.lock is None:
        return "all is new"
    counts = {"new": len(release.added), "changed": len(release.changed), "retired": len(release.retired)}
    same = len(release.content.notes) - sum(counts.values())
    words = [f"{count:,} {word}" for word, count in counts.items() if count]
    if not words:
        words = ["none"]
    elif same:
        words.append(f"{same:,} as before")
    return ", ".join(words) + (f"; new look of {', '.join(release.renewed)} cards" if release.renewed else "")


def show_new(lock: Path) -> None:
    """Print what is to be known of a deck.lock that was not there before."""
    from ankigen.report.full import visible

    print(f"{visible(lock.as_posix())} is new: commit it. It tells the next build what has changed.")
    print("Do learners have this deck already? Delete it, and first run `ankigen lock --adopt LAST.apkg`.")


def lock_name(root: Path) -> str:
    """A root's deck.lock, as it is called in what is printed."""
    from ankigen.lock import LOCK_FILE
    from ankigen.report.full import visible

    return visible((root / LOCK_FILE).as_posix())


def show_outdated(release: Release) -> None:
    """Print what deck.lock does not know yet."""
    from ankigen.report.full import visible

    file = lock_name(release.content.deck.root)
    if release.content.deck.lock is None:
        print(f"{file} is missing. Do learners have this deck already?")
        print("Then bring it back, or make it from what they have: `ankigen lock --adopt LAST.apkg`.")
        return
    print(f"{file} is out of date:")
    rows = [
        *_rows("new", release.added),
        *_rows("changed", release.changed),
        *_rows("retired", release.retired),
        *(f"  {'changed':<9}the look of {kind} cards" for kind in release.renewed),
    ]
    for row in rows[:_MOST]:
        print(visible(row))
    if len(rows) > _MOST:
        print(f"  and {len(rows) - _MOST:,} more")
    if not rows:
        print("  it was edited by hand, or holds a merge that was not built since")


def _rows(word: str, keys: Iterable[tuple[str, str]]) -> list[str]:
    return [f"  {word:<9}{kind} {id}" for kind, id in keys]

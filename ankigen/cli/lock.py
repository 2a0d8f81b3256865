"""`ankigen lock`."""

from __future__ import annotations

import textwrap
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ankigen.cli.console import Stop, changing, plural
from ankigen.cli.lint import checked_roots
from ankigen.cli.release import (
    Roots,
    changes,
    lock_draft,
    lock_name,
    now_or_given,
    released,
    show_new,
    show_outdated,
    whole_roots,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ankigen.lock import Key, Lock
    from ankigen.package.adopt import Adoption
    from ankigen.source.discover import Target

_MOST = 10  # more than these, and a list is no longer read
_WIDTH = 96
_TELL = (
    "Learners have these notes under another note type. Tell them to import the first release with “Merge note "
    "types” ticked (in the import window of Anki 23.10 or later, under “Updates”). Their cards then keep their "
    "history and get the new text, which overwrites their own edits and tags this once, and Anki asks for a "
    "one-way sync: they upload. Whoever does not tick it keeps the old cards as they are, with no update, and can "
    "import the release again later."
)
_REFUSED = "These notes are not adopted: learners keep the old ones as they are, and get the new ones beside them."
_BUILT = "If no learner has them by that one, delete deck.lock and adopt again."
_MORE_CARDS = "The others keep their history, but ask nothing any more: Tools > Empty Cards takes them away."
_EVERY_TIME = (
    "So learners of these have to leave “Merge note types” ticked for every later release, or it brings them no "
    "update. Anki remembers it."
)


def lock(
    roots: Roots = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with status 1 where deck.lock is out of date.")
    ] = False,
    forget: Annotated[
        list[str] | None,
        typer.Option(
            "--forget",
            metavar="ID",
            help="Take a note out that no learner ever had, so that it may go. May be given more than once.",
            show_default=False,
        ),
    ] = None,
    adopt: Annotated[
        Path | None,
        typer.Option(
            "--adopt",
            metavar="DECK.apkg",
            help="Take GUIDs and times from a deck that learners have, so that they keep their history.",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Bring deck.lock up to date, as `ankigen build` does, and build nothing.

    deck.lock says what was last built of every note. With it, the next build gives a later time to what has
    changed, and to nothing else: Anki updates just that, and leaves what learners edited and tagged alone.
    """
    if check + bool(forget) + (adopt is not None) > 1:
        raise Stop("--check, --forget and --adopt do different things: give one of them")
    targets = whole_roots(roots)
    if (forget or adopt) and len(targets) > 1:
        flag = "--forget" if forget else "--adopt"
        raise Stop(f"there are {len(targets)} decks here, and {flag} is about one: name its folder")
    if forget:
        return _forget(targets[0], list(dict.fromkeys(forget)))
    now = now_or_given()
    if adopt is not None:
        return _adopt(targets[0], adopt, now)
    releases = released(targets, now)
    if releases is None:
        print("deck.lock was left alone: mend the errors first.")
        return 1
    old = [release for release in releases if not release.up_to_date]
    for release in releases:
        file = lock_name(release.content.deck.root)
        if release.up_to_date:
            print(f"{file} is up to date: {plural(len(release.content.notes), 'note')}.")
        elif check:
            show_outdated(release)
        else:
            draft = lock_draft(release)
            assert draft is not None
            try:
                with changing(draft.file):
                    draft.keep()
            except OSError as error:
                raise Stop(f"{file}: cannot be written ({error.strerror or error})") from None
            finally:
                draft.drop()
            if release.content.deck.lock is None:
                show_new(draft.file)
            else:
                print(f"{file} is up to date now: {changes(release)}.")
    if check and old:
        print("\nRun `ankigen build` and commit deck.lock.")
    return int(check and bool(old))


def _forget(target: Target, ids: list[str]) -> int:
    from ankigen.lint.released import load_lock
    from ankigen.lock import Lock, LockError

    old = load_lock(target.root)
    file = lock_name(target.root)
    if isinstance(old, LockError):
        line = old.place.start.line
        raise Stop(f"{old.place.path}:{line}: {old.message}; {old.help}")
    if old is None:
        raise Stop(f"{file}: there is no such file, so nothing is to be forgotten")
    gone = set()
    for id in ids:
        found = _meant(id, old)
        if not found:
            near = get_close_matches(id, {name for _, name in old.notes}, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            raise Stop(f"{file}: there is no note `{id}`{hint}")
        gone |= found
    _refuse_what_is_made(target, gone)
    left = {key: entry for key, entry in old.notes.items() if key not in gone}
    _write(target.root, Lock(old.deck, left, old.types))
    for kind, id in sorted(gone):
        print(f"Forgotten: {kind} {id}")
    return 0


def _meant(id: str, lock: Lock) -> set[Key]:
    """The notes that an id means, or a kind and an id. A concept takes its parts along."""
    kind, _, name = id.rpartition(" ")
    keys = {key for key in lock.notes if key[1] == name and kind in ("", key[0])}
    if len(keys) > 1:
        choice = " or ".join(f'"{kind} {id}"' for kind, id in sorted(keys))
        raise Stop(f"there are several notes `{id}`: write --forget {choice}")
    if not keys or ("concept", name) in keys:
        keys |= {key for key in lock.notes if key[0] == "section" and key[1].startswith(f"{name}/")}
    return keys


def _refuse_what_is_made(target: Target, keys: set[Key]) -> None:
    """Raises Stop where the content still makes one of the notes: it would come back, with a new time."""
    from ankigen.lint.read import Making
    from ankigen.planned import planned

    (checked,) = checked_roots([target], making=Making("", lambda file, deck: (*file.concepts, *file.questions)))
    deck = checked.deck
    if deck is None or deck.unread:
        raise Stop(f"{target.root}: mend the errors that `ankigen lint` finds first: what is there is unknown")
    items = [item for file in checked.made for item in file]
    for each in (each for item in items for each in planned(item, deck)):
        kind, id = each.key(deck.released)
        if (kind, id) in keys:
            at = f"{each.place.path}:{each.place.start.line}"
            raise Stop(f"{at}: the {kind} card `{id}` is still in the content: delete it first")


def _adopt(target: Target, package: Path, now: int) -> int:
    from ankigen.package.adopt import adopt
    from ankigen.package.read import PackageError, read
    from ankigen.report.full import visible

    try:
        theirs = read(package)
    except PackageError as error:
        raise Stop(str(error)) from None
    releases = released([target], now)
    if releases is None:
        print("deck.lock was left alone: mend the errors first.")
        return 1
    (release,) = releases
    try:
        adoption = adopt(release.content, theirs)
    except OSError as error:
        raise Stop(f"{error.filename}: cannot be read ({error.strerror or error})") from None
    if not adoption.ours and not adoption.by_text:
        for line in _advice(adoption):
            print(visible(line))
        raise Stop(f"{package}: none of its {plural(len(theirs.notes), 'note')} is one of this deck", status=1)
    _write(target.root, adoption.lock)
    print(f"{lock_name(target.root)} knows {visible(str(package))} now:")
    rows = {
        "by id": adoption.ours,
        "by text": adoption.by_text,
        "not known": len(adoption.strangers),
    }
    for name, count in rows.items():
        print(f"  {name:<11}{plural(count, 'note')}")
    for text in adoption.strangers[:_MOST]:
        print(visible(f"    {text[:80]}"))
    if len(adoption.strangers) > _MOST:
        print(f"    and {len(adoption.strangers) - _MOST:,} more")
    for line in _advice(adoption):
        print(visible(line))
    merging = " --merge-note-types" if adoption.by_text else ""
    print(
        f"\nNext: `ankigen build`, and `ankigen verify NEW.apkg --after OLD.apkg{merging}` before you release it."
    )
    return 0


def _advice(adoption: Adoption) -> Iterator[str]:
    """What was left alone, and what to tell learners who have the notes under another note type."""
    foreign = adoption.foreign
    if adoption.built:
        known = plural(adoption.built, "note is", "notes are")
        left = "was" if adoption.built == 1 else "were"
        yield from _paragraph(f"{known} in deck.lock under another GUID already, and {left} left alone. {_BUILT}")
    if any(not each.refused for each in foreign):
        yield from _paragraph(_TELL)
    for each in foreign:
        name = f"`{each.name}` ({plural(each.notes, 'note')}, now {each.kind})"
        if each.refused:
            yield from _paragraph(f"{name} {each.refused}. {_REFUSED}")
        if each.unfit:
            yield from _paragraph(f"{name} {each.unfit}.")
        if each.more_cards:
            cards = ", ".join(f"`{card}`" for card in each.more_cards)
            yield from _paragraph(f"{name} makes {cards} too, and ours makes one card. {_MORE_CARDS}")
    if any(each.unfit or each.more_cards for each in foreign):
        yield from _paragraph(_EVERY_TIME)


def _paragraph(text: str) -> Iterator[str]:
    yield ""
    yield from textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _write(root: Path, lock: Lock) -> None:
    from ankigen.lock import LOCK_FILE
    from ankigen.source.files import write_bytes

    file = root / LOCK_FILE
    try:
        with changing(file):
            write_bytes(file, str(lock).encode())
    except OSError as error:
        raise Stop(f"{file}: cannot be written ({error.strerror or error})") from None

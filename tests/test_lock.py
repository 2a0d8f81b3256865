"""deck.lock as a file: it reads what it writes, merges line by line, and says how to mend what it cannot read."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankigen.lock import LATEST, Lent, Lock, LockError, NoteEntry, Part, TypeEntry, digest, parse
from ankigen.source.text import SourceFile

IDS = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}(/[a-z0-9]{1,8})?", fullmatch=True)
GUIDS = st.from_regex(r"[!-~]{1,20}", fullmatch=True) | st.just("ключ") | st.just("retired")
DIGESTS = st.from_regex(r"[0-9a-f]{20}", fullmatch=True)
MODS = st.integers(0, LATEST)
# No half characters, which no file holds.
PARTS = st.builds(
    Part, st.text(st.characters(exclude_categories=["Cs"])), st.none() | st.integers(-(2**63), 2**63 - 1)
)
LENT = st.builds(Lent, PARTS, st.lists(PARTS, max_size=3, unique_by=lambda part: part.name).map(tuple))
LOCKS = st.builds(
    lambda deck, notes, types: Lock(
        deck,
        {key: entry._replace(guid=f"{number}.{entry.guid}") for number, (key, entry) in enumerate(notes.items())},
        {kind: entry._replace(shape=f"{number:020}") for number, (kind, entry) in enumerate(types.items())},
    ),
    st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8})?", fullmatch=True),
    st.dictionaries(
        st.tuples(st.sampled_from(["choice", "recall", "cloze", "concept", "section"]), IDS),
        st.builds(NoteEntry, GUIDS, MODS, DIGESTS, DIGESTS, st.booleans()),
        max_size=8,
    ),
    st.dictionaries(
        st.sampled_from(["choice", "recall"]), st.builds(TypeEntry, MODS, DIGESTS, DIGESTS, st.none() | LENT)
    ),
)


def read(text: str) -> Lock:
    return parse(SourceFile("content/deck.lock", text))


@given(LOCKS, st.sampled_from(["\n", "\r\n"]))
def test_what_is_written_is_read(lock: Lock, line_end: str) -> None:
    assert read(str(lock).replace("\n", line_end)) == lock
    assert str(read(str(lock))) == str(lock)


@given(LOCKS, st.integers(0), st.characters())
def test_a_damaged_lock_is_refused_with_a_place_or_read(lock: Lock, where: int, character: str) -> None:
    text = str(lock)
    where %= len(text)
    try:
        read(text[:where] + character + text[where + 1 :])
        return
    except LockError as error:
        found = error
    assert found.help
    assert 1 <= found.place.start.line <= text.count("\n") + 1


@given(LOCKS, st.integers(0))
def test_a_lock_that_was_cut_off_is_refused(lock: Lock, where: int) -> None:
    text = str(lock)
    with pytest.raises(LockError):
        read(text[: where % (len(text) - 1)])


def test_a_place_is_where_the_entry_stands() -> None:
    entry = NoteEntry("g", 1, "0" * 20, "1" * 20)
    other = entry._replace(guid="h")
    note_type = TypeEntry(1, "0" * 20, "1" * 20)
    lock = read(str(Lock("d", {("recall", "a"): entry, ("recall", "a-b"): other}, {"recall": note_type})))
    places = [lock.place(*words) for words in (("type", "recall"), ("recall", "a"), ("recall", "a-b"))]
    assert [place.start.line for place in places] == [5, 8, 11]


def test_the_later_of_two_lines_about_a_note_counts() -> None:
    early, late = NoteEntry("g", 1, "0" * 20, "1" * 20), NoteEntry("g", 2, "2" * 20, "1" * 20)
    name, old = str(Lock("d", {("recall", "a"): early})).split("\n")[4:6]
    new = str(Lock("d", {("recall", "a"): late})).split("\n")[5]
    whole = str(Lock("d", {("recall", "a"): late}))
    for lines in (f"{old}\n{new}", f"{new}\n{old}", f"{new}\n\n{name}\n{old}"):
        assert str(read(whole.replace(new, lines))) == whole


@pytest.mark.parametrize(
    "names",
    [
        "", " ", "[]", "[[]]", "{}", "1", '["a"]', "[[1,null]]", '[["a"]]', '[["a",null,1]]', '[["a", null]]',
        '[["a",true]]', '[["a",1.0]]', '[["a","1"]]', '[["a",9223372036854775808]]', '[["a",NaN]]',
        '[["\\ud800",null]]', '[["a",null]] retired', '{"ab":null}', '[["t",null],["a",null],["a",1]]', "[" * 99_999,
    ],
)  # fmt: skip
def test_damaged_names_of_an_adopted_deck_are_refused(names: str) -> None:
    good = str(Lock("d", {}, {"recall": TypeEntry(1, "0" * 20, "1" * 20, Lent(Part("a")))}))
    assert read(good)
    with pytest.raises(LockError, match="this is no entry"):
        read(good.replace('[["a",null]]', names))


def test_of_two_branches_that_changed_neighbours_both_count() -> None:
    """Git joins such a conflict: with its marks deleted, a line stands below the head of a neighbour."""
    notes = {("recall", id): NoteEntry(f"g-{id}", 1, "0" * 20, "1" * 20) for id in "abc"}
    text = str(Lock("d", notes))
    mine = text.replace("1 g-a", "2 g-a").replace("1 g-b", "2 g-b")
    rest = f"{'0' * 20} {'1' * 20}"
    joined = mine.replace("\n\nrecall c", f"\n3 g-a {rest}\n\nrecall b\n3 g-b {rest}\n\nrecall c")
    assert read(joined).notes == {
        key: entry._replace(mod=1 if key[1] == "c" else 3) for key, entry in notes.items()
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("g-b", "g-a"),  # two notes of one GUID
        ("\nrecall c", "\n1 g-x " + "0" * 20 + " " + "1" * 20 + "\n\nrecall c"),  # nobody's
        ("1 g-b " + "0" * 20 + " " + "1" * 20 + "\n", ""),  # a head with nothing below it
        ("deck d\n", ""),
        ("deck d\n", "deck d\n\ndeck e\n"),
    ],
)
def test_what_could_make_one_note_of_another_is_refused(old: str, new: str) -> None:
    text = str(Lock("d", {("recall", id): NoteEntry(f"g-{id}", 1, "0" * 20, "1" * 20) for id in "abc"}))
    assert old in text
    with pytest.raises(LockError):
        read(text.replace(old, new))


def test_no_two_lists_of_texts_have_one_digest() -> None:
    assert digest(["ab", "c"]) != digest(["a", "bc"]) != digest(["abc"])
    assert digest(["1:a"]) != digest(["a"])


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (["a"], ["b"]),
        (["c"], ["b", "d"]),
        (["a", "e"], ["c"]),
        (["f"], ["e"]),
        (["b-2"], ["b", "c"]),
        (["0"], ["a"]),
    ],
    ids=" and ".join,
)
def test_branches_that_edit_different_notes_merge(mine: list[str], theirs: list[str], tmp_path: Path) -> None:
    """As git merges it, with no driver of its own."""

    def lock(mod: int, *ids: str) -> str:
        notes = {("recall", id): NoteEntry(f"g-{id}", 1, "0" * 20, "1" * 20) for id in "abcde"}
        for id in ids:
            notes["recall", id] = NoteEntry(f"g-{id}", mod, f"{mod:020}", "1" * 20)
        return str(Lock("d", notes))

    file = tmp_path / "deck.lock"
    git(tmp_path, "init", "-q", "-b", "main")
    for branch, mod, ids in (("main", 1, []), ("theirs", 2, theirs), ("mine", 3, mine)):
        if branch != "main":
            git(tmp_path, "checkout", "-q", "-b", branch, "main")
        file.write_text(lock(mod, *ids))
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-q", "-m", branch)
    git(tmp_path, "merge", "-q", "theirs", "-m", "merge")
    merged = read(file.read_text())
    assert {id for (_, id), entry in merged.notes.items() if entry.mod == 3} == set(mine)
    assert {id for (_, id), entry in merged.notes.items() if entry.mod == 2} == set(theirs)
    assert re.fullmatch(r"[^\n]+\n\ndeck d(\n\n[^\n]+\n[^\n]+)*\n\n# end\n", file.read_text())

"""The cache changes nothing but the time: whatever is in it, and however many use it."""

from __future__ import annotations

import os
import pickle
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ankigen import __version__
from ankigen.card.notes import Rendering, notes_of
from ankigen.lint import engine, pool
from ankigen.lint.cache import MEMORY, Cache, digest, dump, folder
from ankigen.lint.engine import Checked, all_rules, check
from ankigen.lint.read import Making
from ankigen.lint.settings import Flags
from ankigen.package import apkg
from ankigen.package.release import release
from ankigen.report import Report
from ankigen.report.full import full
from ankigen.report.jsons import json_report
from ankigen.source.discover import Target
from tests.conftest import DATA, REPOSITORY, ankigen, copy_of
from tests.test_releases import Author

EVERY_KIND = DATA / "decks" / "kinds"


def report(every: list[Checked]) -> str:
    """All that a run says: the findings as data, and with the lines of the files that they speak of."""
    made = Report(tuple(every), all_rules(), __version__)
    return "".join(json_report(made)) + "".join(full(made.diagnostics, made.sources, colour=False, columns=100))


def package(root: Path, file: Path, cache: Cache | None, jobs: int) -> bytes | None:
    """The deck that a root makes; None where it has errors."""
    rendering = Rendering()
    (checked,) = check([Target(root)], making=Making(rendering.name, rendering), cache=cache, jobs=jobs)
    if checked.errors or checked.deck is None:
        return None
    made = release(notes_of(checked.deck, checked.made), 1_700_000_000)
    apkg.write(made, file).draft.keep()
    (root / "deck.lock.next").write_text(str(made.lock), encoding="utf-8")
    return file.read_bytes()


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Callable[[], Cache]]:
    """Opens the one cache of a test anew."""
    opened: list[Cache] = []

    def anew() -> Cache:
        for each in opened:
            each.close()
        opened.append(Cache(tmp_path / "cache"))
        return opened[-1]

    yield anew
    for each in opened:
        each.close()


class Edits:
    """Edits of all kinds that a deck sees between two runs, drawn at random."""

    def __init__(self, seed: int, root: Path) -> None:
        self.random = random.Random(seed)
        self.root = root

    def make(self) -> str:
        """Make one, and say which."""
        kinds = [
            self.reword,
            self.spoil,
            self.delete,
            self.copy,
            self.settings,
            self.picture,
            self.style,
            self.lock,
        ]
        edit = self.random.choice(kinds)
        edit()
        return edit.__name__

    def file(self) -> Path:
        return self.random.choice(sorted(self.root.glob("*/*.yaml")))

    def reword(self) -> None:
        file = self.file()
        text = file.read_text(encoding="utf-8")
        words = [word for word in set(text.split()) if word.isalpha() and len(word) > 3]
        old = self.random.choice(sorted(words))
        file.write_text(text.replace(f" {old}", f" {old}{self.random.randrange(9)}", 1), encoding="utf-8")

    def spoil(self) -> None:
        file = self.file()
        spoilt = self.random.choice([
            "\n\tbroken", "\nunknown: 1", "", "\n# ankigen: ignore[Q024] because of nothing", "\n# the the end", "\nid: again",
        ])  # fmt: skip
        file.write_text(file.read_text(encoding="utf-8").rstrip() + spoilt + "\n", encoding="utf-8")

    def delete(self) -> None:
        if len(list(self.root.glob("*/*.yaml"))) > 3:
            self.file().unlink()

    def copy(self) -> None:
        file = self.file()
        shutil.copy(file, file.with_name(f"copy-{self.random.randrange(99)}.yaml"))

    def settings(self) -> None:
        file = self.root / "deck.yaml"
        text = file.read_text(encoding="utf-8").partition("\nlint:")[0].rstrip()
        word = self.random.choice(
            ["select: [Q, S]", "extend: [pedantic]", "ignore: [F, Q010]", "severity: {Q018: note}"]
        )
        file.write_text(f"{text}\nlint: {{{word}}}\n", encoding="utf-8")

    def picture(self) -> None:
        media = self.root / "media"
        media.mkdir(exist_ok=True)
        if self.random.random() < 0.3 and (files := sorted(media.iterdir())):
            self.random.choice(files).unlink()
        else:
            name = self.random.choice(["a.svg", "b.svg", "c.png"])
            (media / name).write_text(
                f"<svg xmlns='http://www.w3.org/2000/svg'><!-- {self.random.random()} --></svg>"
            )
            file = self.random.choice(sorted(self.root.glob("questions/*.yaml")) or [self.file()])
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace("stem: ", f"stem: '![a picture]({name}) ' # ", 1), encoding="utf-8")

    def style(self) -> None:
        (self.root / "cards.css").write_text(
            self.random.choice([".stem{color:#ccc}", ".stem{color:#111}", "@import 'x';"])
        )
        file = self.root / "deck.yaml"
        text = file.read_text(encoding="utf-8")
        if "cards.css" not in text and "cards:" not in text:
            file.write_text(text.replace("\nlint:", "\ncards: {css: cards.css}\nlint:", 1), encoding="utf-8")

    def lock(self) -> None:
        """What the next build leaves, or nothing, or a damaged one."""
        made, file = self.root / "deck.lock.next", self.root / "deck.lock"
        if made.exists():
            made.replace(file)
        elif file.exists():
            if self.random.random() < 0.5:
                file.unlink()
            else:
                file.write_bytes(file.read_bytes()[:-20])


@pytest.mark.parametrize("seed", range(8))
def test_neither_the_cache_nor_the_number_of_processes_changes_a_byte(
    seed: int, tmp_path: Path, cache: Callable[[], Cache], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_PIECE", 1)  # even a few files are shared out
    monkeypatch.setattr(pool, "_WORTH", 1)
    root = tmp_path / "content"
    if seed % 2:
        author = Author(seed, root)
        author.save()
    else:
        shutil.copytree(EVERY_KIND, root)
    edits = Edits(seed, root)
    done: list[str] = []
    built = 0
    for number in range(12):
        if number:
            done.append(edits.make())
        flags = Flags(extend=("pedantic",)) if number % 3 == 2 else Flags()
        plain = report(check([Target(root)], flags))
        for jobs in (1, 2):
            assert report(check([Target(root)], flags, jobs=jobs)) == plain, done
            # The first of these may find less than the second.
            for _ in range(2):
                assert report(check([Target(root)], flags, jobs=jobs, cache=cache())) == plain, done
        deck = package(root, tmp_path / "plain.apkg", None, 1)
        built += deck is not None
        for jobs in (2, 1):
            assert package(root, tmp_path / "cached.apkg", cache(), jobs) == deck, done
    assert built


def test_what_has_not_changed_is_not_judged_again(
    tmp_path: Path, cache: Callable[[], Cache], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copy_of(EVERY_KIND, tmp_path)
    read: list[str] = []
    judge = engine.Reader.read
    monkeypatch.setattr(
        engine.Reader, "read", lambda self, file, *rest: read.append(file.name) or judge(self, file, *rest)
    )
    number = len([*root.rglob("*.y*ml")]) - 1  # deck.yaml is read each time
    first = report(check([Target(root)], cache=cache()))
    assert len(read) == number
    assert report(check([Target(root)], cache=cache())) == first
    assert len(read) == number
    changed = min(root.glob("questions/*.yaml"))
    changed.write_text(changed.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    check([Target(root)], cache=cache())
    assert read[number:] == [changed.name]
    # Notes are kept, too, each by itself.
    del read[:]
    package(root, tmp_path / "a.apkg", cache(), 1)
    assert len(read) == number
    package(root, tmp_path / "a.apkg", cache(), 1)
    assert len(read) == number
    # Once the notes are in deck.lock, the files are asked once more, and then no more.
    (root / "deck.lock.next").replace(root / "deck.lock")
    package(root, tmp_path / "a.apkg", cache(), 1)
    del read[:]
    package(root, tmp_path / "a.apkg", cache(), 1)
    check([Target(root)], cache=cache())
    assert read == []


def test_a_file_that_changes_while_it_is_read_is_not_kept_under_its_old_digest(
    tmp_path: Path, cache: Callable[[], Cache], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copy_of(EVERY_KIND, tmp_path)
    file = min(root.glob("questions/*.yaml"))
    old = file.read_bytes()
    inputs_of = engine.inputs_of

    def then_changed(*given: object) -> object:
        made = inputs_of(*given)  # type: ignore[arg-type]
        file.write_bytes(old + b"\n\tbroken")
        return made

    monkeypatch.setattr(engine, "inputs_of", then_changed)
    assert check([Target(root)], cache=cache())[0].errors
    monkeypatch.undo()
    file.write_bytes(old)
    assert not check([Target(root)], cache=cache())[0].errors


def entries(place: Path) -> Path:
    (file,) = place.glob("*.sqlite")
    return file


def changed_values(file: Path, change: Callable[[bytes], bytes]) -> None:
    database = sqlite3.connect(file)
    with database:
        for key, value in database.execute("SELECT key, value FROM entries").fetchall():
            database.execute("UPDATE entries SET value = ? WHERE key = ?", (change(value), key))
    database.close()


class Trap:
    """A record that would act when it is taken up."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (os.system, ("touch trapped",))


def sealed(value: object) -> bytes:
    dumped = pickle.dumps(value)
    return digest(dumped) + dumped


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a byte of each entry": lambda file: changed_values(file, lambda value: value[:-9] + b"!" + value[-8:]),
    "cut entries": lambda file: changed_values(file, lambda value: value[:40]),
    "empty entries": lambda file: changed_values(file, lambda value: b""),
    "entries that would act": lambda file: changed_values(file, lambda value: sealed(Trap())),
    "functions of ours": lambda file: changed_values(file, lambda value: sealed(dump)),
    "half a file": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "the middle of the file": lambda file: file.write_bytes(
        file.read_bytes()[:4096] + bytes(4096) + file.read_bytes()[8192:]
    ),
    "an empty file": lambda file: file.write_bytes(b""),
    "no database": lambda file: file.write_bytes(b"no database at all" * 999),
    "another database": lambda file: (
        file.unlink(),
        sqlite3.connect(file).execute("CREATE TABLE entries (a)").connection.close(),
    ),
}


def test_only_records_of_ours_are_taken_up(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put(b"ours", dump(Flags()))
    cache.put(b"plain", dump([1, "a", frozenset([2])]))
    # What a module of ours imports from elsewhere, and a function of ours.
    cache.put(b"class", b"cankigen.cli.console\nPath\n.")
    cache.put(b"function", dump(dump))
    cache.put(b"other", dump(Path))
    cache.flush()
    found = dict(cache.get([b"ours", b"plain", b"class", b"function", b"other"]))
    cache.close()
    assert found == {b"ours": Flags(), b"plain": [1, "a", frozenset([2])]}


def test_a_mark_before_deck_lock_changes_nothing(tmp_path: Path, cache: Callable[[], Cache]) -> None:
    """Findings in deck.lock are shown with its lines, from the cache, too."""
    root = copy_of(EVERY_KIND, tmp_path)
    package(root, tmp_path / "a.apkg", None, 1)
    lock = (root / "deck.lock.next").read_bytes()
    (root / "deck.lock.next").unlink()
    min(root.glob("questions/*.yaml")).unlink()
    for data in (lock, b"\xef\xbb\xbf" + lock):
        (root / "deck.lock").write_bytes(data)
        plain = report(check([Target(root)]))
        assert "deck.lock" in plain
        for _ in range(2):
            assert report(check([Target(root)], cache=cache())) == plain


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_or_foreign_cache_is_as_none(
    damage: str, tmp_path: Path, cache: Callable[[], Cache], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    root = copy_of(DATA / "thirty-faults", tmp_path)
    right = report(check([Target(root)], cache=cache()))
    cache().close()
    DAMAGES[damage](entries(tmp_path / "cache"))
    for _ in range(3):
        assert report(check([Target(root)], cache=cache())) == right
    assert not (tmp_path / "trapped").exists()


def test_a_cache_that_cannot_be_had_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (None, tmp_path / "file", tmp_path / "file" / "below"):
        nothing = Cache(place)
        assert not nothing
        nothing.put(b"key", dump(1))
        assert list(nothing.get([b"key"])) == []
        nothing.close()


def test_another_run_that_writes_for_long_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ankigen.lint.cache._PATIENCE", 0.01)
    first = Cache(tmp_path)
    first.put(b"a", dump(1))
    first.close()
    database = sqlite3.connect(entries(tmp_path), isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    second = Cache(tmp_path)
    second.put(b"b", dump(2))
    second.close()
    database.execute("COMMIT")
    database.close()
    assert list(Cache(tmp_path).get([b"a", b"b"])) == [(b"a", 1)]


def test_the_size_is_bounded_and_what_was_used_last_stays(tmp_path: Path) -> None:
    most = 400_000
    for day in range(60):
        cache = Cache(tmp_path, most)
        cache._today = day
        assert dict(cache.get([b"often"])) == ({b"often": "x"} if day else {})
        cache.put(b"often", dump("x"))
        for number in range(5):
            cache.put(f"{day} {number}".encode(), dump(os.urandom(2000)))
        cache.close()
        assert entries(tmp_path).stat().st_size < 1.5 * most
    last = Cache(tmp_path, most)
    assert len(dict(last.get([f"59 {number}".encode() for number in range(5)]))) == 5
    assert list(last.get([b"0 0"])) == []
    last.close()


def test_the_folder_is_the_users_own_and_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "there"
    assert ankigen("cache", "dir", env={"ANKIGEN_CACHE_DIR": str(place)}).stdout == f"{place}\n"
    monkeypatch.delenv("ANKIGEN_CACHE_DIR")
    assert folder().name == "ankigen"
    if os.name == "posix":
        ankigen("lint", EVERY_KIND, env={"ANKIGEN_CACHE_DIR": str(place)})
        assert place.stat().st_mode & 0o777 == 0o700
    env = {"ANKIGEN_CACHE_DIR": str(place)}
    assert ankigen("cache", "clear", env=env).stdout.startswith("Deleted ")
    assert not place.exists()
    assert ankigen("cache", "clear", env=env).stdout == f"There is no cache in {place}.\n"
    ankigen("lint", EVERY_KIND, "--no-cache", env=env)
    assert not place.exists()


@pytest.mark.slow
def test_fifty_lints_at_once_on_one_cache(tmp_path: Path) -> None:
    """Half of them of one deck, the others of a deck that changes between them."""
    one = copy_of(DATA / "thirty-faults", tmp_path)
    decks = [one] * 25
    for number in range(25):
        decks.append(copy_of(EVERY_KIND, tmp_path / str(number)))
        file = min(decks[-1].glob("questions/*.yaml"))
        file.write_text(file.read_text(encoding="utf-8") + f"# {number}\n", encoding="utf-8")
    env = {**os.environ, "ANKIGEN_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(REPOSITORY)}
    for _ in range(2):
        runs = [
            subprocess.Popen(
                [sys.executable, "-m", "ankigen", "lint", "--format=json", deck],
                env=env,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
            )
            for deck in decks
        ]
        for deck, run in zip(decks, runs, strict=True):
            out, err = run.communicate(timeout=120)
            assert err == ""
            (checked,) = check([Target(deck)])
            assert out == "".join(json_report(Report((checked,), all_rules(), __version__)))
            assert run.returncode == int(checked.errors > 0)


def test_a_cache_in_memory_leaves_nothing_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    kept = Cache(MEMORY)
    kept.put(digest(b"a"), dump("b"))
    kept.flush()
    assert list(kept.get([digest(b"a")])) == [(digest(b"a"), "b")]
    assert not list(tmp_path.iterdir())
    kept.close()
    assert not list(Cache(MEMORY).get([digest(b"a")]))

"""deck.lock on the command line: what `build` does with it, and `ankigen lock`."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import program
from tests.cli.test_bad_input import obey_permissions, plain_line
from tests.conftest import DATA, MINIMAL, ankigen, copy_of, write_tree

EPOCH = {"SOURCE_DATE_EPOCH": "1600000000"}
LATER = {"SOURCE_DATE_EPOCH": "1700000000"}
CHANGED = MINIMAL["questions/q.yaml"].replace("It.", "Another.")


@pytest.fixture
def folder(root: Callable[..., Path], tmp_path: Path) -> Path:
    """A deck that was built once: d.apkg beside it, deck.lock in it."""
    root()
    assert ankigen("build", cwd=tmp_path, env=EPOCH).returncode == 0
    return tmp_path


def state(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def change(folder: Path) -> None:
    (folder / "content/questions/q.yaml").write_text(CHANGED)


def test_a_second_build_changes_nothing_however_late(folder: Path) -> None:
    before = state(folder)
    result = ankigen("build", cwd=folder, env=LATER)
    assert "  changes    none\n" in result.stdout
    assert "deck.lock" not in result.stdout
    assert state(folder) == before


def test_a_change_is_counted_and_gets_the_time_of_the_build(folder: Path) -> None:
    change(folder)
    result = ankigen("build", cwd=folder, env=LATER)
    assert "  changes    1 changed, 1 as before\n" in result.stdout
    lines = (folder / "content/deck.lock").read_text().splitlines()
    assert lines[lines.index("recall q") + 1].startswith("1700000000 ")
    assert lines[lines.index("concept a") + 1].startswith("1600000000 ")


def test_a_clock_that_was_set_back_hides_no_change(folder: Path) -> None:
    change(folder)
    ankigen("build", cwd=folder, env={"SOURCE_DATE_EPOCH": "1"})
    lines = (folder / "content/deck.lock").read_text().splitlines()
    assert lines[lines.index("recall q") + 1].startswith("1600000001 ")


def test_locked_says_what_is_out_of_date_and_writes_nothing(folder: Path) -> None:
    change(folder)
    other = MINIMAL["questions/q.yaml"].replace("id: q", "id: r").replace("What?", "Who?")
    (folder / "content/questions/r.yaml").write_text(other)
    before = state(folder)
    result = ankigen("build", "--locked", cwd=folder)
    assert (result.returncode, result.stderr) == (1, "")
    assert result.stdout == (
        "content/deck.lock is out of date:\n  new      recall r\n  changed  recall q\n\n"
        "Nothing was built: run `ankigen build` and commit deck.lock.\n"
    )
    assert state(folder) == before
    assert ankigen("build", cwd=folder).returncode == 0
    assert ankigen("build", "--locked", cwd=folder).returncode == 0


def test_locked_wants_a_lock(folder: Path) -> None:
    (folder / "content/deck.lock").unlink()
    result = ankigen("build", "--locked", cwd=folder)
    assert result.returncode == 1
    assert "content/deck.lock is missing. Do learners have this deck already?\n" in result.stdout
    assert "`ankigen lock --adopt LAST.apkg`" in result.stdout
    assert not (folder / "content/deck.lock").exists()


def test_drafts_never_get_into_the_lock(folder: Path) -> None:
    draft = MINIMAL["questions/q.yaml"].replace("id: q", "id: r").replace("}", ", status: draft}")
    (folder / "content/questions/r.yaml").write_text(draft)
    before = (folder / "content/deck.lock").read_bytes()
    assert "notes      3" in ankigen("build", "--include-drafts", cwd=folder).stdout
    assert (folder / "content/deck.lock").read_bytes() == before
    assert "leave out" in plain_line(ankigen("build", "--include-drafts", "--locked", cwd=folder))


def test_line_ends_of_windows_are_no_change(folder: Path) -> None:
    file = folder / "content/deck.lock"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert ankigen("build", "--locked", cwd=folder).returncode == 0


def test_a_merge_that_nobody_resolved_stops_the_build(folder: Path) -> None:
    file = folder / "content/deck.lock"
    file.write_text(file.read_text().replace("recall q\n", "recall q\n<<<<<<< HEAD\n"))
    before = state(folder)
    result = ankigen("build", cwd=folder)
    assert result.returncode == 1
    assert "error[I014 damaged-lock]: two branches were merged here" in result.stdout
    assert state(folder) == before


def test_what_vanished_stops_the_build_until_it_is_retired_or_forgotten(folder: Path) -> None:
    renamed = CHANGED.replace("id: q", "id: r")
    (folder / "content/questions/q.yaml").write_text(renamed)
    result = ankigen("build", cwd=folder)
    assert result.returncode == 1
    assert "error[I012 vanished-note]: `q` was released" in result.stdout
    assert "content/deck.lock:" in result.stdout
    retired = MINIMAL["questions/q.yaml"].replace("}", ", status: retired}") + renamed.partition("\n")[2]
    (folder / "content/questions/q.yaml").write_text(retired)
    assert "1 new, 1 retired, 1 as before" in ankigen("build", cwd=folder).stdout
    # Once it was released as retired, it may go; its id may not be used again.
    (folder / "content/questions/q.yaml").write_text(renamed)
    assert ankigen("build", cwd=folder).returncode == 0
    assert "retired\n" in (folder / "content/deck.lock").read_text()
    (folder / "content/questions/q.yaml").write_text(renamed + CHANGED.partition("\n")[2])
    assert "error[I010 reused-retired-id]" in ankigen("build", cwd=folder).stdout


def test_forget(folder: Path) -> None:
    (folder / "content/questions/q.yaml").unlink()
    assert ankigen("lint", cwd=folder).returncode == 1
    assert "did you mean `q`?" in plain_line(ankigen("lock", "--forget", "qq", cwd=folder))
    result = ankigen("lock", "--forget", "q", cwd=folder)
    assert (result.returncode, result.stdout) == (0, "Forgotten: recall q\n")
    assert ankigen("lint", cwd=folder).returncode == 0


def test_what_the_content_makes_is_not_forgotten(folder: Path) -> None:
    before = state(folder)
    line = plain_line(ankigen("lock", "--forget", "q", cwd=folder))
    assert "content/questions/q.yaml:2: the recall card `q` is still in the content" in line.replace("2:9:", "2:")
    assert state(folder) == before


def test_of_several_notes_of_one_id_the_kind_says_which(folder: Path) -> None:
    (folder / "content/questions/r.yaml").write_text(MINIMAL["questions/q.yaml"].replace("id: q", "id: a"))
    ankigen("build", cwd=folder)
    (folder / "content/questions/r.yaml").unlink()
    line = plain_line(ankigen("lock", "--forget", "a", cwd=folder))
    assert 'write --forget "concept a" or "recall a"' in line
    assert ankigen("lock", "--forget", "recall a", cwd=folder).stdout == "Forgotten: recall a\n"
    assert ankigen("lint", cwd=folder).returncode == 0


def test_a_time_in_the_future_is_refused(folder: Path) -> None:
    line = plain_line(ankigen("build", cwd=folder, env={"SOURCE_DATE_EPOCH": "2147483647"}))
    assert "which is in the future" in line


def test_two_decks_may_not_share_a_guid(folder: Path) -> None:
    question = MINIMAL["questions/q.yaml"].replace("}", ", guid: same}")
    (folder / "content/questions/q.yaml").write_text(question.replace("id: q", "id: r"))
    deck = {"deck.yaml": "format: 1\nid: e\ntitle: E\n", "questions/q.yaml": question}
    (folder / "content/deck.lock").unlink()
    write_tree(folder / "more", {**MINIMAL, **deck})
    line = plain_line(ankigen("build", cwd=folder), status=1)
    assert "has the GUID same, as one of" in line


def test_two_notes_that_become_one_are_told_apart(folder: Path) -> None:
    """The alias is a note of its own: what is merged into keeps its card, the other is missed."""
    second = MINIMAL["questions/q.yaml"].replace("id: q", "id: r").replace("What?", "Who?")
    (folder / "content/questions/r.yaml").write_text(second)
    ankigen("build", cwd=folder)
    (folder / "content/questions/q.yaml").unlink()
    (folder / "content/questions/r.yaml").write_text(second.replace("{id: r,", "{id: r, aliases: [q],"))
    assert "error[I012 vanished-note]: `q` was released" in ankigen("lint", cwd=folder).stdout


def test_a_line_that_was_cut_out_of_the_lock_makes_no_note_of_another(folder: Path) -> None:
    """What is left looks well: the entry of one note below the head of another."""
    other = MINIMAL["questions/q.yaml"].replace("id: q", "id: r").replace("What?", "Who?").replace("It.", "Me.")
    (folder / "content/questions/r.yaml").write_text(other)
    ankigen("build", cwd=folder)
    lock = folder / "content/deck.lock"
    lines = lock.read_text().split("\n")
    at = lines.index("recall q")
    lock.write_text("\n".join(lines[: at + 1] + lines[at + 4 :]))
    result = ankigen("build", cwd=folder)
    assert result.returncode == 1
    assert "error[I003 id-changed]: this has the text that `q` was released with" in result.stdout


def test_a_change_that_no_time_can_follow_is_refused(folder: Path) -> None:
    lock = folder / "content/deck.lock"
    lock.write_text(lock.read_text().replace("1600000000 ", "2147483647 "))
    change(folder)
    assert "no update can reach it" in plain_line(ankigen("build", cwd=folder), status=1)


def test_a_lock_that_is_a_link_to_nowhere_is_not_a_deck_that_was_never_built(folder: Path) -> None:
    (folder / "content/deck.lock").unlink()
    (folder / "content/deck.lock").symlink_to("gone")
    assert (
        "error[I014 damaged-lock]: deck.lock is a link that leads nowhere" in ankigen("build", cwd=folder).stdout
    )


def test_lock_writes_checks_and_builds_nothing(folder: Path) -> None:
    (folder / "d.apkg").unlink()
    assert ankigen("lock", cwd=folder).stdout == "content/deck.lock is up to date: 2 notes.\n"
    change(folder)
    result = ankigen("lock", "--check", cwd=folder)
    assert result.returncode == 1
    assert "  changed  recall q\n" in result.stdout
    assert ankigen("lock", cwd=folder).stdout == "content/deck.lock is up to date now: 1 changed, 1 as before.\n"
    assert ankigen("lock", "--check", cwd=folder).returncode == 0
    assert not (folder / "d.apkg").exists()


def test_a_lost_lock_comes_back_from_the_last_release(tmp_path: Path) -> None:
    root = copy_of(DATA / "decks/kinds", tmp_path)
    ankigen("build", root, "-o", "x.apkg", cwd=tmp_path, env=EPOCH)
    before = state(root)
    (root / "deck.lock").unlink()
    result = ankigen("lock", "--adopt", "x.apkg", root, cwd=tmp_path, env=LATER)
    assert "  by id      8 notes\n" in result.stdout
    assert state(root) == before


def test_what_the_last_release_has_and_the_content_has_not_is_missed(folder: Path) -> None:
    (folder / "content/deck.lock").unlink()
    (folder / "content/questions/q.yaml").unlink()
    assert ankigen("lock", "--adopt", "d.apkg", cwd=folder).returncode == 0
    assert "error[I012 vanished-note]: `q` was released" in ankigen("lint", cwd=folder).stdout


def test_a_deck_from_elsewhere_is_known_by_its_text(folder: Path) -> None:
    """A deck that genanki wrote: its GUID and its time become the note's."""
    import genanki

    model = genanki.Model(
        1, "Mine", [{"name": "Front"}, {"name": "Back"}], [{"name": "c", "qfmt": "{{Front}}", "afmt": "{{Back}}"}]
    )
    deck = genanki.Deck(2, "Old")
    deck.add_note(genanki.Note(model, ["<b>WHAT?</b>", "It."], guid="G!#x"))
    deck.add_note(genanki.Note(model, ["Who?", "Me."], guid="H"))
    genanki.Package(deck).write_to_file(folder / "old.apkg", timestamp=1_500_000_000)
    (folder / "content/deck.lock").unlink()
    result = ankigen("lock", "--adopt", "old.apkg", cwd=folder)
    assert result.returncode == 0
    assert "  by text    1 note\n  not known  1 note\n    Who?\n" in result.stdout
    lines = (folder / "content/deck.lock").read_text().splitlines()
    assert lines[lines.index("recall q") + 1].startswith("1500000000 G!#x ")
    assert ankigen("build", cwd=folder, env=EPOCH).returncode == 0
    lines = (folder / "content/deck.lock").read_text().splitlines()
    assert lines[lines.index("recall q") + 1].startswith("1600000000 G!#x ")


def test_wrong_use(folder: Path) -> None:
    other = MINIMAL["questions/q.yaml"].replace("What?", "Who?")
    deck = {"deck.yaml": "format: 1\nid: e\ntitle: E\ncards: {concept: none}\n", "questions/q.yaml": other}
    write_tree(folder / "more", {**MINIMAL, **deck})
    assert "name its folder" in plain_line(ankigen("lock", "--forget", "q", cwd=folder))
    assert "give one of them" in plain_line(ankigen("lock", "--check", "--forget", "q", cwd=folder))
    assert "none of its" in plain_line(ankigen("lock", "more", "--adopt", "d.apkg", cwd=folder), status=1)
    (folder / "no.apkg").write_text("no")
    assert "no.apkg" in plain_line(ankigen("lock", "more", "--adopt", "no.apkg", cwd=folder))
    assert "none.apkg" in plain_line(ankigen("lock", "more", "--adopt", "none.apkg", cwd=folder))


def test_a_folder_that_is_read_only_keeps_lock_and_deck(folder: Path) -> None:
    change(folder)
    before = state(folder)
    (folder / "content").chmod(0o555)
    line = plain_line(ankigen("build", cwd=folder, preexec_fn=obey_permissions))
    (folder / "content").chmod(0o755)
    assert line == "ankigen: content/deck.lock: cannot be written (Permission denied)\n"
    assert state(folder) == before
    # What is up to date needs no writing.
    (folder / "content/questions/q.yaml").write_text(MINIMAL["questions/q.yaml"])
    (folder / "content").chmod(0o555)
    result = ankigen("build", cwd=folder, preexec_fn=obey_permissions)
    (folder / "content").chmod(0o755)
    assert result.returncode == 0


@pytest.mark.parametrize("size", [100, 300, 2000])
def test_a_full_disk_keeps_lock_and_deck(size: int, folder: Path) -> None:
    change(folder)
    before = state(folder)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    assert "cannot be written" in plain_line(ankigen("build", cwd=folder, preexec_fn=limit))
    assert state(folder) == before


# Whatever is done to a file's name, or a file is opened for writing: the nth time, it ends the run in some way.
STOPPED = """
import errno, os, sys
sys.dont_write_bytecode = True  # a file as well
changes = 0
def hook(event, args):
    global changes
    writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if writes and str(args[0]).startswith("/dev/") or not (writes or event in EVENTS):
        return
    changes += 1
    if changes == NUMBER:
        sys.stderr.write("HERE\\n")
        sys.stderr.flush()
        DO
EVENTS = ("os.rename", "os.remove", "os.chmod", "os.chown", "os.truncate", "os.mkdir")
from ankigen.__main__ import main
sys.addaudithook(hook)
sys.exit(main())
"""
ENDS = {
    "killed": "os.kill(os.getpid(), 9)",
    "asked to end": "os.kill(os.getpid(), 15)",
    "disk full": "raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), 'x')",
}


@pytest.mark.parametrize("end", ENDS)
def test_wherever_a_build_ends_lock_and_deck_fit_each_other(
    end: str, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Before each change of a file in turn. The lock is never older than the deck, and the next build is whole."""
    old = state(folder)
    change(folder)
    works = tmp_path_factory.mktemp("works")
    pristine = shutil.copytree(folder, works / "pristine")
    assert ankigen("build", cwd=folder, env=LATER).returncode == 0
    new = state(folder)
    ends = set()
    for number in range(1, 100):
        work = works / str(number)
        shutil.copytree(pristine, work)
        code = STOPPED.replace("NUMBER", str(number)).replace("DO", ENDS[end])
        result = program.run(["build"], work, {**os.environ, **LATER}, code=code)
        found = state(work)
        if "HERE" not in result.stderr:
            assert result.returncode == 0
            assert found == new
            break
        assert "Traceback" not in result.stderr
        pair = tuple(
            "old" if found[name] == old[name] else "new" if found[name] == new[name] else "broken"
            for name in ("content/deck.lock", "d.apkg")
        )
        ends.add(pair)
        if end != "killed":
            # What only keeps a temporary file from being cleared away twice is no failure.
            assert pair in ({("old", "old"), ("new", "new")} if result.returncode else {("new", "new")})
            assert found.keys() == new.keys(), f"something was left behind at {number}"
            if end == "disk full" and result.returncode:
                assert pair == ("old", "old")
        assert pair in {("old", "old"), ("new", "old"), ("new", "new")}
        assert ankigen("build", cwd=work, env=LATER).returncode == 0
        assert {name: data for name, data in state(work).items() if name in new} == new
    assert number > 4
    assert ("old", "old") in ends


@pytest.mark.slow
def test_a_build_that_is_killed_at_any_time_leaves_whole_files(folder: Path) -> None:
    """At random moments, which are other ones on every machine."""
    write_tree(folder / "content/questions", {
        f"q{n}.yaml": MINIMAL["questions/q.yaml"].replace("id: q", f"id: q-{n}").replace("It.", f"It {n}.")
        for n in range(400)
    })  # fmt: skip
    start = time.monotonic()
    assert ankigen("build", cwd=folder, env=EPOCH).returncode == 0
    whole_build = time.monotonic() - start
    old = state(folder)
    change(folder)
    stopped = 0
    for number in range(25):
        try:
            ankigen("build", cwd=folder, env=LATER, timeout=whole_build * (number + 1) / 25)
        except subprocess.TimeoutExpired:
            stopped += 1
        found = state(folder)
        if found["content/deck.lock"] == old["content/deck.lock"]:
            assert found["d.apkg"] == old["d.apkg"]
    assert stopped > 3
    assert ankigen("build", cwd=folder, env=LATER).returncode == 0
    whole = state(folder)
    assert whole["d.apkg"] != old["d.apkg"]
    assert ankigen("build", "--locked", cwd=folder).returncode == 0
    assert (
        json.dumps(sorted(name for name in whole if name.endswith((".apkg", ".lock"))))
        == '["content/deck.lock", "d.apkg"]'
    )

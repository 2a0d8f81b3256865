"""The commands as their users run them: what they print, what they write, how they end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ankigen import __version__
from tests.conftest import DATA, DECK, MINIMAL, ankigen, copy_of, write_tree

BROKEN = "questions:\n  - {id: q, concept: gone, difficulty: easy, stem: What?, answer: It.}\n"


def test_version_and_help() -> None:
    assert ankigen("--version").stdout == f"ankigen {__version__}\n"
    assert "lint" in ankigen("--help").stdout
    assert ankigen().returncode == 2
    for command in ("lint", "build"):
        assert "Exit status" in ankigen(command, "--help").stdout or command == "build"


def test_a_clean_deck_lints_clean(root: Callable[..., Path], tmp_path: Path) -> None:
    root()
    result = ankigen("lint", cwd=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "All well in 3 files.\n", "")


def test_a_deck_without_cards_says_so(tmp_path: Path) -> None:
    write_tree(tmp_path / "new", {"deck.yaml": DECK})
    words = "There is no concept and no question yet.\n"
    assert ankigen("lint", cwd=tmp_path).stdout == "All well in 1 file.\n" + words
    write_tree(tmp_path / "full", MINIMAL)
    assert "no question in new yet.\n" in ankigen("lint", cwd=tmp_path).stdout


def test_findings_end_with_a_count_and_status_1(root: Callable[..., Path], tmp_path: Path) -> None:
    root({"questions/q.yaml": BROKEN})
    result = ankigen("lint", "content", cwd=tmp_path)
    assert result.returncode == 1
    assert result.stdout.startswith("error[I004 dangling-reference]: there is no concept `gone`\n")
    assert " --> content/questions/q.yaml:2:22\n" in result.stdout
    assert result.stdout.endswith("\n1 error in 3 files\n")


def test_paths_are_shown_as_they_were_given(root: Callable[..., Path], tmp_path: Path) -> None:
    root({"questions/q.yaml": BROKEN})
    assert "--> questions/q.yaml" in ankigen("lint", cwd=tmp_path / "content").stdout
    assert "--> ../content/questions/q.yaml" in ankigen("lint", "../content", cwd=tmp_path / "content").stdout
    whole = str(tmp_path / "content")
    assert f"--> {whole}/questions/q.yaml" in ankigen("lint", whole, cwd=tmp_path).stdout


def test_named_files_are_judged_against_their_whole_root(root: Callable[..., Path], tmp_path: Path) -> None:
    root({"questions/q.yaml": BROKEN, "questions/r.yaml": BROKEN.replace("gone", "a")})
    one = ankigen("lint", "content/questions/r.yaml", cwd=tmp_path)
    assert one.returncode == 1
    assert "`q` is the id of two questions" in one.stdout
    assert "gone" not in one.stdout.replace("concept: gone", "")
    assert ankigen("lint", "content/deck.yaml", cwd=tmp_path).returncode == 0


def test_decks_of_one_id_are_told_apart(tmp_path: Path) -> None:
    write_tree(tmp_path / "one", MINIMAL)
    write_tree(tmp_path / "two", MINIMAL)
    result = ankigen("lint", cwd=tmp_path)
    assert result.returncode == 1
    assert "`d` is the id of two decks" in result.stdout
    assert "one/deck.yaml" in result.stdout
    assert "two/deck.yaml" in result.stdout


def test_a_broken_file_is_reported_once(root: Callable[..., Path], tmp_path: Path) -> None:
    """A concept that cannot be read is there all the same: what is linked to it is not dangling."""
    root({"concepts/a.yaml": "id: a\ntitle: [\n"})
    result = ankigen("lint", cwd=tmp_path)
    assert result.stdout.count("error[") == 1


def test_build_writes_the_deck_and_says_what_is_in_it(root: Callable[..., Path], tmp_path: Path) -> None:
    root()
    result = ankigen("build", "content", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert re.fullmatch(
        r"D → d\.apkg\n"
        r"  notes      2: 1 recall, 1 concept\n"
        r"  difficulty 1 easy\n"
        r"  changes    all is new\n"
        r"  cards      2\n"
        r"  media      0 files\n"
        r"  size       \d kB\n"
        r"  time       \d\.\d s\n"
        r"\ncontent/deck\.lock is new: commit it\. It tells the next build what has changed\.\n"
        r"Do learners have this deck already\? Delete it, and first run `ankigen lock --adopt LAST\.apkg`\.\n"
        r"\nNext: open it, or choose File > Import in Anki\.\n",
        result.stdout,
    )
    assert (tmp_path / "d.apkg").stat().st_size > 1000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["content", "d.apkg"]


def test_build_takes_a_file_a_folder_and_several_roots(tmp_path: Path) -> None:
    decks = copy_of(DATA / "decks", tmp_path)
    assert ankigen("build", decks / "arabic", "-o", "new/x.apkg", cwd=tmp_path).returncode == 0
    assert (tmp_path / "new/x.apkg").is_file()
    assert ankigen("build", decks, "-o", "all", cwd=tmp_path).returncode == 0
    names = sorted(file.name for file in (tmp_path / "all").iterdir())
    assert names == ["arabic-deck.apkg", "every-kind.apkg", "gallery.apkg", "japanese-deck.apkg"]


def test_build_leaves_drafts_out_unless_asked(tmp_path: Path) -> None:
    kinds = copy_of(DATA / "decks/kinds", tmp_path)
    assert "notes      8:" in ankigen("build", kinds, "-o", "x.apkg", cwd=tmp_path).stdout
    assert "notes      9:" in ankigen("build", kinds, "-o", "x.apkg", "--include-drafts", cwd=tmp_path).stdout


def test_an_error_stops_the_build_and_keeps_the_last_deck(root: Callable[..., Path], tmp_path: Path) -> None:
    root({"questions/q.yaml": BROKEN})
    (tmp_path / "d.apkg").write_text("the last good deck")
    result = ankigen("build", cwd=tmp_path)
    assert result.returncode == 1
    assert "Nothing was built" in result.stdout
    assert (tmp_path / "d.apkg").read_text() == "the last good deck"


def test_open_hands_the_deck_to_the_desktop(root: Callable[..., Path], tmp_path: Path) -> None:
    """Through xdg-open, as on any Linux desktop: here one that notes what it was given."""
    root()
    opener = tmp_path / "bin/xdg-open"
    write_tree(tmp_path, {"bin/xdg-open": f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n'})
    opener.chmod(0o755)
    result = ankigen("build", "--open", cwd=tmp_path, env={"PATH": f"{opener.parent}:/usr/bin:/bin"})
    assert result.returncode == 0, result.stderr
    for _ in range(100):
        if (tmp_path / "opened").exists() and (tmp_path / "opened").read_text():
            break
        __import__("time").sleep(0.05)
    assert (tmp_path / "opened").read_text().strip() == str(tmp_path / "d.apkg")


def test_colour_follows_no_color_and_force_color(root: Callable[..., Path], tmp_path: Path) -> None:
    root({"questions/q.yaml": BROKEN})
    assert "\x1b[" not in ankigen("lint", cwd=tmp_path).stdout
    assert "\x1b[1;31m" in ankigen("lint", cwd=tmp_path, env={"NO_COLOR": "", "FORCE_COLOR": "1"}).stdout
    assert "\x1b[" not in ankigen("lint", cwd=tmp_path, env={"NO_COLOR": "1", "FORCE_COLOR": "1"}).stdout


@pytest.mark.parametrize("epoch", ["soon", "-1", "1.5", "9" * 30, "²"])
def test_a_false_source_date_epoch_is_refused(epoch: str, root: Callable[..., Path], tmp_path: Path) -> None:
    root()
    result = ankigen("build", cwd=tmp_path, env={"SOURCE_DATE_EPOCH": epoch})
    assert result.returncode == 2
    assert result.stderr.startswith("ankigen: SOURCE_DATE_EPOCH is")
    assert not (tmp_path / "d.apkg").exists()


def test_the_time_of_the_build_is_source_date_epoch(root: Callable[..., Path], tmp_path: Path) -> None:
    root()
    made = []
    for epoch, keep in (("1", False), ("1000000000", False), ("1000000000", False), ("1100000000", True)):
        if not keep:
            (tmp_path / "content/deck.lock").unlink(missing_ok=True)
        assert ankigen("build", cwd=tmp_path, env={"SOURCE_DATE_EPOCH": epoch}).returncode == 0
        made.append((tmp_path / "d.apkg").read_bytes())
    first, second, third, later = made
    assert first != second
    # What has not changed keeps its time.
    assert second == third == later


def test_rules_are_listed_and_explained(tmp_path: Path) -> None:
    listing = ankigen("rule", cwd=tmp_path)
    assert listing.returncode == 0
    assert "  Q008 key-far-longer" in listing.stdout
    assert listing.stdout.endswith("\n`ankigen rule CODE` explains one.\n")
    for name in ("Q008", "q008", "key-far-longer"):
        page = ankigen("rule", name, cwd=tmp_path).stdout
        assert page.startswith("# Q008 key-far-longer\n")
        assert "## Why it is bad" in page
    assert "\x1b[" in ankigen("rule", "Q004", cwd=tmp_path, env={"NO_COLOR": "", "FORCE_COLOR": "1"}).stdout
    (data,) = json.loads(ankigen("rule", "Q004", "--format", "json", cwd=tmp_path).stdout)
    assert data["options"][0] == {
        "name": "least", "default": 3, "least": 0, "most": None, "meaning": "the fewest options of a question",
    }  # fmt: skip


def test_rules_are_listed_by_family_and_by_default(tmp_path: Path) -> None:
    family = ankigen("rule", "y", cwd=tmp_path).stdout
    assert family == ankigen("rule", "Y", cwd=tmp_path).stdout
    assert family.startswith("Y: YAML\n  Y001 syntax-error ")
    assert "Q0" not in family
    pedantic = ankigen("rule", "pedantic", cwd=tmp_path).stdout
    lines = [line for line in pedantic.splitlines() if line.startswith("  ")]
    assert len(lines) > 5
    assert all("off by default" in line for line in lines)
    data = json.loads(ankigen("rule", "Y", "--format", "json", cwd=tmp_path).stdout)
    assert {rule["family"] for rule in data} == {"YAML"}


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("key-far-long", "key-far-longer"), ("Q08", "Q008"), ("q8", "Q008"), ("Q0018", "Q018"), ("m-1", "M001"),
        ("Q0088", "Q008"), ("pedantik", "pedantic"), ("X", ""), ("", ""), ("Q999", ""),
    ],
)  # fmt: skip
def test_an_unknown_rule_gets_the_nearest(word: str, nearest: str, tmp_path: Path) -> None:
    wrong = ankigen("rule", word, cwd=tmp_path)
    assert wrong.returncode == 2
    hint = f"; did you mean `{nearest}`?" if nearest else ""
    assert wrong.stderr == f"ankigen: there is no rule `{word}`{hint}\n"


def test_completion_scripts_are_there(tmp_path: Path) -> None:
    result = ankigen("--show-completion", "bash", cwd=tmp_path)
    assert "ankigen" in result.stdout + result.stderr


def test_deck_without_notes_is_not_built(root: Callable[..., Path], tmp_path: Path) -> None:
    root({"deck.yaml": DECK}, minimal=False)
    result = ankigen("build", cwd=tmp_path)
    assert result.returncode == 1
    assert "there is no concept or question to build" in result.stderr
    assert not (tmp_path / "d.apkg").exists()


def test_schemas_are_found_and_printed(tmp_path: Path) -> None:
    listing = ankigen("schema", cwd=tmp_path).stdout.splitlines()
    assert [line.split()[0] for line in listing] == ["deck", "concept", "questions"]
    folder = Path(ankigen("schema", "--dir", cwd=tmp_path).stdout.removesuffix("\n"))
    for line in listing:
        kind, file = line.split(maxsplit=1)
        assert Path(file) == folder / f"{kind}.schema.json"
        assert ankigen("schema", kind, cwd=tmp_path).stdout == Path(file).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["decks"], "there is no schema `decks`; there are: deck, concept, questions"),
        (["deck", "--dir"], "leave out"),
    ],
)
def test_a_schema_that_is_asked_for_wrongly_is_refused(arguments: list[str], words: str, tmp_path: Path) -> None:
    result = ankigen("schema", *arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert words in result.stderr

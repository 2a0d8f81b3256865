"""The ratchet: what is known is silent, what is new is not, and what is gone must go."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ankigen

BAD = (
    "questions:\n"
    "  - {id: q, concept: a, difficulty: easy, stem: Is it the the one?, answer: It.}\n"
    "  - {id: r, concept: a, difficulty: easy, stem: What is is it?, answer: It.}\n"
)


@pytest.fixture
def folder(root: Callable[..., Path], tmp_path: Path) -> Path:
    """A deck with three findings, all of them known."""
    root({"questions/q.yaml": BAD})
    result = ankigen("lint", "--select", "F,C003", "--write-baseline", "known.json", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "known.json knows 3 findings now.\n")
    return tmp_path


def lint(folder: Path, *more: str) -> tuple[int, str]:
    result = ankigen(
        "lint", "--select", "F,C003,L", "--baseline", "known.json", "--fail-on", "warning", *more, cwd=folder
    )
    return result.returncode, result.stdout


def test_what_is_known_is_silent(folder: Path) -> None:
    assert lint(folder) == (0, "All well in 3 files beside 3 findings that the baseline knows.\n")


def test_it_is_one_line_a_finding_in_order(folder: Path) -> None:
    lines = (folder / "known.json").read_text().splitlines()
    assert lines[3] == (
        '    {"path": "content/questions/q.yaml", "rule": "doubled-word", "message": "`is` stands twice", "count": 1},'
    )
    assert json.loads("\n".join(lines))["version"] == 1
    assert lines[3:-2] == sorted(lines[3:-2])


def test_moved_lines_change_nothing(folder: Path) -> None:
    file = folder / "content/questions/q.yaml"
    file.write_text("# one\n\n# two\n" + file.read_text())
    assert lint(folder)[0] == 0


def test_what_is_new_is_reported_even_where_the_same_is_known(folder: Path) -> None:
    file = folder / "content/questions/q.yaml"
    file.write_text(
        file.read_text() + "  - {id: s, concept: a, difficulty: easy, stem: What of the the, answer: It.}\n"
    )
    status, out = lint(folder)
    assert status == 1
    assert out.count("doubled-word") == 1
    assert "1 warning in 3 files beside 3 findings that the baseline knows" in out


def test_what_is_gone_must_leave_the_file(folder: Path) -> None:
    file = folder / "content/questions/q.yaml"
    file.write_text(file.read_text().replace("the the", "the"))
    status, out = lint(folder)
    assert status == 1
    assert "L004 stale-baseline]: `doubled-word` finds this no longer in content/questions/q.yaml" in out
    assert "--> known.json:5:5" in out
    assert ankigen("lint", "--select", "F,C003", "--write-baseline", "known.json", cwd=folder).returncode == 0
    assert lint(folder)[0] == 0
    # Of files and rules that a run leaves out, nothing is said.
    file.write_text(file.read_text().replace("is is", "is"))
    assert lint(folder, "--ignore", "F006")[0] == 0
    assert lint(folder, "content/concepts")[0] == 0
    assert lint(folder)[0] == 1


def test_another_folder_finds_the_same(folder: Path) -> None:
    args = ("lint", "--select", "F,C003", "--baseline", "../known.json", ".", "--fail-on", "note")
    assert ankigen(*args, cwd=folder / "content").returncode == 0


def test_a_part_that_is_written_anew_keeps_the_rest(folder: Path) -> None:
    before = (folder / "known.json").read_bytes()
    ankigen("lint", "content/concepts", "--write-baseline", "known.json", cwd=folder)
    ankigen("lint", "--select", "Q005", "--write-baseline", "known.json", cwd=folder)
    assert (folder / "known.json").read_bytes() == before


def test_what_keeps_a_deck_from_being_built_cannot_be_known(folder: Path) -> None:
    (folder / "content/questions/bad.yaml").write_text("questions: 5\n")
    result = ankigen("lint", "--write-baseline", "other.json", cwd=folder)
    assert "1 finding of rules that are always on cannot be in it: mend them first." in result.stdout
    assert ankigen("lint", "--baseline", "other.json", cwd=folder).returncode == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no baseline"),
        ("[" * 100_000, "is no baseline"),
        ("[]", "is no baseline"),
        ('{"version": 1, "findings": [{"path": 1}]}', "is no baseline"),
        (
            '{"version": 1, "findings": [{"path": "a", "rule": "b", "message": "c", "count": -1}]}',
            "is no baseline",
        ),
        ('{"version": 2}', "is of a newer version of ankigen"),
        (None, "No such file or directory); make it with --write-baseline known.json"),
        (b"\xff\xfe", "is no baseline"),
    ],
)
def test_what_is_no_baseline_is_refused(text: str | bytes | None, words: str, folder: Path) -> None:
    file = folder / "known.json"
    file.unlink()
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = ankigen("lint", "--baseline", "known.json", cwd=folder)
    assert result.returncode == 2
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1

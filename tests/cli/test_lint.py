"""`ankigen lint` and its flags, as their users see them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import CONCEPT, QUESTION, REPOSITORY, ankigen, write_tree

DOUBLED = QUESTION.replace("What?", "What is the the name?")


def piped(text: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return ankigen("lint", "-", *arguments, cwd=cwd, stdin_text=text)


def test_standard_input_stands_for_a_file(root: Callable[..., Path], tmp_path: Path) -> None:
    root()
    result = piped(DOUBLED, "--stdin-filename", "content/questions/q.yaml", "--format", "concise", cwd=tmp_path)
    assert result.stdout.splitlines()[0] == (
        "content/questions/q.yaml:2:61: warning[F006 doubled-word] `the` stands twice"
    )
    assert (tmp_path / "content/questions/q.yaml").read_text() == QUESTION


def test_a_new_file_is_judged_against_the_whole_deck(root: Callable[..., Path], tmp_path: Path) -> None:
    root()
    result = piped(QUESTION, "--stdin-filename", "content/questions/new/n.yaml", cwd=tmp_path)
    assert result.returncode == 1
    assert "`q` is the id of two questions" in result.stdout
    assert "content/questions/new/n.yaml" in result.stdout


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("content/deck.yaml", "format: 1\nid: d\ntitle: ''\n", "`title` is empty"),
        ("content/concepts/a.yaml", CONCEPT.replace("id: a", "id: b"), "the id is `b`"),
    ],
)
def test_every_kind_of_file_can_be_piped(
    name: str, text: str, words: str, root: Callable[..., Path], tmp_path: Path
) -> None:
    root()
    result = piped(text, "--stdin-filename", name, cwd=tmp_path)
    assert result.returncode == 1
    assert words in result.stdout


def test_what_is_piped_comes_back_repaired(root: Callable[..., Path], tmp_path: Path) -> None:
    root()
    text = "questions:\r\n  - {id: q, concept: a, difficulty: easy, stem: 1.10, answer: It.}\r\n"
    result = piped(text, "--stdin-filename", "content/questions/q.yaml", "--fix", cwd=tmp_path)
    # The process's text mode has joined the line ends.
    assert result.stdout == text.replace("1.10", "'1.10'").replace("\r", "")
    assert "Fixed 1 finding." in result.stderr
    assert (tmp_path / "content/questions/q.yaml").read_text() == QUESTION


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-",), "--stdin-filename content/questions/NAME.yaml"),
        (("-", "content", "--stdin-filename", "x.yaml"), "is checked alone"),
        (("--stdin-filename", "content/questions/q.yaml"), "write `-` in place of a path"),
        (("-", "--stdin-filename", "x.yaml"), "has a deck.yaml"),
        (("-", "--stdin-filename", "content/x.yaml"), "this is no content file"),
        (("-", "--stdin-filename", "content/questions/x.txt"), "this is no content file"),
        (("-", "--stdin-filename", "content/questions/.x.yaml"), "this is no content file"),
        (("--select", "Q999"), "there is no rule `Q999`; `ankigen rule` lists them"),
        (("--ignore", "no-leed-in"), "did you mean `no-lead-in`?"),
        (("--jobs", "-1"), "--jobs"),
        (("--jobs", "many"), "--jobs"),
        (("--format", "sariff"), "'sarif'"),
        (("--fail-on", "errors"), "'error'"),
    ],
)
def test_wrong_use_is_said_in_a_line(
    arguments: tuple[str, ...], words: str, root: Callable[..., Path], tmp_path: Path
) -> None:
    root()
    result = ankigen("lint", *arguments, cwd=tmp_path, stdin_text="")
    assert result.returncode == 2
    assert words in result.stderr
    assert not result.stdout


def test_statistics_count_the_findings_of_each_rule(root: Callable[..., Path], tmp_path: Path) -> None:
    root({"questions/q.yaml": DOUBLED.replace("It.", "the the 5 5 C++<T>")})
    result = ankigen("lint", "--statistics", cwd=tmp_path)
    assert result.stdout.splitlines() == [
        "2  F006 doubled-word (2 with --unsafe-fixes)",
        "1  F002 unescaped-angle (1 with --fix)",
        "3 findings in 3 files",
    ]


def test_files_are_listed_as_they_would_be_read(root: Callable[..., Path], tmp_path: Path) -> None:
    root({"questions/b/c.yml": QUESTION, "questions/.hidden.yaml": "", "notes.yaml": ""})
    result = ankigen("lint", "--show-files", cwd=tmp_path)
    assert result.stdout.splitlines() == [
        "content/deck.yaml",
        "content/concepts/a.yaml",
        "content/questions/b/c.yml",
        "content/questions/q.yaml",
    ]
    assert (
        ankigen("lint", "--show-files", "content/questions/b", cwd=tmp_path).stdout
        == "content/questions/b/c.yml\n"
    )


def test_settings_show_what_would_run(root: Callable[..., Path], tmp_path: Path) -> None:
    lint = "lint: {severity: {doubled-word: error}, long-stem: {words: 50}, per-file-ignores: {'questions/*': [F001]}}\n"
    root({"deck.yaml": "format: 1\nid: d\ntitle: D\n" + lint})
    lines = ankigen("lint", "--show-settings", "--select", "F,Q021", cwd=tmp_path).stdout.splitlines()
    assert [" ".join(line.split()) for line in lines if "F006" in line or "Q021" in line or "not in" in line] == [
        "F006 doubled-word error",
        "Q021 long-stem warning words: 50",
        "not in questions/*: unbalanced-markup",
    ]


def test_every_setting_of_the_deck_can_be_a_flag_and_the_flag_wins(
    root: Callable[..., Path], tmp_path: Path
) -> None:
    lint = "lint: {severity: {F006: note}, q021: {words: 2}, extend: [long-stem]}\n"
    root({"deck.yaml": "format: 1\nid: d\ntitle: D\n" + lint, "questions/q.yaml": DOUBLED})

    def found(*flags: str) -> list[str]:
        lines = ankigen("lint", "--format", "concise", *flags, cwd=tmp_path).stdout.splitlines()[:-1]
        return [line.partition(": ")[2].partition("]")[0] + "]" for line in lines]

    assert found() == ["warning[Q021 long-stem]", "note[F006 doubled-word]"]
    assert found("--set", "long-stem.words=9", "--set", "severity.doubled-word=error") == [
        "error[F006 doubled-word]"
    ]
    assert found("--set", "per-file-ignores.questions/*.yaml=[F, Q021]") == []


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("long-stm.words=8", "`long-stm` is no setting and no rule: did you mean `long-stem`?"),
        ("long-stem.word=8", "did you mean `words`?"),
        ("long-stem.words=many", "`words` wants a whole number"),
        ("long-stem.words=-5", "`words` wants a number of 1 or more"),
        ("long-stem.words=[", "--set long-stem.words=[: "),
        ("long-stem.words=1\nx: 2", "is no setting: write SECTION.KEY=VALUE"),
        ("long-stem.words", "is no setting: write SECTION.KEY=VALUE"),
        ("words=8", "is no setting: write SECTION.KEY=VALUE"),
        ("severity.Q08=error", "did you mean `Q008`?"),
        ("severity.Q008=eror", "did you mean `error`?"),
        ("extend.x=1", "`extend` has a flag of its own: --extend"),
    ],
)
def test_a_setting_that_cannot_be_is_said_in_a_line(
    setting: str, words: str, root: Callable[..., Path], tmp_path: Path
) -> None:
    root()
    result = ankigen("lint", "--set", setting, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


def corpus(folder: Path) -> None:
    """A deck of many files, large enough for several processes, with findings in and between them."""
    files = {"deck.yaml": "format: 1\nid: d\ntitle: D\ntags: [Keys]\n"}
    for number in range(200):
        files[f"concepts/c{number}.yaml"] = (
            f"id: c{number}\ntitle: T\nprerequisites: [c{(number + 1) % 200}, x{number}]\n"
            "overview: [{heading: H, body: x}]\n"
        )
        files[f"questions/q{number}.yaml"] = (
            f"concept: c{number}\nquestions:\n"
            f"  # ankigen: ignore[F006] because it is {number}\n"
            f"  - {{id: q{number % 150}, difficulty: easy, tags: [key], stem: 'What is the the {number % 7} name?', answer: It.}}\n"
            f"  - {{id: r{number}, difficulty: easy, stem: 'Which one 日本 🎉 is it it?', answer: 'No. {number}'}}\n"
        )
    write_tree(folder, files)


@pytest.mark.slow
def test_the_output_does_not_depend_on_processes_or_order(tmp_path: Path) -> None:
    corpus(tmp_path / "one")
    corpus(tmp_path / "two")
    (tmp_path / "two/deck.yaml").write_text("format: 1\nid: e\ntitle: D\n")
    orders = {"1": ("one", "two"), "2": ("two", "one"), "3": ("two", "one", "two/questions", "./one")}
    outputs = {
        (result.returncode, result.stdout, result.stderr)
        for jobs, order in (("1", "1"), ("1", "2"), ("1", "3"), ("2", "1"), ("2", "3"), ("4", "2"))
        for result in [
            ankigen(
                "lint", "--format", "json", "--jobs", jobs, *orders[order],
                cwd=tmp_path, env={"PYTHONHASHSEED": jobs + order},
            )
        ]
    }  # fmt: skip
    assert len(outputs) == 1
    status, out, _ = outputs.pop()
    assert status == 1
    rules = {finding["rule"] for finding in json.loads(out)["findings"]}
    assert rules >= {"duplicate-id", "dangling-reference", "prerequisite-cycle", "tag-drift", "doubled-word"}
    assert rules >= {"same-prompt-two-answers", "near-duplicate-question"}


def test_a_process_that_is_ended_is_said_in_a_line(tmp_path: Path) -> None:
    corpus(tmp_path / "one")
    program = (
        "import os, ankigen.lint.pool as pool, ankigen.cli as cli, sys\n"
        "pool._read = lambda readers, tasks: os._exit(9)\n"
        "sys.argv = ['ankigen', 'lint', '--jobs', '2', 'one']\n"
        "cli.main()\n"
    )
    file = tmp_path / "ended.py"
    file.write_text(program)
    result = subprocess.run(
        [sys.executable, file], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(REPOSITORY)}, timeout=60,
    )  # fmt: skip
    assert result.returncode == 2
    assert "was ended by the system" in result.stderr

"""Which rules run: deck.yaml's settings, the command's flags, and comments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ankigen.lint.engine import all_rules
from tests.conftest import DECK, QUESTION, ankigen

NO_TOPIC = "id: a\ntitle: A\ntopic: gone\noverview: [{heading: H, body: x}]\n"
NO_PICTURE = QUESTION.replace("What?", "'![x](gone.png)'")


@pytest.fixture
def folder(root: Callable[..., Path], tmp_path: Path) -> Callable[[str], Path]:
    """A root with two faults, D006 and M001, and the given settings."""

    def make(lint: str = "") -> Path:
        deck = DECK + (f"lint: {lint}\n" if lint else "")
        root({"deck.yaml": deck, "concepts/a.yaml": NO_TOPIC, "questions/q.yaml": NO_PICTURE})
        return tmp_path

    return make


def codes(folder: Path, *flags: str, status: int | None = None) -> list[str]:
    result = ankigen("lint", *flags, cwd=folder)
    if status is not None:
        assert result.returncode == status, result.stdout
    return sorted(line[6:10] for line in result.stdout.splitlines() if line.startswith(("error[", "warni[")))


def test_everything_that_is_not_pedantic_runs_by_default(folder: Callable[[str], Path]) -> None:
    assert codes(folder(""), status=1) == ["D006", "M001"]


@pytest.mark.parametrize(
    ("lint", "expected"),
    [
        ("{ignore: [D006]}", ["M001"]),
        ("{ignore: [undeclared-topic, M]}", []),
        ("{select: [M]}", ["M001"]),
        ("{ignore: [d006]}", ["M001"]),
        ("{severity: {d006: note}, ignore: [m]}", []),
        ("{select: [M], extend: [D006]}", ["D006", "M001"]),
        ("{select: [all], ignore: [missing-media]}", ["D006"]),
        ("{per-file-ignores: {'questions/*': [M]}}", ["D006"]),
        ("{per-file-ignores: {'**': [all]}}", []),
    ],
)
def test_deck_yaml_chooses_the_rules(lint: str, expected: list[str], folder: Callable[[str], Path]) -> None:
    assert codes(folder(lint)) == expected


@pytest.mark.parametrize(
    ("lint", "flags", "expected"),
    [
        ("{ignore: [D006]}", ["--select", "D"], ["D006"]),
        ("{select: [Q]}", ["--select", "M,D"], ["D006", "M001"]),
        ("{extend: [D]}", ["--ignore", "D", "--ignore", "M001"], []),
        ("{ignore: [D006, M001]}", ["--extend", "M"], ["M001"]),
        ("{ignore: [M001]}", ["--pedantic"], ["D006"]),
        ("", ["--select", "d006"], ["D006"]),
    ],
)
def test_flags_win_over_deck_yaml(
    lint: str, flags: list[str], expected: list[str], folder: Callable[[str], Path]
) -> None:
    assert codes(folder(lint), *flags) == expected


def test_severity_decides_the_exit_status_and_the_build(folder: Callable[[str], Path]) -> None:
    where = folder("{severity: {D006: warning, missing-media: note}}")
    assert ankigen("lint", cwd=where).returncode == 0
    assert ankigen("lint", "--fail-on", "warning", cwd=where).returncode == 1
    result = ankigen("build", cwd=where)
    assert result.returncode == 0
    assert "warning[D006" in result.stdout
    assert "note[M001" in result.stdout


def test_what_a_deck_cannot_be_made_with_is_always_said(root: Callable[..., Path], tmp_path: Path) -> None:
    root(
        {
            "deck.yaml": DECK + "lint: {ignore: [all]}\n",
            "questions/q.yaml": QUESTION.replace("concept: a", "concept: b"),
        }
    )
    result = ankigen("build", "content", cwd=tmp_path)
    assert result.returncode == 1
    assert "error[I004" in result.stdout


@pytest.mark.parametrize("flag", ["--select", "--ignore", "--extend"])
def test_a_flag_that_names_no_rule_is_refused(flag: str, folder: Callable[[str], Path]) -> None:
    result = ankigen("lint", flag, "missing-medla", cwd=folder(""))
    assert result.returncode == 2
    assert result.stderr == "ankigen: there is no rule `missing-medla`; did you mean `missing-media`?\n"


def test_a_comment_silences_what_it_stands_at_and_nothing_else(root: Callable[..., Path], tmp_path: Path) -> None:
    questions = (
        "questions:\n"
        "  # ankigen: ignore[M001] because the picture comes with the next release\n"
        "  - id: q\n    concept: a\n    difficulty: easy\n    stem: '![x](gone.png)'\n    answer: It.\n"
        "  - id: r\n    concept: a\n    difficulty: easy\n    stem: '![x](gone.png)'\n    answer: It.\n"
    )
    root({"questions/q.yaml": questions})
    result = ankigen("lint", cwd=tmp_path)
    assert result.stdout.count("error[M001") == 1
    assert "q.yaml:11:17" in result.stdout
    assert "L001" not in result.stdout


def test_a_comment_cannot_silence_what_a_deck_cannot_be_made_with(
    root: Callable[..., Path], tmp_path: Path
) -> None:
    broken = QUESTION.replace("concept: a", "concept: b")
    root({"questions/q.yaml": "# ankigen: ignore-file[I004] because I say so\n" + broken})
    result = ankigen("lint", cwd=tmp_path)
    assert "error[I004" in result.stdout
    assert result.returncode == 1


def test_a_comment_is_not_called_useless_where_its_rule_did_not_run(
    root: Callable[..., Path], tmp_path: Path
) -> None:
    questions = "# ankigen: ignore-file[doubled-word, M001] because it is to be\n" + NO_PICTURE
    root({"deck.yaml": DECK + "language: de\n", "questions/q.yaml": questions})
    assert "doubled-word" not in ankigen("lint", cwd=tmp_path).stdout
    root({"deck.yaml": DECK + "colour: x\n", "questions/q.yaml": questions})
    assert "unused-suppression" not in ankigen("lint", cwd=tmp_path).stdout


def test_every_option_that_is_a_number_has_a_range_that_its_default_is_in() -> None:
    for option in (option for rule in all_rules().values() for option in rule.options):
        if type(option.default) in (int, float):
            assert option.range
            assert option.allows(option.default)
            assert not option.allows(-1)
            assert not option.allows(float("nan"))

"""Fixes: what they change, what they leave alone, and what they refuse."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankigen.diagnostic import Fix
from ankigen.lint.engine import all_rules, check
from ankigen.lint.fix import ChangedError, repairs
from ankigen.lint.rule import Rule
from ankigen.lint.settings import Flags
from ankigen.source.discover import Target
from ankigen.source.text import SourceFile
from ankigen.source.yaml import parse
from tests.conftest import CONCEPT, DECK, ankigen, write_tree
from tests.rules.test_rules import BAD, files_of, name

MIXED = (
    "# A comment that stays\r\n"
    "questions:   # and this one\r\n"
    "  - id: q\r\n    concept: a\r\n    difficulty: easy\r\n"
    "    stem: Which   of these does not return a List<T>?\r\n"
    "    options: [{text: 1.10, correct: true}, 010,   'x']\r\n"
    '    explanation: "double"\r\n'
)


def test_only_what_is_wrong_is_changed(root: Callable[..., Path], tmp_path: Path) -> None:
    root({"questions/q.yaml": MIXED})
    result = ankigen("lint", "--fix", "--ignore", "Y010", cwd=tmp_path)
    assert result.returncode == 0, result.stdout
    assert result.stderr == "Fixed 4 findings.\n"
    expected = (
        MIXED.replace("1.10", "'1.10'").replace("010", "'010'").replace("not", "**NOT**").replace("<T>", "\\<T>")
    )
    assert (tmp_path / "content/questions/q.yaml").read_bytes() == expected.encode()


def test_a_diff_changes_nothing(root: Callable[..., Path], tmp_path: Path) -> None:
    root({"questions/q.yaml": MIXED.replace("\r", "")})
    result = ankigen("lint", "--diff", cwd=tmp_path)
    assert result.returncode == 1
    assert "-    options: [{text: 1.10, correct: true}, 010,   'x']" in result.stdout
    assert "+    options: [{text: '1.10', correct: true}, '010',   'x']" in result.stdout
    assert (tmp_path / "content/questions/q.yaml").read_bytes() == MIXED.replace("\r", "").encode()


def test_unsafe_fixes_wait_to_be_asked_for(root: Callable[..., Path], tmp_path: Path) -> None:
    question = "questions:\n  - {id: q, concept: a, difficulty: easy, steem: What?, answer: It.}\n"
    root({"questions/q.yaml": question})
    assert ankigen("lint", "--fix", cwd=tmp_path).returncode == 1
    assert (tmp_path / "content/questions/q.yaml").read_text() == question
    assert ankigen("lint", "--fix", "--unsafe-fixes", cwd=tmp_path).returncode == 0
    assert (tmp_path / "content/questions/q.yaml").read_text() == question.replace("steem", "stem")


def fixes_of(example: Path) -> Iterator[Fix]:
    """The fixes that an example's own rule offers."""
    (result,) = check([Target(Path("content"))], flags=Flags(extend=(example.parent.name,)))
    for diagnostic in result.diagnostics:
        if diagnostic.rule == example.parent.name and diagnostic.fix:
            yield diagnostic.fix


@pytest.mark.parametrize("example", BAD, ids=name)
def test_a_second_pass_does_nothing(example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And after the first, what was fixed is no longer found, and the file still reads."""
    monkeypatch.chdir(tmp_path)
    write_tree(tmp_path / "content", {"deck.yaml": DECK, "concepts/a.yaml": CONCEPT, **files_of(example)})
    target, rule = Target(Path("content")), all_rules()[example.parent.name]
    promised = {"safe": {True, False}, "unsafe": {False}, "": set()}[rule.fix]
    assert {fix.safe for fix in fixes_of(example)} <= promised
    for _ in range(10):
        (result,) = check([target], flags=Flags(extend=(rule.name,)))
        found = list(repairs(result.diagnostics, result.sources, unsafe=True))
        if not found:
            break
        for repair in found:
            before = parse(repair.source)[0]
            assert before is None or parse(SourceFile("x", repair.text))[0] is not None
            repair.write()
    assert not found
    assert not list(fixes_of(example))
    assert not list((tmp_path / "content").rglob("*.tmp"))


@pytest.mark.parametrize("rule", [rule for rule in all_rules().values() if rule.fix], ids=lambda rule: rule.name)
def test_every_rule_that_promises_a_fix_has_one(
    rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    safe = []
    for example in (each for each in BAD if each.parent.name == rule.name):
        shutil.rmtree(tmp_path / "content", ignore_errors=True)
        write_tree(tmp_path / "content", {"deck.yaml": DECK, "concepts/a.yaml": CONCEPT, **files_of(example)})
        safe += [fix.safe for fix in fixes_of(example)]
    assert (rule.fix == "safe") in safe


def test_a_file_that_changed_meanwhile_is_left_alone(root: Callable[..., Path], tmp_path: Path) -> None:
    content = root({"questions/q.yaml": MIXED})
    (result,) = check([Target(content)])
    (repair,) = repairs(result.diagnostics, result.sources)
    file = tmp_path / "content/questions/q.yaml"
    file.write_text("something else")
    with pytest.raises(ChangedError, match="changed while it was checked"):
        repair.write()
    assert file.read_text() == "something else"


@given(
    st.lists(
        st.sampled_from(["1.10", "~", "true", "x", "'y'", '"z"', "List<T>", "a: b", "日本 010", "0x1F"]),
        min_size=3,
        max_size=6,
    )
)
def test_fixed_options_say_what_was_written(options: list[str]) -> None:
    """Quoting keeps each value as the author saw it."""
    text = "questions:\n  - id: q\n    concept: a\n    difficulty: easy\n    stem: What?\n    options:\n"
    text += "".join(f"      - {option}   # comment {number}\n" for number, option in enumerate(options))
    source = SourceFile("content/questions/q.yaml", text)
    document, _ = parse(source)
    assert document is not None
    from ankigen.validate import FileKind, validate

    found = validate(document, FileKind.QUESTIONS)
    for repair in repairs(found, {source.path: source}):
        after, _ = parse(SourceFile("x", repair.text))
        assert after is not None
        for written, value in zip(options, after.data["questions"][0]["options"], strict=True):
            assert isinstance(value, str)
            assert value == written.strip("'\"")
        assert [line.partition("# ")[2] for line in repair.text.splitlines()] == [
            line.partition("# ")[2] for line in text.splitlines()
        ]

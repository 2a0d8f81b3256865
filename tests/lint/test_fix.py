"""Fixes: what they change, what they leave alone, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankigen.lint.engine import check
from ankigen.lint.fix import ChangedError, repairs
from ankigen.lint.settings import Flags
from ankigen.source.discover import Target
from ankigen.source.text import SourceFile
from ankigen.source.yaml import parse
from tests.conftest import ankigen, write_tree
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
        MIXED.replace("1.10", "'1.10'").replace("010", "'010'").replace("not", "NOT").replace("<T>", "\\<T>")
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


@pytest.mark.parametrize("example", BAD, ids=name)
def test_a_second_pass_does_nothing(example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And after the first, what was fixed is no longer found, and the file still reads."""
    monkeypatch.chdir(tmp_path)
    deck, concept = "format: 1\nid: d\ntitle: D\n", "id: a\ntitle: A\noverview: [{heading: H, body: x}]\n"
    write_tree(tmp_path / "content", {"deck.yaml": deck, "concepts/a.yaml": concept, **files_of(example)})
    target, flags = Target(Path("content")), Flags(extend=(example.parent.name,))
    for _ in range(10):
        (result,) = check([target], flags=flags)
        found = list(repairs(result.diagnostics, result.sources, unsafe=True))
        if not found:
            break
        for repair in found:
            before = parse(repair.source)[0]
            assert before is None or parse(SourceFile("x", repair.text))[0] is not None
            repair.write()
    assert not found
    assert not list((tmp_path / "content").rglob("*.tmp"))


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

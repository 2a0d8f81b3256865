"""What docs/editors.md has people copy into their editors fits what the program does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ankigen.diagnostic import Severity
from ankigen.validate import FileKind, schema
from tests.conftest import DECK, MINIMAL, REPOSITORY, ankigen, write_tree

PAGE = (REPOSITORY / "docs/editors.md").read_text(encoding="utf-8")
SETTINGS = "lint: {severity: {doubled-word: note}}\n"
QUESTIONS = """\
questions:
  - {id: q, concept: a, difficulty: easy, stem: '“Ünïcödé” [as is] is the the name?', answer: It.}
  - {id: r, concept: b, difficulty: easy, stem: What is this called?, answer: 'This one: 4.5, 5 or C++<T>.'}
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


SETTINGS_JSON, TASKS_JSON, BACKGROUND_JSON = (json.loads(block) for block in blocks("json"))


@pytest.fixture
def lines(tmp_path: Path) -> list[str]:
    """The output for a deck with a finding of each severity, in a folder with spaces and brackets in its name."""
    write_tree(
        tmp_path / "my decks (one)", {**MINIMAL, "deck.yaml": DECK + SETTINGS, "questions/q.yaml": QUESTIONS}
    )
    *lines, last = ankigen("lint", "--format", "concise", cwd=tmp_path).stdout.splitlines()
    assert last == "1 error, 1 warning, 1 note in 3 files"
    return [*lines, last]


def assert_each_is_read(found: list[re.Match[str] | None]) -> None:
    """The lines of findings, and not the last one, give a place, a severity and words."""
    *findings, last = found
    assert last is None
    parts = [match.groupdict() for match in findings if match]
    assert len(parts) == len(findings) == len(Severity)
    assert {part["file"] for part in parts} == {"my decks (one)/questions/q.yaml"}
    assert {part["severity"][0] for part in parts} == {severity[0] for severity in Severity}
    assert sorted((part["line"], part["column"]) for part in parts)[0] == ("2", "75")
    assert all("`" in part["message"] for part in parts)


def test_the_problem_matcher_of_vs_code_reads_each_line(lines: list[str]) -> None:
    (task,) = TASKS_JSON["tasks"]
    pattern = task["problemMatcher"]["pattern"]
    named = pattern["regexp"]
    for name in sorted((key for key in pattern if key != "regexp"), key=pattern.__getitem__):
        named = re.sub(r"(?<!\\)\((?!\?)", f"(?P<{name}>", named, count=1)
    assert_each_is_read([re.search(named, line) for line in lines])
    assert [task["command"], *task["args"]] == ["ankigen", "lint", "--format", "concise"]


def test_the_pattern_of_nvim_lint_reads_each_line(lines: list[str]) -> None:
    (pattern,) = re.findall(r'^ *"(\^.*\$)",$', PAGE, re.MULTILINE)
    for name in ("file", "line", "column", "severity", "code", "message"):
        pattern = re.sub(r"\((?!\?)", f"(?P<{name}>", pattern, count=1)
    pattern = pattern.replace("%a", "[A-Za-z]").replace("%", "\\")
    assert_each_is_read([re.search(pattern, line) for line in lines])


def test_the_errorformat_of_vim_reads_each_line(lines: list[str]) -> None:
    (given,) = re.findall(r"^setlocal errorformat=(.*)$", PAGE, re.MULTILINE)
    *patterns, rest = given.replace("\\ ", " ").split(",")
    assert rest == "%-G%.%#"  # drops what no other pattern fits
    parts = {"%f": "file>.+?", "%l": "line>[0-9]+", "%v": "column>[0-9]+", "%t": "severity>.", "%m": "message>.*"}
    expressions = []
    for pattern in patterns:
        expression = re.escape(pattern)
        for sign, part in parts.items():
            expression = expression.replace(sign, f"(?P<{part})")
        expressions.append(f"^{expression}$")
    found = [next(filter(None, (re.search(each, line) for each in expressions)), None) for line in lines]
    assert_each_is_read(found)


def test_the_schemas_are_copied_and_named_as_the_settings_name_them(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(["sh", "-ec", blocks("sh")[0]], cwd=tmp_path, env=os.environ | {"PATH": path}, check=True)
    named = SETTINGS_JSON["yaml.schemas"]
    assert sorted(named) == sorted(f"ankigen-schema/{kind}.schema.json" for kind in FileKind)
    assert json.loads((tmp_path / "ankigen-schema/deck.schema.json").read_text(encoding="utf-8")) == schema(
        FileKind.DECK
    )
    for file, files in named.items():
        assert (tmp_path / file).is_file()
        assert f'["{file}"] = "{files}"' in PAGE  # Neovim's settings say the same


def test_the_first_line_that_names_a_schema_is_no_finding(tmp_path: Path) -> None:
    (line,) = blocks("yaml")
    write_tree(tmp_path, {**MINIMAL, "questions/q.yaml": line + MINIMAL["questions/q.yaml"]})
    assert ankigen("lint", cwd=tmp_path).stdout == "All well in 3 files.\n"


def test_the_command_for_other_editors_reads_a_buffer(tmp_path: Path) -> None:
    command = blocks("sh")[1].replace("FILE", str(tmp_path / "questions/q.yaml")).split()
    write_tree(tmp_path, MINIMAL)
    result = ankigen(*command[1:], cwd=tmp_path, stdin_text=QUESTIONS)
    assert result.stdout.startswith(f"{tmp_path}/questions/q.yaml:2:75: warning[F006 doubled-word] ")

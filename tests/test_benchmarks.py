"""The races run, and the decks that they are run with are what they are meant to be."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks import corpus
from benchmarks.__main__ import main
from benchmarks.measure import Contender, Cost, FailedError, race, run
from benchmarks.races import RACES, Row
from tests.conftest import REPOSITORY, checked

MB = 1_000_000


def python(code: str, **options: object) -> Contender:
    return Contender("python", [[sys.executable, "-c", code]], **options)


@pytest.mark.slow
def test_all_races_run_and_give_their_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = tmp_path / "RESULTS.md"
    arguments = ("--sizes", "10,100", "--runs", "1", "--folder", tmp_path / "decks", "--results", results)
    assert main([str(each) for each in arguments]) == 0
    page, printed = results.read_text(encoding="utf-8"), capsys.readouterr().out
    table, machine = (re.findall(r"^\| (.*) \|$", part, re.MULTILINE) for part in page.split("yamllint has"))
    rows = [line.split(" | ") for line in table[2:]]
    assert [(row[0], row[4]) for row in rows] == [
        ("ankigen --version", "python -c pass"),
        ("ankigen --help", "python -c pass"),
        ("lint of a small deck", "python -c pass"),
        ("lint, no cache", "check-jsonschema"),
        ("lint, no cache", "yamllint"),
        ("memory of lint, no cache", "check-jsonschema"),
        ("lint, nothing changed", "python -c pass"),
        ("build, nothing changed", "build, no cache"),
        ("lint, one file changed", "lint, no cache"),
        ("build, one file changed", "build, no cache"),
        ("build, no cache", "bare floor"),
        ("build, no cache", "genanki script, writing alone"),
        ("build, no cache", "Anki's backend, writing alone"),
        ("memory of build, no cache", "genanki script, writing alone"),
        ("writing the notes as .apkg", "genanki script"),
        ("size of the .apkg", "genanki script"),
        ("the deck page of a preview", ""),
        ("lint, 10 questions", ""),
        ("lint, 100 questions", "10 questions"),
        ("memory of lint, 100 questions", "10 questions"),
        ("build, 10 questions", ""),
        ("build, 100 questions", "10 questions"),
        ("memory of build, 100 questions", "10 questions"),
        ("lint of code and formulas", "lint of prose"),
        ("lint of many faults", "lint of prose"),
        ("build of code and formulas", "build of prose"),
    ]
    for work, ours, cpu, memory, peer, theirs, *_, ratio, budget, met in rows:
        assert re.search(rf"│ {re.escape(work)} +│ {re.escape(ours)} +│", printed)
        unit = "MB" if work.startswith(("memory", "size")) else "s"
        figures = [ours, *([theirs] if peer else []), *([cpu] if unit == "s" else [])]
        assert all(float(figure.removesuffix(f" {unit}")) > 0 for figure in figures), work
        if unit == "s" and not work.startswith(("writing", "the deck page")):
            assert 1 < float(memory.removesuffix(" MB")) < 1000
        assert not peer or float(ratio) > 0
        assert met in (("yes", "NO") if budget else ("",))
    facts = dict(line.split(" | ") for line in machine[2:])
    assert list(facts) == ["processor", "memory", "system", "Python", "libraries", "date", "commit"]
    assert "yamllint 1." in facts["libraries"]


def test_contenders_run_in_turn_and_cost_the_median(tmp_path: Path) -> None:
    order = []
    costs = race(
        [
            python("import time; time.sleep(0.2)", before=lambda: order.append("a")),
            python("", before=lambda: order.append("b")),
        ],
        3, tmp_path, os.environ,
    )  # fmt: skip
    assert "".join(order) == "abababab"  # the first of each is for the memory
    assert costs[0].wall > 0.2
    assert costs[0].cpu < 0.2


def test_a_cost_is_that_of_all_processes(tmp_path: Path) -> None:
    child = (
        "import time; held = bytearray(b'x') * 60_000_000; sum(n * n for n in range(2_000_000)); time.sleep(0.3)"
    )
    code = f"import subprocess, sys; each = [sys.executable, '-c', {child!r}]; "
    code += "both = [subprocess.Popen(each) for _ in range(2)]; [one.wait() for one in both]"
    alone = run(python(child), tmp_path, os.environ, sampled=True)
    cost = run(python(code), tmp_path, os.environ, sampled=True)
    assert alone.memory
    assert cost.memory
    assert 60 * MB < alone.memory < 110 * MB
    assert 120 * MB < cost.memory < 220 * MB
    assert cost.cpu > 1.3 * alone.cpu
    assert run(python(child), tmp_path, os.environ).memory is None


def test_several_commands_are_one_contender(tmp_path: Path) -> None:
    small, large = (
        python("import time; time.sleep(0.1)"),
        python("import time; held = bytearray(b'x') * 50_000_000; time.sleep(0.1)"),
    )
    cost = run(Contender("both", [*large.commands, *small.commands]), tmp_path, os.environ, sampled=True)
    assert cost.wall > 0.2
    assert cost.memory
    assert 50 * MB < cost.memory < 100 * MB


def test_a_program_may_tell_its_cost(tmp_path: Path) -> None:
    code = f"""
import pathlib, sys, time
sys.path.insert(0, {str(REPOSITORY)!r})
from benchmarks.programs.clock import timed
time.sleep(0.3)
with timed(pathlib.Path("file")):
    pathlib.Path("file").write_bytes(b"12345")
"""
    cost = run(python(code, tells=True), tmp_path, os.environ)
    assert cost.size == 5
    assert 0 < cost.wall < 0.3


def test_a_program_that_fails_stops_the_race(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="python ended with status 3: what it said"):
        run(python("print('what it said'); raise SystemExit(3)"), tmp_path, os.environ)
    assert run(python("raise SystemExit(3)", status=3), tmp_path, os.environ).wall > 0


def test_a_budget_is_met_or_not() -> None:
    ours, theirs = Cost(2.0, 9.0, memory=300), Cost(8.0, 1.0, memory=100)
    row = Row("work", ours, "peer", theirs)
    assert row.ratio == 0.25
    assert row.times(0.25, "a quarter").met is True
    assert row.times(0.2, "a fifth").met is False
    assert row.below(2, "2 s").met is True
    assert row.below(1.9, "1.9 s").met is False
    memory = Row("work", ours, "peer", theirs, "memory")
    assert memory.ratio == 3
    assert memory.below(299, "299 bytes").met is False
    unmeasured = Row("work", Cost(2.0, 9.0), "peer", theirs, "memory")
    assert unmeasured.ratio is None
    assert unmeasured.times(1, "as much").met is None
    assert unmeasured.below(1, "1 byte").met is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nosuch"], "there is no race nosuch; there are: " + ", ".join(RACES)),
        (["--sizes", "ten"], "--sizes takes numbers with commas between them"),
        (["--sizes", "0"], "--sizes and --runs must be 1 or more"),
        (["--runs", "0"], "--sizes and --runs must be 1 or more"),
    ],
)
def test_wrong_use_is_one_line(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert capsys.readouterr().err.endswith(f"error: {said}\n")


def contents(root: Path) -> dict[str, bytes]:
    return {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*.yaml")}


@pytest.mark.parametrize("kind", corpus.KINDS)
def test_the_same_seed_makes_the_same_deck(kind: str, tmp_path: Path) -> None:
    for name, seed, salt in (("a", 1, "1"), ("b", 1, "2"), ("c", 2, "1")):
        # Processes of their own, whose sets and dicts of strings are in other orders.
        subprocess.run(
            [sys.executable, "-m", "benchmarks.corpus", tmp_path / name]
            + ["--questions", "45", "--kind", kind, "--seed", str(seed)],
            cwd=REPOSITORY, env={**os.environ, "PYTHONHASHSEED": salt}, check=True,
        )  # fmt: skip
    first, second, other = (contents(tmp_path / name) for name in "abc")
    assert len(first) == 1 + 5 + 5
    assert first == second
    assert first.keys() == other.keys()
    assert first != other


@pytest.mark.parametrize("kind", ["plain", "code"])
@pytest.mark.parametrize("questions", [1, 100])
def test_a_deck_without_faults_has_no_findings(questions: int, kind: str, tmp_path: Path) -> None:
    corpus.make(tmp_path / kind, questions, kind)
    result = checked(tmp_path / kind)
    assert list(result.diagnostics) == []
    assert sum(len(file.questions) for file in result.made) == questions


def test_a_deck_of_code_has_code_and_formulas(tmp_path: Path) -> None:
    for kind in ("plain", "code"):
        corpus.make(tmp_path / kind, 100, kind)
        text = b"".join(contents(tmp_path / kind).values())
        assert (text.count(b"```python") > 20) is (kind == "code")
        assert (text.count(rb"\frac{") > 20) is (kind == "code")


def test_each_edit_changes_one_file_anew(tmp_path: Path) -> None:
    root = tmp_path / "deck"
    corpus.make(root, 20, "code")
    edit = corpus.edits(root)
    seen = [contents(root)]
    for _ in range(5):
        edit()
        seen.append(contents(root))
        assert seen[-1] not in seen[:-1]
    changed = [{name for name in now if now[name] != before[name]} for before, now in pairwise(seen)]
    files = [f"questions/concept-0000{n}.yaml" for n in (0, 1)]
    assert changed == [{files[n % 2]} for n in range(5)]
    assert all(now.keys() == seen[0].keys() for now in seen)
    assert list(checked(root).diagnostics) == []


def test_a_deck_with_faults_has_each_of_them(tmp_path: Path) -> None:
    corpus.make(tmp_path / "faults", 1000, "faults")
    found = {diagnostic.rule for diagnostic in checked(tmp_path / "faults").diagnostics}
    assert found == {
        "all-or-none-of-above",
        "bad-url",
        "doubled-word",
        "duplicate-option",
        "empty-link",
        "malformed-cloze",
        "no-correct-option",
        "no-lead-in",
        "option-cites-letter",
    }

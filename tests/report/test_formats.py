"""The formats for other programs: each is read back with a parser of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ankigen.lint.engine import all_rules, check
from ankigen.report import Report
from ankigen.report.concise import concise
from ankigen.report.github import github
from ankigen.report.gitlab import gitlab
from ankigen.report.jsons import json_report, jsonl
from ankigen.report.junit import junit
from ankigen.report.rdjson import rdjson
from ankigen.report.sarif import sarif
from ankigen.source.discover import Target
from tests.conftest import ankigen

FORMATS = ["full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson"]
# Three findings in two files: one with a fix, one with a second place, one behind wide characters.
FILES = {
    "questions/q.yaml": (
        "questions:\n"
        '  - id: q\n    concept: a\n    difficulty: easy\n    stem: 日本🎉 List<T>, a 100% "case"?\n    answer: It.\n'
        "  - {id: q, concept: a, difficulty: easy, stem: What?, answer: It.}\n"
    ),
    "questions/ü, x.yaml": "questions: 5\n",
}


@pytest.fixture
def folder(root: Callable[..., Path], tmp_path: Path) -> Path:
    root(FILES)
    return tmp_path


def run(folder: Path, format: str, **env: str) -> str:
    result = ankigen("lint", "--format", format, cwd=folder, env=env)
    assert result.returncode == 1
    return result.stdout


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_gives_the_same_bytes_again(format: str, folder: Path) -> None:
    assert run(folder, format, PYTHONHASHSEED="1") == run(folder, format, PYTHONHASHSEED="2")


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_can_say_that_nothing_was_found(
    format: str, root: Callable[..., Path], tmp_path: Path
) -> None:
    root()
    result = ankigen("lint", "--format", format, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    if format in ("json", "sarif", "gitlab", "rdjson"):
        json.loads(result.stdout)
    if format == "junit":
        assert ElementTree.fromstring(result.stdout).get("failures") == "0"


def test_json_says_all_there_is_to_say(folder: Path) -> None:
    whole = json.loads(run(folder, "json"))
    assert whole["version"] == 1
    angle, twice, number = whole["findings"]
    assert (angle["code"], angle["rule"], angle["severity"]) == ("F002", "unescaped-angle", "warning")
    place = {"path": "content/questions/q.yaml", "start": {"line": 5, "column": 19, "offset": 75}}
    assert angle["location"] | {"end": None} == place | {"end": None}
    assert angle["fix"]["safe"] is True
    assert angle["fix"]["edits"][0]["text"] == "\\"
    assert twice["related"][0]["label"] == "first here"
    assert number["location"]["path"] == "content/questions/ü, x.yaml"
    assert [json.loads(line) for line in run(folder, "jsonl").splitlines()] == [
        {"version": 1} | finding for finding in whole["findings"]
    ]


def test_concise_is_a_line_a_finding(folder: Path) -> None:
    lines = run(folder, "concise").splitlines()
    assert lines[0].startswith("content/questions/q.yaml:5:19: warning[F002 unescaped-angle] ")
    assert lines[-1] == "2 errors, 1 warning in 4 files"


def test_github_escapes_what_would_end_a_property(folder: Path) -> None:
    lines = run(folder, "github").splitlines()
    assert re.match(
        r"::error file=content/questions/ü%2C x\.yaml,line=1,col=12,.*,title=S001 schema-violation::", lines[2]
    )
    assert ankigen("lint", cwd=folder, env={"GITHUB_ACTIONS": "true"}).stdout.splitlines() == lines


def test_gitlab_has_what_code_quality_asks_for(folder: Path) -> None:
    issues = json.loads(run(folder, "gitlab"))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == 3
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["lines"]["begin"] >= 1


def test_fingerprints_stay_while_lines_move(folder: Path) -> None:
    before = [issue["fingerprint"] for issue in json.loads(run(folder, "gitlab"))]
    file = folder / "content/questions/q.yaml"
    file.write_text("# one line more\n\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert [issue["fingerprint"] for issue in json.loads(run(folder, "gitlab"))] == before


def test_code_hosts_get_paths_from_the_top_of_the_repository(folder: Path, tmp_path: Path) -> None:
    """Wherever the program is called, and whatever the path was called there, the report is the same."""
    (tmp_path / ".git").mkdir()
    calls = [
        (folder, "content"),
        (folder / "content", "."),
        (folder / "content/questions", ".."),
        (Path("/"), folder),
    ]
    for format in ("sarif", "gitlab"):
        outputs = {ankigen("lint", "--format", format, path, cwd=cwd).stdout for cwd, path in calls}
        assert len(outputs) == 1
    found = json.loads(outputs.pop())
    assert found[0]["location"]["path"] == "content/questions/q.yaml"
    github = ankigen("lint", "--format", "github", cwd=folder / "content").stdout
    assert "file=content/questions/q.yaml," in github


def test_sarif_gives_whole_addresses_outside_of_a_repository(folder: Path) -> None:
    run_ = json.loads(ankigen("lint", "--format", "sarif", folder, cwd=Path("/usr")).stdout)["runs"][0]
    place = run_["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": f"file://{folder}/content/questions/q.yaml"}


def test_junit_counts_and_names_the_cases(folder: Path) -> None:
    top = ElementTree.fromstring(run(folder, "junit"))
    assert (top.tag, top.get("tests"), top.get("failures")) == ("testsuites", "3", "2")
    assert [suite.get("tests") for suite in top] == ["2", "1"]
    assert len(top.findall(".//failure")) == 2


def test_rdjson_counts_columns_in_bytes(folder: Path) -> None:
    first = json.loads(run(folder, "rdjson"))["diagnostics"][0]
    line = FILES["questions/q.yaml"].splitlines()[4].encode()
    assert first["location"]["range"]["start"] == {"line": 5, "column": line.index(b"<T>") + 1}
    assert first["suggestions"][0]["text"] == "\\"


def test_sarif_carries_rules_places_fixes_and_fingerprints(folder: Path) -> None:
    run_ = json.loads(run(folder, "sarif"))["runs"][0]
    rules = run_["tool"]["driver"]["rules"]
    for result in run_["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["partialFingerprints"]["ankigen/v1"]
        assert rules[result["ruleIndex"]]["help"]["markdown"]
    uri = run_["results"][2]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "content/questions/%C3%BC%2C%20x.yaml"
    assert (
        run_["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] == "\\"
    )
    assert run_["results"][1]["relatedLocations"][0]["message"]["text"] == "first here"


def test_an_unknown_format_is_refused(folder: Path) -> None:
    result = ankigen("lint", "--format", "xml", cwd=folder)
    assert result.returncode == 2
    assert "'full', 'concise', 'json'" in result.stderr


@pytest.mark.parametrize(
    ("write", "wants"),
    [
        (concise, False), (json_report, False), (jsonl, False), (junit, False), (rdjson, False),
        (sarif, True), (github, True), (gitlab, True),
    ],
)  # fmt: skip
def test_other_names_are_worked_out_only_for_who_writes_them(
    write: Callable[[Report], Iterator[str]], wants: bool, folder: Path
) -> None:
    report = Report(tuple(check([Target(Path("content"))])), all_rules(), "1")
    assert list(write(report))
    assert ("names" in vars(report)) is wants

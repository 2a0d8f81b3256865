"""`ankigen stats`: the numbers of decks in every format."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ankigen.cli.table import table
from ankigen.lint.engine import check
from ankigen.lint.read import Making
from ankigen.source.discover import Target
from ankigen.stats.facts import ConceptFacts, facts_of
from ankigen.stats.numbers import Numbers, numbers_of
from tests.conftest import DATA, DECK, MINIMAL, REPOSITORY, ankigen, write_tree

HERE = DATA / "stats"
SNAPSHOTS = {"table": "txt", "json": "json", "csv": "csv"}
BROKEN = "questions:\n  - {id: r, concept: a, difficulty: easy, stem: [\n"


def numbers(root: Path) -> Numbers:
    result = check([Target(root)], making=Making("", facts_of))[0]
    assert result.deck is not None
    return numbers_of(result.deck, [fact for file in result.made for fact in file])


@pytest.mark.parametrize("format", SNAPSHOTS)
def test_every_format(format: str) -> None:
    """The expected numbers are files beside the deck; ANKIGEN_UPDATE=1 writes them anew."""
    result = ankigen("stats", "deck", "--format", format, cwd=HERE)
    assert (result.returncode, result.stderr) == (0, "")
    version = ankigen("--version").stdout.split()[1]
    text = result.stdout.replace(f'"ankigen": "{version}"', '"ankigen": "VERSION"')
    snapshot = HERE / f"numbers.{SNAPSHOTS[format]}"
    if os.environ.get("ANKIGEN_UPDATE"):
        snapshot.write_text(text, encoding="utf-8")
    assert text == snapshot.read_text(encoding="utf-8")
    assert text.endswith("\n")


def test_the_table_is_80_columns_wide_in_a_pipe() -> None:
    lines = ankigen("stats", "deck", cwd=HERE, env={"COLUMNS": "200"}).stdout.splitlines()
    assert 60 < max(map(cell_len, lines)) <= 80
    assert not [line for line in lines if line != line.rstrip()]


def test_the_page_on_it_names_every_key_and_shows_what_is_shown() -> None:
    page = (REPOSITORY / "docs" / "stats.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```text\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert example in (HERE / "numbers.txt").read_text(encoding="utf-8")

    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return {*value}.union(*map(keys, value.values()))
        return set().union(*map(keys, value)) if isinstance(value, list) else set()

    used = keys(json.loads((HERE / "numbers.json").read_text(encoding="utf-8")))
    assert used <= set(re.findall(r"`(\w+)`", page))


def test_csv_says_what_json_says() -> None:
    rows = list(csv.DictReader(io.StringIO((HERE / "numbers.csv").read_text(encoding="utf-8"))))
    (deck,) = json.loads((HERE / "numbers.json").read_text(encoding="utf-8"))["decks"]

    def value(table: str, row: str, column: str) -> str:
        (found,) = [
            each["value"] for each in rows if (each["table"], each["row"], each["column"]) == (table, row, column)
        ]
        return found

    assert {each["deck"] for each in rows} == {"sea"}
    assert value("counts", "all", "cards") == str(deck["counts"]["cards"])
    assert value("counts", "drafts", "questions") == str(deck["counts"]["drafts"]["questions"])
    for topic in deck["topics"]:
        assert float(value("topics", topic["id"], "share")) == topic["share"]
        assert int(value("topics", topic["id"], "medium")) == topic["difficulty"]["medium"]
    for concept in deck["concepts"]:
        assert int(value("concepts", concept["id"], "questions")) == concept["questions"]
    for places in deck["key_places"]["by_options"]:
        for place, count in enumerate(places["counts"], 1):
            assert int(value("key_places", str(places["options"]), str(place))) == count
    assert float(value("guessing", "", "echo")) == deck["guessing"]["echo"]
    for edge in deck["prerequisites"]["edges"]:
        assert value("prerequisites", edge["concept"], edge["prerequisite"]) == "1"


def test_several_decks_come_one_after_the_other(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_tree(tmp_path / name, MINIMAL | {"deck.yaml": f"format: 1\nid: {name}\ntitle: The {name}\n"})
    result = ankigen("stats", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert [line for line in result.stdout.splitlines() if line.startswith("The ")] == [
        "The one (one)",
        "The two (two)",
    ]
    data = json.loads(ankigen("stats", ".", "--format", "json", cwd=tmp_path).stdout)
    assert [deck["id"] for deck in data["decks"]] == ["one", "two"]
    rows = ankigen("stats", "one", "two", "one", "--format", "csv", cwd=tmp_path).stdout.splitlines()
    assert rows.count("deck,table,row,column,value") == 1
    assert [row.split(",")[0] for row in rows if ",counts,all,cards," in row] == ["one", "two"]


def test_drafts_are_counted_where_asked_for() -> None:
    assert "Not counted, since drafts: 1 concept, 2 questions\n" in ankigen("stats", "deck", cwd=HERE).stdout
    having = ankigen("stats", "deck", "--include-drafts", cwd=HERE).stdout
    assert "   7 questions  " in having
    assert "Counted, since drafts: 1 concept, 2 questions\n" in having


def test_what_can_be_read_is_counted(root: Callable[..., Path], tmp_path: Path) -> None:
    root({"questions/r.yaml": BROKEN})
    for format in SNAPSHOTS:
        result = ankigen("stats", "--format", format, cwd=tmp_path)
        assert result.returncode == 0
        assert result.stderr == (
            "ankigen: content: 1 error, and 1 file that cannot be read and counted; "
            "`ankigen lint content` shows what to mend\n"
        )
        assert result.stdout
    (deck,) = json.loads(ankigen("stats", "--format", "json", cwd=tmp_path).stdout)["decks"]
    assert (deck["errors"], deck["counts"]["questions"]) == (1, 1)


def test_errors_in_what_is_counted_are_told(root: Callable[..., Path], tmp_path: Path) -> None:
    root({"questions/q.yaml": MINIMAL["questions/q.yaml"].replace("concept: a", "concept: gone")})
    result = ankigen("stats", "content", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (
        0,
        "ankigen: content: 1 error; `ankigen lint content` shows what to mend\n",
    )
    assert "  1 question   1 recall\n" in result.stdout
    assert "0 of 1 concept has a question, 1 nothing." in " ".join(result.stdout.split())


def test_a_deck_file_that_cannot_be_used_is_shown_as_elsewhere(tmp_path: Path) -> None:
    write_tree(tmp_path / "bad", {"deck.yaml": "format: 1\nid: d\ntitle: [\n"})
    write_tree(tmp_path / "good", MINIMAL)
    findings = ankigen("lint", "bad", cwd=tmp_path).stdout
    assert findings.startswith("error[")
    alone = ankigen("stats", "bad", cwd=tmp_path)
    assert (alone.returncode, alone.stdout, alone.stderr) == (1, findings, "")
    beside = ankigen("stats", cwd=tmp_path)
    assert beside.returncode == 1
    assert beside.stdout.startswith("D (d)\n")
    assert beside.stdout.endswith(findings)
    for format in ("json", "csv"):
        result = ankigen("stats", "--format", format, cwd=tmp_path)
        assert (result.returncode, result.stderr) == (1, findings)
        assert '"id": "d"' in result.stdout or "\nd,counts," in result.stdout
    none = ankigen("stats", "bad", "--format", "json", cwd=tmp_path)
    assert json.loads(none.stdout)["decks"] == []


def test_what_is_no_deck_is_refused(tmp_path: Path) -> None:
    for arguments, words in ((["nowhere"], "nowhere: there is no such"), ([], "there is no deck.yaml")):
        result = ankigen("stats", *arguments, cwd=tmp_path)
        assert (result.returncode, result.stdout) == (2, "")
        assert words in result.stderr


def test_a_deck_without_cards_says_so(tmp_path: Path) -> None:
    write_tree(tmp_path / "new", {"deck.yaml": DECK})
    result = ankigen("stats", "new", cwd=tmp_path)
    words = "D (d)\n\nWhat is in the deck\n  There is no concept and no question yet.\n"
    assert (result.returncode, result.stdout, result.stderr) == (0, words, "")
    for format in ("json", "csv"):
        assert ankigen("stats", "new", "--format", format, cwd=tmp_path).returncode == 0
    write_tree(tmp_path / "new", {"concepts/a.yaml": MINIMAL["concepts/a.yaml"] + "status: draft\n"})
    assert (
        "no question that counts yet.\n  Not counted, since drafts: 1 concept\n"
        in ankigen("stats", cwd=tmp_path).stdout
    )


def test_colour_follows_no_color_and_force_color() -> None:
    coloured = ankigen("stats", "deck", cwd=HERE, env={"NO_COLOR": "", "FORCE_COLOR": "1"}).stdout
    assert "\x1b[32m" in coloured
    lines = [line.rstrip() for line in re.sub(r"\x1b\[[\d;]*m", "", coloured).splitlines()]
    assert lines == (HERE / "numbers.txt").read_text(encoding="utf-8").splitlines()
    assert "\x1b" not in ankigen("stats", "deck", cwd=HERE, env={"NO_COLOR": "1", "FORCE_COLOR": "1"}).stdout


@pytest.mark.parametrize(
    ("columns", "term", "colour"), [(60, "xterm", True), (80, "xterm", True), (60, "dumb", False)]
)
def test_a_terminal_is_filled_and_not_more(columns: int, term: str, colour: bool) -> None:
    ours, theirs = pty.openpty()
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY),
        "COLUMNS": str(columns),
        "TERM": term,
        "PYTHONUTF8": "1",
    }
    program = [sys.executable, "-m", "ankigen", "stats", "deck", "--no-cache"]
    with subprocess.Popen(program, cwd=HERE, env=env, stdout=theirs, stderr=subprocess.PIPE) as process:
        os.close(theirs)
        written = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # so ends a terminal
                break
            if not piece:
                break
            written += piece
        assert process.stderr is not None
        assert process.stderr.read() == b""
    os.close(ours)
    assert process.returncode == 0
    text = written.decode()
    assert ("\x1b[" in text) == colour
    widths = [cell_len(line) for line in re.sub(r"\x1b\[[\d;]*m", "", text).splitlines()]
    assert columns - 12 < max(widths) <= columns


def test_signs_that_a_terminal_cannot_show_are_plain() -> None:
    result = ankigen("stats", "deck", cwd=HERE, env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert result.returncode == 0
    assert result.stdout.isascii()
    assert "  Waves \\U0001f30a  2  40 %  of 40 %  ################" in result.stdout
    assert "moon -> spring-tides -> king-tides" in result.stdout


def test_whoever_stops_reading_stops_it(tmp_path: Path) -> None:
    for end in ("| head -n 1", ">&-", "| true"):
        command = f"{sys.executable} -m ankigen stats deck --format csv {end}"
        env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        result = subprocess.run(
            ["sh", "-c", command], cwd=HERE, env=env, capture_output=True, text=True, check=False, timeout=60
        )
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout in ("", "deck,table,row,column,value\n")


HOSTILE = {
    "deck.yaml": 'format: 1\nid: d\ntitle: "=HYPERLINK(\\"https://example.org\\")"\ntopics: {t: "+1, \\e[31m\\"2"}\n',
    "concepts/a.yaml": 'id: a\ntitle: "\\u202E-2"\ntopic: t\noverview: [{heading: H, body: x}]\n',
    "concepts/b.yaml": 'id: b\ntitle: "\\t@SUM(A1)"\ntopic: t\noverview: [{heading: H, body: x}]\n',
}


def test_titles_are_neither_formulas_nor_controls(root: Callable[..., Path], tmp_path: Path) -> None:
    root(HOSTILE)
    text = ankigen("stats", "--format", "csv", cwd=tmp_path).stdout
    titles = [row["value"] for row in csv.DictReader(io.StringIO(text)) if row["column"] == "title"]
    assert titles == [
        "'=HYPERLINK(\"https://example.org\")", "'+1, ␛[31m\"2", "<U+202E>-2", "'    @SUM(A1)",
    ]  # fmt: skip
    for format in SNAPSHOTS:
        text = ankigen("stats", "--format", format, cwd=tmp_path).stdout
        assert "\x1b" not in text
        if format != "json":
            assert "\u202e" not in text


def test_many_concepts_are_shown_by_what_they_lack(tmp_path: Path) -> None:
    concepts = {
        f"concepts/c{at:02}.yaml": f"id: c{at:02}\ntitle: C {at}\noverview: [{{heading: H, body: x}}]\n"
        for at in range(25)
    }
    questions = "difficulty: easy\nquestions:\n" + "".join(
        f"  - {{id: q{at}, concept: c{at:02}, stem: W {at}?, answer: It.}}\n" for at in range(25) if at != 7
    )
    write_tree(tmp_path, {"deck.yaml": DECK, **concepts, "questions/q.yaml": questions})
    text = ankigen("stats", cwd=tmp_path).stdout
    assert "24 of 25 concepts have a question, 1 nothing." in " ".join(text.split())
    shown = re.findall(r"^  C (\d+) ", text, re.MULTILINE)
    assert shown == ["7", "0", "1", "2", "3", "4", "5", "6", "8", "9"]
    assert "nothing asks for it" in text
    assert len(json.loads(ankigen("stats", "--format", "json", cwd=tmp_path).stdout)["decks"][0]["concepts"]) == 25


@given(
    st.lists(st.text(max_size=60), min_size=1, max_size=4),
    st.integers(50, 120),
    st.sampled_from(["utf-8", "ascii", "latin-1"]),
)
def test_any_title_keeps_to_the_width(titles: list[str], columns: int, encoding: str) -> None:
    """Titles of any characters: wide, joined, from right to left, or controls."""
    result = check([Target(HERE / "deck")], making=Making("", facts_of))[0]
    assert result.deck is not None
    facts = [fact for file in result.made for fact in file]
    facts += [ConceptFacts(f"x{at}", title, title, facts[0].status, (), (), ()) for at, title in enumerate(titles)]
    found = numbers_of(result.deck, facts)
    for line in table(found, columns=columns, encoding=encoding):
        assert cell_len(line) <= min(columns, 100)
        line.encode(encoding)
        assert not set(line) & {*map(chr, range(32)), "\x7f", "\u202e"}

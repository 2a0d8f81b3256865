"""The report for people: exact carets, and nothing that could steer the reader's terminal."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ankigen.diagnostic import Diagnostic, Related, Span
from ankigen.report.full import full, summary, visible
from ankigen.source.text import SourceFile


def report(text: str, start: int, end: int, *, colour: bool = False, columns: int = 240) -> str:
    source = SourceFile("f.yaml", text)
    diagnostic = Diagnostic("rule", "a message", source.location(Span(start, end)), code="X001", help="do this")
    return "".join(full([diagnostic], {"f.yaml": source}, colour=colour, columns=columns))


def carets(text: str, start: int, end: int) -> tuple[str, str]:
    lines = report(text, start, end).splitlines()
    return lines[3].partition("| ")[2], lines[4].partition("| ")[2]


def test_carets_line_up_below_wide_characters_and_emoji() -> None:
    text = "日本 🎉 é\tword"
    start = text.index("word")
    line, below = carets(text, start, start + 4)
    assert cell_len(line[: line.index("word")]) == below.index("^")
    assert below.count("^") == 4


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=300),
    st.integers(60, 240),
    st.data(),
)
def test_carets_stand_below_what_is_meant(text: str, columns: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    lines = report(text, start, end, columns=columns).splitlines()
    steering = {c for line in lines for c in line if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")}
    assert steering <= {"\u200c", "\u200d"}  # those that join emoji and letters
    if text.strip():
        # The last character may be a stand-in of several columns.
        assert max(cell_len(line) for line in lines[3:]) <= columns + len("<U+10FFFF>")
        assert "^" in lines[4]


def test_a_terminal_is_never_steered_by_content() -> None:
    text = report("\x1b[2J\x1b]0;owned\x07 \u202e \x9b31m", 0, 3)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\x9b" not in text
    assert "\u202e" not in text
    assert visible("a\u200db") == "a\u200db"


def test_colour_is_only_where_it_is_asked_for() -> None:
    assert "\x1b" not in report("abc", 0, 1)
    assert "\x1b[1;31m" in report("abc", 0, 1, colour=True)


def test_places_in_other_files_and_lines_are_shown_with_their_labels() -> None:
    one, two = SourceFile("one.yaml", "a\nb\nc\nd\n"), SourceFile("two.yaml", "x\n")
    diagnostic = Diagnostic(
        "rule", "a message", one.location(Span(6, 7)), label="again", code="X001", notes=("a note",),
        related=(Related(one.location(Span(0, 1)), "first"), Related(two.location(Span(0, 1)), "and here")),
    )  # fmt: skip
    assert "".join(full([diagnostic], {"one.yaml": one, "two.yaml": two})) == (
        "error[X001 rule]: a message\n"
        " --> one.yaml:4:1\n"
        "  |\n"
        "1 | a\n"
        "  | - first\n"
        "...\n"
        "4 | d\n"
        "  | ^ again\n"
        " ::: two.yaml:1:1\n"
        "  |\n"
        "1 | x\n"
        "  | - and here\n"
        "  = note: a note\n"
    )


def test_the_last_line_counts() -> None:
    source = SourceFile("f.yaml", "x")
    found = [Diagnostic("rule", "m", source.location(Span(0, 1)))] * 2
    assert summary(found, 3) == "2 errors in 3 files"
    assert summary(found[:1], 1) == "1 error in 1 file"

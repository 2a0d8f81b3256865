"""The way back from a value to what was written: every style, and never a wrong place."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ankigen.source.scalar import spans
from ankigen.source.text import SourceFile
from ankigen.source.yaml import Document, parse


def document(text: str) -> Document:
    read, problems = parse(SourceFile("f.yaml", text))
    assert read is not None
    assert not problems
    return read


def shown(text: str, words: str, path: tuple[str | int, ...] = ("a",)) -> str:
    """What stands in the file at the place of some words of the value."""
    read = document(text)
    at = read.value(path).index(words)
    span = read.location_in(path, at, at + len(words)).span
    return text[span.start : span.end]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("a: one two # two\n", "two", "two"),
        ("a: one\n  two\n\n  three\n", "one two", "one\n  two"),
        ("a: one\n  two\n\n  three\n", "\n", "\n\n  "),
        ("a: 'it''s here'\n", "it's", "it''s"),
        ("a: 'x\n  y'\n", "y", "y"),
        ('a: "\\u65e5本 \\"q\\" \\\\frac"\n', '"q"', '\\"q\\"'),
        ('a: "\\u65e5本 \\"q\\" \\\\frac"\n', "日", "\\u65e5"),
        ('a: "\\u65e5本 \\"q\\" \\\\frac"\n', "\\f", "\\\\f"),
        ('a: "one\\\n  two"\n', "two", "two"),
        ("a: |\n  one\n    two\n\n  three\n", "two", "two"),
        ("a: |2\n    code\n  text\n", "text", "text"),
        ("a: |2-\n    code\n  text\n# a comment\n", "  code", "  code"),
        ("a: >-\n  one\n  two\n\n  three\n", "one two", "one\n  two"),
        ("a: >-\n  one\n  two\n\n  three\n", "two\nthree", "two\n\n  three"),
        ("a: >\n  one\n    more\n  two\n", "more\ntwo", "more\n  two"),
        ("a: >\r\n  one\r\n  two\r\n", "two", "two"),
        # The words stand earlier in the value as escapes, which a search for them would miss.
        ('a: "\\x41A A"\n', "AA", "\\x41A"),
    ],
)
def test_words_are_found_where_they_were_written(text: str, words: str, expected: str) -> None:
    assert shown(text, words) == expected


WORDS = st.text(st.sampled_from("ab #:'\"\\-\n日🎉{}[],&*!|>%@`\tz"), max_size=30)


@given(
    WORDS,
    st.sampled_from(
        ["{}", "'{}'", '"{}"', "|\n    {}\n", "|-\n    {}", ">\n    {}\n", ">-\n    {}", "|2\n    {}"]
    ),
)
def test_every_character_has_a_place_or_none_has(text: str, style: str) -> None:
    """The places are in order, and a plain character's place holds that character."""
    raw = "a: " + style.format(text.replace("\n", "\n    "))
    read, problems = parse(SourceFile("f.yaml", raw + "\n"))
    assume(
        read is not None and not problems and isinstance(read.data, dict) and isinstance(read.data.get("a"), str)
    )
    assert read is not None
    value, written = read.data["a"], read.raw(("a",))
    places = spans(written, value)
    if places is None:
        return
    assert len(places) == len(value)
    assert [place.start for place in places] == sorted(place.start for place in places)
    for character, place in zip(value, places, strict=True):
        if (
            character not in " \n"
            and written[place.start : place.start + 1] != "\\"
            and place.start < len(written)
        ):
            assert written[place.start] == character


@given(WORDS, st.sampled_from(["'{}'", '"{}"', "|\n    {}\n", ">-\n    {}", "{}"]), st.data())
def test_an_edit_changes_the_value_and_no_other(text: str, style: str, data: st.DataObject) -> None:
    raw = "a: " + style.format(text.replace("\n", "\n    ")) + "\nb: [x, 'y']  # stays\n"
    read, problems = parse(SourceFile("f.yaml", raw))
    assume(
        read is not None and not problems and isinstance(read.data, dict) and isinstance(read.data.get("a"), str)
    )
    assert read is not None
    value = read.data["a"]
    assume(read.data.get("b") == ["x", "y"])
    start = data.draw(st.integers(0, len(value)))
    end = data.draw(st.integers(start, len(value)))
    new = data.draw(st.text(st.sampled_from("ab'\"\\:# 日{},[]"), max_size=5))
    edit = read.edit(("a",), start, end, new)
    if edit is None:
        return
    at, stop = edit.location.span
    after = raw[:at] + edit.text + raw[stop:]
    again = document(after)
    assert again.data["a"].rstrip("\n") == (value[:start] + new + value[end:]).rstrip("\n")
    assert again.data["b"] == ["x", "y"]
    assert after.endswith("b: [x, 'y']  # stays\n")


def test_the_line_break_that_ends_a_block_stays() -> None:
    """Without it, the next line would go on with this one."""
    read = document("a: |\n    ::\nb: [x, 'y']\n")
    assert read.edit(("a",), 1, 3, "") is None
    edit = read.edit(("a",), 1, 2, "")
    assert edit is not None
    assert edit.location.span == (10, 11)

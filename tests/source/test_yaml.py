"""The YAML reader: what it reads, where it says things stand, and what it survives."""

from __future__ import annotations

import json
import string

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ankigen.diagnostic import Span
from ankigen.source.text import SourceFile, decode
from ankigen.source.yaml import Document, core_scalar, parse


def read(text: str) -> Document:
    source, problems = decode("f.yaml", text.encode())
    assert not problems
    document, problems = parse(source)
    assert document is not None, problems
    assert not problems
    return document


def shown(document: Document, *path: str | int, key: bool = False) -> str:
    span = document.span(path, key=key)
    return document.source.text[span.start : span.end]


TEXT = "# top\na: one\nb:\n  - 'two'\n  - |\n    three\n    four\n\n  # not text\n  - {c: 5}\nd: >-\n  six\n\n  seven\n"


def test_every_key_and_value_has_its_span() -> None:
    document = read(TEXT)
    assert document.data == {"a": "one", "b": ["two", "three\nfour\n", {"c": 5}], "d": "six\nseven"}
    assert shown(document, "a") == "one"
    assert shown(document, "a", key=True) == "a"
    assert shown(document, "b", 0) == "'two'"
    assert shown(document, "b", 2, "c") == "5"
    assert shown(document, "b", 2) == "{c: 5}"


def test_a_block_scalar_ends_before_the_comments_after_it() -> None:
    document = read(TEXT)
    assert shown(document, "b", 1) == "|\n    three\n    four"
    assert shown(document, "d") == ">-\n  six\n\n  seven"


def test_what_is_missing_is_placed_at_what_lacks_it() -> None:
    document = read("x: 1\nlist:\n  - id: q\n    stem: s\nmap: {}\n")
    assert shown(document, "nothing") == "x"
    assert shown(document, "list", 0, "answer") == "id"
    assert shown(document, "map", "k") == "map"


def test_the_place_of_words_inside_a_text() -> None:
    document = read('a: >-\n  folded words\n  and words again\nb: "esc\\taped words"\n')
    value = document.value(("a",))
    at = value.index("words", 10)
    location = document.location_in(("a",), at, at + 5)
    assert (location.start.line, location.start.column) == (3, 7)
    start, end = document.location_in(("b",), 0, 5).span
    assert document.source.text[start:end] == "esc\\ta"


def test_offsets_count_code_points_and_leave_the_byte_order_mark_out() -> None:
    source, _ = decode("f.yaml", b"\xef\xbb\xbf" + "🎉é: x\r\nb: y\r\n".encode())
    document, _ = parse(source)
    assert document is not None
    assert document.span(("🎉é",)) == Span(4, 5)
    assert document.location(("b",)).start == (2, 4)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(word, word) for word in ("yes", "no", "on", "off", "y", "12:30", "2024-01-31", "1_000", "0b1", "1.2.3", "=")],
        *[(word, None) for word in ("", "~", "null", "Null", "NULL")],
        *[(word, True) for word in ("true", "True", "TRUE")],
        ("010", 10), ("0o10", 8), ("0x1F", 31), ("-7", -7), ("1.10", 1.1), ("1e3", 1000.0), (".5", 0.5), ("5.", 5.0),
    ],
)  # fmt: skip
def test_scalars_follow_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    assert core_scalar(text) == value
    assert type(core_scalar(text)) is type(value)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=30))
def test_any_scalar_text_is_read_without_a_fault(text: str) -> None:
    core_scalar(text)


def test_numbers_of_any_length_are_read() -> None:
    assert read("a: " + "9" * 5000).data == {"a": float("inf")}


# Text that PyYAML, which writes YAML 1.1, puts in quotation marks wherever 1.2 needs them.
PLAIN_TEXT = st.text(st.characters(codec="utf-8"), max_size=20).filter(
    lambda text: isinstance(core_scalar(text), str)
)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**16), 10**16) | PLAIN_TEXT,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(string.ascii_letters, min_size=1, max_size=6), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(TREES)
def test_what_pyyaml_writes_is_read_back(tree: object) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True, default_flow_style=None, sort_keys=False)
    source, problems = decode("f.yaml", text.encode())
    if problems:
        return  # a line break that this format refuses
    document, problems = parse(source)
    assert document is not None, problems
    assert json.dumps(document.data) == json.dumps(tree)


@given(st.binary(max_size=200))
def test_any_bytes_end_in_data_or_in_a_diagnostic(data: bytes) -> None:
    source, problems = decode("f.yaml", data)
    if not problems:
        document, problems = parse(source)
        assert document is not None or problems
    for problem in problems:
        assert 0 <= problem.location.span.start <= problem.location.span.end <= len(source.text)


@given(st.text("abc:-[]{}#&*!|>'\"%@` \n\t?,<\\", max_size=60))
def test_any_text_of_yaml_signs_ends_in_data_or_in_a_diagnostic(text: str) -> None:
    source, problems = decode("f.yaml", text.encode())
    assert not problems
    document, problems = parse(source)
    assert document is not None or problems
    for problem in problems:
        assert 0 <= problem.location.span.start <= problem.location.span.end <= len(source.text)
    if document is not None:
        _visit(document, (), document.data)


def _visit(document: Document, path: tuple[str | int, ...], value: object) -> None:
    span = document.span(path)
    assert 0 <= span.start <= span.end <= len(document.source.text)
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        _visit(document, (*path, step), inner)


@pytest.mark.parametrize("mark", "“„«「")
def test_marks_of_word_processors_are_told_from_yamls(mark: str) -> None:
    _, (problem,) = parse(SourceFile("f.yaml", f"- stem: {mark}What: is it?\n"))
    assert problem.help.startswith(f"`{mark}` is no quotation mark to YAML")


@pytest.mark.parametrize("depth", [10, 60, 65, 60_000])
@pytest.mark.parametrize("unit", ["[", "{a: ", "- "])
def test_depth_is_bounded_and_costs_nothing(depth: int, unit: str) -> None:
    source, _ = decode("f.yaml", (unit * depth).encode())
    document, problems = parse(source)
    assert (document is None) == (depth > 64 or unit != "- ")
    assert {problem.rule for problem in problems} <= {"too-deep-or-large", "syntax-error"}
    if depth > 64:
        assert [problem.rule for problem in problems] == ["too-deep-or-large"]


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(24)
    )
    source, _ = decode("f.yaml", bomb.encode())
    document, problems = parse(source)
    assert document is None
    assert {problem.rule for problem in problems} == {"anchor-or-alias"}


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("stem: [1] What?\n", (1, 7), "text that begins with `[` is taken for a list"),
        ("stem: {n} of {m}.\n", (1, 7), "text that begins with `{` is taken for a mapping"),
        ("stem: ![cell](cell.svg) What?\n", (1, 7), "a value cannot begin with `!`"),
        ("stem: ? What\n", (1, 7), "a value cannot begin with `?`"),
        ("stem: What?\nanswer:It.\n", (2, 7), "a space is missing after this colon"),
        ("concept:a\ntags: []\n", (1, 8), "a space is missing after this colon"),
        ("stem: What?\nanswer:\u00a0It.\n", (2, 8), "a no-break space stands where an ordinary one belongs"),
        ("stem: What?\n\u00a0 answer: It.\n", (2, 1), "a no-break space stands where an ordinary one belongs"),
        ("questions:\n  -id: q\n    stem: x\n", (2, 3), "a space is missing after this dash"),
        ("questions:\n  - id: q\n  id: r\n", (3, 3), "a dash is missing before this key"),
        ("concept: a\n- id: q\n  stem: x\n", (2, 1), "`questions:` is missing above this list"),
        ("- Nucleus\n  correct: true\n", (2, 3), "this key stands below a text that has no key of its own"),
        ("- a: x\n   b: y\n", (2, 4), "this key is indented by 3 spaces, and those beside it by 2"),
        ("- {text: a, correct: true\n- b\n", (1, 3), "this brace is never closed"),
        ("- {text: a correct: true}\n", (1, 12), "a comma is missing before `correct`"),
        ("- {text: Note: this}\n", (1, 14), "this colon makes a key of what stands before it"),
        ("- {why: 'It's small'}\n", (1, 12), "an apostrophe ends the text here"),
        (
            "- id: q\n  stem: x\n    - id: r\n",
            (3, 5),
            "this dash is indented by 4 spaces, and that of the `- id:` above by 0",
        ),
        (
            "a:\n  - id: q\n    options:\n      - x\n    - id: r\n",
            (5, 5),
            "this dash is indented by 4 spaces, and that of the `- id:` above by 2",
        ),
        (
            "a:\n - id: q\n   x: [b]\n  - id: r\n",
            (4, 3),
            "this dash is indented by 2 spaces, and that of the `- id:` above by 1",
        ),
        (
            "a:\n      - text: x\n    - text: y: z\n",
            (3, 5),
            "this dash is indented by 4 spaces, and that of the `- text:` above by 6",
        ),
        ("a:\n    - text: x\nb:\n  - text: y: z\n", (4, 12), "this colon makes a key of what stands before it"),
        ("a: b\nstem： 何？\n", (2, 5), "a full-width colon is no colon to YAML"),
        ("a: b\n- stem ：何？\n", (2, 8), "a full-width colon is no colon to YAML"),
        ("a: b\nstem:\u3000何？\n", (2, 6), "a full-width space stands where an ordinary one belongs"),
        ("a: b\n\u3000stem: 何？\n", (2, 1), "a full-width space stands where an ordinary one belongs"),
        ("a: b\nstem\u3000: 何？\n", (2, 5), "a full-width space before the colon is a part of the key"),
        ("a: b\n<<<<<<< HEAD\nc: d\n=======\nc: e\n>>>>>>> x\n", (2, 1), "a merge of git left a conflict here"),
        ("a: |\n  x\n=======\nc: e\n", (3, 1), "a merge of git left a conflict here"),
        ("tags: [a, b\nid: q\n", (1, 7), "this bracket is never closed"),
        ("a:\n  - tags: [a, b\n  - id: q\n", (2, 11), "this bracket is never closed"),
        ("tags: [a, b", (1, 7), "this bracket is never closed"),
        ("tags: [a,\n  [b, c]\n", (1, 7), "this bracket is never closed"),
        ("tags: ['a' 'b']\n", (1, 12), "a list in `[ ]` lacks a comma here, or is not closed"),
        ("tags: [\n  'a'\n  'b'\n]\n", (3, 3), "a list in `[ ]` lacks a comma here, or is not closed"),
        ("stem\u00a0: What?\n", (1, 5), "a no-break space before the colon is a part of the key"),
        ("- {text\u00a0\u00a0: a}\n", (1, 8), "a no-break space before the colon is a part of the key"),
        (
            "- stem: |\n    One\n   two\n  answer: x\n",
            (3, 4),
            "this line is indented less than the text that it goes on with",
        ),
    ],
)
def test_common_slips_are_named_at_their_place(text: str, place: tuple[int, int], message: str) -> None:
    _, (problem,) = parse(SourceFile("f.yaml", text))
    assert (problem.message, problem.location.start) == (message, place)
    assert problem.help

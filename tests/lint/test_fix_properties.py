"""Every fix, on files that nobody wrote by hand.

A question with a fault stands among others, in every style of YAML, with comments in between. After the fix the
file parses, its data is what the rule says and nothing else has changed, comments and the lines that the fix did
not touch are byte for byte the same, and a second pass does nothing.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ankigen.diagnostic import Edit
from ankigen.lint.engine import all_rules, check
from ankigen.lint.fix import Repair, repairs
from ankigen.lint.settings import Flags
from ankigen.source.discover import Target
from ankigen.source.text import SourceFile, decode
from ankigen.source.yaml import parse
from tests.conftest import CONCEPT, DECK, write_tree


class Raw(str):
    """Text that goes into the file as it is."""

    __slots__ = ()


class Fault(NamedTuple):
    """A rule, keys of a question with its fault, and the keys as they are to be after the fix.

    `whole` takes the whole file, where the fault is not one of a key.
    """

    rule: str
    before: dict[str, Any]
    after: dict[str, Any]
    whole: Callable[[str], str] = lambda text: text


def text(rule: str, key: str, before: str, after: str, **more: Any) -> Fault:
    return Fault(rule, {**more, key: before}, {**more, key: after})


def choice(*options: str | Raw, key: int = 0) -> list[dict[str, Any]]:
    return [{"text": option, **({"correct": True} if at == key else {})} for at, option in enumerate(options)]


THREE = choice("a key", "a grant", "a policy")
STEM = {"stem": "What is it?"}
FAULTS = [
    text("doubled-word", "answer", "It is the the key: it's \"one\".", "It is the key: it's \"one\".", **STEM),
    text("bare-url", "answer", "See https://a.example/x?y=1 there", "See <https://a.example/x?y=1> there", **STEM),
    text("unescaped-angle", "stem", "What is List<T> in it's place?", "What is List\\<T> in it's place?", answer="A"),
    text("smart-quote-in-code", "answer", "Say `“x”` or `‘y’`", "Say `\"x\"` or `'y'`", **STEM),
    text("unemphasised-negative", "stem", "Which one is not 'it'?", "Which one is **NOT** 'it'?", options=THREE),
    text("choose-count-in-stem", "stem", "Which is it? (Choose one.)", "Which is it?", options=THREE),
    text("choose-count-mismatch", "stem", "Which is it? (Choose two)", "Which is it?", options=THREE),
    Fault("choose-count-mismatch", {**STEM, "choose": 3, "options": THREE}, {**STEM, "choose": 1, "options": THREE}),
    text("cloze-brace-collision", "cloze", "It {{c1::is $\\frac{a}{{b}}$ x}}", "It {{c1::is $\\frac{a}{{b} }$ x}}"),
    text("unknown-code-language", "answer", "It:\n\n```pyhton\nx = 1\n```", "It:\n\n```python\nx = 1\n```", **STEM),
    text("not-nfc", "answer", "un cafe\u0301 noir", "un café noir", **STEM),
    Fault(
        "mixed-option-punctuation",
        {**STEM, "options": choice("It is 'one'.", "It is two", "It is three")},
        {**STEM, "options": choice("It is 'one'", "It is two", "It is three")},
    ),
    Fault(
        "mixed-option-punctuation",
        {**STEM, "options": choice("It is one.", "It is two.", "It is three")},
        {**STEM, "options": choice("It is one.", "It is two.", "It is three.")},
    ),
    Fault(
        "grammatical-cue",
        {"stem": "What holds keys is an", "options": choice("envelope", "policy", "'grant'")},
        {"stem": "What holds keys is", "options": choice("an envelope", "a policy", "a 'grant'")},
    ),
    Fault(
        "repeated-option-prefix",
        {"stem": "To do it, you should:", "options": choice("Call the `A` API", "Call the B: API", "Call the C API")},
        {"stem": "To do it, you should call the:", "options": choice("`A` API", "B: API", "C API")},
    ),
    Fault(
        "unordered-numbers",
        {**STEM, "shuffle": False, "options": choice("16", "4", "8")},
        {**STEM, "shuffle": False, "options": [{"text": "4"}, {"text": "8"}, {"text": "16", "correct": True}]},
    ),
    Fault("tag-with-space", {**STEM, "answer": "A", "tags": ["two words", "one"]}, {**STEM, "answer": "A", "tags": ["two-words", "one"]}),
    Fault("tag-drift", {**STEM, "answer": "A", "tags": ["Key-Ring"]}, {**STEM, "answer": "A", "tags": ["key-ring"]}),
    text("coerced-scalar", "answer", Raw("1.10"), "1.10", **STEM),
    text("coerced-scalar", "answer", Raw("~"), "~", **STEM),
    Fault(
        "colon-made-mapping",
        {**STEM, "options": [Raw("Note: it's so"), {"text": "x", "correct": True}, "y"]},
        {**STEM, "options": ["Note: it's so", {"text": "x", "correct": True}, "y"]},
    ),
    text("comment-swallows-text", "answer", Raw("C# or it's F #1 of all"), "C# or it's F #1 of all", **STEM),
    text("invisible-space", "answer", "\u00a0four\u200b", "four", **STEM),
    text("escape-ate-backslash", "answer", Raw('"$a \\times b$ \\n \\\\x"'), "$a \\times b$ \n \\x", **STEM),
    text("control-character", "answer", Raw('"4\\x1fKB \\u0007"'), "4KB ", **STEM),
    text("control-character", "answer", Raw('"$\\frac{1}{2}$"'), "$\\frac{1}{2}$", **STEM),
    Fault("unknown-key", {"steem": "What is it?", "answer": "A"}, {**STEM, "answer": "A"}),
    Fault("missing-id", {"id": None, **STEM, "answer": "A"}, {"id": "what-is-it", **STEM, "answer": "A"}),
    text("unusual-line-break", "answer", Raw("one\u2028two"), "one two", **STEM),
    Fault("bom-or-crlf", {**STEM, "answer": "A"}, {**STEM, "answer": "A"}, lambda text: text.replace("\n", "\r\n")),
    Fault("trailing-space", {**STEM, "answer": Raw("A  ")}, {**STEM, "answer": "A"}),
    Fault("unused-suppression", {**STEM, "answer": Raw("A # ankigen: ignore[F006] because")}, {**STEM, "answer": "A"}),
    Fault(
        "unused-suppression",
        {**STEM, "answer": Raw("the the # ankigen: ignore[Q001, F006, Q002] because")},
        {**STEM, "answer": "the the"},
    ),
]  # fmt: skip

WORDS = st.text(st.sampled_from("ab cdé日🎉שلم"), min_size=1, max_size=12).map(lambda word: f"x{word}z")
FILLER = st.fixed_dictionaries({"stem": WORDS, "answer": WORDS})


@st.composite
def files(draw: st.DrawFn, fault: Fault) -> tuple[str, list[dict[str, Any]]]:
    """A file with a fault, and the data that it is to hold after the fix."""
    questions = [*draw(st.lists(FILLER, max_size=2)), fault.before, *draw(st.lists(FILLER, max_size=2))]
    lines = ["questions:"]
    wanted = []
    for number, question in enumerate(questions):
        keys = {"id": f"q{number}", "concept": "a", "difficulty": "easy", **question}
        after = fault.after if question is fault.before else question
        wanted.append(
            {**keys, **after}
            if "steem" not in keys
            else {"id": keys["id"], "concept": "a", "difficulty": "easy", **after}
        )
        keys = {name: value for name, value in keys.items() if value is not None}
        lines += draw(st.sampled_from([[], [f"  # c{number} the the", ""], ["", f"# c{number} 日 it's"]]))
        names = draw(st.permutations(list(keys)))
        for at, name in enumerate(names):
            lead = "  - " if at == 0 else "    "
            lines += draw(written(name, keys[name], lead))
    # A spelling of a tag is the rarer one only beside others.
    lines += ["tags: [key-ring]"] if fault.rule == "tag-drift" else []
    return fault.whole("\n".join(lines) + "\n# the end\n"), wanted


@st.composite
def written(draw: st.DrawFn, name: str, value: Any, lead: str) -> list[str]:
    """A key and its value as lines, in a style of its own."""
    pad = " " * len(lead)
    comment = draw(st.sampled_from(["", "", "  # so: it's the the"]))
    if isinstance(value, list):
        if not any(isinstance(item, Raw) for item in value) and draw(st.booleans()):
            return [f"{lead}{name}: [{', '.join(draw(flow(item)) for item in value)}]{comment}"]
        lines = [f"{lead}{name}:{comment}"]
        # Reordered options keep their comments only by being left alone.
        comment = "" if name == "options" else comment
        for item in value:
            if isinstance(item, dict):
                keys = draw(st.permutations(list(item)))
                for at, key in enumerate(keys):
                    lines += draw(written(key, item[key], f"{pad}  {'- ' if at == 0 else '  '}"))
            else:
                lines.append(f"{pad}  - {draw(scalar(item))}")
        return lines
    if not isinstance(value, str):
        return [f"{lead}{name}: {str(value).lower()}{comment}"]
    if isinstance(value, Raw):
        return [f"{lead}{name}: {value}"]
    style = draw(st.sampled_from(["flow", "literal", "folded"]))
    if style == "flow" or value != value.strip(" ") or value.startswith("\u00a0"):
        return [f"{lead}{name}: {draw(scalar(value))}{comment}"]
    if style == "folded":
        words = value.split(" ")
        cut = draw(st.integers(1, len(words)))
        parts = [" ".join(words[:cut]), *([" ".join(words[cut:])] if words[cut:] else [])]
        if "\n" in value or "" in words:
            style, parts = "literal", value.split("\n")
    else:
        parts = value.split("\n")
    sign = "|-" if style == "literal" else ">-"
    return [f"{lead}{name}: {sign}{comment}", *(f"{pad}  {part}" if part else "" for part in parts)]


@st.composite
def scalar(draw: st.DrawFn, value: str, in_flow: bool = False) -> str:
    """A value on one line."""
    if isinstance(value, Raw):
        return value
    if not isinstance(value, str):
        return str(value).lower()
    if "\n" in value:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    ways = ["'" + value.replace("'", "''") + "'", '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"']
    plain, problems = parse(SourceFile("f", f"[{value}]" if in_flow else f"- {value}"))
    if plain is not None and not problems and plain.data == [value]:
        ways.append(value)
    return draw(st.sampled_from(ways))


@st.composite
def flow(draw: st.DrawFn, item: Any) -> str:
    if isinstance(item, dict):
        return (
            "{"
            + ", ".join(f"{key}: {draw(scalar(item[key], True))}" for key in draw(st.permutations(list(item))))
            + "}"
        )
    return draw(scalar(item, True))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.rule)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_fix_does_what_its_rule_says_and_no_more(fault: Fault, data: st.DataObject, tmp_path: Path) -> None:
    source, wanted = data.draw(files(fault))
    content = tmp_path / "content"
    shutil.rmtree(content, ignore_errors=True)
    write_tree(content, {"deck.yaml": DECK + "tags: [key-ring]\n", "concepts/a.yaml": CONCEPT})
    file = write_tree(content, {"questions/q.yaml": source}) / "questions/q.yaml"
    flags = Flags(select=(fault.rule, "F006") if fault.rule == "unused-suppression" else (fault.rule,))

    def find() -> tuple[list[Repair], list[Edit]]:
        (result,) = check([Target(content)], flags=flags)
        own = [each for each in result.diagnostics if each.rule == fault.rule]
        edits = [edit for each in own if each.fix for edit in each.fix.edits]
        return list(repairs(own, result.sources, unsafe=True)), edits

    found, edits = find()
    # A comment among options belongs to one of them, and nobody knows to which.
    assume(found or fault.rule != "unordered-numbers" or "# so:" not in source)
    assert found, "nothing to repair:\n" + source
    for repair in found:
        assert is_in_order(untouched(repair.source.text, edits), repair.text.split("\n"))
        repair.write()
    after = file.read_bytes().decode()
    gone = {" ankigen"} if "ignore[F006]" in source else set()
    assert comments(after) == comments(source) - gone
    again, problems = decode("q.yaml", file.read_bytes())
    document, more = parse(again)
    assert document is not None
    assert not problems + more, after
    got = [{**question} for question in document.data["questions"]]
    assert [normal(question) for question in got] == [normal(question) for question in wanted], after
    assert not find()[0], after


def untouched(source: str, edits: list[Edit]) -> list[str]:
    """The lines of which no edit changes a character."""
    touched = set()
    for edit in edits:
        start, end = edit.location.start, edit.location.end
        touched |= set(range(start.line, end.line + (end.column > 1 or end == start)))
    return [line for number, line in enumerate(source.split("\n"), 1) if number not in touched]


def is_in_order(lines: list[str], within: list[str]) -> bool:
    """Whether lines stand among others, in their order."""
    rest = iter(within)
    return all(line in rest for line in lines)


def comments(source: str) -> set[str]:
    return set(re.findall(r"#( c\d .*| the end| so: it's the the| ankigen)", source.replace("\r", "")))


def normal(question: dict[str, Any]) -> dict[str, Any]:
    return {key: value.rstrip("\n") if isinstance(value, str) else value for key, value in question.items()}


def test_every_rule_that_promises_a_fix_is_here() -> None:
    # The first needs a deck.lock, and what it inserts, missing-id inserts as well; the other mends deck.yaml.
    elsewhere = {"id-changed", "unknown-language"}
    assert {fault.rule for fault in FAULTS} == {rule.name for rule in all_rules().values() if rule.fix} - elsewhere

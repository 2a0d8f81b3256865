"""The schemas: complete, agreed on by both validators, and in step with the model."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ankigen import model
from ankigen.source.text import SourceFile
from ankigen.source.yaml import parse
from ankigen.validate import FileKind, explainer, is_valid, schema, validate
from tests.conftest import DATA, REPOSITORY

KINDS = list(FileKind)


def subschemas(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The schemas of all properties and definitions below a schema."""
    for group in ("properties", "$defs"):
        for name, inner in node.get(group, {}).items():
            yield f"{path}/{name}", inner
            yield from subschemas(inner, f"{path}/{name}")
    for index, inner in enumerate(node.get("anyOf", ())):
        if ("$ref" not in inner and "required" not in inner) or "title" in inner:
            yield f"{path}/anyOf{index}", inner
        yield from subschemas(inner, f"{path}/anyOf{index}")
    for name in ("items", "additionalProperties"):
        if isinstance(node.get(name), dict):
            yield f"{path}/{name}", node[name]
            yield from subschemas(node[name], f"{path}/{name}")


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_is_described_and_its_examples_are_valid(kind: FileKind) -> None:
    whole = schema(kind)
    Draft202012Validator.check_schema(whole)
    for path, part in subschemas(whole):
        target = whole["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else {}
        for word in ("title", "description", "examples"):
            assert part.get(word) or target.get(word), f"{path} has no {word}"
        for example in part.get("examples", ()):
            Draft202012Validator({**part, "$defs": whole["$defs"]}).validate(example)
    assert all(is_valid(example, kind) for example in whole["examples"])


def test_definitions_of_one_name_are_one_definition() -> None:
    seen: dict[str, Any] = {}
    for kind in KINDS:
        for name, definition in schema(kind)["$defs"].items():
            assert seen.setdefault(name, definition) == definition, name


@pytest.mark.parametrize(
    ("kind", "path", "made"),
    [
        (FileKind.DECK, (), model.Deck),
        (FileKind.CONCEPT, (), model.Concept),
        (FileKind.CONCEPT, ("$defs", "section"), model.Section),
        (FileKind.QUESTIONS, ("$defs", "question"), model.Question),
        (FileKind.QUESTIONS, ("$defs", "option", "anyOf", 1), model.Option),
        (FileKind.QUESTIONS, ("$defs", "reference", "anyOf", 1), model.Reference),
    ],
)
def test_the_model_holds_every_key_of_the_schema(kind: FileKind, path: tuple[str, ...], made: type) -> None:
    part: Any = schema(kind)
    for step in path:
        part = part[step]
    keys = set(part["properties"])
    fields = set(getattr(made, "_fields", ())) or {field.name for field in dataclasses.fields(made)}
    # What the program adds to what the author wrote, and what it takes up in another form.
    added = {"origin", "kind", "root", "concepts", "questions", "media", "overlooked", "unread", "style", "lock"}
    assert keys - {"format", "lint", "concept", "concepts"} == fields - added


@pytest.mark.parametrize(
    ("kind", "name", "made"),
    [
        (FileKind.CONCEPT, "difficulty", model.Difficulty),
        (FileKind.CONCEPT, "status", model.Status),
        (FileKind.QUESTIONS, "difficulty", model.Difficulty),
    ],
)
def test_choices_are_those_of_the_model(kind: FileKind, name: str, made: type[Any]) -> None:
    assert schema(kind)["$defs"][name]["enum"] == [choice.value for choice in made]


def test_choices_of_the_deck_are_those_of_the_model() -> None:
    properties = schema(FileKind.DECK)["properties"]
    assert properties["subdecks"]["enum"] == [choice.value for choice in model.Subdecks]
    assert properties["cards"]["properties"]["concept"]["enum"] == [choice.value for choice in model.ConceptCards]


def documents() -> dict[FileKind, list[Any]]:
    """The data of all content files at hand."""
    found: dict[FileKind, list[Any]] = {kind: [] for kind in KINDS}
    for folder in (REPOSITORY / "content", DATA / "decks"):
        for file in sorted(folder.rglob("*.y*ml")):
            document, _ = parse(SourceFile(str(file), file.read_text(encoding="utf-8")))
            assert document is not None
            kind = {"concepts": FileKind.CONCEPT, "deck.yaml": FileKind.DECK}.get(
                file.name if file.name == "deck.yaml" else file.parent.name, FileKind.QUESTIONS
            )
            found[kind].append(document.data)
    return found


DOCUMENTS = documents()
VALUES = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        1,
        2,
        -1,
        1.0,
        1.5,
        10**30,
        float("inf"),
        "",
        " ",
        "x",
        "a-b",
        "x\n",
        "A b",
        "easy",
        "last",
    ]
    + ["https://x.org", "2026-01-31", "2026-13-01", "1.2.3", [], ["x"], ["x", "x"], [None], {}, {"x": 1}]
    + [{"text": "x"}, {"title": "x"}, {"url": "https://x.org"}, [{"text": "a"}, "b"], "é", "🎉" * 40, "x" * 101]
)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[FileKind, Any]:
    """A real document with some of its values replaced, removed, or added to."""
    kind = draw(st.sampled_from(KINDS))
    data = copy.deepcopy(draw(st.sampled_from(DOCUMENTS[kind])))
    for _ in range(draw(st.integers(1, 3))):
        here = data
        while isinstance(here, dict | list) and here:
            step = draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
            if isinstance(here[step], dict | list) and here[step] and draw(st.booleans()):
                here = here[step]
                continue
            action = draw(st.sampled_from(["replace", "remove", "add"]))
            if action == "replace":
                here[step] = copy.deepcopy(draw(VALUES))
            elif action == "remove":
                del here[step]
            elif isinstance(here, dict):
                names = ["options", "answer", "cloze", "stem", "id", "concept", "concepts", "tags", "colour"]
                here[draw(st.sampled_from(names))] = copy.deepcopy(draw(VALUES))
            else:
                here.append(copy.deepcopy(draw(VALUES)))
            break
    return kind, data


@given(damaged())
def test_the_gate_and_the_explainer_agree(example: tuple[FileKind, Any]) -> None:
    kind, data = example
    assert is_valid(data, kind) == explainer(kind).is_valid(data)


@given(damaged())
def test_whatever_is_refused_is_explained_at_a_place(example: tuple[FileKind, Any]) -> None:
    kind, data = example
    source = SourceFile("f.yaml", json.dumps(data, ensure_ascii=False, default=str).replace("Infinity", ".inf"))
    document, problems = parse(source)
    if document is None or problems:
        return
    found = validate(document, kind)
    assert bool(found) == (not is_valid(document.data, kind))
    for diagnostic in found:
        assert diagnostic.message
        assert 0 <= diagnostic.location.span.start <= diagnostic.location.span.end <= len(source.text)

"""Writes what is made from the schemas, the rules and the content in the documents: `python docs/generate.py`.

A test compares them with what stands in the repository.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ankigen.lint.engine import all_rules
from ankigen.lint.page import reference
from ankigen.source.text import SourceFile
from ankigen.source.yaml import parse
from ankigen.validate import FileKind, schema

HERE = Path(__file__).parent
INTRODUCTION = """\
# The content format, version 1

This page is made from the JSON Schemas in `schema/` by `docs/generate.py`.

A folder with a `deck.yaml` is a content root: one deck. A repository may hold several, and a command given a
folder works on every root below it.

| file | what it holds |
| --- | --- |
| `deck.yaml` | the deck |
| `concepts/<id>.yaml` | one concept, in a file named after its id |
| `questions/**/*.yaml` | any number of questions a file |
| `media/**` | pictures and sound, referred to by their path below `media/` |
| `deck.lock` | what was last built: `ankigen build` makes it, and it is [kept](releases.md#decklock) |

Files are UTF-8. Values are read by the rules of YAML 1.2, so that `yes`, `12:30` and dates are text; what YAML
takes for a number or for `true` and `false` needs quotation marks where text is wanted, and the linter says so.
Anchors, aliases, tags and a second document in one file are refused.

A text goes in quotation marks, or on the lines below a `|-`, where YAML would take it for something else: where it
begins with one of `{ [ ! * & @ % ? # > |`, with a back-tick, or with `- `, or holds `: ` or ` #`. So the stem
`![A cell](cell.svg)` is written below `|-`. Inside `{ }` and `[ ]`, a comma ends a text without quotation marks.

Texts are Markdown: CommonMark with tables and strikethrough, maths between `$...$` or `$$...$$`, code highlighted
in fenced blocks that name their language, `![description](picture.png)` and `![](sound.mp3)` from `media/`. A file
is named by its path below `media/`; where that holds a space, it is written `![a cell](<plant cell.svg>)`.

HTML is kept where it is harmless; scripts, event handlers, frames and pictures from elsewhere never reach a card.
"""
HEADINGS = {
    FileKind.DECK: "`deck.yaml`",
    FileKind.CONCEPT: "A concept: `concepts/<id>.yaml`",
    FileKind.QUESTIONS: "Questions: `questions/**/*.yaml`",
}


def format_page() -> str:
    """The page of the content format."""
    return "\n".join([INTRODUCTION, *(line for kind in FileKind for line in _file(kind))])


def _file(kind: FileKind) -> Iterator[str]:
    whole = schema(kind)
    yield f"## {HEADINGS[kind]}\n"
    yield f"{whole['description']}\n"
    yield from _table(whole, whole)
    for name in ("topic", "section", "question", "option", "reference"):
        part = whole["$defs"].get(name)
        # What several kinds of files have is described with the first that needs it.
        if part is None or (name == "reference" and kind is not FileKind.CONCEPT):
            continue
        yield f"### {part['title']}\n"
        yield f"{part['description']}\n"
        yield from _table(_mapping(part), whole)
    if kind is FileKind.DECK:
        for name in ("cards", "lint"):
            yield f"### `{name}`\n"
            yield f"{whole['properties'][name]['description']}\n"
            yield from _table(whole["properties"][name], whole)
            if name == "cards":
                labels = whole["properties"][name]["properties"]["labels"]
                yield "### `labels`, below `cards`\n"
                yield f"{labels['description']}\n"
                yield from _table(labels, whole)


def _mapping(part: dict[str, Any]) -> dict[str, Any]:
    return next((branch for branch in part.get("anyOf", ()) if "properties" in branch), part)


def _table(part: dict[str, Any], whole: dict[str, Any]) -> Iterator[str]:
    yield "| key | takes | meaning | example |\n| --- | --- | --- | --- |"
    for name, own in part["properties"].items():
        full = {**_resolve(own, whole), **own}
        needed = " (needed)" if name in part.get("required", ()) else ""
        default = full.get("default")
        meaning = full["description"] + (f" Without it: `{_yaml(default)}`." if default is not None else "")
        cells = (f"`{name}`{needed}", _takes(full, whole), meaning, _code(_yaml(full["examples"][0])))
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _resolve(part: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = whole["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
    return found


def _takes(part: dict[str, Any], whole: dict[str, Any]) -> str:
    part = {**_resolve(part, whole), **part}
    reference = part.get("$ref", "").rpartition("/")[2]
    if reference == "markdown":
        return "Markdown"
    if reference == "slug":
        return "id"
    if "enum" in part:
        return " or ".join(f"`{choice}`" for choice in part["enum"])
    if "const" in part:
        return f"`{part['const']}`"
    if "anyOf" in part:
        return "text or mapping"
    if part["type"] == "array":
        items = part["items"].get("$ref", "").rpartition("/")[2]
        return "list of " + {"slug": "ids", "formerPart": "ids", "tag": "tags"}.get(
            items, f"{items}s" if items else "texts"
        )
    names = {"string": "text", "object": "mapping", "boolean": "`true` or `false`", "integer": "whole number"}
    return names.get(part["type"], part["type"])


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _yaml(value: Any) -> str:
    """A value as it may be written on one line of YAML."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        document, problems = parse(SourceFile("", f"key: {text}\n"))
        if document is None or problems or document.data != {"key": value}:
            text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 90 else text[:87] + "..."


_EXAMPLE = re.compile(r"<!-- (\S+) from (\S+) -->\n(?:\n```yaml\n.*?^```\n)?", re.DOTALL | re.MULTILINE)


def writing_page() -> str:
    """The authors' guide with its examples as they stand in `content/`: each an item of a list, by its id."""
    page = (HERE / "writing.md").read_text(encoding="utf-8")
    return _EXAMPLE.sub(
        lambda found: f"<!-- {found[1]} from {found[2]} -->\n\n```yaml\n{_item(found[1], found[2])}```\n", page
    )


def _item(id: str, file: str) -> str:
    """The lines of an item of a list, from the one with its id to the next empty line."""
    text = (HERE.parent / file).read_text(encoding="utf-8")
    start = text.index(f"  - id: {id}\n")
    return textwrap.dedent(text[start:].split("\n\n")[0].rstrip("\n")) + "\n"


if __name__ == "__main__":
    (HERE / "writing.md").write_text(writing_page(), encoding="utf-8")
    (HERE / "format.md").write_text(format_page(), encoding="utf-8")
    (HERE / "rules.md").write_text(reference(all_rules().values()), encoding="utf-8")

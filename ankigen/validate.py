"""The JSON Schemas, and what they find in words that an author knows.

`schema/` decides what is valid. jsonschema-rs answers that quickly for every file; only a file that it
refuses is looked at again with jsonschema, whose errors are turned into diagnostics here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from pathlib import Path as FilePath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeAlias

from ankigen.diagnostic import Diagnostic, Edit, Fix, Span
from ankigen.language import meant_language
from ankigen.model import slugify
from ankigen.source.discover import CONCEPTS, QUESTIONS
from ankigen.source.yaml import Document, Path, core_scalar

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

# jsonschema's ValidationError. Its own types call every attribute possibly unset, which after validation none is.
SchemaError: TypeAlias = Any


class FileKind(StrEnum):
    """The three kinds of content files; each has the schema of its name."""

    DECK = "deck"
    CONCEPT = "concept"
    QUESTIONS = "questions"


def schema_dir() -> FilePath:
    """The folder of the schemas: in the package where it is installed, beside it in a checkout."""
    package = FilePath(__file__).parent
    installed = package / "schema"
    return installed if installed.is_dir() else package.parent / "schema"


@cache
def schema(kind: FileKind) -> dict[str, Any]:
    """The schema of a kind of file."""
    text = (schema_dir() / f"{kind}.schema.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


@cache
def _gate(kind: FileKind) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema(kind))


@cache
def explainer(kind: FileKind) -> Draft202012Validator:
    """jsonschema's validator for a kind of file, with patterns read as JSON Schema wants them.

    In ECMA 262, `$` is the end of the text; in Python it also fits before a last line feed.
    """
    from jsonschema import Draft202012Validator, ValidationError
    from jsonschema.validators import extend

    def pattern(validator: Any, value: str, instance: Any, schema: Any) -> Iterator[SchemaError]:
        if validator.is_type(instance, "string") and not re.search(re.sub(r"\$$", r"\\Z", value), instance):
            yield ValidationError(f"{instance!r} does not match {value!r}")

    extended: type[Draft202012Validator] = extend(Draft202012Validator, {"pattern": pattern})  # type: ignore[no-untyped-call]
    return extended(schema(kind))


def is_valid(data: Any, kind: FileKind) -> bool:
    """Whether the schema allows the data."""
    return _gate(kind).is_valid(data)  # type: ignore[no-any-return]


def validate(document: Document, kind: FileKind) -> list[Diagnostic]:
    """What the schema has against a document; nothing where it is valid."""
    if is_valid(document.data, kind):
        return []
    return _Explanation(document, kind).diagnostics()


_TYPES = {
    "string": "text",
    "array": "a list",
    "object": "a mapping (`key: value` lines)",
    "boolean": "`true` or `false`",
    "integer": "a whole number",
    "number": "a number",
}
_TRUTHS = {"true": ("true", "yes", "on", "y", "1"), "false": ("false", "no", "off", "n", "0")}
_NUMBERS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
# What authors write for a key when they know it by another name; the first that the mapping may have is meant.
_SYNONYMS = {
    "question": ("stem",),
    "prompt": ("stem",),
    "text": ("stem", "body"),
    "response": ("answer",),
    "solution": ("answer",),
    "choices": ("options",),
    "answers": ("options",),
    "reason": ("why",),
    "feedback": ("why",),
    "explanation": ("why",),
    "tip": ("hint",),
    "name": ("title", "text"),
    **dict.fromkeys(("option", "choice", "answer", "label", "value"), ("text",)),
    "content": ("text", "body"),
    **dict.fromkeys(("correct", "correctanswer", "correct_answer"), ("answer",)),
    "right": ("correct",),
    "level": ("difficulty",),
    "link": ("url",),
}
# The key that tells a file of each kind, and where it lies.
_TELLING = {FileKind.CONCEPT: "overview", FileKind.QUESTIONS: "questions"}
_FOLDERS = {FileKind.CONCEPT: CONCEPTS, FileKind.QUESTIONS: QUESTIONS}
_THINGS = {"questions": "question", "options": "option", "overview": "part", "references": "reference"}
# Two of these keys tell a question from an item of the lists in it.
_QUESTION_KEYS = frozenset(
    ("id", "concept", "concepts", "difficulty", "stem", "options", "answer", "cloze", "explanation", "hint")
)
# What a question has and a file of them has not.
_ASKING = frozenset(("stem", "options", "answer", "cloze"))
# The key that each item of these lists has which is no plain text, and those that it may have.
_ITEM_KEYS = {
    "options": ("text", {"text", "correct", "why", "pin"}),
    "references": ("url", {"url", "title", "checked"}),
}
# A text that can stand in brackets as it is.
_PLAIN = re.compile(r"[\w.:/-]{1,60}\Z")
# An address as people write it, without the protocol.
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?(/\S*)?\Z")
_SLUG_HELP = "an id has small letters a-z, digits and single dashes"


class _Explanation:
    def __init__(self, document: Document, kind: FileKind) -> None:
        self.document = document
        self.kind = kind
        # Keys that are missing only because a key beside them is misspelt, by the path of their mapping.
        self.misspelt: dict[Path, set[str]] = {}
        self.said: set[tuple[str, Path, str]] = set()
        # The ids that were proposed, none of them twice.
        self.given: set[str] = set()

    def diagnostics(self) -> list[Diagnostic]:
        if other := self.other_kind():
            holds = "questions" if other is FileKind.QUESTIONS else "a concept"
            message = f"this file holds {holds}, and lies in `{_FOLDERS[self.kind]}/`"
            help = f"move it to `{_FOLDERS[other]}/`"
            return [self.make("schema-violation", message, (_TELLING[other],), help, key=True)]
        data = self.document.data
        if self.kind is FileKind.QUESTIONS and self.is_question(data) and not _ASKING.isdisjoint(data):
            help = "write `questions:` on a line of its own above it, and the question below as `- id:`, indented"
            return [
                self.make(
                    "schema-violation", "this file holds a question, and no list of them", (), help, key=True
                )
            ]
        errors = list(self.flatten(explainer(self.kind).iter_errors(data)))
        # What explains others first, so that these are not reported again: items in a wrong list, unknown keys.
        found = []
        strays: set[Path] = set()
        moves: set[tuple[Path, Path]] = set()
        for path, beside in self.strays():
            strays.add(path)
            # One finding for all that is to be moved from one list to another.
            if (path[:-1], beside[:-1]) not in moves:
                found.append(self.stray(path, beside))
                moves.add((path[:-1], beside[:-1]))
        short = {meant for _, meant in moves}
        errors.sort(key=lambda error: error.validator != "additionalProperties")
        for error in errors:
            path = tuple(error.absolute_path)
            lacks = error.validator == "minItems" and path in short
            if not lacks and strays.isdisjoint(path[:depth] for depth in range(len(path) + 1)):
                found += self.explain(error)
        return list(dict.fromkeys(found))

    def other_kind(self) -> FileKind | None:
        """The kind of file that this one is by its keys, where that is not the kind of its folder."""
        data = self.document.data
        if self.kind is FileKind.DECK or not isinstance(data, dict) or any(key in data for key in self.required()):
            return None
        return next((kind for kind, key in _TELLING.items() if key in data), None)

    def strays(self) -> Iterator[tuple[Path, Path]]:
        """The items that their dashes put into a wrong list, each with an item of the list that is meant."""
        questions = self.document.data.get("questions") if isinstance(self.document.data, dict) else None
        lists: dict[str, Path] = {}
        for index, question in enumerate(questions if isinstance(questions, list) else ()):
            if not isinstance(question, dict):
                continue
            path: Path = ("questions", index)
            for name, (key, keys) in _ITEM_KEYS.items():
                if name in lists and key in question and question.keys() <= keys and self.dash(path) is not None:
                    yield path, (*lists[name], 0)
            for name, inner in question.items():
                for number, item in enumerate(inner if isinstance(inner, list) else ()):
                    lists[name] = (*path, name)
                    if self.is_question(item):
                        inside = (*path, name, number)
                        if self.dash(inside) is not None and self.dash(path) is not None:
                            yield inside, path

    def is_question(self, item: Any) -> bool:
        return isinstance(item, dict) and "questions" not in item and len(_QUESTION_KEYS & item.keys()) > 1

    def dash(self, path: Path) -> int | None:
        """The offset of an item's dash; None where it has none."""
        text, at = self.document.source.text, self.document.span(path).start
        # Nobody indents further, and all items of a list in brackets may stand on one line.
        before = text[max(0, at - 200) : at].rpartition("\n")[2]
        return text.rindex("-", 0, at) if re.fullmatch(r"[ ]*(?:- +)+", before) else None

    def stray(self, path: Path, beside: Path) -> Diagnostic:
        """A finding at the dash of an item that stands in a wrong list."""
        at, other = self.dash(path), self.dash(beside)
        assert at is not None
        source = self.document.source
        thing, wrong, right = _THINGS[str(beside[-2])], self.name(path[:-1]), self.name(beside[:-1])
        help = f"move it into {right}"
        if other is not None:
            count = source.position(other).column - 1
            help = f"indent its dash by {count} space{'s' * (count != 1)}, as the dashes in {right} are"
        location = source.location(Span(at, at + 1))
        return Diagnostic(
            "schema-violation", f"this {thing} stands in {wrong}, not in {right}", location, help=help
        )

    def flatten(self, errors: Iterable[SchemaError]) -> Iterator[SchemaError]:
        """The errors, with those of the one fitting branch in place of each "none of these fits"."""
        for error in errors:
            branch = self.branch(error) if error.validator == "anyOf" else None
            if branch is None:
                yield error
            else:
                yield from self.flatten(branch)

    def branch(self, error: SchemaError) -> list[SchemaError] | None:
        branches: dict[Any, list[SchemaError]] = {}
        for inner in error.context or ():
            branches.setdefault(inner.relative_schema_path[0], []).append(inner)
        if all(inner.validator == "required" for group in branches.values() for inner in group):
            return None
        for group in branches.values():
            # A branch of another type is not the one that was meant.
            if not any(inner.validator == "type" and not inner.relative_path for inner in group):
                return group
        return next(iter(branches.values()))

    def explain(self, error: SchemaError) -> Iterator[Diagnostic]:
        path: Path = tuple(error.absolute_path)
        if "propertyNames" in error.absolute_schema_path:
            path = (*path, error.instance)
            yield self.not_a_slug(path, error.instance, slugify(error.instance), key=True)
            return
        method = getattr(self, f"on_{error.validator}", self.on_other)
        yield from method(error, path)

    def make(
        self,
        rule: str,
        message: str,
        path: Path,
        help: str = "",
        *,
        key: bool = False,
        notes: Sequence[str] = (),
        instead: str = "",
        safe: bool = False,
    ) -> Diagnostic:
        """A finding at a value or its key, with a fix that puts `instead` there if that is given."""
        location = self.document.location(path, key=key)
        fix = Fix((Edit(location, instead),), safe) if instead else None
        return Diagnostic(rule, message, location, help=help, notes=tuple(notes), fix=fix)

    def name(self, path: Path) -> str:
        """What to call the value at a path."""
        if not path:
            return "the file"
        last = path[-1]
        if isinstance(last, str):
            return f"`{last}`"
        return f"item {last + 1} of {self.name(path[:-1])}"

    def on_type(self, error: SchemaError, path: Path) -> Iterator[Diagnostic]:
        wanted = error.validator_value
        value = error.instance
        raw = self.document.raw(path)
        if not path:
            if value is None:
                yield self.make(
                    "schema-violation",
                    "the file is empty",
                    path,
                    f"a {self.kind} file needs {_keys(self.required())}"
                    + ("; delete the file if it is of no use" if self.kind is not FileKind.DECK else ""),
                )
            else:
                yield self.make(
                    "schema-violation",
                    f"the file holds {_type_name(value)}, where `key: value` lines are wanted",
                    path,
                    self.list_help(value),
                )
        elif value is None and raw not in ("null", "Null", "NULL", "~"):
            help = self.comment_help(path) or f"give it {_TYPES[wanted]}, or delete it"
            yield self.make("schema-violation", f"{self.name(path)} has no value", path, help, key=True)
        elif wanted == "string" and not isinstance(value, dict | list):
            yield self.coerced(path, value, raw)
        elif wanted == "string" and isinstance(value, dict) and len(value) == 1:
            yield self.colon(path, value)
        else:
            message = f"{self.name(path)} is {_type_name(value)}, where {_TYPES[wanted]} is wanted"
            yield self.make("schema-violation", message, path, self.type_help(error, path))

    def type_help(self, error: SchemaError, path: Path) -> str:
        """What to write in place of a value of another type."""
        wanted, value = error.validator_value, error.instance
        raw = self.document.raw(path)
        examples = error.schema.get("examples", [])
        if wanted == "boolean":
            return _truth_help(value)
        if wanted == "string":
            if isinstance(value, list) and len(value) == 1 and raw == f"[{value[0]}]":
                return f"write `{value[0]}`, without the brackets"
            if raw[:1] in ("[", "{"):
                return f"write it as one text; a text that begins with `{raw[0]}` stands in quotation marks"
            return "write it as one text; one of several lines stands below a `|-`"
        if wanted == "array":
            if isinstance(value, dict) and value and raw[:1] != "{":
                if all(len(key) == 1 for key in value):
                    return "write each item after a dash, in place of its letter"
                return f"begin each item with a dash and a space: `- {next(iter(value))}:`"
            if isinstance(value, str) and raw == value and _PLAIN.match(value):
                return f"write `[{value}]`, or each item on a line of its own, after `- `"
            return "write each item on a line of its own, after `- `"
        if wanted in ("integer", "number"):
            number = _NUMBERS.get(str(value).strip().lower(), str(value).strip())
            if number.isdecimal():
                return f"write `{number}`, without quotation marks"
            return f"write it in digits, such as `{examples[0]}`" if examples else "write it in digits"
        if path[:1] == ("lint",) and len(path) == 2 and isinstance(value, bool):
            return f"to run it, write `extend: [{path[1]}]`" if value else f"write `ignore: [{path[1]}]`"
        if isinstance(value, str) and (wide := re.match(r"([A-Za-z_]+) ?：", value)):
            return f"a full-width colon is no colon to YAML: write `{wide[1]}: `, with an ordinary one and a space"
        if path and isinstance(path[-1], int) and error.schema.get("required"):
            return f"write its keys below the dash, such as `- {error.schema['required'][0]}:`"
        if path == ("topics",) and isinstance(value, list):
            return "write a line for each, without a dash: id, colon and title, such as `security: Security`"
        if examples:
            return f"write `key: value` lines below it, or all on its line, as in `{_flow(examples[0])}`"
        return "write `key: value` lines below it"

    def comment_help(self, path: Path) -> str:
        """What to do where ` #` made a comment of a value; nothing where no comment follows the key."""
        text = self.document.source.text
        found = re.compile(r":[ \t]+(#.*)").match(text, self.document.span(path, key=True).end)
        if not found:
            return ""
        value = found[1].strip()
        shown = f': `"{value}"`' if re.fullmatch(r"#[^\s\"\\]{1,40}", value) else ""
        return f"`#` begins a comment; put the value in quotation marks if it was meant as text{shown}"

    def required(self) -> list[str]:
        return list(schema(self.kind)["required"])

    def list_help(self, value: Any) -> str:
        if isinstance(value, list) and self.kind is FileKind.QUESTIONS:
            return "write `questions:` on the first line, and indent the list below it"
        return f"a {self.kind} file begins with {_keys(self.required())}"

    def coerced(self, path: Path, value: Any, raw: str) -> Diagnostic:
        what = "nothing" if value is None else "a truth value" if isinstance(value, bool) else "a number"
        notes = []
        if isinstance(value, int | float) and not isinstance(value, bool) and len(raw) <= 40 and str(value) != raw:
            notes.append(f"other programs would show it as `{value}`")
        text = raw
        if (
            self.kind is FileKind.DECK
            and path == ("version",)
            and re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*))?", raw)
        ):
            # A version has three numbers; quotation marks alone would only lead to the next finding.
            text = f"{raw}.0" if "." in raw else f"{raw}.0.0"
        help = f"write '{text}'" if len(raw) <= 40 else "put it in quotation marks"
        return self.make(
            "coerced-scalar",
            f"`{raw if len(raw) <= 40 else raw[:37] + '...'}` is {what} to YAML, where text is wanted",
            path,
            help,
            notes=notes,
            instead="'" + text.replace("'", "''") + "'",
            safe=True,
        )

    def colon(self, path: Path, value: dict[str, Any]) -> Diagnostic:
        key = next(iter(value))
        raw = self.document.raw(path)
        if raw.startswith("{") and value[key] is None:
            return self.make(
                "colon-made-mapping",
                "text that begins with `{` is taken for a mapping",
                path,
                "put the whole text in quotation marks",
                instead="'" + raw.replace("'", "''") + "'" if "\n" not in raw else "",
                safe=True,
            )
        one_line = "\n" not in raw and raw[:1] not in "{[\"'"
        return self.make(
            "colon-made-mapping",
            f"the colon after `{key}` makes a mapping of this text",
            path,
            "put the whole text in quotation marks",
            instead="'" + raw.replace("'", "''") + "'" if one_line else "",
            safe=True,
        )

    def on_required(self, error: SchemaError, path: Path) -> Iterator[Diagnostic]:
        for name in error.validator_value:
            if name in error.instance or ("required", path, name) in self.said:
                continue
            self.said.add(("required", path, name))
            if name == "difficulty" and len(path) == 2 and self.all_lack(name):
                help = "write `difficulty: easy`, `medium` or `hard` at the top of the file, or in each question"
                message = "no question of this file has a `difficulty`"
                yield self.make("missing-key", message, ("questions",), help, key=True)
            elif name not in self.misspelt.get(path, ()):
                yield self.missing(path, name, error.instance)

    def all_lack(self, *names: str) -> bool:
        """Whether a file of several questions has none with any of these keys, which is one cause."""
        questions = self.document.data["questions"]
        return len(questions) > 1 and not any(
            name in question or name in self.misspelt.get(("questions", index), ())
            for index, question in enumerate(questions)
            if isinstance(question, dict)
            for name in names
        )

    def missing(self, path: Path, name: str, instance: dict[str, Any]) -> Diagnostic:
        what = self.thing(path)
        if name == "id":
            return self.missing_id(path, f"{what} has no `id`", instance)
        help = f"add `{name}:`"
        if name == "difficulty":
            help = "write `difficulty: easy`, `medium` or `hard`, here or once for the file, at its top"
        elif name == "format":
            help = "write `format: 1` (the version of the content format)"
        return self.make("missing-key", f"{what} has no `{name}`", (*path, name), help)

    def missing_id(self, path: Path, message: str, instance: dict[str, Any], why: str = "") -> Diagnostic:
        better = self.free_id(path, instance)
        # Some ids are numbers or truth values to YAML.
        entry = f"id: {better}" if isinstance(core_scalar(better), str) else f"id: '{better}'"
        help = (
            f"{why}write `{entry if better else 'id: a-permanent-name'}`, or a better name, and never change it: "
            "learners' history hangs on it"
        )
        found = self.make("missing-id", message, (*path, "id"), help)
        edit = self.document.insertion(path, entry) if better else None
        return replace(found, fix=Fix((edit,), safe=True)) if edit else found

    def free_id(self, path: Path, instance: dict[str, Any]) -> str:
        """An id for what has none, from its words; it may be empty."""
        if self.kind is FileKind.CONCEPT and not path:
            return slugify(PurePosixPath(self.document.source.path).stem)
        keys = ("title", "stem", "cloze", "heading")
        words = next((instance[key] for key in keys if isinstance(instance.get(key), str)), "")
        slug = "-".join(slugify(re.sub(r"\{\{c\d+::", " ", words)).split("-")[:8])
        taken = self.ids_beside(path) | self.given
        number = 1
        while slug and (slug if number == 1 else f"{slug}-{number}") in taken:
            number += 1
        free = slug if number == 1 else f"{slug}-{number}"
        self.given.add(free)
        return free

    def ids_beside(self, path: Path) -> set[str]:
        """The ids, now and before, of the items of the list that an item stands in."""
        items = [each for each in self.document.value(path[:-1]) if isinstance(each, dict)] if path else []
        aliases = [each["aliases"] for each in items if isinstance(each.get("aliases"), list)]
        ids = [each.get("id") for each in items] + [alias for each in aliases for alias in each]
        return {id for id in ids if isinstance(id, str)}

    def thing(self, path: Path) -> str:
        """What a mapping is called."""
        if not path:
            return {"deck": "the deck", "concept": "the concept", "questions": "the file"}[self.kind]
        if len(path) > 1 and isinstance(path[-1], int):
            return f"this {_THINGS.get(str(path[-2]), 'item')}"
        return self.name(path)

    def on_additionalProperties(self, error: SchemaError, path: Path) -> Iterator[Diagnostic]:
        known = list(error.schema.get("properties", {}))
        unknown = [key for key in error.instance if key not in known]
        unknown = [key for key in unknown if not self.is_glued(key, known, path)]
        yield from self.glued(error.instance, known, path)
        if len(error.instance) == 1 and unknown and self.may_be_text(error):
            # Nothing but what is wrong: that the right keys are missing goes without saying.
            self.misspelt[path] = set(known)
            if self.is_text(unknown[0], error.instance, known, path):
                yield self.colon(path, error.instance)
                return
        for key in unknown:
            others = [name for name in known if name not in error.instance]
            if "options" in error.instance and "answer" in others:
                others.remove("answer")
            near = _meant(key, others)
            if not near and self.is_rest_of_text(key, error.instance, path):
                comma = self.comma_before(key, error.instance, path)
                if comma is not None:
                    yield comma
                continue
            if near:
                self.misspelt.setdefault(path, set()).add(near)
                help = f"did you mean `{near}`?"
            elif "options" in error.instance and "answer" in _SYNONYMS.get(key.lower(), ()):
                help = (
                    "write `correct: true` in the option that is right, such as `- {text: Nucleus, correct: true}`"
                )
            elif key.lower() in known:
                help = f"delete it: `{key.lower()}` is there already"
            else:
                help = f"{self.thing(path)} may have {_keys(known)}"
            message = f"`{key}` is not a key of {self.thing(path)}"
            yield self.make("unknown-key", message, (*path, key), help, key=True, instead=near)

    def is_glued(self, key: str, known: Sequence[str], path: Path) -> bool:
        """Whether a key is a known one and its value, as in `{text:Nucleus}`."""
        return ":" in key and key.partition(":")[0] in known and self.raw_key(path, key) == key

    def glued(self, instance: dict[str, Any], known: Sequence[str], path: Path) -> Iterator[Diagnostic]:
        """One finding for a mapping whose colons have no space after them."""
        names = [key for key in instance if self.is_glued(key, known, path)]
        for key in names:
            self.misspelt.setdefault(path, set()).add(key.partition(":")[0])
        if names:
            name = names[0].partition(":")[0]
            at = self.document.span((*path, names[0]), key=True).start + len(name)
            yield Diagnostic(
                "unknown-key",
                f"a space is missing after the colon of `{name}:`",
                self.document.source.location(Span(at, at + 1)),
                help="write a space after each colon, as in `{text: Nucleus, correct: true}`",
            )

    def raw_key(self, path: Path, key: str) -> str:
        span = self.document.span((*path, key), key=True)
        return self.document.source.text[span.start : span.end]

    def is_rest_of_text(self, key: str, instance: dict[str, Any], path: Path) -> bool:
        """Whether a key of a mapping in braces is what a comma cut off the text before it."""
        keys = list(instance)
        before = keys[: keys.index(key)]
        return (
            instance[key] is None
            and bool(before)
            and self.document.raw(path).startswith("{")
            and (isinstance(instance[before[-1]], str) or self.is_rest_of_text(before[-1], instance, path))
        )

    def comma_before(self, key: str, instance: dict[str, Any], path: Path) -> Diagnostic | None:
        """The comma that cut a text off; None where one before it cut off the same text."""
        keys = list(instance)
        if instance[keys[keys.index(key) - 1]] is None:
            return None
        at = self.document.source.text.rfind(",", 0, self.document.span((*path, key), key=True).start)
        return Diagnostic(
            "unknown-key",
            f"the comma before `{_short(key)}` ends the text",
            self.document.source.location(Span(at, at + 1)),
            help="put the text in quotation marks: inside `{ }` a comma ends it otherwise",
        )

    def may_be_text(self, error: SchemaError) -> bool:
        parent = error.parent
        return parent is not None and parent.validator == "anyOf" and not isinstance(error.instance, str)

    def is_text(self, key: str, instance: dict[str, Any], known: Sequence[str], path: Path) -> bool:
        """Whether a mapping of one key is meant as text: `- Note: this` in a list of texts."""
        if instance[key] is not None and self.document.raw(path).startswith("{"):
            return False
        # `Answer: yes` may be text, where `answer: yes` is a key by another name.
        return not (_nearest(key, known) or (key.islower() and _meant(key, known)))

    def on_pattern(self, error: SchemaError, path: Path) -> Iterator[Diagnostic]:
        value = error.instance
        if not value.strip():
            yield self.make("schema-violation", f"{self.name(path)} is empty", path, "write it, or delete the key")
        elif "\n" in value and "[^\\n\\r]" in error.validator_value:
            help = "write it on the line of its key, or on the lines below a `>-`, which joins them"
            yield self.make("schema-violation", f"{self.name(path)} holds a line break", path, help)
        elif self.is_a(error, "slug"):
            yield self.not_a_slug(path, value, slugify(value))
        elif self.is_a(error, "formerPart"):
            halves = [slugify(half) for half in value.split("/", 1)]
            yield self.not_a_slug(path, value, "/".join(halves) if all(halves) else "")
        else:
            yield self.does_not_fit(error, path, value)

    def is_a(self, error: SchemaError, name: str) -> bool:
        """Whether what a pattern refused was to fit this definition of the schema."""
        definition = schema(self.kind)["$defs"].get(name, {})
        return bool(error.schema.get("pattern") == definition.get("pattern"))

    def not_a_slug(self, path: Path, value: str, better: str, *, key: bool = False) -> Diagnostic:
        shown = value.strip() if len(value) <= 60 else value[:57] + "..."
        help = f"write `{better}`: {_SLUG_HELP}" if better and len(value) <= 100 else _SLUG_HELP
        return self.make("id-not-slug", f"`{shown}` cannot be an id", path, help, key=key)

    def does_not_fit(self, error: SchemaError, path: Path, value: Any) -> Diagnostic:
        # The description that stands nearest to the value says best what belongs there.
        description = error.schema.get("description", "")
        examples = error.schema.get("examples", [])
        if self.is_a(error, "url") and _HOST.match(str(value)):
            help = "begin it with `https://`"
            return self.make(
                "schema-violation", f"`{_short(value)}` is no value for {self.name(path)}", path, help
            )
        first = description.partition(". ")[0].rstrip(".")
        help = first[:1].lower() + first[1:]
        help += f"; for example `{examples[0]}`" if examples else ""
        if path == ("language",) and (meant := meant_language(str(value))):
            help = f"did you mean `{meant}`?"
        return self.make("schema-violation", f"`{_short(value)}` is no value for {self.name(path)}", path, help)

    def on_enum(self, error: SchemaError, path: Path) -> Iterator[Diagnostic]:
        choices = [str(choice) for choice in error.validator_value]
        near = _nearest(str(error.instance), choices)
        help = f"did you mean `{near}`?" if near else f"write {_either(choices)}"
        shown = self.document.raw(path)
        name = self.name(path)
        yield self.make("schema-violation", f"`{shown}` is no value for {name}", path, help)

    def on_const(self, error: SchemaError, path: Path) -> Iterator[Diagnostic]:
        value = error.instance
        if isinstance(value, int | float) and not isinstance(value, bool) and value > error.validator_value:
            message = f"the content format {value} is newer than this program knows"
            help = "upgrade ankigen"
        else:
            raw = self.document.raw(path)
            message = (
                f"`{raw}` is not a version of the content format" if raw else f"{self.name(path)} has no value"
            )
            help = f"write `format: {error.validator_value}`"
        yield self.make("unsupported-format-version", message, path, help, key=value is None)

    def on_minItems(self, error: SchemaError, path: Path) -> Iterator[Diagnostic]:
        count, least = len(error.instance), error.validator_value
        has = "is empty" if not count else f"has {count} item{'s' * (count > 1)}"
        help = f"it needs at least {least}"
        yield self.make("schema-violation", f"{self.name(path)} {has}", path, help, key=True)

    def on_maxLength(self, error: SchemaError, path: Path) -> Iterator[Diagnostic]:
        length, most = len(error.instance), error.validator_value
        message = f"{self.name(path)} has {length} characters, and {most} is the most"
        yield self.make("schema-violation", message, path, "shorten it")

    def on_uniqueItems(self, error: SchemaError, path: Path) -> Iterator[Diagnostic]:
        for index, item in enumerate(error.instance):
            if item in error.instance[:index]:
                message = f"`{item}` stands twice in {self.name(path)}"
                yield self.make("schema-violation", message, (*path, index), "delete one of the two")

    def on_minimum(self, error: SchemaError, path: Path) -> Iterator[Diagnostic]:
        message = f"{self.name(path)} is {error.instance}, and {error.validator_value} is the least"
        yield self.make("schema-violation", message, path)

    def on_maximum(self, error: SchemaError, path: Path) -> Iterator[Diagnostic]:
        message = f"{self.name(path)} is {error.instance}, and {error.validator_value} is the most"
        yield self.make("schema-violation", message, path)

    def on_oneOf(self, error: SchemaError, path: Path) -> Iterator[Diagnostic]:
        if not isinstance(error.instance, dict):
            return  # that it should be a mapping is said already
        kinds = ("options", "answer", "cloze")
        given = [key for key in kinds if key in error.instance]
        if not given and self.misspelt.get(path, set()).intersection(kinds):
            return
        if given:
            message = f"this question has {_keys(given)}, and can have one of them only"
            help = "make two questions of it, or delete what does not belong"
            if given == ["options", "answer"]:
                help = "mark the option that is right with `correct: true`, and delete `answer`"
            yield self.make("wrong-question-kind", message, (*path, given[1]), help, key=True)
        else:
            stem = error.instance.get("stem")
            if isinstance(stem, str) and re.search(r"\{\{c\d+::", stem):
                help = "gaps belong in `cloze:`: rename `stem`"
                yield self.make(
                    "wrong-question-kind", "this question asks for nothing", (*path, "stem"), help, key=True
                )
                return
            help = "add `options:` to choose from, an `answer:` to recall, or a `cloze:` text with gaps"
            yield self.make("wrong-question-kind", "this question asks for nothing", (*path, "options"), help)

    def on_anyOf(self, error: SchemaError, path: Path) -> Iterator[Diagnostic]:
        misspelt = self.misspelt.get(path, set()).intersection(("concept", "concepts"))
        if misspelt or not isinstance(error.instance, dict):
            return
        if self.all_lack("concept", "concepts"):
            yield self.make(
                "unlinked-question",
                "no question of this file is linked to a concept",
                ("questions",),
                "write `concept:` and the id of one at the top of the file, or in each question",
                key=True,
            )
            return
        yield self.make(
            "unlinked-question",
            "this question is linked to no concept",
            (*path, "concept"),
            "write `concept:` and the id of one, here or at the top of the file for all questions",
        )

    def on_dependentRequired(self, error: SchemaError, path: Path) -> Iterator[Diagnostic]:
        for key, needed in error.validator_value.items():
            for name in needed:
                if (
                    key in error.instance
                    and name not in error.instance
                    and ("required", path, name) not in self.said
                ):
                    self.said.add(("required", path, name))
                    if name in self.misspelt.get(path, ()):
                        continue
                    message = f"{self.thing(path)} has `{key}` and no `{name}`"
                    if name == "id":
                        why = "a part with a `prompt` is a card: "
                        yield self.missing_id(path, message, error.instance, why)
                    else:
                        help = f"add `{name}:` with the question itself"
                        yield self.make("missing-key", message, (*path, name), help)

    def on_other(self, error: SchemaError, path: Path) -> Iterator[Diagnostic]:
        yield self.make("schema-violation", error.message, path)


def _short(value: Any) -> str:
    return str(value) if len(str(value)) <= 60 else str(value)[:57] + "..."


def _meant(key: str, known: Sequence[str]) -> str:
    """The known key that an unknown one was meant to be; it may be empty."""
    synonym = next((name for name in _SYNONYMS.get(key.lower(), ()) if name in known), "")
    return synonym or _nearest(key, known)


def _truth_help(value: Any) -> str:
    word = str(value).strip().lower()
    for truth, words in _TRUTHS.items():
        if word in words or _nearest(word, [truth]):
            return f"write `{truth}`" + (", without quotation marks" if value == truth else "")
    # A guess could turn the right answer into a wrong one.
    return "write `true` or `false`"


def _flow(value: Any) -> str:
    """A value of the schemas' examples, as an author writes it on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    return value if isinstance(value, str) else json.dumps(value)


def _nearest(word: str, words: Sequence[str]) -> str:
    close = get_close_matches(word.lower(), words, n=1, cutoff=0.7)
    return close[0] if close else ""


def _type_name(value: Any) -> str:
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, dict):
        return "a mapping (`key: value` lines)"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    return "a number" if isinstance(value, int | float) else "text"


def _keys(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + f" and {quoted[-1]}"


def _either(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + f" or {quoted[-1]}"

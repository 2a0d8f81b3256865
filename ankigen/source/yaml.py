"""YAML as content files use it: plain data, and the place of every key and value.

One pass over the events of PyYAML's C parser (libyaml). No node tree is composed and no tag constructs
anything, so neither the depth of a hostile file nor its aliases can hurt: nesting is counted as the events
arrive, and an alias is refused rather than followed. Plain scalars are read with the core rules of YAML 1.2
(section 10.3.2), where `yes`, `12:30` and dates are text.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import yaml
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from ankigen.diagnostic import Diagnostic, Edit, Location, Related, Span
from ankigen.source.scalar import spans, written
from ankigen.source.text import SourceFile

MAX_DEPTH = 64
"""How many mappings and lists may stand inside each other."""

Path: TypeAlias = tuple[str | int, ...]
"""The way from the top of a document to one of its values: keys of mappings and indexes of lists."""

# The place of a value: start, end, and for a mapping the places of its entries by key (start and end of the
# key, place of the value), for a list the places of its items. Tuples, because there are very many of them.
_Place: TypeAlias = tuple[int, int, Any]

# The first characters of the plain scalars that are not text in YAML 1.2.
_MAY_BE_TYPED = frozenset("-+.0123456789nNtTfF~")
_WORDS: dict[str, Any] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}
_INT = re.compile(r"[-+]?[0-9]+")
_OCT = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# What stands before an item of a list: its dash, and those of the lists that begin with it.
_DASHES = re.compile(r"(?:-[ \t\r\n]+)+\Z")
# Spaces that are none to YAML: they come along with text from web pages, and from keyboards of East Asia.
_ODD_SPACE_NAMES = {"\u00a0": "a no-break space", "\u3000": "a full-width space"}
_ODD_SPACES = tuple(_ODD_SPACE_NAMES)
# Longer numbers lose digits in most programs, and Python refuses to read very long ones as integers.
_LONGEST_INT = 18


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """What a file says (`data`), with the way back from each value to its place in the file."""

    source: SourceFile
    data: Any
    places: _Place

    def span(self, path: Path, *, key: bool = False) -> Span:
        """Where the value at `path` stands, or its key where `key` is true.

        A path that leads nowhere gives the nearest that stands above it: the key of a mapping that lacks
        something, or the first key of one that has no key of its own (an item of a list, the file itself).
        """
        place = self.places
        key_span: Span | None = None
        reached = 0
        for step in path:
            children = place[2]
            if isinstance(children, dict) and step in children:
                key_start, key_end, place = children[step]
                key_span = Span(key_start, key_end)
            elif isinstance(children, list) and isinstance(step, int) and step < len(children):
                place = children[step]
                key_span = None
            else:
                break
            reached += 1
        if reached < len(path) or key:
            return key_span or self._first_key(place)
        return self._trimmed(place)

    @lru_cache(maxsize=128)  # noqa: B019 - of the last few files; several rules ask for the same places
    def location(self, path: Path, *, key: bool = False) -> Location:
        """`span`, as a place to report."""
        return self.source.location(self.span(path, key=key))

    def location_in(self, path: Path, start: int, end: int) -> Location:
        """Where the characters `start` to `end` of the text at `path` stand in the file.

        It is the whole value's place where that cannot be told.
        """
        span = self.span(path)
        return self.source.location(self._within(path, start, end) or span)

    def _within(self, path: Path, start: int, end: int) -> Span | None:
        whole = self.span(path)
        value = self.value(path)
        places = spans(self.source.text[whole.start : whole.end], value)
        if places is None or not 0 <= start <= end <= len(places):
            return None
        if start < end:
            return Span(whole.start + places[start].start, whole.start + places[end - 1].end)
        quote = self.source.text[whole.start] in "'\"" if whole.start < whole.end else False
        at = places[start].start if start < len(places) else places[-1].end if places else int(quote)
        return Span(whole.start + at, whole.start + at)

    def edit(self, path: Path, start: int, end: int, text: str) -> Edit | None:
        """What puts `text`, which holds no line break, in the place of the characters `start` to `end` of a text.

        It is written as the style of the value wants it, and where a plain value could not hold it, the whole
        is put in quotation marks. None where the value would not then be read as it is meant to be.
        """
        whole = self.span(path)
        within = self._within(path, start, end)
        if within is None or within.end > whole.end:
            # The last line break of a block is no part of what is written: the next line begins behind it.
            return None
        raw, value = self.source.text[whole.start : whole.end], self.value(path)
        wanted, flow = value[:start] + text + value[end:], self._in_flow(path)
        made = written(text, raw)
        if _reads_as(
            raw[: within.start - whole.start] + made + raw[within.end - whole.start :], wanted, flow=flow
        ):
            return Edit(self.source.location(within), made)
        quoted = "'" + wanted.replace("'", "''") + "'"
        if raw[:1] in ("'", '"', "|", ">") or "\n" in raw or not _reads_as(quoted, wanted, flow=flow):
            return None
        return Edit(self.source.location(whole), quoted)

    def insertion(self, path: Path, entry: str) -> Edit | None:
        """What puts an entry (`key: value`) before the first of the mapping at a path."""
        place = self.places
        for step in path:
            place = place[2][step][2] if isinstance(place[2], dict) else place[2][step]
        if not isinstance(place[2], dict) or not place[2]:
            return None
        at = self._first_key(place).start
        if self.source.text[place[0]] == "{":
            return Edit(self.source.location(Span(at, at)), f"{entry}, ")
        end = self.source.text.find("\n", at)
        line_break = "\r\n" if end > 0 and self.source.text[end - 1] == "\r" else "\n"
        indent = " " * (self.source.position(at).column - 1)
        return Edit(self.source.location(Span(at, at)), f"{entry}{line_break}{indent}")

    def _in_flow(self, path: Path) -> bool:
        """Whether the value at a path stands inside brackets or braces."""
        return any(self.source.text[self.span(path[:depth]).start] in "[{" for depth in range(len(path)))

    def text_at(self, offset: int) -> bool:
        """Whether an offset lies inside a key or a value that is no mapping and no list."""
        return self.text_start(offset) is not None

    def text_start(self, offset: int) -> int | None:
        """Where the key or the value begins that an offset lies inside, if it is no mapping and no list."""
        starts, ends, _ = _index(self)
        nearest = bisect_right(starts, offset) - 1
        return starts[nearest] if nearest >= 0 and offset < ends[nearest] else None

    def end_of_entry(self, offset: int) -> int | None:
        """Where the entry that begins at an offset ends: a key with its value, or an item with its dash."""
        return _index(self)[2].get(offset)

    def value(self, path: Path) -> Any:
        """The value at `path`. Raises LookupError where there is none."""
        value = self.data
        for step in path:
            value = value[step]
        return value

    def raw(self, path: Path) -> str:
        """The value at `path` as the author wrote it, quotation marks and all."""
        span = self.span(path)
        return self.source.text[span.start : span.end]

    def _first_key(self, place: _Place) -> Span:
        children = place[2]
        if isinstance(children, dict) and children:
            start, end, _ = next(iter(children.values()))
            return Span(start, end)
        return self._trimmed(place)

    def _trimmed(self, place: _Place) -> Span:
        """A place without the comments and empty lines that libyaml counts as part of a block."""
        start, end, children = place
        text = self.source.text
        if children and text[start] not in "[{":
            entries = list(children.values()) if isinstance(children, dict) else children
            last = entries[-1][2] if isinstance(children, dict) else entries[-1]
            return Span(start, max(self._trimmed(last).end, start))
        if children is None and start < end and text[start] in "|>":
            return Span(start, start + len(_block_scalar(text[start:end])))
        return Span(start, max(start, start + len(text[start:end].rstrip())))


@lru_cache(maxsize=2)
def _index(document: Document) -> tuple[list[int], list[int], dict[int, int]]:
    """The starts and ends of a document's keys and scalars, and where each entry ends, by its start."""
    texts: list[tuple[int, int]] = []
    entries: dict[int, int] = {}
    stack = [document.places]
    while stack:
        place = stack.pop()
        children = place[2]
        if children is None:
            texts.append(document._trimmed(place))
        elif isinstance(children, dict):
            for start, end, child in children.values():
                texts.append((start, end))
                entries[start] = max(end, document._trimmed(child).end)
                stack.append(child)
        else:
            for child in children:
                if dashes := _DASHES.search(document.source.text, max(0, child[0] - 200), child[0]):
                    end = document._trimmed(child).end
                    for at in range(dashes.start(), dashes.end()):
                        if document.source.text[at] == "-":
                            entries[at] = max(entries.get(at, 0), end)
                stack.append(child)
    texts.sort()
    return [start for start, _ in texts], [end for _, end in texts], entries


def _block_scalar(raw: str) -> str:
    """A block scalar without the comments after it, which are indented less than its text."""
    header, *lines = raw.split("\n")
    indents = [len(line) - len(line.lstrip(" ")) if line.strip() else None for line in lines]
    first = next((indent for indent in indents if indent is not None), 0)
    if re.search("[1-9]", header.partition("#")[0]):
        # The number counts from the parent's indentation, and the first line may be indented further.
        texts = zip(indents, lines, strict=True)
        first = min((at for at, line in texts if at is not None and line[at] != "#"), default=first)
    kept = [header]
    for line, indent in zip(lines, indents, strict=True):
        if indent is not None and indent < first and line.lstrip(" ").startswith("#"):
            break
        kept.append(line)
    return "\n".join(kept).rstrip()


def _reads_as(raw: str, value: str, *, flow: bool) -> bool:
    """Whether a scalar, written so, is read as this text where it stands."""
    block = raw[:1] in ("|", ">")
    text = f"[{raw}\n]" if flow or raw[:1] in ("'", '"') else f"- {raw}\n"
    document, problems = parse(SourceFile("", text))
    if document is None or problems or not isinstance(document.data, list) or len(document.data) != 1:
        return False
    read = document.data[0]
    # How a block scalar ends is its header's choice.
    return isinstance(read, str) and (read.rstrip("\n") == value.rstrip("\n") if block else read == value)


def parse(source: SourceFile) -> tuple[Document | None, list[Diagnostic]]:
    """Read a file's YAML.

    Gives None where the file cannot be read as data at all; a document whose only fault is a key that stands
    twice is given with its first value. An empty file is a document that says None.
    """
    parser = CParser(source.text)
    try:
        reader = _Reader(source, parser.get_event)
        reader.read()
    except yaml.MarkedYAMLError as error:
        return None, [_syntax_error(source, error)]
    finally:
        parser.dispose()
    document = Document(source, reader.data, reader.place) if reader.whole else None
    return document, reader.problems


class _Reader:
    """Turns events into data and places. Iterative, with a stack, so that depth costs no Python frames."""

    def __init__(self, source: SourceFile, next_event: Callable[[], Any]) -> None:
        self.source = source
        self.next_event = next_event
        self.problems: list[Diagnostic] = []
        self.data: Any = None
        self.place: _Place = (0, 0, None)
        self.whole = True
        self.anchors: set[str] = set()
        # The places of the mapping that seems to hold a second item, whose dash is missing.
        self.without_dash: dict[str, Any] | None = None

    def refuse(self, rule: str, message: str, start: int, end: int, help: str) -> None:
        """Report what makes the file unfit to be read as data."""
        self.whole = False
        self.problems.append(Diagnostic(rule, message, self.source.location(Span(start, end)), help=help))

    def read(self) -> None:
        """Read all events, or all up to the one after which reading on is of no use."""
        next_event = self.next_event
        # The open mapping or list, its places, where it began, and the key that waits for its value.
        container: Any = None
        places: Any = None
        start = 0
        key: tuple[str, int, int] | None = None
        stack: list[tuple[Any, Any, int, tuple[str, int, int] | None]] = []
        documents = 0
        while True:
            event = next_event()
            kind = type(event)
            if kind is ScalarEvent:
                begin = event.start_mark.index
                end = event.end_mark.index
                if event.anchor is not None or event.tag is not None:
                    self._refuse_property(event, begin)
                if key is None and type(container) is dict:
                    key = (event.value, begin, end)
                    if event.implicit[0] and (key[0] == "<<" or not key[0].isascii()):
                        self._check_key(*key)
                    continue
                value: Any = event.value
                if event.implicit[0] and (not value or value[0] in _MAY_BE_TYPED):
                    value = core_scalar(value)
                place: _Place = (begin, end, None)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if event.anchor is not None or event.tag is not None:
                    self._refuse_property(event, event.start_mark.index)
                if key is None and type(container) is dict:
                    self._refuse_structured_key(event)
                    return
                stack.append((container, places, start, key))
                start = event.start_mark.index
                key = None
                if len(stack) > MAX_DEPTH:
                    self.refuse(
                        "too-deep-or-large",
                        f"more than {MAX_DEPTH} lists or mappings stand inside each other",
                        start,
                        start + 1,
                        "content files need fewer than ten; look for a bracket that is never closed, "
                        "or a row of dashes",
                    )
                    return
                container, places = ({}, {}) if kind is MappingStartEvent else ([], [])
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                value = container
                place = (start, event.end_mark.index, places)
                container, places, start, key = stack.pop()
            elif kind is AliasEvent:
                self._refuse_alias(event)
                value = None
                place = (event.start_mark.index, event.end_mark.index, None)
                if key is None and type(container) is dict:
                    key = ("", *place[:2])
                    continue
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self.refuse(
                        "multiple-documents",
                        "a second document begins here",
                        event.start_mark.index,
                        event.end_mark.index,
                        "a content file holds one document: put the rest into a file of its own, "
                        "or delete the line `---`",
                    )
                    return
                continue
            elif kind is StreamEndEvent:
                return
            else:
                continue
            # A finished value goes to where it belongs.
            if container is None:
                self.data, self.place = value, place
            elif key is None:
                container.append(value)
                places.append(place)
            else:
                name, key_start, key_end = key
                key = None
                if name in container:
                    in_list = bool(stack) and type(stack[-1][0]) is list
                    self._duplicate(name, key_start, key_end, places, in_list=in_list)
                else:
                    container[name] = value
                    places[name] = (key_start, key_end, place)

    def _check_key(self, name: str, start: int, end: int) -> None:
        """Look at a plain key that merges mappings, or that may have spaces which are none to YAML."""
        if name == "<<":
            self.refuse(
                "anchor-or-alias",
                "`<<` merges another mapping into this one, which content files do not allow",
                start,
                end,
                "write the keys out",
            )
        elif name.startswith(_ODD_SPACES):
            span, message, help = _odd_space(self.source.text, start)
            self.refuse("syntax-error", message, *span, help)
        elif name.endswith(_ODD_SPACES):
            message = f"{_ODD_SPACE_NAMES[name[-1]]} before the colon is a part of the key"
            bare = name.rstrip("".join(_ODD_SPACES))
            self.refuse("syntax-error", message, start + len(bare), end, "delete it")

    def _duplicate(self, name: str, start: int, end: int, places: dict[str, Any], *, in_list: bool) -> None:
        first = places[name]
        help = "delete one of the two, or give it the name it was meant to have"
        if places is self.without_dash:
            return  # the key that began it says enough
        if in_list and len(places) > 1 and next(iter(places)) == name and self._begins_line(start):
            # All further keys of the item would stand twice, or in the wrong item: one cause, one report.
            self.without_dash = places
            self.whole = False
            help = f"write `- {name}:`, with the dash below the one above, if another item begins here"
        self.problems.append(
            Diagnostic(
                "duplicate-key",
                f"the key `{name}` stands twice in one mapping",
                self.source.location(Span(start, end)),
                label="here again",
                related=(Related(self.source.location(Span(first[0], first[1])), "first here"),),
                help=help,
            )
        )

    def _begins_line(self, offset: int) -> bool:
        text = self.source.text
        return not text[text.rfind("\n", 0, offset) + 1 : offset].strip(" ")

    def _refuse_property(self, event: Any, start: int) -> None:
        word = re.compile(r"\S*").match(self.source.text, start)
        end = word.end() if word else start + 1
        if event.anchor is not None:
            self.anchors.add(event.anchor)
            self.refuse(
                "anchor-or-alias",
                f"`&{event.anchor}` is an anchor to YAML, and content files do not allow anchors",
                start,
                end,
                "put the text in quotation marks if it was meant as text; otherwise write the value out",
            )
        else:
            self.refuse(
                "explicit-tag",
                f"`{self.source.text[start:end]}` is a tag to YAML, and content files do not allow tags",
                start,
                end,
                "put the text in quotation marks if it was meant as text; otherwise delete the tag",
            )

    def _refuse_alias(self, event: Any) -> None:
        if event.anchor in self.anchors:
            return  # its anchor is refused already: one cause, one report
        self.anchors.add(event.anchor)
        self.refuse(
            "anchor-or-alias",
            f"`*{event.anchor}` is an alias to YAML, and content files do not allow aliases",
            event.start_mark.index,
            event.end_mark.index,
            "put the text in quotation marks if it was meant as text; otherwise write the value out",
        )

    def _refuse_structured_key(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        if self.source.text.startswith("{{", start - 1):
            start -= 1
            end = start + 2
            message = "text that begins with `{{` is taken for a mapping"
            help = "begin the value with `|-` and write the text on the lines below, or put it in quotation marks"
        else:
            message = "a list or a mapping cannot be a key"
            help = "put the text in quotation marks if it was meant as text"
        self.refuse("syntax-error", message, start, max(end, start + 1), help)


def core_scalar(text: str) -> Any:
    """A plain scalar's value by the core rules of YAML 1.2: None, a boolean, a number, or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text) if len(text) <= _LONGEST_INT else float(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _OCT.fullmatch(text) and len(text) <= _LONGEST_INT:
        return int(text[2:], 8)
    if _HEX.fullmatch(text) and len(text) <= _LONGEST_INT:
        return int(text[2:], 16)
    return text


# What libyaml says, and what an author can do about it. The first that fits is given: words of libyaml's
# problem, a pattern of the source from the place on, what is wrong, and what to do.
_QUOTE = "put the whole value in quotation marks, or begin it with `|-` and write it on the lines below"
_TAB = ("a tab cannot indent YAML", "use spaces, two for each level (editors can replace tabs by spaces)")
_HINTS: tuple[tuple[str, str, str, str], ...] = (
    ("mapping values are not allowed", r"", "this colon makes a key of what stands before it", ""),
    (
        "cannot start any token",
        r"\t",
        *_TAB,
    ),
    ("found a tab character", r"", *_TAB),
    ("cannot start any token", r"`", "a value cannot begin with a back-tick", _QUOTE),
    ("cannot start any token", r"[@%]", "a value cannot begin with `{0}`", _QUOTE),
    (
        "expected alphabetic or numeric",
        r"",
        "a value that begins with `*` or `&` is not text to YAML",
        _QUOTE,
    ),
    ("expected whitespace or line break", r"", "a value cannot begin with `!`", _QUOTE),
    ("mapping keys are not allowed", r"", "a value cannot begin with `?`", _QUOTE),
    (
        "unknown escape character",
        r"",
        "in double quotation marks a backslash begins an escape, and this is none that YAML knows",
        "use single quotation marks, in which a backslash is a backslash",
    ),
    (
        "Unicode character escape",
        r"",
        "this escape is no character",
        "write the character itself, such as an emoji, in place of its `\\u` code",
    ),
    ("unexpected end of stream", r"", "a quotation mark is opened and never closed", ""),
    ("expected comment or line break", r"", "text cannot stand on the line of `>` or `|`", _QUOTE),
    (
        "block sequence entries are not allowed",
        r"",
        "a list cannot begin on the line of its key",
        "write each `- item` on a line of its own below the key",
    ),
    (
        "expected ',' or ']'",
        r"",
        "a list in `[ ]` lacks a comma here, or is not closed",
        "write a comma between items and `]` after the last; text that holds a bracket needs quotation marks",
    ),
    ("expected ',' or '}'", r"", "a mapping in `{{ }}` is not closed, or lacks a comma", _QUOTE),
    ("could not find expected ':'", r"", "this line has neither a colon nor the indentation of text", ""),
)


def _syntax_error(source: SourceFile, error: yaml.MarkedYAMLError) -> Diagnostic:
    """libyaml's complaint, at its place, in the author's words."""
    problem = error.problem or "the YAML cannot be read"
    mark = error.problem_mark or error.context_mark
    at = min(mark.index if mark else 0, len(source.text))
    if conflict := _CONFLICT.search(source.text):
        message = "a merge of git left a conflict here"
        help = "keep one of the versions, and delete the lines of `<<<<<<<`, `|||||||`, `=======` and `>>>>>>>`"
        return Diagnostic("syntax-error", message, source.location(Span(*conflict.span())), help=help)
    related: tuple[Related, ...] = ()
    message, help = problem, ""
    for words, pattern, what, todo in _HINTS:
        if words in problem and re.compile(pattern).match(source.text, at):
            message, help = what.format(source.text[at : at + 1]), todo
            break
    opened = error.context_mark.index if error.context_mark else None
    if cause := _cause(source.text, problem, at, opened):
        span, message, help = cause
        return Diagnostic("syntax-error", message, source.location(span), help=help)
    line_start = source.text.rfind("\n", 0, at) + 1
    before = source.text[line_start:at]
    if "mapping values are not allowed" in problem:
        if found := _TYPOGRAPHIC.search(before):
            help = f"`{found[1]}` is no quotation mark to YAML: put the text in `'...'` or `\"...\"`"
        elif ":" in before.removesuffix(":"):
            help = "a value that holds `: ` is text only in quotation marks, or on the lines below a `|-`"
        else:
            help = "indent the line as its neighbours are, or put the text that holds `: ` in quotation marks"
    elif "unexpected end of stream" in problem and error.context_mark:
        # The place of the end is of no use: the mark that opened the text is.
        at = error.context_mark.index
        help = f"close it with `{source.text[at]}`; to write that mark inside the text, use the other kind outside"
    elif "did not find expected key" in problem or "block end" in problem or "expected '-' indicator" in problem:
        message, help = _unexpected(source.text, at, before)
    elif (
        "expected alphabetic or numeric" in problem or "expected whitespace or line break" in problem
    ) and error.context_mark:
        at = error.context_mark.index
    elif "could not find expected ':'" in problem:
        if error.context_mark:
            at = error.context_mark.index
        help = "write `key: value`, or indent the line more than the key whose text it goes on with"
    if ("expected ',' or" in problem) and error.context_mark:
        opened = error.context_mark.index
        related = (Related(source.location(Span(opened, opened + 1)), "opened here"),)
    end = at + 1 if at < len(source.text) and source.text[at] != "\n" else at
    return Diagnostic("syntax-error", message, source.location(Span(at, end)), related=related, help=help)


# A line that begins with a key: its indentation with the dashes, and the key. In the next, no space follows.
_KEY_LINE = re.compile(r"([ ]*(?:- +)*)([\w-]+):(?=[ \r\n]|\Z)")
_GLUED_KEY = re.compile(r"[ ]*(?:- +)*([A-Za-z_]+)(:)(?=[^\s:/]|[\u00a0\u3000])")
_WIDE_COLON = re.compile(r"[ ]*(?:- +)*([A-Za-z_]+) ?(：)")
_GLUED_DASH = re.compile(r"[ ]*(-)([A-Za-z_]+:?)")
_ODD_INDENT = re.compile(r"[ ]*([\u00a0\u3000])")
# A value that begins with a bracket or a brace and goes on behind it.
_BRACKETED = re.compile(r"[ ]*(?:- +)*(?:[\w-]+: +)?([\[{])[^\n]*[\]}][^\n]*\Z")
# A value in the quotation marks of word processors.
_TYPOGRAPHIC = re.compile(r"(?:: |- )[ ]*([“”„‘’‚«»「『])")
# What git leaves in a file for a person to decide.
_CONFLICT = re.compile(r"^(?:<{7}|>{7}|={7}|\|{7})(?=[ \r\n]|\Z)", re.MULTILINE)
_BLOCK_HEADER = re.compile(r"(?:.*[ :-])?[|>][-+1-9]*[ \t]*(?:#.*)?\r?\Z")
# The key that an item of a list begins with, by the keys that may follow it; and the key of a list, by the
# first key of its items.
_FIRST_KEYS = {
    **dict.fromkeys(("correct", "why", "pin"), "text"),
    **dict.fromkeys(("title", "checked"), "url"),
    "weight": "title",
}
_LIST_KEYS = {"id": "questions", "heading": "overview"}
_Cause: TypeAlias = tuple[Span, str, str]


def _cause(text: str, problem: str, at: int, opened: int | None) -> _Cause | None:
    """A common slip that explains what libyaml stumbled over, if one is found round the place."""
    if "expected ',' or '}'" in problem and opened is not None:
        return _in_braces(text, at, opened)
    if "expected ',' or ']'" in problem and opened is not None:
        return _in_brackets(text, at, opened)
    if "could not find expected ':'" in problem and opened is not None:
        at = opened
    elif not any(
        words in problem for words in ("mapping values are", "expected key", "expected '-' indicator", "block end")
    ):
        return None
    start = text.rfind("\n", 0, at) + 1
    line = _line(text, start)
    above = _line_above(text, start)
    for begin in (start,) if above is None else (start, above):
        if cause := _missing_space(text, begin):
            return cause
    if found := _BRACKETED.match(text[start:at]):
        kind = "list" if found[1] == "[" else "mapping"
        message = f"text that begins with `{found[1]}` is taken for a {kind}"
        return Span(start + found.start(1), start + found.end(1)), message, _QUOTE
    key = _KEY_LINE.match(line)
    if key is None:
        return _outdented(text, start)
    if at in (start + len(key[1]) - len(key[1].lstrip()), start + key.end(2)) and (
        cause := _dash_out_of_line(text, key, start)
    ):
        return cause
    place = Span(start + key.start(2), start + key.end(2))
    if key[1].strip() and key[2] in _LIST_KEYS:
        name = _LIST_KEYS[key[2]]
        if not re.search(rf"^{name}:", text, re.MULTILINE):
            dash = start + line.index("-")
            help = f"write `{name}:` on a line of its own above the list"
            return Span(dash, dash + 1), f"`{name}:` is missing above this list", help
    if above is None or key[1].strip():
        return None
    return _beside(text, key, place, above) or (
        _missing_dash(text, key, place, opened) if "'-' indicator" in problem and opened is not None else None
    )


def _line(text: str, start: int) -> str:
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)]


def _line_above(text: str, start: int) -> int | None:
    """Where the nearest line above begins that holds more than white space or a comment."""
    while start > 0:
        start = text.rfind("\n", 0, start - 1) + 1
        content = _line(text, start).strip()
        if content and not content.startswith("#"):
            return start
    return None


def _missing_space(text: str, start: int) -> _Cause | None:
    """A space that lacks after a colon or a dash of a line, or is one of another kind."""
    line = _line(text, start)
    if found := _ODD_INDENT.match(line):
        return _odd_space(text, start + found.start(1))
    if found := _WIDE_COLON.match(line):
        at = start + found.start(2)
        help = f"write `{found[1]}: `, with an ordinary colon and a space"
        return Span(at, at + 1), "a full-width colon is no colon to YAML", help
    if found := _GLUED_KEY.match(line):
        if line[found.end()] in _ODD_SPACES:
            return _odd_space(text, start + found.end())
        at = start + found.start(2)
        return Span(at, at + 1), "a space is missing after this colon", f"write `{found[1]}: `, with a space"
    if found := _GLUED_DASH.match(line):
        at = start + found.start(1)
        return Span(at, at + 1), "a space is missing after this dash", f"write `- {found[2]}`, with a space"
    return None


def _odd_space(text: str, at: int) -> _Cause:
    message = f"{_ODD_SPACE_NAMES[text[at]]} stands where an ordinary one belongs"
    whence = "; such spaces come along with text copied from web pages" if text[at] == "\u00a0" else ""
    return Span(at, at + 1), message, f"delete it and press the space bar{whence}"


def _beside(text: str, key: re.Match[str], place: Span, above: int) -> _Cause | None:
    """A key that follows a text, or is one space out of line with the key above it."""
    line = _line(text, above)
    other = _KEY_LINE.match(line)
    indent = len(key[1])
    if other and abs(len(other[1]) - indent) == 1:
        spaces = f"{indent} space{'s' * (indent != 1)}"
        message = f"this key is indented by {spaces}, and those beside it by {len(other[1])}"
        return place, message, "give the keys of one mapping the same indentation"
    item = re.match(r"[ ]*- +(?=[^\s'\"{\[|>])", line)
    first = _FIRST_KEYS.get(key[2])
    if item and not other and first and item.end() == indent:
        said = line[item.end() :].strip()
        said = said if len(said) <= 40 else said[:37] + "..."
        help = f"begin an item with more than its text with `- {first}: {said}`"
        return place, "this key stands below a text that has no key of its own", help
    return None


def _missing_dash(text: str, key: re.Match[str], place: Span, opened: int) -> _Cause | None:
    """A key where the dash of the next item belongs."""
    if len(key[1]) != opened - text.rfind("\n", 0, opened) - 1:
        return None
    help = f"write `- {key[2]}:`, with a space after the dash, or indent the line as the keys above it"
    return place, "a dash is missing before this key", help


def _dash_out_of_line(text: str, key: re.Match[str], start: int) -> _Cause | None:
    """The dash of an item that stands in another column than those of the items above, which begin as it does."""
    dash = key[1].find("-")
    above = _line_above(text, start) if dash >= 0 else None
    while above is not None:
        other = _KEY_LINE.match(_line(text, above))
        if other and other[2] == key[2] and (column := other[1].find("-")) >= 0:
            if column == dash:
                return None
            spaces = f"{dash} space{'s' * (dash != 1)}"
            message = f"this dash is indented by {spaces}, and that of the `- {key[2]}:` above by {column}"
            return (
                Span(start + dash, start + dash + 1),
                message,
                "give the dashes of one list the same indentation",
            )
        above = _line_above(text, above)
    return None


def _outdented(text: str, start: int) -> _Cause | None:
    """A line that was meant to go on with the text below a `|`."""
    line = _line(text, start)
    indent = len(line) - len(line.lstrip(" "))
    above = _line_above(text, start)
    first = above
    while above is not None:
        before = _line(text, above)
        if _BLOCK_HEADER.match(before) and first != above:
            place = Span(start + indent, start + indent + 1)
            help = f"the text below `{'|' if '|' in before else '>'}` keeps the indentation of its first line"
            return place, "this line is indented less than the text that it goes on with", help
        if len(before) - len(before.lstrip(" ")) <= indent:
            return None
        above = _line_above(text, above)
    return None


def _in_brackets(text: str, at: int, opened: int) -> _Cause | None:
    """A list in brackets that goes on to the next key, or to the end of the file."""
    start = text.rfind("\n", 0, at) + 1
    goes_on = start > opened and _KEY_LINE.match(_line(text, start))
    if goes_on or not text[at:].strip():
        return Span(opened, opened + 1), "this bracket is never closed", "close it with `]`"
    return None


def _in_braces(text: str, at: int, opened: int) -> _Cause | None:
    """What is wrong in a mapping in braces that does not go on as it should."""
    start = text.rfind("\n", 0, at) + 1
    if start > opened and (
        "}" not in text[at:].partition("\n")[0] or _line(text, start).lstrip().startswith("- ")
    ):
        return Span(opened, opened + 1), "this brace is never closed", "close it with `}`"
    if re.search(r"\w'\Z", text[max(opened, at - 2) : at]) and re.match(r"\w", text[at:]):
        help = "put the text in `\"...\"` instead, or write the apostrophe twice: `''`"
        return Span(at - 1, at), "an apostrophe ends the text here", help
    on_colon = text.startswith(":", at)
    # No key is longer than this, and a longer look back could take long.
    back = max(opened, at - 40)
    word = re.search(r"[\w-]+\Z", text[back:at]) if on_colon else re.match(r"[\w-]+(?=:)", text[at : at + 40])
    if word is None:
        return None
    if on_colon and word[0] not in {"text", "url", *_FIRST_KEYS}:
        help = "put the text that holds `: ` in quotation marks"
        return Span(at, at + 1), "this colon makes a key of what stands before it", help
    place = back + word.start() if on_colon else at
    help = f"write `, {word[0]}:`, or put the text in quotation marks if it goes on here"
    return Span(place, place + len(word[0])), f"a comma is missing before `{word[0]}`", help


def _unexpected(text: str, at: int, before: str) -> tuple[str, str]:
    if re.search(r"""["']\S*$""", before) or re.search(r"""^[^"'#]*: *["'].*["']\s*$""", before):
        return (
            "text goes on after the closing quotation mark",
            "put the whole value in one pair of quotation marks; inside single ones, write `''` for an apostrophe",
        )
    return (
        "this line is not indented as its neighbours are",
        "give the keys of one mapping, and the dashes of one list, the same indentation",
    )

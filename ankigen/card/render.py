"""Notes as the cards that a learner sees: what Anki itself makes of a note and its note type.

It knows the part of Anki's template language that our templates use (`rslib/src/template.rs`, `cloze.rs`), as of
Anki 26.09, and nothing else: what is new in a template ends in a ValueError, and not in a card that is another one
than in Anki. What Anki hides of a picture (`image-occlusion:` in a gap) is text here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from ankigen.card.notes import Note
from ankigen.card.notetypes import NoteType


class Card(NamedTuple):
    """A card: the name of its template, the number of its gap (1 where there are none), and its sides as HTML."""

    name: str
    number: int
    front: str
    back: str


def cards(note: Note, note_type: NoteType) -> tuple[Card, ...]:
    """The cards of a note, in Anki's order.

    A field that the note does not have, as one that a note type was lent, is empty. Raises ValueError where a
    template asks for what is not known here.
    """
    return tuple(card_of(note, note_type, number) for number in numbers_of(note, note_type))


def card_of(note: Note, note_type: NoteType, number: int) -> Card:
    """The card of a note that has a number, one of `numbers_of`. Raises ValueError as `cards` does."""
    template = note_type.template
    fields = _fields(note, note_type)
    gap = number if note_type.is_cloze else 0
    return Card(
        template.name,
        number,
        _Side(fields, gap, is_question=True).render(_parsed(template.front)),
        _Side(fields, gap, is_question=False).render(_parsed(template.back)),
    )


def numbers_of(note: Note, note_type: NoteType) -> list[int]:
    """The numbers of a note's cards: those of its gaps, or 1. Raises ValueError as `cards` does."""
    if not note_type.is_cloze:
        return [1]
    fields = _fields(note, note_type)
    shown = [node.key for node in _replacements(_parsed(note_type.template.front)) if node.is_cloze]
    return sorted({number for key in shown for number in _numbers(_gaps(_value(fields, key)))})


def _fields(note: Note, note_type: NoteType) -> dict[str, str]:
    return {each.name: note.fields.get(each.name, "") for each in note_type.fields}


_SOUND = re.compile(r"\[sound:([^\]]+)\]")


def with_players(markup: str) -> str:
    """The HTML of a card in which each sound is a player, where Anki has its button."""
    return _up_to("]", markup, lambda part: _SOUND.sub(_player, part))


def _up_to(closing: str, text: str, change: Callable[[str], str]) -> str:
    """A text, changed up to the last sign that closes something.

    What opens behind it is never closed. To look for that from each such place would take for ever in a long text.
    """
    end = text.rfind(closing) + len(closing) if closing in text else 0
    return change(text[:end]) + text[end:]


def _player(sound: re.Match[str]) -> str:
    name = html.escape(html.unescape(sound[1]))
    return f'<audio controls preload="none" src="{name}"></audio>'


@dataclass(frozen=True, slots=True)
class _Replacement:
    key: str
    is_cloze: bool


@dataclass(frozen=True, slots=True)
class _Conditional:
    """What stands between `{{#key}}` and `{{/key}}`; with `^`, `shows_empty`."""

    key: str
    shows_empty: bool
    children: tuple[_Node, ...]


_Node = str | _Replacement | _Conditional


@lru_cache(maxsize=64)
def _parsed(template: str) -> tuple[_Node, ...]:
    """What a template consists of."""
    if "<!--" in template:
        raise ValueError("a comment in a template: Anki replaces nothing in it")
    open_keys: list[tuple[str, bool]] = []
    levels: list[list[_Node]] = [[]]
    for index, piece in enumerate(re.split(r"\{\{(.*?)\}\}", template, flags=re.DOTALL)):
        if "{{" in piece:
            raise ValueError("`{{` is never closed in a template")
        if index % 2 == 0:
            levels[-1].append(piece)
            continue
        name = piece.strip()
        sign, key = name[:1], name[1:].lstrip()
        if sign in ("#", "^"):
            open_keys.append((key, sign == "^"))
            levels.append([])
        elif sign == "/":
            opened, shows_empty = open_keys.pop() if open_keys else ("", False)
            if opened != key:
                raise ValueError(f"`{{{{/{key}}}}}` closes nothing in a template")
            children = tuple(levels.pop())
            levels[-1].append(_Conditional(key, shows_empty, children))
        else:
            *filters, key = name.split(":")
            if filters not in ([], ["cloze"]):
                raise ValueError(f"a filter in a template that is not known: `{{{{{name}}}}}`")
            levels[-1].append(_Replacement(key, bool(filters)))
    if open_keys:
        raise ValueError(f"`{open_keys[-1][0]}` is never closed in a template")
    return tuple(levels[0])


def _replacements(nodes: Iterable[_Node]) -> Iterator[_Replacement]:
    for node in nodes:
        if isinstance(node, _Replacement):
            yield node
        elif isinstance(node, _Conditional):
            yield from _replacements(node.children)


def _value(fields: Mapping[str, str], key: str) -> str:
    if key not in fields:
        raise ValueError(f"a template asks for `{key}`, which is no field")
    return fields[key]


# What a field may hold and be empty to Anki.
_EMPTY = re.compile(r"(?:[ \t\n\v\f\r]|</?(?:br|div) ?/?>)*", re.IGNORECASE)


class _Side(NamedTuple):
    """One side of a card; `number` is that of its gap, 0 where its note type has none."""

    fields: Mapping[str, str]
    number: int
    is_question: bool

    def render(self, nodes: Iterable[_Node]) -> str:
        return "".join(map(self.node, nodes))

    def node(self, node: _Node) -> str:
        if isinstance(node, str):
            return node
        value = _value(self.fields, node.key)
        if isinstance(node, _Conditional):
            shows = bool(_EMPTY.fullmatch(value)) == node.shows_empty
            return self.render(node.children) if shows else ""
        if not node.is_cloze:
            return value
        if not self.number:
            raise ValueError("a template asks for gaps, and its note type has none")
        return with_gap(value, self.number, is_question=self.is_question)


_TOKEN = re.compile(r"\{\{c([0-9,]+)::|\}\}")
_DEEPEST = 10  # a gap in so many others is text to Anki
_LONGEST_HIDDEN = 10_000
_GREATEST = 500  # Anki makes no card for a gap of a greater number


@dataclass(slots=True)
class _Gap:
    """A gap with what it hides: a sequence of texts and of gaps."""

    numbers: list[int]
    hidden: list[str | _Gap] = field(default_factory=list)
    hint: str = "..."


@lru_cache(maxsize=16)
def _gaps(text: str) -> list[str | _Gap]:
    """A field as texts and gaps, read as Anki's own parser does: what is never closed is gone, with all in it.

    They belong to all who ask, and are not to be changed.
    """
    found: list[str | _Gap] = []
    opened: list[_Gap] = []

    def add_text(piece: str) -> None:
        if opened:
            piece, sign, hint = piece.partition("::")
            if sign:
                opened[-1].hint = hint
        if piece:
            (opened[-1].hidden if opened else found).append(piece)

    at = 0
    for token in _TOKEN.finditer(text):
        numbers = _numbers_of(token[1]) if token[1] else []
        if token[1] and not numbers:
            continue  # no number that Anki knows: text
        add_text(text[at : token.start()])
        at = token.end()
        if numbers:
            if len(opened) < _DEEPEST:
                opened.append(_Gap(numbers))
        elif opened:
            gap = opened.pop()
            (opened[-1].hidden if opened else found).append(gap)
        else:
            found.append("}}")
    add_text(text[at:])
    return found


def _numbers_of(written: str) -> list[int]:
    """The numbers of a gap, of which it may have several (`{{c1,2::both}}`)."""
    parts = [part.lstrip("0") or "0" for part in written.split(",") if part]
    # A number is one of 16 bits.
    return sorted({int(part) for part in parts if len(part) <= 5 and int(part) < 1 << 16})


def _numbers(nodes: Iterable[str | _Gap]) -> Iterator[int]:
    """The numbers for which there is a card."""
    for node in nodes:
        if isinstance(node, _Gap):
            yield from (number for number in node.numbers if 0 < number <= _GREATEST)
            yield from _numbers(node.hidden)


def with_gap(text: str, number: int, *, is_question: bool) -> str:
    """A field with the gaps of a number in front: hidden where it is the question. Empty where there are none."""
    nodes = _gaps(text)
    if number not in _numbers(nodes):
        return ""
    shown = _shown(nodes, number, is_question)
    last = max("\\)", "\\]", key=shown.rfind)
    return _up_to(last, shown, lambda part: _FORMULA.sub(_without_tags, part))


def _shown(nodes: Iterable[str | _Gap], number: int, is_question: bool) -> str:
    return "".join(node if isinstance(node, str) else _shown_gap(node, number, is_question) for node in nodes)


def _shown_gap(gap: _Gap, number: int, is_question: bool) -> str:
    inside = _shown(gap.hidden, number, is_question)
    ordinal = ",".join(map(str, gap.numbers))
    if number not in gap.numbers:
        return f'<span class="cloze-inactive" data-ordinal="{ordinal}">{inside}</span>'
    if not is_question:
        return f'<span class="cloze" data-ordinal="{ordinal}">{inside}</span>'
    # No script of ours reads it, and each gap round another makes it several times as long.
    hidden = _attribute(inside[:_LONGEST_HIDDEN])
    return f'<span class="cloze" data-cloze="{hidden}" data-ordinal="{ordinal}">[{gap.hint}]</span>'


_NAMED = {'"': "&quot;", "&": "&amp;", "<": "&lt;", ">": "&gt;"}


def _attribute(text: str) -> str:
    """A text as the value of an attribute, as Anki writes it: no sign of Latin 1 stands for itself."""
    return re.sub(
        "[\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\xff]",
        lambda match: _NAMED.get(match[0]) or f"&#x{ord(match[0]):02X};",
        text,
    )


# A formula between MathJax's brackets. Anki takes the tags out of it, so that its gaps do not break it.
_FORMULA = re.compile(r"(\\[(\[])(.*?)(\\[\])])", re.DOTALL)
_TAG = re.compile(r"<!--.*?-->|<style.*?>.*?</style>|<script.*?>.*?</script>|<.*?>", re.DOTALL | re.IGNORECASE)


def _without_tags(formula: re.Match[str]) -> str:
    return formula[1] + _TAG.sub("", formula[2]) + formula[3]

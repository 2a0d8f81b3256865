"""A008 control-character."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ankigen.diagnostic import Diagnostic, Edit, Fix, Location, Span
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Text
from ankigen.source.markdown import code_in
from ankigen.source.yaml import Document, Path

# The escapes of YAML 1.2 that can stand for a control character.
_ESCAPE = re.compile(r"\\[0abvfexuU]")
_ENTITY = re.compile(r"&#(0{0,9}[0-9]{1,6}|[xX]0{0,9}[0-9a-fA-F]{1,6})(?![0-9a-fA-F])", re.ASCII)
# A letter's escape with a letter after it.
_LETTERS = re.compile(r"\\[abvfe][A-Za-z]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


class ControlCharacter(Rule):
    r"""A text holds a control character, written as an escape in double quotation marks or as an entity.

    ## Why it is bad

    Anki separates the fields of a note by one of them (U+001F), so that the rest of the card would move to
    the wrong place. None of them can be seen.

    ## Example

    ```yaml
    answer: "4\x1fKB"
    ```

    ## Instead

    ```yaml
    answer: "4 KB"
    ```
    """

    code = "A008"
    signs = ("&#",)
    essential = True
    fix = "safe"

    def check_document(self, document: Document) -> Iterator[Diagnostic]:
        """Look through the texts of a file that has such escapes at all."""
        if _ESCAPE.search(document.source.text):
            yield from self._check(document, (), document.data)

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look for entities that Markdown makes control characters of; in code they are text."""
        if "&#" not in text.value:
            return
        code = [(start, start + len(piece)) for start, piece in code_in(text.value)]
        for entity in _ENTITY.finditer(text.value):
            start, end = entity.start(), entity.end() + text.value.startswith(";", entity.end())
            character = _character(entity[1])
            if _CONTROL.match(character) and not any(first <= start < last for first, last in code):
                path = (*text.origin.path, *text.path)
                yield self._found(text.origin.document, path, start, end, character)

    def _check(self, document: Document, path: Path, value: Any) -> Iterator[Diagnostic]:
        if isinstance(value, dict):
            for key, item in value.items():
                yield from self._check(document, (*path, key), item)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._check(document, (*path, index), item)
        elif isinstance(value, str):
            for match in _CONTROL.finditer(value):
                yield self._found(document, path, *match.span(), match.group())

    def _found(self, document: Document, path: Path, start: int, end: int, character: str) -> Diagnostic:
        place = document.location_in(path, start, end)
        help = "delete it; if a backslash was meant, use single quotation marks"
        message = f"this is the control character U+{ord(character):04X}"
        return self.found(place, message, help, fix=_fix(document, path, start, end, place))


def _fix(document: Document, path: Path, start: int, end: int, place: Location) -> Fix | None:
    """Deletes it; but where it may be the beginning of a word like `\\frac`, gives it its backslash back."""
    raw = document.source.text[place.span.start : place.span.end + 1]
    if _LETTERS.fullmatch(raw):
        return Fix((Edit(document.source.location(Span(place.span.start, place.span.start)), "\\"),), safe=False)
    edit = document.edit(path, start, end, "")
    return Fix((edit,), safe=True) if edit else None


def _character(number: str) -> str:
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    return chr(code) if code < 0xA0 else " "

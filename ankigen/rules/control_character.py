"""A008 control-character."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.source.yaml import Document, Path

# The escapes of YAML 1.2 that can stand for a control character.
_ESCAPE = re.compile(r"\\[0abvfexuU]")
_ENTITY = re.compile(r"&#(0{0,9}[0-9]{1,6}|[xX]0{0,9}[0-9a-fA-F]{1,6})(?![0-9a-fA-F])", re.ASCII)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


class ControlCharacter(Rule):
    r"""A text holds a control character, written as an escape in double quotation marks.

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
    essential = True

    def check_document(self, document: Document) -> Iterator[Diagnostic]:
        """Look through the texts of a file that has such escapes at all."""
        if _ESCAPE.search(document.source.text) or "&#" in document.source.text:
            yield from self._check(document, (), document.data)

    def _check(self, document: Document, path: Path, value: Any) -> Iterator[Diagnostic]:
        if isinstance(value, dict):
            for key, item in value.items():
                yield from self._check(document, (*path, key), item)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._check(document, (*path, index), item)
        elif isinstance(value, str) and (bad := _CONTROL.search(_entities(value))):
            message = f"this text holds the control character U+{ord(bad.group()):04X}"
            help = "delete its escape; if a backslash was meant, use single quotation marks"
            yield self.found(document.location(path), message, help)


def _entities(text: str) -> str:
    """A text with the characters in the place of their numeric HTML entities."""
    return _ENTITY.sub(lambda match: _character(match[1]), text) if "&#" in text else text


def _character(number: str) -> str:
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    return chr(code) if code < 0xA0 else " "

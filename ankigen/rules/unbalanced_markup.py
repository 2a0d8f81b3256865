"""F001 unbalanced-markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.markup import ALLOWED_TAGS
from ankigen.model import Deck, Text
from ankigen.source.markdown import inline_html, prose

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})([^`\n]*)$", re.MULTILINE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])[^<>]*?(/?)>")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
# These need no end, or may do without.
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
        "li",
        "p",
        "td",
        "th",
        "tr",
        "dt",
        "dd",
        "tbody",
        "thead",
    ]
)


class UnbalancedMarkup(Rule):
    """A code fence, a formula or an HTML tag is opened and never closed.

    ## Why it is bad

    All that follows becomes code, or part of the formula, or takes on the tag.

    ## Example

    ```yaml
    answer: |
      ```python
      x = 1
    ```

    ## Instead

    ```yaml
    answer: |
      ```python
      x = 1
      ```
    ```
    """

    code = "F001"

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Pair fences, double dollar signs and tags."""
        value = text.value
        fence = _open_fence(value)
        if fence is not None:
            yield self.found(
                text.at(*fence), "this code block is never closed", "end it with a line of the same marks"
            )
            return
        words = prose(value)
        if words.count("$$") % 2:
            at = words.rfind("$$")
            yield self.found(
                text.at(at, at + 2), "this formula is never closed", "end it with `$$`, or write `\\$\\$`"
            )
        opened: list[re.Match[str]] = []
        for tag in _TAG.finditer(_html(value)):
            name = tag[2].lower()
            if name in _VOID or tag[3]:
                continue
            if not tag[1]:
                opened.append(tag)
            elif opened and opened[-1][2].lower() == name:
                opened.pop()
        for tag in opened[:1]:
            # Others are taken out of the card, closed or not.
            if tag[2].lower() in ALLOWED_TAGS:
                yield self.found(
                    text.at(*tag.span()), f"`{tag[0]}` is never closed", f"close it with `</{tag[2]}>`"
                )


def _html(value: str) -> str:
    """A text with spaces for all that is no HTML, and for comments, in which tags are none."""
    masked = list(" " * len(value))
    for start, piece in inline_html(value):
        masked[start : start + len(piece)] = piece
    return _COMMENT.sub(lambda comment: " " * len(comment[0]), "".join(masked))


def _open_fence(value: str) -> tuple[int, int] | None:
    """Where a fence stands that nothing closes."""
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(value):
        if opened is None:
            opened = fence
        elif fence[1].startswith(opened[1]) and not fence[2].strip():
            opened = None
    return opened.span() if opened else None

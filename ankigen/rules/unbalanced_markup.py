"""F001 unbalanced-markup."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Related
from ankigen.lint.rule import Rule
from ankigen.markup import ALLOWED_TAGS
from ankigen.model import Deck, Text
from ankigen.source.markdown import inline_html, prose, uncommented

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})([^`\n]*)$", re.MULTILINE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])[^<>]*?(/?)>")
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
    """A code fence, a formula or an HTML tag is opened and never closed, or two HTML tags cross.

    ## Why it is bad

    All that follows becomes code, or part of the formula, or takes on the tag. Of crossed tags, a browser
    guesses where each ends.

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
    signs = ("```", "~~~", "$$", "<")

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Pair fences, double dollar signs and tags."""
        value = text.value
        fence = _open_fence(value)
        if fence is not None:
            yield self.found(
                text.at(*fence), "this code block is never closed", "end it with a line of the same marks"
            )
            return
        if "$$" in value and (words := prose(value)).count("$$") % 2:
            at = words.rfind("$$")
            yield self.found(
                text.at(at, at + 2), "this formula is never closed", "end it with `$$`, or write `\\$\\$`"
            )
        if "<" in value:
            yield from self._tags(text)

    def _tags(self, text: Text) -> Iterator[Diagnostic]:
        opened: list[re.Match[str]] = []
        by_name: defaultdict[str, list[re.Match[str]]] = defaultdict(list)
        closed: set[int] = set()
        crossed: tuple[re.Match[str], re.Match[str]] | None = None
        for tag in _TAG.finditer(_html(text.value)):
            name = tag[2].lower()
            # Tags that are not allowed are taken out of the card, closed or not.
            if name in _VOID or name not in ALLOWED_TAGS or tag[3]:
                continue
            if not tag[1]:
                opened.append(tag)
                by_name[name].append(tag)
                continue
            if not by_name[name]:
                continue
            begin = by_name[name].pop()
            if begin is not opened[-1] and crossed is None:
                crossed = (opened[-1], tag)
            # What is closed leaves the list from its end alone: taking it out of the middle, or looking for it
            # there, would take long where there are thousands.
            closed.add(begin.start())
            while opened and opened[-1].start() in closed:
                opened.pop()
        for tag in opened:
            if tag.start() not in closed:
                yield self.found(
                    text.at(*tag.span()), f"`{tag[0]}` is never closed", f"close it with `</{tag[2]}>`"
                )
        if crossed and not opened:
            inner, end = crossed
            yield self.found(
                text.at(*end.span()),
                f"`{end[0]}` comes before the end of `{inner[0]}`, which began inside",
                f"close what began last first: write `</{inner[2]}>` before `{end[0]}`",
                related=(Related(text.at(*inner.span()), "begins here"),),
            )


def _html(value: str) -> str:
    """A text with spaces for all that is no HTML, and for comments."""
    masked = list(" " * len(value))
    for start, piece in inline_html(value):
        masked[start : start + len(piece)] = piece
    return uncommented("".join(masked))


def _open_fence(value: str) -> tuple[int, int] | None:
    """Where a fence stands that nothing closes."""
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(value):
        if opened is None:
            opened = fence
        elif fence[1].startswith(opened[1]) and not fence[2].strip():
            opened = None
    return opened.span() if opened else None

r"""Formulas as MathML, which browsers show by themselves; Anki shows them with MathJax.

On a card, a formula is TeX between `\(` and `\)` in a line, and between `\[` and `\]` by itself. Code is left
alone, and so is what is no TeX that the library reads.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

_OPENING = re.compile(r"\\[(\[]")
_CLOSING = {"\\(": ("\\)", "inline"), "\\[": ("\\]", "block")}
# As the cleaner writes them: a sign that ends a tag may stand in the value of an attribute.
_TAG = re.compile(r"""(<(?:[^<>"]|"[^"]*")*>)""")
_CODE = re.compile(r"<(/?)(?:code|pre|kbd|samp)\b")
_LONGEST = 2_000
_ELEMENTS = frozenset([
    *("math", "menclose", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mroot"),
    *("mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder"),
    "munderover",
])  # fmt: skip
_ATTRIBUTES = frozenset([
    *("accent", "columnalign", "columnlines", "columnspacing", "depth", "display", "displaystyle", "fence"),
    *("height", "largeop", "linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits"),
    *("notation", "rowlines", "rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "symmetric"),
    "width",
])  # fmt: skip
_VALUE = re.compile(r"[\w .%+-]{1,60}")


def with_formulas(markup: str) -> str:
    """Clean HTML of a card with its formulas as MathML."""
    if "\\(" not in markup and "\\[" not in markup:
        return markup
    code = 0
    pieces = []
    for index, piece in enumerate(_TAG.split(markup)):
        if index % 2:
            if match := _CODE.match(piece):
                code = max(0, code + (-1 if match[1] else 1))
        elif not code:
            piece = "".join(_shown(piece))
        pieces.append(piece)
    return "".join(pieces)


def _shown(text: str) -> Iterator[str]:
    """A text in pieces, its formulas as MathML."""
    at = 0
    open_ended = set()
    while opening := _OPENING.search(text, at):
        sign = opening[0]
        closing, display = _CLOSING[sign]
        # What is nowhere behind is not looked for again: in a long text, that would take for ever.
        end = -1 if sign in open_ended else text.find(closing, opening.end() + 1)
        if end < 0:
            open_ended.add(sign)
            yield text[at : opening.end()]
            at = opening.end()
            continue
        yield text[at : opening.start()]
        found = text[opening.start() : end + len(closing)]
        yield _mathml(html.unescape(text[opening.end() : end]).strip(), display) or found
        at = end + len(closing)
    yield text[at:]


@lru_cache(maxsize=1024)
def _mathml(tex: str, display: str) -> str:
    """A formula as MathML; nothing where it cannot be read."""
    if len(tex) > _LONGEST:
        return ""
    from latex2mathml.converter import convert_to_element

    try:
        return "".join(_written(convert_to_element(tex, display=display)))
    except Exception:  # the library raises of all kinds, and what an author writes is no fault of ours
        return ""


def _written(element: Element) -> Iterator[str]:
    """An element as HTML, without what could be more than a formula: the library puts in text as it comes."""
    known = element.tag in _ELEMENTS
    if known:
        attributes = "".join(
            f' {name}="{value}"'
            for name, value in element.attrib.items()
            if name in _ATTRIBUTES and _VALUE.fullmatch(value)
        )
        yield f"<{element.tag}{attributes}>"
    yield _text(element.text)
    for child in element:
        yield from _written(child)
        yield _text(child.tail)
    if known:
        yield f"</{element.tag}>"


def _text(text: str | None) -> str:
    return html.escape(html.unescape(text or ""))

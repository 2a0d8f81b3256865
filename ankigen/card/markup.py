"""Markdown becomes the HTML of a card.

Content is not trusted. What comes out holds the tags and attributes listed here and nothing else: no script,
no event handler, no frame, no address but of the web and of the deck's own media.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import cache
from urllib.parse import unquote

import nh3
import pyromark

from ankigen.source.markdown import OPTIONS, local_media, media_type

Pack = Callable[[str], str | None]
"""Gives the name under which a file of the media folder travels in the package; None where there is none."""

_TAGS = {
    *(
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "dd",
        "del",
        "details",
        "dfn",
    ),
    *("div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark"),
    *("ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "summary", "sup"),
    *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var"),
}
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "style"},
    "th": {"colspan", "rowspan", "style", "scope"},
}
_MATH = re.compile(r'<span class="math math-(inline|display)">(.*?)</span>', re.DOTALL)
_SOUND = re.compile(r'<img[^<>]*? src="([^"]*)"[^<>]*>')
# What Anki's text filters would act on, wherever it stands.
_DIRECTIVE = re.compile(r"\[(?=sound:|anki:|latex\]|\$)", re.IGNORECASE)
_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>\s*", re.DOTALL)


def plain(text: str) -> str:
    """Plain text as HTML."""
    return _DIRECTIVE.sub("&#91;", html.escape(text))


class Renderer:
    """Renders the texts of one deck, whose media are named by `pack`."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._markdown = pyromark.Markdown(options=OPTIONS, highlight=_highlight)
        self._cleaner = nh3.Cleaner(
            tags=_TAGS,
            clean_content_tags={"script", "style"},
            attributes=_ATTRIBUTES,
            attribute_filter=self._attribute,
            allowed_classes={
                "span": _token_classes() | {"math", "math-inline", "math-display"},
                "pre": {"highlight"},
            },
            url_schemes={"http", "https", "mailto"},
            filter_style_properties={"text-align"},
            link_rel="noopener noreferrer",
        )

    def block(self, text: str) -> str:
        """Markdown as paragraphs, lists and the like."""
        dirty = self._markdown.html(text)
        clean = _DIRECTIVE.sub("&#91;", self._cleaner.clean(dirty))
        clean = _SOUND.sub(_sound, clean)
        return _MATH.sub(_math, clean).strip()

    def inline(self, text: str) -> str:
        """Markdown that is to stand in a line: a single paragraph loses its tags."""
        block = self.block(text)
        paragraph = _PARAGRAPH.fullmatch(block)
        return paragraph[1] if paragraph else block

    def _attribute(self, tag: str, attribute: str, value: str) -> str | None:
        if tag == "img" and attribute == "src":
            name = local_media(unquote(value))
            return self._pack(name) if name else None
        if tag == "a" and attribute == "href":
            return value if re.match(r"(https?|mailto):", value, re.IGNORECASE) else None
        return value


def _math(match: re.Match[str]) -> str:
    left, right = (r"\(", r"\)") if match[1] == "inline" else (r"\[", r"\]")
    return f"{left}{match[2].strip()}{right}"


def _sound(match: re.Match[str]) -> str:
    return f"[sound:{match[1]}]" if media_type(match[1]) == "sound" else match[0]


def _highlight(language: str | None, code: str) -> str | None:
    # A gap inside code must stay in one piece for Anki to find it.
    if not language or "{{c" in code:
        return None
    from pygments import highlight
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None
    return f'<pre class="highlight"><code>{highlight(code, lexer, HtmlFormatter(nowrap=True))}</code></pre>\n'


@cache
def _token_classes() -> set[str]:
    from pygments.token import STANDARD_TYPES

    return set(STANDARD_TYPES.values()) - {""}

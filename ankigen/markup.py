"""Markdown becomes the HTML of a card, and what rules ask of that HTML.

Content is not trusted. What comes out holds the tags and attributes listed here and nothing else: no script,
no event handler, no frame, no address but of the web and of the deck's own media. The rules look at the same
HTML as the cards are made of, so that the linter cannot be of another opinion than the package.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import cache, lru_cache
from string import ascii_lowercase
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import category
from urllib.parse import unquote

import nh3
import pyromark

from ankigen.source.markdown import OPTIONS, local_media, media_type, only_words, pictures

if TYPE_CHECKING:
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexer import Lexer

Pack = Callable[[str], str | None]
"""Gives the name under which a file of the media folder travels in the package; None where there is none. It may
read the file, and raise OSError."""

ALLOWED_TAGS = {
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
"""The tags that may stand on a card."""
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "style"},
    "th": {"colspan", "rowspan", "style", "scope"},
}
_MATH = re.compile(r'<span class="math math-(inline|display)">(.*?)</span>', re.DOTALL)
PICTURE = re.compile(r'<img[^<>]*? src="([^"]*)"[^<>]*>')
"""A picture in HTML, with its address as the first group. A sound is one, too, until it gets Anki's own sign."""
# What Anki's text filters would act on, wherever it stands.
_DIRECTIVE = re.compile(r"\[(?=sound:|/?anki:|/?latex\]|/?\$|\[type:)", re.IGNORECASE)
# The same as a hint of a gap, which Anki shows between brackets.
_HINT_DIRECTIVE = re.compile(r"::(?=\s*(?:sound:|/?anki:|/?latex\b|/?\$|\[type:))", re.IGNORECASE)
# Anki separates fields by U+001F. None of these can be seen; an entity (`&#31;`) can bring each of them in.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_HREF = "\\href"
# What scrolls inside itself has to be reached by the keyboard.
_TABLE = re.compile(r"<table\b(?:(?!<table\b).)*?</table>", re.DOTALL)
# What is not the same in plain text and in HTML, and what Anki or MathJax could take for their own.
_PLAIN_SIGN = re.compile(r"[&<>\"'\[\\]")
# What may stand in paragraphs of nothing but words and is another thing in HTML: the end of one, a space at either
# end of a line, a control character, a space that does not break.
_RESET = re.compile("(?:^|\n)[ \n]| \n|[\x00-\x09\x0b-\x1f\x7f-\xa0]")
_PARAGRAPH = re.compile("</?p>")
_FORMULA_START = re.compile(r"\\(?=[(\[])")


def plain(text: str) -> str:
    """Plain text as HTML."""
    if not _PLAIN_SIGN.search(text):
        return text
    return _no_formula(_DIRECTIVE.sub("&#91;", html.escape(text)))


def _no_formula(markup: str) -> str:
    """HTML in which MathJax finds no formula: a space of no width parts a backslash from its bracket."""
    return _FORMULA_START.sub("\\\\\u200b", markup) if "\\" in markup else markup


class Renderer:
    """Renders the texts of one deck, whose media are named by `pack`. `shown` are those that came up so far."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self.shown: set[str] = set()
        self._packed: dict[str, str | None] = {}
        self._markdown = pyromark.Markdown(options=OPTIONS, highlight=_highlight)
        self._cleaner = nh3.Cleaner(
            tags=ALLOWED_TAGS,
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
        # An option is asked for twice, a concept's summary for each of its questions, and always soon again.
        self._recent = lru_cache(maxsize=64)(self._block)

    def block(self, text: str) -> str:
        """Markdown as paragraphs, lists and the like. Raises OSError where a picture cannot be read."""
        return self._recent(text)

    def _block(self, text: str) -> str:
        words = text.rstrip(" \n")
        if words and only_words(words) and not _RESET.search(words):
            return f"<p>{words.replace('>', '&gt;')}</p>"
        return self._marked_up(text)

    def _marked_up(self, text: str) -> str:
        for link in media_links(text):
            # Here, and not in the cleaner's callback, which would swallow what is raised in it.
            if (name := local_media(link.target)) is not None:
                if name not in self._packed:
                    self._packed[name] = self._pack(name)
                self.shown.add(name)
        clean = self._cleaner.clean(self._markdown.html(text))
        clean = _CONTROL.sub("", clean)
        # Each is looked for where it can be.
        if "[" in clean:
            clean = _DIRECTIVE.sub("&#91;", clean)
        if "<table" in clean:
            clean = _TABLE.sub(r'<div class="scroll" tabindex="0">\g<0></div>', clean)
        clean = clean.replace("<pre", '<pre tabindex="0"')
        if "<img" in clean:
            clean = PICTURE.sub(_sound, clean)
        # Between formulas, nothing may begin one: only `$` does, in Markdown.
        pieces = []
        at = 0
        for formula in _MATH.finditer(clean):
            pieces += [_no_formula(clean[at : formula.start()]), _math(formula)]
            at = formula.end()
        return "".join([*pieces, _no_formula(clean[at:])]).strip()

    def cloze(self, text: str) -> str:
        """Markdown with gaps, whose hints are kept from meaning anything to Anki."""
        return _HINT_DIRECTIVE.sub("::&#8203;", self.block(text))

    def inline(self, text: str) -> str:
        """Markdown that is to stand in a line: a single paragraph loses its tags."""
        block = self.block(text)
        inside = block[len("<p>") : -len("</p>")]
        return inside if block == f"<p>{inside}</p>" and not _PARAGRAPH.search(inside) else block

    def _attribute(self, tag: str, attribute: str, value: str) -> str | None:
        if tag == "img" and attribute == "src":
            return self._packed.get(local_media(unquote(value)) or "")
        if tag == "a" and attribute == "href":
            return value if keeps(value) else None
        return value


def keeps(address: str) -> bool:
    """Whether a link to this address is one on a card. Of others the card shows the words alone."""
    return bool(re.match(r"(https?|mailto):", address, re.IGNORECASE))


def _math(match: re.Match[str]) -> str:
    left, right = (r"\(", r"\)") if match[1] == "inline" else (r"\[", r"\]")
    # MathJax makes links of \\href, of any kind; what is left when it is taken out may spell it again.
    formula = match[2]
    while _HREF in formula:
        formula = formula.replace(_HREF, "")
    return f"{left}{formula.strip()}{right}"


def _sound(match: re.Match[str]) -> str:
    return f"[sound:{match[1]}]" if media_type(match[1]) == "sound" else match[0]


def _highlight(language: str | None, code: str) -> str | None:
    # A gap inside code must stay in one piece for Anki to find it.
    if not language or "{{c" in code:
        return None
    lexer = _lexer(language)
    if lexer is None:
        return None
    from pygments import highlight

    return f'<pre class="highlight"><code>{highlight(code, lexer(stripnl=False), _formatter())}</code></pre>\n'


@lru_cache(maxsize=64)
def _lexer(language: str) -> type[Lexer] | None:
    """The class that knows a language: to find it takes longer than to colour a few lines."""
    from pygments.lexers import find_lexer_class_by_name
    from pygments.util import ClassNotFound

    try:
        return find_lexer_class_by_name(language)
    except ClassNotFound:
        return None


@cache
def _formatter() -> HtmlFormatter[str]:
    from pygments.formatters.html import HtmlFormatter

    return HtmlFormatter(nowrap=True)


@cache
def _token_classes() -> set[str]:
    from pygments.token import STANDARD_TYPES

    return set(STANDARD_TYPES.values()) - {""}


MEDIA_SIGNS = ("![", "<")
"""What a text holds one of that shows a picture or a sound."""


class MediaLink(NamedTuple):
    """A picture or sound that a text shows: where it points, and the characters of the text that say so."""

    target: str
    start: int
    end: int


@lru_cache(maxsize=256)
def media_links(text: str) -> tuple[MediaLink, ...]:
    """The pictures and sounds that a text shows, in Markdown or in HTML: all that could end in a package."""
    if not any(sign in text for sign in MEDIA_SIGNS):
        return ()
    targets: list[str] = []

    def collect(tag: str, attribute: str, value: str) -> str | None:
        if tag == "img" and attribute == "src":
            targets.append(value)
        return None

    # The cleaner's own parser finds them, whatever the HTML looks like. It would keep quiet about schemes that it
    # does not know; a single letter is a drive of Windows.
    finder = nh3.Cleaner(
        tags=ALLOWED_TAGS,
        attributes={"img": {"src"}},
        attribute_filter=collect,
        url_schemes={"http", "https", "ftp", "file", "data", "blob", *ascii_lowercase},
    )
    finder.clean(pyromark.html(text, options=OPTIONS))
    if not targets:
        return ()
    # Where an address is empty, or written with escapes, the picture is what can be shown.
    shown = pictures(text)
    if len(shown) != len(targets):
        shown = [(0, len(text.rstrip()))] * len(targets)
    found = []
    # An address that is written several times is found at its next place each time.
    after: dict[str, int] = {}
    for value, whole in zip(targets, shown, strict=True):
        target = unquote(value)
        for written in (target, value):
            start = _where(text, written, after.get(target, 0))
            if start >= 0:
                break
        end = start + len(written)
        after[target] = end if start >= 0 else 0
        found.append(MediaLink(target, *((start, end) if start >= 0 else whole)))
    return tuple(found)


def _where(text: str, target: str, after: int) -> int:
    """The offset of an address in a text: after `](` or a quotation mark if it stands there, else anywhere."""
    for lead in ("](", "](<", '"', "'", "=", ": ", ""):
        at = text.find(lead + target, after) if target else -1
        if at >= 0:
            return at + len(lead)
    return -1


_CHECKER = Renderer(lambda name: name)


@lru_cache(maxsize=256)
def rendered(text: str) -> str:
    """A text as the HTML of a card, its media under their own names."""
    return _CHECKER.block(text)


# A letter with nothing before it but the marks of lists, headings and the like: it shows.
_LETTER_FIRST = re.compile(r"[-+*_#>0-9.)\s]*[^\W\d_]")


def shows_nothing(text: str) -> bool:
    """Whether a text comes out as nothing that a learner could see or hear."""
    return not _LETTER_FIRST.match(text) and not _seen(rendered(text))


def _seen(markup: str) -> bool:
    # "1789." is a numbered list with nothing in it, and shows its number.
    if re.search(r"<img[^<>]* src=|\[sound:|<ol\b", markup):
        return True
    words = html.unescape(re.sub(r"<[^<>]*>", "", markup))
    return any(not character.isspace() and category(character) not in ("Cf", "Cc") for character in words)


class Gap(NamedTuple):
    """A gap of a cloze: its number, what it hides (empty where a learner would see nothing), and what is wrong."""

    number: int
    hidden: str
    fault: str


_GAP_TOKEN = re.compile(r"\{\{c([0-9]+)::|\}\}")


def gaps(markup: str) -> list[Gap]:
    """The gaps that Anki finds in a field, each after those inside it.

    Read as Anki's own parser does (rslib/src/cloze.rs): what opens and is never closed is no gap.
    """
    found: list[Gap] = []
    opened: list[re.Match[str]] = []
    for token in _GAP_TOKEN.finditer(markup):
        if token[1]:
            opened.append(token)
        elif opened:
            start = opened.pop()
            inside = markup[start.end() : token.start()]
            hidden = _GAP_TOKEN.sub("", inside).partition("::")[0]
            fault = ""
            if markup.rfind("<", 0, start.start()) > markup.rfind(">", 0, start.start()):
                fault = "tag"
            elif not _balanced(inside):
                fault = "markup"
            found.append(Gap(int(start[1]), hidden if _seen(hidden) else "", fault))
    return found


def _balanced(markup: str) -> bool:
    """Whether each tag that opens in a piece of clean HTML closes in it, and none closes that did not open."""
    opened: list[str] = []
    for closing, name in re.findall(r"<(/?)([a-z0-9]+)[^<>]*>", markup):
        if not closing:
            if name not in ("img", "br", "hr"):
                opened.append(name)
        elif not opened or opened.pop() != name:
            return False
    return not opened

"""The style of the cards: its colours, what an author's own style file may say, and which colours can be read.

It knows the cards' style sheet, `card/templates/style.css`, and nothing of decks. Contrast is that of WCAG 2.2
(success criterion 1.4.3): 4.5 to 1 for text.
"""

from __future__ import annotations

import colorsys
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from ankigen.diagnostic import Span

LEAST_CONTRAST = 4.5
MAX_STYLE_BYTES = 100_000
"""The size, in bytes, above which a style file is refused: each note type carries it."""

_NIGHT = re.compile(r"\.night_?mode\b", re.IGNORECASE)
_CARD = re.compile(r"(?:html|body)?\.card|:root|html|body")
# What stands on what, by the names of the style's variables.
_PAIRS = (
    *(("--ink", "--paper"), ("--soft", "--paper"), ("--accent", "--paper"), ("--ink", "--raised")),
    *(("--soft", "--raised"), ("--accent", "--raised"), ("--right", "--right-paper"), ("--ink", "--right-paper")),
    *(("--wrong", "--wrong-paper"), ("--ink", "--wrong-paper"), ("--ink", "--code")),
    *(("--easy", "--paper"), ("--medium", "--paper"), ("--hard", "--paper")),
)

# The addresses that load nothing: a part of the card itself, and a picture or a font that is written out.
_OWN_ADDRESS = re.compile("#|data:(?:image|font)/", re.IGNORECASE)
# Functions in which a mere text is an address, or a variable may be one.
_LOADERS = frozenset(
    ["image-set", "-webkit-image-set", "src", "image", "element", "-moz-element", "filter", "-webkit-filter"]
)
_INSTEAD = "a card shows nothing from elsewhere: write a picture as a `data:image/` address in `url(...)`"
_NEVER_CLOSED = "look for a bracket or a quotation mark that is never closed"
_COLOURS = {"color": "color", "background-color": "background-color", "background": "background-color"}
# The rules whose contents hold on a card all the time, as far as the words of a query are not among these.
_SEEN = frozenset(["media", "supports", "layer", "container", "scope"])
_UNSEEN_MEDIA = frozenset([
    *("print", "speech", "not", "prefers-color-scheme", "prefers-contrast", "forced-colors", "inverted-colors"),
])  # fmt: skip
# No author comes near these; they keep a file that is made to be slow from being it.
_MOST_FAULTS = 20
_MOST_DEPTH = 32
_MOST_SELECTORS = 50
_LONGEST_SELECTOR = 300

Palette = dict[str, str]
"""Colours as #rrggbb, by the names of variables."""


class Theme(NamedTuple):
    """One value for Anki's light theme and one for its dark one."""

    light: Palette
    dark: Palette


class Fault(NamedTuple):
    """Something wrong in a style sheet: where, what is wrong, and what to do."""

    span: Span
    message: str
    help: str


def contrast(one: str, other: str) -> float:
    """The contrast of two colours given as #rrggbb, from 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in _rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(red: float, green: float, blue: float) -> str:
    return "#" + "".join(f"{round(min(1, max(0, value)) * 255):02x}" for value in (red, green, blue))


def lighter(colour: str, papers: Sequence[str]) -> str:
    """The colour, made as light as it takes to be read on dark papers."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    for step in range(101):
        made = _hex(*colorsys.hls_to_rgb(hue, lightness + (1 - lightness) * step / 100, saturation))
        if min(contrast(made, paper) for paper in papers) >= LEAST_CONTRAST:
            return made
    return "#ffffff"


@cache
def style() -> str:
    """The style of every card."""
    return (Path(__file__).parent / "card" / "templates" / "style.css").read_text(encoding="utf-8")


@cache
def palettes() -> Theme:
    """The colours of the cards' own style."""
    sheet = _Sheet(style())
    return Theme(dict(sheet.variables.light), sheet.variables.light | sheet.variables.dark)


def accent_style(accent: str) -> str:
    """The rules that make a colour the accent of both themes."""
    dark = palettes().dark
    night = lighter(accent, [dark["--paper"], dark["--raised"]])
    return f".card {{ --accent: {accent}; }}\n.nightMode.card, .night_mode.card {{ --accent: {night}; }}\n"


def accent_fault(accent: str) -> str:
    """What is wrong with a colour as the accent, in words; nothing where it can be read in the light theme."""
    light = palettes().light
    least = min(contrast(accent, light[paper]) for paper in ("--paper", "--raised"))
    return "" if least >= LEAST_CONTRAST else f"`{accent}` has a contrast of {_in_words(least)} on a light card"


def _in_words(ratio: float) -> str:
    return f"{math.floor(ratio * 10) / 10:.1f} to 1"  # 4.49 must not read 4.5


def forbidden(css: str) -> Iterator[Fault]:
    """What no card may hold in an author's style sheet, and what is no CSS: its first faults."""
    ends = [Span(*match.span()) for match in re.finditer("</|<!--", css)]
    if ends:
        message = "`{}` cannot stand in a style file, where it could end the style"
        help = "delete it, or write it as `%3C` in an address"
        faults = [Fault(span, message.format(css[span.start : span.end]), help) for span in ends]
    else:
        faults = _sheet(css).faults
    yield from faults[:_MOST_FAULTS]


def hard_to_read(css: str, accent: str = "") -> Iterator[Fault]:
    """The colours in an author's style sheet that are hard to read on what they stand on, in either theme.

    The first of them, where there are many.
    """
    return islice(_hard_to_read(_sheet(css), accent), _MOST_FAULTS)


def _hard_to_read(sheet: _Sheet, accent: str) -> Iterator[Fault]:
    base = palettes()
    chosen = {"--accent": accent} if accent else {}
    night = {"--accent": lighter(accent, [base.dark["--paper"], base.dark["--raised"]])} if accent else {}
    light = base.light | chosen | sheet.variables.light
    # What our own style sets for the dark theme is more specific than what the author sets for both.
    themes = Theme(light, light | base.dark | night | sheet.variables.dark)
    said = set()
    for name, palette, own in (
        ("light", themes.light, sheet.rules.light),
        ("dark", themes.dark, sheet.rules.light | sheet.rules.dark),
    ):
        for ink, paper in _PAIRS:
            place = sheet.places.get((ink, name)) or sheet.places.get((paper, name))
            if place and place not in said and (fault := _fault(palette[ink], palette[paper], name, place)):
                said.add(place)
                yield fault
        for declared in own.values():
            front = _resolved(declared.get("color"), palette, palette["--ink"])
            back = _resolved(declared.get("background-color"), palette, palette["--paper"])
            value = declared.get("color") or declared.get("background-color")
            if not (front and back and value) or value.place in said:
                continue
            if fault := _fault(front, back, name, value.place):
                said.add(value.place)
                yield fault


def _fault(front: str, back: str, theme: str, place: Span) -> Fault | None:
    found = contrast(front, back)
    if found >= LEAST_CONTRAST:
        return None
    message = f"`{front}` on `{back}` has a contrast of {_in_words(found)} in the {theme} theme"
    return Fault(place, message, f"text is read from {LEAST_CONTRAST} to 1 on; set other colours for this theme")


class _Value(NamedTuple):
    tokens: Any
    place: Span


_Rules = dict[str, dict[str, _Value]]


@dataclass
class _Both:
    light: Any = field(default_factory=dict)
    dark: Any = field(default_factory=dict)


class _Sheet:
    """A style sheet, read: the colours that it sets for each theme, and what is wrong with it."""

    def __init__(self, css: str) -> None:
        self.css = css
        # As CSS and tinycss2 count lines: a carriage return and a form feed end one, too.
        self.line_starts = [0, *(match.end() for match in re.finditer("\r\n?|[\n\f]", css))]
        self.ends: dict[int, int] = {}
        self.variables = _Both()
        self.places: dict[tuple[str, str], Span] = {}
        self.rules = _Both()
        self.faults: list[Fault] = []
        import tinycss2  # slow to load, and few decks have a style file

        self.css2 = tinycss2
        try:
            tokens = tinycss2.parse_component_value_list(css)
        except ValueError:  # Python reads no whole number of so many digits
            number = re.search("[0-9]{4000,}", css)
            self._wrong(*(number.span() if number else (0, 1)), "this number is too long", "write fewer digits")
            return
        if self._look_at_all(tokens):
            self._read(tokens, None, judged=True)
        self.faults = list(_apart(sorted(self.faults)))

    def _look_at_all(self, tokens: Sequence[Any]) -> bool:
        """Look at each token at any depth, whatever it is part of; say whether the sheet can be read on.

        An address loads something wherever a browser finds a use for it, so it is judged apart from the structure.
        """
        waiting = [(tokens, len(self.css), 0)]
        while waiting:
            inside, end, depth = waiting.pop()
            stop = following = statement = end
            # From the last one on, since a token ends where the next one starts.
            for token in reversed(inside):
                start = self._start(token)
                if start < following:  # else tinycss2 makes two tokens of one piece of text
                    stop, following = following, start
                self.ends[start] = stop
                if token == ";" or token.type == "{} block":
                    statement = start
                self._look_at(token, start, stop, statement)
                parts = token.arguments if token.type == "function" else getattr(token, "content", None)
                if parts is None:
                    continue
                if depth == _MOST_DEPTH:
                    self.faults = []
                    self._wrong(start, start + 1, "this is nested too deep", "close brackets, or nest fewer rules")
                    return False
                waiting.append((parts, stop - 1 if self.css[stop - 1] in ")]}" else stop, depth + 1))
        return True

    def _look_at(self, token: Any, start: int, stop: int, statement: int) -> None:
        if token.type == "error":
            self._wrong(start, stop, "this is no CSS", _NEVER_CLOSED)
        elif token.type == "at-keyword" and token.lower_value == "import":
            self._wrong(start, statement, "`@import` does not work on a card", "write the rules themselves")
        elif (address := _address(token)) is not None and not _OWN_ADDRESS.match(address):
            self._wrong(start, stop, "this address leads out of the card", _INSTEAD)
        elif token.type == "function" and token.lower_name in _LOADERS:
            self._wrong(start, stop, f"`{token.lower_name}()` does not work on a card", _INSTEAD)

    def _read(self, tokens: Sequence[Any], outer: list[str] | None, judged: bool) -> None:
        """Read rules and declarations; `outer` are the selectors of the rule round them, if they stand in one.

        They are `judged` where learners see them on a screen, all the time.
        """
        parse = self.css2.parse_stylesheet if outer is None else self.css2.parse_blocks_contents
        nodes = parse(tokens, skip_comments=True, skip_whitespace=True)
        if judged and outer:
            self._declared([node for node in nodes if node.type == "declaration"], outer)
        for node in nodes:
            if node.type == "error":
                self._no_css(node, tokens, nested=outer is not None)
            elif node.type == "at-rule" and node.content is not None:
                self._read(node.content, outer or [], judged and _is_seen(node))
            elif node.type == "qualified-rule":
                self._read(node.content, self._selectors(node.prelude, outer or []), judged)

    def _selectors(self, prelude: Sequence[Any], outer: list[str]) -> list[str]:
        """The selectors of a rule, nested ones written out: only as many and as long ones as people write."""
        groups: list[list[Any]] = [[]]
        for token in prelude:
            if token == ",":
                groups.append([])
            elif token.type != "comment":
                groups[-1].append(token)
        own = [" ".join(self.css2.serialize(group).split()) for group in groups]
        own = [selector for selector in own if len(selector) <= _LONGEST_SELECTOR][:_MOST_SELECTORS]
        if outer:
            nested = (
                selector.replace("&", around) if "&" in selector else f"{around} {selector}"
                for around in outer
                for selector in own
            )
            own = list(islice((each for each in nested if len(each) <= _LONGEST_SELECTOR), _MOST_SELECTORS))
        return own

    def _declared(self, declarations: Sequence[Any], selectors: list[str]) -> None:
        """Note the colours of a rule, for each theme in which it holds."""
        wheres = {}
        for selector in selectors:
            bare = " ".join(_NIGHT.sub("", selector).split()) or ".card"
            bare = ".card" if _CARD.fullmatch(bare) or bare == ".card .card" else bare
            wheres[bool(_NIGHT.search(selector)), bare] = True  # each once, in order
        colours = {}
        for declaration in declarations:
            value = _Value(declaration.value, self._place(declaration))
            if declaration.name.startswith("--"):
                if colour := _colour(value.tokens):
                    self._variable(declaration.name, colour, value.place, wheres)
            elif (name := _COLOURS.get(declaration.lower_name)) is not None:
                colours[name] = value
        for night, bare in wheres if colours else ():
            rules = self.rules.dark if night else self.rules.light
            # A rule of the dark theme stands on what the same selector says for both.
            before = self.rules.light.get(bare, {}) if night else {}
            rules[bare] = {**before, **rules.get(bare, {}), **colours}

    def _variable(self, name: str, colour: str, place: Span, wheres: Iterable[tuple[bool, str]]) -> None:
        for night, bare in wheres:
            if bare == ".card":
                (self.variables.dark if night else self.variables.light)[name] = colour
                for theme in ("dark",) if night else ("light", "dark"):
                    self.places[name, theme] = place

    def _no_css(self, node: Any, tokens: Sequence[Any], nested: bool) -> None:
        """What is wrong shows where a rule ends; whoever mends it looks for its beginning."""
        if len(self.faults) > _MOST_FAULTS:
            return  # this looks for the beginning from the start of the block
        at, first = self._start(node), None
        for token in tokens:
            if self._start(token) > at:
                break
            if first is None and token.type not in ("whitespace", "comment") and token != ";":
                first = token
            if self._start(token) == at:
                break
            ends_at_semicolon = nested or (first is not None and first.type == "at-keyword")
            if token.type == "{} block" or (token == ";" and ends_at_semicolon):
                first = None
        start = at if first is None else self._start(first)
        stop = re.compile("[;}]").search(self.css, max(start, at))
        help = "write `property: value;`" if nested else _NEVER_CLOSED
        self._wrong(start, stop.start() if stop else len(self.css), "this is no CSS", help)

    def _place(self, declaration: Any) -> Span:
        start = self._start(declaration)
        kept = [token for token in declaration.value if token.type not in ("whitespace", "comment")]
        return self._span(start, self.ends[self._start(kept[-1]) if kept else start])

    def _start(self, node: Any) -> int:
        start: int = self.line_starts[node.source_line - 1] + node.source_column - 1
        return start

    def _wrong(self, start: int, stop: int, message: str, help: str) -> None:
        self.faults.append(Fault(self._span(start, stop), message, help))

    def _span(self, start: int, stop: int) -> Span:
        """What is to be shown of a piece of the sheet: its first line, and never nothing."""
        start = min(start, len(self.css) - 1)
        return Span(start, start + max(1, len(re.split("[\r\n\f]", self.css[start:stop])[0].rstrip())))


@lru_cache(maxsize=2)
def _sheet(css: str) -> _Sheet:
    """A style sheet, read once for the rules that look at it one after the other."""
    return _Sheet(css)


def _apart(faults: Iterable[Fault]) -> Iterator[Fault]:
    """The faults without those that lie in another one, as an address does in its `@import`."""
    end = 0
    for fault in faults:
        if fault.span.start >= end:
            end = fault.span.end
            yield fault


def _address(token: Any) -> str | None:
    """The address that a token is; empty where it cannot be known."""
    if token.type == "url":
        return str(token.value)
    if token.type != "function" or token.lower_name != "url":
        return None
    kept = [part for part in token.arguments if part.type not in ("whitespace", "comment")]
    return str(kept[0].value) if len(kept) == 1 and kept[0].type == "string" else ""


def _is_seen(rule: Any) -> bool:
    """Whether learners see what an at-rule says on any screen, and not for a moment only."""
    words = {token.lower_value for token in _inside(rule.prelude) if token.type == "ident"}
    return rule.lower_at_keyword in _SEEN and not words & _UNSEEN_MEDIA


def _inside(tokens: Sequence[Any]) -> Iterator[Any]:
    for token in tokens:
        yield token
        yield from _inside(token.arguments if token.type == "function" else getattr(token, "content", None) or ())


def _colour(tokens: Sequence[Any]) -> str | None:
    """The opaque colour that a value is, as #rrggbb."""
    kept = [token for token in tokens if token.type not in ("whitespace", "comment")]
    if len(kept) != 1:
        return None
    from tinycss2.color4 import parse_color

    try:
        found = parse_color(kept[0])
        if found is None or isinstance(found, str) or found.alpha != 1:
            return None
        return _hex(*found.to("srgb").coordinates)
    # tinycss2 cannot convert every colour space, and stumbles over values such as `color()`.
    except (NotImplementedError, ValueError, TypeError, AttributeError, IndexError, ArithmeticError):
        return None


def _resolved(value: _Value | None, palette: Mapping[str, str], default: str) -> str | None:
    """The colour of a declaration, with variables as they stand in a theme; None where it is not known."""
    if value is None:
        return default
    import tinycss2

    text = tinycss2.serialize(value.tokens).strip()
    if text.lower() in ("none", "transparent"):
        return default
    variable = re.fullmatch(r"var\(\s*(--[\w-]+)\s*\)", text)
    return palette.get(variable[1]) if variable else _colour(value.tokens)

"""The style of the cards: its colours, what an author's own style file may say, and which colours can be read.

It knows the cards' style sheet, `card/templates/style.css`, and nothing of decks. Contrast is that of WCAG 2.2
(success criterion 1.4.3): 4.5 to 1 for text.
"""

from __future__ import annotations

import colorsys
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
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
    return (files("ankigen") / "card" / "templates" / "style.css").read_text(encoding="utf-8")


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
    """What no card may hold in an author's style sheet, and what is no CSS."""
    if at := re.search("<", css):
        yield Fault(
            Span(*at.span()), "`<` cannot stand in a style file, where it could end the style", "delete it"
        )
    else:
        yield from _Sheet(css).faults


def hard_to_read(css: str, accent: str = "") -> Iterator[Fault]:
    """The colours in an author's style sheet that are hard to read on what they stand on, in either theme."""
    sheet = _Sheet(css)
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
            front = _resolved(declared.get("color"), palette) or palette["--ink"]
            back = _resolved(declared.get("background-color"), palette) or palette["--paper"]
            value = declared.get("color") or declared.get("background-color")
            if value and value.place not in said and (fault := _fault(front, back, name, value.place)):
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
        self.lines = [0, *(match.end() for match in re.finditer("\n", css))]
        self.variables = _Both()
        self.places: dict[tuple[str, str], Span] = {}
        self.rules = _Both()
        self.faults: list[Fault] = []
        import tinycss2  # slow to load, and few decks have a style file

        self.css2 = tinycss2
        self._read(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True))

    def _read(self, nodes: Sequence[Any]) -> None:
        for node in nodes:
            if node.type == "error":
                self._wrong(node, "this is no CSS", "look for a bracket or a quotation mark that is never closed")
            elif node.type == "at-rule":
                if node.lower_at_keyword in ("import", "font-face", "charset", "namespace"):
                    self._wrong(
                        node, f"`@{node.at_keyword}` does not work on a card", "write the rules themselves"
                    )
                elif node.content is not None:
                    self._read(self.css2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True))
            elif node.type == "qualified-rule":
                self._rule(self.css2.serialize(node.prelude), node.content)

    def _rule(self, prelude: str, content: Any) -> None:
        for declaration in self.css2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
            if declaration.type == "error":
                # What is wrong shows at its end; whoever mends it looks for its beginning.
                start, _ = self._place(declaration, "")
                lead = re.search(r"[^{};]*\Z", self.css[:start])
                start = lead.start() + len(lead.group()) - len(lead.group().lstrip()) if lead else start
                span = Span(start, start + max(1, len(re.split(r"[;}\n]", self.css[start:])[0].rstrip())))
                self.faults.append(Fault(span, "this is no CSS", "write `property: value;`"))
                continue
            if declaration.type == "qualified-rule":  # a nested one: its selectors depend on those outside
                self._rule(f"{prelude} {self.css2.serialize(declaration.prelude)}", declaration.content)
                continue
            if declaration.type != "declaration":
                continue
            self._addresses(declaration.value)
            place = self._place(declaration, declaration.name)
            value = _Value(declaration.value, place)
            for selector in (" ".join(part.split()) for part in prelude.split(",")):
                night = bool(_NIGHT.search(selector))
                bare = " ".join(_NIGHT.sub("", selector).split()) or ".card"
                bare = ".card" if _CARD.fullmatch(bare) or bare == ".card .card" else bare
                if declaration.name.startswith("--"):
                    if bare == ".card" and (colour := _colour(value.tokens)):
                        (self.variables.dark if night else self.variables.light)[declaration.name] = colour
                        for theme in ("dark",) if night else ("light", "dark"):
                            self.places[declaration.name, theme] = place
                elif (name := _meaning(declaration)) is not None:
                    rules = self.rules.dark if night else self.rules.light
                    # A rule of the dark theme stands on what the same selector says for both.
                    before = self.rules.light.get(bare, {}) if night else {}
                    rules[bare] = {**before, **rules.get(bare, {}), name: value}

    def _addresses(self, tokens: Sequence[Any]) -> None:
        for token in tokens:
            if token.type == "url" or (token.type == "function" and token.lower_name == "url"):
                address = (
                    token.value if token.type == "url" else self.css2.serialize(token.arguments).strip("\"' ")
                )
                if not address.startswith("#") and not address.lower().startswith("data:image/"):
                    help = "a card shows nothing from elsewhere: write a picture as a `data:image/` address"
                    self._wrong(token, "this address leads out of the card", help)
            if token.type == "function":
                self._addresses(token.arguments)

    def _wrong(self, node: Any, message: str, help: str) -> None:
        self.faults.append(Fault(self._place(node, ""), message, help))

    def _place(self, node: Any, name: str) -> Span:
        start = min(self.lines[min(node.source_line, len(self.lines)) - 1] + node.source_column - 1, len(self.css))
        stop = re.compile(r"[;}\n]").search(self.css, start)
        end = stop.start() if stop else len(self.css)
        end = start + len(self.css[start:end].rstrip())
        return Span(start, max(end, min(start + max(1, len(name)), len(self.css))))


def _meaning(declaration: Any) -> str | None:
    """The property that a declaration sets, as far as it is a colour of text or of what is behind it."""
    if declaration.name == "background" and _colour(declaration.value):
        return "background-color"
    return declaration.name if declaration.name in ("color", "background-color") else None


def _colour(tokens: Sequence[Any]) -> str | None:
    """The opaque colour that a value is, as #rrggbb."""
    kept = [token for token in tokens if token.type not in ("whitespace", "comment")]
    if len(kept) != 1:
        return None
    from tinycss2.color4 import parse_color

    found = parse_color(kept[0])
    if found is None or isinstance(found, str) or found.alpha != 1:
        return None
    return _hex(*found.to("srgb").coordinates)


def _resolved(value: _Value | None, palette: Mapping[str, str]) -> str | None:
    """The colour of a declaration, with variables as they stand in a theme."""
    if value is None:
        return None
    import tinycss2

    text = tinycss2.serialize(value.tokens).strip()
    variable = re.fullmatch(r"var\(\s*(--[\w-]+)\s*\)", text)
    return palette.get(variable[1]) if variable else _colour(value.tokens)

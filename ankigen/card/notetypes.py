"""The note types: the shape of each kind of note (`ankigen.shape`) with its HTML, style and scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ankigen import shape, theme
from ankigen.markup import plain
from ankigen.model import Kind


@dataclass(frozen=True, slots=True)
class Template:
    """A card template; `id` is permanent. `front` and `back` are HTML with Anki's field replacements."""

    name: str
    id: int
    front: str
    back: str


@dataclass(frozen=True, slots=True)
class NoteType:
    """The note type of a kind of note."""

    kind: Kind
    fields: tuple[shape.Field, ...]
    template: Template
    css: str

    @property
    def is_cloze(self) -> bool:
        """Whether it is of Anki's cloze type."""
        return shape.is_cloze(self.kind)


_INCLUDE = re.compile(r"[ \t]*<!-- include (\S+) -->\n?")
_WORD = re.compile(r"\[\[(\w+)\]\]")


def note_type(kind: Kind, words: Mapping[str, str], accent: str = "", css: str = "") -> NoteType:
    """The note type of a kind: in the words of a deck, with its accent colour and its own style after ours."""

    def in_words(text: str) -> str:
        return _WORD.sub(lambda match: plain(words[match[1]]), text)

    template = Template(
        shape.TEMPLATE_NAMES[kind],
        shape.TEMPLATE_ID,
        in_words(_template(f"{kind}.front.html")),
        in_words(_template(f"{kind}.back.html")),
    )
    style = _style() + (theme.accent_style(accent) if accent else "") + css
    return NoteType(kind, shape.fields_of(kind), template, style)


@cache
def _style() -> str:
    import rcssmin  # loaded where a deck is built, and only there

    return str(rcssmin.cssmin(theme.style()))


@cache
def _template(name: str) -> str:
    """A template with what it includes. Scripts lose what is there for whoever edits them: they travel far."""
    text = (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")
    text = _INCLUDE.sub(lambda match: _template(match[1]), text)
    if name.endswith(".js") and not name.startswith("_"):
        import rjsmin

        return str(rjsmin.jsmin(text)) + "\n"
    return text

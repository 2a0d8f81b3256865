"""The note types: fields, card templates and style of each kind of note.

Their shape is frozen once a deck is released: Anki refuses a package whose note type has a field or template
more or less than the learner's. So each has spare fields, and every field and template has a number of its
own that is never changed nor used again, by which Anki knows it even under a new name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ankigen import theme
from ankigen.markup import plain
from ankigen.model import Kind


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a note type; `id` is permanent."""

    name: str
    id: int


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
    fields: tuple[Field, ...]
    template: Template
    css: str

    @property
    def is_cloze(self) -> bool:
        """Whether it is of Anki's cloze type."""
        return self.kind is Kind.CLOZE


# Numbers of fields: 1 to 19 for what is a kind's own, 20 and on for what all have, 90 and on for the spares.
_OWN: dict[Kind, tuple[Field, ...]] = {
    Kind.CHOICE: (
        Field("Stem", 1),
        Field("Options", 2),
        Field("Answer", 3),
        Field("Explanation", 4),
        Field("Hint", 5),
    ),
    Kind.RECALL: (Field("Stem", 1), Field("Answer", 3), Field("Explanation", 4), Field("Hint", 5)),
    Kind.CLOZE: (Field("Text", 1), Field("Explanation", 4), Field("Hint", 5)),
    Kind.CONCEPT: (Field("Title", 1), Field("Overview", 2), Field("Prerequisites", 3)),
    Kind.SECTION: (Field("Prompt", 1), Field("Heading", 2), Field("Body", 3), Field("Headings", 4)),
}
_SHARED = (
    Field("References", 20),
    Field("Concept", 21),
    Field("Summary", 22),
    Field("Topic", 23),
    Field("Difficulty", 24),
    Field("Language", 25),
    Field("Direction", 26),
    Field("ID", 27),
    Field("Level", 28),
    Field("Spare 1", 91),
    Field("Spare 2", 92),
    Field("Spare 3", 93),
    Field("Spare 4", 94),
    Field("Spare 5", 95),
)
_CARD_NAMES = {
    Kind.CHOICE: "Choice",
    Kind.RECALL: "Recall",
    Kind.CLOZE: "Cloze",
    Kind.CONCEPT: "Concept",
    Kind.SECTION: "Section",
}
_INCLUDE = re.compile(r"[ \t]*<!-- include (\S+) -->\n?")
_WORD = re.compile(r"\[\[(\w+)\]\]")


def fields_of(kind: Kind) -> tuple[Field, ...]:
    """The fields of a kind's notes, in their order."""
    return _OWN[kind] + _SHARED


def note_type(kind: Kind, words: Mapping[str, str], accent: str = "", css: str = "") -> NoteType:
    """The note type of a kind: in the words of a deck, with its accent colour and its own style after ours."""

    def in_words(text: str) -> str:
        return _WORD.sub(lambda match: plain(words[match[1]]), text)

    template = Template(
        _CARD_NAMES[kind], 1, in_words(_template(f"{kind}.front.html")), in_words(_template(f"{kind}.back.html"))
    )
    style = _style() + (theme.accent_style(accent) if accent else "") + css
    return NoteType(kind, fields_of(kind), template, style)


@cache
def _style() -> str:
    import rcssmin  # loaded where a deck is built, and only there

    return str(rcssmin.cssmin(theme.style()))


@cache
def _template(name: str) -> str:
    """A template with what it includes. Scripts lose what is there for whoever edits them: they travel far."""
    text = (files("ankigen") / "card" / "templates" / name).read_text(encoding="utf-8")
    text = _INCLUDE.sub(lambda match: _template(match[1]), text)
    if name.endswith(".js") and not name.startswith("_"):
        import rjsmin

        return str(rjsmin.jsmin(text)) + "\n"
    return text

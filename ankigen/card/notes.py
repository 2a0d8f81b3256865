"""The content as Anki's notes, in the order in which learners meet them.

In two steps: what is a file's own is rendered by itself, wherever and whenever the file is read; then all of it is
brought together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ankigen.card.media import Media
from ankigen.card.notetypes import NoteType, note_type
from ankigen.labels import instruction, words
from ankigen.markup import Renderer, plain
from ankigen.model import (
    RETIRED_TAG,
    Concept,
    ContentFile,
    Deck,
    Difficulty,
    Kind,
    Option,
    Question,
    Reference,
    Section,
    Status,
    Subdecks,
    Topic,
)
from ankigen.planned import Planned, planned
from ankigen.shape import fields_of
from ankigen.source.text import SourceFile

_RTL_LANGUAGES = frozenset(["ar", "arc", "ckb", "dv", "fa", "he", "khw", "ks", "ps", "sd", "ug", "ur", "yi"])
_RTL_SCRIPTS = frozenset(["adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"])


@dataclass(frozen=True, slots=True)
class SubDeck:
    """A deck in Anki: its names from the top, and the ids that make its own."""

    names: tuple[str, ...]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it goes to Anki.

    `id` is what its identity is made of: the id under which it was released first. `fields` are HTML, by the names
    of its note type's fields. `source` is a digest of what its author asks in it.
    """

    kind: Kind
    id: str
    guid: str
    fields: dict[str, str]
    tags: tuple[str, ...]
    deck: SubDeck
    difficulty: Difficulty | None
    source: str
    retired: bool


@dataclass(frozen=True, slots=True)
class DeckNotes:
    """A deck ready to be packed: notes in the author's order, their note types, media by their packed names."""

    deck: Deck
    description: str
    notes: tuple[Note, ...]
    note_types: dict[Kind, NoteType]
    media: dict[str, Path]


class OwnNote(NamedTuple):
    """What a note has of its item alone. `fields` are those that no other file changes, by name."""

    kind: Kind
    id: str
    guid: str
    status: Status
    fields: dict[str, str]
    source: str


class ItemNotes(NamedTuple):
    """The notes of a concept or a question, rendered, before they know of the other files.

    `concepts` are the ids of those that a question is linked to, or a concept's own. `title`, `summary` (as HTML),
    `topic` and `prerequisites` are a concept's. `media` are the names of the files that the notes show.
    """

    is_concept: bool
    concepts: tuple[str, ...]
    title: str
    summary: str
    topic: str
    prerequisites: tuple[str, ...]
    status: Status
    difficulty: Difficulty | None
    tags: tuple[str, ...]
    notes: tuple[OwnNote, ...]
    media: tuple[str, ...]


class Rendering:
    """Renders the items of content files, one file after the other. With `drafts`, what is a draft, too."""

    def __init__(self, *, drafts: bool = False) -> None:
        self.drafts = drafts
        self._writer: _Writer | None = None

    @property
    def name(self) -> str:
        """What tells its products from others."""
        return "notes with drafts" if self.drafts else "notes"

    def __call__(self, file: ContentFile, deck: Deck) -> tuple[ItemNotes, ...]:
        """The notes of a file's items. Raises OSError where a picture or a sound cannot be read."""
        items: list[Concept | Question] = [*file.concepts, *file.questions]
        return tuple(self._of(deck).item(item) for item in items)

    def overview(self, concept: Concept, deck: Deck) -> str:
        """A concept's parts as HTML, whichever cards the deck makes of them. Raises OSError as well."""
        return self._of(deck).overview(concept)

    def _of(self, deck: Deck) -> _Writer:
        if self._writer is None or self._writer.deck is not deck:
            self._writer = _Writer(deck, self.drafts)
        return self._writer

    def __getstate__(self) -> dict[str, Any]:
        return {"drafts": self.drafts, "_writer": None}


def notes_of(deck: Deck, files: Iterable[tuple[ItemNotes, ...]], *, drafts: bool = False) -> DeckNotes:
    """Make a deck's notes of what was rendered of its files, in the order of their paths.

    The deck has been checked: a concept that is named is there, and so is each picture. Drafts are left out
    unless asked for. Raises OSError where a picture or a sound cannot be read.
    """
    items = [item for file in files for item in file]
    binder = _Binder(deck, items, drafts)
    # Anki deals new cards in this order: whoever comes new to the deck meets the retired ones last.
    notes = tuple(sorted(binder.notes(), key=lambda note: note.retired))
    cards, style = deck.cards, deck.style
    # Packages do not depend on how a system ends its lines.
    css = style.text.replace("\r\n", "\n") if isinstance(style, SourceFile) else ""
    made = {note.kind for note in notes}
    note_types = {kind: note_type(kind, binder.words, cards.accent, css) for kind in Kind if kind in made}
    media = Media(deck.root / "media", deck.media)
    description = _description(deck, Renderer(media.pack))
    for item in items:
        for name in item.media:
            media.pack(name)
    return DeckNotes(deck, description, notes, note_types, media.files())


class _Binder:
    """Brings together what was rendered of the files: a question's card shows its concept's title and summary."""

    def __init__(self, deck: Deck, items: Iterable[ItemNotes], drafts: bool) -> None:
        self.deck = deck
        self.drafts = drafts
        self.words = words(deck.language, deck.cards.labels)
        self.names = {kind: [field.name for field in fields_of(kind)] for kind in Kind}
        self.concepts: dict[str, ItemNotes] = {}
        self.linked: dict[str, list[ItemNotes]] = {}
        for item in items:
            if item.is_concept:
                self.concepts[item.concepts[0]] = item
            else:
                self.linked.setdefault(item.concepts[0], []).append(item)
        self.shared_fields = {
            "Language": plain(deck.language),
            "Direction": direction(deck.language),
        }

    def notes(self) -> Iterator[Note]:
        """All notes: by topic, concept, then the concept's page, its parts, and its questions."""
        topics = {topic.id: index for index, topic in enumerate(self.deck.topics)}
        for concept in sorted(self.concepts.values(), key=lambda each: topics.get(each.topic, len(topics))):
            # A draft keeps its questions back: their cards show its title and its summary.
            kept_back = concept.status is Status.DRAFT and not self.drafts
            topic = self.deck.topic(concept.topic)
            home = self.subdeck(concept, topic)
            shown = self.shared_fields | {
                "Concept": plain(concept.title),
                "Summary": concept.summary,
                "Topic": plain(topic.title) if topic else "",
                "Prerequisites": self.prerequisites(concept),
            }
            for item in (concept, *self.linked.get(concept.concepts[0], ())):
                for each in item.notes:
                    if self.drafts or not (kept_back or each.status is Status.DRAFT):
                        yield self.note(each, item, shown, home)

    def note(self, each: OwnNote, item: ItemNotes, shown: dict[str, str], home: SubDeck) -> Note:
        """A note; `shown` are the fields that its concept fills, and `home` is its deck."""
        given = shown | each.fields
        return Note(
            kind=each.kind,
            id=each.id,
            guid=each.guid,
            fields={name: given.get(name, "") for name in self.names[each.kind]},
            tags=self.tags(each, item),
            deck=home,
            difficulty=item.difficulty,
            source=each.source,
            retired=each.status is Status.RETIRED,
        )

    def prerequisites(self, concept: ItemNotes) -> str:
        first = [self.concepts[id] for id in concept.prerequisites]
        titles = [plain(each.title) for each in first if self.drafts or each.status is not Status.DRAFT]
        return "<ul>" + "".join(f"<li>{title}</li>" for title in titles) + "</ul>" if titles else ""

    def tags(self, each: OwnNote, item: ItemNotes) -> tuple[str, ...]:
        concepts = [self.concepts[id] for id in item.concepts]
        tags = {
            *self.deck.tags,
            *([f"difficulty::{item.difficulty}"] if item.difficulty else []),
            *(f"topic::{linked.topic}" for linked in concepts if linked.topic),
            *(f"concept::{linked.concepts[0]}" for linked in concepts),
            f"kind::{each.kind}",
            *([RETIRED_TAG] if each.status is Status.RETIRED else []),
            *item.tags,
        }
        return tuple(sorted(tags))

    def subdeck(self, concept: ItemNotes, topic: Topic | None) -> SubDeck:
        names, ids = [self.deck.title], [self.deck.id]
        if self.deck.subdecks is not Subdecks.NONE and topic:
            names.append(topic.title)
            ids.append(topic.id)
        if self.deck.subdecks is Subdecks.CONCEPT:
            names.append(concept.title)
            ids.append(concept.concepts[0])
        return SubDeck(tuple(names), tuple(ids))


class _Writer:
    """Renders the items of one deck."""

    def __init__(self, deck: Deck, drafts: bool) -> None:
        self.deck = deck
        self.hidden = frozenset([Status.RETIRED] if drafts else [Status.RETIRED, Status.DRAFT])
        self.media = Media(deck.root / "media", deck.media)
        self.renderer = Renderer(self.media.pack)
        self.words = words(deck.language, deck.cards.labels)

    def item(self, item: Concept | Question) -> ItemNotes:
        """A concept or a question with its notes."""
        self.renderer.shown.clear()
        concept = item if isinstance(item, Concept) else None
        notes = tuple(self.note(each) for each in planned(item, self.deck))
        return ItemNotes(
            is_concept=concept is not None,
            concepts=item.concepts if isinstance(item, Question) else (item.id,),
            title=concept.title if concept else "",
            summary=self.renderer.inline(concept.summary) if concept else "",
            topic=concept.topic if concept else "",
            prerequisites=concept.prerequisites if concept else (),
            status=item.status,
            difficulty=item.difficulty,
            tags=item.tags,
            notes=notes,
            media=tuple(sorted(self.renderer.shown)),
        )

    def note(self, each: Planned) -> OwnNote:
        """What a planned note has of its item."""
        item = each.item
        if isinstance(item, Question):
            fields = self.question(item)
        else:
            fields = self.section(each.part, item) if each.part else self.page(item)
        _, id = each.key(self.deck.released)
        fields |= {
            "Difficulty": item.difficulty.value if item.difficulty else "",
            "Level": plain(self.words[item.difficulty.value]) if item.difficulty else "",
            "Retired": each.status.value if each.status is Status.RETIRED else "",
            "ID": plain(f"{self.deck.id}/{id}"),
        }
        return OwnNote(each.kind, id, each.guid(self.deck), each.status, fields, each.source())

    def page(self, concept: Concept) -> dict[str, str]:
        return {
            "Title": plain(concept.title),
            "Overview": self.overview(concept),
            "References": self.references(concept.references),
        }

    def overview(self, concept: Concept) -> str:
        return "\n".join(
            f"<section>\n<h2>{plain(section.heading)}</h2>\n{self.renderer.block(section.body)}\n</section>"
            for section in self.shown(concept)
        )

    def shown(self, concept: Concept) -> list[Section]:
        """The parts that a concept's page shows: neither retired ones nor drafts."""
        return [section for section in concept.overview if section.status not in self.hidden]

    def section(self, section: Section, concept: Concept) -> dict[str, str]:
        headings = "".join(
            f'<li aria-current="true">{plain(other.heading)}</li>'
            if other is section
            else f"<li>{plain(other.heading)}</li>"
            for other in concept.overview
            if other is section or other.status not in self.hidden
        )
        return {
            "Prompt": self.renderer.inline(section.prompt),
            "Heading": plain(section.heading),
            "Body": self.renderer.block(section.body),
            "Headings": f"<ol>{headings}</ol>" if len(concept.overview) > 1 else "",
            "References": self.references(concept.references),
        }

    def question(self, question: Question) -> dict[str, str]:
        fields = {
            "Explanation": self.renderer.block(question.explanation),
            "Hint": self.renderer.inline(question.hint),
            "References": self.references(question.references),
        }
        if question.kind is Kind.CLOZE:
            fields["Text"] = self.renderer.cloze(question.cloze)
        else:
            fields["Stem"] = self.renderer.block(question.stem)
        if question.kind is Kind.RECALL:
            fields["Answer"] = self.renderer.block(question.answer)
        elif question.kind is Kind.CHOICE:
            fields["Options"] = self.options(question)
            fields["Answer"] = self.answer(question)
        return fields

    def options(self, question: Question) -> str:
        """The options as a form that works without a script, too."""
        count = sum(option.correct for option in question.options)
        kind = "radio" if count == 1 else "checkbox"
        rows = [
            f'<div class="option"{_pin(option)}><label class="tappable"><input type="{kind}" name="option">'
            f'<span class="text">{self.renderer.inline(option.text)}</span></label></div>'
            for option in question.options
        ]
        shuffle = "on" if self.deck.shuffles(question) else "off"
        asked = f'<span class="instruction" aria-live="polite">{plain(instruction(count, self.words))}</span>'
        return "\n".join([
            f'<fieldset class="options" data-choose="{count}" data-shuffle="{shuffle}">',
            f"<legend>{asked}</legend>",
            *rows,
            "</fieldset>",
        ])  # fmt: skip

    def answer(self, question: Question) -> str:
        """The options in the author's order, each with whether it is correct, and why."""
        rows = []
        for option in question.options:
            verdict, sign = ("right", "✓") if option.correct else ("wrong", "✗")
            word = plain(self.words["correct" if option.correct else "not_correct"])
            why = f'\n<div class="why">{self.renderer.inline(option.why)}</div>' if option.why else ""
            rows.append(
                f'<li class="option {verdict}"><span class="mark" aria-hidden="true">{sign}</span>'
                f'<div class="text">{self.renderer.inline(option.text)}</div>'
                f'<span class="verdict">{word}</span>{why}</li>'
            )
        return '<ul class="options">\n' + "\n".join(rows) + "\n</ul>"

    def references(self, references: tuple[Reference, ...]) -> str:
        if not references:
            return ""
        rows = []
        word = plain(self.words["checked"])
        for reference in references:
            url = plain(reference.url)
            shown = plain(reference.title) if reference.title else url.partition("://")[2].rstrip("/")
            checked = f' <span class="checked">{word} {reference.checked}</span>' if reference.checked else ""
            rows.append(f'<li><a href="{url}" rel="noopener noreferrer">{shown}</a>{checked}</li>')
        return "<ul>" + "".join(rows) + "</ul>"


def _description(deck: Deck, renderer: Renderer) -> str:
    """What Anki shows on the deck's page."""
    credit = [
        plain(", ".join(deck.authors)),
        plain(deck.license),
        f'<a href="{plain(deck.homepage)}">{plain(deck.homepage)}</a>' if deck.homepage else "",
        f"version {plain(deck.version)}" if deck.version else "",
    ]
    line = " · ".join(part for part in credit if part)
    return "\n".join(part for part in (renderer.block(deck.description), f"<p>{line}</p>" if line else "") if part)


def _pin(option: Option) -> str:
    return f' data-pin="{option.pin}"' if option.pin else ""


def direction(language: str) -> str:
    """`rtl` or `ltr`, the direction of a language given as a BCP 47 tag."""
    parts = language.lower().split("-")
    script = next((part for part in parts[1:] if len(part) == 4 and part.isalpha()), "")
    if script:
        return "rtl" if script in _RTL_SCRIPTS else "ltr"
    return "rtl" if parts[0] in _RTL_LANGUAGES else "ltr"

"""The content as Anki's notes, in the order in which learners meet them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ankigen.card.media import Media
from ankigen.card.notetypes import NoteType, note_type
from ankigen.labels import instruction, words
from ankigen.markup import Renderer, plain
from ankigen.model import (
    RETIRED_TAG,
    Concept,
    Contents,
    Deck,
    Difficulty,
    Kind,
    Option,
    Question,
    Reference,
    Section,
    Status,
    Subdecks,
)
from ankigen.planned import Planned, planned
from ankigen.shape import fields_of
from ankigen.source.text import SourceFile

Tick = Callable[[], None]
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


def notes_of(contents: Contents, *, drafts: bool = False, tick: Tick = lambda: None) -> DeckNotes:
    """Make a deck's notes.

    The deck has been checked: a concept that is named is there, and so is each picture. Drafts are left out
    unless asked for. `tick` is called once for each concept and question. Raises OSError where a picture or a
    sound cannot be read.
    """
    writer = _Writer(contents, drafts, tick)
    # Anki deals new cards in this order: whoever comes new to the deck meets the retired ones last.
    notes = tuple(sorted(writer.notes(), key=lambda note: note.retired))
    description = writer.description()
    cards = contents.deck.cards
    style = contents.deck.style
    # Packages do not depend on how a system ends its lines.
    css = style.text.replace("\r\n", "\n") if isinstance(style, SourceFile) else ""
    kinds = [kind for kind in Kind if any(note.kind is kind for note in notes)]
    note_types = {kind: note_type(kind, writer.words, cards.accent, css) for kind in kinds}
    return DeckNotes(contents.deck, description, notes, note_types, writer.media.files())


class _Writer:
    def __init__(self, contents: Contents, drafts: bool, tick: Tick) -> None:
        deck = contents.deck
        self.contents = contents
        self.deck = deck
        self.tick = tick
        self.drafts = drafts
        self.hidden = frozenset([Status.RETIRED] if drafts else [Status.RETIRED, Status.DRAFT])
        self.media = Media(deck.root / "media", deck.media)
        self.renderer = Renderer(self.media.pack)
        self.concepts = {concept.id: concept for concept in contents.concepts}
        self.words = words(deck.language, deck.cards.labels)
        self.shared_fields = {
            "Language": plain(deck.language),
            "Direction": direction(deck.language),
        }

    def notes(self) -> Iterator[Note]:
        """All notes: by topic, concept, then the concept's page, its parts, and its questions."""
        topics = {topic.id: index for index, topic in enumerate(self.deck.topics)}
        linked: dict[str, list[Question]] = {}
        for question in self.contents.questions:
            linked.setdefault(question.concepts[0], []).append(question)
        for concept in sorted(self.contents.concepts, key=lambda concept: topics.get(concept.topic, len(topics))):
            # A draft keeps its questions back: their cards show its title and its summary.
            kept_back = concept.status is Status.DRAFT and not self.drafts
            for item in (concept, *linked.get(concept.id, ())):
                self.tick()
                for each in planned(item, self.deck):
                    if self.drafts or not (kept_back or each.status is Status.DRAFT):
                        yield self.note(each, concept)

    def page(self, concept: Concept) -> dict[str, str]:
        overview = "\n".join(
            f"<section>\n<h2>{plain(section.heading)}</h2>\n{self.renderer.block(section.body)}\n</section>"
            for section in self.shown(concept)
        )
        first = [self.concepts[id] for id in concept.prerequisites]
        titles = [plain(each.title) for each in first if self.drafts or each.status is not Status.DRAFT]
        return {
            "Title": plain(concept.title),
            "Overview": overview,
            "Prerequisites": "<ul>" + "".join(f"<li>{title}</li>" for title in titles) + "</ul>" if titles else "",
            "References": self.references(concept.references),
        }

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

    def note(self, each: Planned, concept: Concept) -> Note:
        """A planned note; `concept` is the one that it is shown with."""
        item = each.item
        if each.part:
            fields = self.section(each.part, concept)
        else:
            fields = self.question(item) if isinstance(item, Question) else self.page(item)
        topic = self.deck.topic(concept.topic)
        _, id = each.key(self.deck.released)
        given = self.shared_fields | fields | {
            "Concept": plain(concept.title),
            "Summary": self.renderer.inline(concept.summary),
            "Topic": plain(topic.title) if topic else "",
            "Difficulty": item.difficulty.value if item.difficulty else "",
            "Level": plain(self.words[item.difficulty.value]) if item.difficulty else "",
            "Retired": each.status.value if each.status is Status.RETIRED else "",
            "ID": plain(f"{self.deck.id}/{id}"),
        }  # fmt: skip
        return Note(
            kind=each.kind,
            id=id,
            guid=each.guid(self.deck),
            fields={field.name: given.get(field.name, "") for field in fields_of(each.kind)},
            tags=self.tags(each),
            deck=self.subdeck(concept),
            difficulty=item.difficulty,
            source=each.source(),
            retired=each.status is Status.RETIRED,
        )

    def tags(self, each: Planned) -> tuple[str, ...]:
        item = each.item
        concepts = [self.concepts[id] for id in item.concepts] if isinstance(item, Question) else [item]
        tags = [
            *self.deck.tags,
            *([f"difficulty::{item.difficulty}"] if item.difficulty else []),
            *(f"topic::{linked.topic}" for linked in concepts if linked.topic),
            *(f"concept::{linked.id}" for linked in concepts),
            f"kind::{each.kind}",
            *([RETIRED_TAG] if each.status is Status.RETIRED else []),
            *item.tags,
        ]
        return tuple(sorted(set(tags)))

    def subdeck(self, concept: Concept) -> SubDeck:
        names, ids = [self.deck.title], [self.deck.id]
        topic = self.deck.topic(concept.topic)
        if self.deck.subdecks is not Subdecks.NONE and topic:
            names.append(topic.title)
            ids.append(topic.id)
        if self.deck.subdecks is Subdecks.CONCEPT:
            names.append(concept.title)
            ids.append(concept.id)
        return SubDeck(tuple(names), tuple(ids))

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

    def description(self) -> str:
        """What Anki shows on the deck's page."""
        deck = self.deck
        credit = [
            plain(", ".join(deck.authors)),
            plain(deck.license),
            f'<a href="{plain(deck.homepage)}">{plain(deck.homepage)}</a>' if deck.homepage else "",
            f"version {plain(deck.version)}" if deck.version else "",
        ]
        line = " · ".join(part for part in credit if part)
        return "\n".join(
            part for part in (self.renderer.block(deck.description), f"<p>{line}</p>" if line else "") if part
        )


def _pin(option: Option) -> str:
    return f' data-pin="{option.pin}"' if option.pin else ""


def direction(language: str) -> str:
    """`rtl` or `ltr`, the direction of a language given as a BCP 47 tag."""
    parts = language.lower().split("-")
    script = next((part for part in parts[1:] if len(part) == 4 and part.isalpha()), "")
    if script:
        return "rtl" if script in _RTL_SCRIPTS else "ltr"
    return "rtl" if parts[0] in _RTL_LANGUAGES else "ltr"

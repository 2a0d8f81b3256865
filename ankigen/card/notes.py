"""The content as Anki's notes, in the order in which learners meet them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ankigen.card.media import Media
from ankigen.card.notetypes import NoteType, fields_of, note_type
from ankigen.labels import instruction, words
from ankigen.markup import Renderer, plain
from ankigen.model import (
    Concept,
    ConceptCards,
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

    `id` is what its GUID is made of (the oldest id that it had), unless `guid` gives that. `fields` are
    HTML, by the names of its note type's fields.
    """

    kind: Kind
    id: str
    guid: str
    fields: dict[str, str]
    tags: tuple[str, ...]
    deck: SubDeck
    difficulty: Difficulty | None


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
    notes = tuple(writer.notes())
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
        made = self.deck.cards.concept
        for concept in sorted(self.contents.concepts, key=lambda concept: topics.get(concept.topic, len(topics))):
            self.tick()
            if self.drafts or concept.status is not Status.DRAFT:
                if made in (ConceptCards.PAGE, ConceptCards.BOTH):
                    yield self.page(concept)
                if made in (ConceptCards.SECTIONS, ConceptCards.BOTH):
                    yield from (self.section(section, concept) for section in concept.overview if section.prompt)
            for question in linked.get(concept.id, ()):
                self.tick()
                # A draft keeps its questions back: their cards show its title and its summary.
                if self.drafts or Status.DRAFT not in (question.status, concept.status):
                    yield self.question(question)

    def page(self, concept: Concept) -> Note:
        overview = "\n".join(
            f"<section>\n<h2>{plain(section.heading)}</h2>\n{self.renderer.block(section.body)}\n</section>"
            for section in concept.overview
        )
        first = [self.concepts[id] for id in concept.prerequisites]
        titles = [plain(each.title) for each in first if self.drafts or each.status is not Status.DRAFT]
        fields = {
            "Title": plain(concept.title),
            "Overview": overview,
            "Prerequisites": "<ul>" + "".join(f"<li>{title}</li>" for title in titles) + "</ul>" if titles else "",
            "References": self.references(concept.references),
        }
        return self.note(
            Kind.CONCEPT, _identity(concept), concept.guid, fields, concept, concept.tags, concept.status
        )

    def section(self, section: Section, concept: Concept) -> Note:
        headings = "".join(
            f'<li aria-current="true">{plain(other.heading)}</li>'
            if other is section
            else f"<li>{plain(other.heading)}</li>"
            for other in concept.overview
        )
        fields = {
            "Prompt": self.renderer.inline(section.prompt),
            "Heading": plain(section.heading),
            "Body": self.renderer.block(section.body),
            "Headings": f"<ol>{headings}</ol>" if len(concept.overview) > 1 else "",
            "References": self.references(concept.references),
        }
        id = f"{_identity(concept)}/{section.id}"
        return self.note(Kind.SECTION, id, section.guid, fields, concept, concept.tags, concept.status)

    def question(self, question: Question) -> Note:
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
        return self.note(
            question.kind,
            _identity(question),
            question.guid,
            fields,
            self.concepts[question.concepts[0]],
            question.tags,
            question.status,
            question,
        )

    def note(
        self,
        kind: Kind,
        id: str,
        guid: str,
        fields: dict[str, str],
        concept: Concept,
        tags: tuple[str, ...],
        status: Status,
        question: Question | None = None,
    ) -> Note:
        topic = self.deck.topic(concept.topic)
        difficulty = question.difficulty if question else concept.difficulty
        given = self.shared_fields | fields | {
            "Concept": plain(concept.title),
            "Summary": self.renderer.inline(concept.summary),
            "Topic": plain(topic.title) if topic else "",
            "Difficulty": difficulty.value if difficulty else "",
            "Level": plain(self.words[difficulty.value]) if difficulty else "",
            "ID": plain(f"{self.deck.id}/{id}"),
        }  # fmt: skip
        return Note(
            kind=kind,
            id=id,
            guid=guid,
            fields={field.name: given.get(field.name, "") for field in fields_of(kind)},
            tags=self.tags(kind, concept, tags, status, difficulty, question),
            deck=self.subdeck(concept),
            difficulty=difficulty,
        )

    def tags(
        self,
        kind: Kind,
        concept: Concept,
        own: tuple[str, ...],
        status: Status,
        difficulty: Difficulty | None,
        question: Question | None,
    ) -> tuple[str, ...]:
        concepts = [self.concepts[id] for id in question.concepts] if question else [concept]
        tags = [
            *self.deck.tags,
            *([f"difficulty::{difficulty}"] if difficulty else []),
            *(f"topic::{linked.topic}" for linked in concepts if linked.topic),
            *(f"concept::{linked.id}" for linked in concepts),
            f"kind::{kind}",
            *(["ankigen::retired"] if status is Status.RETIRED else []),
            *own,
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


def _identity(item: Concept | Question) -> str:
    return item.aliases[0] if item.aliases else item.id

"""What the content says: a deck, its concepts and its questions, frozen, each with the place it came from.

Made only from documents that the schemas allow, so nothing here is checked again. Whether the parts fit each
other (a concept that is linked to exists, an id stands once) is for the rules to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from ankigen.diagnostic import Edit, Fix, Location
from ankigen.lock import Lock, LockError
from ankigen.source.markdown import LINK_SIGNS, html_links, links
from ankigen.source.text import SourceFile
from ankigen.source.yaml import Document
from ankigen.source.yaml import Path as DataPath


class Difficulty(StrEnum):
    """How hard a concept or a question is."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class Status(StrEnum):
    """Whether something is released: `draft` not yet, `retired` no longer."""

    DRAFT = "draft"
    READY = "ready"
    RETIRED = "retired"


RETIRED_TAG = "ankigen::retired"
"""The tag of retired notes."""


class Kind(StrEnum):
    """The kinds of notes. A question is one of the first three; a concept makes the other two."""

    CHOICE = "choice"
    RECALL = "recall"
    CLOZE = "cloze"
    CONCEPT = "concept"
    SECTION = "section"


class Subdecks(StrEnum):
    """What has a deck of its own below the deck."""

    NONE = "none"
    TOPIC = "topic"
    CONCEPT = "concept"


class ConceptCards(StrEnum):
    """Which cards are made of a concept."""

    PAGE = "page"
    SECTIONS = "sections"
    BOTH = "both"
    NONE = "none"


class Origin(NamedTuple):
    """Where something was written: a document, and the path to it in there."""

    document: Document
    path: DataPath = ()

    def at(self, *path: str | int) -> Location:
        """The place of a value, or of what lacks it."""
        return self.document.location(self.path + path)

    def key(self, *path: str | int) -> Location:
        """The place of a key."""
        return self.document.location(self.path + path, key=True)

    def within(self, path: DataPath, start: int, end: int) -> Location:
        """The place of the characters `start` to `end` of a text."""
        return self.document.location_in(self.path + path, start, end)

    def fix(self, path: DataPath, start: int, end: int, text: str, *, safe: bool) -> Fix | None:
        """Puts `text` in the place of the characters `start` to `end` of a text, if that can be written there."""
        edit = self.document.edit(self.path + path, start, end, text)
        return Fix((edit,), safe) if edit else None

    def below(self, *path: str | int) -> Origin:
        """The origin of a part."""
        return Origin(self.document, self.path + path)


class Reference(NamedTuple):
    """A web page where something can be read; `checked` is a day as YYYY-MM-DD, or empty."""

    url: str
    title: str
    checked: str


class Topic(NamedTuple):
    """A topic of the deck, with its wanted share of the questions in percent."""

    id: str
    title: str
    weight: float | None


@dataclass(frozen=True, slots=True)
class Cards:
    """Which cards are made, and how they look.

    `accent` is a colour as #rrggbb, and `css` a file by its path from the root; each may be empty. `labels` are
    words of the cards that the author chose.
    """

    concept: ConceptCards
    shuffle: bool
    accent: str
    css: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of a concept's overview. With a `prompt` it makes a card, and then it has an `id`.

    The id is unique in the concept. An alias is a former id: `part` of this concept, or `concept/part`.
    """

    id: str
    heading: str
    body: str
    prompt: str
    status: Status
    guid: str
    aliases: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False)
class Concept:
    """A concept and its overview. Texts that were not given are empty."""

    id: str
    title: str
    topic: str
    difficulty: Difficulty | None
    summary: str
    overview: tuple[Section, ...]
    prerequisites: tuple[str, ...]
    references: tuple[Reference, ...]
    tags: tuple[str, ...]
    status: Status
    guid: str
    aliases: tuple[str, ...]
    origin: Origin


class Option(NamedTuple):
    """One of the things to choose from. `pin` is `last` or empty."""

    text: str
    correct: bool
    why: str
    pin: str


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A question of one of three kinds, with what its file sets for all of its questions already in it."""

    id: str
    kind: Kind
    concepts: tuple[str, ...]
    difficulty: Difficulty
    stem: str
    options: tuple[Option, ...]
    choose: int | None
    answer: str
    cloze: str
    explanation: str
    hint: str
    references: tuple[Reference, ...]
    shuffle: bool | None
    tags: tuple[str, ...]
    status: Status
    guid: str
    aliases: tuple[str, ...]
    origin: Origin


class Text(NamedTuple):
    """A text of the author's as Markdown: what it is called, and where it stands."""

    name: str
    value: str
    origin: Origin
    path: DataPath

    def at(self, start: int, end: int) -> Location:
        """The place of some of its characters."""
        return self.origin.within(self.path, start, end)

    def edit(self, start: int, end: int, text: str) -> Edit | None:
        """What puts `text` in the place of some of its characters, if that can be written there."""
        return self.origin.document.edit((*self.origin.path, *self.path), start, end, text)

    def fix(self, start: int, end: int, text: str, *, safe: bool) -> Fix | None:
        """`edit`, as a fix by itself."""
        return self.origin.fix(self.path, start, end, text, safe=safe)

    def whole(self) -> Location:
        """The place of all of it."""
        return self.origin.at(*self.path)


@dataclass(frozen=True, slots=True, eq=False)
class Deck:
    """What deck.yaml says, and what lies beside it.

    `media` are the names of the files in the media folder, relative to it. `overlooked` are files, relative to
    the root, that are not read because of their name or place, and may be meant to be. `unread` are the files,
    relative to the root, that could not be read: what they hold is unknown, so nothing may be said to be missing
    that could stand in them. They are known when all files have been read. `style` is the file that `cards.css`
    names, or why it cannot be used: what the rules judge and what is packed must be the same. `lock` is what was
    last built of the deck, or why that cannot be told; None where it was never built.
    """

    root: Path
    id: str
    title: str
    version: str
    language: str
    description: str
    authors: tuple[str, ...]
    license: str
    homepage: str
    tags: tuple[str, ...]
    topics: tuple[Topic, ...]
    subdecks: Subdecks
    cards: Cards
    media: frozenset[str]
    overlooked: tuple[str, ...]
    unread: tuple[str, ...]
    origin: Origin
    style: SourceFile | str | None = None
    lock: Lock | LockError | None = None

    @property
    def released(self) -> Lock:
        """What was last built of the deck: nothing where it never was, or where that cannot be told."""
        return self.lock if isinstance(self.lock, Lock) else Lock()

    @property
    def english(self) -> bool:
        """Whether the deck is in English, which some rules read."""
        return self.language.lower().partition("-")[0] == "en"

    def topic(self, id: str) -> Topic | None:
        """The declared topic of this id."""
        return next((topic for topic in self.topics if topic.id == id), None)

    def shuffles(self, question: Question) -> bool:
        """Whether a question's options are shuffled on the card."""
        return self.cards.shuffle if question.shuffle is None else question.shuffle


@dataclass(frozen=True, slots=True)
class ContentFile:
    """One file, read: the document, and the concept or the questions that it holds."""

    document: Document
    concepts: tuple[Concept, ...] = ()
    questions: tuple[Question, ...] = ()


def slugify(text: str) -> str:
    """The id that a text suggests: small Latin letters and digits, joined by dashes. It may be empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:100].rstrip("-")


def deck_of(
    document: Document,
    root: Path,
    media: frozenset[str] = frozenset(),
    overlooked: tuple[str, ...] = (),
) -> Deck:
    """The deck that a valid deck.yaml describes."""
    data: Mapping[str, Any] = document.data
    cards = data.get("cards", {})
    return Deck(
        root=root,
        id=data["id"],
        title=data["title"],
        version=data.get("version", ""),
        language=data.get("language", "en"),
        description=data.get("description", ""),
        authors=tuple(data.get("authors", ())),
        license=data.get("license", ""),
        homepage=data.get("homepage", ""),
        tags=tuple(data.get("tags", ())),
        topics=tuple(
            Topic(id, topic["title"], topic.get("weight")) if isinstance(topic, dict) else Topic(id, topic, None)
            for id, topic in data.get("topics", {}).items()
        ),
        subdecks=Subdecks(data.get("subdecks", "topic")),
        cards=Cards(
            ConceptCards(cards.get("concept", "both")),
            cards.get("shuffle", True),
            cards.get("accent", ""),
            cards.get("css", ""),
            cards.get("labels", {}),
        ),
        media=media,
        overlooked=overlooked,
        unread=(),
        origin=Origin(document),
    )


def concept_of(document: Document) -> Concept:
    """The concept that a valid concept file holds."""
    data: Mapping[str, Any] = document.data
    origin = Origin(document)
    return Concept(
        id=data["id"],
        title=data["title"],
        topic=data.get("topic", ""),
        difficulty=Difficulty(data["difficulty"]) if "difficulty" in data else None,
        summary=data.get("summary", ""),
        overview=tuple(
            Section(
                id=section.get("id", ""),
                heading=section["heading"],
                body=section["body"],
                prompt=section.get("prompt", ""),
                status=Status(section.get("status", "ready")),
                guid=section.get("guid", ""),
                aliases=tuple(section.get("aliases", ())),
                origin=origin.below("overview", index),
            )
            for index, section in enumerate(data["overview"])
        ),
        prerequisites=tuple(data.get("prerequisites", ())),
        references=_references(data),
        tags=tuple(data.get("tags", ())),
        status=Status(data.get("status", "ready")),
        guid=data.get("guid", ""),
        aliases=tuple(data.get("aliases", ())),
        origin=origin,
    )


def questions_of(document: Document) -> tuple[Question, ...]:
    """The questions that a valid question file holds."""
    data: Mapping[str, Any] = document.data
    origin = Origin(document)
    return tuple(
        _question(question, data, origin.below("questions", index))
        for index, question in enumerate(data["questions"])
    )


def _question(data: Mapping[str, Any], file: Mapping[str, Any], origin: Origin) -> Question:
    own = ([data["concept"]] if "concept" in data else []) + data.get("concepts", [])
    return Question(
        id=data["id"],
        kind=Kind.CHOICE if "options" in data else Kind.RECALL if "answer" in data else Kind.CLOZE,
        concepts=tuple(dict.fromkeys(own or [file["concept"]])),
        difficulty=Difficulty(data.get("difficulty") or file["difficulty"]),
        stem=data.get("stem", ""),
        options=tuple(
            Option(option["text"], option.get("correct", False), option.get("why", ""), option.get("pin", ""))
            if isinstance(option, dict)
            else Option(option, False, "", "")
            for option in data.get("options", ())
        ),
        choose=data.get("choose"),
        answer=data.get("answer", ""),
        cloze=data.get("cloze", ""),
        explanation=data.get("explanation", ""),
        hint=data.get("hint", ""),
        references=_references(data),
        shuffle=data.get("shuffle"),
        tags=tuple(dict.fromkeys((*file.get("tags", ()), *data.get("tags", ())))),
        status=Status(data.get("status", "ready")),
        guid=data.get("guid", ""),
        aliases=tuple(data.get("aliases", ())),
        origin=origin,
    )


def _references(data: Mapping[str, Any]) -> tuple[Reference, ...]:
    return tuple(
        Reference(reference["url"], reference.get("title", ""), reference.get("checked", ""))
        if isinstance(reference, dict)
        else Reference(reference, "", "")
        for reference in data.get("references", ())
    )


TEXTS = (
    *("description", "summary", "body", "prompt"),
    *("stem", "option", "why", "answer", "cloze", "explanation", "hint"),
)
"""The names of the texts that are Markdown."""


@lru_cache(maxsize=64)
def texts_of(item: Deck | Concept | Question) -> tuple[Text, ...]:
    """Every text of the item that is Markdown, in the order of the format's description."""
    return tuple(_texts(item))


@lru_cache(maxsize=64)
def all_text(item: Deck | Concept | Question) -> str:
    """All of these texts in one, to see what is in none of them."""
    return "\n".join([text.value for text in texts_of(item)])


def _texts(item: Deck | Concept | Question) -> Iterator[Text]:
    origin = item.origin

    def texts(*names: str) -> Iterator[Text]:
        for name in names:
            if value := getattr(item, name):
                yield Text(name, value, origin, (name,))

    if isinstance(item, Deck):
        yield from texts("description")
    elif isinstance(item, Concept):
        yield from texts("summary")
        for section in item.overview:
            yield Text("body", section.body, section.origin, ("body",))
            if section.prompt:
                yield Text("prompt", section.prompt, section.origin, ("prompt",))
    else:
        yield from texts("stem")
        written = origin.document.value((*origin.path, "options")) if item.options else ()
        for index, option in enumerate(item.options):
            place: DataPath = ("options", index)
            is_mapping = isinstance(written[index], dict)
            yield Text("option", option.text, origin, (*place, "text") if is_mapping else place)
            if option.why:
                yield Text("why", option.why, origin, (*place, "why"))
        yield from texts("answer", "cloze", "explanation", "hint")


def addresses_of(item: Deck | Concept | Question) -> Iterator[tuple[str, Callable[[], Location]]]:
    """Every web address of the item, and what tells where it stands: in its references, or in a link of a text."""
    if isinstance(item, Deck):
        if item.homepage:
            yield item.homepage, partial(item.origin.at, "homepage")
    else:
        for index, reference in enumerate(item.references):
            whole = item.origin.document.value((*item.origin.path, "references", index))
            below = ("url",) if isinstance(whole, dict) else ()
            yield reference.url, partial(item.origin.at, "references", index, *below)
    if not any(sign in all_text(item) for sign in LINK_SIGNS):
        return
    for text in texts_of(item):
        for link in (*links(text.value), *html_links(text.value)):
            if link.address.lower().startswith(("http:", "https:")):
                yield link.address, partial(text.at, link.start, link.end)


def tags_in(document: Document) -> Iterator[tuple[str, DataPath]]:
    """Every tag that an author wrote in a file, with the way to it: the file's own, and its questions'."""
    holders: list[tuple[DataPath, Mapping[str, Any]]] = [((), document.data)]
    for index, question in enumerate(document.data.get("questions", ())):
        holders.append((("questions", index), question))
    for path, holder in holders:
        for index, tag in enumerate(holder.get("tags", ())):
            yield tag, (*path, "tags", index)


def option_text(question: Question, index: int) -> Text:
    """The text of an option."""
    return [text for text in texts_of(question) if text.name == "option"][index]


def option_at(question: Question, index: int) -> Location:
    """The place of an option's text."""
    return option_text(question, index).whole()

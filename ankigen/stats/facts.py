"""What is kept of each concept and question to count it: small records that travel between processes."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from ankigen.lint.words import content_words, lengths
from ankigen.markup import gaps, rendered
from ankigen.model import Concept, ContentFile, Deck, Difficulty, Kind, Question, Status
from ankigen.planned import planned
from ankigen.source.markdown import words


class PartFacts(NamedTuple):
    """A part of a concept that has a prompt: its id as `concept/part`, and the words of its body.

    It is retired where it or the concept is, else a draft where one of the two is.
    """

    id: str
    status: Status
    words: int


class ConceptFacts(NamedTuple):
    """A concept. `cards` are the statuses of the notes that it makes, its page and its parts."""

    id: str
    title: str
    topic: str
    status: Status
    prerequisites: tuple[str, ...]
    parts: tuple[PartFacts, ...]
    cards: tuple[Status, ...]


class OptionFacts(NamedTuple):
    """An option: whether it is right, its characters, and how many words of the stem's it has."""

    correct: bool
    length: int
    shared: int


class QuestionFacts(NamedTuple):
    """A question. `stem` are the words of its stem, or of the text with the gaps; `back` those that the back adds.

    The back adds the answer, why options are right or wrong, and the explanation. `cards` is how many it makes.
    `shuffled` is whether its options are.
    """

    id: str
    kind: Kind
    concepts: tuple[str, ...]
    difficulty: Difficulty
    status: Status
    stem: int
    back: int
    cards: int
    shuffled: bool
    options: tuple[OptionFacts, ...]


ItemFacts: TypeAlias = ConceptFacts | QuestionFacts
_BY_RANK = (Status.RETIRED, Status.DRAFT, Status.READY)
NAME = "numbers"
"""What tells these facts from what else is made of files (`Making`)."""


def facts_of(file: ContentFile, deck: Deck) -> tuple[ItemFacts, ...]:
    """The facts of a file's items."""
    return (
        *(_concept(concept, deck) for concept in file.concepts),
        *(_question(question, deck) for question in file.questions),
    )


def _concept(concept: Concept, deck: Deck) -> ConceptFacts:
    parts = [
        PartFacts(
            f"{concept.id}/{part.id}",
            next(status for status in _BY_RANK if status in (part.status, concept.status)),
            len(words(part.body)),
        )
        for part in concept.overview
        if part.prompt
    ]
    return ConceptFacts(
        concept.id,
        concept.title,
        concept.topic,
        concept.status,
        concept.prerequisites,
        tuple(parts),
        tuple(note.status for note in planned(concept, deck)),
    )


def _question(question: Question, deck: Deck) -> QuestionFacts:
    stem = content_words(question.stem)
    options = [
        OptionFacts(option.correct, length, len(stem & content_words(option.text)))
        for option, length in zip(question.options, lengths(question), strict=True)
    ]
    added = (question.answer, question.explanation, *(option.why for option in question.options))
    return QuestionFacts(
        question.id,
        question.kind,
        question.concepts,
        question.difficulty,
        question.status,
        len(words(question.stem or question.cloze)),
        sum(len(words(text)) for text in added),
        len({gap.number for gap in gaps(rendered(question.cloze))}) if question.kind is Kind.CLOZE else 1,
        deck.shuffles(question),
        tuple(options),
    )

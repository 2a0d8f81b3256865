"""A content root, checked and rendered as far as it can be, with each finding brought to what it is about."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ankigen.card.notes import DeckNotes, ItemNotes, Note, Rendering, notes_of
from ankigen.diagnostic import Diagnostic, Severity, Span
from ankigen.lint.engine import Checked
from ankigen.lint.words import plain
from ankigen.model import Concept, ContentFile, Deck, Kind, Question, Topic
from ankigen.stats.facts import ItemFacts, facts_of

_LONGEST_LABEL = 160
# What opens a gap of a cloze, and what closes it with its hint.
_GAP_MARKS = re.compile(r"\{\{c[0-9]+::|\}\}|::[^{}]*(\}\})?")


class Entry(NamedTuple):
    """A concept or a question: what it is called, where it stands, and what its cards are made of.

    `overview` is a concept's text as HTML, its parts one after the other.
    """

    id: str
    kind: Kind
    label: str
    path: str
    span: Span
    line: int
    item: ItemNotes
    facts: ItemFacts
    overview: str


class Looking:
    """Makes the entries of content files, one file after the other."""

    name = "entries"

    def __init__(self) -> None:
        self._rendering = Rendering(drafts=True)

    def __call__(self, file: ContentFile, deck: Deck) -> tuple[Entry, ...]:
        """The entries of a file. Raises OSError where a picture or a sound cannot be read."""
        items: list[Concept | Question] = [*file.concepts, *file.questions]
        made = self._rendering(file, deck)
        facts = facts_of(file, deck)
        return tuple(self._entry(*each, deck) for each in zip(items, made, facts, strict=True))

    def _entry(self, item: Concept | Question, notes: ItemNotes, facts: ItemFacts, deck: Deck) -> Entry:
        if isinstance(item, Concept):
            kind, text, overview = Kind.CONCEPT, item.title, self._rendering.overview(item, deck)
        else:
            kind, text, overview = item.kind, item.stem or _without_gaps(item.cloze), ""
        place = item.origin.at()
        label = _short(plain(text))
        return Entry(item.id, kind, label, place.path, place.span, place.start.line, notes, facts, overview)


def _without_gaps(cloze: str) -> str:
    """A cloze as the text that it hides."""
    # What looks like a hint and ends none is found, too: to look for its end from each `::` would take for ever.
    return _GAP_MARKS.sub(lambda mark: mark[0] if mark[0].startswith("::") and not mark[1] else "", cloze)


def _short(label: str) -> str:
    if len(label) <= _LONGEST_LABEL:
        return label
    cut = label[: _LONGEST_LABEL - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(".,;: ") + "…"


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with its notes and with the findings about it."""

    entry: Entry
    notes: tuple[Note, ...]
    findings: tuple[Diagnostic, ...]

    @property
    def severities(self) -> str:
        """Which severities there are among the findings, in words."""
        return " ".join(dict.fromkeys(each.severity for each in self.findings))

    @property
    def worst(self) -> Severity | None:
        """The worst of the findings; None where all is well."""
        if not self.findings:
            return None
        found = {each.severity for each in self.findings}
        return next((severity for severity in Severity if severity in found), None)


@dataclass(frozen=True, slots=True)
class ShownConcept:
    """A concept with its questions, in the order of the cards."""

    concept: Shown
    questions: tuple[Shown, ...]

    @property
    def items(self) -> tuple[Shown, ...]:
        """The concept itself, then its questions."""
        return (self.concept, *self.questions)


@dataclass(frozen=True, slots=True)
class ShownTopic:
    """A topic with its concepts; `topic` is None for those that have none."""

    topic: Topic | None
    concepts: tuple[ShownConcept, ...]


@dataclass(frozen=True, slots=True)
class Aside:
    """An entry that is on no page, since another has its id, or since its concept is not there."""

    entry: Entry
    reason: str


@dataclass(frozen=True, slots=True)
class DeckView:
    """A deck as it can be shown.

    `broken` are the files, by their paths, that could not be read, with their findings.
    """

    deck: Deck
    notes: DeckNotes
    topics: tuple[ShownTopic, ...]
    aside: tuple[Aside, ...]
    broken: Mapping[str, tuple[Diagnostic, ...]]


def view_of(checked: Checked) -> DeckView:
    """What can be shown of a root that was checked with `Looking`, and whose deck.yaml is valid.

    Raises OSError where a picture or a sound cannot be read any more.
    """
    deck = checked.deck
    assert deck is not None
    every: list[Entry] = [entry for file in checked.made for entry in file]
    concepts, questions, aside = _placed(every)
    notes = notes_of(deck, [tuple(entry.item for entry in (*concepts.values(), *questions))], drafts=True)
    by_key = {(note.kind, note.id): note for note in notes.notes}
    findings = _Findings(checked.diagnostics, every)

    def shown(entry: Entry) -> Shown:
        own = (by_key.get((each.kind, each.id)) for each in entry.item.notes)
        return Shown(entry, tuple(note for note in own if note), findings.about(entry))

    linked: dict[str, list[Shown]] = {}
    for question in questions:
        linked.setdefault(question.item.concepts[0], []).append(shown(question))
    of_topic: dict[str, list[ShownConcept]] = {}
    for concept in concepts.values():
        known = deck.topic(concept.item.topic)
        of_topic.setdefault(known.id if known else "", []).append(
            ShownConcept(shown(concept), tuple(linked.get(concept.id, ())))
        )
    topics = [ShownTopic(topic, tuple(of_topic.get(topic.id, ()))) for topic in deck.topics]
    if "" in of_topic or not topics:
        topics.append(ShownTopic(None, tuple(of_topic.get("", ()))))
    broken = {
        path: tuple(each for each in checked.diagnostics if each.location.path == path)
        for path in sorted((checked.root / relative).as_posix() for relative in deck.unread)
    }
    return DeckView(deck, notes, tuple(topics), tuple(aside), broken)


def _placed(every: Iterable[Entry]) -> tuple[dict[str, Entry], list[Entry], list[Aside]]:
    """The concepts by their ids, the questions that belong to them, and what has no place."""
    concepts: dict[str, Entry] = {}
    questions: dict[str, Entry] = {}
    aside: list[Aside] = []
    for entry in every:
        taken = concepts if entry.kind is Kind.CONCEPT else questions
        if taken.setdefault(entry.id, entry) is not entry:
            aside.append(Aside(entry, f"another {'concept' if taken is concepts else 'question'} has the same id"))
    for id, concept in concepts.items():
        # One that is not there is a finding, and no reason to hide the page.
        prerequisites = tuple(each for each in concept.item.prerequisites if each in concepts)
        concepts[id] = concept._replace(item=concept.item._replace(prerequisites=prerequisites))
    kept = []
    for question in questions.values():
        missing = next((id for id in question.item.concepts if id not in concepts), None)
        if missing is None:
            kept.append(question)
        else:
            aside.append(Aside(question, f"there is no concept `{missing}`"))
    return concepts, kept, aside


class _Findings:
    """Findings by the entry that they stand in."""

    def __init__(self, diagnostics: Iterable[Diagnostic], entries: Iterable[Entry]) -> None:
        spans: dict[str, list[tuple[int, int]]] = {}
        for entry in entries:
            spans.setdefault(entry.path, []).append((entry.span.start, entry.span.end))
        for each in spans.values():
            each.sort()
        self._about: dict[tuple[str, int], list[Diagnostic]] = {}
        for diagnostic in diagnostics:
            path, at = diagnostic.location.path, diagnostic.location.span.start
            of_file = spans.get(path, [])
            nearest = bisect_right(of_file, (at, 2**62)) - 1
            if nearest >= 0 and at <= of_file[nearest][1]:
                self._about.setdefault((path, of_file[nearest][0]), []).append(diagnostic)

    def about(self, entry: Entry) -> tuple[Diagnostic, ...]:
        """The findings in an entry, in the order of the report."""
        return tuple(self._about.get((entry.path, entry.span.start), ()))


def notes_in(view: DeckView) -> Iterator[tuple[Shown, Note]]:
    """Every note with the entry that it belongs to, in the order of the pages."""
    for topic in view.topics:
        for concept in topic.concepts:
            for shown in concept.items:
                for note in shown.notes:
                    yield shown, note

"""The numbers of a deck: plain values, the same for the same content.

They are of what learners get: retired items are left out, and so are drafts unless asked for, with the questions
whose first concept is a draft, as `ankigen build` does. (The rules D002 to D004 look at all that is written,
whatever its status.) All shares are in percent, as the weights of topics are.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from ankigen.lint.blueprint import questions_by_topic, share_of
from ankigen.lint.words import sole_longest
from ankigen.model import Deck, Difficulty, Kind, Status
from ankigen.stats.facts import ConceptFacts, ItemFacts, PartFacts, QuestionFacts
from ankigen.stats.guessing import blind, expected, led

_LONGEST = 5  # texts that are named


@dataclass(frozen=True, slots=True)
class Some:
    """How many concepts, questions, and parts with a prompt."""

    concepts: int
    questions: int
    parts: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is. `cards` are those that a build makes, with the retired ones.

    `drafts` and `retired` tell how many items are such; drafts are in the other counts only where they are asked
    for.
    """

    concepts: int
    questions: int
    choice: int
    recall: int
    cloze: int
    parts: int
    cards: int
    drafts: Some
    retired: Some


@dataclass(frozen=True, slots=True)
class Mix:
    """How many questions are how hard."""

    easy: int
    medium: int
    hard: int


@dataclass(frozen=True, slots=True)
class TopicNumbers:
    """A topic: how many questions it has, their share, the weight that deck.yaml wants, and how hard they are.

    What has no topic has "" for an id; of a topic that is not declared, the title is the id.
    """

    id: str
    title: str
    questions: int
    share: float
    weight: float | None
    difficulty: Mix


@dataclass(frozen=True, slots=True)
class ConceptNumbers:
    """A concept: how many questions are linked to it, first or not, and how many of its parts have a prompt."""

    id: str
    title: str
    topic: str
    questions: int
    parts: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What asks for concepts: `asked` is how many have a question.

    `parts_only` are the ids of those that have only parts with a prompt, and `unasked` of those that have neither.
    """

    asked: int
    parts_only: tuple[str, ...]
    unasked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guessing:
    """Expected shares of questions answered right without knowledge (see `ankigen.stats.guessing`).

    `questions` are the choice questions with right and wrong options. `chance` is a blind guess; `longest` always
    takes the options with most characters, `echo` those that have most words in common with the stem. None where
    there are no questions.
    """

    questions: int
    chance: float | None
    longest: float | None
    echo: float | None


@dataclass(frozen=True, slots=True)
class Places:
    """Of the questions with so many options and one right: how often that is the first, the second and so on."""

    options: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyPlaces:
    """Where the right option stands as written, in questions with one; `fixed` of them are not shuffled."""

    questions: int
    fixed: int
    by_options: tuple[Places, ...]


@dataclass(frozen=True, slots=True)
class KeyLengths:
    """How long right options are, in characters.

    `ratio` is the mean, over `questions` with right and wrong options that are not empty, of the right ones' mean
    length by the wrong ones'. Of the `judged` questions, those with one right option and with one that is longer
    than each other, `longest` is in how many the two are the same, and `chance` the share that chance makes: the
    mean of one by the number of options (as rule D003 has it).
    """

    questions: int
    ratio: float | None
    judged: int
    longest: int
    chance: float | None


@dataclass(frozen=True, slots=True)
class Long:
    """A text: the id of its question, or of its part as `concept/part`, and the number of its words."""

    id: str
    words: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of some texts: the fewest, the median, the 90th percentile (of the nearest rank), the most.

    `longest` are the longest few that have any, the longest first. All are None where there are no texts.
    """

    texts: int
    least: int | None
    median: float | None
    ninetieth: int | None
    most: int | None
    longest: tuple[Long, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of stems, of backs, and of the bodies of parts with a prompt.

    Of a cloze, the stem is its text. A back is what it adds: the answer, why options are right or wrong, and the
    explanation.
    """

    stems: Reading
    backs: Reading
    parts: Reading


@dataclass(frozen=True, slots=True)
class Edge:
    """A concept and one of its prerequisites."""

    concept: str
    prerequisite: str


@dataclass(frozen=True, slots=True)
class Prerequisites:
    """Which concepts build on which, by their ids.

    `starts` build on nothing and are built on, `ends` are the reverse, `alone` are neither. `chain` is the longest
    way of concepts each of which builds on the one before, and `depth` the number of its concepts; None, and no
    chain, where prerequisites lead in a circle.
    """

    edges: tuple[Edge, ...]
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    alone: tuple[str, ...]
    depth: int | None
    chain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of one deck. `drafts` is whether these count; topics and concepts are in the deck's order."""

    id: str
    title: str
    drafts: bool
    counts: Counts
    difficulty: Mix
    topics: tuple[TopicNumbers, ...]
    concepts: tuple[ConceptNumbers, ...]
    coverage: Coverage
    guessing: Guessing
    key_places: KeyPlaces
    key_lengths: KeyLengths
    texts: Texts
    prerequisites: Prerequisites

    @property
    def is_weighted(self) -> bool:
        """Whether deck.yaml says how much of the deck a topic is to be."""
        return any(topic.weight is not None for topic in self.topics)


def numbers_of(deck: Deck, facts: Iterable[ItemFacts], *, drafts: bool = False) -> Numbers:
    """The numbers of a deck, by the facts of its items in the order of their files.

    With `drafts`, drafts are counted, too. The deck may have errors: what is linked to a concept that is not there
    has no topic, and of two concepts with one id the first counts.
    """
    items = list(facts)
    every = _Deck(deck, items)
    left_out = frozenset([Status.RETIRED] if drafts else [Status.RETIRED, Status.DRAFT])
    concepts = [concept for concept in every.concepts.values() if concept.status not in left_out]
    parts = [part for concept in concepts for part in concept.parts if part.status not in left_out]
    questions = [question for question in every.questions if every.status(question) not in left_out]
    listed = _concepts(concepts, questions, left_out)
    return Numbers(
        id=deck.id,
        title=deck.title,
        drafts=drafts,
        counts=_counts(every, concepts, questions, parts, drafts),
        difficulty=_mix(questions),
        topics=_topics(every, questions),
        concepts=listed,
        coverage=_coverage(listed),
        guessing=_guessing(questions),
        key_places=_key_places(questions),
        key_lengths=_key_lengths(questions),
        texts=Texts(
            _reading([Long(question.id, question.stem) for question in questions]),
            _reading([Long(question.id, question.back) for question in questions]),
            _reading([Long(part.id, part.words) for part in parts]),
        ),
        prerequisites=_prerequisites(concepts),
    )


class _Deck:
    """All items of a deck, its concepts by their ids in the deck's order: by topic, then by file."""

    def __init__(self, deck: Deck, items: Iterable[ItemFacts]) -> None:
        self.deck = deck
        self.questions: list[QuestionFacts] = []
        concepts: dict[str, ConceptFacts] = {}
        for item in items:
            if isinstance(item, QuestionFacts):
                self.questions.append(item)
            else:
                concepts.setdefault(item.id, item)
        order = {topic.id: index for index, topic in enumerate(deck.topics)}
        ordered = sorted(concepts.values(), key=lambda concept: order.get(concept.topic, len(order)))
        self.concepts = {concept.id: concept for concept in ordered}

    def is_kept_back(self, question: QuestionFacts) -> bool:
        """Whether a question is linked first to a concept that is a draft: a build leaves it out."""
        home = self.concepts.get(question.concepts[0])
        return home is not None and home.status is Status.DRAFT

    def status(self, question: QuestionFacts) -> Status:
        """A question's status; one that is kept back is a draft."""
        kept_back = question.status is Status.READY and self.is_kept_back(question)
        return Status.DRAFT if kept_back else question.status

    def cards(self, *, drafts: bool) -> int:
        """How many cards a build makes."""
        notes = [(1, status is Status.DRAFT) for concept in self.concepts.values() for status in concept.cards]
        notes += [
            (question.cards, question.status is Status.DRAFT or self.is_kept_back(question))
            for question in self.questions
        ]
        return sum(count for count, is_draft in notes if drafts or not is_draft)

    def some(self, status: Status) -> Some:
        """How many items have a status."""
        parts = (part for concept in self.concepts.values() for part in concept.parts)
        return Some(
            sum(concept.status is status for concept in self.concepts.values()),
            sum(self.status(question) is status for question in self.questions),
            sum(part.status is status for part in parts),
        )


def _counts(
    every: _Deck,
    concepts: Sequence[ConceptFacts],
    questions: Sequence[QuestionFacts],
    parts: Sequence[PartFacts],
    drafts: bool,
) -> Counts:
    kinds = Counter(question.kind for question in questions)
    return Counts(
        concepts=len(concepts),
        questions=len(questions),
        choice=kinds[Kind.CHOICE],
        recall=kinds[Kind.RECALL],
        cloze=kinds[Kind.CLOZE],
        parts=len(parts),
        cards=every.cards(drafts=drafts),
        drafts=every.some(Status.DRAFT),
        retired=every.some(Status.RETIRED),
    )


def _mix(questions: Iterable[QuestionFacts]) -> Mix:
    counts = Counter(question.difficulty for question in questions)
    return Mix(*(counts[level] for level in Difficulty))


def _topics(every: _Deck, questions: Sequence[QuestionFacts]) -> tuple[TopicNumbers, ...]:
    """The declared topics, then those that questions have besides."""
    topic_of = {id: concept.topic for id, concept in every.concepts.items()}
    counts = questions_by_topic(topic_of, (question.concepts[0] for question in questions))
    asked: dict[str, list[QuestionFacts]] = {}
    for question in questions:
        asked.setdefault(topic_of.get(question.concepts[0], ""), []).append(question)
    declared = {topic.id: topic for topic in every.deck.topics}
    others = sorted(counts.keys() - declared.keys(), key=lambda id: (not id, id))
    found = []
    for id in (*declared, *others):
        topic = declared.get(id)
        share = share_of(counts[id], counts.total())
        title, weight = (topic.title, topic.weight) if topic else (id, None)
        found.append(TopicNumbers(id, title, counts[id], share, weight, _mix(asked.get(id, ()))))
    return tuple(found)


def _concepts(
    concepts: Iterable[ConceptFacts], questions: Iterable[QuestionFacts], left_out: frozenset[Status]
) -> tuple[ConceptNumbers, ...]:
    linked = Counter(id for question in questions for id in question.concepts)
    return tuple(
        ConceptNumbers(
            concept.id,
            concept.title,
            concept.topic,
            linked[concept.id],
            sum(part.status not in left_out for part in concept.parts),
        )
        for concept in concepts
    )


def _coverage(concepts: Sequence[ConceptNumbers]) -> Coverage:
    without = [concept for concept in concepts if not concept.questions]
    return Coverage(
        len(concepts) - len(without),
        tuple(concept.id for concept in without if concept.parts),
        tuple(concept.id for concept in without if not concept.parts),
    )


def _has_both(question: QuestionFacts) -> bool:
    """Whether some options are right, and some are not."""
    return len({option.correct for option in question.options}) == 2


def _guessing(questions: Iterable[QuestionFacts]) -> Guessing:
    asked = [question for question in questions if _has_both(question)]

    def score(ways: Callable[[QuestionFacts, list[bool]], int]) -> float | None:
        share = expected(ways(question, [option.correct for option in question.options]) for question in asked)
        return None if share is None else float(100 * share)

    return Guessing(
        len(asked),
        score(lambda _, right: blind(right)),
        score(lambda question, right: led(right, [option.length for option in question.options])),
        score(lambda question, right: led(right, [option.shared for option in question.options])),
    )


def _key(question: QuestionFacts) -> int | None:
    """The place of the right option, where there is one alone."""
    keys = [index for index, option in enumerate(question.options) if option.correct]
    return keys[0] if len(keys) == 1 else None


def _key_places(questions: Iterable[QuestionFacts]) -> KeyPlaces:
    found: dict[int, Counter[int]] = {}
    fixed = 0
    for question in questions:
        if (key := _key(question)) is not None:
            found.setdefault(len(question.options), Counter())[key] += 1
            fixed += not question.shuffled
    by_options = [Places(size, tuple(found[size][place] for place in range(size))) for size in sorted(found)]
    return KeyPlaces(sum(sum(places.counts) for places in by_options), fixed, tuple(by_options))


def _key_lengths(questions: Iterable[QuestionFacts]) -> KeyLengths:
    ratios: list[float] = []
    chances: list[Fraction] = []
    longest = 0
    for question in questions:
        keys = [option.length for option in question.options if option.correct]
        others = [option.length for option in question.options if not option.correct]
        if sum(keys) and sum(others):
            ratios.append(sum(keys) * len(others) / (len(keys) * sum(others)))
        sole = sole_longest([option.length for option in question.options])
        if sole is not None and (key := _key(question)) is not None:
            chances.append(Fraction(1, len(question.options)))
            longest += sole == key
    return KeyLengths(
        len(ratios),
        math.fsum(ratios) / len(ratios) if ratios else None,
        len(chances),
        longest,
        float(100 * sum(chances) / len(chances)) if chances else None,
    )


def _reading(texts: Sequence[Long]) -> Reading:
    if not texts:
        return Reading(0, None, None, None, None, ())
    ordered = sorted(texts, key=lambda text: (-text.words, text.id))
    counts = [text.words for text in reversed(ordered)]
    return Reading(
        len(counts),
        counts[0],
        float(median(counts)),
        counts[math.ceil(len(counts) * 9 / 10) - 1],
        counts[-1],
        tuple(text for text in ordered[:_LONGEST] if text.words),
    )


def _prerequisites(concepts: Sequence[ConceptFacts]) -> Prerequisites:
    known = {concept.id for concept in concepts}
    before = {
        concept.id: [id for id in dict.fromkeys(concept.prerequisites) if id in known] for concept in concepts
    }
    built_on = {id for needed in before.values() for id in needed}
    chain = _longest_chain(before)
    return Prerequisites(
        edges=tuple(Edge(id, needed) for id, each in before.items() for needed in each),
        starts=tuple(id for id, needed in before.items() if not needed and id in built_on),
        ends=tuple(id for id, needed in before.items() if needed and id not in built_on),
        alone=tuple(id for id, needed in before.items() if not needed and id not in built_on),
        depth=None if chain is None else len(chain),
        chain=chain or (),
    )


def _longest_chain(before: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """The longest way through the prerequisites, of several the first; None where they lead in a circle."""
    after: dict[str, list[str]] = {id: [] for id in before}
    for id, needed in before.items():
        for each in needed:
            after[each].append(id)
    left = {id: len(needed) for id, needed in before.items()}
    depths: dict[str, int] = {}
    ready = [id for id, count in left.items() if not count]
    while ready:
        id = ready.pop()
        depths[id] = 1 + max((depths[each] for each in before[id]), default=0)
        for each in after[id]:
            left[each] -= 1
            if not left[each]:
                ready.append(each)
    if len(depths) < len(before):
        return None
    # From the deepest concept back to a start, by a prerequisite that is one less deep.
    way: list[str] = []
    some: Sequence[str] = list(before)
    while some:
        depth = max(depths[id] for id in some)
        way.append(next(id for id in some if depths[id] == depth))
        some = before[way[-1]]
    return tuple(reversed(way))

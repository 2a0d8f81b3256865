"""Every number of small decks, computed by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankigen.lint.cache import MEMORY, Cache, dump
from ankigen.lint.engine import check
from ankigen.lint.read import Making
from ankigen.model import Difficulty, Kind, Status
from ankigen.source.discover import Target
from ankigen.stats.facts import NAME, ConceptFacts, ItemFacts, OptionFacts, QuestionFacts, facts_of
from ankigen.stats.numbers import (
    ConceptNumbers,
    Counts,
    Coverage,
    Edge,
    Guessing,
    KeyLengths,
    KeyPlaces,
    Long,
    Mix,
    Numbers,
    Places,
    Reading,
    Some,
    TopicNumbers,
    numbers_of,
)
from tests.conftest import DATA, DECK, ankigen, checked, copy_of, notes, write_tree

SEA = DATA / "stats/deck"


def facts(root: Path) -> list[ItemFacts]:
    result = check([Target(root)], making=Making("", facts_of))[0]
    return [fact for file in result.made for fact in file]


def numbers(root: Path, *, drafts: bool = False) -> Numbers:
    deck = checked(root).deck
    assert deck is not None
    return numbers_of(deck, facts(root), drafts=drafts)


def concept(id: str, more: str = "") -> str:
    return f"id: {id}\ntitle: {id.upper()}\noverview: [{{heading: H, body: x}}]\n{more}"


def test_what_is_counted() -> None:
    sea = numbers(SEA)
    assert (sea.id, sea.title, sea.drafts) == ("sea", "The sea", False)
    # Five pages, two parts, four questions with one card, one with two gaps, and the retired one.
    assert sea.counts == Counts(
        concepts=5, questions=5, choice=3, recall=1, cloze=1, parts=2, cards=5 + 2 + 4 + 2 + 1,
        drafts=Some(concepts=1, questions=2, parts=0), retired=Some(concepts=0, questions=1, parts=0),
    )  # fmt: skip
    assert sea.difficulty == Mix(easy=1, medium=3, hard=1)
    assert sea.topics == (
        TopicNumbers("tides", "Tides", 3, 60.0, 50, Mix(1, 1, 1)),
        TopicNumbers("waves", "Waves 🌊", 2, 40.0, 40, Mix(0, 2, 0)),
        TopicNumbers("winds", "Winds", 0, 0.0, 10, Mix(0, 0, 0)),
    )
    assert sea.concepts == (
        ConceptNumbers("king-tides", "King tides", "tides", 0, 1),
        ConceptNumbers("moon", "The pull of the moon", "tides", 3, 1),
        ConceptNumbers("spring-tides", "Spring tides", "tides", 1, 0),
        ConceptNumbers("swell", "Swell", "waves", 2, 0),
        ConceptNumbers("trade-winds", "Trade winds", "winds", 0, 0),
    )
    assert sea.coverage == Coverage(asked=3, parts_only=("king-tides",), unasked=("trade-winds",))


def test_drafts_are_counted_where_asked_for() -> None:
    sea = numbers(SEA, drafts=True)
    assert sea.counts == Counts(
        concepts=6, questions=7, choice=3, recall=3, cloze=1, parts=2, cards=14 + 3,
        drafts=Some(concepts=1, questions=2, parts=0), retired=Some(concepts=0, questions=1, parts=0),
    )  # fmt: skip
    assert [(topic.id, topic.questions) for topic in sea.topics] == [("tides", 3), ("waves", 4), ("winds", 0)]
    assert [each.questions for each in sea.concepts if each.id == "tsunamis"] == [1]


@pytest.mark.parametrize("drafts", [False, True])
@pytest.mark.parametrize("deck", [SEA, *sorted(DATA.glob("decks/*"))], ids=lambda deck: deck.name)
def test_cards_are_those_of_a_build(deck: Path, drafts: bool, tmp_path: Path) -> None:
    copy = copy_of(deck, tmp_path)
    flags = ["--include-drafts"] if drafts else []
    built = ankigen("build", copy, "-o", tmp_path / "x.apkg", *flags, cwd=tmp_path).stdout
    counts = numbers(copy, drafts=drafts).counts
    assert f"  cards      {counts.cards}\n" in built
    ready = [note.kind for note in notes(copy, drafts=drafts).notes if not note.retired]
    assert [counts.choice, counts.recall, counts.cloze] == [
        ready.count(kind) for kind in (Kind.CHOICE, Kind.RECALL, Kind.CLOZE)
    ]


CLUES = """\
concept: a
difficulty: easy
questions:
  - {id: q1, stem: Which is aaaaaaaa?, options: [{text: aaaaaaaa, correct: true}, bbbb, cccc, dd], explanation: x}
  - id: q2
    stem: Pick hh or ii!
    shuffle: false
    options: [{text: eeeeee, correct: true}, ffffff, {text: gggggg, correct: true}, hh, ii]
    explanation: x
  - {id: q3, shuffle: false, stem: Which?, options: [kkk, {text: lll, correct: true}, mmm], explanation: x}
"""


def test_clues_of_choice_questions(root: Callable[..., Path]) -> None:
    found = numbers(root({"questions/q.yaml": CLUES}))
    # A blind guess hits 1/4, 1/C(5,2) = 1/10 and 1/3. The longest: 1, two of three that tie, one of three that tie.
    # The words of the stem: 1, never, and one of three without any.
    third = 100 / 3
    assert found.guessing == Guessing(
        3,
        chance=pytest.approx(third * (1 / 4 + 1 / 10 + 1 / 3)),
        longest=pytest.approx(third * (1 + 1 / 3 + 1 / 3)),
        echo=pytest.approx(third * (1 + 0 + 1 / 3)),
    )
    assert found.key_places == KeyPlaces(2, 1, (Places(3, (0, 1, 0)), Places(4, (1, 0, 0, 0))))
    # 8 by the mean of 4, 4 and 2; 6 by that of 6, 2 and 2; 3 by 3. Only the first has one longest option.
    assert found.key_lengths == KeyLengths(
        3, ratio=pytest.approx((2.4 + 1.8 + 1) / 3), judged=1, longest=1, chance=25.0
    )


def test_what_is_measured_is_the_text_without_markup(root: Callable[..., Path]) -> None:
    options = "[{text: '**a** `b`', correct: true}, '[c](https://example.org/long) d', '_e f g_']"
    question = (
        f"questions: [{{id: q, concept: a, difficulty: easy, stem: W?, options: {options}, explanation: x}}]\n"
    )
    (fact,) = [fact for fact in facts(root({"questions/q.yaml": question})) if isinstance(fact, QuestionFacts)]
    assert [option.length for option in fact.options] == [3, 3, 5]


def test_words_of_texts(root: Callable[..., Path]) -> None:
    questions = "".join(
        f"  - {{id: q{number:02}, stem: {'word ' * number}, answer: {'word ' * (number % 3)} end}}\n"
        for number in range(1, 11)
    )
    files = {
        "concepts/a.yaml": "id: a\ntitle: A\noverview: [{id: p, heading: H, prompt: Why?, body: one two three}]\n",
        "questions/q.yaml": f"concept: a\ndifficulty: easy\nquestions:\n{questions}",
    }
    texts = numbers(root(files)).texts
    longest = tuple(Long(f"q{number:02}", number) for number in (10, 9, 8, 7, 6))
    assert texts.stems == Reading(10, least=1, median=5.5, ninetieth=9, most=10, longest=longest)
    # 2, 3, 1, 2, 3, 1, 2, 3, 1, 2 words: equals are in the order of their ids.
    ids = ("q02", "q05", "q08", "q01", "q04")
    assert texts.backs == Reading(
        10, 1, 2.0, 3, 3, tuple(Long(id, count) for id, count in zip(ids, (3, 3, 3, 2, 2), strict=True))
    )
    assert texts.parts == Reading(1, 3, 3.0, 3, 3, (Long("a/p", 3),))


def test_backs_are_what_the_back_adds(root: Callable[..., Path]) -> None:
    questions = (
        "concept: a\ndifficulty: easy\nquestions:\n"
        "  - {id: q, stem: W?, options: [{text: a b, correct: true, why: one two}, {text: c, why: three}, d],"
        " explanation: four five}\n"
        "  - {id: r, cloze: 'Six {{c1::seven}} {{c2::eight}}', hint: nine}\n"
    )
    found = [fact for fact in facts(root({"questions/q.yaml": questions})) if isinstance(fact, QuestionFacts)]
    assert [(fact.id, fact.stem, fact.back, fact.cards) for fact in found] == [("q", 1, 5, 1), ("r", 3, 0, 2)]


def test_prerequisites(root: Callable[..., Path]) -> None:
    files = {
        "concepts/b.yaml": concept("b", "prerequisites: [a]\n"),
        "concepts/c.yaml": concept("c", "prerequisites: [b, a]\n"),
        "concepts/d.yaml": concept("d", "prerequisites: [a]\n"),
        "concepts/e.yaml": concept("e"),
        "concepts/f.yaml": concept("f", "prerequisites: [e]\nstatus: retired\n"),
    }
    found = numbers(root(files)).prerequisites
    assert found.edges == (Edge("b", "a"), Edge("c", "b"), Edge("c", "a"), Edge("d", "a"))
    assert (found.starts, found.ends, found.alone) == (("a",), ("c", "d"), ("e",))
    assert (found.depth, found.chain) == (3, ("a", "b", "c"))


def test_a_circle_has_no_longest_chain(root: Callable[..., Path]) -> None:
    files = {
        "concepts/a.yaml": concept("a", "prerequisites: [b]\n"),
        "concepts/b.yaml": concept("b", "prerequisites: [a, gone]\n"),
    }
    found = numbers(root(files)).prerequisites
    assert found.edges == (Edge("a", "b"), Edge("b", "a"))
    assert (found.depth, found.chain, found.starts, found.ends, found.alone) == (None, (), (), (), ())


def test_a_deck_without_anything(root: Callable[..., Path]) -> None:
    found = numbers(root({"deck.yaml": DECK}, minimal=False))
    none = Some(0, 0, 0)
    assert found.counts == Counts(0, 0, 0, 0, 0, 0, 0, none, none)
    assert (found.topics, found.concepts, found.coverage) == ((), (), Coverage(0, (), ()))
    assert found.guessing == Guessing(0, None, None, None)
    assert found.key_places == KeyPlaces(0, 0, ())
    assert found.key_lengths == KeyLengths(0, None, 0, 0, None)
    assert found.texts.stems == Reading(0, None, None, None, None, ())
    assert (found.prerequisites.depth, found.prerequisites.chain) == (0, ())


def test_topics_that_are_not_declared(root: Callable[..., Path]) -> None:
    question = "  - {{id: {0}, concept: {0}, difficulty: hard, stem: W?, answer: It.}}\n"
    files = {
        "deck.yaml": DECK + "topics: {one: One}\n",
        "concepts/b.yaml": concept("b", "topic: two\n"),
        "concepts/c.yaml": concept("c", "topic: one\n"),
        "questions/q.yaml": "questions:\n" + "".join(question.format(id) for id in ("a", "b", "c", "gone")),
    }
    found = numbers(root(files)).topics
    assert [(topic.id, topic.title, topic.questions, topic.share) for topic in found] == [
        ("one", "One", 1, 25.0), ("two", "two", 1, 25.0), ("", "", 2, 50.0),
    ]  # fmt: skip


def test_what_is_retired_and_a_draft_is_retired(root: Callable[..., Path]) -> None:
    """A retired question of a draft stays away where drafts are counted; a build has its card then."""
    files = {
        "concepts/a.yaml": "id: a\ntitle: A\nstatus: draft\noverview:\n"
        "  - {id: p, heading: H, prompt: Why?, body: x, status: retired}\n"
        "  - {id: r, heading: I, prompt: How?, body: x}\n",
        "questions/q.yaml": "questions:\n  - {id: q, concept: a, difficulty: easy, stem: W?, answer: It., status: retired}\n",
    }
    made = root(files)
    without, having = numbers(made).counts, numbers(made, drafts=True).counts
    assert (without.questions, without.parts, without.cards) == (0, 0, 0)
    assert (having.questions, having.parts, having.concepts) == (0, 1, 1)
    assert having.drafts == without.drafts == Some(concepts=1, questions=0, parts=1)
    assert having.retired == without.retired == Some(concepts=0, questions=1, parts=1)


def test_shares_are_those_of_the_rule(root: Callable[..., Path]) -> None:
    lint = "lint: {extend: [blueprint-skew], blueprint-skew: {questions: 1, points: 0}}\n"
    files = {
        "deck.yaml": DECK + "topics: {one: {title: One, weight: 60}, two: {title: Two, weight: 40}}\n" + lint,
        "concepts/a.yaml": concept("a", "topic: one\n"),
        "concepts/b.yaml": concept("b", "topic: two\n"),
        "questions/q.yaml": "".join(
            ["questions:\n"]
            + [f"  - {{id: q{at}, concepts: [{'ab' if at else 'ba'}], difficulty: easy, stem: W {at}?, answer: It.}}\n" for at in range(3)]
        ).replace("[ab]", "[a, b]").replace("[ba]", "[b, a]"),
    }  # fmt: skip
    made = root(files)
    said = [each.message for each in checked(made).diagnostics if each.rule == "blueprint-skew"]
    assert said == [
        f"`{topic.id}` has {topic.share:.0f} % of the questions, and {topic.weight:g} % are wanted"
        for topic in numbers(made).topics
    ]
    assert len(said) == 2


def test_facts_are_kept_in_the_cache(tmp_path: Path) -> None:
    """The cache takes up no class that is not the program's own."""
    with_cache = []
    cache = Cache(MEMORY)
    for _ in range(2):
        result = check([Target(SEA)], making=Making(NAME, facts_of), cache=cache)[0]
        with_cache.append([fact for file in result.made for fact in file])
        cache.flush()
    assert with_cache[0] == with_cache[1] == facts(SEA)
    key, value = b"k" * 16, facts(SEA)
    cache.put(key, dump(value))
    cache.flush()
    assert dict(cache.get([key])) == {key: value}
    cache.close()


def test_many_processes_give_the_same(tmp_path: Path) -> None:
    files = {f"concepts/c{at:03}.yaml": concept(f"c{at:03}") for at in range(300)}
    root = write_tree(tmp_path / "deck", {"deck.yaml": DECK, **files})
    made = [check([Target(root)], making=Making(NAME, facts_of), jobs=jobs)[0].made for jobs in (1, 2)]
    assert made[0] == made[1]
    assert len(made[0]) == 300


def plain(value: object) -> bool:
    if dataclasses.is_dataclass(value):
        return all(plain(getattr(value, field.name)) for field in dataclasses.fields(value))
    if isinstance(value, tuple):
        return all(map(plain, value))
    return value is None or type(value) in (str, int, float, bool)


@st.composite
def decks(draw: st.DrawFn) -> list[ItemFacts]:
    """Facts of concepts and questions in any state, linked to each other at random."""
    ids = [f"c{at}" for at in range(draw(st.integers(0, 5)))]
    status = st.sampled_from(Status)
    made: list[ItemFacts] = [
        ConceptFacts(id, id, draw(st.sampled_from(["", "t", "u"])), draw(status), tuple(draw(st.lists(st.sampled_from(ids), max_size=3))), (), ())
        for id in ids
    ]  # fmt: skip
    for at in range(draw(st.integers(0, 6))):
        options = draw(
            st.lists(st.builds(OptionFacts, st.booleans(), st.integers(0, 5), st.integers(0, 2)), max_size=5)
        )
        linked = tuple(draw(st.lists(st.sampled_from([*ids, "gone"]), min_size=1, max_size=2, unique=True)))
        made.append(
            QuestionFacts(f"q{at}", Kind.CHOICE, linked, draw(st.sampled_from(Difficulty)), draw(status), 1, at, 1, draw(st.booleans()), tuple(options))
        )  # fmt: skip
    return draw(st.permutations(made))


@given(decks(), st.booleans())
def test_any_deck_has_numbers_that_agree(made: list[ItemFacts], drafts: bool) -> None:
    deck = checked(SEA).deck
    assert deck is not None
    found = numbers_of(deck, made, drafts=drafts)
    assert plain(found)
    assert sum(topic.questions for topic in found.topics) == found.counts.questions
    assert sum(dataclasses.astuple(found.difficulty)) == found.counts.questions
    coverage = found.coverage
    assert coverage.asked + len(coverage.parts_only) + len(coverage.unasked) == found.counts.concepts
    assert sum(sum(places.counts) for places in found.key_places.by_options) == found.key_places.questions
    assert found.key_lengths.longest <= found.key_lengths.judged <= found.key_places.questions
    for share in (found.guessing.chance, found.guessing.longest, found.guessing.echo):
        assert (share is None) == (found.guessing.questions == 0)
        assert share is None or 0 <= share <= 100.000001
    edges = {(edge.prerequisite, edge.concept) for edge in found.prerequisites.edges}
    chain = found.prerequisites.chain
    assert set(pairwise(chain)) <= edges

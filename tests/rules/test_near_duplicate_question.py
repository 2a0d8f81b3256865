"""D005 finds each pair of questions that are so alike, whatever their sizes: against the definition, tried on all."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ankigen.lint.read import document_of, source_of
from ankigen.model import ContentFile, questions_of
from ankigen.rules.near_duplicate_question import NearDuplicateQuestion
from ankigen.validate import FileKind

WORDS = [f"w{number}" for number in range(300)]


@st.composite
def stems(draw: st.DrawFn) -> list[set[str]]:
    """Sets of words, many of them made from others by some changes, as near the bound as not."""
    sets: list[set[str]] = []
    for _ in range(draw(st.integers(2, 12))):
        base = (
            draw(st.sampled_from(sets)) if sets and draw(st.booleans()) else set(WORDS[: draw(st.integers(1, 90))])
        )
        changes = draw(st.integers(0, 1 + len(base) // 5))
        turned = draw(st.lists(st.sampled_from(WORDS), min_size=changes, max_size=changes))
        sets.append((base ^ set(turned)) or base)
    return sets


def alike(one: set[str], other: set[str], likeness: float) -> bool:
    """The Jaccard index, as the rule's page has it."""
    return len(one & other) >= likeness * len(one | other)


@given(stems(), st.sampled_from((0.5, 0.6, 0.75, 0.8, 0.9, 0.95, 1.0)) | st.floats(0.5, 1))
def test_the_first_that_is_so_alike_is_found(sets: list[set[str]], likeness: float) -> None:
    questions = "".join(
        f"  - {{id: q{number}, concept: a, difficulty: easy, stem: {' '.join(sorted(words))}, answer: {min(words)}}}\n"
        for number, words in enumerate(sets)
    )
    source, problems = source_of(Path("q.yaml"), f"questions:\n{questions}".encode())
    document = document_of(source, problems, FileKind.QUESTIONS)
    assert document is not None, problems
    rule = NearDuplicateQuestion({"likeness": likeness})
    facts = list(rule.facts(ContentFile(document, (), questions_of(document)), None))  # type: ignore[arg-type]
    found = [(each.location.start.line - 2, each.message) for each in rule.check_deck(facts, None)]  # type: ignore[arg-type]
    large = [number for number, words in enumerate(sets) if len(words) >= 4]
    expected = [
        (number, f"this question is nearly the same as `q{other}`")
        for number in large
        if (
            other := next(
                (each for each in large if each < number and alike(sets[each], sets[number], likeness)), None
            )
        )
        is not None
    ]
    assert found == expected

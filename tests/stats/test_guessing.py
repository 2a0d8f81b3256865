"""The expected scores are what counting all ways to choose gives."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, permutations

from hypothesis import given
from hypothesis import strategies as st

from ankigen.stats.guessing import blind, expected, led


@st.composite
def questions(draw: st.DrawFn) -> tuple[tuple[bool, ...], tuple[int, ...]]:
    """Which options are right, at least one and not all, and a sign for each; signs often tie."""
    size = draw(st.integers(2, 6))
    right = draw(st.lists(st.booleans(), min_size=size, max_size=size).filter(lambda each: 0 < sum(each) < size))
    signs = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    return tuple(right), tuple(signs)


def keys(right: tuple[bool, ...]) -> set[int]:
    return {index for index, is_right in enumerate(right) if is_right}


@given(questions())
def test_a_blind_guess_is_one_of_all_ways_to_choose(question: tuple[tuple[bool, ...], tuple[int, ...]]) -> None:
    right, _ = question
    ways = [set(way) for way in combinations(range(len(right)), sum(right))]
    assert Fraction(ways.count(keys(right)), len(ways)) == Fraction(1, blind(right))


@given(questions())
def test_ties_are_broken_in_every_order(question: tuple[tuple[bool, ...], tuple[int, ...]]) -> None:
    """Each order of the options is as likely; sorting by the sign is stable, so the order breaks the ties."""
    right, signs = question
    orders = list(permutations(range(len(right))))
    hits = sum(
        set(sorted(order, key=lambda index: -signs[index])[: sum(right)]) == keys(right) for order in orders
    )
    assert expected([led(right, signs)]) == Fraction(hits, len(orders))


@given(st.lists(questions(), max_size=8))
def test_a_deck_scores_the_mean_of_its_questions(deck: list[tuple[tuple[bool, ...], tuple[int, ...]]]) -> None:
    found = expected(blind(right) for right, _ in deck)
    if not deck:
        assert found is None
        return
    each = [Fraction(1, len(list(combinations(right, sum(right))))) for right, _ in deck]
    assert found == sum(each) / len(each)


def test_scores_by_hand() -> None:
    assert led((True, False, False), (9, 3, 3)) == 1
    assert led((True, False, False), (3, 9, 3)) == 0
    assert led((True, False, False), (3, 3, 3)) == 3
    assert led((True, True, False, False), (9, 3, 3, 1)) == 2
    assert led((True, True, False, False), (9, 1, 3, 3)) == 0
    assert led((True, True, False, False), (3, 3, 9, 1)) == 0
    assert blind((True, True, False, False, False)) == 10
    assert expected([4, 10, 0]) == Fraction(7, 60)

"""What a learner scores who knows nothing, and how: by blind guessing, or by a clue that the options give.

All of it is the expected share of questions that are answered right, as an exact fraction; nothing is drawn. A
question has n options, k of which are right, and the learner knows k, since the card says how many to choose. It
is answered right where exactly the right options are chosen.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction


def blind(right: Sequence[bool]) -> int:
    """In how many ways a blind guesser may choose, one of which is right: C(n, k)."""
    return math.comb(len(right), sum(right))


def led(right: Sequence[bool], signs: Sequence[int]) -> int:
    """In how many ways a learner may choose who always takes the k options with the largest signs.

    The sign is what the learner goes by, such as an option's length. Let t be the k-th largest sign, a the number
    of options with a larger one, and b the number of those that have t. The a are chosen, and k - a of the b by
    chance: there are C(b, k - a) ways. One of them is right where each of the a is right, and no option with a
    smaller sign than t is. Else none is, and it gives 0. There is at least one right option.
    """
    wanted = sum(right)
    least = sorted(signs, reverse=True)[wanted - 1]
    sure = [is_right for is_right, sign in zip(right, signs, strict=True) if sign > least]
    never = [is_right for is_right, sign in zip(right, signs, strict=True) if sign < least]
    if any(never) or not all(sure):
        return 0
    return math.comb(signs.count(least), wanted - len(sure))


def expected(ways: Iterable[int]) -> Fraction | None:
    """The expected share of questions answered right, by the ways to choose in each: the mean of 1 / ways.

    0 ways are no way that is right. None where there is no question.
    """
    counts = Counter(ways)
    total = counts.total()
    hits = sum((Fraction(count, number) for number, count in counts.items() if number), Fraction())
    return hits / total if total else None

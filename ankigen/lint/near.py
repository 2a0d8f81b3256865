"""Which of very many names was meant by one that is none of them: what stands behind "did you mean".

A word is compared letter by letter with a few names alone, those that begin or end most like it, so that a deck
with thousands of wrong names beside thousands of right ones is no more work than its size says.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable
from difflib import get_close_matches

_BESIDE = 8
"""How many names are looked at on each side of the place that a word would have among them."""


class Names:
    """Names to look among."""

    def __init__(self, names: Iterable[str]) -> None:
        self.ordered = sorted(set(names))
        self.backwards = sorted(name[::-1] for name in self.ordered)

    def nearest(self, word: str, cutoff: float = 0.6) -> str:
        """The name that is most like a word; empty where none is as like it as `cutoff` says, from 0 to 1."""
        candidates = {*_beside(word, self.ordered)}
        candidates |= {name[::-1] for name in _beside(word[::-1], self.backwards)}
        near = get_close_matches(word, candidates, n=1, cutoff=cutoff)
        return near[0] if near else ""


def _beside(word: str, ordered: list[str]) -> list[str]:
    at = bisect(ordered, word)
    return ordered[max(0, at - _BESIDE) : at + _BESIDE]

"""D005 near-duplicate-question."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from heapq import merge
from itertools import chain, groupby
from math import floor
from typing import NamedTuple
from zlib import crc32

from ankigen.diagnostic import Diagnostic, Location, Related, Severity
from ankigen.lint.rule import Rule, RuleOption
from ankigen.lint.words import plain_words
from ankigen.markup import media_links
from ankigen.model import ContentFile, Deck, Question


class NearDuplicateQuestion(Rule):
    """Two questions have nearly the same stem and the same options.

    ## Why it is bad

    Learners see it twice and learn it once. Often one was copied to be changed, and was not. (Stem and
    options: stems alone gave 29,801 pairs in a bank of 9,192 questions, most of them different.)

    ## Example

    ```yaml
    stem: Which call of KMS returns a data key?      # twice, with the same options
    ```

    ## Instead

    ```yaml
    stem: Which call of KMS returns a data key that is encrypted only?
    ```
    """

    code = "D005"
    severity = Severity.WARNING
    options = (
        RuleOption(
            "likeness", 0.9, "the share of words in common from which two questions are near duplicates", 0.5, 1
        ),
    )

    @property
    def _likeness(self) -> float:
        # Below that, what was no sensible setting (a finding of its own) would compare all with all.
        return min(max(float(self.option["likeness"]), 0.5), 1.0)

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[_Question]:
        """The words of each question as numbers, and its signatures."""
        for question in file.questions:
            numbers = _numbers(question)
            if len(numbers) >= 4:
                signatures = _signatures(numbers, self._likeness)
                yield _Question(question.id, question.origin.at("id"), numbers, signatures)

    def check_deck(self, facts: Sequence[_Question], deck: Deck) -> Iterator[Diagnostic]:
        """Find the pairs whose sets of words have a Jaccard index of at least `likeness`."""
        likeness = self._likeness
        sizes = [len(question.words) for question in facts]
        first: dict[int, int] = {}
        again: dict[int, list[int]] = {}
        for number, question in enumerate(facts):
            near = [
                again.setdefault(signature, [other])
                for signature in question.signatures
                if (other := first.setdefault(signature, number)) != number
            ]
            # In a large deck, a hand is often the same by chance: few share as many as those that are alike.
            for other in _likely(near, sizes, _fewest_of(sizes[number], likeness)):
                both = len(frozenset(question.words).intersection(facts[other].words))
                if both >= likeness * (sizes[number] + sizes[other] - both):
                    yield self.found(
                        question.place,
                        f"this question is nearly the same as `{facts[other].id}`",
                        "delete one of the two, or ask for what sets them apart",
                        related=(Related(facts[other].place, "the other"),),
                    )
                    break
            for others in near:
                others.append(number)


def _likely(near: Sequence[Sequence[int]], sizes: Sequence[int], fewest: Mapping[int, int]) -> Iterable[int]:
    """The numbers in some lists of rising ones that come as often as those of their size do at the least."""
    if sum(map(len, near)) <= _FEW:
        counts = Counter(chain.from_iterable(near)).items()
        return sorted([each for each, count in counts if count >= fewest[sizes[each]]])
    # Slower, but only as far as the first that is alike: in a deck of copies, each is near all before it.
    counted = ((each, sum(1 for _ in same)) for each, same in groupby(merge(*near)))
    return (each for each, count in counted if count >= fewest[sizes[each]])


class _Question(NamedTuple):
    id: str
    place: Location
    words: Sequence[int]
    signatures: Sequence[int]


def _numbers(question: Question) -> array[int]:
    """The words of the stem and the options, the answer or the cloze, each as a number of 32 bits, once."""
    texts = (question.stem, question.answer, question.cloze, *(option.text for option in question.options))
    found = set(plain_words("\n".join(texts).casefold()))
    # The same words about another picture are another question.
    if shown := "\n".join(link.target for text in texts for link in media_links(text)):
        found = {word + shown for word in found}
    return array("I", set(map(_number, found)))


@lru_cache(maxsize=2**16)
def _number(word: str) -> int:
    return crc32(word.encode())


def _signatures(words: Sequence[int], likeness: float) -> array[int]:
    """Numbers of which two sets of words that are so alike have some in common, and others rarely.

    Two that are so alike differ in few words. Dealt out by their numbers to more hands than that, they leave some
    hands with the same words in both, and the sum of a hand is a signature (the partitions of PartEnum: Arasu, Ganti
    and Kaushik 2006). A set is dealt out once for each of the `_deals` of its size.
    """
    signatures = array("Q")
    for hands in _deals(len(words), likeness):
        count = len(hands)
        sums = list(hands)
        for word in words:
            sums[word % count] += word
        signatures.extend(sums)
    return signatures


@lru_cache(maxsize=1024)
def _deals(size: int, likeness: float) -> tuple[Sequence[int], Sequence[int]]:
    """What the sums of the hands begin with, for a set of this size beside smaller ones and beside larger ones.

    Sizes fall into classes, in which the smallest is at least `likeness` of the largest, so that those of two sets
    that are so alike are in the same class or in neighbours. Each class has a deal, for the sets in it and below it.
    """
    most = 0
    deals: list[Sequence[int]] = []
    while len(deals) < 2:
        most = floor((most + 1) / likeness + _ROUNDING)
        if size <= most:
            # Far from each other, so that two hands do not come to the same sum by chance.
            hands = range(_most_differing(most, most, likeness) + 1)
            deals.append([_number(f"{most} {hand}") << 30 for hand in hands])
    return deals[0], deals[1]


def _most_differing(size: int, other: int, likeness: float) -> int:
    """How many words stand in one of two sets of these sizes alone, at the most, where they are so alike."""
    return floor((size + other) * (1 - likeness) / (1 + likeness) + _ROUNDING)


class _Fewest(dict[int, int]):
    """How many signatures a set of a size shares, at the least, with one that is so alike, by the size of that."""

    def __init__(self, size: int, likeness: float) -> None:
        super().__init__()
        self.size = size
        self.likeness = likeness

    def __missing__(self, other: int) -> int:
        deals, theirs = _deals(self.size, self.likeness), _deals(other, self.likeness)
        if min(self.size, other) < self.likeness * max(self.size, other):
            self[other] = 1 + sum(map(len, deals))  # as many as none has: they are not alike
        else:
            differing = _most_differing(self.size, other, self.likeness)
            self[other] = sum(len(hands) - differing for hands in deals if hands in theirs)
        return self[other]


_fewest_of = lru_cache(maxsize=1024)(_Fewest)


_ROUNDING = 1e-6
_FEW = 1000

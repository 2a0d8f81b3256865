"""D005 near-duplicate-question."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from heapq import merge
from itertools import groupby
from typing import NamedTuple

from ankigen.diagnostic import Diagnostic, Location, Related, Severity
from ankigen.lint.rule import Rule, RuleOption
from ankigen.lint.words import plain
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

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[_Question]:
        """The words of each question, as numbers."""
        for question in file.questions:
            words = _words(question)
            if len(words) >= 4:
                yield _Question(question.id, question.origin.at("id"), words)

    def check_deck(self, facts: Sequence[_Question], deck: Deck) -> Iterator[Diagnostic]:
        """Find the pairs whose sets of words have a Jaccard index of at least `likeness`.

        By prefix filtering (Chaudhuri, Ganti and Kaushik 2006): with words from rare to common, two sets that
        are so alike share some of their first words. Three are asked for, each set with two words more.
        """
        likeness = min(max(self.option["likeness"], 0.0), 1.0)
        # Sets of four words that are less alike than that may have fewer than three in common.
        share = 3 if likeness >= 0.75 else 1
        counts = Counter(word for question in facts for word in question.words)
        # From the rarest word to the most common; numbers by themselves are faster to sort than by a key.
        ranks = {word: rank for rank, word in enumerate(sorted(counts, key=lambda word: (counts[word], word)))}
        index: dict[int, list[int]] = {}
        first: list[frozenset[int]] = []
        for number, question in enumerate(facts):
            words = frozenset(question.words)
            ordered = sorted(map(ranks.__getitem__, words))
            prefix = ordered[: len(ordered) - math.ceil(likeness * len(ordered)) + share]
            # One of those that they share is not among the last of them, which may be in every question. They are
            # merged only as far as the first that is alike: in a deck of copies, each is near all before it.
            rare = prefix[: len(prefix) - share + 1]
            first.append(frozenset(prefix))
            for other, _ in groupby(merge(*(index.get(word, ()) for word in rare))):
                if len(first[number] & first[other]) < share:
                    continue
                both = len(words.intersection(facts[other].words))
                if both >= likeness * (len(words) + len(facts[other].words) - both):
                    yield self.found(
                        question.place,
                        f"this question is nearly the same as `{facts[other].id}`",
                        "delete one of the two, or ask for what sets them apart",
                        related=(Related(facts[other].place, "the other"),),
                    )
                    break
            for word in prefix:
                index.setdefault(word, []).append(number)


class _Question(NamedTuple):
    id: str
    place: Location
    words: Sequence[int]


def _words(question: Question) -> array[int]:
    """The words of the stem and the options, the answer or the cloze, each as a number of 64 bits, once."""
    texts = (question.stem, question.answer, question.cloze, *(option.text for option in question.options))
    words = set(plain(" ".join(texts)).casefold().split())
    # The same words about another picture are another question.
    shown = "\n".join(link.target for text in texts for link in media_links(text))
    return array("Q", [_number(word + shown) for word in words])


@lru_cache(maxsize=2**16)
def _number(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")

"""D005 near-duplicate-question."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Related, Severity
from ankigen.lint.rule import Rule, RuleOption
from ankigen.lint.words import plain
from ankigen.model import Deck, Question


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
        RuleOption("likeness", 0.9, "the share of words in common from which two questions are near duplicates"),
    )

    def check_deck(self, deck: Deck) -> Iterator[Diagnostic]:
        """Find the pairs whose sets of words have a Jaccard index of at least `likeness`.

        By prefix filtering (Chaudhuri, Ganti and Kaushik 2006): with words from rare to common, two sets that
        are so alike share one of their first words.
        """
        likeness = self.option["likeness"]
        sets = [_words(question) for question in deck.questions]
        counts = Counter(word for words in sets for word in words)
        index: dict[str, list[int]] = {}
        for number, words in enumerate(sets):
            if len(words) < 4:
                continue
            ordered = sorted(words, key=lambda word: (counts[word], word))
            prefix = ordered[: len(ordered) - math.ceil(likeness * len(ordered)) + 1]
            others = sorted({other for word in prefix for other in index.get(word, ())})
            for other in others:
                both = len(words & sets[other])
                if both >= likeness * (len(words) + len(sets[other]) - both):
                    yield self.found(
                        deck.questions[number].origin.at("id"),
                        f"this question is nearly the same as `{deck.questions[other].id}`",
                        "delete one of the two, or ask for what sets them apart",
                        related=(Related(deck.questions[other].origin.at("id"), "the other"),),
                    )
                    break
            for word in prefix:
                index.setdefault(word, []).append(number)


def _words(question: Question) -> frozenset[str]:
    """The words of the stem and the options, the answer or the cloze."""
    texts = (question.stem, question.answer, question.cloze, *(option.text for option in question.options))
    return frozenset(plain(" ".join(texts)).casefold().split())

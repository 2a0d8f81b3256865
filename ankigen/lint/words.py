"""What several rules ask of words: sentences, the question a stem ends in, overlap of texts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ankigen.model import Option, Question
from ankigen.source.markdown import prose

_SENTENCE = re.compile(r"[^\s.?!:;][^?!]*?(?:[?!]+|(?<!\b[A-Za-z])\.(?=\s|$)|$)", re.DOTALL)
# The words that say nothing of what a text is about.
STOPWORDS = frozenset(
    word
    for line in (
        "a about above after all also an and any are as at be because been before being below between both",
        "but by can could did do does doing down during each for from had has have having he her here hers",
        "him his how i if in into is it its just me more most must my no nor not now of off on once only or",
        "other our out over own same she should so some such than that the their them then there these they",
        "this those through to too under until up use used uses using very was we were what when where which",
        "while who why will with would you your following",
    )
    for word in line.split()
)


def sentences(text: str) -> Iterator[re.Match[str]]:
    """The sentences of a Markdown text's prose; the offsets are those of the text."""
    return _SENTENCE.finditer(prose(text))


def lead_in(stem: str) -> re.Match[str] | None:
    """The sentence that asks: the last of a stem that ends in a question mark, else the last of all."""
    found = list(sentences(stem))
    asking = [sentence for sentence in found if sentence.group().rstrip().endswith("?")]
    return asking[-1] if asking else found[-1] if found else None


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """A Markdown text as one line without the signs of markup, for its length and for comparing.

    Of a picture nothing is left: learners see it, and not its description.
    """
    return " ".join(plain_words(text))


def plain_words(text: str) -> list[str]:
    """The words of `plain`."""
    if "](" in text:
        text = re.sub(r"!\[[^\[\]]*\]\([^()]*\)", " ", text)
        text = re.sub(r"\[([^\[\]]*)\]\([^()]*\)", r"\1", text)
    return text.replace("`", "").replace("*", "").replace("_", "").split()


@lru_cache(maxsize=1024)
def content_words(text: str) -> frozenset[str]:
    """The words of a text that say what it is about, in small letters and without the plural's s."""
    found = re.findall(r"[^\W_]+", plain(text).lower())
    return frozenset(word.removesuffix("s") for word in found if word not in STOPWORDS and len(word) > 1)


def are_true_and_false(question: Question) -> bool:
    """Whether the options are true and false, or yes and no."""
    texts = set()
    for option in question.options:
        texts.add(plain(option.text).lower().rstrip("."))
        if not (texts <= {"true", "false"} or texts <= {"yes", "no"}):
            return False
    return len(texts) == 2


@lru_cache(maxsize=64)
def lengths(question: Question) -> tuple[int, ...]:
    """The lengths of the options, in characters."""
    return tuple([len(plain(option.text)) for option in question.options])


def sole_longest(of: Sequence[int]) -> int | None:
    """The place of the option that is longer than each other one; None where there is none."""
    most = max(of, default=0)
    return of.index(most) if of.count(most) == 1 else None


class LongestKey(NamedTuple):
    """The longest correct option: its place among the options, its length, and that of the longest distractor."""

    place: int
    length: int
    distractor: int

    @property
    def is_far_longer(self) -> bool:
        """Whether it is over twice the longest distractor, and by 20 characters."""
        return self.length > 2 * self.distractor and self.length >= self.distractor + 20


def longest_key(question: Question) -> LongestKey | None:
    """The longest correct option; None where there is none, or no distractor that says something."""
    of = lengths(question)
    keys = [index for index, option in enumerate(question.options) if option.correct]
    distractor = max((of[index] for index in range(len(of)) if index not in keys), default=0)
    if not keys or not distractor:
        return None
    index = max(keys, key=of.__getitem__)
    return LongestKey(index, of[index], distractor)


def keys_and_distractors(question: Question) -> tuple[list[Option], list[Option]]:
    """The correct options and the others."""
    keys = [option for option in question.options if option.correct]
    return keys, [option for option in question.options if not option.correct]


_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_ORDER = (
    r"\b(?:choose|select|pick)\s+(?:any\s+|the\s+best\s+)?(?P<count>one|two|three|four|five|six|[1-6])\b"
    r"(?:\s+(?:answers?|options?|that apply))?"
)
_CHOOSE_LAST = re.compile(rf"(?P<open>\()?{_ORDER}(?(open)\.?\s*\)|)\.?\s*$", re.IGNORECASE)
_CHOOSE_FIRST = re.compile(rf"(?<!\S){_ORDER}[.:](?=\s+\S)", re.IGNORECASE)
_CHOOSE_ASIDE = re.compile(rf"\(\s*{_ORDER}\.?\s*\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Choose:
    """An instruction in a stem: how many to choose, and where it says so.

    `cut` is what is to be deleted with the space round it; None where the rest would not be a clean sentence.
    """

    count: int
    start: int
    end: int
    cut: tuple[int, int] | None


def choose_in(stem: str) -> Choose | None:
    """The instruction that a stem ends or begins in, or has in brackets ("(Choose two.)"), if it does."""
    small = stem.lower()
    if not ("choose" in small or "select" in small or "pick" in small):
        return None
    words = prose(stem).rstrip()
    match = _CHOOSE_LAST.search(words)
    if match and (before := stem[: match.start()].rstrip()).endswith(("?", ".", ":", "!")):
        cut: tuple[int, int] | None = (len(before), match.end())
    elif match := _CHOOSE_ASIDE.search(words):
        before = stem[: match.start()].rstrip()
        after = len(stem) - len(stem[match.end() :].lstrip())
        cut = (len(before), match.end()) if before else (0, after)
    elif (match := _CHOOSE_FIRST.search(words)) and not words[: match.start()].strip():
        after = len(stem) - len(stem[match.end() :].lstrip())
        clean = not stem[: match.start()].strip() and stem[after].isupper()
        cut = (0, after) if clean else None
    else:
        return None
    word = match["count"].lower()
    return Choose(_NUMBERS.get(word) or int(word), match.start(), match.end(), cut)


def chance_of_at_least(count: int, of: int, share: float) -> float:
    """The probability of `count` or more hits in `of` tries that each hit with probability `share` (binomial)."""
    return (
        sum(math.comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(count, of + 1))
        if of <= 1000
        else (0.5 * math.erfc((count - 0.5 - of * share) / math.sqrt(2 * of * share * (1 - share))))
    )

"""The blueprint of a deck: which share of the questions each topic has, beside the weight that it is to have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping


def questions_by_topic(topics: Mapping[str, str], concepts: Iterable[str]) -> Counter[str]:
    """How many questions each topic has, by its id; "" is no topic.

    `topics` are those of the concepts, by their ids; `concepts` has, for each question, the first that it is
    linked to: a question belongs to the topic of that.
    """
    return Counter(topics.get(id, "") for id in concepts)


def share_of(count: int, total: int) -> float:
    """A share in percent, as weights are; 0 of nothing."""
    return 100 * count / total if total else 0.0

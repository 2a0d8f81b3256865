"""What the pictures of a deck's numbers are drawn from: labels, values and the names of the style's colours."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ankigen.stats.numbers import Numbers

_MOST_BARS = 60
_MOST_NODES = 250
"""A graph of more concepts takes a browser seconds, and is not to be read: the table has it."""


def charts_of(numbers: Numbers) -> dict[str, Any]:
    """The pictures by their names, as plain values; None where there is nothing to draw, or too much."""
    return {
        "difficulty": _difficulty(numbers),
        "topics": _topics(numbers),
        "clues": _clues(numbers),
        "places": _places(numbers),
        "lengths": _lengths(numbers),
        "texts": _texts(numbers),
        "concepts": _concepts(numbers),
        "graph": _graph(numbers),
    }


def _bars(labels: list[str], sets: dict[str, list[Any]], colours: list[str], **options: Any) -> dict[str, Any]:
    return {
        "labels": labels,
        "sets": [{"label": label, "values": values} for label, values in sets.items()],
        "colours": colours,
        "options": options,
    }


def _difficulty(numbers: Numbers) -> dict[str, Any]:
    rows = [(topic.title or "no topic", topic.difficulty) for topic in numbers.topics if topic.questions]
    if len(rows) != 1:
        rows.append(("whole deck", numbers.difficulty))
    levels = ("easy", "medium", "hard")
    sets = {level: [getattr(mix, level) for _, mix in rows] for level in levels}
    return _bars([title for title, _ in rows], sets, [f"--{level}" for level in levels], stacked=True)


def _topics(numbers: Numbers) -> dict[str, Any] | None:
    if not numbers.topics:
        return None
    sets: dict[str, list[Any]] = {"share of the questions": [topic.share for topic in numbers.topics]}
    if numbers.is_weighted:
        sets["weight in deck.yaml"] = [topic.weight for topic in numbers.topics]
    labels = [topic.title or "no topic" for topic in numbers.topics]
    return _bars(labels, sets, ["--accent", "--line"][: len(sets)], unit=" %")


def _clues(numbers: Numbers) -> dict[str, Any]:
    guessing = numbers.guessing
    labels = ["blind guess", "the longest option", "most words of the stem"]
    return _bars(
        labels, {"": [guessing.chance, guessing.longest, guessing.echo]}, ["--accent"], unit=" %", max=100
    )


def _places(numbers: Numbers) -> dict[str, Any]:
    groups = numbers.key_places.by_options
    most = max((group.options for group in groups), default=0)
    colours = ["--accent", "--medium", "--right", "--hard", "--soft"]
    sets = {
        f"{group.options} options": [*group.counts, *[None] * (most - group.options)]
        for group in groups[: len(colours)]
    }
    labels = [f"{number}." for number in range(1, most + 1)]
    return _bars(labels, sets, colours[: len(sets)], upright=True)


def _lengths(numbers: Numbers) -> dict[str, Any] | None:
    lengths = numbers.key_lengths
    if not lengths.judged:
        return None
    share = 100 * lengths.longest / lengths.judged
    labels = ["the longest option is right", "by chance"]
    return _bars(labels, {"": [share, lengths.chance]}, ["--accent"], unit=" %", max=100)


def _texts(numbers: Numbers) -> dict[str, Any]:
    texts = numbers.texts
    rows = [
        (name, each) for name, each in (("questions", texts.stems), ("backs", texts.backs), ("parts", texts.parts))
    ]
    some = [(name, each) for name, each in rows if each.texts]
    sets: dict[str, list[Any]] = {
        "median": [each.median for _, each in some],
        "90 of 100 have at most": [each.ninetieth for _, each in some],
        "most": [each.most for _, each in some],
    }
    return _bars([name for name, _ in some], sets, ["--accent", "--medium", "--hard"], unit=" words")


def _concepts(numbers: Numbers) -> dict[str, Any]:
    counts = [concept.questions for concept in numbers.concepts]
    if len(counts) <= _MOST_BARS:
        labels = [concept.title for concept in numbers.concepts]
        return _bars(labels, {"questions": counts}, ["--accent"])
    # So many bars say nothing: how many concepts have how many questions does.
    of = Counter(counts)
    labels = [str(number) for number in range(max(of) + 1)]
    return _bars(
        labels,
        {"concepts with so many questions": [of[int(label)] for label in labels]},
        ["--accent"],
        upright=True,
    )


def _graph(numbers: Numbers) -> dict[str, Any] | None:
    edges = numbers.prerequisites.edges
    ids = dict.fromkeys(id for edge in edges for id in (edge.prerequisite, edge.concept))
    if not ids or len(ids) > _MOST_NODES:
        return None
    titles = {concept.id: concept.title for concept in numbers.concepts}
    return {
        "nodes": [{"id": id, "title": titles.get(id, id)} for id in ids],
        "edges": [[edge.prerequisite, edge.concept] for edge in edges],
    }

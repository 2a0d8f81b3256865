"""The numbers as rows of a table in long format, one number each; docs/stats.md describes the tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, NamedTuple, TypeAlias

from ankigen.stats.numbers import Numbers, Reading

Value: TypeAlias = str | int | float | None


class Row(NamedTuple):
    """A value: the deck by its id, the table, and the row and the column there; "" is the row of a whole table."""

    deck: str
    table: str
    row: str
    column: str
    value: Value


def rows_of(numbers: Numbers) -> Iterator[Row]:
    """Every number of a deck, and the titles that belong to ids."""
    for table, row, column, value in _rows(numbers):
        yield Row(numbers.id, table, row, column, value)


def _rows(numbers: Numbers) -> Iterator[tuple[str, str, str, Value]]:
    yield "deck", "", "title", numbers.title
    counts = asdict(numbers.counts)
    left_out = {name: counts.pop(name) for name in ("drafts", "retired")}
    yield from _row("counts", "all", counts)
    for name, some in left_out.items():
        yield from _row("counts", name, some)
    yield from _row("difficulty", "", asdict(numbers.difficulty))
    for topic in numbers.topics:
        columns = asdict(topic)
        id, mix = columns.pop("id"), columns.pop("difficulty")
        yield from _row("topics", id, columns | mix)
    for concept in numbers.concepts:
        columns = asdict(concept)
        yield from _row("concepts", columns.pop("id"), columns)
    yield from _row("guessing", "", asdict(numbers.guessing))
    places = numbers.key_places
    yield from _row("key_places", "", {"questions": places.questions, "fixed": places.fixed})
    for each in places.by_options:
        by_place = {str(place): count for place, count in enumerate(each.counts, 1)}
        yield from _row("key_places", str(each.options), by_place)
    yield from _row("key_lengths", "", asdict(numbers.key_lengths))
    readings: dict[str, Reading] = {
        "stems": numbers.texts.stems,
        "backs": numbers.texts.backs,
        "parts": numbers.texts.parts,
    }
    for name, reading in readings.items():
        columns = asdict(reading)
        del columns["longest"]
        yield from _row("texts", name, columns)
        for text in reading.longest:
            yield f"longest_{name}", text.id, "words", text.words
    needed = numbers.prerequisites
    yield "prerequisites", "", "depth", needed.depth
    for edge in needed.edges:
        yield "prerequisites", edge.concept, edge.prerequisite, 1


def _row(table: str, row: str, columns: dict[str, Any]) -> Iterator[tuple[str, str, str, Value]]:
    for column, value in columns.items():
        yield table, row, column, value

"""The numbers of a deck for people: headings, what to look for, and bars.

It can be read without colour and in narrow terminals, and it is the same text in a pipe. Titles come from the
content: nothing in them steers the terminal, and columns are as wide as a terminal shows them.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ankigen.cli.console import plural
from ankigen.report.full import visible
from ankigen.stats.numbers import ConceptNumbers, Guessing, KeyLengths, KeyPlaces, Mix, Numbers, Reading, Some

_WIDTH = 80  # of what goes to a file or another program
_MAX_WIDTH = 100
_MIN_WIDTH = 50  # what the widest table needs
_MOST_CONCEPTS = 20
_FEWEST = 10  # of more concepts than that, those are shown that have least
_NO_TOPIC = "(no topic)"
_MOST_NAMES = 8
_FEW = 20  # questions, from which the rules on whole decks begin to judge
_LABEL, _BAR = 0.4, 30  # the widest label, as a part of the line, and the widest bar, in columns
_STYLES = {"title": "bold", "heading": "bold cyan", "hint": "dim italic", "bar": "green", "loud": "bold yellow"}


class _Signs(NamedTuple):
    bar: str
    mark: str
    dots: str
    arrow: str


_ALL = _Signs("█", "│", "…", "→")
_ASCII = _Signs("#", "|", "...", "->")


class _Bar(NamedTuple):
    """A line with a bar: its label, the numbers before the bar, its value, and the one that is wanted.

    A `note` stands in the place of a bar.
    """

    label: str
    numbers: tuple[str, ...]
    value: float
    wanted: float | None = None
    note: str = ""


class _Page:
    """Lines of a width, drawn by rich."""

    def __init__(self, colour: bool, columns: int | None, encoding: str) -> None:
        from rich.console import Console

        self.width = max(_MIN_WIDTH, min(columns or _WIDTH, _MAX_WIDTH))
        self.encoding = encoding
        self.signs = _ALL if self.shown("".join(_ALL)) == "".join(_ALL) else _ASCII
        self.text = io.StringIO()
        self.console = Console(
            file=self.text, width=self.width, height=100, force_terminal=colour, no_color=not colour,
            color_system="standard" if colour else None, markup=False, highlight=False, emoji=False,
            legacy_windows=False,
        )  # fmt: skip

    def shown(self, text: str) -> str:
        """A text of the author's as the terminal can show it."""
        return visible(text).encode(self.encoding, "backslashreplace").decode(self.encoding)

    def lines(self) -> list[str]:
        """What was written, without spaces at the ends of lines."""
        return [line.rstrip() for line in self.text.getvalue().splitlines()]

    def heading(self, words: str, hint: str = "") -> None:
        """A heading, with a line on what to look for."""
        self.console.print()
        self.words(words, "heading", indent=0)
        if hint:
            self.words(hint, "hint")

    def words(self, words: str, style: str = "", *, indent: int = 2) -> None:
        """A text in as many lines as it takes."""
        from rich.padding import Padding
        from rich.text import Text

        self.console.print(Padding(Text(words, _STYLES.get(style, "")), (0, 0, 0, indent)))

    def rows(self, rows: Sequence[Sequence[str]], *, head: bool = False) -> None:
        """A table: labels, and numbers that are aligned at the right; with `head`, the first row has headings."""
        from rich.text import Text

        widths = self._widths([row[1:] for row in rows])
        label = self._label([row[0] for row in rows], sum(widths) + 2 * len(widths))
        for index, row in enumerate(rows):
            cells = [cell.rjust(width) for cell, width in zip(row[1:], widths, strict=True)]
            line = "  ".join([self._fitted(row[0], label), *cells])
            self.console.print(
                Text("  " + line, "dim" if head and not index else ""), no_wrap=True, overflow="crop"
            )

    def bars(self, bars: Sequence[_Bar], most: float | None = None) -> None:
        """Lines with bars; `most` is the value of the longest that there could be."""
        from rich.text import Text

        widths = self._widths([bar.numbers for bar in bars])
        label = self._label([bar.label for bar in bars], sum(widths) + 2 * len(widths) + 12)
        room = min(_BAR, self.width - 2 - label - sum(widths) - 2 * len(widths) - 2)
        most = most or max(max(bar.value, bar.wanted or 0) for bar in bars) or 1
        for bar in bars:
            cells = [cell.rjust(width) for cell, width in zip(bar.numbers, widths, strict=True)]
            drawn = self._drawn(bar, most, room)
            text = Text("  " + "  ".join([self._fitted(bar.label, label), *cells]) + "  ")
            text.append(bar.note or drawn, _STYLES["loud" if bar.note else "bar"])
            self.console.print(text, no_wrap=True, overflow="crop")

    def _drawn(self, bar: _Bar, most: float, room: int) -> str:
        length = round(bar.value / most * room)
        # What is there at all is seen.
        line = [self.signs.bar] * (max(1, length) if bar.value else 0)
        if bar.wanted is not None:
            at = min(round(bar.wanted / most * room), room - 1)
            line += [" "] * (at + 1 - len(line))
            line[at] = self.signs.mark
        return "".join(line)

    def _widths(self, rows: Iterable[Sequence[str]]) -> list[int]:
        return [max(map(len, column)) for column in zip(*rows, strict=True)]

    def _label(self, labels: Iterable[str], beside: int) -> int:
        from rich.cells import cell_len

        widest = max(map(cell_len, labels))
        return max(8, min(widest, int(self.width * _LABEL), self.width - 4 - beside))

    def _fitted(self, label: str, width: int) -> str:
        """A label in so many columns; what is written from right to left ends in it."""
        from rich.cells import cell_len, chop_cells

        if cell_len(label) > width:
            label = chop_cells(label, width - len(self.signs.dots))[0] + self.signs.dots
        turns = self.signs is _ALL and any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in label)
        return label + ("\u200e" if turns else "") + " " * (width - cell_len(label))


def table(
    numbers: Numbers, *, colour: bool = False, columns: int | None = None, encoding: str = "utf-8"
) -> Iterator[str]:
    """The numbers, line by line.

    `columns` is what a line of the terminal holds, and `encoding` says which signs it can show.
    """
    page = _Page(colour, columns, encoding)
    page.words(f"{page.shown(numbers.title)} ({numbers.id})", "title", indent=0)
    _counts(page, numbers)
    if numbers.counts.questions:
        _difficulty(page, numbers)
        _topics(page, numbers)
    if numbers.concepts:
        _concepts(page, numbers)
    if numbers.guessing.questions:
        _guessing(page, numbers.guessing)
    if numbers.key_places.questions:
        _places(page, numbers.key_places)
    if numbers.key_lengths.questions:
        _lengths(page, numbers.key_lengths)
    if numbers.counts.questions or numbers.counts.parts:
        _reading(page, numbers)
    if numbers.concepts:
        _prerequisites(page, numbers)
    yield from page.lines()


def _counts(page: _Page, numbers: Numbers) -> None:
    counts = numbers.counts
    drafts, retired = _some(counts.drafts), _some(counts.retired)
    page.heading("What is in the deck")
    if counts.concepts or counts.questions:
        kinds = {"choice": counts.choice, "recall": counts.recall, "cloze": counts.cloze}
        rows = {
            plural(counts.concepts, "concept"): "",
            plural(counts.parts, "part"): "of concepts, with a prompt",
            plural(counts.questions, "question"): ", ".join(f"{n:,} {kind}" for kind, n in kinds.items() if n),
            plural(counts.cards, "card"): "in a build" + (" with what is retired" if retired else ""),
        }
        wide = max(row.index(" ") for row in rows)
        for row, more in rows.items():
            count, noun = row.split(" ")
            page.words(f"{count:>{wide}} {noun:<9}  {more}")
    else:
        page.words(f"There is no concept and no question{' that counts' if drafts or retired else ''} yet.")
    if drafts:
        page.words(f"{'Counted' if numbers.drafts else 'Not counted'}, since drafts: {drafts}")
    if retired:
        page.words(f"Not counted, since retired: {retired}")


def _some(some: Some) -> str:
    counts = {"concept": some.concepts, "part": some.parts, "question": some.questions}
    return ", ".join(plural(count, word) for word, count in counts.items() if count)


def _difficulty(page: _Page, numbers: Numbers) -> None:
    page.heading("How hard the questions are", "Look for a mix that suits your learners, in each topic.")
    total = numbers.counts.questions
    mix = _levels(numbers.difficulty)
    page.bars([_Bar(level, (f"{count:,}", _percent(100 * count / total)), count) for level, count in mix], total)
    topics = [topic for topic in numbers.topics if topic.questions]
    if len(topics) > 1:
        page.console.print()
        rows = [
            (page.shown(topic.title) or _NO_TOPIC, *(f"{count:,}" for _, count in _levels(topic.difficulty)))
            for topic in topics
        ]
        page.rows([("by topic", "easy", "medium", "hard"), *rows], head=True)


def _levels(mix: Mix) -> list[tuple[str, int]]:
    return [("easy", mix.easy), ("medium", mix.medium), ("hard", mix.hard)]


def _topics(page: _Page, numbers: Numbers) -> None:
    topics = numbers.topics
    if not any(topic.id for topic in topics):
        return
    weighted = numbers.is_weighted
    hint = f"Look for bars that end far from their {page.signs.mark}, the weight in deck.yaml." if weighted else ""
    page.heading("Questions by topic", hint or "Look for topics with too few; deck.yaml may give each a `weight`.")
    page.bars([
        _Bar(
            page.shown(topic.title) or _NO_TOPIC,
            (f"{topic.questions:,}", _percent(topic.share), *([_wanted(topic.weight)] if weighted else [])),
            topic.share,
            topic.weight,
        )
        for topic in topics
    ])  # fmt: skip


def _wanted(weight: float | None) -> str:
    return "" if weight is None else f"of {weight:g} %"


def _concepts(page: _Page, numbers: Numbers) -> None:
    concepts, coverage = numbers.concepts, numbers.coverage
    page.heading("Questions by concept", _coverage(numbers))
    shown: Sequence[ConceptNumbers] = concepts
    if len(concepts) > _MOST_CONCEPTS:
        shown = sorted(concepts, key=lambda concept: (concept.questions, concept.parts))[:_FEWEST]
        page.words(f"These {_FEWEST} of {len(concepts):,} have the fewest; --format csv has all of them.", "hint")
    most = max(concept.questions for concept in concepts)
    page.bars(
        [
            _Bar(
                page.shown(concept.title),
                (f"{concept.questions:,}", *([_parts(concept)] if numbers.counts.parts else [])),
                concept.questions,
                note="nothing asks for it" if concept.id in coverage.unasked else "",
            )
            for concept in shown
        ],
        most,
    )


def _parts(concept: ConceptNumbers) -> str:
    return f"+ {plural(concept.parts, 'part')}" if concept.parts else ""


def _coverage(numbers: Numbers) -> str:
    coverage, all = numbers.coverage, len(numbers.concepts)
    have = "has" if 1 in (coverage.asked, all) else "have"
    words = f"{coverage.asked:,} of {plural(all, 'concept')} {have} a question"
    if coverage.parts_only:
        words += f", {len(coverage.parts_only):,} only parts with a prompt"
    if coverage.unasked:
        return f"Look for those that nothing asks for: {words}, {len(coverage.unasked):,} nothing."
    return f"Look for concepts that have few: {words}."


def _guessing(page: _Page, guessing: Guessing) -> None:
    assert guessing.chance is not None
    assert guessing.longest is not None
    assert guessing.echo is not None
    page.heading(
        "What a learner scores who knows nothing",
        f"A learner who always picks the longest option scores {_percent(guessing.longest)}, chance is "
        f"{_percent(guessing.chance)}. Look for bars that go far beyond chance, the {page.signs.mark}: their "
        "options give answers away.",
    )
    page.bars(
        [
            _Bar("a blind guess", (_percent(guessing.chance),), guessing.chance),
            _Bar("the longest option", (_percent(guessing.longest),), guessing.longest, guessing.chance),
            _Bar("most words of the stem", (_percent(guessing.echo),), guessing.echo, guessing.chance),
        ],
        100,
    )
    few = ": so few say little" if guessing.questions < _FEW else ""
    page.words(f"of {plural(guessing.questions, 'choice question')}{few}")


def _places(page: _Page, places: KeyPlaces) -> None:
    if not places.fixed:
        why = "As written; the cards shuffle all options, so learners see none of this."
    elif places.fixed == places.questions:
        why = "Look for even bars: the cards keep this order."
    else:
        why = (
            f"Look for even bars: the cards keep this order in {places.fixed:,} of {places.questions:,} questions."
        )
    page.heading("Where the right answer stands", why)
    for index, each in enumerate(places.by_options):
        if index:
            page.console.print()
        total = sum(each.counts)
        page.words(f"{plural(total, 'question')} with {plural(each.options, 'option')}")
        page.bars([
            _Bar(f"option {place}", (f"{count:,}", _percent(100 * count / total)), count)
            for place, count in enumerate(each.counts, 1)
        ])  # fmt: skip


def _lengths(page: _Page, lengths: KeyLengths) -> None:
    page.heading("How long the right answers are", "Look for about 1: right answers as long as the wrong ones.")
    of = plural(lengths.questions, "question")
    page.words(f"{lengths.ratio:.2f} times as long as the wrong ones, on average over {of}")
    if lengths.chance is not None:
        share = _percent(100 * lengths.longest / lengths.judged)
        page.words(
            f"the longest option in {lengths.longest:,} of {plural(lengths.judged, 'question')}, or {share}; "
            f"chance makes it {_percent(lengths.chance)}"
        )


def _reading(page: _Page, numbers: Numbers) -> None:
    texts = numbers.texts
    named = [("stems", texts.stems), ("backs", texts.backs), ("parts", texts.parts)]
    kinds: list[tuple[str, Reading]] = [(name, reading) for name, reading in named if reading.texts]
    page.heading("How much there is to read", "In words. Cards are read again and again: look at the longest.")
    rows = [(name, *_spread(reading)) for name, reading in kinds]
    page.rows([("", "texts", "fewest", "median", "9 in 10", "most"), *rows], head=True)
    for name, reading in kinds:
        if reading.longest:
            names = ", ".join(f"{text.id} ({text.words:,})" for text in reading.longest)
            page.words(f"longest {name}: {names}")


def _spread(reading: Reading) -> tuple[str, ...]:
    middle = reading.median or 0
    return (
        f"{reading.texts:,}", f"{reading.least:,}", f"{middle:,.1f}".removesuffix(".0"), f"{reading.ninetieth:,}",
        f"{reading.most:,}",
    )  # fmt: skip


def _prerequisites(page: _Page, numbers: Numbers) -> None:
    found = numbers.prerequisites
    if not found.edges:
        page.heading("What builds on what")
        page.words("No concept has prerequisites.")
        return
    page.heading("What builds on what", "Look for long chains, and for concepts that stand alone by mistake.")
    if found.depth is None:
        page.words("The prerequisites lead in a circle.", "loud")
    else:
        way = list(found.chain)
        if len(way) > _MOST_NAMES:
            way = [*way[: _MOST_NAMES - 1], page.signs.dots, way[-1]]
        page.words(f"longest chain, {plural(found.depth, 'concept')}: {f' {page.signs.arrow} '.join(way)}")
    for words, ids in (
        ("first to learn", found.starts),
        ("nothing builds on", found.ends),
        ("alone", found.alone),
    ):
        if ids:
            more = f" and {len(ids) - _MOST_NAMES:,} more" if len(ids) > _MOST_NAMES else ""
            page.words(f"{words}: {', '.join(ids[:_MOST_NAMES])}{more}")


def _percent(share: float) -> str:
    return f"{share:.0f} %"

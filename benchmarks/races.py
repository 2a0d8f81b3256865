"""The races: each function of `RACES` is one, and yields rows of the table.

The decks are made-up (`corpus`), and are kept for the next time. Each race has a folder and a cache of its own,
and begins without a deck.lock, so that none finds what another left. Where a build is not to be one after another,
its deck.lock is removed before each run: it is a first build.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from benchmarks import corpus, measure
from benchmarks.measure import Contender, Cost

REPOSITORY = Path(__file__).parent.parent
MAIN_SIZE = 10_000
"""The number of questions that the budgets are about."""
YAMLLINT = "{extends: relaxed, rules: {line-length: disable}}"
"""yamllint's settings: the fewest rules that it comes with, and nothing that it would print about these files."""
_SMALL = 10
_MEMORY = 300_000_000
_NO_CACHE = "--no-cache"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: what some work cost, beside its peer and its budget, where it has them.

    `compared` is the part of the costs that the line is about: wall, memory or size. `met` is None where there is
    no budget, or it could not be measured.
    """

    work: str
    ours: Cost
    peer: str = ""
    theirs: Cost | None = None
    compared: str = "wall"
    budget: str = ""
    met: bool | None = None

    @property
    def ratio(self) -> float | None:
        """Ours divided by the peer's."""
        ours, theirs = (getattr(cost, self.compared, None) for cost in (self.ours, self.theirs))
        return ours / theirs if ours is not None and theirs else None

    def times(self, most: float, budget: str) -> Row:
        """The row with a budget for its ratio."""
        return replace(self, budget=budget, met=None if self.ratio is None else self.ratio <= most)

    def below(self, most: float, budget: str) -> Row:
        """The row with a budget for what is ours, in seconds or bytes."""
        ours = getattr(self.ours, self.compared)
        return replace(self, budget=budget, met=None if ours is None else ours <= most)


@dataclass(frozen=True, slots=True)
class Bench:
    """What is raced with: numbers of questions, how many runs, where decks are kept, and an empty folder."""

    sizes: tuple[int, ...]
    runs: int
    decks: Path
    work: Path

    @property
    def size(self) -> int:
        """The number of questions of all races but `growth`."""
        return min(MAIN_SIZE, max(self.sizes))

    def deck(self, questions: int, kind: str = "plain") -> Path:
        """The content root of a made-up deck, which is made where it is not there."""
        assert corpus.__file__
        version = hashlib.blake2b(Path(corpus.__file__).read_bytes(), digest_size=4).hexdigest()
        root = self.decks / f"{kind}-{questions}-{version}"
        if not root.is_dir():
            unfinished = root.with_name(f"{root.name}.new")
            shutil.rmtree(unfinished, ignore_errors=True)
            corpus.make(unfinished, questions, kind)
            unfinished.rename(root)
        (root / "deck.lock").unlink(missing_ok=True)
        return root

    def track(self, name: str, runs: int | None = None) -> Track:
        """A track for a race of this name, with as many runs as all have or with others."""
        return Track(self.work / name, runs or self.runs)


class Track:
    """Where a race is run: an empty folder, with a cache below it, and how many runs it has."""

    def __init__(self, folder: Path, runs: int) -> None:
        self.folder = folder
        self.runs = runs
        self.package = folder / "deck.apkg"
        folder.mkdir()
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("ANKIGEN_", "GITHUB_", "PYTHON"))
        }
        self.env: Mapping[str, str] = {
            **kept,
            "PYTHONPATH": str(REPOSITORY),
            "NO_COLOR": "1",
            "SOURCE_DATE_EPOCH": "1700000000",
            "ANKIGEN_CACHE_DIR": str(folder / "cache"),
        }

    def race(self, *contenders: Contender) -> list[Cost]:
        """What each contender costs. Raises FailedError."""
        return measure.race(contenders, self.runs, self.folder, self.env)

    def once(self, contender: Contender) -> None:
        """Run a contender to prepare a race. Raises FailedError."""
        measure.run(contender, self.folder, self.env)

    def build(self, root: Path, *flags: str) -> Contender:
        """A build of a root."""
        return _ankigen("build", root, "-o", self.package, *flags)

    def first_build(self, root: Path) -> Contender:
        """A build that knows nothing of one before."""
        return replace(self.build(root, _NO_CACHE), before=lambda: (root / "deck.lock").unlink(missing_ok=True))

    def program(self, name: str, *arguments: Path, tells: bool = True) -> Contender:
        """One of `benchmarks.programs`."""
        return Contender(name, [_python("-m", f"benchmarks.programs.{name}", *arguments)], tells=tells)


def start(bench: Bench) -> Iterator[Row]:
    """What is there before any work: the program without any, and with a deck of three files."""
    track = bench.track("start")
    root = bench.deck(_SMALL)
    bare, version, usage, small = track.race(
        _BARE, _ankigen("--version"), _ankigen("--help"), _ankigen("lint", root, _NO_CACHE)
    )
    yield Row("ankigen --version", version, _BARE.name, bare).below(0.12, "0.12 s")
    yield Row("ankigen --help", usage, _BARE.name, bare)
    yield Row("lint of a small deck", small, _BARE.name, bare).below(0.3, "0.3 s")


def lint(bench: Bench) -> Iterator[Row]:
    """All default rules without a cache, against linters that know the schema, and YAML alone."""
    track = bench.track("lint")
    root = bench.deck(bench.size)
    schemas = {"concepts": "concept", "questions": "questions"}
    checker = Contender(
        "check-jsonschema",
        [
            _python(
                *("-m", "check_jsonschema"),
                *("--schemafile", REPOSITORY / f"schema/{schema}.schema.json"),
                *sorted((root / folder).iterdir()),
            )
            for folder, schema in schemas.items()
        ],
    )
    yamllint = Contender("yamllint", [_python("-m", "yamllint", "-d", YAMLLINT, root)])
    ours, checked, linted = track.race(_ankigen("lint", root, _NO_CACHE), checker, yamllint)
    row = Row("lint, no cache", ours, checker.name, checked)
    yield row.times(1 / 20, "a twentieth")
    yield replace(row, peer=yamllint.name, theirs=linted)
    yield replace(row, work="memory of lint, no cache", compared="memory").below(_MEMORY, "300 MB")


def unchanged(bench: Bench) -> Iterator[Row]:
    """Lint and build once more, with nothing changed."""
    track = bench.track("unchanged")
    root = bench.deck(bench.size)
    warm = _ankigen("lint", root)
    track.once(warm)
    bare, linted = track.race(_BARE, warm)
    allowed = max(0.4, 3 * bare.wall + 0.35)
    budget = "0.4 s, or 3 starts + 0.35 s"
    yield Row("lint, nothing changed", linted, _BARE.name, bare).below(allowed, budget)
    again = track.build(root)
    track.once(again)
    built, whole = track.race(again, track.build(root, _NO_CACHE))
    yield Row("build, nothing changed", built, "build, no cache", whole)


def changed(bench: Bench) -> Iterator[Row]:
    """Lint and build once more, with one word changed in one file before each run."""
    track = bench.track("changed")
    root = shutil.copytree(bench.deck(bench.size), track.folder / "content")
    change = corpus.edits(root)
    for name, again, whole in (
        ("lint", _ankigen("lint", root), _ankigen("lint", root, _NO_CACHE)),
        ("build", track.build(root), track.build(root, _NO_CACHE)),
    ):
        track.once(again)
        ours, theirs = track.race(replace(again, before=change), whole)
        yield Row(f"{name}, one file changed", ours, f"{name}, no cache", theirs)


def build(bench: Bench) -> Iterator[Row]:
    """A first build without a cache, against the least that it could do, and against other ways to write notes."""
    track = bench.track("build")
    root = bench.deck(bench.size)
    ours = track.first_build(root)
    track.once(ours)
    package = track.package.rename(track.folder / "model.apkg")
    floor = track.program("floor", package, root, track.folder / "floor.apkg")
    script = track.program("plain_genanki", package, track.folder / "genanki.apkg", tells=False)
    backend = track.program("anki_backend", package, track.folder / "anki.apkg", tells=False)
    built, least, scripted, backed = track.race(ours, floor, script, backend)
    row = Row("build, no cache", built, "bare floor", least)
    yield row.times(4, "4 times")
    yield replace(row, peer="genanki script, writing alone", theirs=scripted)
    yield replace(row, peer="Anki's backend, writing alone", theirs=backed)
    memory = replace(row, work="memory of build, no cache", compared="memory", theirs=scripted)
    yield replace(memory, peer="genanki script, writing alone").below(_MEMORY, "300 MB")


def write(bench: Bench) -> Iterator[Row]:
    """The notes, ready in memory, as an .apkg: ankigen's writer against a plain script for genanki."""
    track = bench.track("write")
    root = bench.deck(bench.size)
    track.once(track.first_build(root))
    ours = track.program("ankigen_write", root, track.folder / "ankigen.apkg")
    script = track.program("plain_genanki", track.package, track.folder / "genanki.apkg")
    written, scripted = track.race(ours, script)
    row = Row("writing the notes as .apkg", written, "genanki script", scripted)
    yield row.times(1, "faster")
    yield replace(row, work="size of the .apkg", compared="size").times(1 / 20, "a twentieth")


def preview(bench: Bench) -> Iterator[Row]:
    """What a preview makes when the deck is opened in a browser, once it has been checked and rendered."""
    track = bench.track("preview")
    (made,) = track.race(track.program("deck_page", bench.deck(bench.size), track.folder / "index.html"))
    yield Row("the deck page of a preview", made).below(1, "1 s")


def growth(bench: Bench) -> Iterator[Row]:
    """Time and memory of decks of all sizes. Ten times the questions may cost eleven times as much."""
    costs: dict[tuple[str, int], Cost] = {}
    for size in bench.sizes:
        # A run of the large ones takes minutes, and little of it is chance.
        track = bench.track(f"growth-{size}", runs=1 if size > MAIN_SIZE else None)
        root = bench.deck(size)
        (costs["lint", size],) = track.race(_ankigen("lint", root, _NO_CACHE))
        (costs["build", size],) = track.race(track.first_build(root))
    for command in ("lint", "build"):
        yield Row(f"{command}, {bench.sizes[0]:,} questions", costs[command, bench.sizes[0]])
        for before, size in pairwise(bench.sizes):
            most = 1.1 * size / before
            work = f"{command}, {size:,} questions"
            row = Row(work, costs[command, size], f"{before:,} questions", costs[command, before])
            yield row.times(most, f"{most:.3g} times")
            yield replace(row, work=f"memory of {work}", compared="memory").times(most, f"{most:.3g} times")


def kinds(bench: Bench) -> Iterator[Row]:
    """Decks with code and formulas, and with a fault in one question of twenty, against plain ones."""
    track = bench.track("kinds")
    plain, code, faults = (bench.deck(bench.size, kind) for kind in corpus.KINDS)
    *clean, faulty = (_ankigen("lint", root, _NO_CACHE) for root in (plain, code, faults))
    costs = track.race(*clean, replace(faulty, status=1))
    yield Row("lint of code and formulas", costs[1], "lint of prose", costs[0])
    yield Row("lint of many faults", costs[2], "lint of prose", costs[0])
    built = track.race(*(track.first_build(root) for root in (plain, code)))
    yield Row("build of code and formulas", built[1], "build of prose", built[0])


RACES: Mapping[str, Callable[[Bench], Iterator[Row]]] = {
    race.__name__: race for race in (start, lint, unchanged, changed, build, write, preview, growth, kinds)
}
"""The races by their names, in the order of the table."""


def _python(*arguments: str | Path) -> list[str | Path]:
    return [sys.executable, *arguments]


def _ankigen(*arguments: str | Path) -> Contender:
    return Contender(f"ankigen {arguments[0]}", [_python("-m", "ankigen", *arguments)])


_BARE = Contender("python -c pass", [_python("-c", "pass")])

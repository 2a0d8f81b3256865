"""Runs the races, and prints their table: `make bench`, or `python -m benchmarks`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.measure import FailedError
from benchmarks.races import RACES, REPOSITORY, Bench, Row
from benchmarks.report import markdown, table

_SIZES = "100,1000,10000,100000,200000"
_WIDTH = 130  # of a table that goes to a file


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the races that the command line names; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Race ankigen against its peers.")
    parser.add_argument("races", nargs="*", metavar="RACE", help=f"Which; all by default: {', '.join(RACES)}.")
    parser.add_argument("--sizes", default=_SIZES, help="Numbers of questions, for growth; %(default)s.")
    parser.add_argument("--runs", type=int, default=5, help="How many runs a median is made of; %(default)s.")
    parser.add_argument("--folder", type=Path, default=REPOSITORY / ".bench_cache", help="Where decks are kept.")
    parser.add_argument(
        "--results",
        type=Path,
        help="Where to write the table as Markdown; benchmarks/RESULTS.md where all races are run.",
    )
    given = parser.parse_args(arguments)
    try:
        sizes = tuple(sorted({int(size) for size in given.sizes.split(",")}))
    except ValueError:
        parser.error("--sizes takes numbers with commas between them")
    if sizes[0] < 1 or given.runs < 1:
        parser.error("--sizes and --runs must be 1 or more")
    if unknown := set(given.races) - set(RACES):
        parser.error(f"there is no race {', '.join(sorted(unknown))}; there are: {', '.join(RACES)}")
    results = given.results or (None if given.races else REPOSITORY / "benchmarks/RESULTS.md")
    given.folder.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(dir=given.folder.absolute()) as work:
        bench = Bench(sizes, given.runs, given.folder.absolute(), Path(work))
        for name in given.races or RACES:
            print(f"{name} ...", file=sys.stderr)
            try:
                rows += RACES[name](bench)
            except FailedError as error:
                print(f"benchmarks: {name}: {error}", file=sys.stderr)
                return 1
            except KeyboardInterrupt:
                return 130
    Console(width=None if sys.stdout.isatty() else _WIDTH).print(table(rows))
    if results:
        command = f"python -m benchmarks --sizes {','.join(map(str, sizes))} --runs {given.runs}"
        results.write_text(markdown(rows, bench.size, given.runs, command), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

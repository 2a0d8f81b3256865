"""`ankigen stats`."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ankigen.cli.console import complain, has_colour, plural, print_findings
from ankigen.cli.lint import NoCache, checked_roots
from ankigen.cli.release import Roots, whole_roots

if TYPE_CHECKING:
    from ankigen.lint.engine import Checked
    from ankigen.stats.numbers import Numbers


class StatsFormat(StrEnum):
    """How numbers are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def stats(
    roots: Roots = None,
    format: Annotated[StatsFormat, typer.Option("--format", help="How to write them.")] = StatsFormat.TABLE,
    include_drafts: Annotated[
        bool, typer.Option("--include-drafts", help="Count what has `status: draft`, too.")
    ] = False,
    no_cache: NoCache = False,
) -> int:
    """Show the numbers of a deck: how much there is, how hard it is, and what gives its answers away.

    What is retired is not counted, and drafts only where they are asked for. Of a deck with errors, the numbers
    are those of what can be read. The exit status is 1 where deck.yaml itself cannot be used.
    """
    from ankigen.lint.read import Making
    from ankigen.stats.facts import NAME, facts_of
    from ankigen.stats.numbers import numbers_of

    every = checked_roots(whole_roots(roots), making=Making(NAME, facts_of), cached=not no_cache)
    unusable = [checked for checked in every if checked.deck is None]
    usable = []
    for checked in every:
        if checked.deck is not None:
            facts = (fact for file in checked.made for fact in file)
            usable.append((checked, numbers_of(checked.deck, facts, drafts=include_drafts)))
    _write(usable, format)
    sys.stdout.flush()
    for checked, _ in usable:
        if checked.errors:
            _tell_of_errors(checked)
    if unusable:
        # Beside the numbers, where a program reads these.
        print_findings(unusable, stream=sys.stdout if format is StatsFormat.TABLE else sys.stderr)
    return int(bool(unusable))


def _tell_of_errors(checked: Checked) -> None:
    assert checked.deck is not None
    root, unread = checked.root.as_posix(), len(checked.deck.unread)
    left_out = f", and {plural(unread, 'file')} that cannot be read and counted" if unread else ""
    complain(f"{root}: {plural(checked.errors, 'error')}{left_out}; `ankigen lint {root}` shows what to mend")


def _write(decks: list[tuple[Checked, Numbers]], format: StatsFormat) -> None:
    if format is not StatsFormat.TABLE and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    match format:
        case StatsFormat.TABLE:
            from ankigen.cli.table import table

            columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
            colour = has_colour(sys.stdout)
            for index, (_, numbers) in enumerate(decks):
                if index:
                    print()
                for line in table(numbers, colour=colour, columns=columns, encoding=sys.stdout.encoding):
                    print(line)
        case StatsFormat.JSON:
            from ankigen.stats.jsons import json_report

            sys.stdout.write(json_report((numbers, checked.errors) for checked, numbers in decks))
        case StatsFormat.CSV:
            _write_csv(numbers for _, numbers in decks)


def _write_csv(decks: Iterable[Numbers]) -> None:
    import csv

    from ankigen.stats.rows import Row, rows_of

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(Row._fields)
    for numbers in decks:
        for row in rows_of(numbers):
            writer.writerow([_cell(value) for value in row])


_FORMULA = ("=", "+", "-", "@")


def _cell(value: str | int | float | None) -> str | int | float | None:
    """A value as a cell: a text of the author's is no formula there, and does not steer a terminal."""
    if not isinstance(value, str):
        return value
    from ankigen.report.full import visible

    text = visible(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text

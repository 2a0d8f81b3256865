"""`ankigen lint`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ankigen.cli.console import Format, Stop, plural, print_findings, progress, targets_of
from ankigen.diagnostic import Severity

if TYPE_CHECKING:
    from ankigen.lint.engine import Checked
    from ankigen.lint.settings import Flags
    from ankigen.source.discover import Target

SELECT_HELP = "Run these rules and no others: codes, names, or letters of families. Wins over deck.yaml."
EXTEND_HELP = "Run these rules besides those that run anyway."
IGNORE_HELP = "Do not run these rules."
FORMAT_HELP = "How to write the report; full where none is given, and github in GitHub's CI."
FAIL_ON_HELP = "The least severity that makes the exit status 1: error, warning or note."


def lint(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH",
            help="Files or folders to check; the folder you are in where none is given.",
            show_default=False,
        ),
    ] = None,
    select: Annotated[list[str] | None, typer.Option("--select", metavar="RULE", help=SELECT_HELP)] = None,
    extend: Annotated[list[str] | None, typer.Option("--extend", metavar="RULE", help=EXTEND_HELP)] = None,
    ignore: Annotated[list[str] | None, typer.Option("--ignore", metavar="RULE", help=IGNORE_HELP)] = None,
    pedantic: Annotated[
        bool, typer.Option("--pedantic", help="Run the rules that are off by default, too.")
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Repair what can be repaired without changing a meaning.")
    ] = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="With --fix or --diff: also where the meaning may change.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what --fix would change, and change nothing.")
    ] = False,
    format: Annotated[Format | None, typer.Option("--format", help=FORMAT_HELP, show_default=False)] = None,
    fail_on: Annotated[
        Severity, typer.Option("--fail-on", metavar="SEVERITY", help=FAIL_ON_HELP)
    ] = Severity.ERROR,
) -> int:
    """Check content files, and say what is wrong with them, where, and what to do.

    Exit status: 0 where there is no error, 1 where there is one, 2 for wrong use.
    """
    from ankigen.lint.settings import Flags

    flags = Flags(_words(select), (*_words(extend), *(["pedantic"] if pedantic else [])), _words(ignore))
    targets = targets_of(paths or [Path()])
    every = checked_roots(targets, flags)
    if diff:
        return _show_diff(every, unsafe_fixes)
    if fix or unsafe_fixes:
        every = _repair(every, targets, flags, unsafe_fixes)
    print_findings(every, format or (Format.GITHUB if os.environ.get("GITHUB_ACTIONS") == "true" else Format.FULL))
    levels = list(Severity)
    failing = levels[: levels.index(fail_on) + 1]
    return int(any(diagnostic.severity in failing for checked in every for diagnostic in checked.diagnostics))


_ROUNDS = 10  # one fix may make room for another; more rounds than this would be a fault


def _repair(every: list[Checked], targets: list[Target], flags: Flags, unsafe: bool) -> list[Checked]:
    """Apply fixes until none is left; gives what is found then."""
    from ankigen.lint.fix import ChangedError, repairs

    fixed = 0
    try:
        for _ in range(_ROUNDS):
            found = [
                each for checked in every for each in repairs(checked.diagnostics, checked.sources, unsafe=unsafe)
            ]
            if not found:
                break
            for repair in found:
                repair.write()
                fixed += repair.fixes
            every = checked_roots(targets, flags)
    except ChangedError as error:
        raise Stop(str(error)) from None
    except OSError as error:
        raise Stop(f"{error.filename}: cannot be written ({error.strerror or error})") from None
    if fixed:
        print(f"Fixed {plural(fixed, 'finding')}.", file=sys.stderr)
    return every


def _show_diff(every: list[Checked], unsafe: bool) -> int:
    from ankigen.lint.fix import repairs
    from ankigen.report.full import visible

    found = [each for checked in every for each in repairs(checked.diagnostics, checked.sources, unsafe=unsafe)]
    for repair in found:
        for line in repair.diff().splitlines():
            print(visible(line))
    return int(bool(found))


def _words(given: list[str] | None) -> tuple[str, ...]:
    """The words of an option that may be given several times, and each time with several words."""
    return tuple(word for part in given or () for word in part.replace(",", " ").split())


def checked_roots(
    targets: list[Target], flags: Flags | None = None, *, jobs: int = 1, keep: bool = False
) -> list[Checked]:
    """Check the roots, with a progress bar. Raises Stop where a file cannot be read or a flag names no rule."""
    from ankigen.lint.engine import check, count_files
    from ankigen.lint.pool import WorkerError
    from ankigen.lint.settings import Flags, UnknownRuleError
    from ankigen.source.discover import NoContentError

    try:
        with progress("Checking", count_files(targets)) as tick:
            return check(targets, tick, flags or Flags(), jobs=jobs, keep=keep)
    except (NoContentError, WorkerError) as error:
        raise Stop(str(error)) from None
    except UnknownRuleError as error:
        hint = f"; did you mean `{error.nearest}`?" if error.nearest else ""
        raise Stop(f"{error}{hint}") from None

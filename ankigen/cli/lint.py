"""`ankigen lint`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ankigen.cli.console import Stop, plural, print_findings, progress, targets_of

if TYPE_CHECKING:
    from ankigen.lint.engine import Checked
    from ankigen.source.discover import Target


def lint(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="Files or folders to check; the folder you are in where none is given.",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Check content files, and say what is wrong with them, where, and what to do.

    Exit status: 0 where there is no error, 1 where there is one, 2 for wrong use.
    """
    every = checked_roots(targets_of(paths or [Path()]))
    print_findings(every)
    report_end(every)
    return 1 if any(checked.errors for checked in every) else 0


def checked_roots(targets: list[Target]) -> list[Checked]:
    """Check the roots, with a progress bar. Raises Stop where a file cannot be read."""
    from ankigen.lint.engine import check, count_files
    from ankigen.source.discover import NoContentError

    try:
        with progress("Checking", count_files(targets)) as tick:
            return check(targets, tick)
    except NoContentError as error:
        raise Stop(str(error)) from None


def report_end(every: list[Checked]) -> None:
    """The last line of the report."""
    from ankigen.report.full import summary

    findings = [diagnostic for checked in every for diagnostic in checked.diagnostics]
    files = sum(checked.files for checked in every)
    if findings:
        print(summary(findings, files))
    else:
        print(f"All well in {plural(files, 'file')}.")

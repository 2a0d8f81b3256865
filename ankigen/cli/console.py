"""The terminal: colour, complaints, the progress bar. What every command shares."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from ankigen.lint.engine import Checked
    from ankigen.source.discover import Target

PATIENCE = 1.0
"""Seconds from the start of the program after which progress bars appear."""
_STARTED = time.monotonic()
SIGNALS: list[int] = []
"""The signals that ask the program to end, as they came in. A library may swallow the exception, not this."""


class Stop(Exception):
    """Ends a command; its text is one plain line that says what is wrong and what to do."""

    def __init__(self, text: str, status: int = 2) -> None:
        super().__init__(text)
        self.status = status


def complain(text: str) -> None:
    """Write one line to standard error; names of files in it may hold anything."""
    from ankigen.report.full import visible

    try:
        print(f"ankigen: {visible(text)}", file=sys.stderr)
        sys.stderr.flush()
    except OSError:
        pass  # there is no one to tell


def has_colour(stream: TextIO) -> bool:
    """Whether to colour what goes to a stream: NO_COLOR and FORCE_COLOR decide, else whether it is a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def targets_of(paths: Iterable[Path]) -> list[Target]:
    """The content roots that the user's paths mean. Raises Stop where they mean none."""
    from ankigen.source.discover import NoContentError, find_targets

    try:
        return find_targets(paths)
    except NoContentError as error:
        raise Stop(str(error)) from None


def print_findings(every: Iterable[Checked]) -> None:
    """Write the full report to standard output."""
    from ankigen.report.full import full

    colour = has_colour(sys.stdout)
    for checked in every:
        for piece in full(checked.diagnostics, checked.sources, colour=colour):
            print(piece)


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """Count up to `total`, and on a terminal show it once the program has run for a second.

    Gives the function that counts one.
    """
    done = 0
    bar = None
    task = None

    def tick() -> None:
        nonlocal done, bar, task
        done += 1
        if SIGNALS:
            raise KeyboardInterrupt
        if bar is not None and task is not None:
            bar.update(task, completed=done)
        elif time.monotonic() - _STARTED > PATIENCE and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress

            bar = Progress(console=Console(stderr=True), transient=True)
            bar.start()
            task = bar.add_task(what, total=total, completed=done)

    try:
        yield tick
    finally:
        if bar is not None:
            bar.stop()


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"

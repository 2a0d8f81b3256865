"""The terminal: colour, complaints, the progress bar. What every command shares."""

from __future__ import annotations

import io
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from ankigen.lint.engine import Checked
    from ankigen.source.discover import Target

PATIENCE = 1.0
"""Seconds from the start of the program, or of its last round, after which progress bars appear."""
_started = time.monotonic()
SIGNALS: list[int] = []
"""The signals that ask the program to end, as they came in. A library may swallow the exception, not this."""
CHANGED: set[Path] = set()
"""The files that this run has written, for whoever stops it to be told."""
_undisturbed = False


def interrupt(number: int, frame: FrameType | None) -> None:
    """End the run where it stands, so that what was begun is cleared away."""
    SIGNALS.append(number)
    if not _undisturbed:
        raise KeyboardInterrupt


def begin_anew() -> None:
    """Begin another round in the same run: progress bars wait again."""
    global _started
    _started = time.monotonic()


@contextmanager
def changing(*files: Path) -> Iterator[None]:
    """Keep signals waiting while files are written, so that it is known whether they were."""
    global _undisturbed
    _undisturbed = True
    try:
        yield
        CHANGED.update(files)
    finally:
        _undisturbed = False
    if SIGNALS:
        raise KeyboardInterrupt


class Stop(Exception):
    """Ends a command; its text is one plain line that says what is wrong and what to do."""

    def __init__(self, text: str, status: int = 2) -> None:
        super().__init__(text)
        self.status = status


def complain(text: str) -> None:
    """Write one line to standard error; names of files in it may hold anything."""
    if not (text.isascii() and text.isprintable()):
        # Only here: a run that was stopped while it was loading cannot count on loading more.
        from ankigen.report.full import visible

        text = visible(text)
    try:
        print(f"ankigen: {text}", file=sys.stderr)
        sys.stderr.flush()
    except OSError:
        pass  # there is no one to tell


def plainly(error: OSError) -> str:
    """What the system refuses, as one plain line."""
    return f"{error.filename}: {error.strerror}" if error.filename else f"{error.strerror or error}"


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


class Format(StrEnum):
    """The formats of reports, by the names that the command line takes."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    GITHUB = "github"
    GITLAB = "gitlab"
    JUNIT = "junit"
    RDJSON = "rdjson"


def print_findings(every: Iterable[Checked], format: Format = Format.FULL, stream: TextIO | None = None) -> None:
    """Write a report, to standard output where no stream is given."""
    stream = stream or sys.stdout
    if format not in (Format.FULL, Format.CONCISE) and isinstance(stream, io.TextIOWrapper):
        # As those formats demand, whatever the terminal can show.
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    # What goes to a file or another program does not depend on the terminal.
    columns = shutil.get_terminal_size().columns if stream.isatty() else None
    for piece in _report(list(every), format, has_colour(stream), columns):
        stream.write(piece)


def _report(every: list[Checked], format: Format, colour: bool, columns: int | None) -> Iterator[str]:
    from ankigen import __version__
    from ankigen.lint.engine import all_rules
    from ankigen.report import Report
    from ankigen.report.full import MAX_WIDTH, full, summary, visible

    report = Report(tuple(every), all_rules(), __version__)
    diagnostics, files = report.diagnostics, report.files
    match format:
        case Format.FULL:
            columns = columns or 2 * MAX_WIDTH
            for piece in full(diagnostics, report.sources, colour=colour, columns=columns):
                yield piece + "\n"
            known = sum(checked.known for checked in every)
            beside = f" beside {plural(known, 'finding')} that the baseline knows" if known else ""
            words = summary(diagnostics, files) if diagnostics else f"All well in {plural(files, 'file')}"
            yield words + beside + ("\n" if diagnostics else ".\n")
            for checked in every:
                if checked.is_empty:
                    where = f" in {visible(checked.root.as_posix())}" if len(every) > 1 else ""
                    yield f"There is no concept and no question{where} yet.\n"
        case Format.CONCISE:
            from ankigen.report.concise import concise

            yield from concise(report)
        case Format.JSON | Format.JSONL:
            from ankigen.report.jsons import json_report, jsonl

            yield from (json_report if format is Format.JSON else jsonl)(report)
        case Format.SARIF:
            from ankigen.report.sarif import sarif

            yield from sarif(report)
        case Format.GITHUB:
            from ankigen.report.github import github

            yield from github(report)
        case Format.GITLAB:
            from ankigen.report.gitlab import gitlab

            yield from gitlab(report)
        case Format.JUNIT:
            from ankigen.report.junit import junit

            yield from junit(report)
        case Format.RDJSON:
            from ankigen.report.rdjson import rdjson

            yield from rdjson(report)


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """Count up to `total`, as `counting` does; gives the function that counts one."""
    with counting(what) as begin:
        yield begin(total)


@contextmanager
def counting(what: str) -> Iterator[Callable[[int], Callable[[], None]]]:
    """Count something, and on a terminal show it once the program has run for a second.

    Gives the function that takes the number to count up to, and gives the function that counts one.
    """
    done = total = 0
    bar = None
    task = None

    def begin(number: int) -> Callable[[], None]:
        nonlocal total
        total = number
        return tick

    def tick() -> None:
        nonlocal done, bar, task
        done += 1
        if SIGNALS:
            raise KeyboardInterrupt
        if bar is not None and task is not None:
            bar.update(task, completed=done)
        elif time.monotonic() - _started > PATIENCE and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress

            bar = Progress(console=Console(stderr=True), transient=True)
            bar.start()
            task = bar.add_task(what, total=total, completed=done)

    try:
        yield begin
    finally:
        if bar is not None:
            bar.stop()


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def size(count: int) -> str:
    """A number of bytes, for people."""
    if count < 1000:
        return plural(count, "byte")
    return f"{count / 1000:,.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:,.1f} MB"

"""Shares the reading of files out among processes.

Processes, not threads: parsing and judging hold Python's lock. Each gets the readers once, and then pieces of
the list of files; the readings come back in the list's order.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait
from pathlib import Path
from typing import NamedTuple

from ankigen.lint.read import Reader, Reading
from ankigen.validate import FileKind

_PIECE = 16
"""How many files a process takes at a time: enough to be worth sending, few enough for all to end together."""
_WORTH = 64
"""How many files each process must have to be worth its start."""


class Task(NamedTuple):
    """A file to read: the number of its root, its path, its kind."""

    root: int
    file: Path
    kind: FileKind


class WorkerError(Exception):
    """A process ended before its work was done; the text is one plain line for the user."""


def processors() -> int:
    """How many processors this program may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def readings(
    readers: Sequence[Reader], tasks: Sequence[Task], instead: Mapping[Path, bytes], jobs: int
) -> Iterator[Reading]:
    """Read the files, and give what is kept of each, in their order.

    Raises NoContentError where a file cannot be read, and WorkerError where a process is ended from outside.
    """
    jobs = min(jobs, len(tasks) // _WORTH)
    if jobs < 2:
        for root, file, kind in tasks:
            yield readers[root].read(file, kind, instead.get(file))
        return
    # Where it is safe, a process begins as a copy of this one, with everything loaded.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    pool = ProcessPoolExecutor(jobs, context, _begin, (readers, instead))
    try:
        with _signals_wait():
            pieces = pool.map(_read, [tasks[at : at + _PIECE] for at in range(0, len(tasks), _PIECE)])
        for piece in pieces:
            yield from piece
    except BrokenProcessPool:
        raise WorkerError(
            "a process that read files was ended by the system, perhaps for want of memory; try --jobs 1"
        ) from None
    finally:
        # Whatever ends this, nothing more is begun; a piece that is under way takes a moment.
        pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Hold signals back while processes begin: each would take one before it knows what to do with it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


_ENDING = [number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None))]
_readers: Sequence[Reader] = ()
_instead: Mapping[Path, bytes] = {}


def _begin(readers: Sequence[Reader], instead: Mapping[Path, bytes]) -> None:
    """Set a process up: it leaves the ending to the one that began it, and does not outlive that."""
    global _readers, _instead
    _readers, _instead = readers, instead
    for number in _ENDING:
        signal.signal(number, signal.SIG_DFL if number == signal.SIGTERM else signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    parent = multiprocessing.parent_process()
    if parent is not None:
        sentinel = parent.sentinel
        threading.Thread(target=lambda: (wait([sentinel]), os._exit(1)), daemon=True).start()


def _read(tasks: Sequence[Task]) -> list[Reading]:
    return [_readers[root].read(file, kind, _instead.get(file)) for root, file, kind in tasks]

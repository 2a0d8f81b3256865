"""Shares the reading of files out among processes.

Processes, not threads: parsing and judging hold Python's lock. Each gets its pieces of the list of files when it
begins, and sends back what comes of them; the results are given in the list's order.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ankigen.lint.inputs import bytes_of
from ankigen.lint.read import Reader, Result
from ankigen.validate import FileKind

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

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


Readers: TypeAlias = Sequence[tuple[Reader, tuple[Path, bytes] | None]]
"""The reader of each root, and what is read there in the place of a file."""


def results(readers: Readers, tasks: Sequence[Task], jobs: int) -> Iterator[Result]:
    """Read the files, and give what comes of each, in their order.

    Raises NoContentError where a file cannot be read, and WorkerError where a process is ended from outside.
    """
    jobs = min(jobs, len(tasks) // _WORTH)
    if jobs < 2:
        yield from _read(readers, tasks)
    else:
        yield from _shared_out(readers, tasks, jobs)


def _shared_out(readers: Readers, tasks: Sequence[Task], jobs: int) -> Iterator[Result]:
    # Slow to load, and of no use to one process alone.
    import multiprocessing
    from multiprocessing.connection import Connection, wait

    pieces = [tasks[at : at + _PIECE] for at in range(0, len(tasks), _PIECE)]
    # Where it is safe, a process begins as a copy of this one, with everything loaded.
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    workers: list[tuple[BaseProcess, Connection]] = []
    try:
        with _signals_wait():
            for number in range(jobs):
                mine, theirs = context.Pipe(duplex=False)
                own = {index: pieces[index] for index in range(number, len(pieces), jobs)}
                worker = context.Process(target=_work, args=(theirs, readers, own), daemon=True)
                worker.start()
                theirs.close()
                workers.append((worker, mine))
        done: dict[int, list[Result]] = {}
        left = {end: len(range(number, len(pieces), jobs)) for number, (_, end) in enumerate(workers)}
        for index in range(len(pieces)):
            while index not in done:
                for end in [end for end in wait(left) if isinstance(end, Connection)]:
                    done |= _receive(end)
                    left[end] -= 1
                    if not left[end]:
                        del left[end]
            yield from done.pop(index)
    finally:
        # However this ends, no process goes on.
        for worker, _ in workers:
            worker.terminate()
        for worker, end in workers:
            worker.join()
            end.close()


def _receive(end: Connection) -> dict[int, list[Result]]:
    try:
        message = end.recv()
    except (EOFError, OSError):
        raise WorkerError(
            "a process that read files was ended by the system, perhaps for want of memory; try --jobs 1"
        ) from None
    if isinstance(message, Exception):
        raise message
    index, found = message
    return {index: found}


def _read(readers: Readers, tasks: Iterable[Task]) -> Iterator[Result]:
    for root, file, kind in tasks:
        reader, instead = readers[root]
        yield reader.read(file, kind, bytes_of(file, instead))


def _work(end: Connection, readers: Readers, pieces: Mapping[int, Sequence[Task]]) -> None:
    """What a process does: read its pieces, and send what is kept of each, or what stopped it.

    It leaves the ending to the process that began it, and does not outlive that.
    """
    import multiprocessing

    for number in _ENDING:
        signal.signal(number, signal.SIG_DFL if number == signal.SIGTERM else signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    with suppress(BrokenPipeError):  # whoever would read it has gone
        for message in _messages(readers, pieces):
            end.send(message)


def _messages(
    readers: Readers, pieces: Mapping[int, Sequence[Task]]
) -> Iterator[tuple[int, list[Result]] | Exception]:
    try:
        for index, tasks in pieces.items():
            yield index, list(_read(readers, tasks))
    except Exception as error:
        yield error


def _end_with(sentinel: int) -> None:
    from multiprocessing.connection import wait

    wait([sentinel])
    os._exit(1)


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

"""Runs programs in turn, and says what each cost.

Whole processes are measured: seconds on the clock; seconds of all processors, user and system, children included,
as the kernel counts them (`wait4`); and the peak of the memory of the process and all that it starts. Memory is
the `Pss` of Linux, in which a page that processes share is divided among them, added up over the processes every
few milliseconds. Taking such samples slows a program down, so that memory is measured in a run of its own, which
comes before those that are timed, and warms up the file cache for them.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

_EVERY = 0.001
_ROLLUP = Path("/proc/self/smaps_rollup")  # Linux has it
_SHOWN = 2000  # characters of what a program printed that failed


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock, seconds of processors, bytes of memory at the peak, bytes of the file that is written.

    The last two are None where they are not measured.
    """

    wall: float
    cpu: float
    memory: int | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Contender:
    """What takes part in a race: commands, run one after the other.

    `before` is called ahead of each run, and is not measured. `status` is the exit status of a run that did its
    work. With `tells`, the program measures a part of what it does itself, and prints that (see `programs`).
    """

    name: str
    commands: Sequence[Sequence[str | Path]]
    before: Callable[[], object] = lambda: None
    status: int = 0
    tells: bool = False


class FailedError(Exception):
    """A program that did not do its work; the text says which, and what it printed."""


def race(contenders: Sequence[Contender], runs: int, folder: Path, env: Mapping[str, str]) -> list[Cost]:
    """What each contender costs: the medians of so many runs, taken in turn, in a folder. Raises FailedError."""
    peaks = [run(each, folder, env, sampled=True) for each in contenders]
    turns = [[run(each, folder, env) for each in contenders] for _ in range(runs)]
    return [
        replace(
            peak,
            wall=statistics.median(cost.wall for cost in costs),
            cpu=statistics.median(cost.cpu for cost in costs),
        )
        for peak, costs in zip(peaks, zip(*turns, strict=True), strict=True)
    ]


def run(contender: Contender, folder: Path, env: Mapping[str, str], *, sampled: bool = False) -> Cost:
    """What one run costs; of several commands, the sum of their times, and the memory of the largest.

    Memory is measured where it is to be sampled, on Linux. Raises FailedError.
    """
    contender.before()
    costs = [_measure(command, contender, folder, env, sampled=sampled) for command in contender.commands]
    peaks = [cost.memory for cost in costs if cost.memory is not None]
    wall, cpu = sum(cost.wall for cost in costs), sum(cost.cpu for cost in costs)
    return Cost(wall, cpu, max(peaks, default=None), costs[-1].size)


def _measure(
    command: Sequence[str | Path], contender: Contender, folder: Path, env: Mapping[str, str], *, sampled: bool
) -> Cost:
    with tempfile.TemporaryFile(dir=folder) as output:
        started = time.perf_counter()
        # A session of its own is what its children are known by, also those whose parent has ended.
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            peak = max(_samples(process.pid), default=None) if sampled and _ROLLUP.exists() else None
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != contender.status:
            said = _text(output)[-_SHOWN:].strip()
            raise FailedError(f"{contender.name} ended with status {process.returncode}: {said}")
        if contender.tells:
            return Cost(**json.loads(_text(output).splitlines()[-1]))
        return Cost(wall, used.ru_utime + used.ru_stime, peak)


def _text(output: IO[bytes]) -> str:
    output.seek(0)
    return output.read().decode(errors="replace")


def _samples(session: int) -> Iterator[int]:
    """The memory of a session's processes, again and again until its first process ends. It is not yet reaped."""
    while not os.waitid(os.P_PID, session, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        started = time.perf_counter()
        if memory := sum(map(_memory, _processes(session))):
            yield memory
        # Of a large process, a sample takes long, and it must wait meanwhile.
        time.sleep(max(_EVERY, 5 * (time.perf_counter() - started)))


def _processes(session: int) -> Iterator[str]:
    for name in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208 - paths would take longer than the reading
        try:
            stat = Path(f"/proc/{name}/stat").read_bytes()
        except OSError:  # it has ended
            continue
        # After the name, which may hold anything: state, parent, group, session.
        if int(stat.rpartition(b")")[2].split()[3]) == session:
            yield name


def _memory(process: str) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_bytes().splitlines()
    except OSError:  # it has ended
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(b"Pss:"))

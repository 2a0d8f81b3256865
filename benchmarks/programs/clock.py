"""Measures the part of a program that counts."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def timed(file: Path) -> Iterator[None]:
    """Print what the work inside cost, and the size of the file that it wrote."""
    wall, cpu = time.perf_counter(), _cpu()
    yield
    cost = {"wall": time.perf_counter() - wall, "cpu": _cpu() - cpu, "size": file.stat().st_size}
    print(json.dumps(cost))


def _cpu() -> float:
    """Seconds of processors, of this process and of the children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)

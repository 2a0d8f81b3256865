"""The table of the races, for the terminal and as a Markdown file with the machine that it was made on."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.table import Table

from benchmarks.measure import Cost
from benchmarks.races import MAIN_SIZE, REPOSITORY, YAMLLINT, Row

_HEADINGS = ("work", "ours", "peer", "ratio", "budget", "met")
_LIBRARIES = (
    *("ankigen", "genanki", "jsonschema-rs", "nh3", "pyromark", "PyYAML"),
    *("anki", "check-jsonschema", "yamllint"),
)


def table(rows: Sequence[Row]) -> Table:
    """The rows as a table for the terminal."""
    made = Table(*_HEADINGS)
    for row in rows:
        ours, peer = _figure(row.ours, row.compared), _figure(row.theirs, row.compared)
        made.add_row(row.work, ours, f"{row.peer}: {peer}" if row.peer else "", *_verdict(row))
    return made


def markdown(rows: Sequence[Row], size: int, runs: int, command: str) -> str:
    """The rows as a page. `size` is the number of questions, and `command` what made it."""
    grid: list[Sequence[str]] = [
        ("work", "ours", "CPU", "memory", "peer", "", "CPU", "memory", *_HEADINGS[3:]),
        ["---"] * 11,
        *(
            (row.work, *_figures(row.ours, row), row.peer, *_figures(row.theirs, row), *_verdict(row))
            for row in rows
        ),
    ]
    lines = "\n".join(f"| {' | '.join(cells)} |" for cells in grid)
    facts = "\n".join(f"| {name} | {value} |" for name, value in _machine())
    return f"""# What the races found

Made by `{command}`; do not edit it by hand. The deck has {size:,} questions where a
line says nothing else. The figures are medians of {runs}, taken in turn with the peer's; above {MAIN_SIZE:,}
questions, those of one run. They are seconds on the clock, seconds of all processors (CPU), and the peak of the
memory, of the whole process with all that it starts; the bare floor and writing count their own work alone. The
ratio is ours divided by the peer's.

{lines}

yamllint has the settings `{YAMLLINT}`. The bare floor is one parse of each
file with PyYAML's C loader, the rows of the package written with two `executemany` into a fresh SQLite file, and
the fastest deflate. The script for genanki and Anki's backend write the fields of the package that ankigen built:
they have no YAML to read, no Markdown to render, and no rules.

| machine | |
| --- | --- |
{facts}
"""


def _verdict(row: Row) -> tuple[str, str, str]:
    ratio = "" if row.ratio is None else _number(row.ratio)
    return ratio, row.budget, "" if row.met is None else "yes" if row.met else "NO"


def _figures(cost: Cost | None, row: Row) -> tuple[str, str, str]:
    """What the row is about; and where that is time, the other costs beside it."""
    others = [_figure(cost, name) if row.compared == "wall" else "" for name in ("cpu", "memory")]
    return _figure(cost, row.compared), others[0], others[1]


def _figure(cost: Cost | None, name: str) -> str:
    value = getattr(cost, name, None)
    if value is None:
        return ""
    return f"{_number(value)} s" if name in ("wall", "cpu") else f"{_number(value / 1e6)} MB"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _machine() -> Iterator[tuple[str, str]]:
    yield "processor", f"{_of_proc('cpuinfo', 'model name') or platform.processor()}, {os.cpu_count()} cores"
    memory = _of_proc("meminfo", "MemTotal")
    if memory:
        yield "memory", f"{int(memory.split()[0]) * 1024 / 1e9:.1f} GB"
    yield "system", f"{_system()}, {platform.system()} {platform.release()}"
    yield "Python", f"{platform.python_implementation()} {platform.python_version()}"
    yield "libraries", ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    yield "date", datetime.now(UTC).date().isoformat()
    yield "commit", _commit()


def _of_proc(file: str, key: str) -> str:
    """A value of a file below /proc, or nothing on a system without it."""
    path = Path("/proc", file)
    found = re.search(rf"^{key}\s*: *(.*)$", path.read_text(), re.MULTILINE) if path.exists() else None
    return found[1] if found else ""


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.platform()


def _commit() -> str:
    def git(*arguments: str) -> str:
        result = subprocess.run(["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False)
        return result.stdout.strip()

    changed = git("status", "--porcelain", "--", ".", ":!benchmarks/RESULTS.md")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + (", with changes" if changed else "")

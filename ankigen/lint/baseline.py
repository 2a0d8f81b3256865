"""The ratchet for an old deck: findings that are known are silent, new ones are not, and gone ones must go.

A baseline is a JSON file with one known finding a line, so that branches merge it. A finding is known by its
file, its rule and its message, which stay the same while lines move; `count` says how often. Rules that are
always on have no place in it: what they find keeps the deck from being built.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ankigen.diagnostic import Diagnostic, Span
from ankigen.lint.engine import Checked, all_rules, judges
from ankigen.source.discover import Target
from ankigen.source.files import MAX_BYTES, read_bytes, write_bytes
from ankigen.source.text import SourceFile

VERSION = 1
_STALE = "stale-baseline"


class BaselineError(Exception):
    """A baseline that cannot be used; the text is one plain line for the user."""


class Known(NamedTuple):
    """A finding as a baseline knows it; `path` is relative to the baseline's folder."""

    path: str
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """The known findings, with the number of each, and the file they were read from."""

    source: SourceFile
    known: Counter[Known]

    def applied(self, every: Iterable[Checked], targets: Sequence[Target]) -> list[Checked]:
        """What was found in the targets, without what is known, and with what is known and was not found."""
        name = _namer(Path(self.source.path))
        left = Counter(self.known)
        fresh = []
        for checked in every:
            new = []
            for diagnostic in checked.diagnostics:
                known = name(diagnostic)
                if left[known] > 0:
                    left[known] -= 1
                else:
                    new.append(diagnostic)
            fresh.append(replace(checked, diagnostics=tuple(new), known=len(checked.diagnostics) - len(new)))
        is_judged = _judged(fresh, targets, Path(self.source.path))
        lines = self._lines()
        stale = [
            self._stale(known, count, lines.get(known, Span(0, 0)))
            for known, count in sorted(left.items())
            if count and is_judged(known)
        ]
        if stale and any(_STALE in checked.ran for checked in fresh):
            first = fresh[0]
            sources = first.sources.having(self.source)
            fresh[0] = replace(first, diagnostics=(*first.diagnostics, *stale), sources=sources)
        return fresh

    def _lines(self) -> dict[Known, Span]:
        """Where each known finding stands, if the baseline still has one a line, as it was written."""
        lines: dict[Known, Span] = {}
        for match in re.finditer(r"\{[^\n]*\}", self.source.text):
            with suppress(ValueError, KeyError, TypeError, RecursionError):
                entry = json.loads(match.group())
                lines.setdefault(Known(entry["path"], entry["rule"], entry["message"]), Span(*match.span()))
        return lines

    def _stale(self, known: Known, gone: int, span: Span) -> Diagnostic:
        """What is to be said of a known finding that is gone, at the line that holds it."""
        less = "less often" if gone < self.known[known] else "no longer"
        return Diagnostic(
            _STALE,
            f"`{known.rule}` finds this {less} in {known.path}",
            self.source.location(span),
            help="write the baseline anew with --write-baseline, so that it cannot come back unseen",
            code=all_rules()[_STALE].code,
            severity=all_rules()[_STALE].severity,
        )


def _judged(every: Iterable[Checked], targets: Sequence[Target], file: Path) -> Callable[[Known], bool]:
    """Tells whether a run would have found what a baseline knows: whether it looks at that file by that rule."""
    below = [(judges(target), checked.ran) for target, checked in zip(targets, every, strict=True)]
    return lambda known: any(
        known.rule in ran and is_below(str(file.parent / known.path)) for is_below, ran in below
    )


def _namer(file: Path) -> Callable[[Diagnostic], Known]:
    """Gives findings as a baseline knows them: by their paths from its folder, with `/` on every system."""
    folder = os.path.realpath(file.parent)

    @cache
    def relative(path: str) -> str:
        return Path(os.path.relpath(os.path.realpath(path), folder)).as_posix()

    return lambda diagnostic: Known(relative(diagnostic.location.path), diagnostic.rule, diagnostic.message)


def read(file: Path) -> Baseline:
    """Read a baseline. Raises BaselineError where there is none, or where it is something else."""
    try:
        raw = read_bytes(file)
        if len(raw) > MAX_BYTES:
            raise BaselineError(f"{file}: is no baseline (it has more than {MAX_BYTES // 2**20} MiB)")
        text = raw.decode("utf-8-sig")
        data = json.loads(text)
    except OSError as error:
        hint = f"; make it with --write-baseline {file}" if isinstance(error, FileNotFoundError) else ""
        raise BaselineError(f"{file}: cannot be read ({error.strerror}){hint}") from error
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"{file}: is no baseline ({error}); make it anew with --write-baseline") from error
    version = data.get("version") if isinstance(data, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise BaselineError(f"{file}: is of a newer version of ankigen; upgrade ankigen")
    try:
        entries = [
            (Known(each["path"], each["rule"], each["message"]), each["count"]) for each in data["findings"]
        ]
        if version != VERSION or not all(_is_entry(*entry) for entry in entries):
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise BaselineError(f"{file}: is no baseline; make it anew with --write-baseline") from None
    known: Counter[Known] = Counter()
    for each, count in entries:
        known[each] += count  # a merge may have left a line twice
    return Baseline(SourceFile(file.as_posix(), text, file), known)


def _is_entry(known: Known, count: object) -> bool:
    if not all(isinstance(part, str) for part in known) or not isinstance(count, int) or count < 1:
        return False
    return "\0" not in known.path and bool(os.fsencode(known.path))  # raises ValueError where it names no file


def write(file: Path, every: Iterable[Checked], targets: Sequence[Target], old: Baseline | None) -> int:
    """Write a baseline of what was found in the targets; gives the number of the findings.

    What an older one knows of files and rules that this run left out stays. The file is written at once or
    not at all. Raises OSError.
    """
    every = list(every)
    name = _namer(file)
    known = Counter(
        name(diagnostic)
        for checked in every
        for diagnostic in checked.diagnostics
        if not all_rules()[diagnostic.rule].essential
    )
    if old is not None:
        is_judged = _judged(every, targets, file)
        known.update({each: count for each, count in old.known.items() if not is_judged(each)})
    lines = [
        json.dumps({**each._asdict(), "count": count}, ensure_ascii=False) for each, count in sorted(known.items())
    ]
    body = ",\n".join(f"    {line}" for line in lines)
    text = f'{{\n  "version": {VERSION},\n  "findings": [\n{body}\n  ]\n}}\n'
    # What in a file's name is not UTF-8 becomes one of JSON's own escapes, which is read back as it was.
    write_bytes(file, text.encode("utf-8", "backslashreplace"))
    return known.total()

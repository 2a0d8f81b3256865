"""`ankigen lint`."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO, TypeAlias

import typer

from ankigen.cli.console import SIGNALS, Format, Stop, changing, counting, plural, print_findings, targets_of
from ankigen.diagnostic import Severity

if TYPE_CHECKING:
    from ankigen.lint.baseline import Baseline
    from ankigen.lint.cache import Cache
    from ankigen.lint.engine import Checked
    from ankigen.lint.fix import Repair
    from ankigen.lint.read import Making
    from ankigen.lint.settings import Flags
    from ankigen.source.discover import Target

_STDIN = Path("-")
NoCache: TypeAlias = Annotated[
    bool, typer.Option("--no-cache", help="Judge every file anew, and keep nothing for the next time.")
]
"""The flag of commands that check files."""


def lint(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH",
            help="Files or folders to check; the folder you are in where none is given; - for standard input.",
            show_default=False,
        ),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE",
            help="Run these rules and no others: codes, names, or letters of families. Wins over deck.yaml.",
        ),
    ] = None,
    extend: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="Run these rules besides those that run anyway.")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="RULE", help="Do not run these rules.")] = None,
    pedantic: Annotated[
        bool, typer.Option("--pedantic", help="Run the rules that are off by default, too.")
    ] = False,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="SECTION.KEY=VALUE",
            help="Set what deck.yaml may set in `lint:`, such as long-stem.words=80 or severity.Q008=error.",
        ),
    ] = None,
    check_links: Annotated[
        bool, typer.Option("--check-links", help="Ask the web addresses in the content whether they still answer.")
    ] = False,
    private_links: Annotated[
        bool, typer.Option("--private-links", help="With --check-links: also ask addresses in private networks.")
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
    format: Annotated[
        Format | None,
        typer.Option(
            help="How to write the report; full where none is given, and github in GitHub's CI.",
            show_default=False,
        ),
    ] = None,
    fail_on: Annotated[
        Severity,
        typer.Option(
            metavar="SEVERITY", help="The least severity that makes the exit status 1: error, warning or note."
        ),
    ] = Severity.ERROR,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Show how often each rule finds something, and not where.")
    ] = False,
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Keep silent about the findings that this file knows.", show_default=False
        ),
    ] = None,
    write_baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write what is found to this file, for --baseline.", show_default=False),
    ] = None,
    stdin_filename: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="With -: the file that standard input stands for.", show_default=False),
    ] = None,
    jobs: Annotated[
        int,
        typer.Option("-j", "--jobs", metavar="N", min=0, help="How many processes to use; 0: one a processor."),
    ] = 0,
    no_cache: NoCache = False,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch",
            help="Check anew whenever a file has changed, until Ctrl-C: without --fix, --diff and --check-links.",
        ),
    ] = False,
    show_files: Annotated[
        bool, typer.Option("--show-files", help="List the files that would be checked, and check nothing.")
    ] = False,
    show_settings: Annotated[
        bool, typer.Option("--show-settings", help="List the rules that would run, and check nothing.")
    ] = False,
) -> int:
    """Check content files, and say what is wrong with them, where, and what to do.

    Exit status: 0 where there is no error, 1 where there is one, 2 for wrong use. --watch goes on until it is
    stopped, with status 130.
    """
    from ankigen.lint.engine import all_rules
    from ankigen.lint.settings import Flags, overrides

    _refuse_contradictions(
        {
            "--show-files": show_files,
            "--show-settings": show_settings,
            "--write-baseline": write_baseline is not None,
            "--diff": diff,
            "--statistics": statistics,
            "--format": format is not None,
            "--fix": fix,
            "--unsafe-fixes": unsafe_fixes,
            "--baseline": baseline is not None,
            "--watch": watch,
            "--check-links": check_links,
            "--fail-on": fail_on is not Severity.ERROR,
        }
    )
    extended = (*_words(extend), *(["pedantic"] if pedantic else []))
    with wrong_use():
        set_here = overrides(settings or (), all_rules())
        flags = Flags(_words(select), extended, _words(ignore), check_links, private_links, set_here)
    _refuse_offline(flags)
    if watch:
        from ankigen.cli.watch import kept, watching

        _refuse_to_watch(paths or [], format)
        cached = kept(no_cache)

        def check() -> None:
            again = _Run(_targets(paths or [], stdin_filename), flags, jobs, _baseline(baseline), cached)
            _print(again.check(), None if statistics else format or Format.FULL)

        return watching(paths or [Path()], [baseline] if baseline else [], check)
    targets = _targets(paths or [], stdin_filename)
    if show_files or show_settings:
        return _show(targets, flags, settings=show_settings)
    run = _Run(targets, flags, jobs, _baseline(baseline), not no_cache)
    every = run.check()
    if write_baseline is not None:
        return _write_baseline(write_baseline, run, every)
    if diff:
        return _show_diff(every, unsafe_fixes)
    stdin = targets[0].instead is not None
    if fix or unsafe_fixes:
        every = _repair(every, run, unsafe_fixes)
        if stdin:
            assert run.targets[0].instead is not None
            sys.stdout.buffer.write(run.targets[0].instead[1])
            sys.stdout.flush()
    # Where standard output has the repaired text, the report goes beside it.
    stream = sys.stderr if stdin and (fix or unsafe_fixes) else sys.stdout
    by_default = Format.GITHUB if os.environ.get("GITHUB_ACTIONS") == "true" else Format.FULL
    _print(every, None if statistics else format or by_default, stream)
    levels = list(Severity)
    failing = levels[: levels.index(fail_on) + 1]
    return int(any(diagnostic.severity in failing for checked in every for diagnostic in checked.diagnostics))


# Flags that say what to do in place of a report, each with those that would then be passed over.
_ALONE = {
    "--show-files": ("--show-settings", "--write-baseline", "--diff", "--statistics", "--fix", "--unsafe-fixes"),
    "--show-settings": ("--write-baseline", "--diff", "--statistics", "--fix", "--unsafe-fixes"),
    "--write-baseline": ("--baseline", "--diff", "--statistics", "--format", "--fix", "--unsafe-fixes"),
    "--diff": ("--fix", "--statistics", "--format"),
    "--statistics": ("--format",),
    "--watch": (
        *("--show-files", "--show-settings", "--write-baseline", "--diff", "--fix", "--unsafe-fixes"),
        *("--check-links", "--fail-on"),
    ),
}


def _refuse_contradictions(given: Mapping[str, bool]) -> None:
    for flag, others in _ALONE.items():
        for other in others:
            if given[flag] and given[other]:
                raise Stop(f"{flag} and {other} cannot be given together: leave one of them out")


def _refuse_to_watch(paths: list[Path], format: Format | None) -> None:
    if _STDIN in paths:
        raise Stop("`-` is standard input, which is read once: leave out --watch")
    if format not in (None, Format.FULL, Format.CONCISE):
        raise Stop(f"--watch is for people, and --format {format} for programs: leave one of them out")


def _print(every: list[Checked], format: Format | None, stream: TextIO | None = None) -> None:
    """Write a report, or statistics in its place."""
    if format is None:
        _show_statistics(every)
    else:
        print_findings(every, format, stream)


def _words(given: list[str] | None) -> tuple[str, ...]:
    """The words of an option that may be given several times, and each time with several words."""
    return tuple(word for part in given or () for word in part.replace(",", " ").split())


def _refuse_offline(flags: Flags) -> None:
    """What is asked for and does not run must not pass for what finds nothing."""
    from ankigen.lint.engine import all_rules

    if flags.private_links and not flags.online:
        raise Stop("--private-links says which addresses to ask, and asks none without --check-links")
    words = {word.lower() for word in flags.select + flags.extend}
    for rule in all_rules().values():
        if rule.online and not flags.online and words & {rule.name, rule.code.lower()}:
            raise Stop(f"`{rule.code} {rule.name}` asks the network, and runs only with --check-links")


def _targets(paths: list[Path], stdin_filename: Path | None) -> list[Target]:
    from ankigen.source.discover import NoContentError, target_of_text
    from ankigen.source.files import MAX_BYTES

    if _STDIN not in paths:
        if stdin_filename is not None:
            raise Stop("--stdin-filename names what standard input stands for: write `-` in place of a path")
        return targets_of(paths or [Path()])
    if len(paths) > 1:
        raise Stop("`-` is standard input, and is checked alone")
    if stdin_filename is None:
        raise Stop("which file is it? Say so: --stdin-filename content/questions/NAME.yaml")
    if sys.stdin is None:
        raise Stop("standard input is closed, and there is nothing to check")
    try:
        return [target_of_text(stdin_filename, sys.stdin.buffer.read(MAX_BYTES + 1))]
    except NoContentError as error:
        raise Stop(str(error)) from None


@dataclass
class _Run:
    """What is checked, and how."""

    targets: list[Target]
    flags: Flags
    jobs: int
    baseline: Baseline | None
    cached: bool | Cache

    def check(self) -> list[Checked]:
        """Check the targets, and leave out what the baseline knows."""
        every = checked_roots(self.targets, self.flags, jobs=self.jobs, cached=self.cached)
        return every if self.baseline is None else self.baseline.applied(every, self.targets)


def _baseline(file: Path | None) -> Baseline | None:
    from ankigen.lint.baseline import BaselineError, read

    try:
        return None if file is None else read(file)
    except BaselineError as error:
        raise Stop(str(error)) from None


def _write_baseline(file: Path, run: _Run, every: list[Checked]) -> int:
    from ankigen.lint.baseline import write
    from ankigen.lint.engine import all_rules

    old = _baseline(file) if file.exists() else None
    try:
        with changing(file):
            number = write(file, every, run.targets, old)
    except OSError as error:
        raise Stop(f"{file}: cannot be written ({error.strerror or error})") from None
    print(f"{file} knows {plural(number, 'finding')} now.")
    left = sum(all_rules()[diagnostic.rule].essential for checked in every for diagnostic in checked.diagnostics)
    if left:
        print(f"{plural(left, 'finding')} of rules that are always on cannot be in it: mend them first.")
    return 0


@contextmanager
def wrong_use() -> Iterator[None]:
    """Raises Stop, with a plain line, where a file cannot be read or a flag names no rule."""
    from ankigen.lint.pool import WorkerError
    from ankigen.lint.settings import SettingError, UnknownRuleError
    from ankigen.source.discover import NoContentError

    try:
        yield
    except (NoContentError, SettingError, WorkerError) as error:
        raise Stop(str(error)) from None
    except UnknownRuleError as error:
        hint = f"; did you mean `{error.nearest}`?" if error.nearest else "; `ankigen rule` lists them"
        raise Stop(f"{error}{hint}") from None


_ROUNDS = 10  # one fix may make room for another; more rounds than this would be a fault


def _repair(every: list[Checked], run: _Run, unsafe: bool) -> list[Checked]:
    """Apply fixes until none is left; gives what is found then."""
    from ankigen.lint.fix import ChangedError

    fixed = 0
    try:
        for _ in range(_ROUNDS):
            found = _repairs(every, unsafe)
            if not found:
                break
            for repair in found:
                run.targets = [_with(target, repair) for target in run.targets]
                if run.targets[0].instead is None:
                    with changing(Path(repair.source.path)):
                        repair.write()
                fixed += repair.fixes
            every = run.check()
    except ChangedError as error:
        raise Stop(str(error)) from None
    except OSError as error:
        raise Stop(f"{error.filename}: cannot be written ({error.strerror or error})") from None
    finally:
        if fixed and not SIGNALS:
            print(f"Fixed {plural(fixed, 'finding')}.", file=sys.stderr)
    return every


def _repairs(every: list[Checked], unsafe: bool) -> list[Repair]:
    from ankigen.lint.fix import repairs

    return [each for checked in every for each in repairs(checked.diagnostics, checked.sources, unsafe=unsafe)]


def _with(target: Target, repair: Repair) -> Target:
    """A target whose standard input is what a repair makes of it."""
    if target.instead is None:
        return target
    return replace(target, instead=(target.instead[0], repair.data()))


def _show_diff(every: list[Checked], unsafe: bool) -> int:
    from ankigen.report.full import visible

    found = _repairs(every, unsafe)
    for repair in found:
        for line in repair.diff().splitlines():
            print(visible(line))
    return int(bool(found))


def _show_statistics(every: list[Checked]) -> None:
    from ankigen.lint.engine import all_rules

    found = [diagnostic for checked in every for diagnostic in checked.diagnostics]
    counts = Counter(diagnostic.rule for diagnostic in found)
    safe = Counter(each.rule for each in found if each.fix and each.fix.safe)
    unsafe = Counter(each.rule for each in found if each.fix and not each.fix.safe)
    width = len(f"{max(counts.values(), default=0):,}")
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], all_rules()[item[0]].code)):
        ways = [f"{safe[name]:,} with --fix"] if safe[name] else []
        ways += [f"{unsafe[name]:,} with --unsafe-fixes"] if unsafe[name] else []
        print(f"{count:>{width},}  {all_rules()[name].code} {name}" + (f" ({', '.join(ways)})" if ways else ""))
    print(f"{plural(len(found), 'finding')} in {plural(sum(checked.files for checked in every), 'file')}")


def _show(targets: list[Target], flags: Flags, *, settings: bool) -> int:
    from ankigen.lint.engine import Root, judges
    from ankigen.lint.page import settings_in_words
    from ankigen.report.full import visible

    for target in targets:
        with wrong_use():
            root = Root(target, flags)
        if settings:
            for line in settings_in_words(root.root.as_posix(), root.settings, root.rules):
                print(visible(line))
        else:
            is_named = judges(target)
            for file in root.listed.all():
                if is_named(file.as_posix()):
                    print(visible(file.as_posix()))
    return 0


def checked_roots(
    targets: list[Target],
    flags: Flags | None = None,
    *,
    jobs: int = 0,
    making: Making | None = None,
    cached: bool | Cache = True,
) -> list[Checked]:
    """Check the roots, with a progress bar; without `jobs`, in as many processes as are of use.

    `cached` is whether to use the user's cache, or another cache.

    Raises Stop where a file cannot be read or a flag names no rule.
    """
    from ankigen.lint.engine import check
    from ankigen.lint.pool import processors
    from ankigen.lint.settings import Flags

    with wrong_use(), cache_of(cached) as cache, counting("Checking") as begin:
        return check(targets, flags or Flags(), jobs=jobs or processors(), making=making, cache=cache, begin=begin)


@contextmanager
def cache_of(wanted: bool | Cache) -> Iterator[Cache | None]:
    """The user's cache, or None where it is not wanted or not to be had. One that is given stays open."""
    from ankigen.lint.cache import Cache, folder

    if not isinstance(wanted, bool):
        yield wanted
        wanted.flush()
        return
    if not wanted:
        yield None
        return
    try:
        cache = Cache(folder())
    except RuntimeError:  # there is no home
        yield None
        return
    try:
        yield cache
    finally:
        cache.close()

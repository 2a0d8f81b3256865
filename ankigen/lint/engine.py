"""Runs the rules over content roots: read, validate, model, check; the one way through the program.

Each file is read and judged by itself, where there are many in several processes. What is kept of it is small:
its findings, and the facts that the rules want which look at the deck as a whole. Those run then, over the
facts of all files, in the order of their paths, so that nothing depends on who read what.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from ankigen.diagnostic import Diagnostic, Location, Related, Severity
from ankigen.lint import suppress
from ankigen.lint.cache import Cache, digest, dump
from ankigen.lint.inputs import Inputs, bytes_of, inputs_of
from ankigen.lint.pool import Task, results
from ankigen.lint.read import Making, Reader, Reading, Result, document_of, source_of
from ankigen.lint.released import answer, load_lock
from ankigen.lint.rule import Rule
from ankigen.lint.settings import Flags, Settings, settings_of
from ankigen.lint.sources import Sources
from ankigen.lint.style import load_style
from ankigen.lock import LOCK_FILE, LockError
from ankigen.model import Deck, deck_of
from ankigen.source.discover import NOT_CONTENT, NoContentError, RootFiles, Target, files_of
from ankigen.source.text import SourceFile
from ankigen.validate import FileKind

Tick = Callable[[], None]
"""Called once for each file read, so that someone can count."""


class DeckId(NamedTuple):
    """A deck's id, and where it is written."""

    text: str
    place: Location


@dataclass(frozen=True, slots=True)
class Checked:
    """A content root after the rules have seen it.

    `id` is None where deck.yaml itself could not be used. `deck` and `made` are there where something was to be
    made of the files, and deck.yaml is valid: what came of each valid file, in the order of the paths.
    `sources` are the files that diagnostics speak of. `files` is the number of files read. `ran` are the names of
    the rules that looked at them. `known` is the number of findings that a baseline knows, and that are left out.
    """

    root: Path
    id: DeckId | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Sources
    files: int
    ran: frozenset[str]
    deck: Deck | None = None
    made: tuple[Any, ...] = ()
    known: int = 0

    @property
    def errors(self) -> int:
        """How many of the findings are errors."""
        return sum(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)

    @property
    def is_empty(self) -> bool:
        """Whether the deck is described, and there is no file of concepts or questions yet."""
        return self.id is not None and self.files == 1  # deck.yaml itself


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule by its name, in the order of the codes."""
    package = importlib.import_module("ankigen.rules")
    rules = []
    for module in pkgutil.iter_modules(package.__path__):
        found = vars(importlib.import_module(f"ankigen.rules.{module.name}")).values()
        rules += [
            member()
            for member in found
            if isinstance(member, type) and issubclass(member, Rule) and member is not Rule
        ]
    return {rule.name: rule for rule in sorted(rules, key=lambda rule: rule.code)}


def check(
    targets: Iterable[Target],
    flags: Flags = Flags(),  # noqa: B008 - frozen
    *,
    jobs: int = 1,
    making: Making | None = None,
    cache: Cache | None = None,
    begin: Callable[[int], Tick] = lambda total: lambda: None,
) -> list[Checked]:
    """Check content roots, in up to `jobs` processes; what comes out depends neither on these nor on the cache.

    Where a target names some paths, its findings are those that speak of these files, judged against the whole
    root. `begin` is called with the number of files that will be read, and gives what is called once for each.
    Raises NoContentError where a file cannot be read, UnknownRuleError where a flag names no rule, and WorkerError
    where the system ends a process.
    """
    if making and not making.name:
        jobs, cache = 1, None
    targets = list(targets)
    roots = [Root(target, flags, making) for target in targets]
    tick = begin(sum(len(root.listed.all()) for root in roots))
    known = [root.known(cache) if cache else None for root in roots]
    for root, before in zip(roots, known, strict=True):
        for _ in root.listed.all() if before else (root.listed.deck,):
            tick()
    left = [root for root, before in zip(roots, known, strict=True) if before is None]
    tasks = [Task(number, file, kind) for number, root in enumerate(left) for file, kind in root.files()]
    for task, result in zip(tasks, _results(left, tasks, jobs, cache), strict=True):
        left[task.root].results.append(result)
        tick()
    every = [before or root.judged(cache) for root, before in zip(roots, known, strict=True)]
    _compare_roots(every)
    return [_only(checked, target) for checked, target in zip(every, targets, strict=True)]


def _results(roots: list[Root], tasks: list[Task], jobs: int, cache: Cache | None) -> Iterator[Result]:
    """What comes of each file: what the cache knows of it, or what is found now."""
    found = [root.kept(cache) if cache else {} for root in roots]
    missing = [task for task in tasks if task.file not in found[task.root]]
    readers = [(root.reader, root.target.instead) for root in roots]
    fresh = results(readers, missing, jobs)
    for task in tasks:
        result = found[task.root].pop(task.file, None)
        if result is None:
            result = next(fresh)
            if cache:
                roots[task.root].keep(cache, task.file, result)
        yield result


class Root:
    """One root while it is checked: its files, and the rules that run there.

    Raises NoContentError where deck.yaml cannot be read, and UnknownRuleError where a flag names no rule.
    """

    def __init__(self, target: Target, flags: Flags, making: Making | None = None) -> None:
        self.target = target
        self.root = target.root
        self.flags = flags
        self.listed = files_of(target.root)
        if target.instead:
            self.listed = self.listed.having(target.instead[0])
        _refuse_strangers(target, self.listed)
        data = bytes_of(self.listed.deck, target.instead)
        self.digest = digest(data)
        self.source, self.problems = source_of(self.listed.deck, data)
        self.document = document_of(self.source, self.problems, FileKind.DECK)
        self.deck = None if self.document is None else deck_of(self.document, self.root, *_beside(self.listed))
        if self.deck:
            self.deck = replace(self.deck, style=load_style(self.deck))
        self.settings, self.about_settings = settings_of(self.document, flags, all_rules())
        self.rules = _rules(self.settings, self.deck, flags)
        self.making = making
        self.inputs: Inputs | None = None
        self.results: list[Result] = []

    @cached_property
    def reader(self) -> Reader:
        """What reads the files. deck.lock is read only now: where nothing has changed, it is not asked."""
        if self.deck:
            self.deck = replace(self.deck, lock=load_lock(self.root))
        return Reader(self.deck, self.rules, self.making)

    def _deck_file(self) -> Result:
        """What comes of deck.yaml itself."""
        if self.document is None:
            return Result(Reading(self.source.path, False, self.digest, tuple(self.problems)))
        reading = self.reader.judge(self.document, FileKind.DECK, self.digest).reading
        return Result(replace(reading, diagnostics=(*self.about_settings, *reading.diagnostics)))

    def files(self) -> Iterator[tuple[Path, FileKind]]:
        """The files but for deck.yaml, in their order."""
        yield from ((file, FileKind.CONCEPT) for file in self.listed.concepts)
        yield from ((file, FileKind.QUESTIONS) for file in self.listed.questions)

    @property
    def _is_lasting(self) -> bool:
        """Whether the findings depend on nothing but what is on the disk."""
        return not any(rule.online for rule in self.rules)

    def known(self, cache: Cache) -> Checked | None:
        """What was found when all was as it is now, if the cache knows that and nothing is to be made."""
        self.inputs = inputs_of(self.target, self.listed, self.flags, self.deck)
        if self.making or not self._is_lasting:
            return None
        for _, (id, diagnostics, digests, files, ran) in cache.get([self.inputs.whole]):
            return Checked(self.root, id, diagnostics, self._sources(digests), files, ran)
        return None

    def kept(self, cache: Cache) -> dict[Path, Result]:
        """What the cache knows of the files."""
        assert self.inputs is not None
        files = {self.inputs.key(file): file for file, _ in self.files()}
        readings = {
            files[key]: reading
            for key, reading in cache.get(files)
            if reading.answer == answer(reading.asked, self.reader.deck)
        }
        if self.making is None:
            return {file: Result(reading) for file, reading in readings.items()}
        keys = {self._key_of_made(file, reading): file for file, reading in readings.items()}
        return {keys[key]: Result(readings[keys[key]], made) for key, made in cache.get(keys)}

    def keep(self, cache: Cache, file: Path, result: Result) -> None:
        """Let the cache know what came of a file, unless that changed after it was looked up."""
        assert self.inputs is not None
        if result.reading.digest != self.inputs.files[file]:
            return
        cache.put(self.inputs.key(file), dump(result.reading))
        if self.making:
            cache.put(self._key_of_made(file, result.reading), dump(result.made))

    def _key_of_made(self, file: Path, reading: Reading) -> bytes:
        assert self.inputs is not None
        assert self.making is not None
        return self.inputs.key(file, self.making.name.encode(), reading.answer)

    def judged(self, cache: Cache | None = None) -> Checked:
        """The root, now that all its files are read."""
        readings = [result.reading for result in (self._deck_file(), *self.results)]
        unread = tuple(_relative(reading.path, self.root) for reading in readings if not reading.valid)
        deck = self.deck and replace(self.deck, unread=unread)
        found = [diagnostic for reading in readings for diagnostic in reading.diagnostics]
        if deck is not None:
            for rule in self.rules:
                if type(rule).check_deck is not Rule.check_deck:
                    facts = [fact for reading in readings for fact in reading.facts.get(rule.name, ())]
                    found += rule.check_deck(facts, deck)
        comments = [comment for reading in readings for comment in reading.suppressions]
        ran = frozenset(rule.name for rule in self.rules) if deck is not None else frozenset()
        diagnostics = {
            _stamp(diagnostic, self.settings)
            for diagnostic in suppress.apply(found, comments, ran, all_rules())
            if self.settings.allows(diagnostic.rule, _relative(diagnostic.location.path, self.root))
        }
        ordered = tuple(sorted(diagnostics, key=Diagnostic.sort_key))
        id = DeckId(deck.id, deck.origin.at("id")) if deck else None
        spoken_of = {location.path for diagnostic in ordered for location in _locations(diagnostic)}
        digests = {reading.path: reading.digest for reading in readings if reading.path in spoken_of}
        digests |= {
            source.path: digest(source.data(source.text)) for source in self._beside if source.path in spoken_of
        }
        inputs = self.inputs
        if (
            cache
            and inputs
            and self._is_lasting
            and not isinstance(deck and deck.lock, LockError)
            and {Path(reading.path): reading.digest for reading in readings} == inputs.files
        ):
            cache.put(inputs.whole, dump((id, ordered, digests, len(readings), ran)))
        made = tuple(result.made for result in self.results if result.made is not None)
        return Checked(
            self.root,
            id,
            ordered,
            self._sources(digests),
            len(readings),
            ran,
            deck if self.making else None,
            made,
        )

    @property
    def _beside(self) -> list[SourceFile]:
        """The style file and deck.lock, where they were read."""
        lock = self.deck.lock if self.deck else None
        beside = (self.deck.style if self.deck else None, lock.source if lock else None)
        return [each for each in beside if isinstance(each, SourceFile)]

    def _sources(self, digests: Mapping[str, bytes]) -> Sources:
        """The files that the findings speak of: the content, by its digests, and what lies beside it."""
        held = {self.source.path: self.source}
        if self.target.instead:
            file, data = self.target.instead
            held[file.as_posix()] = source_of(file, data)[0]
        held |= {source.path: source for source in self._beside}
        return Sources(digests, held)


def _rules(settings: Settings, deck: Deck | None, flags: Flags) -> list[Rule]:
    """The rules that run, with their options. Those that read English leave a deck in another language alone."""
    english = deck is None or deck.english
    return [
        type(rule)(settings.options.get(name), private_links=flags.private_links)
        for name, rule in all_rules().items()
        if name in settings.rules and (english or not rule.english)
    ]


def _beside(files: RootFiles) -> tuple[frozenset[str], tuple[str, ...]]:
    """The names of a deck's media, and of the files that are not read and may be meant to be."""
    media = frozenset(file.relative_to(files.root / "media").as_posix() for file in files.media)
    return media, tuple(file.relative_to(files.root).as_posix() for file in files.overlooked)


def _relative(path: str, root: Path) -> str:
    return path.removeprefix(root.as_posix() + "/")


def _stamp(diagnostic: Diagnostic, settings: Settings | None = None) -> Diagnostic:
    rule = all_rules()[diagnostic.rule]
    severity = settings.severity.get(rule.name, rule.severity) if settings else rule.severity
    return replace(diagnostic, code=rule.code, severity=severity)


def _locations(diagnostic: Diagnostic) -> Iterator[Location]:
    yield diagnostic.location
    for related in diagnostic.related:
        yield related.location


def _refuse_strangers(target: Target, files: RootFiles) -> None:
    """A file that the user names and that is not read must not pass for one that is well."""
    if not target.only:
        return
    known = {os.path.realpath(file) for file in (*files.all(), *files.media, files.root / LOCK_FILE)}
    for path in target.only:
        if not path.is_dir() and os.path.lexists(path) and os.path.realpath(path) not in known:
            raise NoContentError(f"{path}: {NOT_CONTENT}")


def _compare_roots(every: list[Checked]) -> None:
    """Two decks with one id would overwrite each other's notes in Anki."""
    first: dict[str, Checked] = {}
    for index, checked in enumerate(every):
        if checked.id is None:
            continue
        other = first.setdefault(checked.id.text, checked)
        if other is checked or other.id is None:
            continue
        diagnostic = _stamp(
            Diagnostic(
                "duplicate-id",
                f"`{checked.id.text}` is the id of two decks",
                checked.id.place,
                label="here again",
                related=(Related(other.id.place, "first here"),),
                help="give one of them another id, before anyone learns from it",
            )
        )
        every[index] = replace(
            checked,
            diagnostics=tuple(sorted((*checked.diagnostics, diagnostic), key=Diagnostic.sort_key)),
            sources=checked.sources.having(other.sources[other.id.place.path]),
        )


def _only(checked: Checked, target: Target) -> Checked:
    if not target.only:
        return checked
    is_named = judges(target)
    # Of two places that belong together, either may be the one to mend.
    kept = tuple(
        each for each in checked.diagnostics if any(is_named(location.path) for location in _locations(each))
    )
    return replace(checked, diagnostics=kept)


def judges(target: Target) -> Callable[[str], bool]:
    """Tells whether findings in a file, by its path, are a target's to report."""
    named = [Path(os.path.realpath(path)) for path in target.only or (target.root,)]

    @cache
    def is_below(path: str) -> bool:
        return any(Path(os.path.realpath(path)).is_relative_to(name) for name in named)

    return is_below

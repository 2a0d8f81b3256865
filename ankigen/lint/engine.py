"""Runs the rules over content roots: read, validate, model, check; the one way through the program.

Each file is read and judged by itself, where there are many in several processes. What is kept of it is small:
its findings, and the facts that the rules want which look at the deck as a whole. Those run then, over the
facts of all files, in the order of their paths, so that nothing depends on who read what.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from ankigen.diagnostic import Diagnostic, Location, Related, Severity
from ankigen.lint import suppress
from ankigen.lint.pool import Task, readings
from ankigen.lint.read import Reader, Reading, document_of, load
from ankigen.lint.released import load_lock
from ankigen.lint.rule import Rule
from ankigen.lint.settings import Flags, Settings, settings_of
from ankigen.lint.style import load_style
from ankigen.lock import LOCK_FILE
from ankigen.model import Contents, Deck, deck_of
from ankigen.source.discover import NOT_CONTENT, NoContentError, RootFiles, Target, files_of
from ankigen.source.text import SourceFile
from ankigen.validate import FileKind

Tick = Callable[[], None]
"""Called once for each file read, so that someone can count."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A content root after the rules have seen it.

    `deck` is None where deck.yaml itself could not be used; `contents` is None then, and where it was not
    asked for. `sources` are the files that diagnostics speak of, by path, each as it was when it was read.
    `files` is the number of files read. `ran` are the names of the rules that looked at them.
    `known` is the number of findings that a baseline knows, and that are left out.
    """

    root: Path
    deck: Deck | None
    contents: Contents | None
    diagnostics: tuple[Diagnostic, ...]
    sources: dict[str, SourceFile]
    files: int
    ran: frozenset[str]
    known: int = 0

    @property
    def errors(self) -> int:
        """How many of the findings are errors."""
        return sum(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)

    @property
    def is_empty(self) -> bool:
        """Whether the deck is described, and there is no file of concepts or questions yet."""
        return self.deck is not None and self.files == 1  # deck.yaml itself


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


def count_files(targets: Iterable[Target]) -> int:
    """How many files `check` will read."""
    return sum(len(files_of(target.root).all()) for target in targets)


def check(
    targets: Iterable[Target],
    tick: Tick = lambda: None,
    flags: Flags = Flags(),  # noqa: B008 - frozen
    *,
    jobs: int = 1,
    keep: bool = False,
) -> list[Checked]:
    """Check content roots, in up to `jobs` processes; what comes out does not depend on their number.

    Where a target names some paths, its findings are those that speak of these files, judged against the whole
    root.
    `tick` is called once for each file read. `keep` keeps the contents, for a package to be made of, and reads
    in this process. Raises NoContentError where a file cannot be read, UnknownRuleError where a flag names no
    rule, and WorkerError where the system ends a process.
    """
    targets = list(targets)
    roots = [Root(target, flags, keep) for target in targets]
    tasks = [Task(number, file, kind) for number, root in enumerate(roots) for file, kind in root.files()]
    for _ in roots:
        tick()  # deck.yaml
    read = readings([root.reader for root in roots], tasks, {} if keep else _instead(targets), 1 if keep else jobs)
    for task, reading in zip(tasks, read, strict=True):
        roots[task.root].readings.append(reading)
        tick()
    every = [root.judged() for root in roots]
    _compare_roots(every)
    return [_only(checked, target) for checked, target in zip(every, targets, strict=True)]


def _instead(targets: Iterable[Target]) -> dict[Path, bytes]:
    """What is read in the place of files, by their paths."""
    return {target.instead[0]: target.instead[1] for target in targets if target.instead}


class Root:
    """One root while it is checked: its files, and the rules that run there.

    Raises NoContentError where deck.yaml cannot be read, and UnknownRuleError where a flag names no rule.
    """

    def __init__(self, target: Target, flags: Flags, keep: bool = False) -> None:
        self.target = target
        self.root = target.root
        self.listed = files_of(target.root)
        if target.instead:
            self.listed = self.listed.having(target.instead[0])
        _refuse_strangers(target, self.listed)
        source, problems, digest = load(self.listed.deck, _instead([target]).get(self.listed.deck))
        document = document_of(source, problems, FileKind.DECK)
        self.deck = None if document is None else deck_of(document, self.root, *_beside(self.listed))
        if self.deck:
            self.deck = replace(self.deck, style=load_style(self.deck), lock=load_lock(self.root))
        self.settings, about_settings = settings_of(document, flags, all_rules())
        self.rules = _rules(self.settings, self.deck, flags)
        self.reader = Reader(self.deck, self.rules, keep=keep)
        if document is None:
            reading = Reading(source.path, False, digest, source, tuple(problems))
        else:
            reading = self.reader.judge(document, FileKind.DECK, digest)
            reading = replace(reading, source=source, diagnostics=(*about_settings, *reading.diagnostics))
        self.readings = [reading]

    def files(self) -> Iterator[tuple[Path, FileKind]]:
        """The files but for deck.yaml, in their order."""
        yield from ((file, FileKind.CONCEPT) for file in self.listed.concepts)
        yield from ((file, FileKind.QUESTIONS) for file in self.listed.questions)

    def judged(self) -> Checked:
        """The root, now that all its files are read."""
        unread = tuple(_relative(reading.path, self.root) for reading in self.readings if not reading.valid)
        deck = self.deck and replace(self.deck, unread=unread)
        found = [diagnostic for reading in self.readings for diagnostic in reading.diagnostics]
        if deck is not None:
            for rule in self.rules:
                if type(rule).check_deck is not Rule.check_deck:
                    facts = [fact for reading in self.readings for fact in reading.facts.get(rule.name, ())]
                    found += rule.check_deck(facts, deck)
        comments = [comment for reading in self.readings for comment in reading.suppressions]
        ran = frozenset(rule.name for rule in self.rules) if deck is not None else frozenset()
        diagnostics = {
            _stamp(diagnostic, self.settings)
            for diagnostic in suppress.apply(found, comments, ran, all_rules())
            if self.settings.allows(diagnostic.rule, _relative(diagnostic.location.path, self.root))
        }
        ordered = tuple(sorted(diagnostics, key=Diagnostic.sort_key))
        return Checked(
            self.root, deck, self._contents(deck), ordered, self._sources(ordered), len(self.readings), ran
        )

    def _contents(self, deck: Deck | None) -> Contents | None:
        kept = [reading.content for reading in self.readings if reading.content is not None]
        if deck is None or not self.reader.keep:
            return None
        return Contents(
            deck,
            tuple(concept for content in kept for concept in content.concepts),
            tuple(question for content in kept for question in content.questions),
        )

    def _sources(self, diagnostics: tuple[Diagnostic, ...]) -> dict[str, SourceFile]:
        """The files that the findings speak of. One that was let go is read again, if it is still the same."""
        spoken_of = {location.path for diagnostic in diagnostics for location in _locations(diagnostic)}
        sources = {}
        for reading in self.readings:
            if reading.path not in spoken_of:
                continue
            source = reading.source
            if source is None:
                try:
                    source, _, digest = load(Path(reading.path))
                except NoContentError:
                    continue
                if digest != reading.digest:
                    continue
            sources[reading.path] = source
        if self.deck:
            lock = self.deck.lock
            for beside in (self.deck.style, lock and lock.source):
                if isinstance(beside, SourceFile) and beside.path in spoken_of:
                    sources[beside.path] = beside
        return sources


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
    known = {os.path.realpath(file) for file in (*files.all(), *files.media, files.root / LOCK_FILE)}
    for path in target.only:
        if not path.is_dir() and os.path.lexists(path) and os.path.realpath(path) not in known:
            raise NoContentError(f"{path}: {NOT_CONTENT}")


def _compare_roots(every: list[Checked]) -> None:
    """Two decks with one id would overwrite each other's notes in Anki."""
    first: dict[str, Deck] = {}
    for index, checked in enumerate(every):
        deck = checked.deck
        if deck is None:
            continue
        other = first.setdefault(deck.id, deck)
        if other is deck:
            continue
        diagnostic = _stamp(
            Diagnostic(
                "duplicate-id",
                f"`{deck.id}` is the id of two decks",
                deck.origin.at("id"),
                label="here again",
                related=(Related(other.origin.at("id"), "first here"),),
                help="give one of them another id, before anyone learns from it",
            )
        )
        sources = {d.origin.document.source.path: d.origin.document.source for d in (deck, other)}
        every[index] = replace(
            checked,
            diagnostics=tuple(sorted((*checked.diagnostics, diagnostic), key=Diagnostic.sort_key)),
            sources=checked.sources | sources,
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

"""Runs the rules over content roots: read, validate, model, check; the one way through the program."""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from ankigen.diagnostic import Diagnostic, Location, Related, Severity
from ankigen.lint import suppress
from ankigen.lint.rule import Rule
from ankigen.lint.settings import Flags, Settings, settings_of
from ankigen.model import Concept, Deck, Question, concept_of, deck_of, questions_of, texts_of
from ankigen.source.discover import NoContentError, RootFiles, Target, files_of
from ankigen.source.text import MAX_BYTES, SourceFile, decode, too_large
from ankigen.source.yaml import Document, parse
from ankigen.validate import FileKind, validate

Tick = Callable[[], None]
"""Called once for each file read, so that someone can count."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A content root after the rules have seen it.

    `deck` is None where deck.yaml itself could not be used. `sources` are the files that diagnostics speak
    of, by path. `files` is the number of files read.
    """

    root: Path
    deck: Deck | None
    diagnostics: tuple[Diagnostic, ...]
    sources: dict[str, SourceFile]
    files: int

    @property
    def errors(self) -> int:
        """How many of the findings are errors."""
        return sum(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)


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
    return sum(1 + len(files.concepts) + len(files.questions) for files in (files_of(t.root) for t in targets))


def check(
    targets: Iterable[Target],
    tick: Tick = lambda: None,
    flags: Flags = Flags(),  # noqa: B008 - frozen
) -> list[Checked]:
    """Check content roots.

    Where a target names some paths, its findings are those in these files, judged against the whole root.
    `tick` is called once for each file read. Raises NoContentError where a file cannot be read, and
    UnknownRuleError where a flag names no rule.
    """
    targets = list(targets)
    every = [_check_root(target, tick, flags) for target in targets]
    _compare_roots(every)
    return [_only(checked, target) for checked, target in zip(every, targets, strict=True)]


class _Root:
    """One root while it is read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.diagnostics: list[Diagnostic] = []
        self.sources: dict[str, SourceFile] = {}
        self.unread: list[str] = []
        self.documents: list[Document] = []

    def read(self, file: Path, kind: FileKind) -> Document | None:
        """A file's document where it is valid, else None; what is wrong with it is noted."""
        try:
            # A file that is too large is not read to find that out.
            data = file.read_bytes() if file.stat().st_size <= MAX_BYTES else None
        except OSError as error:
            raise NoContentError(f"{file}: cannot be read ({error.strerror})") from error
        source, problems = decode(file.as_posix(), data, file) if data is not None else too_large(file)
        self.sources[source.path] = source
        document: Document | None = None
        if not problems:
            document, problems = parse(source)
            if document is not None:
                problems += validate(document, kind)
        self.diagnostics += problems
        if problems or document is None:
            self.unread.append(file.relative_to(self.root).as_posix())
            return None
        self.documents.append(document)
        return document


def _refuse_strangers(target: Target, files: RootFiles) -> None:
    """A file that the user names and that is not read must not pass for one that is well."""
    known = {os.path.realpath(file) for file in (files.deck, *files.concepts, *files.questions, *files.media)}
    for path in target.only:
        if path.is_file() and os.path.realpath(path) not in known:
            raise NoContentError(
                f"{path}: this is no content file: those are deck.yaml, what ends in .yaml in concepts/ and "
                "questions/, and media/; hidden files and what .gitignore leaves out are not read"
            )


def _check_root(target: Target, tick: Tick, flags: Flags) -> Checked:
    root = target.root
    files = files_of(root)
    _refuse_strangers(target, files)
    state = _Root(root)
    deck_document = state.read(files.deck, FileKind.DECK)
    tick()
    concepts: list[Concept] = []
    questions: list[Question] = []
    for file in files.concepts:
        if document := state.read(file, FileKind.CONCEPT):
            concepts.append(concept_of(document))
        tick()
    for file in files.questions:
        if document := state.read(file, FileKind.QUESTIONS):
            questions += questions_of(document)
        tick()
    deck = None
    if deck_document is not None:
        deck = deck_of(deck_document, root, tuple(concepts), tuple(questions), _media(files), tuple(state.unread))
    settings, problems = settings_of(deck_document, flags, all_rules())
    english = deck is None or deck.language.lower().partition("-")[0] == "en"
    rules = [
        type(rule)(settings.options.get(name))
        for name, rule in all_rules().items()
        if name in settings.rules and (english or not rule.english)
    ]
    ran = frozenset(rule.name for rule in rules) if deck is not None else frozenset()
    found = chain(state.diagnostics, problems, _run(rules, deck, state.documents))
    diagnostics = {
        _stamp(diagnostic, settings)
        for diagnostic in suppress.apply(found, state.documents, ran, all_rules())
        if settings.allows(diagnostic.rule, _relative(diagnostic, root))
    }
    spoken_of = {location.path for diagnostic in diagnostics for location in _locations(diagnostic)}
    return Checked(
        root,
        deck,
        tuple(sorted(diagnostics, key=Diagnostic.sort_key)),
        {path: source for path, source in state.sources.items() if path in spoken_of},
        1 + len(files.concepts) + len(files.questions),
    )


def _relative(diagnostic: Diagnostic, root: Path) -> str:
    return diagnostic.location.path.removeprefix(root.as_posix() + "/")


def _media(files: RootFiles) -> frozenset[str]:
    return frozenset(file.relative_to(files.root / "media").as_posix() for file in files.media)


def _run(rules: list[Rule], deck: Deck | None, documents: list[Document]) -> Iterator[Diagnostic]:
    def having(check: str) -> list[Any]:
        return [getattr(rule, check) for rule in rules if getattr(type(rule), check) is not getattr(Rule, check)]

    for check in having("check_document"):
        for document in documents:
            yield from check(document)
    if deck is None:
        return
    for check in having("check_deck"):
        yield from check(deck)
    text_checks = having("check_text")
    item_checks = {Deck: [], Concept: having("check_concept"), Question: having("check_question")}
    # One item after the other, so that what the rules ask of its texts again and again is still at hand.
    items: list[Deck | Concept | Question] = [deck, *deck.concepts, *deck.questions]
    for item in items:
        for text in texts_of(item):
            for check in text_checks:
                yield from check(text, deck)
        for check in item_checks[type(item)]:
            yield from check(item, deck)


def _stamp(diagnostic: Diagnostic, settings: Settings | None = None) -> Diagnostic:
    rule = all_rules()[diagnostic.rule]
    severity = settings.severity.get(rule.name, rule.severity) if settings else rule.severity
    return replace(diagnostic, code=rule.code, severity=severity)


def _locations(diagnostic: Diagnostic) -> Iterator[Location]:
    yield diagnostic.location
    for related in diagnostic.related:
        yield related.location


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
    named = [Path(os.path.realpath(path)) for path in target.only]

    @cache
    def is_below(path: str) -> bool:
        return any(Path(os.path.realpath(path)).is_relative_to(name) for name in named)

    def is_named(diagnostic: Diagnostic) -> bool:
        return is_below(diagnostic.location.path)

    return replace(checked, diagnostics=tuple(filter(is_named, checked.diagnostics)))

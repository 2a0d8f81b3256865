"""Reads one file and judges it by itself: all of the work that can be shared out among processes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.model import Concept, ContentFile, Deck, Question, concept_of, questions_of, texts_of
from ankigen.source.discover import NoContentError
from ankigen.source.files import MAX_BYTES, read_bytes
from ankigen.source.suppress import Suppression, suppressions_of
from ankigen.source.text import SourceFile, decode, too_large
from ankigen.source.yaml import Document, parse
from ankigen.validate import FileKind, validate


@dataclass(frozen=True, slots=True)
class Reading:
    """What is kept of a file that was read.

    `source` is there where something was found in it, `content` where it is asked for and the file is valid.
    `facts` are what the rules have to know that look at the deck as a whole, by the rules' names. `digest`
    tells whether the file has changed since.
    """

    path: str
    valid: bool
    digest: bytes
    source: SourceFile | None
    diagnostics: tuple[Diagnostic, ...]
    suppressions: tuple[Suppression, ...] = ()
    facts: Mapping[str, list[Any]] = field(default_factory=dict)
    content: ContentFile | None = None


def digest_of(data: bytes) -> bytes:
    """What tells one file's bytes from another's."""
    return hashlib.blake2b(data, digest_size=16).digest()


def load(file: Path, instead: bytes | None = None) -> tuple[SourceFile, list[Diagnostic], bytes]:
    """A file's text, what no YAML reader can be trusted with in it, and its digest.

    `instead` is read in its place where it is given. Raises NoContentError where the file cannot be read.
    """
    try:
        data = read_bytes(file) if instead is None else instead
    except OSError as error:
        raise NoContentError(f"{file}: cannot be read ({error.strerror})") from error
    if len(data) > MAX_BYTES:
        return *too_large(file), digest_of(data)
    return *decode(file.as_posix(), data, file), digest_of(data)


def document_of(source: SourceFile, problems: list[Diagnostic], kind: FileKind) -> Document | None:
    """A file's document where it is valid; what is wrong with it joins the problems."""
    if problems:
        return None
    document, found = parse(source)
    problems += found
    if document is not None:
        problems += validate(document, kind)
    return None if problems else document


class Reader:
    """Reads the files of one root, with the rules that run there. `deck` is None where it could not be read."""

    def __init__(self, deck: Deck | None, rules: list[Rule], *, keep: bool = False) -> None:
        def having(check: str) -> list[Any]:
            return [
                getattr(rule, check) for rule in rules if getattr(type(rule), check) is not getattr(Rule, check)
            ]

        self.deck = deck
        self.keep = keep
        self.on_document = having("check_document")
        self.on_text = having("check_text")
        self.on_concept = having("check_concept")
        self.on_question = having("check_question")
        self.gather = [rule for rule in rules if type(rule).facts is not Rule.facts]

    def read(self, file: Path, kind: FileKind, instead: bytes | None = None) -> Reading:
        """Read a file, and judge it by itself. Raises NoContentError where it cannot be read."""
        source, problems, digest = load(file, instead)
        document = document_of(source, problems, kind)
        if document is None:
            return Reading(source.path, False, digest, source, tuple(problems))
        return self.judge(document, kind, digest)

    def judge(self, document: Document, kind: FileKind, digest: bytes) -> Reading:
        """Judge a valid file."""
        found = [diagnostic for check in self.on_document for diagnostic in check(document)]
        content = ContentFile(
            document,
            (concept_of(document),) if kind is FileKind.CONCEPT else (),
            questions_of(document) if kind is FileKind.QUESTIONS else (),
        )
        facts = {}
        if self.deck is not None:
            found += self._items(self.deck, content, kind)
            facts = {rule.name: list(rule.facts(content, self.deck)) for rule in self.gather}
        return Reading(
            document.source.path,
            True,
            digest,
            document.source if found else None,
            tuple(found),
            tuple(suppressions_of(document)),
            {name: some for name, some in facts.items() if some},
            content if self.keep else None,
        )

    def _items(self, deck: Deck, content: ContentFile, kind: FileKind) -> Iterator[Diagnostic]:
        """One item after the other, so that what the rules ask of its texts again and again is still at hand."""
        items: list[Deck | Concept | Question] = [*content.concepts, *content.questions]
        for item in [deck] if kind is FileKind.DECK else items:
            for text in texts_of(item):
                for check in self.on_text:
                    yield from check(text, deck)
            for check in (
                self.on_concept
                if isinstance(item, Concept)
                else self.on_question
                if isinstance(item, Question)
                else ()
            ):
                yield from check(item, deck)

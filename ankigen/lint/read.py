"""Reads one file and judges it by itself: all of the work that can be shared out among processes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.model import TEXTS, Concept, ContentFile, Deck, Question, concept_of, questions_of, texts_of
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
        def having(check: str) -> list[Rule]:
            return [rule for rule in rules if getattr(type(rule), check) is not getattr(Rule, check)]

        self.deck = deck
        self.keep = keep
        self.on_document = [rule.check_document for rule in having("check_document")]
        self.on_text = {
            name: [r.check_text for r in having("check_text") if not r.signs and name in (r.texts or (name,))]
            for name in TEXTS
        }
        self.on_signs = [(rule.check_text, rule.signs) for rule in having("check_text") if rule.signs]
        # Most texts have none of the signs. Of each, the character is looked for that prose has least.
        rare = {max(sign) for _, signs in self.on_signs for sign in signs}
        self.signs = re.compile(f"[{re.escape(''.join(sorted(rare)))}]" if rare else "(?!)")
        self.on_concept = [rule.check_concept for rule in having("check_concept")]
        self.on_question = [rule.check_question for rule in having("check_question")]
        self.gather = having("facts")

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
                for check_text in self.on_text[text.name]:
                    yield from check_text(text, deck)
                if self.signs.search(text.value):
                    for check_text, signs in self.on_signs:
                        if any(sign in text.value for sign in signs):
                            yield from check_text(text, deck)
            if isinstance(item, Concept):
                for check_concept in self.on_concept:
                    yield from check_concept(item, deck)
            elif isinstance(item, Question):
                for check_question in self.on_question:
                    yield from check_question(item, deck)

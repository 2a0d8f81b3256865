"""Reads one file and judges it by itself: all of the work that can be shared out among processes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ankigen.diagnostic import Diagnostic
from ankigen.lint.cache import digest
from ankigen.lint.released import answer, keys_in
from ankigen.lint.rule import Rule
from ankigen.lock import Key
from ankigen.model import TEXTS, Concept, ContentFile, Deck, Question, concept_of, questions_of, texts_of
from ankigen.source.files import MAX_BYTES
from ankigen.source.suppress import Suppression, suppressions_of
from ankigen.source.text import SourceFile, decode, too_large
from ankigen.source.yaml import Document, parse
from ankigen.validate import FileKind, validate


@dataclass(frozen=True, slots=True)
class Reading:
    """What is kept of a file that was read: plain records that are small, and can travel between processes.

    `facts` are what the rules have to know that look at the deck as a whole, by the rules' names. `digest`
    tells whether the file has changed since. `asked` are the notes that were looked up in deck.lock, and `answer`
    is a digest of what it said: where it says something else, the file has to be judged anew.
    """

    path: str
    valid: bool
    digest: bytes
    diagnostics: tuple[Diagnostic, ...]
    suppressions: tuple[Suppression, ...] = ()
    facts: Mapping[str, list[Any]] = field(default_factory=dict)
    asked: tuple[Key, ...] = ()
    answer: bytes = b""


@dataclass(frozen=True, slots=True)
class Making:
    """What else is to be made of each valid file, while it is at hand: a function that all processes can find.

    `name` tells what it makes from what others do; what one without a name makes is not kept in the cache, and is
    made in this process.
    """

    name: str
    make: Callable[[ContentFile, Deck], Any]


class Result(NamedTuple):
    """What comes of a file; `made` is None where nothing was to be made, or nothing could be."""

    reading: Reading
    made: Any = None


def source_of(file: Path, data: bytes) -> tuple[SourceFile, list[Diagnostic]]:
    """A file's text, and what no YAML reader can be trusted with in it."""
    return too_large(file) if len(data) > MAX_BYTES else decode(file.as_posix(), data, file)


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

    def __init__(self, deck: Deck | None, rules: list[Rule], making: Making | None = None) -> None:
        def having(check: str) -> list[Rule]:
            return [rule for rule in rules if getattr(type(rule), check) is not getattr(Rule, check)]

        self.deck = deck
        self.making = making
        self.on_document = [rule.check_document for rule in having("check_document")]
        looking = {
            name: [rule for rule in having("check_text") if name in (rule.texts or TEXTS)] for name in TEXTS
        }
        self.on_text = {
            name: [rule.check_text for rule in some if not rule.signs] for name, some in looking.items()
        }
        self.on_signs = {
            name: [(rule.check_text, rule.signs) for rule in some if rule.signs] for name, some in looking.items()
        }
        # Most texts have none of the signs. Of each, the character is looked for that prose has least.
        rare = {max(sign) for some in self.on_signs.values() for _, signs in some for sign in signs}
        self.signs = re.compile(f"[{re.escape(''.join(sorted(rare)))}]" if rare else "(?!)")
        self.on_concept = [rule.check_concept for rule in having("check_concept")]
        self.on_question = [rule.check_question for rule in having("check_question")]
        self.gather = having("facts")

    def read(self, file: Path, kind: FileKind, data: bytes) -> Result:
        """Judge a file by itself, and make of it what is to be made."""
        source, problems = source_of(file, data)
        document = document_of(source, problems, kind)
        if document is None:
            return Result(Reading(source.path, False, digest(data), tuple(problems)))
        return self.judge(document, kind, digest(data))

    def judge(self, document: Document, kind: FileKind, read: bytes) -> Result:
        """Judge a valid file, and make of it what is to be made. `read` is the digest of its bytes."""
        found = [diagnostic for check in self.on_document for diagnostic in check(document)]
        content = ContentFile(
            document,
            (concept_of(document),) if kind is FileKind.CONCEPT else (),
            questions_of(document) if kind is FileKind.QUESTIONS else (),
        )
        facts = {}
        asked: tuple[Key, ...] = ()
        made = None
        if self.deck is not None:
            found += self._items(self.deck, content, kind)
            facts = {rule.name: list(rule.facts(content, self.deck)) for rule in self.gather}
            asked = tuple(keys_in(content, self.deck))
            if self.making and kind is not FileKind.DECK:
                made = self.making.make(content, self.deck)
        reading = Reading(
            document.source.path,
            True,
            read,
            tuple(found),
            tuple(suppressions_of(document)),
            {name: some for name, some in facts.items() if some},
            asked,
            answer(asked, self.deck),
        )
        return Result(reading, made)

    def _items(self, deck: Deck, content: ContentFile, kind: FileKind) -> Iterator[Diagnostic]:
        """One item after the other, so that what the rules ask of its texts again and again is still at hand."""
        items: list[Deck | Concept | Question] = [*content.concepts, *content.questions]
        for item in [deck] if kind is FileKind.DECK else items:
            for text in texts_of(item):
                for check_text in self.on_text[text.name]:
                    yield from check_text(text, deck)
                if self.signs.search(text.value):
                    for check_text, signs in self.on_signs[text.name]:
                        if any(sign in text.value for sign in signs):
                            yield from check_text(text, deck)
            if isinstance(item, Concept):
                for check_concept in self.on_concept:
                    yield from check_concept(item, deck)
            elif isinstance(item, Question):
                for check_question in self.on_question:
                    yield from check_question(item, deck)

"""What a rule is.

A rule is a class in a file of its own in `ankigen/rules/`, and is found there. Its name is its class's, with
dashes: `DuplicateId` is `duplicate-id`. Its docstring is its page in the reference: what it finds, then the
headings `Why it is bad`, `Example` and `Instead`. It yields diagnostics; it does not print, and it knows
neither the other rules nor the formats of reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from ankigen.diagnostic import Diagnostic, Fix, Location, Related, Severity
from ankigen.model import Concept, ContentFile, Deck, Question, Text
from ankigen.source.yaml import Document


@dataclass(frozen=True, slots=True)
class RuleOption:
    """Something of a rule that deck.yaml may set, under `lint:` and the rule's name.

    A number has a range: `least` and `most` are the bounds, and None is no bound.
    """

    name: str
    default: Any
    meaning: str
    least: float | None = None
    most: float | None = None

    @property
    def range(self) -> str:
        """The range in words, or nothing where there is none."""
        if self.most is not None:
            return f"{self.least or 0} to {self.most}"
        return "" if self.least is None else f"{self.least} or more"

    def allows(self, number: float) -> bool:
        """Whether a number is in the range."""
        return (self.least is None or self.least <= number) and (self.most is None or number <= self.most)


class Rule:
    """A rule. It overrides the checks that it needs.

    A rule that overrides none is found by the rooms that read and validate, which know best what they
    could not read; its page is here all the same.
    """

    code: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR
    name: ClassVar[str]
    pedantic: ClassVar[bool] = False
    """Off unless asked for: it is a matter of taste, or wrong too often to be heard unasked."""
    essential: ClassVar[bool] = False
    """Always on: while it finds something, there is no deck to be made."""
    english: ClassVar[bool] = False
    """Reads English: it stays silent on a deck in another language."""
    online: ClassVar[bool] = False
    """Asks the network: it runs only where that is asked for."""
    fix: ClassVar[str] = ""
    """`safe` or `unsafe` where it can repair what it finds, or some of it; empty where it cannot."""
    signs: ClassVar[tuple[str, ...]] = ()
    """What `check_text` looks for: a text that holds none of these is not shown to it. Without any, all are."""
    texts: ClassVar[tuple[str, ...]] = ()
    """The names of the texts that `check_text` looks at; all, where none is named."""
    options: ClassVar[tuple[RuleOption, ...]] = ()

    def __init__(self, options: Mapping[str, Any] | None = None, *, private_links: bool = False) -> None:
        self.option: dict[str, Any] = {option.name: option.default for option in self.options} | dict(
            options or {}
        )
        # Whether it may ask private networks, too. The command decides that: content is not trusted to.
        self.private_links = private_links

    def __init_subclass__(cls) -> None:
        """Give the class its name."""
        cls.name = re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    def check_document(self, document: Document) -> Iterator[Diagnostic]:
        """Look at a valid file, whatever its kind."""
        yield from ()

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[Any]:
        """What `check_deck` has to know of one file.

        It is all that is kept of the file, and it travels between processes: small, plain and picklable.
        """
        yield from ()

    def check_deck(self, facts: Sequence[Any], deck: Deck) -> Iterator[Diagnostic]:
        """Look at the deck as a whole: at the facts of all files that could be read, deck.yaml's first."""
        yield from ()

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look at one text that is Markdown."""
        yield from ()

    def check_concept(self, concept: Concept, deck: Deck) -> Iterator[Diagnostic]:
        """Look at one concept."""
        yield from ()

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look at one question."""
        yield from ()

    def found(
        self,
        location: Location,
        message: str,
        help: str = "",
        *,
        label: str = "",
        related: tuple[Related, ...] = (),
        notes: tuple[str, ...] = (),
        fix: Fix | None = None,
    ) -> Diagnostic:
        """A finding of this rule."""
        return Diagnostic(self.name, message, location, label, related, help, notes, fix)

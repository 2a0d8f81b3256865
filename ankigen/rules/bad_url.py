"""M006 bad-url."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Concept, Deck, Question, addresses_of

_HOST = re.compile(
    r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W_][\w-]*[^\W_]\.?|localhost|\[[0-9a-fA-F:.]+\]|\d{1,3}(?:\.\d{1,3}){3}"
)


class BadUrl(Rule):
    """A web address cannot be right.

    ## Why it is bad

    The link leads nowhere.

    ## Example

    ```yaml
    references: ["https://docs,aws.amazon.com/kms"]
    ```

    ## Instead

    ```yaml
    references: ["https://docs.aws.amazon.com/kms"]
    ```
    """

    code = "M006"
    severity = Severity.WARNING

    def check_concept(self, concept: Concept, deck: Deck) -> Iterator[Diagnostic]:
        """Look at a concept's addresses."""
        yield from self._check(concept)

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look at a question's addresses."""
        yield from self._check(question)

    def check_deck(self, facts: Sequence[Any], deck: Deck) -> Iterator[Diagnostic]:
        """Look at the addresses in deck.yaml."""
        yield from self._check(deck)

    def _check(self, item: Deck | Concept | Question) -> Iterator[Diagnostic]:
        for address, place in addresses_of(item):
            if fault := _fault(address):
                yield self.found(place, f"this address {fault}", "mend it: open it in a browser")


def _fault(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "cannot be read as one"
    if not _HOST.fullmatch(host):
        return f"has `{host}` where the name of a site belongs" if host else "names no site"
    if re.search(r"[<>\"{}|\\^`]", url):
        return "holds a sign that addresses do not have"
    return ""

"""M006 bad-url."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from ankigen.diagnostic import Diagnostic, Location, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Concept, Deck, Question, Text

_LINK = re.compile(r"\]\(\s*<?(https?:[^)\s>]*)")
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

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look at the links of a text."""
        for match in _LINK.finditer(text.value) if "](" in text.value else ():
            if fault := _fault(match[1]):
                yield self.found(text.at(*match.span(1)), f"this address {fault}", "mend it: open it in a browser")

    def check_concept(self, concept: Concept, deck: Deck) -> Iterator[Diagnostic]:
        """Look at a concept's references."""
        yield from self._references(concept)

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look at a question's references."""
        yield from self._references(question)

    def _references(self, item: Concept | Question) -> Iterator[Diagnostic]:
        for index, reference in enumerate(item.references):
            if fault := _fault(reference.url):
                yield self.found(_place(item, index), f"this address {fault}", "mend it: open it in a browser")


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


def _place(item: Concept | Question, index: int) -> Location:
    whole = item.origin.document.value((*item.origin.path, "references", index))
    return item.origin.at("references", index, *(("url",) if isinstance(whole, dict) else ()))

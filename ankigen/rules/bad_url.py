"""M006 bad-url."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.markup import keeps
from ankigen.model import Concept, Deck, Question, Text, addresses_of
from ankigen.source.markdown import LINK_SIGNS, html_links, links, local_media, media_type

_HOST = re.compile(
    r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W_][\w-]*[^\W_]\.?|localhost|\[[0-9a-fA-F:.]+\]|\d{1,3}(?:\.\d{1,3}){3}"
)
# What most addresses look like; the others are taken apart, which takes longer.
_WELL = re.compile(r"https?://(?:[a-z0-9]+(?:-+[a-z0-9]+)*\.)+[a-z][a-z0-9]+(?:/[\w./~?#&=%+-]*)?", re.ASCII)
_SITE = re.compile(r"(?://|www\.)[^\s/]+\.[^\s/]")
_RUNS = re.compile(r"\s*(?:javascript|vbscript|data)\s*:", re.IGNORECASE)


class BadUrl(Rule):
    """A web address cannot be right, or a link leads to what is no web address.

    ## Why it is bad

    The link leads nowhere. A card links to whole addresses alone, those that begin with `https:`, `http:` or
    `mailto:`: of `[the page](page.html)` it shows the words, and no link.

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
    signs = LINK_SIGNS
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

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look for links that are none on the card."""
        written = [link for link in links(text.value) if link.address]
        # One that could run something is unsafe HTML, and reported as that.
        written += [link for link in html_links(text.value) if not _RUNS.match(link.address)]
        for link in written:
            if not keeps(link.address):
                message = f"the card shows this without a link: `{_shortened(link.address)}` is no whole address"
                yield self.found(text.at(link.start, link.end), message, _help(link.address, deck))

    def _check(self, item: Deck | Concept | Question) -> Iterator[Diagnostic]:
        for address, place in addresses_of(item):
            if fault := _fault(address):
                yield self.found(place(), f"this address {fault}", "mend it: open it in a browser")


def _shortened(address: str) -> str:
    return address if len(address) <= 60 else address[:57] + "..."


def _help(address: str, deck: Deck) -> str:
    name = local_media(address)
    if name in deck.media and name and media_type(name):
        return f"write `![...]({address})` to show the file"
    if address.startswith("#"):
        return "a card has no parts to lead to: write the whole address of a page, with `https://`"
    if _SITE.match(address):
        return f"write `https://{address.removeprefix('//')}`"
    return "write the whole address, with `https://`"


def _fault(url: str) -> str:
    if _WELL.fullmatch(url):
        return ""
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

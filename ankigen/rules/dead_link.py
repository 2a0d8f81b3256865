"""M010 dead-link."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ankigen.diagnostic import Diagnostic, Location, Severity
from ankigen.lint.rule import Rule, RuleOption
from ankigen.model import Concept, ContentFile, Deck, Question, addresses_of


class _Link(NamedTuple):
    address: str
    location: Location


class DeadLink(Rule):
    """A web address leads nowhere any more.

    It asks the network, and so runs only with `--check-links`. A server that refuses to answer a program, or that
    is out of order, is not reported. Addresses inside private networks are asked only with `--private-links`, and
    those that name a user never.

    ## Why it is bad

    A learner who wants to know more, or an author who wants to check a fact, stands before a closed door.

    ## Example

    ```yaml
    references: [https://docs.aws.amazon.com/kms/a-page-that-was-moved.html]
    ```

    ## Instead

    Give the address to which the page was moved, or another page that says the same.
    """

    code = "M010"
    severity = Severity.WARNING
    online = True
    options = (RuleOption("seconds", 10, "how long to wait for an answer", 1, 600),)

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[_Link]:
        """The addresses in a file."""
        items: list[Concept | Question] = [*file.concepts, *file.questions]
        for item in items:
            yield from _links(item)

    def check_deck(self, facts: Sequence[_Link], deck: Deck) -> Iterator[Diagnostic]:
        """Ask each address once."""
        from ankigen.lint.links import faults  # what it takes to reach the network is slow to load

        links = [*_links(deck), *facts]
        asked = (link.address for link in links)
        wrong = faults(asked, seconds=self.option["seconds"], private=self.private_links)
        for link in links:
            if link.address in wrong:
                help = "look for the page's new address, or for another that says the same"
                yield self.found(link.location, f"this address {wrong[link.address]}", help)


def _links(item: Deck | Concept | Question) -> Iterator[_Link]:
    return (_Link(address, place()) for address, place in addresses_of(item))

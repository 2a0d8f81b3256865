"""A014 label-without-number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.labels import words
from ankigen.lint.rule import Rule
from ankigen.model import Deck

_PLACE = re.compile(r"\{[^{}]*\}")


class LabelWithoutNumber(Rule):
    """A label of the cards lacks the `{n}` or `{m}` that stands for a number, or has something else in braces.

    ## Why it is bad

    The card does not say how many, or shows learners the braces.

    ## Example

    ```yaml
    cards: {labels: {picked: "{x} ticked"}}
    ```

    ## Instead

    ```yaml
    cards: {labels: {picked: "{n} of {m} ticked"}}
    ```
    """

    code = "A014"
    severity = Severity.WARNING

    def check_deck(self, facts: Sequence[Any], deck: Deck) -> Iterator[Diagnostic]:
        """Compare the labels that deck.yaml sets with the English ones."""
        english = words("en")
        for name, label in deck.cards.labels.items():
            wanted = _PLACE.findall(english.get(name, ""))
            written = _PLACE.findall(label)
            for place in written:
                if place not in wanted:
                    known = " and ".join(f"`{each}`" for each in wanted)
                    help = (
                        f"write {known} for the numbers" if wanted else "this label has no numbers: leave it out"
                    )
                    yield self.found(deck.origin.at("cards", "labels", name), f"cards would show `{place}`", help)
                    break
            else:
                for place in wanted:
                    if place not in written:
                        message = f"this label lacks the number `{place}`"
                        help = f"in English it is `{english[name]}`"
                        yield self.found(deck.origin.at("cards", "labels", name), message, help)
                        break

"""A013 low-contrast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Deck
from ankigen.source.text import SourceFile
from ankigen.theme import accent_fault, hard_to_read


class LowContrast(Rule):
    """A colour that the deck sets is hard to read on what it stands on.

    It looks at `accent:`, and in the style file at the cards' own variables and at `color` and `background-color`
    where their values are plain colours, each in Anki's light theme and in its dark one. What the style file says for
    print or for an animation only is left alone.

    ## Why it is bad

    Learners read cards in the sun, at night, and with eyes of every age. Text needs a contrast of 4.5 to 1.
    (WCAG 2.2, success criterion 1.4.3.)

    ## Example

    ```yaml
    cards: {accent: "#ffcc00"}
    ```

    ## Instead

    ```yaml
    cards: {accent: "#8a5a00"}
    ```
    """

    code = "A013"
    severity = Severity.WARNING

    def check_deck(self, facts: Sequence[Any], deck: Deck) -> Iterator[Diagnostic]:
        """Measure the colours of the deck."""
        accent = deck.cards.accent
        if accent and (words := accent_fault(accent)):
            help = "choose a darker colour; the dark theme gets a light one by itself"
            yield self.found(deck.origin.at("cards", "accent"), words, help)
        if isinstance(deck.style, SourceFile):
            for fault in hard_to_read(deck.style.text, accent):
                yield self.found(deck.style.location(fault.span), fault.message, fault.help)

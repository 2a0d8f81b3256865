"""C011 section-without-prompt."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Concept, ConceptCards, Deck


class SectionWithoutPrompt(Rule):
    """A part of an overview has no prompt, so that no card asks for it.

    ## Why it is bad

    What no card asks for is read once, on the concept's page, and forgotten.

    It is off unless asked for.

    ## Example

    ```yaml
    - heading: Key types
      body: ...
    ```

    ## Instead

    ```yaml
    - id: key-types
      heading: Key types
      prompt: Which three types of keys are there?
      body: ...
    ```
    """

    code = "C011"
    severity = Severity.WARNING
    pedantic = True

    def check_concept(self, concept: Concept, deck: Deck) -> Iterator[Diagnostic]:
        """Look at each part, where the deck makes cards of parts."""
        if deck.cards.concept in (ConceptCards.PAGE, ConceptCards.NONE):
            return
        for section in concept.overview:
            if not section.prompt:
                help = "add `prompt:`" if section.id else "add `prompt:`, and an `id:` for the card"
                yield self.found(section.origin.at("heading"), "no card asks for this part", help)

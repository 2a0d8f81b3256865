"""C009 long-section."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule, RuleOption
from ankigen.model import Concept, Deck
from ankigen.source.markdown import words


class LongSection(Rule):
    """A part of an overview has more words than a card should.

    ## Why it is bad

    With a prompt it is a card, which is then recalled in part. Without one it is read past. (Woźniak 1999,
    rule 4.)

    It is off unless asked for.

    ## Example

    ```yaml
    - heading: KMS
      body: (200 words)
    ```

    ## Instead

    ```yaml
    - heading: Key types
      body: (60 words)
    - heading: Key policies
      body: (70 words)
    ```
    """

    code = "C009"
    severity = Severity.WARNING
    pedantic = True
    options = (RuleOption("words", 120, "the most words of a part", 1),)

    def check_concept(self, concept: Concept, deck: Deck) -> Iterator[Diagnostic]:
        """Count the words of each part."""
        for section in concept.overview:
            count, most = len(words(section.body)), self.option["words"]
            if count > most:
                message = f"this part has {count} words, and {most} are the most"
                yield self.found(section.origin.at("heading"), message, "make two parts of it")

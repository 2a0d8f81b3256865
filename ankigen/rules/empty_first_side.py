"""A009 empty-first-side."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.markup import shows_nothing
from ankigen.model import Deck, Text


class EmptyFirstSide(Rule):
    """The front of a card would show nothing.

    ## Why it is bad

    Anki makes no card of an empty front, and tells the learner to clean it up. The text is there, but comes
    out as nothing: a comment, or tags with nothing in them.

    ## Example

    ```yaml
    stem: "<!-- to do -->"
    answer: 4 KB.
    ```

    ## Instead

    ```yaml
    stem: How much data can KMS's Encrypt take in one call?
    answer: 4 KB.
    ```
    """

    code = "A009"
    texts = ("stem", "prompt", "cloze", "body", "option", "answer")

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look at every text that alone makes a front, and at the options and answers that must be seen."""
        if shows_nothing(text.value):
            yield self.found(text.whole(), f"this {text.name} comes out as nothing", "write it, or delete it")

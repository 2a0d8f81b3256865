"""C004 compound-prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Kind, Question, Text
from ankigen.source.markdown import prose

_SECOND = re.compile(r"[?].*[?]|\b(?:and|or)\s+(?:what|why|how|when|where|who|which)\b", re.IGNORECASE | re.DOTALL)


class CompoundPrompt(Rule):
    """A recall question or a prompt asks several things at once.

    ## Why it is bad

    One is remembered, the other is not, and Anki knows only one answer.

    It reads English, and stays silent on a deck in another language. It is off unless asked for.

    ## Example

    ```yaml
    stem: What does Encrypt do? What does Decrypt do?
    ```

    ## Instead

    ```yaml
    stem: What does Encrypt do?
    ```
    """

    code = "C004"
    texts = ("prompt",)
    severity = Severity.WARNING
    pedantic = True
    english = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look for a second question in the stem of a recall question."""
        if question.kind is Kind.RECALL:
            yield from self._check(Text("stem", question.stem, question.origin, ("stem",)))

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look for a second question in the prompt of a part."""
        yield from self._check(text)

    def _check(self, text: Text) -> Iterator[Diagnostic]:
        if _SECOND.search(prose(text.value)):
            yield self.found(text.whole(), f"this {text.name} asks more than one thing", "make a card of each")

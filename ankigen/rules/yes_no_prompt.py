"""C003 yes-no-prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import lead_in
from ankigen.model import Deck, Kind, Question, Text

_ASKS_YES_OR_NO = re.compile(
    r"\s*(?:is|are|was|were|does|do|did|can|could|will|would|should|has|have|had|must|may|might)\b[^?]*\?",
    re.IGNORECASE,
)
# "And if so, why?" asks for more.
_ASKS_ON = re.compile(r"\b(?:and|if so),?\s+(?:why|how|what|which|when|where|who)\b", re.IGNORECASE)


class YesNoPrompt(Rule):
    """A recall question or a prompt can be answered by yes or no.

    ## Why it is bad

    A guess is right every second time, and the question itself often gives the fact away. (Matuschak 2020,
    How to write good prompts.)

    It reads English, and stays silent on a deck in another language.

    ## Example

    ```yaml
    stem: Is Encrypt limited to 4 KB?
    answer: "Yes"
    ```

    ## Instead

    ```yaml
    stem: How much data does Encrypt take at most?
    answer: 4 KB.
    ```
    """

    code = "C003"
    texts = ("prompt",)
    severity = Severity.WARNING
    english = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look at the sentence that asks of a recall question."""
        if question.kind is Kind.RECALL and _asks(question.stem):
            yield self._report(Text("stem", question.stem, question.origin, ("stem",)))

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look at the sentence that asks of a part's prompt."""
        if _asks(text.value):
            yield self._report(text)

    def _report(self, text: Text) -> Diagnostic:
        return self.found(text.whole(), "yes or no answers this", "ask for what, how much, when or why instead")


def _asks(text: str) -> bool:
    asking = lead_in(text)
    if asking is None or not _ASKS_YES_OR_NO.fullmatch(asking.group()):
        return False
    # "Is it a or b?" offers two answers, and neither is yes.
    return " or " not in asking.group() and not _ASKS_ON.search(asking.group())

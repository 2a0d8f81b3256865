"""C006 answer-in-prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import plain
from ankigen.model import Deck, Kind, Question


class AnswerInPrompt(Rule):
    """The answer of a recall question stands in the question.

    ## Why it is bad

    There is nothing to recall.

    ## Example

    ```yaml
    stem: Which limit does the 4 KB limit of Encrypt set?
    answer: 4 KB
    ```

    ## Instead

    ```yaml
    stem: How much data does Encrypt take?
    answer: 4 KB
    ```
    """

    code = "C006"
    severity = Severity.WARNING

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look for the whole answer, as words, in the stem."""
        answer = plain(question.answer).strip(" .")
        if question.kind is not Kind.RECALL or len(answer) < 4:
            return
        # Most are not there, and a pattern of each would take long to make.
        if answer.casefold() not in question.stem.casefold():
            return
        match = re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", question.stem, re.IGNORECASE)
        # "Is it a or b?" and "Of a and b, which is it?" must name their answer.
        if match and not re.search(r"\b(?:or|of\b.+\band)\b", question.stem, re.IGNORECASE):
            place = question.origin.within(("stem",), *match.span())
            yield self.found(place, "the answer stands in the question", "ask in other words")

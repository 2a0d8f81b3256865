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
        answer = plain(question.answer).strip(" .").casefold()
        if question.kind is not Kind.RECALL or len(answer) < 4:
            return
        match = re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", question.stem.casefold())
        # "Is it a or b?" must name its answer.
        if match and " or " not in question.stem.casefold():
            place = question.origin.within(("stem",), *match.span())
            yield self.found(place, "the answer stands in the question", "ask in other words")

"""C008 undated-volatile-fact."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Concept, Deck, Question, texts_of
from ankigen.source.markdown import prose

_VOLATILE = re.compile(
    r"[$€£]\s?\d[\d.,]*(?:\s?(?:/|per\b|an?\b)\s?\w+)?|\b(?:quotas?|limits?) (?:of|is|are) \d(?:[\d.,]*\d)?"
    r"|\b(?:free tier|deprecated|end of (?:life|support))\b"
    r"|\b(?:version|python|node(?:\.js)?|java) \d+(?:\.\w+)*",
    re.IGNORECASE,
)


class UndatedVolatileFact(Rule):
    """A price, a limit or a version is named, and no reference says when it was last checked.

    ## Why it is bad

    Such facts change. With a date, the next author knows which to look up first; without one, all are
    doubtful. (Woźniak 1999, rules 18 and 19: sources and date stamping.)

    It reads English, and stays silent on a deck in another language. It is off unless asked for.

    ## Example

    ```yaml
    answer: A key costs $1 a month.
    ```

    ## Instead

    ```yaml
    answer: A key costs $1 a month.
    references: [{url: https://aws.amazon.com/kms/pricing/, checked: 2026-11-24}]
    ```
    """

    code = "C008"
    severity = Severity.WARNING
    pedantic = True
    english = True

    def check_concept(self, concept: Concept, deck: Deck) -> Iterator[Diagnostic]:
        """Look through a concept without a dated reference."""
        yield from self._check(concept)

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look through a question without a dated reference."""
        yield from self._check(question)

    def _check(self, item: Concept | Question) -> Iterator[Diagnostic]:
        if any(reference.checked for reference in item.references):
            return
        for text in texts_of(item):
            if match := _VOLATILE.search(prose(text.value)):
                help = "give a reference with `checked:` and the day on which it was true"
                yield self.found(
                    text.at(*match.span()), f"`{match.group()}` changes with time, and has no date", help
                )
                return

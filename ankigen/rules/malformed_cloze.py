"""A004 malformed-cloze."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.markup import gaps, rendered
from ankigen.model import Deck, Kind, Question
from ankigen.source.markdown import prose

# What opens a gap, or looks as if it were meant to. Anki reads the digits 0 to 9 alone.
_OPENING = re.compile(r"\{\{(?:c(?P<number>\d+)(?P<sound>::)?|\s*[cC]\s*\d+\s*::?)")
# What is nearly a gap, and which Anki shows as it is.
_NEARLY = re.compile(
    r"(?<!\{)(?<!\{ )\{(?:[cC]\d*|\d+)::[^{}\n]*\}?"  # one brace
    r"|(?<!\{)\{\{(?!\s*[cC]\s*\d)[^{}\n]+\}\}"  # no c, or no number
    r"|[(\[]{1,2}[cC]\d+::[^()\[\]{}\n]*[)\]]{0,2}"  # other brackets
)
# Anki's own bound on a note's cards.
_MOST = 500


class MalformedCloze(Rule):
    """A cloze text has no gap, a gap that is not closed, or one that is not written as Anki reads it.

    ## Why it is bad

    Anki makes no card of it, drops the text after it, or shows learners the braces and what they were to
    hide. Gaps are written `{{c1::hidden}}` or `{{c1::hidden::hint}}`, with numbers from 1 to 500.

    ## Example

    ```yaml
    cloze: KMS's Encrypt takes {{c0::4 KB}}.
    ```

    ## Instead

    ```yaml
    cloze: KMS's Encrypt takes {{c1::4 KB}}.
    ```
    """

    code = "A004"
    essential = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Read the gaps as Anki does."""
        if question.kind is not Kind.CLOZE:
            return
        text = question.cloze
        written: Counter[int] = Counter()
        sound = True
        for opening in _OPENING.finditer(text):
            if opening["sound"] is None:
                sound = False
                help = "write `{{c1::hidden}}`: a small c, a number and two colons, and no spaces"
                yield self._at(question, opening, f"`{opening.group()}` begins no gap", help)
            elif not opening["number"].isascii() or not 1 <= int(opening["number"][:6]) <= _MOST:
                sound = False
                help = f"number the gaps from 1 to {_MOST}"
                yield self._at(question, opening, "Anki makes no card for this number", help)
            else:
                written[int(opening["number"])] += 1
        nearly = list(_NEARLY.finditer(prose(text)))
        for found in nearly:
            help = "write `{{c1::hidden}}`: two braces, a small c and a number; or in code what is no gap"
            yield self._at(question, found, "Anki shows this as it is, and hides nothing", help)
        if written and sound:
            yield from self._compare(question, written)
        elif sound and not nearly:
            help = "write what is to be hidden as `{{c1::hidden}}`"
            yield self.found(question.origin.at("cloze"), "this cloze has no gap", help)

    def _compare(self, question: Question, written: Counter[int]) -> Iterator[Diagnostic]:
        """Hold the gaps that were written against those that Anki will find on the card."""
        made = gaps(rendered(question.cloze))
        lost = written - Counter(gap.number for gap in made)
        for number in sorted(lost):
            opening = self._opening(question, number)
            if question.cloze.count("{{c") > question.cloze.count("}}"):
                yield self._at(question, opening, "this gap is never closed", "close it with `}}`")
            else:
                help = "gaps work in text, not in addresses, comments, tags and the names of languages"
                yield self._at(question, opening, "no learner would see this gap", help)
            return
        for gap in made:
            opening = self._opening(question, gap.number)
            if gap.fault == "tag":
                help = "gaps work in text, not in addresses and tags"
                yield self._at(question, opening, "this gap stands inside a tag", help)
            elif gap.fault == "markup":
                help = "close in the gap what begins in it: a cell, an item, a paragraph, a mark"
                yield self._at(question, opening, "this gap begins and ends in different parts of the text", help)
            elif not gap.hidden:
                yield self._at(question, opening, "this gap hides nothing", "write what it hides after the `::`")

    def _opening(self, question: Question, number: int) -> re.Match[str]:
        return next(found for found in _OPENING.finditer(question.cloze) if int(found["number"]) == number)

    def _at(self, question: Question, opening: re.Match[str], message: str, help: str) -> Diagnostic:
        return self.found(question.origin.within(("cloze",), *opening.span()), message, help)

"""A004 malformed-cloze."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Kind, Question
from ankigen.source.markdown import shown

# What opens a gap, what looks as if it were meant to, and what closes one.
_TOKEN = re.compile(r"\{\{c(?P<number>\d+)(?P<sound>::)?|\}\}")
# Anki's own bound on a note's cards.
_MOST = 500


class MalformedCloze(Rule):
    """A cloze text has no gap, a gap that is not closed, or one with a number that Anki does not take.

    ## Why it is bad

    Anki makes no card of it, or drops the text after it. Gaps are written `{{c1::hidden}}` or
    `{{c1::hidden::hint}}`, with numbers from 1 to 500.

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
        seen = shown(text)
        opened: list[re.Match[str]] = []
        gaps = 0
        for token in _TOKEN.finditer(text):
            if token.group() == "}}":
                if opened:
                    gap = opened.pop()
                    gaps += 1
                    if not text[gap.end() : token.start()].strip():
                        yield self._at(question, gap.start(), token.end(), "this gap hides nothing", "write it in")
            elif token["sound"] is None:
                help = "write `{{c1::hidden}}`, with two colons"
                yield self._at(question, token.start(), token.end(), f"`{token.group()}` begins no gap", help)
                gaps += 1
            elif not token["number"].isascii() or not 1 <= int(token["number"][:6]) <= _MOST:
                help = f"number the gaps from 1 to {_MOST}"
                yield self._at(question, token.start(), token.end(), "Anki makes no card for this number", help)
                opened.append(token)
            else:
                opened.append(token)
                if not any(start <= token.start() < end for start, end in seen):
                    help = "gaps work in text, not in addresses, comments and tags"
                    yield self._at(question, token.start(), token.end(), "no learner would see this gap", help)
        for gap in opened:
            yield self._at(question, gap.start(), gap.end(), "this gap is never closed", "close it with `}}`")
        if not gaps and not opened:
            help = "write what is to be hidden as `{{c1::hidden}}`"
            yield self.found(question.origin.at("cloze"), "this cloze has no gap", help)

    def _at(self, question: Question, start: int, end: int, message: str, help: str) -> Diagnostic:
        return self.found(question.origin.within(("cloze",), start, end), message, help)

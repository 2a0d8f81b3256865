"""F006 doubled-word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from operator import eq

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import STOPWORDS
from ankigen.model import Deck, Text
from ankigen.source.markdown import prose

_WORD = re.compile("[a-z]+")
# The word, the space, the word again, and again.
_DOUBLED = re.compile(r"\b([a-z]+)(\s+)(\1)\b(?![-'])((?: \1\b(?![-']))*)", re.IGNORECASE)
# Words that can stand twice: "I know that that is so", "a long long has 64 bits".
_MAY = frozenset(("that", "had", "so", "very", "blah", "bye", "knock", "long", "ha", "win", "cha"))
_MOST = 20


class DoubledWord(Rule):
    """A word stands twice in a row. Of one text, the first 20 are reported.

    ## Why it is bad

    It is a slip, and learners trip over it each time they see the card.

    It reads English, and stays silent on a deck in another language.

    ## Example

    ```yaml
    answer: It encrypts the the key.
    ```

    ## Instead

    ```yaml
    answer: It encrypts the key.
    ```
    """

    code = "F006"
    severity = Severity.WARNING
    english = True
    fix = "unsafe"

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look at neighbouring words."""
        # To tell the place of each, and to try its repair, takes as long as the text is.
        return islice(self._doubled(text), _MOST)

    def _doubled(self, text: Text) -> Iterator[Diagnostic]:
        # Few texts have two words alike side by side, and to see that is much faster than to look for their places.
        words = _WORD.findall(text.value.lower())
        if not any(map(eq, words, islice(words, 1, None))):
            return
        for match in _DOUBLED.finditer(prose(text.value)):
            # What was masked between the two (a mark, code) keeps them apart.
            if match[1].lower() in _MAY or text.value[match.start(2) : match.end(2)].strip():
                continue
            # Two paragraphs, or letters that stand for something.
            if match[2].count("\n") > 1 or (len(match[1]) == 1 and match[1] != "a"):
                continue
            # A new sentence, or a name: Bora Bora, Gorilla gorilla.
            if match[3].istitle() or (match[1] != match[3] and match[3].lower() not in STOPWORDS):
                continue
            # A mark between further ones keeps them apart, too.
            more = match[4] if text.value[match.start(4) : match.end(4)] == match[4] else ""
            end = match.end(3) + len(more)
            count = 2 + len(more) // (len(match[1]) + 1)
            fix = text.fix(match.start(2), end, "", safe=False)
            times, help = "twice", "delete one of the two"
            if more:
                times, help = f"{count:,} times", "delete all but one of them"
            yield self.found(text.at(match.start(3), end), f"`{match[3]}` stands {times}", help, fix=fix)

"""Q007 option-cites-letter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Kind, Question, all_text, texts_of
from ankigen.source.markdown import prose

# What may follow a letter that stands for an option; before other words it is something else ("both A and B
# antigens", "answer A calls").
_ENDS = r"(?= (?:is|are|was|were|and|or|does|do|can|cannot|would|has|have|says?)\b|(?! ?\w))"
_PATTERN = re.compile(
    rf"\b(?:[Bb]oth|[Nn]either|[Ee]ither) [A-F],? (?:and|or|nor) [A-F]\b{_ENDS}"
    rf"|\b(?:[Oo]ptions?|[Cc]hoices?|[Aa]nswers?) \(?[A-F]\b(?:\)|{_ENDS})"
)
# What all of that has: a letter by itself, after one of those words.
_MAY = re.compile(r"[A-F](?!\w)(?:(?<=[hrnse]\W[A-F])|(?<=\([A-F]))")
# In a stem such a letter names a point, an event, a vitamin.
_LETTER = re.compile(r"[B-F](?!\w)(?<!\w[B-F])")


class OptionCitesLetter(Rule):
    """An option, or what is said about it, speaks of other options by letter.

    ## Why it is bad

    Options change places from one review to the next, so that letters mean nothing.

    It reads English, and stays silent on a deck in another language.

    ## Example

    ```yaml
    options: [Encrypt, {text: Decrypt, correct: true}, Both A and B]
    ```

    ## Instead

    ```yaml
    options: [Encrypt, {text: Decrypt, correct: true}, Both calls]
    ```
    """

    code = "Q007"
    english = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look for letters in options and explanations of a question that is shuffled."""
        shuffled = deck.shuffles(question)
        if question.kind is not Kind.CHOICE or not shuffled or not _MAY.search(all_text(question)):
            return
        if _LETTER.search(question.stem):
            return
        for text in texts_of(question):
            for match in _PATTERN.finditer(prose(text.value)) if text.name != "stem" else ():
                help = "say what the option says, or set `shuffle: false` for this question"
                yield self.found(
                    text.at(*match.span()), f"`{match.group()}` means nothing once options are shuffled", help
                )

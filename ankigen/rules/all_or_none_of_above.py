"""Q006 all-or-none-of-above."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import plain
from ankigen.model import Deck, Question, option_at

_PATTERN = re.compile(
    r"(all|none|any|both|neither|each) (of )?(the )?(above|these|those|other options|options)"
    r"( (options|answers|choices|statements))?( (is|are) (correct|true|right|wrong|false))?[.!]?",
    re.IGNORECASE,
)


class AllOrNoneOfAbove(Rule):
    """An option is "all of the above" or "none of the above".

    ## Why it is bad

    Who knows that two options are right knows that all are; who knows that one is wrong knows that not all
    are. "None" says that three things are wrong, and not what is right. Shuffled, there is no above.
    (Haladyna, Downing and Rodriguez 2002, guidelines 25 and 26; NBME Item-Writing Guide.)

    It reads English, and stays silent on a deck in another language.

    ## Example

    ```yaml
    options: [Encrypt, {text: Decrypt, correct: true}, All of the above]
    ```

    ## Instead

    ```yaml
    options: [Encrypt, {text: Decrypt, correct: true}, ReEncrypt]
    ```
    """

    code = "Q006"
    severity = Severity.WARNING
    english = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look at each option, but for one that keeps its place where nothing is shuffled."""
        shuffled = deck.shuffles(question)
        for index, option in enumerate(question.options):
            if _PATTERN.fullmatch(plain(option.text)) and (shuffled or not option.pin):
                help = "write what is meant, or ask so that each option stands for itself"
                yield self.found(option_at(question, index), f"the option `{plain(option.text)}` is a clue", help)

"""Q011 negative-option."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import plain
from ankigen.model import Deck, Question, option_at

_NEGATIVE = re.compile(r"\b(?:not|never|cannot|\w+n['’]t)\b", re.IGNORECASE)


class NegativeOption(Rule):
    """An option says what is not so.

    ## Why it is bad

    A negative in an option, beside one in the question, makes learners puzzle over words. Often it cannot
    be avoided. (Haladyna, Downing and Rodriguez 2002, guideline 27.)

    It reads English, and stays silent on a deck in another language. It is off unless asked for.

    ## Example

    ```yaml
    options: [It encrypts, {text: It does not encrypt, correct: true}, It signs]
    ```

    ## Instead

    ```yaml
    options: [It encrypts, {text: It leaves data as it is, correct: true}, It signs]
    ```
    """

    code = "Q011"
    severity = Severity.WARNING
    pedantic = True
    english = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look for a negative in each option."""
        for index, option in enumerate(question.options):
            if match := _NEGATIVE.search(plain(option.text)):
                help = "say what is so instead"
                yield self.found(
                    option_at(question, index), f"this option holds the negative `{match.group()}`", help
                )

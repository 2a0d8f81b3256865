"""Q012 absolute-in-distractors."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import keys_and_distractors, plain
from ankigen.model import Deck, Question, option_at

_ABSOLUTE = re.compile(r"\b(?:always|never|all|none|every|only|must|completely|impossible)\b", re.IGNORECASE)


class AbsoluteInDistractors(Rule):
    """ "Always", "never" and the like stand in wrong options alone.

    ## Why it is bad

    Little is always so, and test-wise learners strike such options out without knowing the matter.
    (Haladyna, Downing and Rodriguez 2002, guideline 28.)

    It reads English, and stays silent on a deck in another language. It is off unless asked for.

    ## Example

    ```yaml
    options: [{text: It may rotate, correct: true}, It always rotates, It never rotates]
    ```

    ## Instead

    ```yaml
    options: [{text: It rotates where asked, correct: true}, It rotates each year, It rotates each day]
    ```
    """

    code = "Q012"
    severity = Severity.WARNING
    pedantic = True
    english = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look for absolute words in the distractors of a question whose keys have none."""
        keys, _ = keys_and_distractors(question)
        if any(_ABSOLUTE.search(plain(option.text)) for option in keys):
            return
        for index, option in enumerate(question.options):
            if not option.correct and (match := _ABSOLUTE.search(plain(option.text))):
                message = f"`{match.group()}` gives this option away as wrong"
                yield self.found(
                    option_at(question, index), message, "say it less absolutely, or the key as much so"
                )

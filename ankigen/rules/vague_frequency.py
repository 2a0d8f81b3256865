"""Q013 vague-frequency."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import plain
from ankigen.model import Deck, Question, option_at

_VAGUE = re.compile(
    r"\b(?:usually|rarely|often|sometimes|frequently|generally|occasionally|seldom|typically|commonly)\b",
    re.IGNORECASE,
)


class VagueFrequency(Rule):
    """An option says "usually", "often" or the like.

    ## Why it is bad

    How often that is, everyone sees otherwise, so that the option is neither right nor wrong. (NBME
    Item-Writing Guide.)

    It reads English, and stays silent on a deck in another language. It is off unless asked for.

    ## Example

    ```yaml
    options: [{text: It usually rotates, correct: true}, It signs, It hashes]
    ```

    ## Instead

    ```yaml
    options: [{text: It rotates each year, correct: true}, It signs, It hashes]
    ```
    """

    code = "Q013"
    severity = Severity.WARNING
    pedantic = True
    english = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look at each option."""
        for index, option in enumerate(question.options):
            if match := _VAGUE.search(plain(option.text)):
                message = f"`{match.group()}` means another thing to everyone"
                yield self.found(option_at(question, index), message, "say how often, or under which condition")

"""C005 vague-prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Kind, Question, Text
from ankigen.source.markdown import prose

_VAGUE = re.compile(
    r"\s*(?:tell me about|describe|explain|discuss|elaborate|what about|what do you know|how about)\b",
    re.IGNORECASE,
)


class VaguePrompt(Rule):
    """A recall question or a prompt does not say what it asks for.

    ## Why it is bad

    "Describe" and "tell me about" have no end: the learner cannot know when the answer is complete, nor
    Anki. (Matuschak 2020, How to write good prompts: precise.)

    It reads English, and stays silent on a deck in another language. It is off unless asked for.

    ## Example

    ```yaml
    stem: Tell me about envelope encryption.
    ```

    ## Instead

    ```yaml
    stem: Which key encrypts the data in envelope encryption?
    ```
    """

    code = "C005"
    texts = ("prompt",)
    severity = Severity.WARNING
    pedantic = True
    english = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look at the first words of a recall question."""
        if question.kind is Kind.RECALL:
            yield from self._check(Text("stem", question.stem, question.origin, ("stem",)))

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look at the first words of a part's prompt."""
        yield from self._check(text)

    def _check(self, text: Text) -> Iterator[Diagnostic]:
        if match := _VAGUE.match(prose(text.value)):
            start = match.end() - len(match.group().lstrip())
            help = "ask for what exactly is to be recalled"
            yield self.found(text.at(start, match.end()), f"`{match.group().strip()}` has no end", help)

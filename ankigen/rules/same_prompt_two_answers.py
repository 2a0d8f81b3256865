"""C007 same-prompt-two-answers."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Location, Related, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import plain
from ankigen.model import Deck, Kind


class SamePromptTwoAnswers(Rule):
    """Two recall questions or prompts ask the same, and have different answers.

    ## Why it is bad

    Each is right for one card and wrong for the other, and learning one unlearns the other. (Woźniak 1999,
    rule 11: combat interference.)

    ## Example

    ```yaml
    - {id: a, stem: What is the limit?, answer: 4 KB}
    - {id: b, stem: What is the limit?, answer: 64 KB}
    ```

    ## Instead

    ```yaml
    - {id: a, stem: What is the limit of Encrypt?, answer: 4 KB}
    - {id: b, stem: What is the limit of a message?, answer: 64 KB}
    ```
    """

    code = "C007"
    severity = Severity.WARNING

    def check_deck(self, deck: Deck) -> Iterator[Diagnostic]:
        """Compare all that is asked for recall."""
        asked: dict[str, tuple[str, Location]] = {}
        for prompt, answer, place in _asked(deck):
            before = asked.setdefault(plain(prompt).casefold(), (plain(answer).casefold(), place))
            if before[1] is not place and before[0] != plain(answer).casefold():
                yield self.found(
                    place,
                    "the same is asked elsewhere, with another answer",
                    "say in both what sets them apart",
                    related=(Related(before[1], "here"),),
                )


def _asked(deck: Deck) -> Iterator[tuple[str, str, Location]]:
    for concept in deck.concepts:
        for section in concept.overview:
            if section.prompt:
                yield section.prompt, section.body, section.origin.at("prompt")
    for question in deck.questions:
        if question.kind is Kind.RECALL:
            yield question.stem, question.answer, question.origin.at("stem")

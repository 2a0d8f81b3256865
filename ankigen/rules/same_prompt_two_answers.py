"""C007 same-prompt-two-answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

from ankigen.diagnostic import Diagnostic, Location, Related, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import plain
from ankigen.markup import media_links
from ankigen.model import ContentFile, Deck, Kind


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

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[_Asked]:
        """What is asked for recall: the prompt and the answer, as digests."""
        for concept in file.concepts:
            for section in concept.overview:
                if section.prompt:
                    yield _Asked(_digest(section.prompt), _digest(section.body), section.origin.at("prompt"))
        for question in file.questions:
            if question.kind is Kind.RECALL:
                yield _Asked(_digest(question.stem), _digest(question.answer), question.origin.at("stem"))

    def check_deck(self, facts: Sequence[_Asked], deck: Deck) -> Iterator[Diagnostic]:
        """Compare all that is asked for recall."""
        first: dict[bytes, _Asked] = {}
        for asked in facts:
            before = first.setdefault(asked.prompt, asked)
            if before.answer != asked.answer:
                yield self.found(
                    asked.place,
                    "the same is asked elsewhere, with another answer",
                    "say in both what sets them apart",
                    related=(Related(before.place, "here"),),
                )


class _Asked(NamedTuple):
    prompt: bytes
    answer: bytes
    place: Location


def _digest(text: str) -> bytes:
    # "Which flag is this?" asks something else of each picture.
    shown = "\n".join(link.target for link in media_links(text))
    return blake2b(f"{plain(text).casefold()}\n{shown}".encode(), digest_size=16).digest()

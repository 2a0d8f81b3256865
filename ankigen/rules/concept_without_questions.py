"""I008 concept-without-questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ankigen.diagnostic import Diagnostic, Location, Severity
from ankigen.lint.rule import Rule
from ankigen.model import ContentFile, Deck, Status


class ConceptWithoutQuestions(Rule):
    """No question is linked to a concept, and no part of it has a prompt.

    ## Why it is bad

    It is read once as a page, and nothing asks for it again.

    ## Example

    ```yaml
    id: kms      # and no question names it
    ```

    ## Instead

    ```yaml
    id: kms
    overview: [{id: keys, heading: Keys, prompt: Which types of keys are there?, body: ...}]
    ```
    """

    code = "I008"
    severity = Severity.WARNING

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[_Concept | str]:
        """The concepts, and the ids that questions are linked to."""
        for concept in file.concepts:
            asks = any(section.prompt for section in concept.overview)
            yield _Concept(concept.id, concept.origin.at("id"), asks or concept.status is not Status.READY)
        for question in file.questions:
            yield from question.concepts

    def check_deck(self, facts: Sequence[_Concept | str], deck: Deck) -> Iterator[Diagnostic]:
        """Look for questions of each concept, where every file could be read."""
        if deck.unread:
            return
        linked = {fact for fact in facts if isinstance(fact, str)}
        concepts = [fact for fact in facts if isinstance(fact, _Concept)]
        if linked - {concept.id for concept in concepts}:
            return  # a misspelt link is reported already, and may be the one that is missed here
        for concept in concepts:
            if concept.id not in linked and not concept.is_excused:
                help = "write a question on it, or give a part an `id:` and a `prompt:`"
                yield self.found(concept.place, "nothing asks for this concept", help)


class _Concept(NamedTuple):
    id: str
    place: Location
    is_excused: bool

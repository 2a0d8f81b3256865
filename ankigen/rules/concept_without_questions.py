"""I008 concept-without-questions."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Status


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
    overview: [{heading: Keys, prompt: Which types of keys are there?, body: ...}]
    ```
    """

    code = "I008"
    severity = Severity.WARNING

    def check_deck(self, deck: Deck) -> Iterator[Diagnostic]:
        """Look for questions of each concept, where every file could be read."""
        if deck.unread:
            return
        linked = {id for question in deck.questions for id in question.concepts}
        if linked - {concept.id for concept in deck.concepts}:
            return  # a misspelt link is reported already, and may be the one that is missed here
        for concept in deck.concepts:
            asks = any(section.prompt for section in concept.overview)
            if concept.id not in linked and not asks and concept.status is Status.READY:
                help = "write a question on it, or a `prompt:` for a part"
                yield self.found(concept.origin.at("id"), "nothing asks for this concept", help)

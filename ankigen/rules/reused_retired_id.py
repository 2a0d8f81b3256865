"""I010 reused-retired-id."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.lock import UNKNOWN
from ankigen.model import Concept, Deck, Question, Status
from ankigen.planned import planned


class ReusedRetiredId(Rule):
    """A new question, concept or part has the id of one that was retired.

    ## Why it is bad

    Ids make the identity of a note. Learners who have the retired card would find another question on it, with the
    review history of the old one.

    ## Example

    A question that was `status: retired` in the last release was deleted, and another has its id:

    ```yaml
    id: kms-limit
    cloze: A data key has {{c1::256 bits}}.
    ```

    ## Instead

    ```yaml
    id: kms-data-key-size
    cloze: A data key has {{c1::256 bits}}.
    ```
    """

    code = "I010"

    def check_concept(self, concept: Concept, deck: Deck) -> Iterator[Diagnostic]:
        """Look the concept and its parts up in the lock."""
        yield from self._reused(concept, deck)

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look the question up in the lock."""
        yield from self._reused(question, deck)

    def _reused(self, item: Concept | Question, deck: Deck) -> Iterator[Diagnostic]:
        if not deck.released.notes:
            return
        for each in planned(item, deck):
            kind, id = each.key(deck.released)
            entry = deck.released.notes.get((kind, id))
            if not entry or not entry.retired or each.status is Status.RETIRED:
                continue
            if entry.source not in (UNKNOWN, each.source()):
                yield self.found(
                    each.place,
                    f"`{id}` is the id of a {kind} card that was retired with another text",
                    "give this one an id of its own; if it is the same card come back, build once with "
                    "`# ankigen: ignore[reused-retired-id] because it is the same card` above its id",
                )

"""I012 vanished-note."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ankigen.diagnostic import Diagnostic
from ankigen.lint.released import Comparison, Fact, compare, made_in
from ankigen.lint.rule import Rule
from ankigen.lock import Key
from ankigen.model import ConceptCards, ContentFile, Deck, Kind


class VanishedNote(Rule):
    """A note that was released is no longer in the content.

    ## Why it is bad

    Anki never deletes a note because a new release leaves it out: learners would keep the card for ever, and never
    hear that it is out of date.

    ## Example

    `kms-large-files` was released, and has been deleted.

    ## Instead

    ```yaml
    id: kms-large-files
    status: retired
    ```

    A retired card says so, and after the release the question may go. One that is renamed keeps its note by
    `aliases`. If no learner ever had it, `ankigen lock --forget kms-large-files`.
    """

    code = "I012"

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[Fact]:
        """The notes that the file makes."""
        return made_in(file, deck)

    def check_deck(self, facts: Sequence[Fact], deck: Deck) -> Iterator[Diagnostic]:
        """Report what the lock knows and the content has no more."""
        found = compare(facts, deck)
        unmade = [kind for kind in _unmade(deck) if any(key[0] == kind for key in found.vanished)]
        for kind in unmade:
            count = sum(key[0] == kind for key in found.vanished)
            yield self.found(
                deck.origin.at("cards", "concept"),
                f"{count:,} {kind} card{'s' * (count > 1)} released before would be made no more",
                "learners keep such a card for ever: make them again, with `cards: {concept: both}`",
            )
        gone = {key for key in found.vanished if key[0] not in unmade}
        for key in sorted(gone):
            concept = (Kind.CONCEPT.value, key[1].partition("/")[0])
            # A concept that is gone speaks for its parts.
            if key[0] != Kind.SECTION or concept not in gone or concept in found.drafts:
                yield self._vanished(key, found, deck)

    def _vanished(self, key: Key, found: Comparison, deck: Deck) -> Diagnostic:
        kind, id = key
        place = deck.released.place(*key)
        if key in found.drafts:
            draft = found.drafts[key]
            return self.found(
                draft or place,
                f"`{id}` was released, and is a draft now"
                if draft
                else f"`{id}` was released, and its concept, which is a draft, keeps it back",
                "learners keep its card: leave it `ready`, or say `status: retired`",
            )
        now = next((other for other, same in found.fresh if same == id and other != kind), None)
        if now:
            return self.found(
                found.fresh[now, id].place,
                f"`{id}` was released as a {kind} card, and makes a {now} card now",
                f"a card cannot change its kind: give this one an id of its own, and bring the {kind} one back "
                "with `status: retired`",
            )
        if key in found.unasked:
            return self.found(
                found.unasked[key],
                f"`{id}` was released, and makes no card any more",
                "learners keep its card for ever: bring its `prompt` back, with `status: retired` if it is to go",
            )
        return self.found(
            place,
            f"`{id}` was released, and is no longer in the content",
            "learners keep its card for ever: bring it back with `status: retired`, or name it in the `aliases` of "
            f"what it is called now; if no learner ever had it, `ankigen lock --forget {id}`",
        )


def _unmade(deck: Deck) -> list[str]:
    """The kinds of notes that the deck's settings make none of."""
    made = deck.cards.concept
    pages = made in (ConceptCards.PAGE, ConceptCards.BOTH)
    parts = made in (ConceptCards.SECTIONS, ConceptCards.BOTH)
    return [kind.value for kind, makes in ((Kind.CONCEPT, pages), (Kind.SECTION, parts)) if not makes]

"""I003 id-changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ankigen.diagnostic import Diagnostic, Fix, Related
from ankigen.lint.released import FORMER, Fact, Fresh, Made, compare, made_in
from ankigen.lint.rule import Rule
from ankigen.lock import Key
from ankigen.model import Concept, ContentFile, Deck, Kind, Question
from ankigen.planned import planned


class IdChanged(Rule):
    """Something that was released has the same text as before, and another id or GUID.

    ## Why it is bad

    Ids make the identity of a note. Under another one, learners get a new card with no review history, and keep the
    old one for ever.

    ## Example

    `kms-large-files` was released, and is now called

    ```yaml
    id: kms-encrypt-5-mb-file
    stem: A developer needs to encrypt a 5 MB file with KMS. What is the correct approach?
    ```

    ## Instead

    ```yaml
    id: kms-encrypt-5-mb-file
    aliases: [kms-large-files]
    stem: A developer needs to encrypt a 5 MB file with KMS. What is the correct approach?
    ```
    """

    code = "I003"
    fix = "unsafe"

    def check_concept(self, concept: Concept, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the GUIDs that the author gave with the released ones."""
        yield from self._guids(concept, deck)

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the GUID that the author gave with the released one."""
        yield from self._guids(question, deck)

    def _guids(self, item: Concept | Question, deck: Deck) -> Iterator[Diagnostic]:
        for each in planned(item, deck):
            if not each.given_guid:
                continue
            key = each.key(deck.released)
            entry = deck.released.notes.get(key)
            others = (name for name, other in deck.released.notes.items() if other.guid == each.given_guid)
            if other := next((name for name in others if name != key), None):
                yield self.found(
                    (each.part or item).origin.at("guid"),
                    f"this is the GUID that `{other[1]}` was released with",
                    "give it another, or none: learners who have that card would find this one on it",
                )
            elif entry and each.given_guid != entry.guid:
                yield self.found(
                    (each.part or item).origin.at("guid"),
                    f"this was released with the GUID `{entry.guid}`",
                    "delete `guid:`, or write that one: by it, Anki knows the note that learners have",
                )

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[Fact]:
        """The notes that the file makes."""
        return made_in(file, deck)

    def check_deck(self, facts: Sequence[Fact], deck: Deck) -> Iterator[Diagnostic]:
        """Report what has the text of a released note that is gone, or another one's; and a deck with another id."""
        lock = deck.released
        if lock.source and lock.deck != deck.id:
            yield self.found(
                deck.origin.at("id"),
                f"this deck was released as `{lock.deck}`",
                f"write `id: {lock.deck}`: under another id, Anki takes no update for the notes that learners have; "
                "for a new deck that begins as a copy, delete its deck.lock",
                related=(Related(lock.place("deck", lock.deck), "released as"),),
            )
            return
        found = compare(facts, deck)
        for key, made in found.renamed.items():
            assert made.fresh
            yield self._renamed(key, made.fresh, made, deck)
        for (_, other), made in found.swapped.items():
            assert made.fresh
            yield self.found(
                made.fresh.place,
                f"this has the text that `{other}` was released with, and `{other}` has another one",
                "give each its own id back: the history of one card would go to another",
            )

    def _renamed(self, key: Key, fresh: Fresh, made: Made, deck: Deck) -> Diagnostic:
        kind, old = key
        concept, _, part = old.partition("/")
        alias = part if kind == Kind.SECTION and concept == made.key[1].partition("/")[0] else old
        return self.found(
            fresh.place,
            f"this has the text of `{old}`, which was released and is gone",
            f"write `aliases: [{alias}]`, so that learners keep their history"
            f"; if it is another card, bring `{old}` back with `status: retired`",
            related=(Related(deck.released.place(*key), "released as"),),
            fix=Fix((replace(fresh.edit, text=fresh.edit.text.replace(FORMER, alias)),), safe=False)
            if fresh.edit
            else None,
        )

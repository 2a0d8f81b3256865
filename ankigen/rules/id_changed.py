"""I003 id-changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ankigen.diagnostic import Diagnostic, Fix, Related
from ankigen.lint.released import FORMER, Fresh, Made, compare, made_in
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
            entry = deck.released.notes.get(each.key(deck.released))
            if entry and each.given_guid and each.given_guid != entry.guid:
                yield self.found(
                    (each.part or item).origin.at("guid"),
                    f"this was released with the GUID `{entry.guid}`",
                    "delete `guid:`, or write that one: by it, Anki knows the note that learners have",
                )

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[Made | str]:
        """The notes that the file makes."""
        return made_in(file, deck)

    def check_deck(self, facts: Sequence[Made | str], deck: Deck) -> Iterator[Diagnostic]:
        """Report what has the text of a released note that is gone."""
        for key, made in compare(facts, deck).renamed.items():
            assert made.fresh
            yield self._renamed(key, made.fresh, made, deck)

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

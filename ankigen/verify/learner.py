"""A learner: someone who studies what was imported, and makes it their own, by a seeded plan.

Between two releases a learner edits notes and tags them, and Anki then sets the note's `mod` to that moment. Here
the `mod` is put back to what the package had. That is the earliest moment at which the note can have been edited,
so whatever an import would do to any learner, it does to this one: a note whose `mod` rose is updated, and loses
the edits if it did not really change; a note whose `mod` did not rise is left alone, as it is for everyone. With
the true moment, which is after both packages were made, Anki would leave all edited notes alone, and a release
that overwrites everyone else's edits would pass.

With "Always", Anki overwrites every note whose `mod` is not that of the package, and there `edit_now` gives the
notes their true moment.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from anki.cards import CardId
from anki.collection import Collection
from anki.notes import NoteId
from anki.scheduler.v3 import CardAnswer

from ankigen.verify.backend import hasten
from ankigen.verify.state import State

_DAYS = (0, 1, 5)
"""The days on which every card is answered."""
_DAY = 86_400
_RATINGS = ("again", "hard", "good", "good", "good", "easy")
_TAGS = (["marked"], ["leech"], ["for-the-exam"], ["my::own", "marked"])
_WORDS = "(this I found out myself)"

_Id = TypeVar("_Id", bound=int)

ROUNDS = len(_DAYS)
"""How often each card is answered."""


@dataclass(frozen=True, slots=True)
class Learner:
    """What the learner has done: cards, all answered in each round, and how many notes and cards got more."""

    cards: int
    rounds: int
    tagged: int
    edited: int
    suspended: int
    flagged: int


def study(collection: Collection, state: State, seed: int, tick: Callable[[], None]) -> Learner:
    """Study every card of a collection several times, and tag, edit, suspend and flag some.

    Closes and opens the collection, whose `state` is that before. `tick` is called for each answer.
    """
    plan = random.Random(seed)
    collection.set_config("fsrs", True)  # so that cards have a memory that can be lost
    cards = [CardId(id) for id in sorted(state.cards)]
    for number, day in enumerate(_DAYS):
        if number:
            _let_pass(collection, day - _DAYS[number - 1])
        moment = int((time.time() - (_DAYS[-1] - day) * _DAY) * 1000)
        for offset, card in enumerate(cards):
            _answer(collection, card, plan.choice(_RATINGS), moment + offset)
            tick()
    notes = [NoteId(note.id) for note in state.notes.values()]
    tagged = _some(plan, notes, 3)
    edited = _some(plan, notes, 10)
    _make_own(collection, plan, tagged, edited)
    suspended = _some(plan, cards, 10)
    flagged = _some(plan, cards, 5)
    collection.sched.suspend_cards(suspended)
    for card in flagged:
        collection.set_user_flag_for_cards(plan.randint(1, 7), [card])
    return Learner(len(cards), ROUNDS, len(tagged), len(edited), len(suspended), len(flagged))


def edit_now(collection: Collection, untouched: State, studied: State, new: State) -> State:
    """Give the notes that the learner has changed the present second as their `mod`; gives the state then.

    Where a note of the new package was built in this very second, it is one after that: with the same `mod`, Anki
    takes the two for the same.
    """
    now = int(time.time())
    taken = {note.mod for note in new.notes.values()}
    while now in taken:
        now += 1
    own = {
        guid: note._replace(mod=now)
        for guid, note in studied.notes.items()
        if untouched.content(untouched.notes[guid]) != studied.content(note)
    }
    assert collection.db is not None
    collection.db.executemany("update notes set mod = ? where id = ?", [(now, note.id) for note in own.values()])
    return replace(studied, notes={**studied.notes, **own})


def _some(plan: random.Random, every: Sequence[_Id], share: int) -> list[_Id]:
    """One in so many, and one at least."""
    return plan.sample(every, -(-len(every) // share))


def _let_pass(collection: Collection, days: int) -> None:
    """Make the collection older; Anki looks at its age when it opens it."""
    collection.crt = collection.crt - days * _DAY
    collection.close()
    collection.reopen()
    hasten(collection)


def _answer(collection: Collection, card: CardId, rating: str, moment: int) -> None:
    """Answer a card at a moment in milliseconds, due or not: the limits of a deck keep no card back."""
    states = collection._backend.get_scheduling_states(card)
    collection._backend.answer_card(
        CardAnswer(
            card_id=card,
            current_state=states.current,
            new_state=getattr(states, rating),
            rating=CardAnswer.Rating.Value(rating.upper()),
            answered_at_millis=moment,
            milliseconds_taken=5000,
        )
    )


def _make_own(collection: Collection, plan: random.Random, tagged: list[NoteId], edited: list[NoteId]) -> None:
    """Add tags to some notes, and words to the first field of others."""
    notes = {id: collection.get_note(id) for id in [*tagged, *edited]}
    mods = [(note.mod, id) for id, note in notes.items()]
    for id in tagged:
        notes[id].tags += plan.choice(_TAGS)
    for id in edited:
        notes[id].fields[0] += f" {_WORDS}"
    collection.update_notes(list(notes.values()))
    assert collection.db is not None
    collection.db.executemany("update notes set mod = ? where id = ?", mods)

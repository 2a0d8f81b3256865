"""Every harm that a release can do is found under its own name, and a good release does none."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("anki.collection")  # first of Anki's modules: others cannot be imported before it

from ankigen.verify import Verdict, learner, verify
from ankigen.verify.compare import Comparison, faults
from ankigen.verify.harm import EMPTY_CARD, EVERY, Way
from ankigen.verify.state import Card, Log, Note, NoteType, State
from tests.conftest import DATA, copy_of
from tests.verify.packages import FRONT, LATER, NOTES, THEN, TYPE, changed, package, publish, with_type_mod

DEFAULT, ALWAYS = Way.DEFAULT, Way.ALWAYS
OTHER = ("deck/3", "Question three?", "Answer 3.")


def found(verdict: Verdict) -> dict[str, tuple[str, ...]]:
    """Names of notes and note types by the kind of finding."""
    return {finding.kind.name: finding.subjects for finding in verdict.findings}


def ways(verdict: Verdict, kind: str) -> tuple[Way, ...]:
    return next(finding.ways for finding in verdict.findings if finding.kind.name == kind)


# Good releases.


def test_the_same_again_does_nothing(tmp_path: Path) -> None:
    for verdict in (verify(package(tmp_path)), verify(package(tmp_path), package(tmp_path))):
        assert verdict.findings == ()
        outcome = verdict.outcomes[0]
        assert (outcome.new, outcome.updated, outcome.untouched, outcome.lost_edits) == (0, 0, 10, 0)


def test_a_changed_and_a_new_note_arrive(tmp_path: Path) -> None:
    notes = NOTES | {"guid-3": OTHER, "guid-new": ("deck/new", "New?", "New.")}
    new = changed(package(tmp_path, notes), "update notes set mod = mod + 1 where guid = 'guid-3'")
    verdict = verify(new, package(tmp_path))
    assert verdict.findings == ()
    offered, always = verdict.outcomes
    assert (offered.new, offered.updated, offered.untouched, offered.conflicting) == (1, 1, 9, 0)
    assert always.new == 1
    # Anki overwrites all that a learner has touched: with "Always" that is what the learner asked for.
    assert always.lost_edits == always.updated - (offered.updated - offered.lost_edits) > 0


@pytest.mark.parametrize("seed", range(5))
def test_our_own_releases_harm_no_one(seed: int, tmp_path: Path) -> None:
    """A text is changed, a question is added, another retired, a picture changed and the style, at one go."""
    root = copy_of(DATA / "decks" / "kinds", tmp_path)
    first = publish(root, tmp_path / "1.apkg", THEN)
    assert found(verify(first, seed=seed)) == {}
    questions = root / "questions" / "all.yaml"
    text = questions.read_text(encoding="utf-8")
    for old, new in {
        "The slice begins at index 1.": "The slice begins at the second element.",
        "    status: draft": "    status: draft\n  - {id: fresh, concept: lists, difficulty: easy, stem: New?, answer: Yes.}",
        "    explanation: A literal and a call both do.": "    explanation: Both do.\n    status: retired",
    }.items():
        assert old in text
        text = text.replace(old, new)
    questions.write_text(text, encoding="utf-8")
    picture = root / "media" / "diagrams" / "triangle.svg"
    picture.write_bytes(picture.read_bytes() + b"<!-- other -->")
    deck = root / "deck.yaml"
    looks = deck.read_text(encoding="utf-8").replace("cards: {", "cards: {accent: '#005a9c', ")
    deck.write_text(looks, encoding="utf-8")
    verdict = verify(publish(root, tmp_path / "2.apkg", LATER), first, seed)
    assert found(verdict) == {}
    assert verdict.outcomes[0].new == 1
    assert verdict.outcomes[0].updated >= 3


def test_ankis_own_exports_can_be_tried(tmp_path: Path, collection: Any) -> None:
    from anki.collection import ExportAnkiPackageOptions
    from anki.decks import DeckId

    for number in range(3):
        note = collection.new_note(collection.models.by_name("Basic (and reversed card)"))
        note["Front"], note["Back"] = f"F{number}", f"B{number}"
        collection.add_note(note, DeckId(1))
    for legacy in (True, False):
        options = ExportAnkiPackageOptions(with_scheduling=legacy, with_media=True, legacy=legacy)
        file = tmp_path / f"{legacy}.apkg"
        collection.export_anki_package(out_path=str(file), options=options, limit=None)
        verdict = verify(file, tmp_path / "True.apkg")
        assert (verdict.findings, verdict.learner.cards) == ((), 6)


def test_a_release_may_be_tried_in_the_second_in_which_it_was_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A learner's edit of that very second would have the `mod` of the note that is to replace it."""
    new = package(tmp_path, {guid: (*rest, "New.") for guid, (*rest, _) in NOTES.items()}, now=LATER)
    monkeypatch.setattr(learner, "time", SimpleNamespace(time=lambda: LATER))
    assert verify(new, package(tmp_path)).findings == ()


# Times.


def test_a_frozen_mod_hides_a_change(tmp_path: Path) -> None:
    verdict = verify(package(tmp_path, NOTES | {"guid-3": OTHER}), package(tmp_path))
    assert found(verdict) == {"stale-note": ("deck/3",)}


@pytest.mark.parametrize("seed", range(20))
def test_a_frozen_mod_is_found_whatever_the_learner_did(seed: int, tmp_path: Path) -> None:
    """Also where the one note that changed is the one that the learner edited."""
    verdict = verify(package(tmp_path, {"g": OTHER}), package(tmp_path, {"g": NOTES["guid-3"]}), seed)
    assert found(verdict) == {"stale-note": ("deck/3",)}


def test_a_mod_of_now_overwrites_what_is_the_learners_own(tmp_path: Path) -> None:
    verdict = verify(package(tmp_path, now=LATER), package(tmp_path))
    assert found(verdict) == {"overwritten": tuple(values[0] for values in NOTES.values())}
    assert ways(verdict, "overwritten") == (DEFAULT,)
    assert verdict.outcomes[0].lost_edits == 4


def test_our_own_deck_without_its_lock_overwrites(tmp_path: Path) -> None:
    root = copy_of(DATA / "decks" / "kinds", tmp_path)
    first = publish(root, tmp_path / "1.apkg", THEN)
    (root / "deck.lock").unlink()
    verdict = verify(publish(root, tmp_path / "2.apkg", LATER), first)
    assert set(found(verdict)) == {"overwritten"}
    assert len(found(verdict)["overwritten"]) == verdict.notes


@pytest.mark.parametrize("change", [{"front": "<b>{{Front}}</b>"}, {"css": ".card { color: red }"}])
def test_a_template_needs_a_newer_mod_of_the_note_type(change: dict[str, str], tmp_path: Path) -> None:
    old, new = package(tmp_path), package(tmp_path, **change)
    verdict = verify(new, old)
    assert found(verdict) == {"stale-note-type": ("Q",)}
    assert ways(verdict, "stale-note-type") == (DEFAULT, ALWAYS)
    assert found(verify(with_type_mod(new, LATER), old)) == {}


# Identities.


def test_a_guid_made_from_the_text_doubles_the_note(tmp_path: Path) -> None:
    notes = {("guid-other" if guid == "guid-3" else guid): values for guid, values in NOTES.items()}
    verdict = verify(package(tmp_path, notes | {"guid-other": OTHER}), package(tmp_path))
    assert found(verdict) == {"doubled": ("deck/3",)}
    assert verdict.outcomes[0].new == 1


def test_notes_without_an_id_are_known_by_their_first_field(tmp_path: Path) -> None:
    fields = ("Front", "Back")
    old = package(tmp_path, {"a": ("<b>One</b>", "1"), "b": ("Two", "2")}, fields=fields)
    new = package(tmp_path, {"c": ("One", "1, a change"), "b": ("Two", "2")}, fields=fields, now=THEN)
    assert found(verify(new, old)) == {"doubled": ("One",)}


def test_two_notes_with_one_front_are_not_doubled(tmp_path: Path) -> None:
    fields = ("Front", "Back")
    old = package(tmp_path, {"a": ("One", "1")}, fields=fields)
    new = package(tmp_path, {"a": ("One", "1"), "b": ("One", "another")}, fields=fields)
    assert found(verify(new, old)) == {}


def test_two_notes_with_one_question_about_two_pictures_are_not_the_same(tmp_path: Path) -> None:
    def asks(guid: str, picture: str, front: str) -> Path:
        notes = {guid: (f"{front}<img alt='a bone' src='{picture}'>", "1")}
        return package(tmp_path, notes, fields=("Front", "Back"), media={picture: picture.encode()})

    for front in ("What is this?", ""):
        old = asks("a", "ulna.png", front)
        name = f"{front} ulna.png".strip()
        assert found(verify(asks("b", "radius.png", front), old)) == {"left-out": (name,)}
        assert found(verify(asks("b", "ulna.png", front), old)) == {"doubled": (name,)}


def test_notes_that_share_a_guid(tmp_path: Path) -> None:
    file = changed(package(tmp_path), "update notes set guid = 'guid-3' where guid in ('guid-4', 'guid-5')")
    assert found(verify(file)) == {"same-guid": ("deck/4", "deck/5")}


def test_a_note_that_is_left_out_stays_for_ever(tmp_path: Path) -> None:
    fewer = {guid: values for guid, values in NOTES.items() if guid != "guid-3"}
    assert found(verify(package(tmp_path, fewer), package(tmp_path))) == {"left-out": ("deck/3",)}
    # Once it has been shipped as retired, it may go.
    retired = package(tmp_path, tags={"guid-3": ["ankigen::retired"]})
    assert found(verify(package(tmp_path, fewer), retired)) == {}


# Note types.


def test_a_field_more_is_a_conflict_for_every_note(tmp_path: Path) -> None:
    notes = {guid: (*values, "more") for guid, values in NOTES.items()}
    new = package(tmp_path, notes, now=LATER, fields=("ID", "Front", "Back", "More"))
    verdict = verify(new, package(tmp_path))
    every = tuple(values[0] for values in NOTES.values())
    assert found(verdict) == {"conflicting": every, "forked-note-type": ("Q+",)}
    assert [outcome.conflicting for outcome in verdict.outcomes] == [10, 10]


@pytest.mark.parametrize("now", [THEN, LATER])
def test_a_note_type_with_another_id_is_a_conflict(now: int, tmp_path: Path) -> None:
    verdict = verify(package(tmp_path, type=TYPE + 1, name="P", now=now), package(tmp_path))
    assert set(found(verdict)) == {"conflicting", "forked-note-type"}
    assert found(verdict)["forked-note-type"] == ("P",)


def test_other_guids_and_another_note_type_fork_too(tmp_path: Path) -> None:
    notes = {guid.replace("guid", "other"): values for guid, values in NOTES.items()}
    verdict = verify(package(tmp_path, notes, type=TYPE + 1), package(tmp_path))
    assert set(found(verdict)) == {"doubled", "forked-note-type"}


def test_a_new_note_type_for_new_notes_is_no_fork(tmp_path: Path) -> None:
    fresh = package(tmp_path, {"fresh": ("deck/fresh", "New?", "New.")}, type=TYPE + 1, name="P")
    old = package(tmp_path)
    verdict = verify(fresh, old)
    assert set(found(verdict)) == {"left-out"}


# Media and cards.

SHOWN = {"guid-0": ("deck/0", "<img src='a b.png'>", "[sound:c.mp3]"), "guid-1": ("deck/1", "Plain", "Text")}
FILES = {"a b.png": b"old", "c.mp3": b"sound"}


def test_a_file_that_the_package_does_not_bring(tmp_path: Path) -> None:
    assert found(verify(package(tmp_path, SHOWN, media=FILES))) == {}
    verdict = verify(package(tmp_path, SHOWN, media={"a b.png": b"old"}), package(tmp_path, SHOWN, media=FILES))
    assert found(verdict) == {"missing-media": ("deck/0: c.mp3",)}
    assert ways(verdict, "missing-media") == ()
    elsewhere = {"g": ("d", "<img src='https://example.com/x.png'>", "<img src='data:image/png;base64,AA=='>")}
    assert found(verify(package(tmp_path, elsewhere))) == {}


def test_a_file_that_changed_under_its_name_stays_old(tmp_path: Path) -> None:
    old = package(tmp_path, SHOWN, media=FILES)
    new = package(tmp_path, SHOWN, media=FILES | {"a b.png": b"new"})
    assert found(verify(new, old)) == {"stale-media": ("deck/0: a b.png",)}
    # Anki gives it another name, where the note is updated.
    newer = changed(new, "update notes set mod = mod + 1 where guid = 'guid-0'")
    assert found(verify(newer, old)) == {}


def test_a_file_of_a_template_that_changed_under_its_name_stays_old(tmp_path: Path) -> None:
    front = FRONT + "<img src='_logo.png'>"
    old = package(tmp_path, front=front, media={"_logo.png": b"old"})
    new = package(tmp_path, front=front, media={"_logo.png": b"new"})
    assert found(verify(with_type_mod(new, LATER), old)) == {"stale-media": ("Q: _logo.png",)}


@pytest.mark.parametrize(
    "change",
    [
        {"front": FRONT + "<img src='_logo.png'>"},
        {"front": FRONT + "<script async src=_logo.png></script>"},
        {"css": ".card { background: url( '_logo.png' ) } .a { fill: url(#b); color: var(--c) }"},
        {"css": "@import '_logo.png';"},
    ],
)
def test_a_file_that_a_template_or_a_style_wants(change: dict[str, str], tmp_path: Path) -> None:
    assert found(verify(package(tmp_path, **change))) == {"missing-media": ("Q: _logo.png",)}
    assert found(verify(package(tmp_path, **change, media={"_logo.png": b"logo"}))) == {}


def test_a_hash_in_the_name_brings_the_new_file(tmp_path: Path) -> None:
    def shown(content: bytes) -> Path:
        name = f"a-{hashlib.sha1(content, usedforsecurity=False).hexdigest()}.png"
        note = {"g": ("deck/0", f"<img src='{name}'>", "")}
        return package(tmp_path, note, media={name: content}, now=THEN + len(content))

    assert found(verify(shown(b"longer"), shown(b"old"))) == {}


def test_a_card_that_shows_an_error(tmp_path: Path) -> None:
    """A template that names no field, and a front that is empty."""
    file = package(tmp_path, {"g": NOTES["guid-3"]}, front="{{Front}}{{Nothing}}")
    assert found(verify(file)) == {"broken-card": ("deck/3",)}
    file = changed(package(tmp_path), "update notes set flds = :fields where guid = 'guid-3'", fields="x\x1f\x1f")
    assert found(verify(file)) == {"broken-card": ("x",)}


def test_a_note_without_a_card(tmp_path: Path) -> None:
    file = changed(package(tmp_path), "delete from cards where nid = (select id from notes where guid = 'guid-3')")
    assert found(verify(file)) == {"no-card": ("deck/3",)}


def test_a_gap_that_is_gone_leaves_a_card_that_is_no_harm(tmp_path: Path) -> None:
    def gaps(text: str, now: int) -> Path:
        return package(tmp_path, {"g": (text,)}, fields=("Text",), front="{{cloze:Text}}", cloze=True, now=now)

    verdict = verify(gaps("{{c1::One}} and two.", LATER), gaps("{{c1::One}} and {{c2::two}}.", THEN))
    assert [finding.kind for finding in verdict.findings] == [EMPTY_CARD]
    assert not verdict.harms


# The learner.


def test_the_learner_studies_every_card_and_leaves_the_mod(tmp_path: Path) -> None:
    from ankigen.verify import backend, learner

    def studied(seed: int, folder: Path) -> tuple[learner.Learner, State, State]:
        folder.mkdir()
        with backend.opened(folder / "collection.anki2") as collection:
            backend.import_package(collection, package(folder))
            before = backend.state_of(collection)
            made = learner.study(collection, before, seed, lambda: None)
            return made, before, backend.state_of(collection)

    made, before, after = studied(1, tmp_path / "a")
    assert (made.cards, made.tagged, made.edited, made.suspended, made.flagged) == (10, 4, 1, 1, 2)
    assert len(after.reviews) == 30
    assert all(card.reps == 3 and '"s":' in card.data for card in after.cards.values())
    assert len({card.due for card in after.cards.values()}) > 1
    assert sum(card.queue == -1 for card in after.cards.values()) == 1
    assert sum(card.flags > 0 for card in after.cards.values()) == 2
    assert {guid: note.mod for guid, note in after.notes.items()} == {
        guid: note.mod for guid, note in before.notes.items()
    }
    assert sum(note.tags != frozenset() for note in after.notes.values()) == 4
    assert sum(note.fields != before.notes[guid].fields for guid, note in after.notes.items()) == 1
    again, other = studied(1, tmp_path / "b")[2], studied(2, tmp_path / "c")[2]
    strip = [{guid: note[4:] for guid, note in state.notes.items()} for state in (after, again, other)]
    assert strip[0] == strip[1] != strip[2]


def test_the_options_are_those_that_anki_offers(collection: Any) -> None:
    from anki.collection import ImportAnkiPackageOptions

    assert collection._backend.get_import_anki_package_presets() == ImportAnkiPackageOptions()


# What no package that we know of brings about: the comparison itself.


def state(**changes: Any) -> State:
    note = Note(1, "g", 7, THEN, frozenset(), ("One",))
    cards = {5: Card(1, 0, 40, 31, 2500, 3, 0, 2, 2, 0, "{}"), 6: Card(1, 1, 9, 8, 2500, 3, 0, 2, 2, 0, "{}")}
    reviews = frozenset({(100, 5, -1, 3), (101, 6, -1, 3)})
    types = {7: NoteType(7, "Q", ("Front",), (("Card", "{{Front}}", ""),), "")}
    return replace(State({"g": note}, cards, reviews, types, {}), **changes)


@pytest.mark.parametrize(
    "change",
    [
        lambda it: {"cards": {5: it.cards[5]}},
        lambda it: {"cards": it.cards | {6: it.cards[6]._replace(ivl=0)}},
        lambda it: {"cards": it.cards | {6: it.cards[6]._replace(data="")}},
        lambda it: {"cards": it.cards | {6: it.cards[6]._replace(flags=3)}},
        lambda it: {"cards": it.cards | {6: it.cards[6]._replace(note=2)}},
        lambda it: {"reviews": frozenset({(100, 5, -1, 3)})},
    ],
)
@pytest.mark.parametrize("way", Way)
def test_history_that_is_lost(change: Callable[[State], dict[str, Any]], way: Way) -> None:
    log = Log(1, 0, 0, 1, frozenset())
    assert not list(Comparison(state(), state(), state(), state(), log, way).findings())
    after = state(**change(state()))
    (finding,) = Comparison(state(), state(), state(), after, log, way).findings()
    assert (finding.kind.name, finding.subjects) == ("history-lost", ("One",))


def test_notes_that_anki_does_not_take() -> None:
    (finding,) = faults(state(), Log(3, 1, 0, 2, frozenset()), [])
    assert (finding.kind.name, finding.subjects) == ("not-imported", ("2 of 3 notes",))


def test_every_kind_has_its_own_name_and_its_place_in_the_order() -> None:
    from ankigen.verify import harm

    kinds = [value for value in vars(harm).values() if isinstance(value, harm.Kind)]
    assert sorted(kinds, key=EVERY.index) == list(EVERY)
    assert len({kind.name for kind in kinds}) == len(kinds)

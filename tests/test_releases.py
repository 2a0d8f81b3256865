"""Releases, as a learner lives through them, in Anki's own backend.

A random deck is built, imported and studied; its learner tags and edits notes; the deck is edited at random, built
again and imported again. Whatever the edits were: no history is lost, nothing is doubled or refused, what did not
change keeps what the learner did to it, and what did change is updated. Each seed is one run.

The same test must fail for builds that are broken on purpose.
"""

from __future__ import annotations

import hashlib
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ankigen import shape
from ankigen.card import media
from ankigen.card.notes import Note
from ankigen.lock import NoteEntry
from ankigen.package import apkg, release
from ankigen.package.read import read
from tests.conftest import import_apkg, notes

RUNS = 208
GROUPS = 8
# A learner's own changes get the time of today, and lie between the two releases.
TODAY = int(time.time())
FIRST, SECOND = TODAY - 1_000_000, TODAY + 1_000_000
WORDS = [
    "key",
    "policy",
    "grant",
    "role",
    "token",
    "queue",
    "topic",
    "index",
    "cache",
    "region",
    "bucket",
    "alias",
    "stage",
    "limit",
    "event",
]


class Author:
    """Writes a deck, and changes it, at random. `items` are by an id of their own, which nothing changes."""

    def __init__(self, seed: int, root: Path) -> None:
        self.random = random.Random(seed)
        self.root = root
        self.count = 0
        self.pictures: dict[str, bytes] = {}
        self.deck: dict[str, Any] = {
            "format": 1, "id": "d", "title": "Deck", "tags": ["all"],
            "topics": {"one": {"title": "One"}, "two": {"title": "Two"}},
        }  # fmt: skip
        self.concepts = [self.concept() for _ in range(self.random.randint(1, 2))]
        self.questions = [self.question() for _ in range(self.random.randint(3, 7))]

    def fresh(self) -> int:
        self.count += 1
        return self.count

    def words(self) -> str:
        # The number keeps two texts apart; rules of quality are not what is tested here.
        return " ".join(self.random.choices(WORDS, k=4)) + f" {self.fresh()}"

    def picture(self) -> str:
        name = f"p{len(self.pictures) + 1}.svg"
        self.redraw(name)
        return name

    def redraw(self, name: str) -> None:
        size = f'width="{self.fresh()}" height="9"'
        self.pictures[name] = f'<svg xmlns="http://www.w3.org/2000/svg" {size}><rect {size}/></svg>'.encode()

    def concept(self) -> dict[str, Any]:
        number = self.fresh()
        parts = [self.part() for _ in range(self.random.randint(1, 3))]
        return {
            "id": f"c{number}", "title": self.words(), "topic": self.random.choice(["one", "two"]),
            "summary": self.words(), "overview": parts,
        }  # fmt: skip

    def part(self) -> dict[str, Any]:
        return {
            "id": f"s{self.fresh()}", "heading": self.words(), "body": self.words(), "prompt": self.words() + "?",
        }  # fmt: skip

    def question(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            "id": f"q{self.fresh()}",
            "concept": self.random.choice(self.concepts)["id"],
            "difficulty": self.random.choice(["easy", "medium", "hard"]),
        }
        kind = self.random.choice(["choice", "recall", "cloze"])
        if kind == "cloze":
            return made | {"cloze": f"{self.words()} {{{{c1::{self.words()}}}}} and {{{{c2::{self.words()}}}}}"}
        made["stem"] = self.words() + "?"
        if self.random.random() < 0.3:
            made["stem"] += f" ![drawing]({self.picture()})"
        if kind == "recall":
            return made | {"answer": self.words()}
        options: list[dict[str, Any]] = [{"text": self.words(), "why": self.words()} for _ in range(3)]
        options[self.random.randrange(3)]["correct"] = True
        return made | {"options": options}

    def edit(self) -> None:
        """One change of the many that authors make."""
        pick = self.random.choice
        kinds: list[Callable[[], None]] = [
            self.reword, self.reword, self.rename, self.retire, self.retag, self.move, self.add, self.repaint,
            self.rename_concept, self.rename_part, self.reorder,
        ]  # fmt: skip
        pick(kinds)()

    def any_question(self) -> dict[str, Any]:
        return self.random.choice(self.questions)

    def reword(self) -> None:
        question = self.any_question()
        if "options" in question:
            options = question["options"]
            what = self.random.choice(["text", "key", "why", "more"])
            if what == "key":
                for option in options:
                    option.pop("correct", None)
                self.random.choice(options)["correct"] = True
            elif what == "more":
                options.append({"text": self.words()})
            else:
                self.random.choice(options)[what] = self.words()
        elif "cloze" in question:
            question["cloze"] = question["cloze"].replace("::", f"::{self.words()} ", 1)
        else:
            question[self.random.choice(["stem", "answer", "explanation", "hint"])] = self.words()

    def rename(self) -> None:
        question = self.any_question()
        question["aliases"] = [*question.get("aliases", []), question["id"]]
        question["id"] = f"q{self.fresh()}"

    def rename_concept(self) -> None:
        concept = self.random.choice(self.concepts)
        old, new = concept["id"], f"c{self.fresh()}"
        concept["aliases"] = [*concept.get("aliases", []), old]
        concept["id"] = new
        for question in self.questions:
            if question["concept"] == old:
                question["concept"] = new

    def rename_part(self) -> None:
        part = self.random.choice(self.random.choice(self.concepts)["overview"])
        part["aliases"] = [*part.get("aliases", []), part["id"]]
        part["id"] = f"s{self.fresh()}"

    def retire(self) -> None:
        self.any_question()["status"] = "retired"

    def retag(self) -> None:
        self.any_question()["tags"] = [self.random.choice(WORDS)]

    def move(self) -> None:
        item = self.random.choice(self.concepts)
        item["topic"] = "two" if item["topic"] == "one" else "one"

    def add(self) -> None:
        self.random.choice([
            lambda: self.questions.append(self.question()),
            lambda: self.concepts.append(self.concept()),
            lambda: self.random.choice(self.concepts)["overview"].append(self.part()),
        ])()  # fmt: skip

    def repaint(self) -> None:
        if self.pictures:
            self.redraw(self.random.choice(list(self.pictures)))

    def reorder(self) -> None:
        self.random.shuffle(self.questions)

    def save(self) -> None:
        """Write the files; what was there before goes, but for the lock."""
        for folder in ("concepts", "questions", "media"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
            for file in (self.root / folder).iterdir():
                file.unlink()
        write = {"deck.yaml": self.deck, "questions/q.yaml": {"questions": self.questions}}
        write |= {f"concepts/{concept['id']}.yaml": concept for concept in self.concepts}
        for name, data in write.items():
            (self.root / name).write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
        for name, picture in self.pictures.items():
            (self.root / "media" / name).write_bytes(picture)

    def build(self, file: Path, now: int) -> Path:
        """What `ankigen build` does."""
        self.save()
        made = release.release(notes(self.root), now)
        apkg.write(made, file).draft.keep()
        (self.root / "deck.lock").write_text(str(made.lock), encoding="utf-8")
        return file


class Learner:
    """Studies every card, tags and edits some notes, and remembers all of it."""

    def __init__(self, collection: Any, seed: int) -> None:
        self.collection = collection
        self.random = random.Random(seed)

    def study(self) -> None:
        collection = self.collection
        for id in collection.find_cards(""):
            for _ in range(self.random.randint(1, 2)):
                card = collection.get_card(id)
                card.start_timer()
                states = collection._backend.get_scheduling_states(id)
                rating = self.random.randint(1, 4) - 1
                collection.sched.answer_card(
                    collection.sched.build_answer(card=card, states=states, rating=rating)
                )
        cards = list(collection.find_cards(""))
        collection.sched.suspend_cards(self.random.sample(cards, 1))
        collection.set_user_flag_for_cards(3, self.random.sample(cards, 1))
        for id in collection.find_notes(""):
            note = collection.get_note(id)
            if self.random.random() < 0.6:
                note.add_tag(self.random.choice(["marked", "leech", "mine::own"]))
                if self.random.random() < 0.3:
                    note["Spare 5"] = "my own words"
                collection.update_note(note)

    def cards(self) -> dict[int, list[Any]]:
        rows = self.collection.db.all(
            "select id, nid, did, ord, type, queue, due, ivl, factor, reps, lapses, left, odue, odid, flags, data from cards"
        )
        return {row[0]: row for row in rows}

    def reviews(self) -> set[tuple[Any, ...]]:
        return {
            tuple(row)
            for row in self.collection.db.all("select id, cid, ease, ivl, factor, time, type from revlog")
        }

    def notes(self) -> dict[str, dict[str, Any]]:
        """The notes by their field `ID`; the test fails where two have the same."""
        found: dict[str, dict[str, Any]] = {}
        for id in self.collection.find_notes(""):
            note = self.collection.get_note(id)
            assert note["ID"] not in found, f"doubled: {note['ID']}"
            found[note["ID"]] = {
                "id": id, "mod": note.mod, "tags": set(note.tags), "fields": dict(note.items()),
            }  # fmt: skip
        return found


def live_through(seed: int, folder: Path, between: Callable[[], None] = lambda: None) -> None:
    """One run; an AssertionError says what a learner suffers. `between` is called between the releases."""
    from anki.collection import Collection

    folder.mkdir()
    author = Author(seed, folder / "content")
    old = author.build(folder / "old.apkg", FIRST)
    collection = Collection(str(folder / "collection.anki2"))
    try:
        log = import_apkg(collection, old)
        assert log == dict.fromkeys(log, 0) | {"new": len(read(old).notes)}
        learner = Learner(collection, seed)
        learner.study()
        notes_before, cards_before, reviews_before = learner.notes(), learner.cards(), learner.reviews()
        assert reviews_before

        between()
        if author.random.random() < 0.5:
            # A release that this learner skips.
            author.edit()
            author.build(folder / "skipped.apkg", SECOND - 1000)
        for _ in range(author.random.randint(1, 6)):
            author.edit()
        new = author.build(folder / "new.apkg", SECOND)
        log = import_apkg(collection, new)
        harmed = {
            name: log[name] for name in ("conflicting", "missing_notetype", "missing_deck", "empty_first_field")
        }
        assert not any(harmed.values()), harmed

        notes_after, cards_after, reviews_after = learner.notes(), learner.cards(), learner.reviews()
        assert reviews_before <= reviews_after, "reviews are lost"
        assert cards_before.items() <= cards_after.items(), "a card's schedule has changed"
        assert {each.name for each in collection.models.all_names_and_ids() if each.name.endswith("+")} == set()
        assert notes_before.keys() <= notes_after.keys()
        packed, released = ({note.fields["ID"]: note for note in read(file).notes} for file in (old, new))
        assert notes_after.keys() == packed.keys() | released.keys()
        assert packed.keys() == notes_before.keys()
        for id, before in notes_before.items():
            after = notes_after[id]
            assert after["id"] == before["id"]
            was, now = packed[id], released[id]
            if list(was.fields.values()) == list(now.fields.values()) and set(was.tags) == set(now.tags):
                kept = list(before["fields"].values()) == list(after["fields"].values())
                assert kept, f"{id} did not change, and was overwritten"
                assert after["tags"] == before["tags"], f"{id} did not change, and was overwritten"
                assert after["mod"] == before["mod"], f"{id} did not change, and was overwritten"
            else:
                assert list(after["fields"].values()) == list(now.fields.values()), (
                    f"{id} changed, and was not updated"
                )
                assert after["tags"] == set(now.tags)
        for id in released.keys() - notes_before.keys():
            assert list(notes_after[id]["fields"].values()) == list(released[id].fields.values())
        for question in author.questions:
            if question.get("status") == "retired":
                (id,) = (f"d/{name}" for name in _names(question) if f"d/{name}" in notes_after)
                assert "ankigen::retired" in notes_after[id]["tags"]
        assert_pictures(author, notes_after, Path(collection.media.dir()))
        again = import_apkg(collection, new)
        assert again == dict.fromkeys(again, 0) | {"duplicate": len(released)}
    finally:
        collection.close()


def _names(item: dict[str, Any]) -> list[str]:
    return [*item.get("aliases", []), item["id"]]


def assert_pictures(author: Author, notes_after: dict[str, dict[str, Any]], folder: Path) -> None:
    """Every card shows the pictures that the author has now."""
    for question in author.questions:
        wanted = [author.pictures[name] for name in re.findall(r"\]\((p\d+\.svg)\)", question.get("stem", ""))]
        (note,) = (notes_after[f"d/{name}"] for name in _names(question) if f"d/{name}" in notes_after)
        shown = re.findall(r'src="([^"]+)"', note["fields"].get("Stem", ""))
        assert [(folder / name).read_bytes() for name in shown] == wanted, "a card shows an old picture"


@pytest.mark.slow
@pytest.mark.parametrize("group", range(GROUPS))
def test_no_release_costs_a_learner_anything(group: int, tmp_path: Path) -> None:
    for seed in range(group, RUNS, GROUPS):
        try:
            live_through(seed, tmp_path / str(seed))
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error


def frozen(patch: pytest.MonkeyPatch) -> None:
    """The `mod` never rises."""
    patch.setattr(release, "_mod", lambda old, same, now: old)


def always_now(patch: pytest.MonkeyPatch) -> None:
    """The `mod` is the time of the build."""
    patch.setattr(release, "_mod", lambda old, same, now: now)


def from_text(patch: pytest.MonkeyPatch) -> None:
    """The GUID is made of the fields, as genanki does by itself."""

    def entry(self: release.Release, note: Note) -> NoteEntry:
        text = hashlib.sha1("".join(note.fields.values()).encode()).hexdigest()[:10]
        return self.lock.notes[release.key_of(note)]._replace(guid=text)

    patch.setattr(release.Release, "entry", entry)


def without_ids(patch: pytest.MonkeyPatch) -> None:
    """Fields have no permanent ids; a field is renamed between the two releases."""
    made = apkg._NoteType.to_json

    def to_json(self: apkg._NoteType, timestamp: float, deck_id: int) -> dict[str, Any]:
        data = made(self, timestamp, deck_id)
        data["flds"] = [{key: value for key, value in field.items() if key != "id"} for field in data["flds"]]
        return data

    patch.setattr(apkg._NoteType, "to_json", to_json)


def unhashed(patch: pytest.MonkeyPatch) -> None:
    """Media keep the names that the author gave them."""
    patch.setattr(media, "packed_name", lambda name, content: name)


def call_a_field_by_another_name(patch: pytest.MonkeyPatch) -> None:
    """What a newer ankigen may do to a field that has a permanent id."""
    renamed = tuple(shape.Field("New", each.id) if each.name == "Spare 4" else each for each in shape._SHARED)
    patch.setattr(shape, "_SHARED", renamed)


@pytest.mark.slow
def test_a_field_with_its_id_may_get_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live_through(1, tmp_path / "run", lambda: call_a_field_by_another_name(monkeypatch))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (frozen, "changed, and was not updated"),
        (always_now, "did not change, and was overwritten"),
        (from_text, "doubled"),
        (without_ids, "conflicting"),
        (unhashed, "shows an old picture"),
    ],
)
def test_a_broken_build_is_caught(
    break_it: Callable[[pytest.MonkeyPatch], None], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_it(monkeypatch)

    def between() -> None:
        if break_it is without_ids:
            call_a_field_by_another_name(monkeypatch)

    def several_runs() -> None:
        for seed in range(20):
            with monkeypatch.context() as patch:
                patch.setattr(shape, "_SHARED", shape._SHARED)  # each run begins with the old name
                live_through(seed, tmp_path / str(seed), between)

    with pytest.raises(AssertionError, match=said):
        several_runs()

"""A deck that was published by other means, adopted: what its learners live through, in Anki's own backend."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import genanki
import pytest

from tests.cli.test_bad_input import plain_line
from tests.conftest import ankigen, import_apkg

# The first release is older than the learner's import of it, which sets the note type's `mod`; the next is newer.
NOW = int(time.time())
OLD, FIRST, NEXT = NOW - 2_000_000, NOW - 1_000_000, NOW + 1_000_000
DECK = "format: 1\nid: d\ntitle: D\ncards: {concept: none}\n"
QUESTIONS = """concept: a
questions:
  - {id: one, difficulty: easy, stem: What is **one**?, answer: New one.}
  - {id: two, difficulty: easy, stem: What is two?, answer: New two.}
  - {id: three, difficulty: easy, stem: What is three?, answer: New three.}
"""
CLOZES = """concept: a
questions:
  - {id: one, difficulty: easy, cloze: 'One is {{c1::half}} of {{c2::two}}.'}
  - {id: two, difficulty: easy, cloze: 'Two is {{c1::twice}} one.'}
"""
TEXTS = [("What is <i>o</i>ne?", "1"), ("What is two", "2"), ("What is three?", "3")]
FRONT_BACK = [{"name": "Card 1", "qfmt": "{{Front}}", "afmt": "{{Back}}"}]


def publish(
    file: Path,
    notes: Sequence[tuple[str, ...]] = TEXTS,
    fields: Sequence[str] = ("Front", "Back"),
    templates: Sequence[dict[str, str]] = FRONT_BACK,
    *,
    cloze: bool = False,
    name: str = "Mine",
    tags: Sequence[str] = (),
) -> None:
    """A deck as a script with genanki makes it. GUIDs are g0, g1 and so on, after the name of the note type."""
    model = genanki.Model(
        sum(name.encode()),
        name,
        [{"name": field} for field in fields],
        list(templates),
        model_type=genanki.Model.CLOZE if cloze else genanki.Model.FRONT_BACK,
    )
    deck = genanki.Deck(2, "Old")
    for index, values in enumerate(notes):
        deck.add_note(genanki.Note(model, list(values), guid=f"{name}-{index}", tags=list(tags)))
    genanki.Package(deck).write_to_file(file, timestamp=OLD)


def publish_from_anki(file: Path, note_type: str = "Basic") -> None:
    """A deck as Anki itself exports it: fields and templates have ids."""
    from anki.collection import Collection, ExportAnkiPackageOptions

    author = Collection(str(file.with_suffix(".anki2")))
    home = author.decks.id("Old")
    for texts in TEXTS:
        note = author.new_note(author.models.by_name(note_type))
        note.fields[: len(texts)] = list(texts)
        author.add_note(note, home)
    author.db.execute("update notes set mod = ?", OLD)
    author.db.execute("update notetypes set mtime_secs = ?", OLD)
    author.export_anki_package(out_path=str(file), options=ExportAnkiPackageOptions(), limit=None)
    author.close()


class Learner:
    """A learner of `old.apkg`, who has answered every card."""

    def __init__(self, collection: Any, folder: Path) -> None:
        self.collection = collection
        self.folder = folder
        import_apkg(collection, folder / "old.apkg")
        for id in collection.db.list("select id from cards"):
            card = collection.get_card(id)
            card.start_timer()
            collection.sched.answerCard(card, 4)
        self.before = self.history()
        assert self.before

    def history(self) -> dict[int, tuple[Any, ...]]:
        """What study has made of each card that was answered, and its reviews."""
        rows = self.collection.db.all(
            "select c.id, c.nid, c.ord, c.due, c.ivl, c.factor, c.reps, c.queue, c.type, c.data, count(), max(r.id) "
            "from cards c join revlog r on r.cid = c.id group by c.id"
        )
        return {row[0]: tuple(row[1:]) for row in rows}

    def imports(self, name: str, *, merge: bool = False) -> tuple[int, ...]:
        """Import a package: the number of notes that are new, updated, untouched and conflicting."""
        log = import_apkg(self.collection, self.folder / name, merge=merge)
        assert self.history() == self.before
        return tuple(log[each] for each in ("new", "updated", "duplicate", "conflicting"))

    def note(self, text: str) -> Any:
        (id,) = self.collection.find_notes(f'"{text}"')
        return self.collection.get_note(id)

    def question(self, text: str) -> str:
        return str(self.note(text).cards()[0].question())

    def marks(self, text: str, moment: int) -> None:
        """Tag a note at a moment."""
        note = self.note(text)
        note.tags.append("marked")
        self.collection.update_note(note)
        self.collection.db.execute("update notes set mod = ? where id = ?", moment, note.id)


@pytest.fixture
def folder(root: Callable[..., Path], tmp_path: Path) -> Path:
    """The content for the deck, never built."""
    root({"deck.yaml": DECK, "questions/q.yaml": QUESTIONS})
    return tmp_path


def write(folder: Path, questions: str, deck: str = DECK) -> None:
    (folder / "content/questions/q.yaml").write_text(questions)
    (folder / "content/deck.yaml").write_text(deck)


def adopt(folder: Path, name: str = "old.apkg") -> str:
    """Adopt a package; the output with single spaces."""
    result = ankigen("lock", "--adopt", name, cwd=folder)
    assert (result.returncode, result.stderr) == (0, "")
    return " ".join(result.stdout.split())


def build(folder: Path, name: str, moment: int) -> None:
    result = ankigen("build", "-o", name, cwd=folder, env={"SOURCE_DATE_EPOCH": str(moment)})
    assert result.returncode == 0, result.stdout


def release_again(folder: Path, name: str = "next.apkg") -> None:
    """The next release: the answer to the second question is another, and the style."""
    text = (folder / "content/questions/q.yaml").read_text()
    accent = DECK.replace("none}", "none, accent: '#123456'}")
    write(folder, text.replace("New two", "Newer two").replace("twice", "2 times"), accent)
    build(folder, name, NEXT)


@pytest.mark.parametrize("maker", [publish, publish_from_anki])
def test_learners_of_another_deck_keep_their_history_and_get_all_releases(
    maker: Callable[[Path], None], folder: Path, collection: Any
) -> None:
    maker(folder / "old.apkg")
    said = adopt(folder)
    assert "by text 3 notes not known 0 notes" in said
    assert "“Merge note types” ticked (in the import window of Anki 23.10 or later, under “Updates”)." in said
    assert "every later release" not in said
    build(folder, "first.apkg", FIRST)
    learner = Learner(collection, folder)
    # As Anki offers it: nothing happens to the old notes, and none comes twice.
    assert learner.imports("first.apkg") == (0, 0, 0, 3)
    assert learner.note("one").values() == ["What is <i>o</i>ne?", "1"]
    assert learner.imports("first.apkg", merge=True) == (0, 3, 0, 0)
    assert learner.note("id:d/one")["Answer"] == "<p>New one.</p>"
    assert "difficulty::easy" in learner.note("id:d/one").tags
    assert "What is <strong>one</strong>?" in learner.question("id:d/one")
    # From here on, as for everyone.
    assert learner.imports("first.apkg") == (0, 0, 3, 0)
    learner.marks("id:d/one", NEXT - 1)
    release_again(folder)
    assert learner.imports("next.apkg") == (0, 1, 2, 0)
    assert learner.note("id:d/two")["Answer"] == "<p>Newer two.</p>"
    assert "marked" in learner.note("id:d/one").tags
    assert "#123456" in learner.question("id:d/one")
    assert collection.fix_integrity()[1]


def test_a_learner_who_never_had_the_old_deck_gets_the_same_notes(folder: Path, collection: Any) -> None:
    publish(folder / "old.apkg")
    adopt(folder)
    build(folder, "first.apkg", FIRST)
    assert import_apkg(collection, folder / "first.apkg")["new"] == 3
    assert collection.card_count() == 3
    release_again(folder)
    log = import_apkg(collection, folder / "next.apkg")
    assert (log["updated"], log["conflicting"]) == (1, 0)


def test_a_note_that_anki_leaves_alone_goes_on_with_its_old_text(folder: Path, collection: Any) -> None:
    """Whoever changes a note after the release was built keeps that change, in fields that we leave empty."""
    publish(folder / "old.apkg")
    adopt(folder)
    build(folder, "first.apkg", FIRST)
    learner = Learner(collection, folder)
    learner.marks("two", FIRST + 1)
    assert learner.imports("first.apkg", merge=True) == (0, 2, 1, 0)
    (card,) = learner.note("tag:marked").cards()
    assert "What is two" in card.question()
    assert "2" not in card.question().partition("</style>")[2].replace("c2", "")
    assert '<div class="stem">2</div>' in card.answer()
    # The others show nothing of it.
    assert learner.question("id:d/one").count('class="stem"') == 1


def test_a_second_card_of_theirs_stays_and_updates_need_the_tick(folder: Path, collection: Any) -> None:
    templates = [*FRONT_BACK, {"name": "Card 2", "qfmt": "{{Back}}", "afmt": "{{Front}}"}]
    publish(folder / "old.apkg", [(*texts, "e") for texts in TEXTS], ("Front", "Back", "Extra"), templates)
    said = adopt(folder)
    assert "`Mine` (3 notes, now recall) makes `Card 2` too, and ours makes one card." in said
    assert "have to leave “Merge note types” ticked for every later release" in said
    build(folder, "first.apkg", FIRST)
    learner = Learner(collection, folder)
    assert len(learner.before) == 6
    assert learner.imports("first.apkg", merge=True) == (0, 3, 0, 0)
    assert "The front of this card is blank" in learner.note("id:d/one").cards()[1].question()
    learner.marks("id:d/one", NEXT - 1)
    release_again(folder)
    assert learner.imports("next.apkg") == (0, 0, 0, 3)
    assert learner.imports("next.apkg", merge=True) == (0, 1, 2, 0)
    assert learner.note("id:d/two")["Answer"] == "<p>Newer two.</p>"
    assert "marked" in learner.note("id:d/one").tags


def test_more_fields_than_we_have_spares_need_the_tick_too(folder: Path, collection: Any) -> None:
    more = [f"F{number}" for number in range(6)]
    publish(folder / "old.apkg", [(*texts, *more) for texts in TEXTS], ("Front", "Back", *more))
    said = adopt(folder)
    assert "`Mine` (3 notes, now recall) has more fields than ours can take up (5)." in said
    assert "have to leave “Merge note types” ticked for every later release" in said
    build(folder, "first.apkg", FIRST)
    learner = Learner(collection, folder)
    assert learner.imports("first.apkg", merge=True) == (0, 3, 0, 0)
    release_again(folder)
    assert learner.imports("next.apkg") == (0, 0, 0, 3)
    assert learner.imports("next.apkg", merge=True) == (0, 1, 2, 0)
    assert "What is <strong>one</strong>?" in learner.question("id:d/one")


def test_clozes(folder: Path, collection: Any) -> None:
    write(folder, CLOZES)
    templates = [{"name": "My cloze", "qfmt": "{{cloze:Text}}", "afmt": "{{cloze:Text}}<br>{{Back Extra}}"}]
    notes = [("One is {{c1::half}} of {{c2::two::?}}", "1"), ("Two is {{c1::twice}} one.", "2")]
    publish(folder / "old.apkg", notes, ("Text", "Back Extra"), templates, cloze=True)
    assert "by text 2 notes" in adopt(folder)
    build(folder, "first.apkg", FIRST)
    learner = Learner(collection, folder)
    assert len(learner.before) == 3
    assert learner.imports("first.apkg") == (0, 0, 0, 2)
    assert learner.imports("first.apkg", merge=True) == (0, 2, 0, 0)
    learner.marks("id:d/one", NEXT - 1)
    release_again(folder)
    assert learner.imports("next.apkg") == (0, 1, 1, 0)
    assert "2 times" in learner.note("id:d/two")["Text"]
    assert "marked" in learner.note("id:d/one").tags
    assert "#123456" in learner.question("id:d/one")


@pytest.mark.parametrize("cloze", [True, False])
def test_a_cloze_is_never_adopted_as_another_note_nor_another_note_as_a_cloze(cloze: bool, folder: Path) -> None:
    """Anki would refuse the whole package."""
    write(folder, QUESTIONS if cloze else CLOZES)
    notes = [("What is one?", "1"), ("One is half of two.", "2")]
    publish(folder / "old.apkg", notes, cloze=cloze)
    assert "none of its 2 notes" in plain_line(ankigen("lock", "--adopt", "old.apkg", cwd=folder), status=1)


def test_one_note_type_may_become_several_and_several_one(folder: Path, collection: Any) -> None:
    mixed = QUESTIONS + (
        "  - id: four\n    difficulty: easy\n    stem: What is four?\n    options:\n"
        "      - {text: IV, correct: true}\n      - {text: V}\n      - {text: VI}\n"
    )
    write(folder, mixed)
    publish(folder / "1.apkg", [TEXTS[0], ("What is four?", "4")])
    publish(
        folder / "2.apkg", TEXTS[1:], ("Q", "A"), [{"name": "Card 1", "qfmt": "{{Q}}", "afmt": "{{A}}"}], name="B"
    )
    for name in ("1.apkg", "2.apkg"):
        import_apkg(collection, folder / name)
    collection.export_anki_package(out_path=str(folder / "old.apkg"), options=_everything(), limit=None)
    assert "by text 4 notes" in adopt(folder)
    build(folder, "first.apkg", FIRST)
    learner = Learner(collection, folder)
    assert learner.imports("first.apkg") == (0, 0, 0, 4)
    assert learner.imports("first.apkg", merge=True) == (0, 4, 0, 0)
    release_again(folder)
    assert learner.imports("next.apkg") == (0, 1, 3, 0)


def _everything() -> Any:
    from anki.collection import ExportAnkiPackageOptions

    return ExportAnkiPackageOptions()


def test_what_cannot_keep_its_history_is_not_adopted(folder: Path, collection: Any) -> None:
    """A card of another template would stay behind with it, and ours start anew."""
    publish(folder / "1.apkg", TEXTS[:2])
    publish(folder / "2.apkg", TEXTS[2:], templates=[{**FRONT_BACK[0], "name": "Other"}], name="B")
    for name in ("1.apkg", "2.apkg"):
        import_apkg(collection, folder / name)
    collection.export_anki_package(out_path=str(folder / "old.apkg"), options=_everything(), limit=None)
    said = adopt(folder)
    assert "by text 2 notes not known 1 note What is three? " in said
    assert "`B` (1 note, now recall) has the card template `Other`, and one named `Card 1` is adopted" in said
    assert "These notes are not adopted: learners keep the old ones" in said
    build(folder, "first.apkg", FIRST)
    learner = Learner(collection, folder)
    assert learner.imports("first.apkg", merge=True) == (1, 2, 0, 0)
    release_again(folder)
    assert learner.imports("next.apkg") == (0, 1, 2, 0)


def test_a_deck_that_was_built_lends_names_but_no_ids(folder: Path) -> None:
    build(folder, "x.apkg", FIRST)
    publish_from_anki(folder / "anki.apkg")
    result = ankigen("lock", "--adopt", "anki.apkg", cwd=folder)
    assert result.returncode == 1
    assert "delete deck.lock and adopt again" in " ".join(result.stdout.split())
    publish(folder / "old.apkg")
    assert "by text 3 notes" in adopt(folder)
    assert '[["Card 1",null],["Front",null],["Back",null]]' in (folder / "content/deck.lock").read_text()
    # The names are a change of the note type, so that Anki takes them.
    result = ankigen("build", cwd=folder, env={"SOURCE_DATE_EPOCH": str(NEXT)})
    assert "new look of recall cards" in result.stdout


@pytest.mark.parametrize("maker", [publish, publish_from_anki])
def test_a_lost_lock_comes_back_with_what_was_lent(maker: Callable[[Path], None], folder: Path) -> None:
    maker(folder / "old.apkg")
    adopt(folder)
    build(folder, "first.apkg", FIRST)
    before = (folder / "content/deck.lock").read_bytes()
    (folder / "content/deck.lock").unlink()
    assert "Merge note types" not in adopt(folder, "first.apkg")
    assert (folder / "content/deck.lock").read_bytes() == before


def test_adopting_twice_is_adopting_once(folder: Path) -> None:
    publish_from_anki(folder / "old.apkg")
    adopt(folder)
    before = (folder / "content/deck.lock").read_bytes()
    adopt(folder)
    assert (folder / "content/deck.lock").read_bytes() == before


def test_verify_with_the_tick(folder: Path) -> None:
    publish(folder / "old.apkg")
    adopt(folder)
    build(folder, "first.apkg", FIRST)
    offered = ankigen("verify", "first.apkg", "--after", "old.apkg", cwd=folder)
    assert offered.returncode == 1
    assert offered.stdout.endswith("Harm: conflicting, forked-note-type\n")
    ticked = ankigen("verify", "first.apkg", "--after", "old.apkg", "--merge-note-types", cwd=folder)
    assert ticked.stdout.endswith("No harm.\n")
    assert ticked.returncode == 0
    # Names that were not lent keep further updates away.
    lock = folder / "content/deck.lock"
    lock.write_text(lock.read_text().replace(',["Back",null]', ""))
    build(folder, "bad.apkg", FIRST)
    bad = ankigen("verify", "bad.apkg", "--after", "old.apkg", "--merge-note-types", cwd=folder)
    assert "Harm: conflicting" in bad.stdout

"""The notes that content becomes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ankigen.card.media import packed_name
from ankigen.card.notes import direction
from ankigen.card.notetypes import note_type
from ankigen.labels import LANGUAGES, NAMES, instruction, words
from ankigen.model import Kind
from ankigen.shape import fields_of
from tests.conftest import notes


def test_notes_come_in_the_authors_order(root: Callable[..., Path]) -> None:
    concept = "id: {0}\ntitle: {0}\ntopic: {1}\noverview:\n  - {{id: h, heading: H, body: b, prompt: p?}}\n"
    question = "{{id: {0}, difficulty: easy, stem: What?, answer: It.}}"
    content = root({
        "deck.yaml": "format: 1\nid: d\ntitle: D\ntopics: {second: S, first: F}\n",
        "concepts/a.yaml": concept.format("a", "first"),
        "concepts/b.yaml": concept.format("b", "second"),
        "concepts/c.yaml": concept.format("c", "second").replace("topic: second\n", ""),
        "questions/q.yaml": "concept: a\nquestions:\n  - " + question.format("z") + "\n  - " + question.format("y"),
        "questions/1.yaml": "concept: a\nquestions:\n  - " + question.format("x"),
        "questions/2.yaml": "concept: c\nquestions:\n  - " + question.format("w"),
    })  # fmt: skip
    assert [note.id for note in notes(content).notes] == ["b", "b/h", "a", "a/h", "x", "z", "y", "c", "c/h", "w"]


def test_drafts_are_left_out_unless_asked_for(root: Callable[..., Path]) -> None:
    content = root({
        "questions/q.yaml": "concept: a\ndifficulty: easy\nquestions:\n"
        "  - {id: draft, stem: What?, answer: It., status: draft}\n"
        "  - {id: old, stem: What?, answer: It., status: retired}\n"
    })  # fmt: skip
    assert [note.id for note in notes(content).notes] == ["a", "old"]
    assert [note.id for note in notes(content, drafts=True).notes] == ["a", "draft", "old"]


def test_what_is_retired_says_so_and_nothing_else_does(root: Callable[..., Path]) -> None:
    """A concept's page and its parts are retired with it; questions are retired one by one."""
    content = root({
        "concepts/a.yaml": "id: a\ntitle: A\nstatus: retired\noverview: [{id: h, heading: H, body: b, prompt: p?}]\n",
        "questions/q.yaml": "concept: a\ndifficulty: easy\nquestions:\n"
        "  - {id: old, stem: What?, answer: It., status: retired}\n"
        "  - {id: new, stem: What else?, answer: That.}\n"
    })  # fmt: skip
    made = {note.id: note for note in notes(content).notes}
    assert {id: note.fields["Retired"] for id, note in made.items()} == {
        "a": "retired", "a/h": "retired", "old": "retired", "new": "",
    }  # fmt: skip
    for note in made.values():
        assert ("ankigen::retired" in note.tags) == bool(note.fields["Retired"])


@pytest.mark.parametrize(
    ("wanted", "ids"), [("page", ["a"]), ("sections", ["a/h"]), ("both", ["a", "a/h"]), ("none", [])]
)
def test_the_deck_says_which_cards_a_concept_makes(wanted: str, ids: list[str], root: Callable[..., Path]) -> None:
    content = root({
        "deck.yaml": f"format: 1\nid: d\ntitle: D\ncards: {{concept: {wanted}}}\n",
        "concepts/a.yaml": "id: a\ntitle: A\noverview: [{id: h, heading: H, body: b, prompt: p?}, {heading: I, body: c}]\n",
    })  # fmt: skip
    assert [note.id for note in notes(content).notes if note.kind in (Kind.CONCEPT, Kind.SECTION)] == ids


def test_identity_hangs_on_the_oldest_id_and_not_on_the_text(root: Callable[..., Path]) -> None:
    question = (
        "questions:\n  - {{id: {0}, concept: a, difficulty: {1}, stem: '{2}', answer: It., aliases: [{3}]}}\n"
    )
    old = notes(root({"questions/q.yaml": question.format("q", "easy", "What?", "")})).notes[-1]
    new = notes(root({"questions/q.yaml": question.format("r", "hard", "What else?", "q, p")})).notes[-1]
    assert (old.kind, old.id) == (new.kind, new.id)


def test_the_identity_of_a_part_hangs_on_its_id_and_not_on_its_heading(root: Callable[..., Path]) -> None:
    concept = (
        "id: a\ntitle: A\noverview: [{{id: h, heading: {0}, body: {0}, prompt: {0}?, guid: {1}}}, "
        "{{heading: {0}, body: b}}]\n"
    )
    old = notes(root({"concepts/a.yaml": concept.format("Old", "other!deck")}))
    new = notes(root({"concepts/a.yaml": concept.format("New", "other!deck")}))
    identities = [[(note.kind, note.id, note.guid) for note in deck.notes] for deck in (old, new)]
    assert identities[0] == identities[1]
    assert (Kind.SECTION, "a/h", "other!deck") in identities[1]


def test_texts_are_escaped_wherever_they_stand(root: Callable[..., Path]) -> None:
    content = root({
        "deck.yaml": "format: 1\nid: d\ntitle: D\ntopics: {t: '<i>T</i>'}\nauthors: ['<b>A</b>']\nlicense: a & b\n",
        "concepts/a.yaml": "id: a\ntitle: <script>x</script>\ntopic: t\nsummary: a < b\n"
        "overview: [{id: h, heading: <b>H</b>, body: <u>x</u>, prompt: '<u>y</u>z'}]\n"
        "references: [{url: 'https://x.org/?a=1&b=\"', title: <b>R</b>}]\n",
    })  # fmt: skip
    made = notes(content)
    everything = made.description + "".join("".join(note.fields.values()) for note in made.notes)
    assert "<script" not in everything
    assert "<b>" not in everything
    assert "<i>" not in everything
    assert "&lt;b&gt;H&lt;/b&gt;" in made.notes[0].fields["Overview"]
    assert '<a href="https://x.org/?a=1&amp;b=&quot;"' in made.notes[0].fields["References"]
    assert "<u>x</u>" in made.notes[0].fields["Overview"]


def test_media_are_named_after_their_content() -> None:
    assert packed_name("dir/Ein Bild.PNG", b"x") == packed_name("Ein Bild.png", b"x")
    assert packed_name("a.png", b"x") != packed_name("a.png", b"y")
    assert packed_name("a/!.png", b"x").startswith("media-")
    assert packed_name("図.png", b"x").startswith("図-")


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "ltr"), ("ar", "rtl"), ("ar-EG", "rtl"), ("he", "rtl"), ("FA", "rtl"), ("ja", "ltr"), ("az-Arab", "rtl"),
     ("ar-Latn", "ltr"), ("ur-PK", "rtl"), ("pt-BR", "ltr")],
)  # fmt: skip
def test_the_direction_follows_the_language(language: str, expected: str) -> None:
    assert direction(language) == expected


def test_the_instruction_counts_the_right_options() -> None:
    english = words("en")
    assert instruction(1, english) == "Select one answer before revealing."
    assert instruction(2, english) == "Choose two."
    assert instruction(12, english) == "Choose 12."
    assert instruction(2, words("ar")) == "اختر إجابتين."


def test_every_language_has_every_word_with_its_numbers() -> None:
    english = words("en")
    for language in LANGUAGES:
        here = words(language)
        assert set(here) == NAMES
        for name, word in here.items():
            assert word.strip()
            assert ("{n}" in word, "{m}" in word) == ("{n}" in english[name], "{m}" in english[name]), (
                language,
                name,
            )
        if language != "en":
            assert sum(here[name] == english[name] for name in NAMES) <= 2, language


@pytest.mark.parametrize(
    ("tag", "word"),
    [("en-GB", "hard"), ("de-AT", "schwer"), ("pt-BR", "difícil"), ("zh-CN", "困难"), ("zh-Hans-SG", "困难"),
     ("zh-TW", "困難"), ("zh-Hant-HK", "困難"), ("AR", "صعب"), ("tlh", "hard")],
)  # fmt: skip
def test_the_words_are_those_of_the_nearest_language(tag: str, word: str) -> None:
    assert words(tag)["hard"] == word


def test_a_deck_speaks_its_language_and_its_authors_words(root: Callable[..., Path]) -> None:
    content = root({
        "deck.yaml": "format: 1\nid: d\ntitle: D\nlanguage: de\n"
        "cards: {accent: '#aa0000', css: my/own.css, labels: {hint: '<Tipp>'}}\n",
        "my/own.css": ".stem { font-style: italic; }\n",
        "questions/q.yaml": "concept: a\ndifficulty: hard\nquestions:\n"
        "  - {id: q, stem: What?, hint: H, options: [x, {text: y, correct: true}, z]}\n",
    })  # fmt: skip
    made = notes(content)
    note, kind = made.notes[-1], made.note_types[Kind.CHOICE]
    assert "Wähle eine Antwort" in note.fields["Options"]
    assert "Nicht richtig" in note.fields["Answer"]
    assert (note.fields["Difficulty"], note.fields["Level"]) == ("hard", "schwer")
    assert "&lt;Tipp&gt;" in kind.template.front
    assert "Erklärung" in kind.template.back
    assert "--accent: #aa0000" in kind.css
    assert kind.css.endswith(".stem { font-style: italic; }\n")
    assert "[[" not in kind.template.front + kind.template.back


def test_style_and_scripts_together_stay_small() -> None:
    """A note type travels with each of its decks, and phones read it before each card."""
    for kind in Kind:
        made = note_type(kind, words("en"))
        scripts = re.findall(r"<script>(.*?)</script>", made.template.front + made.template.back, re.DOTALL)
        assert len("".join([made.css, *scripts]).encode()) < 12_000
        assert bool(scripts) == (kind is Kind.CHOICE)


def test_the_shape_of_the_note_types_is_frozen() -> None:
    """A field or template added, removed, moved or renumbered would fork the note type of every learner."""
    shared = [("References", 20), ("Concept", 21), ("Summary", 22), ("Topic", 23), ("Difficulty", 24)]
    shared += [("Language", 25), ("Direction", 26), ("ID", 27), ("Level", 28), ("Retired", 29)] + [
        (f"Spare {n}", 90 + n) for n in range(1, 6)
    ]
    shape = {
        Kind.CHOICE: [("Stem", 1), ("Options", 2), ("Answer", 3), ("Explanation", 4), ("Hint", 5)],
        Kind.RECALL: [("Stem", 1), ("Answer", 3), ("Explanation", 4), ("Hint", 5)],
        Kind.CLOZE: [("Text", 1), ("Explanation", 4), ("Hint", 5)],
        Kind.CONCEPT: [("Title", 1), ("Overview", 2), ("Prerequisites", 3)],
        Kind.SECTION: [("Prompt", 1), ("Heading", 2), ("Body", 3), ("Headings", 4)],
    }
    for kind in Kind:
        assert [(field.name, field.id) for field in fields_of(kind)] == shape[kind] + shared
        assert note_type(kind, words("en")).template.id == 1

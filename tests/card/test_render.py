"""Cards as we render them are the cards that Anki's own backend renders."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ankigen.card.notes import DeckNotes, Note
from ankigen.card.notetypes import NoteType, Template, note_type
from ankigen.card.render import card_of, cards, numbers_of, with_players
from ankigen.labels import words
from ankigen.lock import Lent, Part
from ankigen.model import Kind
from ankigen.package.lent import lend
from tests.conftest import DATA, REPOSITORY, import_apkg, notes, pack

DECKS = ["content", "gallery", "kinds", "arabic", "japanese"]
Sides = dict[tuple[str, int], tuple[str, str]]


def root_of(name: str) -> Path:
    return REPOSITORY / "content" if name == "content" else DATA / "decks" / name


def sounding(text: str, output: Any) -> str:
    """A side as the backend had it before it took the sounds out."""
    tags = {"q": output.question_av_tags, "a": output.answer_av_tags}
    return re.sub(
        r"\[anki:play:([qa]):(\d+)\]", lambda match: f"[sound:{tags[match[1]][int(match[2])].filename}]", text
    )


def anki_sides(collection: Any) -> Sides:
    """What the backend renders of each card in a collection, by its note's GUID and its number."""
    found = {}
    for id in collection.find_cards(""):
        card = collection.get_card(id)
        output = card.render_output()
        sides = sounding(output.question_text, output), sounding(output.answer_text, output)
        found[card.note().guid, card.ord + 1] = sides
    return found


def our_sides(made: DeckNotes) -> Sides:
    return {
        (note.guid, card.number): (card.front, card.back)
        for note in made.notes
        for card in cards(note, made.note_types[note.kind])
    }


@pytest.mark.parametrize("name", DECKS)
def test_every_card_is_the_one_that_anki_renders(name: str, collection: Any, tmp_path: Path) -> None:
    import_apkg(collection, pack(root_of(name), tmp_path / "deck.apkg"))
    theirs = anki_sides(collection)
    assert our_sides(notes(root_of(name))) == theirs
    assert theirs


def test_the_decks_have_what_could_differ() -> None:
    """Hints, sounds, formulas in gaps and gaps in gaps: the test above would be worth little without them."""
    fields = [value for name in DECKS for note in notes(root_of(name)).notes for value in note.fields.values()]
    for sign in (r"\{\{c\d+::[^}]*::", r"\[sound:", r"\{\{c\d", r"\\\(", "<img", "<table"):
        assert any(re.search(sign, field) for field in fields), sign


def cloze_type(front: str, back: str, *fields: str) -> NoteType:
    made = note_type(Kind.CLOZE, words("en"))
    shape = [replace(field, name=name) for field, name in zip(made.fields, fields, strict=False)]
    return replace(made, fields=tuple(shape), template=Template("Cloze", 1, front, back))


def note_of(made: NoteType, **fields: str) -> Note:
    """A note of a note type, with some of its fields."""
    (some,) = (note for note in notes(root_of("kinds")).notes[:1])
    return replace(some, kind=made.kind, fields=fields)


class Anki:
    """A collection with one note type, which renders notes of it."""

    def __init__(self, collection: Any, made: NoteType) -> None:
        self.collection = collection
        models = collection.models
        type = models.new("Made for a test")
        type["type"] = int(made.is_cloze)
        for field in made.fields:
            models.add_field(type, models.new_field(field.name))
        template = models.new_template(made.template.name)
        template["qfmt"], template["afmt"] = made.template.front, made.template.back
        models.add_template(type, template)
        models.add_dict(type)
        self.type = models.by_name("Made for a test")

    def sides(self, **fields: str) -> dict[int, tuple[str, str]]:
        """Both sides of a note's cards by their numbers, without the one that Anki makes to say there is none."""
        note = self.collection.new_note(self.type)
        for name, value in fields.items():
            note[name] = value
        self.collection.add_note(note, 1)
        found = {}
        for card in note.cards():
            output = card.render_output()
            found[card.ord + 1] = sounding(output.question_text, output), sounding(output.answer_text, output)
        self.collection.remove_notes([note.id])
        return {
            number: sides for number, sides in found.items() if "templates/errors.html#no-cloze" not in sides[1]
        }


def ours(made: NoteType, **fields: str) -> dict[int, tuple[str, str]]:
    return {card.number: (card.front, card.back) for card in cards(note_of(made, **fields), made)}


PIECES = [
    *("{{c1::", "{{c2::", "{{c1::", "{{c3::", "{{c12::", "{{c0::", "{{c01::", "{{c1,2::", "{{c3,1,::", "{{c,::", "{{c501::"),
    *("{{c70000::", "{{c", "{{C1::", "{{", "}}", "}}", "}}", "}", "{", "::", "::", ":", "a", "b c", "é", "語", "1", ",", "\n", "c"),
    *("<b>", "</b>", "<br>", "<!--", "-->", "<style>", "</style>", "\\(", "\\)", "\\[", "\\]", "&amp;", '"', "'", "<", ">", "[", "]"),
    "[sound:x.mp3]",
]  # fmt: skip


@pytest.fixture(scope="module")
def gaps_in_anki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Anki]:
    pytest.importorskip("anki")
    from anki.collection import Collection

    collection = Collection(str(tmp_path_factory.mktemp("gaps") / "collection.anki2"))
    yield Anki(collection, GAPS)
    collection.close()


GAPS = cloze_type(
    "{{cloze:Text}}|{{cloze:Old}}",
    "{{cloze:Text}}|{{#Old}}({{cloze:Old}}){{/Old}}{{^Old}}none{{/Old}}|{{Old}}",
    *("Text", "Old"),
)


@given(
    text=st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    old=st.sampled_from(["", "{{c4::x}}", "<br> "]),
)
@example(text="{{c1::a {{c2::b::inner}} c::outer}} d", old="")
@example(text="".join(f"{{{{c{number}::x " for number in range(1, 14)) + "}}" * 12, old="")
@example(text="{{c1::x " * 6 + "}}" * 6, old="")
@example(text="{{c2,1::a {{c2,3::b}}::h::i}}", old="{{c2::c}}")
@example(text="\\({{c1::<b>a</b>}}\\) {{c2::\\[x<i>y</i>\\]}}", old="")
@example(text="{{c1::" + "".join(map(chr, [*range(32, 123), *range(160, 384)])) + "}}", old="")
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_gaps_are_those_that_anki_finds(text: str, old: str, gaps_in_anki: Anki) -> None:
    assert ours(GAPS, Text=text, Old=old) == gaps_in_anki.sides(Text=text, Old=old)


@given(value=st.lists(st.sampled_from(["<br>", "<BR/>", "</div>", "<div>", "<div class=a>", "<br  >", " ", "\t", "\xa0", "&nbsp;", "\u3000", "<p>", "x", "\n"]), max_size=3).map("".join))  # fmt: skip
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_empty_to_anki_is_empty(value: str, gaps_in_anki: Anki) -> None:
    assert ours(GAPS, Text="{{c1::a}}", Old=value) == gaps_in_anki.sides(Text="{{c1::a}}", Old=value)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("edited", [False, True], ids=["ours", "edited by its learner"])
def test_note_types_that_took_up_another_are_rendered_as_in_anki(
    kind: Kind, edited: bool, collection: Any
) -> None:
    made = lend(note_type(kind, words("en")), Lent(Part("Card 1"), (Part("Vorne"), Part("Hinten"))))
    first = made.fields[0].name
    fields = {"Vorne": "{{c1::old}}", "Hinten": "older"} if edited else {first: "{{c1::new}}", "Language": "en"}
    theirs = Anki(collection, made).sides(**fields)
    assert ours(made, **fields) == theirs
    assert ("old" in theirs[1][1]) == edited


@pytest.mark.parametrize(
    "template",
    [
        "{{text:Text}}", "{{cloze:text:Text}}", "{{type:Text}}", "{{hint:Text}}", "{{FrontSide}}", "{{Tags}}", "{{text}}",
        "{{#c1}}{{/c1}}", "{{#Text}}", "{{/Text}}", "{{#Text}}{{/Old}}", "{{Text", "{{Text {{Old}}", "<!-- {{Text}} -->",
    ],
)  # fmt: skip
def test_what_templates_have_never_asked_for_is_refused(template: str) -> None:
    for made in (cloze_type(template, "", "Text", "Old"), cloze_type("", template, "Text", "Old")):
        with pytest.raises(ValueError, match="template"):
            assert cards(note_of(made, Text="{{c1::a}}"), replace(made, kind=Kind.RECALL))


def test_gaps_are_for_note_types_of_that_kind() -> None:
    made = replace(cloze_type("{{cloze:Text}}", "", "Text"), kind=Kind.RECALL)
    with pytest.raises(ValueError, match="none"):
        cards(note_of(made, Text="{{c1::a}}"), made)


def test_sounds_become_players() -> None:
    assert with_players("a [sound:x-1.mp3] b") == 'a <audio controls preload="none" src="x-1.mp3"></audio> b'
    assert with_players('[sound:a&amp;b" onerror="c]').count('"') == 4
    assert with_players("[sound:]") == "[sound:]"


@pytest.mark.parametrize(
    ("text", "longest"),
    [
        ("{{c1::a}}" + "\\(" * 100_000, 1_000_000),
        ("{{c1::a}}" + "[sound:" * 50_000, 1_000_000),
        # Each gap round another hides the HTML of that one, and each sign of it is up to six.
        (("{{c1::" * 10 + "a" + "}}" * 10) * 200, 50_000_000),
        ("".join(f"{{{{c{number}::a}}}}" for number in range(1, 501)) * 4, 5_000_000),
    ],
)
def test_a_long_cloze_takes_no_long_time(text: str, longest: int) -> None:
    note = note_of(GAPS, Text=text)
    started = time.process_time()
    assert numbers_of(note, GAPS)[0] == 1
    front = with_players(card_of(note, GAPS, 1).front)
    assert "[...]" in front
    assert len(front) < longest
    assert time.process_time() - started < 5

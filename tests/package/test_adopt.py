"""Which notes of a package are which of the content, and what their note types lend ours."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankigen.card.notetypes import note_type
from ankigen.labels import words
from ankigen.lock import Lent, Part
from ankigen.model import Kind
from ankigen.package.adopt import Adoption, adopt
from ankigen.package.lent import UnfitError, joined, lend, lent_in
from ankigen.package.read import Collection, MediaFile, Note, NoteType, Template, read
from ankigen.shape import SPARES
from tests.conftest import notes, pack

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
QUESTION = "concept: a\nquestions:\n  - {id: q, difficulty: easy, answer: It., stem: '%s'}\n"


def simple(
    fields: tuple[str, ...] = ("Front",), template: str = "Card 1", ids: tuple[int | None, ...] = ()
) -> NoteType:
    """A note type with one card template; `ids` are those of the fields, and of the template at the end."""
    every = ids or (None,) * (len(fields) + 1)
    return NoteType(1, "Mine", 1, fields, (Template(template, "", "", every[-1]),), "", every[:-1], is_cloze=False)


def of(*fronts: str, **media: bytes) -> Collection:
    """What is read of a package of simple notes; `media` are files by the part of their names before `.svg`."""
    notes = tuple(Note(f"g{index}", 1, 1, {"Front": text}, (), "Old") for index, text in enumerate(fronts))
    files = {
        f"{name}.svg": MediaFile(hashlib.blake2b(data, digest_size=32).hexdigest(), len(data))
        for name, data in media.items()
    }
    return Collection(notes, {1: simple()}, {}, files)


def adopted(root: Path, package: Collection) -> Adoption:
    return adopt(notes(root), package)


@pytest.mark.parametrize(
    "front",
    [
        "What is two?", "<b>W</b>hat is <i>two</i>", "<div>what is</div><div>two</div>", "What&nbsp;is  two ?",
        "What is<br>two?<!-- mine --><style>a</style>", "WHAT IS TWO:", "What is two…",
    ],
)  # fmt: skip
def test_the_same_question_is_known(front: str, root: Callable[..., Path]) -> None:
    adoption = adopted(root({"questions/q.yaml": QUESTION % "What is *two*?"}), of(front, "Else?"))
    assert adoption.lock.notes["recall", "q"].guid == "g0"
    assert (adoption.by_text, adoption.strangers) == (1, ("Else?",))


@pytest.mark.parametrize(
    "fronts",
    [
        ("What is not two?",), ("What is 2?",), ("What is two? [sound:a.mp3]",), ("What is two? <img src='x.svg'>",),
        ("",), ("What is two?", "What is two"),
    ],
)  # fmt: skip
def test_another_question_or_one_of_two_is_not(fronts: tuple[str, ...], root: Callable[..., Path]) -> None:
    adoption = adopted(root({"questions/q.yaml": QUESTION % "What is two?"}), of(*fronts, x=PICTURE))
    assert (adoption.by_text, dict(adoption.lock.notes), len(adoption.strangers)) == (0, {}, len(fronts))


def test_a_picture_is_known_by_what_is_in_it(root: Callable[..., Path]) -> None:
    files: dict[str, str | bytes] = {
        "questions/q.yaml": QUESTION % "Which? ![A box](box.svg)",
        "media/box.svg": PICTURE,
    }
    made = root(files)
    same, other = '<img src="my%20x.svg"> Which?', '<img alt="A box" src=box.svg> Which?'
    front = "Which? <img class='a' src=\"my%20x.svg\">"
    package = of(front, **{"my x": PICTURE, "box": b"other"})
    assert adopted(made, package).by_text == 1
    assert adopted(made, of(same, other, "Which?", **{"my x": PICTURE, "box": b"other"})).by_text == 0


def test_two_of_ours_that_ask_the_same_are_not_known_by_it(root: Callable[..., Path]) -> None:
    two = QUESTION % "What is two?" + "  - {id: r, difficulty: hard, answer: It., stem: 'What is two'}\n"
    assert adopted(root({"questions/q.yaml": two}), of("What is two?")).by_text == 0


@pytest.mark.parametrize("guid", ["", "a b", "a\nb", "a\u2028b", "a\0"])
def test_a_guid_that_no_lock_can_hold_is_left(guid: str, root: Callable[..., Path]) -> None:
    package = of("What is two?", "Else?")
    package = replace(package, notes=(replace(package.notes[0], guid=guid), *package.notes[1:]))
    adoption = adopted(root({"questions/q.yaml": QUESTION % "What is two?"}), package)
    assert (adoption.by_text, adoption.strangers, adoption.foreign) == (0, ("What is two?", "Else?"), ())


def test_our_own_package_is_known_by_its_ids(root: Callable[..., Path], tmp_path: Path) -> None:
    made = root()
    adoption = adopted(made, read(pack(made, tmp_path / "d.apkg")))
    assert (adoption.ours, adoption.by_text, adoption.foreign) == (2, 0, ())
    assert all(entry.lent is None for entry in adoption.lock.types.values())


# What is lent.

NAMES = st.sampled_from(
    ["Front", "Back", "Stem", "stem", "Text", "ID", "Spare 1", "Spare 5", "front", "A:b", *"CDE"]
)
IDS = st.none() | st.sampled_from([-(2**63), -7, 1000, 1001, 2**63 - 1])


@st.composite
def note_types(draw: st.DrawFn) -> NoteType:
    """As Anki has them: no two fields of one name, in whatever case, or of one id."""
    fields = draw(st.lists(st.tuples(NAMES, IDS), min_size=1, max_size=9, unique_by=(lambda f: f[0].casefold())))
    ids = [id for _, id in fields]
    unique = tuple(id if id not in ids[:index] else None for index, id in enumerate(ids))
    template = draw(st.sampled_from(["Card 1", "Recall"]))
    return simple(tuple(name for name, _ in fields), template, (*unique, draw(IDS)))


@given(st.lists(note_types(), min_size=1, max_size=3), st.sampled_from(Kind), st.booleans())
def test_whatever_fits_is_found_by_anki_and_nothing_clashes(
    every: list[NoteType], kind: Kind, built: bool
) -> None:
    plain = note_type(kind, words("en"))
    lent: Lent | None = None
    fit = []
    for theirs in every:
        try:
            lent, unfit = joined(kind, lent, theirs, built=built)
        except UnfitError:
            continue
        if not unfit:
            fit.append(theirs)
    made = lend(plain, lent)
    ours = {field.name: field.id for field in made.fields}
    assert len(ours) == len({name.casefold() for name in ours}) == len(set(ours.values())) == len(plain.fields)
    own = [field.name for field in plain.fields if field.id not in SPARES]
    assert [field.name for field in made.fields][: len(own)] == own
    for theirs in fit:
        # As Anki matches them: by ids where both have one, else by names.
        for name, id in zip(theirs.fields, theirs.field_ids, strict=True):
            assert id in ours.values() if id is not None else name in ours
        (template,) = theirs.templates
        assert template.id == made.template.id if template.id is not None else template.name == made.template.name
    if built:
        assert made.template.id == plain.template.id
        assert [field.id for field in made.fields] == [field.id for field in plain.fields]
    again = NoteType(
        2,
        "Ours",
        1,
        tuple(ours),
        (Template(made.template.name, made.template.front, made.template.back, made.template.id),),
        made.css,
        tuple(ours.values()),
        is_cloze=made.is_cloze,
    )
    assert lend(plain, lent_in(kind, again)) == made


def test_what_is_not_lent_leaves_a_note_type_as_it_is() -> None:
    plain = note_type(Kind.RECALL, words("en"))
    assert lend(plain, None) is plain
    lent, unfit = joined(Kind.RECALL, None, simple(("Stem", "Answer"), "Recall"), built=True)
    assert (lent, unfit) == (Lent(Part("Recall")), "")
    assert lend(plain, lent) == plain


def test_a_deck_of_ankigen_that_was_given_another_id_fits_as_it_is() -> None:
    """Fields that we have given other names since are known by their ids."""
    plain = note_type(Kind.RECALL, words("en"))
    names = ("Question", *(field.name for field in plain.fields[1:]))
    theirs = simple(names, "Recall", (*(field.id for field in plain.fields), plain.template.id))
    for built in (True, False):
        assert joined(Kind.RECALL, None, theirs, built=built) == (Lent(Part("Recall")), "")


def test_a_note_type_without_a_card_is_refused() -> None:
    with pytest.raises(UnfitError, match="no card template"):
        joined(Kind.RECALL, None, NoteType(1, "x", 1, ("a",), (), "", (None,), is_cloze=False), built=False)


@pytest.mark.parametrize("name", ["stem", "A:b", "#a", " a", "a ", "a{b", 'a"b', "", "a\nb"])
def test_a_name_that_no_field_of_ours_can_have_does_not_fit(name: str) -> None:
    lent, unfit = joined(Kind.RECALL, None, simple((name, "Back")), built=False)
    assert lent == Lent(Part("Card 1"), (Part("Back"),))
    assert unfit == f"has a field `{name}`, and ours can have none of that name"

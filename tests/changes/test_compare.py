"""What counts as a difference, and what of it stands out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankigen.changes.compare import Answer, Change, Difference, compare
from ankigen.changes.words import Mark, likeness, options_of, readable, shortened, word_diff
from ankigen.package.read import Collection, Deck, MediaFile, Note, NoteType, Template

TEMPLATE = Template("Card 1", "{{Front}}", "{{Back}}")
BASIC = NoteType(1, "Basic", 0, ("Front", "Back"), (TEMPLATE,), "", (None, None), is_cloze=False)
CONTEXT = {"Concept": "TCP", "Topic": "", "Level": "", "Direction": "ltr", "ID": "d/q"}


def note(guid: str = "g", **changes: object) -> Note:
    return replace(Note(guid, 0, 1, {"Front": "Capital of France?", "Back": "Paris"}, (), "D"), **changes)  # type: ignore[arg-type]


def release(
    *notes: Note, note_type: NoteType = BASIC, media: Mapping[str, str] = {}, deck: str = "D"
) -> Collection:
    files = {name: MediaFile(digest, 1) for name, digest in media.items()}
    return Collection(notes, {note_type.id: note_type}, {5: Deck(5, deck, "")}, files)


def of_notes(old: Note, new: Note) -> Difference:
    return compare(release(old), release(new))


def choice(*options: str, shuffle: str = "on", **fields: str) -> Note:
    """A choice note as ankigen makes it: `*` marks the right options, and ` / ` separates an option's reason."""
    rows, front = "", ""
    for option in options:
        text, _, why = option.lstrip("*").partition(" / ")
        verdict = "right" if option.startswith("*") else "wrong"
        reason = f'\n<div class="why">{why}</div>' if why else ""
        rows += (
            f'<li class="option {verdict}"><span class="mark" aria-hidden="true">✓</span>'
            f'<div class="text">{text}</div><span class="verdict">Correct</span>{reason}</li>\n'
        )
        front += f'<div class="option"><span class="text">{text}</span></div>'
    own = {
        "Stem": "<p>Which?</p>",
        "Options": f'<fieldset class="options" data-shuffle="{shuffle}">{front}</fieldset>',
        "Answer": f'<ul class="options">\n{rows}</ul>',
    }
    return note(fields=own | CONTEXT | fields)


def change(old: Note, new: Note) -> Change:
    (found,) = of_notes(old, new).changed
    return found


def edits(found: Change) -> list[tuple[str, str, str]]:
    return [(edit.name, edit.old, edit.new) for edit in found.edits]


def test_the_same_release_is_no_difference() -> None:
    difference = of_notes(note(), note(mod=99))
    assert not difference
    assert difference.same == 1


def test_notes_are_paired_by_their_guid() -> None:
    difference = compare(release(note("a"), note("b")), release(note("b"), note("c")))
    assert [entry.guid for entry in difference.added] == ["c"]
    assert [entry.guid for entry in difference.left_out] == ["a"]
    assert difference.same == 1
    assert difference.is_related
    assert not compare(release(note("a")), release(note("c"))).is_related
    assert compare(release(), release(note("c"))).is_related


def test_notes_that_were_retired_before_they_were_left_out_stand_apart() -> None:
    difference = compare(release(note("a", tags=("ankigen::retired",)), note("b")), release(note("b")))
    assert [entry.guid for entry in difference.left_out_retired] == ["a"]
    assert not difference.left_out
    assert difference


def test_a_note_is_named_by_its_id_or_by_its_beginning() -> None:
    (ours,) = compare(release(), release(choice("*a", "b"))).added
    assert (ours.id, ours.text, ours.place) == ("q", "Which?", "TCP")
    (foreign,) = compare(release(), release(note(fields={"Front": "<b>word</b> " * 90}))).added
    assert foreign.id == ""
    assert foreign.text.startswith("word word")
    assert len(foreign.text) <= 70
    assert foreign.place == "D"


def test_another_right_option_is_another_right_answer() -> None:
    found = change(choice("*8 bits", "16 bits"), choice("8 bits", "*16 bits"))
    assert found.answer is Answer.RIGHT
    assert (found.was_right, found.now_right) == (("8 bits",), ("16 bits",))
    assert edits(found) == []


def test_one_more_right_option_is_another_right_answer() -> None:
    assert change(choice("*a", "b", "c"), choice("*a", "*b", "c")).answer is Answer.RIGHT
    assert change(choice("*a", "b"), choice("*a", "b", "*a new one")).answer is Answer.RIGHT


def test_a_mended_typo_in_the_right_option_is_a_change_of_text() -> None:
    found = change(choice("*It waits in the recieve buffer", "b"), choice("*It waits in the receive buffer", "b"))
    assert found.answer is None
    assert edits(found) == [("Right option", "It waits in the recieve buffer", "It waits in the receive buffer")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("At most 4 KB", "At most 8 KB"),
        ("x &lt; 3", "x &gt; 3"),
        ("It is sent again", "It is not sent again"),
        ('<img src="one.svg">', '<img src="two.svg">'),
        ("Encrypt", "GenerateDataKey"),
    ],
)
def test_a_right_option_that_says_another_thing_is_another_right_answer(old: str, new: str) -> None:
    assert change(choice(f"*{old}", "b"), choice(f"*{new}", "b")).answer is Answer.RIGHT


def test_options_that_only_moved_are_one_remark() -> None:
    found = change(choice("*a", "b", "c"), choice("c", "*a", "b"))
    assert found.answer is None
    assert edits(found) == []
    assert found.remarks == ("its options stand in another order",)


def test_wrong_options_and_reasons_are_changes_of_text() -> None:
    found = change(choice("*a / yes", "b"), choice("*a / because", "something else"))
    assert found.answer is None
    assert edits(found) == [
        ("Why of “a”", "yes", "because"),
        ("Option", "", "something else"),
        ("Option", "b", ""),
    ]


def test_shuffling_is_a_remark() -> None:
    assert change(choice("*a", "b"), choice("*a", "b", shuffle="off")).remarks == (
        "its options are no longer shuffled",
    )


def test_a_changed_recall_answer_stands_out() -> None:
    recall = note(fields={"Stem": "What?", "Answer": "<p>It.</p>"} | CONTEXT)
    found = change(recall, note(fields=recall.fields | {"Answer": "<p>That.</p>"}))
    assert found.answer is Answer.TEXT
    assert edits(found) == [("Answer", "It.", "That.")]
    assert change(recall, note(fields=recall.fields | {"Stem": "Which?"})).answer is None
    assert change(note(), note(fields=note().fields | {"Back": "Lyon"})).answer is Answer.TEXT


def test_changed_gaps_of_a_cloze_stand_out() -> None:
    cloze = note(fields={"Text": "Now {{c1::SYN}} and ACK"})
    assert change(cloze, note(fields={"Text": "Now {{c1::SYN}} and {{c2::ACK}}"})).answer is Answer.TEXT
    assert change(cloze, note(fields={"Text": "Now {{c1::FIN}} and ACK"})).answer is Answer.TEXT
    assert change(cloze, note(fields={"Text": "First {{c1::SYN}} and ACK"})).answer is None


def test_mirrors_are_not_told_twice() -> None:
    page = note(fields={"Title": "TCP", "Difficulty": "easy"} | CONTEXT | {"Level": "easy"})
    changed = page.fields | {"Title": "TCP 2", "Concept": "TCP 2", "Difficulty": "hard", "Level": "hard"}
    found = change(page, note(fields=changed))
    assert edits(found) == [("Concept", "TCP", "TCP 2"), ("Level", "easy", "hard")]
    assert found.remarks == ()


def test_markup_pictures_and_hidden_fields_are_remarks() -> None:
    plain = note(fields={"Stem": "a b", "Spare 1": ""} | CONTEXT)

    def remarks(**fields: str) -> tuple[str, ...]:
        return change(plain, note(fields=plain.fields | fields)).remarks

    assert remarks(Stem="a <b>b</b>") == ("Stem looks different, in the same words",)
    assert remarks(**{"Spare 1": "x"}) == ("Spare 1 changed, which cards do not show",)
    assert remarks(ID="d/other") == ("its id was q",)
    one, other = ('<img src="a-' + digit * 20 + '.svg">' for digit in "01")
    found = change(note(fields={"Front": one}), note(fields={"Front": other}))
    assert found.remarks == ("Front shows another a.svg",)


def test_retired_and_brought_back() -> None:
    plain, retired = note(), note(tags=("ankigen::retired",))
    assert [entry.guid for entry in of_notes(plain, retired).retired] == ["g"]
    assert [entry.guid for entry in of_notes(retired, plain).revived] == ["g"]
    assert of_notes(plain, retired).retagged == ()


def test_tags_that_mirror_other_changes_are_left_out() -> None:
    old = note(fields={"Stem": "a"} | CONTEXT, tags=("difficulty::easy", "exam"))
    new = note(fields={"Stem": "b"} | CONTEXT, tags=("difficulty::hard", "exam::2026"))
    (found,) = of_notes(old, new).retagged
    assert (found.added, found.removed) == (("exam::2026",), ("exam",))
    # Where nothing else changed, they are what changed.
    (found,) = of_notes(old, replace(old, tags=("difficulty::hard", "exam"))).retagged
    assert (found.added, found.removed) == (("difficulty::hard",), ("difficulty::easy",))


def test_moved_notes_and_renamed_decks() -> None:
    (move,) = of_notes(note(deck="A"), note(deck="B")).moved
    assert (move.old, move.new) == ("A", "B")
    difference = compare(release(note(deck="A"), deck="A"), release(note(deck="B"), deck="B"))
    assert difference.renamed == (("A", "B"),)
    assert difference.moved == ()
    assert difference.same == 1


def test_a_deck_below_a_renamed_one_is_not_told_of() -> None:
    def decks(top: str) -> Collection:
        names = {5: Deck(5, top, ""), 6: Deck(6, f"{top}::Below", "")}
        return replace(release(note(deck=f"{top}::Below")), decks=names)

    assert compare(decks("A"), decks("B")).renamed == (("A", "B"),)


def test_a_changed_description_is_told_of_under_the_decks_name() -> None:
    new = replace(release(note()), decks={7: Deck(7, "D", "<p>About</p>")})
    (edit,) = compare(release(note()), new).described
    assert (edit.name, edit.old, edit.new) == ("D", "", "About")


def test_note_types_are_put_in_words() -> None:
    changed = replace(
        BASIC,
        fields=("Front", "Back", "Extra"),
        templates=(Template("Card 1", "{{Front}}", "{{Back}} {{Extra}}"), Template("Card 2", "x", "y")),
        css="b {}",
    )
    (found,) = compare(release(note()), release(note(), note_type=changed)).note_types
    assert found.name == "Basic"
    assert found.what == ("fields added: Extra", "back of Card 1", "card template Card 2 added", "style")


def test_another_note_type_is_said_to_keep_anki_from_updating() -> None:
    other = replace(BASIC, id=2, name="Other")
    difference = compare(release(note()), release(note(note_type=2), note_type=other))
    (remark,) = difference.changed[0].remarks
    assert remark.startswith("it has another note type, Other")


def test_media_of_one_name_or_one_stem_are_replaced() -> None:
    one, other = (f"arrow-{digit * 20}.svg" for digit in "01")
    old = release(media={one: "1", "same.png": "1", "gone.png": "1", "kept.png": "1"})
    new = release(media={other: "2", "same.png": "2", "new.png": "1", "kept.png": "1"})
    media = compare(old, new).media
    assert media.replaced == ((one, other), ("same.png", "same.png"))
    assert media.added == ("new.png",)
    assert media.removed == ("gone.png",)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One &amp; two</p>\n<p>three<br>four</p>", "One & two\nthree\nfour"),
        ("<ul>\n<li>a</li>\n<li><p>b</p></li>\n</ul>", "• a\n• b"),
        ("<ol><li>a</li><li>b<ul><li>c</li></ul></li></ol>", "1. a\n2. b\n  • c"),
        ("Use <code>x&lt;y</code>, 2<sup>3</sup>", "Use `x<y`, 2^3"),
        (
            '<pre><code><span class="k">for</span> x:\n    y\n</code></pre><p>z</p>',
            "for x:\n    y\nz",
        ),
        (r"\(a^2\) and \[b\]", r"\(a^2\) and \[b\]"),
        ('<img src="a-0123456789abcdef0123.svg" alt="A triangle">', "[picture a.svg: A triangle]"),
        ("[sound:bell-0123456789abcdef0123.mp3]", "[sound bell.mp3]"),
        ('<a href="https://example.org/a">the page</a>', "the page (https://example.org/a)"),
        ('<a href="https://example.org/a">example.org/a</a>', "example.org/a"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td></td></tr></table>", "a | b\n1"),
        ("a<script>alert(1)</script><style>b{}</style>c", "ac"),
        ("{{c1::<b>x</b>::hint}}", "{{c1::x::hint}}"),
        ("<b>never closed", "never closed"),
        ("a <![if x]> b", "a <![if x]> b"),
    ],
)
def test_html_becomes_readable(markup: str, text: str) -> None:
    assert readable(markup) == text


@given(st.lists(st.sampled_from([*'<>/!?&;-[]"=# \n\t', "a", "li", "div", "pre", "<li class=option>", "<div class=text>", "</div>",
    "{{c1::", "}}", "&lt;", "<!--", "<![", "<!DOCTYPE", "<script>", "<table><td>", "<a href=x>"])).map("".join))  # fmt: skip
def test_any_field_is_read(markup: str) -> None:
    for old, new in (
        (note(), note(fields={"Front": markup, "Back": markup})),
        (choice("*a"), choice(f"*{markup}")),
    ):
        compare(release(old), release(new))
        compare(release(new), release(old))


@pytest.mark.parametrize("piece", ["<a ", "<ul><li>", "<a href=x>k", "[sound:", "<!--", "{{c1::"])
def test_broken_markup_is_read_in_no_time(piece: str) -> None:
    """Some of these once took minutes."""
    started = time.process_time()
    readable(piece * 50_000)
    options_of(piece * 50_000)
    assert time.process_time() - started < 5


def test_options_with_boxes_in_them_are_read_whole() -> None:
    answer = '<ul><li class="option right"><div class="text">a<div>b &lt; c</div>d<br/></div></li></ul>'
    (option,) = options_of(answer)
    assert (option.text, option.right, option.why) == ("a\nb < c\nd", True, "")


def test_words_are_compared() -> None:
    pieces = word_diff("The slice begins at its first index.", "The slice begins at the first index.")
    assert [(piece.mark, piece.text) for piece in pieces] == [
        (Mark.SAME, "The slice begins at "),
        (Mark.OLD, "its "),
        (Mark.NEW, "the "),
        (Mark.SAME, "first index."),
    ]
    assert [piece.mark for piece in word_diff("all of it is new", "nothing stayed here")] == [Mark.OLD, Mark.NEW]
    assert [piece.text for piece in word_diff("秘密鍵は安全", "公開鍵は安全")] == ["秘密", "公開", "鍵は安全"]


def test_long_unchanged_stretches_are_cut() -> None:
    words = " ".join(f"w{number}" for number in range(100))
    (first, *_, last) = shortened(word_diff(f"{words} old {words}", f"{words} new {words}"))
    assert first.text == "… w92 w93 w94 w95 w96 w97 w98 w99 "
    assert last.text == "w0 w1 w2 w3 w4 w5 w6 w7 …"


def test_very_long_texts_are_compared_in_no_time() -> None:
    old, new = "a b " * 50_000, "b a " * 50_000
    assert [piece.mark for piece in word_diff(old, new)] == [Mark.OLD, Mark.NEW]


def test_a_right_option_in_other_words_is_an_edited_answer_to_be_read() -> None:
    more = "call `Decrypt`, to turn the value back into the password"
    found = change(choice("*`Decrypt`", "`ReEncrypt`"), choice(f"*{more}", "`ReEncrypt`"))
    assert found.answer is Answer.TEXT
    assert found.edits[0].name == "Right option"
    turned = change(choice("*the policy in A, the role in B", "x"), choice("*a role in B, and a policy in A", "x"))
    assert turned.answer is Answer.TEXT
    assert change(choice("*up to 4 KB", "x"), choice("*up to 5 KB", "x")).answer is Answer.RIGHT
    assert change(choice("*the key", "not the key"), choice("the key", "*not the key")).answer is Answer.RIGHT


def test_likeness_knows_what_makes_two_things_of_them() -> None:
    assert likeness("the colour", "the color") > 0.8
    assert likeness("4 KB", "4 kB") == 1.0
    assert likeness("4 KB", "5 KB") == 0.0

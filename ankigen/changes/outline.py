"""A difference in words: a summary and sections, which each format writes in its own way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ankigen.changes.compare import Answer, Change, Difference, Edit, Entry
from ankigen.changes.words import Mark, Piece, shown_name, word_diff

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One line about a note: a label (empty where the text says all), and a text with what went and came."""

    label: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A note, or what else changed. `sign` is one of `+ - ~`; `name` is exact, `text` and `place` say more."""

    sign: str
    name: str
    text: str = ""
    place: str = ""
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A kind of change. `why` says what it means to learners, and `stands_out` what someone has to look at."""

    title: str
    items: tuple[Item, ...]
    why: str = ""
    stands_out: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """All that a report says: what was compared, one line of counts, and the sections that are not empty."""

    old: str
    new: str
    summary: str
    sections: tuple[Section, ...]


def outline(difference: Difference, old: str, new: str) -> Outline:
    """A difference in words; `old` and `new` name the releases as the user did."""
    return Outline(
        old, new, summary(difference), tuple(section for section in _sections(difference) if section.items)
    )


def summary(difference: Difference) -> str:
    """The counts on one line."""
    if not difference:
        return f"No difference: {_notes(difference.same, 'is as it was', 'are as they were')}."
    answers = Counter(change.answer for change in difference.changed)
    hints = [
        f"{answers[kind]:,} with {words}"
        for kind, words in ((Answer.RIGHT, "another right answer"), (Answer.TEXT, "an edited answer"))
        if answers[kind]
    ]
    media = difference.media
    counts = [
        (len(difference.added), "added"),
        (len(difference.changed), f"changed ({', '.join(hints)})" if hints else "changed"),
        (len(difference.retired), "retired"),
        (len(difference.revived), "brought back"),
        (len(difference.left_out), "left out"),
        (len(difference.ignored), "changed without an update"),
        (len(difference.left_out_retired), "retired before and left out now"),
        (len(difference.moved), "moved"),
        (len(difference.retagged), "retagged"),
        (len(difference.note_types), _counted(len(difference.note_types), "note type") + " changed"),
        (len(difference.renamed), _counted(len(difference.renamed), "deck") + " renamed"),
        (len(difference.described), _counted(len(difference.described), "description") + " changed"),
        (len(media.added), _counted(len(media.added), "media file") + " added"),
        (len(media.replaced), _counted(len(media.replaced), "media file") + " replaced"),
        (len(media.removed), _counted(len(media.removed), "media file") + " removed"),
    ]
    found = [f"{count:,} {words}" for count, words in counts if count]
    return f"{', '.join(found)}; {_as_it_was(difference.same)}."


def _counted(count: int, noun: str) -> str:
    return noun if count == 1 else noun + "s"


def _as_it_was(count: int) -> str:
    return "none as it was" if not count else f"{count:,} as {'it was' if count == 1 else 'they were'}"


def _notes(count: int, one: str, many: str) -> str:
    return (
        "there is no note" if not count else f"the one note {one}" if count == 1 else f"all {count:,} notes {many}"
    )


def _sections(difference: Difference) -> Iterator[Section]:
    strangers = (
        "" if difference.is_related else " No note of the old release is in the new one: is it the same deck?"
    )
    yield Section(
        "Left out",
        tuple(_item("-", entry) for entry in difference.left_out),
        "Anki deletes nothing, so learners keep these cards as they are. To say that a card is no longer current, "
        f"retire it instead (`status: retired`).{strangers}",
        stands_out=True,
    )
    yield Section(
        "Ignored by Anki",
        tuple(_item("!", entry) for entry in difference.ignored),
        "These notes have changed, but not their times, so that learners get no update. Was deck.lock put back to "
        "an older one? Take the one that the old release was built with, and build again.",
        stands_out=True,
    )
    common = _common(difference.changed)
    for answer, title, why in (
        (Answer.RIGHT, "Another right answer", "Learners who know these cards have learned another answer."),
        (Answer.TEXT, "Answer edited", "What learners are to recall reads differently now."),
        (None, "Changed", ""),
    ):
        yield Section(
            title,
            tuple(
                _item("~", change.entry, _rows(change, common))
                for change in difference.changed
                if change.answer is answer and (change.answer or _own(change, common))
            ),
            why,
            stands_out=answer is Answer.RIGHT,
        )
    yield Section(
        "Changed alike on several notes",
        tuple(
            Item("~", label, _named(entries), rows=(Row("", pieces),))
            for (label, pieces), entries in _common_rows(common)
        ),
    )
    yield Section("Added", tuple(_item("+", entry) for entry in difference.added))
    yield Section(
        "Retired",
        tuple(_item("-", entry) for entry in difference.retired),
        "Learners keep these cards, with the tag `ankigen::retired`.",
    )
    yield Section(
        "Left out after they were retired",
        tuple(_item("-", entry) for entry in difference.left_out_retired),
        "Learners keep these cards, and those who took the last release know that they are retired.",
    )
    yield Section("Brought back", tuple(_item("+", entry) for entry in difference.revived), "No longer retired.")
    yield Section(
        "Moved",
        tuple(_item("~", move.entry, (_went("deck", move.old, move.new),)) for move in difference.moved),
        "Cards that a learner has already stay in the deck where they are; only new learners see them here.",
    )
    yield Section(
        "Retagged",
        tuple(
            _item(
                "~",
                each.entry,
                (
                    Row(
                        "tags",
                        tuple(
                            Piece(mark, " ".join(tags) + " ")
                            for mark, tags in ((Mark.OLD, each.removed), (Mark.NEW, each.added))
                            if tags
                        ),
                    ),
                ),
            )
            for each in difference.retagged
        ),
    )
    yield Section(
        "Note types",
        tuple(
            Item("~", each.name, rows=tuple(_plain(what) for what in each.what)) for each in difference.note_types
        ),
        "How all cards of a kind look or work.",
    )
    yield Section(
        "Decks",
        tuple(Item("~", new, rows=(_went("name", old, new),)) for old, new in difference.renamed)
        + tuple(Item("~", edit.name, rows=(_edit("description", edit),)) for edit in difference.described),
        "Learners who have the deck keep it under its old name, and get another one for new cards."
        if difference.renamed
        else "",
    )
    media = difference.media
    yield Section(
        "Media",
        tuple(Item("~", shown_name(new), "replaced") for _, new in media.replaced)
        + tuple(Item("+", shown_name(name), "added") for name in media.added)
        + tuple(Item("-", shown_name(name), "removed") for name in media.removed),
    )


def _item(sign: str, entry: Entry, rows: Iterable[Row] = ()) -> Item:
    if not entry.id:
        return Item(sign, entry.text or entry.guid, "", entry.place, tuple(rows))
    # The page of a concept has its title for its text.
    place = "" if entry.place == entry.text else entry.place
    return Item(sign, entry.id, entry.text, place, tuple(rows))


def _rows(change: Change, common: dict[Edit | str, list[Entry]]) -> Iterator[Row]:
    if change.answer is Answer.RIGHT:
        for mark, label, texts in (
            (Mark.OLD, "was right", change.was_right),
            (Mark.NEW, "is right now", change.now_right),
        ):
            for text in texts or ("(none)",):
                # What is right in both is no news, and helps to see what is.
                stayed = text in change.was_right and text in change.now_right
                yield Row(label, (Piece(Mark.SAME if stayed else mark, text),))
    own = _own(change, common)
    if not own and change.answer is Answer.TEXT:
        own = _all(change)  # an answer is shown with its note, even where another note has the same
    yield from map(_row, own)


def _all(change: Change) -> list[Edit | str]:
    return [*change.edits, *change.remarks]


def _own(change: Change, common: dict[Edit | str, list[Entry]]) -> list[Edit | str]:
    """What of a note is said with the note, and not once for several."""
    return [each for each in _all(change) if each not in common]


def _common(changes: Iterable[Change]) -> dict[Edit | str, list[Entry]]:
    """What several notes share, as where a concept has another title, with these notes."""
    found: dict[Edit | str, list[Entry]] = {}
    for change in changes:
        for each in _all(change):
            found.setdefault(each, []).append(change.entry)
    return {each: entries for each, entries in found.items() if len(entries) > 1}


def _common_rows(
    common: dict[Edit | str, list[Entry]],
) -> Iterator[tuple[tuple[str, tuple[Piece, ...]], list[Entry]]]:
    for each, entries in common.items():
        row = _row(each)
        yield (row.label or "remark", row.pieces), entries


def _row(each: Edit | str) -> Row:
    return _plain(each) if isinstance(each, str) else _edit(each.name, each)


def _edit(label: str, edit: Edit) -> Row:
    pieces = word_diff(edit.old, edit.new)
    if [piece.mark for piece in pieces] == [Mark.OLD, Mark.NEW]:
        pieces = (pieces[0], Piece(Mark.SAME, "→ "), pieces[1])
    return Row(label, pieces)


def _plain(text: str) -> Row:
    return Row("", (Piece(Mark.SAME, text),))


def _went(label: str, old: str, new: str) -> Row:
    """A row for a name that gave way to another as a whole."""
    return Row(label, (Piece(Mark.OLD, old or "(none)"), Piece(Mark.SAME, "→ "), Piece(Mark.NEW, new or "(none)")))


def _named(entries: list[Entry]) -> str:
    names = [entry.id or entry.text or entry.guid for entry in entries]
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return f"on {len(names):,} notes: {', '.join(names[:_NAMED])}{more}"

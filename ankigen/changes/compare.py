"""Two releases compared: what a learner would notice who has the one and gets the other.

Notes are the same note where they have the same GUID, as Anki sees it. Fields that only mirror another field
(the options of the front, the difficulty beside its word) are not compared twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ankigen.changes import words
from ankigen.changes.words import Option, options_of, readable
from ankigen.model import RETIRED_TAG
from ankigen.package.read import Collection, Deck, MediaFile, Note, NoteType

"""The tag of notes that are kept, but no longer current."""
_MIRRORING_TAGS = ("topic::", "concept::", "difficulty::", "kind::", "ankigen::")
_TECHNICAL = frozenset(
    ["ID", "Difficulty", "Language", "Direction", "Retired", *(f"Spare {n}" for n in range(1, 6))]
)
_ANSWERS = frozenset(["Answer", "Back"])
# Texts that are less alike than this are two options, and not one that was reworded.
_ALIKE = 0.75
# Each with each takes too long for more options than any question has.
_MAX_OPTIONS = 60


class Answer(StrEnum):
    """How the answer of a note changed: another option is right, or its text or its gaps are other ones."""

    RIGHT = "right"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Entry:
    """A note as it is named in a report.

    `id` is the author's, without the deck's, and empty in decks of other makers; `text` is the beginning of its
    first field; `place` is its concept, or its deck.
    """

    guid: str
    id: str
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A text that changed, as a reader sees it; what was not there, or is gone, is empty."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """A note whose content changed.

    `was_right` and `now_right` are the texts of the right options where `answer` is `right`. `remarks` are
    changes that have no text of their own, each in a few words.
    """

    entry: Entry
    answer: Answer | None
    was_right: tuple[str, ...]
    now_right: tuple[str, ...]
    edits: tuple[Edit, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A note that is in another deck."""

    entry: Entry
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Retagging:
    """A note with other tags."""

    entry: Entry
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoteTypeChange:
    """A note type that changed; `what` says how, each in a few words."""

    name: str
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MediaChanges:
    """Media by the names that they have in Anki; `replaced` are pairs of the old name and the new one."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    replaced: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed from one release to another. Notes are in the order of the new one, else of the old one.

    `ignored` are notes that changed and whose `mod` has not risen: Anki leaves them as they are. `left_out` are
    notes that the new release lacks, but for those that were retired in the old one: these are `left_out_retired`.
    `renamed` are decks by their old and new names, and `described` are descriptions of decks, by the decks' names.
    `same` is the number of notes that are as they were, and `is_related` tells whether the releases have any note
    in common (or one of them has none at all).
    """

    added: tuple[Entry, ...]
    ignored: tuple[Entry, ...]
    left_out: tuple[Entry, ...]
    left_out_retired: tuple[Entry, ...]
    retired: tuple[Entry, ...]
    revived: tuple[Entry, ...]
    changed: tuple[Change, ...]
    moved: tuple[Move, ...]
    retagged: tuple[Retagging, ...]
    note_types: tuple[NoteTypeChange, ...]
    media: MediaChanges
    renamed: tuple[tuple[str, str], ...]
    described: tuple[Edit, ...]
    same: int
    is_related: bool

    def __bool__(self) -> bool:
        """Whether there is any difference."""
        groups: tuple[object, ...] = (
            self.added, self.left_out, self.left_out_retired, self.retired, self.revived, self.changed, self.moved,
            self.retagged, self.note_types, self.renamed, self.described,
        )  # fmt: skip
        return any(groups) or self.media != MediaChanges()


def compare(old: Collection, new: Collection) -> Difference:
    """What changed from an old release to a new one."""
    before = {note.guid: note for note in old.notes}
    after = {note.guid: note for note in new.notes}
    renamed = _renamed_decks(old.decks.values(), new.decks.values())
    retired: list[Entry] = []
    revived: list[Entry] = []
    changed: list[Change] = []
    moved: list[Move] = []
    retagged: list[Retagging] = []
    same = 0
    ignored: list[Entry] = []
    gone = [note for guid, note in before.items() if guid not in after]
    for guid, note in after.items():
        if guid not in before:
            continue
        was, entry = before[guid], _entry(note)
        found = len(retired) + len(revived) + len(changed) + len(moved) + len(retagged)
        if (RETIRED_TAG in note.tags) != (RETIRED_TAG in was.tags):
            (retired if RETIRED_TAG in note.tags else revived).append(entry)
        # A `mod` of 0 is that of what was never built.
        if 0 < note.mod <= was.mod and (note.fields, set(note.tags)) != (was.fields, set(was.tags)):
            ignored.append(entry)
        has_moved = note.deck != renamed.get(was.deck, was.deck)
        if change := _change(was, note, entry, old, new, has_moved):
            changed.append(change)
        if has_moved:
            moved.append(Move(entry, was.deck, note.deck))
        seen = len(retired) + len(revived) + len(changed) + len(moved) + len(retagged)
        if retagging := _retagging(was, note, entry, is_all=seen == found):
            retagged.append(retagging)
        elif seen == found:
            same += 1
    return Difference(
        ignored=tuple(ignored),
        added=tuple(_entry(note) for guid, note in after.items() if guid not in before),
        left_out=tuple(_entry(note) for note in gone if RETIRED_TAG not in note.tags),
        left_out_retired=tuple(_entry(note) for note in gone if RETIRED_TAG in note.tags),
        retired=tuple(retired),
        revived=tuple(revived),
        changed=tuple(changed),
        moved=tuple(moved),
        retagged=tuple(retagged),
        note_types=tuple(_note_types(old.note_types, new.note_types)),
        media=_media(old.media, new.media),
        renamed=tuple(_shortest(renamed)),
        described=tuple(_described(old, new, renamed)),
        same=same,
        is_related=not before or not after or not before.keys().isdisjoint(after),
    )


def _is_ours(note: Note) -> bool:
    return {"ID", "Direction", "Concept"} <= note.fields.keys()


def _entry(note: Note) -> Entry:
    ours = _is_ours(note)
    first = readable(next(iter(note.fields.values()), ""))
    place = readable(note.fields["Concept"]) if ours else note.deck
    return Entry(note.guid, _id(note) if ours else "", words.beginning(first), words.beginning(place))


def _id(note: Note) -> str:
    return readable(note.fields["ID"]).partition("/")[2]


def _change(
    was: Note, note: Note, entry: Entry, old: Collection, new: Collection, has_moved: bool
) -> Change | None:
    """What changed in a note's content; None where nothing did that is worth a word."""
    if was.fields == note.fields and was.note_type == note.note_type:
        return None
    names = list(dict.fromkeys([*note.fields, *was.fields]))
    ours = _is_ours(was) and _is_ours(note)
    hidden = _TECHNICAL | _mirrors(was, note, has_moved) if ours else frozenset[str]()
    edits: list[Edit] = []
    remarks: list[str] = []
    answer: Answer | None = None
    was_right: tuple[str, ...] = ()
    now_right: tuple[str, ...] = ()
    for name in names:
        one, other = was.fields.get(name, ""), note.fields.get(name, "")
        if one == other or name in hidden:
            continue
        if name == "Answer" and (options := _OptionChange(options_of(one), options_of(other))).is_one:
            edits += options.edits
            remarks += options.remarks
            if options.has_other_key:
                answer, was_right, now_right = Answer.RIGHT, options.was_right, options.now_right
            elif options.is_key_rewritten:
                answer = Answer.TEXT
            continue
        edit = Edit(name, readable(one), readable(other))
        if edit.old == edit.new:
            remarks.append(_unseen(name, one, other))
            continue
        edits.append(edit)
        if answer is None and (
            name in _ANSWERS or (name == names[0] and words.gaps_in(one) != words.gaps_in(other))
        ):
            answer = Answer.TEXT
    if ours:
        remarks += _technical(was, note)
    one_type, other_type = old.note_types[was.note_type], new.note_types[note.note_type]
    if one_type.id != other_type.id and one_type.name != other_type.name:
        remarks.append(f"it has another note type, {other_type.name}: Anki leaves a learner's note as it is")
    if not edits and not remarks and answer is None:
        return None
    return Change(entry, answer, was_right, now_right, tuple(edits), tuple(dict.fromkeys(remarks)))


def _mirrors(was: Note, note: Note, has_moved: bool) -> frozenset[str]:
    """The fields whose change another change says already."""
    found = {"Options"}
    # The page of a concept has its title twice; its questions have it once, as `Concept`.
    if was.fields.get("Concept") != note.fields.get("Concept"):
        found.add("Title")
    if was.fields.get("Heading") != note.fields.get("Heading"):
        found.add("Headings")
    if has_moved and note.fields.get("Topic"):
        in_deck = readable(note.fields["Topic"]) in note.deck.split("::")
        found |= {"Topic"} if in_deck else set()
    return frozenset(found)


def _unseen(name: str, one: str, other: str) -> str:
    """In words, how a field changed whose text did not."""
    went, came = words.media_in(one), words.media_in(other)
    if went != came:
        shown = ", ".join(sorted({words.shown_name(name) for name in came ^ went}))
        return f"{name} shows another {shown}"
    return f"{name} looks different, in the same words"


def _technical(was: Note, note: Note) -> Iterator[str]:
    """Changes of fields that learners see little of, each in words."""

    def changed(name: str) -> bool:
        return was.fields.get(name, "") != note.fields.get(name, "")

    if _id(was) != _id(note):
        yield f"its id was {_id(was)}"
    before, after = was.fields.get("Options", ""), note.fields.get("Options", "")
    if changed("Options") and not changed("Answer"):
        for sign, on, off in (
            ('data-shuffle="on"', "its options are shuffled now", "its options are no longer shuffled"),
            ("data-pin=", "an option has a fixed place now", "no option has a fixed place any more"),
        ):
            if (is_on := sign in after) != (sign in before):
                yield on if is_on else off
        if readable(before) != readable(after):
            yield "its options are introduced in other words"
    if changed("Difficulty") and not changed("Level"):
        yield f"its difficulty is {note.fields.get('Difficulty') or 'not given'}"
    hidden = [name for name in ("Language", "Direction", *_spares(note)) if changed(name)]
    if hidden:
        yield f"{' and '.join(hidden)} changed, which cards do not show"


def _spares(note: Note) -> Iterator[str]:
    yield from (name for name in note.fields if name.startswith("Spare "))


class _OptionChange:
    """What became of a question's options: paired by their texts, the equal first, then the most alike."""

    def __init__(self, old: tuple[Option, ...], new: tuple[Option, ...]) -> None:
        self.is_one = bool(old and new)
        pairs = _pairs(old, new)
        rewritten = _rewritten_key(old, new, pairs)
        self.is_key_rewritten = bool(rewritten)
        pairs = sorted([*pairs, *rewritten], key=lambda pair: pair[1])
        partner = {after: before for before, after in pairs}
        gone = [option for index, option in enumerate(old) if index not in dict(pairs)]
        come = [option for index, option in enumerate(new) if index not in partner]
        self.was_right = tuple(option.text for option in old if option.right)
        self.now_right = tuple(option.text for option in new if option.right)
        # Where a word of the right option was mended, the same option is right.
        self.has_other_key = any(option.right for option in (*gone, *come)) or any(
            old[before].right != new[after].right for before, after in pairs
        )
        self.edits = list(self._edits(old, new, partner, gone))
        stayed = [partner[index] for index in range(len(new)) if index in partner]
        self.remarks = ["its options stand in another order"] if stayed != sorted(stayed) else []

    def _edits(
        self, old: tuple[Option, ...], new: tuple[Option, ...], partner: dict[int, int], gone: list[Option]
    ) -> Iterator[Edit]:
        for index, option in enumerate(new):
            if index in partner:
                was = old[partner[index]]
                if was.text != option.text:
                    yield Edit("Right option" if was.right and option.right else "Option", was.text, option.text)
                if was.why != option.why:
                    yield Edit(f"Why of “{words.beginning(option.text, 40)}”", was.why, option.why)
            # The right ones are named anyway where they changed.
            elif not option.right:
                yield Edit("Option", "", option.text)
        yield from (Edit("Option", option.text, "") for option in gone if not option.right)


def _pairs(old: tuple[Option, ...], new: tuple[Option, ...]) -> list[tuple[int, int]]:
    """The options that are the same one before and after, by their places, in the order of the new ones."""
    found: dict[int, int] = {}
    free = set(range(len(old)))
    for after, option in enumerate(new):
        equal = next((before for before in sorted(free) if old[before].text == option.text), None)
        if equal is not None:
            found[after] = equal
            free.discard(equal)
    left = [after for after in range(len(new)) if after not in found]
    if len(old) + len(new) <= _MAX_OPTIONS:
        alike = sorted(
            (-words.likeness(old[before].text, new[after].text), after, before)
            for after in left
            for before in sorted(free)
        )
        for distance, after, before in alike:
            if -distance >= _ALIKE and before in free and after not in found:
                found[after] = before
                free.discard(before)
    return [(found[after], after) for after in sorted(found)]


def _rewritten_key(
    old: tuple[Option, ...], new: tuple[Option, ...], pairs: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The only right option that has no pair, and the only one that has none now, if they may be the same.

    Whether they are, in other words, no program can tell: it is an edited answer, for someone to read.
    """
    gone = [at for at, option in enumerate(old) if option.right and at not in dict(pairs)]
    come = [at for at, option in enumerate(new) if option.right and at not in {after for _, after in pairs}]
    if len(gone) == 1 == len(come) and words.is_rewritten(old[gone[0]].text, new[come[0]].text):
        return [(gone[0], come[0])]
    return []


def _retagging(was: Note, note: Note, entry: Entry, *, is_all: bool) -> Retagging | None:
    """The tags that changed: the author's own, and all of them where nothing else of the note changed."""
    added, removed = set(note.tags) - set(was.tags), set(was.tags) - set(note.tags)
    if not is_all and _is_ours(note):
        added, removed = (
            {tag for tag in tags if not tag.startswith(_MIRRORING_TAGS)} for tags in (added, removed)
        )
    else:
        added, removed = added - {RETIRED_TAG}, removed - {RETIRED_TAG}
    return Retagging(entry, tuple(sorted(added)), tuple(sorted(removed))) if added or removed else None


def _note_types(old: dict[int, NoteType], new: dict[int, NoteType]) -> Iterator[NoteTypeChange]:
    by_name = {note_type.name: note_type for note_type in old.values()}
    for id, note_type in new.items():
        was = old.get(id) or by_name.get(note_type.name)
        if was and (what := tuple(_in_words(was, note_type))):
            yield NoteTypeChange(note_type.name, what)


def _in_words(was: NoteType, now: NoteType) -> Iterator[str]:
    if was.name != now.name:
        yield f"its name was {was.name}"
    if was.fields != now.fields:
        added = [name for name in now.fields if name not in was.fields]
        removed = [name for name in was.fields if name not in now.fields]
        if added:
            yield f"fields added: {', '.join(added)}"
        if removed:
            yield f"fields removed: {', '.join(removed)}"
        if not added and not removed:
            yield "fields in another order"
    before = {template.name: template for template in was.templates}
    after = {template.name: template for template in now.templates}
    for name in (*after, *(name for name in before if name not in after)):
        if name not in before or name not in after:
            yield f"card template {name} {'added' if name in after else 'removed'}"
            continue
        sides = ("front", before[name].front, after[name].front), ("back", before[name].back, after[name].back)
        changed = [side for side, one, other in sides if one != other]
        if changed:
            of = f" of {name}" if len(now.templates) > 1 else ""
            yield f"{' and '.join(changed)}{of}"
    if was.css != now.css:
        yield "style"


def _media(old: dict[str, MediaFile], new: dict[str, MediaFile]) -> MediaChanges:
    replaced = [(name, name) for name in new if name in old and new[name].digest != old[name].digest]
    went: dict[str, list[str]] = {}
    came: dict[str, list[str]] = {}
    for one, other, found in ((old, new, went), (new, old, came)):
        for name in sorted(one):
            if name not in other:
                found.setdefault(words.shown_name(name), []).append(name)
    for shown in sorted(went.keys() & came.keys()):
        pairs = list(zip(went[shown], came[shown], strict=False))
        replaced += pairs
        went[shown], came[shown] = went[shown][len(pairs) :], came[shown][len(pairs) :]
    return MediaChanges(
        added=tuple(sorted(name for names in came.values() for name in names)),
        removed=tuple(sorted(name for names in went.values() for name in names)),
        replaced=tuple(sorted(replaced)),
    )


def _renamed_decks(old: Iterable[Deck], new: Iterable[Deck]) -> dict[str, str]:
    """The new names of decks by the old ones: of those that have the same number and lost their name."""
    old, new = list(old), list(new)
    kept = {deck.name for deck in old} & {deck.name for deck in new}
    numbers = {deck.id: deck.name for deck in new if deck.name not in kept}
    return {deck.name: numbers[deck.id] for deck in old if deck.name not in kept and deck.id in numbers}


def _shortest(renamed: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The decks that were renamed themselves, without those that only follow a deck above them."""
    for old, new in renamed.items():
        above, _, name = old.rpartition("::")
        if not (above in renamed and new == f"{renamed[above]}::{name}"):
            yield old, new


def _described(old: Collection, new: Collection, renamed: dict[str, str]) -> Iterator[Edit]:
    before = {renamed.get(deck.name, deck.name): readable(deck.description) for deck in old.decks.values()}
    for deck in new.decks.values():
        now = readable(deck.description)
        if deck.name in before and before[deck.name] != now:
            yield Edit(deck.name, before[deck.name], now)

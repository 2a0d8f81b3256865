"""The ways in which a release can harm a learner: what each means, and what its author can do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """How a learner imports: as Anki offers it, or with "Always" for notes and note types."""

    DEFAULT = "default"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding. `is_harm` is false where it is only worth knowing."""

    name: str
    meaning: str
    remedy: str
    is_harm: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found: in which ways to import, and on which notes or note types, by name.

    Without a way it holds for everyone, also for a learner who has nothing yet.
    """

    kind: Kind
    ways: tuple[Way, ...]
    subjects: tuple[str, ...]


_KEEP_SHAPE = (
    "Keep each note type's id, and its fields and card templates with the ids that they had, no more and no "
    "fewer. Where the old package was not made by ankigen, `ankigen lock --adopt` says what learners can do."
)

NOT_IMPORTED = Kind(
    "not-imported",
    "Anki does not take these notes, even where a learner has nothing yet.",
    "Import the package in Anki by hand and read its report.",
)
SAME_GUID = Kind(
    "same-guid",
    "These notes have the GUID of another note: Anki cannot tell the two apart, and updates one at most.",
    "Give each note a GUID of its own.",
)
NO_CARD = Kind(
    "no-card",
    "These notes have no card: a learner never sees them.",
    "Give each note a card of each template whose front is not empty.",
)
BROKEN_CARD = Kind(
    "broken-card",
    "Anki shows an error message in place of a card of these notes.",
    "Mend the card template, or fill the field that the front shows.",
)
MISSING_MEDIA = Kind(
    "missing-media",
    "These cards show or play a file that the package does not bring.",
    "Put the file into the package, under the very name that the card uses.",
)
LEFT_OUT = Kind(
    "left-out",
    "The new package no longer has these notes, but learners keep them for ever.",
    "Ship a note that is given up once more, with the tag `ankigen::retired` and a text that says so.",
)
DOUBLED = Kind(
    "doubled",
    "Learners get these notes a second time, with no history: the GUID is another than before.",
    "Give the note the GUID that it had; make GUIDs from a permanent id, never from the text.",
)
CONFLICTING = Kind(
    "conflicting",
    "Learners have these notes with a note type of another id or shape: Anki updates nothing in them.",
    _KEEP_SHAPE,
)
FORKED_NOTE_TYPE = Kind(
    "forked-note-type",
    "Anki puts a second note type beside the one that the learner has for the same notes.",
    _KEEP_SHAPE,
)
HISTORY_LOST = Kind(
    "history-lost",
    "A card of these notes is gone or has another schedule, or reviews of it are missing.",
    "Do not release this package, and compare the GUIDs and note types of both packages.",
)
OVERWRITTEN = Kind(
    "overwritten",
    "These notes are the same in both packages, yet Anki overwrites them, with a learner's own tags and edits.",
    "Keep the `mod` of a note that has not changed. In a deck that ankigen builds, deck.lock keeps it: "
    "bring back the one of the last release.",
)
STALE_NOTE = Kind(
    "stale-note",
    "These notes have changed, but Anki ignores that: their `mod` has not risen.",
    "Raise the `mod` of a note that has changed. Or is the new package older than the old one?",
)
STALE_NOTE_TYPE = Kind(
    "stale-note-type",
    "These note types have new templates or a new style, but Anki ignores that: their `mod` has not risen.",
    "Raise the `mod` of a note type that has changed.",
)
STALE_MEDIA = Kind(
    "stale-media",
    "These cards go on with an old picture or sound: the new file has the name of the old one.",
    "Give a file that has changed a new name; a hash of its content in the name does that by itself.",
)
EMPTY_CARD = Kind(
    "empty-card",
    "A card of these notes has nothing to ask any more. It stays until the learner chooses Tools > Empty Cards.",
    "Nothing, where a gap was removed on purpose.",
    is_harm=False,
)
EVERY = (
    NOT_IMPORTED, SAME_GUID, NO_CARD, BROKEN_CARD, MISSING_MEDIA, HISTORY_LOST, DOUBLED, CONFLICTING,
    FORKED_NOTE_TYPE, LEFT_OUT, OVERWRITTEN, STALE_NOTE, STALE_NOTE_TYPE, STALE_MEDIA, EMPTY_CARD,
)  # fmt: skip
"""All kinds, the worst first."""

"""The shape of the note types: the fields and the card template of each kind of note, with their numbers.

Anki knows fields and templates by these numbers, so a name may change. It refuses a package whose note type has a
field or a template more, less or in another place than the learner's: it calls each note "conflicting", and
updates none. So the shape is frozen once a deck is released, and there are spare fields.

This room knows nothing of HTML and style, which may change; those are in `ankigen.card`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from ankigen.model import Kind


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a note type; `id` is permanent: never changed, nor used again."""

    name: str
    id: int


# Numbers of fields: 1 to 19 for what is a kind's own, 20 and on for what all have, 90 and on for the spares.
_OWN: dict[Kind, tuple[Field, ...]] = {
    Kind.CHOICE: (
        Field("Stem", 1),
        Field("Options", 2),
        Field("Answer", 3),
        Field("Explanation", 4),
        Field("Hint", 5),
    ),
    Kind.RECALL: (Field("Stem", 1), Field("Answer", 3), Field("Explanation", 4), Field("Hint", 5)),
    Kind.CLOZE: (Field("Text", 1), Field("Explanation", 4), Field("Hint", 5)),
    Kind.CONCEPT: (Field("Title", 1), Field("Overview", 2), Field("Prerequisites", 3)),
    Kind.SECTION: (Field("Prompt", 1), Field("Heading", 2), Field("Body", 3), Field("Headings", 4)),
}
_SHARED = (
    Field("References", 20),
    Field("Concept", 21),
    Field("Summary", 22),
    Field("Topic", 23),
    Field("Difficulty", 24),
    Field("Language", 25),
    Field("Direction", 26),
    Field("ID", 27),
    Field("Level", 28),
    Field("Retired", 29),
    Field("Spare 1", 91),
    Field("Spare 2", 92),
    Field("Spare 3", 93),
    Field("Spare 4", 94),
    Field("Spare 5", 95),
)
SPARES = frozenset(range(91, 96))
"""The numbers of the fields that are there for what is not known yet, and for the names of adopted decks."""
TEMPLATE_NAMES = {
    Kind.CHOICE: "Choice",
    Kind.RECALL: "Recall",
    Kind.CLOZE: "Cloze",
    Kind.CONCEPT: "Concept",
    Kind.SECTION: "Section",
}
"""The name of each kind's only card template."""
TEMPLATE_ID = 1
"""The permanent number of that template."""


def fields_of(kind: Kind) -> tuple[Field, ...]:
    """The fields of a kind's notes, in their order."""
    return _OWN[kind] + _SHARED


def is_cloze(kind: Kind) -> bool:
    """Whether a kind's note type is of Anki's cloze type."""
    return kind is Kind.CLOZE


def shape_of(kind: Kind) -> str:
    """A digest of a kind's shape, 20 hexadecimal digits: another one where an update would go wrong for learners.

    It is the BLAKE2b of the type, the numbers of the fields in their order, and the number of the template. As
    measured with Anki 26.09 (`tests/test_shape.py`), every note conflicts where a field is added, removed, moved
    or renumbered, or the template has another number; with a new name alone, all notes are updated. A note type
    that becomes a cloze, or is one no more, is not refused, but leaves its learners with empty cards.
    """
    digest = blake2b(digest_size=10)
    for part in _parts(kind):
        # Each with its length, so that no two shapes read the same.
        digest.update(len(part).to_bytes(4, "big") + part)
    return digest.hexdigest()


def _parts(kind: Kind) -> Iterator[bytes]:
    yield b"cloze" if is_cloze(kind) else b"standard"
    yield b" ".join(str(field.id).encode() for field in fields_of(kind))
    yield str(TEMPLATE_ID).encode()

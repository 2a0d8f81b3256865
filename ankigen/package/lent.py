"""What a note type takes from those of another deck whose notes were adopted: names, and ids where they have some.

Anki updates a note only under the note type that it has, unless the learner ticks "Merge note types". Then it
takes the note over to ours, with the history of its cards. It matches fields and card templates by their ids where
both have one, else by their names. What ours lacks, it adds: a card template of theirs keeps the history, and ours
starts anew; with a field more, each later import without the tick conflicts. So ours takes up what theirs has: the
name of the card template, and those of fields for its spares, which stay empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from ankigen.card.notetypes import NoteType
from ankigen.lock import Lent, Part
from ankigen.model import Kind
from ankigen.package import read
from ankigen.shape import SPARES, TEMPLATE_ID, TEMPLATE_NAMES, Field, fields_of

# Names of fields that Anki takes, and that may stand in a card template.
_NAME = re.compile(r'[^:"{}#^/\s](?:[^:"{}\n]*[^:"{}\s])?')
_BUILT = (
    "was made by Anki, with ids that ours can take up only before it is built "
    "(if no learner has it yet, delete deck.lock and adopt again)"
)


class UnfitError(Exception):
    """Why the notes of a note type cannot become ours; its text goes on after the name of that note type."""


def lend(note_type: NoteType, lent: Lent | None) -> NoteType:
    """A note type with what it was lent.

    Where Anki merges note types, but leaves a note alone because its learner changed it after the release, the
    note has its old fields and no other. So the cards show those where our first field is empty.
    """
    if lent is None:
        return note_type
    first, old = note_type.fields[0].name, _taking_spares(note_type.fields, lent)
    filter = "cloze:" if note_type.is_cloze else ""

    def shown(names: list[str]) -> str:
        rows = "".join(f'<div class="stem">{{{{{filter}{name}}}}}</div>\n' for name in names)
        return f"{{{{^{first}}}}}\n{rows}{{{{/{first}}}}}\n" if rows else ""

    template = replace(
        note_type.template,
        name=lent.template.name,
        id=_id_of(lent.template, note_type.template.id),
        front=shown(old[:1]) + note_type.template.front,
        back=shown(old) + note_type.template.back,
    )
    return replace(note_type, fields=_fields(note_type.fields, lent), template=template)


def joined(kind: Kind, lent: Lent | None, theirs: read.NoteType, *, built: bool) -> tuple[Lent, str]:
    """What a kind's note type is lent once it takes up another one as well, and why not all of that, if so.

    `built` says that learners may have ours already: its ids stay then. Raises UnfitError where it is the card
    template that ours cannot take up: then the history of cards would stay behind.
    """
    if not theirs.templates:
        raise UnfitError("has no card template")
    first = theirs.templates[0]
    template = lent.template if lent else Part(first.name)
    if template.name != first.name:
        raise UnfitError(
            f"has the card template `{first.name}`, and one named `{template.name}` is adopted already"
        )
    template = _with_id(template, _id_of(template, TEMPLATE_ID), first.id, built=built)
    ours = fields_of(kind)
    parts = {part.name: part for part in lent.fields} if lent else {}
    unfit = ""
    for name, id in zip(theirs.fields, theirs.field_ids, strict=True):
        fields = _fields(ours, Lent(template, tuple(parts.values())))
        if id is not None and any(field.id == id for field in fields):
            continue  # Anki knows it by its id, whatever its name
        known = {field.name: field.id for field in fields if field.id not in SPARES or field.name in parts}
        try:
            new = _with_id(parts.get(name, Part(name)), known.get(name), id, built=built)
            if name not in known:
                _check_new(name, [*known, *(field.name for field in ours)], len(parts.keys() - set(_names(ours))))
        except UnfitError as error:
            unfit = unfit or str(error)
            continue
        if name not in known or new.id is not None:
            parts[name] = new
    return Lent(template, _in_order(ours, parts)), unfit


def _check_new(name: str, known: Iterable[str], taken: int) -> None:
    """Check that a spare can take a name, where some are known and so many spares taken. Raises UnfitError."""
    if name.casefold() in {each.casefold() for each in known} or not _NAME.fullmatch(name):
        raise UnfitError(f"has a field `{name}`, and ours can have none of that name")
    if taken == len(SPARES):
        raise UnfitError(f"has more fields than ours can take up ({taken})")


def lent_in(kind: Kind, built: read.NoteType) -> Lent | None:
    """What a kind's note type was lent when it was built, for a lock that was lost."""
    ours = fields_of(kind)
    parts = {}
    # As `lend` takes the spares: the last one first.
    for field, name, id in reversed(list(zip(ours, built.fields, built.field_ids, strict=True))):
        if name != field.name if field.id in SPARES else id != field.id:
            parts[name] = Part(name, None if id == field.id else id)
    (first,) = built.templates
    template = Part(first.name, None if first.id == TEMPLATE_ID else first.id)
    return Lent(template, _in_order(ours, parts)) if parts or template != Part(TEMPLATE_NAMES[kind]) else None


def _fields(ours: tuple[Field, ...], lent: Lent) -> tuple[Field, ...]:
    """Our fields with lent names and ids. Spares are taken from the last on: we take them from the first."""
    ids = {part.name: part for part in lent.fields}
    names = iter(_taking_spares(ours, lent))
    named = [Field(next(names, field.name), field.id) if field.id in SPARES else field for field in reversed(ours)]
    return tuple(
        replace(field, id=_id_of(ids[field.name], field.id)) if field.name in ids else field
        for field in reversed(named)
    )


def _taking_spares(ours: tuple[Field, ...], lent: Lent) -> list[str]:
    """The names of lent fields that ours lacks: those that spares take."""
    return [part.name for part in lent.fields if part.name not in _names(ours)][: len(SPARES)]


def _in_order(ours: tuple[Field, ...], parts: dict[str, Part]) -> tuple[Part, ...]:
    """Those whose names we have first, as we have them: so a lost lock comes back as it was."""
    order = {name: index for index, name in enumerate(_names(ours))}
    return tuple(sorted(parts.values(), key=lambda part: order.get(part.name, len(order))))


def _names(ours: tuple[Field, ...]) -> list[str]:
    return [field.name for field in ours if field.id not in SPARES]


def _id_of(part: Part, ours: int) -> int:
    return ours if part.id is None else part.id


def _with_id(part: Part, id: int | None, theirs: int | None, *, built: bool) -> Part:
    """A part of ours, whose id is `id`, with the id that theirs of the same name has, where it needs that."""
    if theirs in (None, id):
        return part
    if part.id is not None:
        raise UnfitError(f"has another `{part.name}` than the note type that is adopted already")
    if built:
        raise UnfitError(_BUILT)
    return Part(part.name, theirs)

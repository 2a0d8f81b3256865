"""The shape of note types: its digest changes where Anki refuses an update, and only there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ankigen import shape
from ankigen.model import Kind
from ankigen.shape import Field, fields_of, shape_of
from tests.conftest import import_apkg, pack

FIELDS = shape._SHARED
LAST = FIELDS[-1]
REFUSED = {
    "added": (*FIELDS, Field("New", 96)),
    "removed": FIELDS[:-1],
    "moved": (*FIELDS[:-2], LAST, FIELDS[-2]),
    "renumbered": (*FIELDS[:-1], Field(LAST.name, 96)),
}
TAKEN = {"the same": FIELDS, "renamed": (*FIELDS[:-1], Field("New", LAST.id))}


@pytest.fixture
def release(root: Callable[..., Path], tmp_path: Path) -> Callable[[int], Path]:
    """Writes a package of one concept and one recall question, whose answer is the number of the release."""

    def write(number: int) -> Path:
        question = (
            f"questions:\n  - {{id: q, concept: a, difficulty: easy, stem: What?, answer: 'It {number}.'}}\n"
        )
        content = root({"questions/q.yaml": question})
        return pack(content, tmp_path / f"{number}.apkg", 1_700_000_000 + number)

    return write


@pytest.mark.parametrize("change", [*REFUSED, *TAKEN])
def test_another_digest_means_that_anki_refuses(
    change: str, release: Callable[[int], Path], collection: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_apkg(collection, release(1))
    before = shape_of(Kind.RECALL)
    monkeypatch.setattr(shape, "_SHARED", (REFUSED | TAKEN)[change])
    log = import_apkg(collection, release(2))
    assert (log["conflicting"], log["updated"]) == ((2, 0) if change in REFUSED else (0, 2))
    assert (shape_of(Kind.RECALL) != before) == (change in REFUSED)


def test_another_number_of_the_template_means_it_too(
    release: Callable[[int], Path], collection: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_apkg(collection, release(1))
    before = shape_of(Kind.RECALL)
    monkeypatch.setattr(shape, "TEMPLATE_ID", 2)
    assert import_apkg(collection, release(2))["conflicting"] == 2
    assert shape_of(Kind.RECALL) != before


def test_a_kind_that_becomes_a_cloze_has_another_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    before = shape_of(Kind.RECALL)
    monkeypatch.setattr(shape, "is_cloze", lambda kind: True)
    assert shape_of(Kind.RECALL) != before


def test_no_two_fields_of_a_kind_have_one_number_or_one_name() -> None:
    for kind in Kind:
        fields = fields_of(kind)
        assert len({field.id for field in fields}) == len({field.name for field in fields}) == len(fields)
    assert len({shape_of(kind) for kind in Kind}) == len(Kind)

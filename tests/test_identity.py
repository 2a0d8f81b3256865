"""Who is who in Anki, for ever."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from ankigen.identity import guid, number

IDS = st.lists(st.text("abc019", min_size=1, max_size=8), min_size=1, max_size=4).map("-".join)


def test_the_functions_never_change() -> None:
    """A change of any of these would make a new note of every released one."""
    assert guid("aws-dva-c02", "choice", "kms-encrypt-5-mb-file") == "lVT865Td8dgCtUn0pCIz"
    assert number("note", "aws-dva-c02", "choice", "kms-encrypt-5-mb-file") == 1158760182335
    assert number("deck", "aws-dva-c02", "security") == 1227151370108
    assert number("note type", "aws-dva-c02", "choice") == 1304523417023


@given(IDS, IDS, IDS)
def test_they_fit_into_anki(deck: str, kind: str, id: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{20}", guid(deck, kind, id))
    assert 1_000_000_000_000 <= number(deck, kind, id) < 1_500_000_000_000


@given(st.lists(st.tuples(IDS, IDS, IDS), unique=True, min_size=2, max_size=10))
def test_different_ids_are_different_notes(ids: list[tuple[str, str, str]]) -> None:
    assert len({guid(*each) for each in ids}) == len(ids)


def test_where_one_id_ends_and_the_next_begins_matters() -> None:
    assert guid("a", "b-c", "d") != guid("a-b", "c", "d")
    assert guid("ab", "c", "d") != guid("a", "bc", "d")

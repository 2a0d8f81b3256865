"""Markdown's extensions, names of media, and prose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankigen.source.markdown import local_media, prose, words


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("a.png", "a.png"), ("./a/./b.png", "a/b.png"), ("a//b.png", "a/b.png"), ("ü 1.png", "ü 1.png"),
        ("../a.png", None), ("a/../../b.png", None), ("/a.png", None), ("https://x/a.png", None), ("//x/a.png", None),
        ("data:image/png;base64,x", None), ("C:a.png", None), (r"a\b.png", None), ("", None), (".", None),
    ],
)  # fmt: skip
def test_a_media_name_never_leaves_the_folder(target: str, name: str | None) -> None:
    assert local_media(target) == name


@given(st.text(max_size=40))
def test_any_address_stays_inside_or_is_refused(target: str) -> None:
    name = local_media(target)
    assert name is None or (not name.startswith("/") and ".." not in name.split("/"))


def test_prose_keeps_words_where_they_stand_and_nothing_else() -> None:
    text = "Das **ist** `code` [ein Wort](https://x.org/y) $x$ <b>fett</b> é\n\n```py\nx = 1\n```\n"
    masked = prose(text)
    assert len(masked) == len(text)
    assert words(text) == ["Das", "ist", "ein", "Wort", "fett", "é"]
    for word in words(text):
        assert text[masked.index(word) :].startswith(word)


@given(st.text("ab *_`$[]()<>\n#-é日", max_size=60))
def test_prose_is_as_long_as_its_text(text: str) -> None:
    masked = prose(text)
    assert len(masked) == len(text)
    assert all(shown in (" ", "\n", written) for shown, written in zip(masked, text, strict=True))

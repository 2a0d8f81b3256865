"""What a Markdown text refers to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankigen.source.markdown import local_media, media_links, shows_nothing


def test_pictures_and_sounds_are_found_where_they_stand() -> None:
    text = (
        "é ![a](x.png) ![](<two words.mp3>) ![r][1] `![no](code.png)` <img alt='q' src='html.png'>\n\n[1]: ref.png"
    )
    found = [(link.target, text[link.start : link.end]) for link in media_links(text)]
    assert found == [
        ("x.png", "x.png"),
        ("two words.mp3", "two words.mp3"),
        ("ref.png", "![r][1]"),
        ("html.png", "html.png"),
    ]


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


@given(st.text("![]()<>img src='\"=x.pn`$*\n é", max_size=60))
def test_any_text_is_read(text: str) -> None:
    for link in media_links(text):
        assert 0 <= link.start <= link.end <= len(text)
    shows_nothing(text)


@pytest.mark.parametrize("text", ["", "  ", "<!-- x -->", "<b></b>", "<br>", "# ", "> "])
def test_what_shows_nothing(text: str) -> None:
    assert shows_nothing(text)


@pytest.mark.parametrize(
    "text", ["x", "![](a.mp3)", "$x$", "`x`", "<b>x</b>", "<img src='a.png'>", "<div>\nx\n</div>"]
)
def test_what_shows_something(text: str) -> None:
    assert not shows_nothing(text)


@pytest.mark.parametrize("unit", ["<?", "<!--", "<img ", "![", "{{c1::", "é<", "$"])
def test_a_hostile_text_is_read_as_fast_as_any(unit: str) -> None:
    """Each of these made a search go over the whole text again for every sign; it would take minutes here."""
    text = unit * 100_000
    assert media_links(text) == ()
    shows_nothing(text)

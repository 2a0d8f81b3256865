"""Tags of languages, and what is written in their place."""

from __future__ import annotations

import pytest

from ankigen import labels
from ankigen.language import is_language, meant_language


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("deutsch", "de"), ("German", "de"), ("Français", "fr"), ("FRANC\u0327AIS", "fr"), ("Tiếng Việt", "vi"),
        ("engilsh", "en"), ("English (UK)", "en"), ("jp", "ja"), ("jp-JP", "ja-JP"), ("ger-AT", "de-AT"),
        ("pt_BR", "pt-BR"), ("en_US.UTF-8", "en-US"), ("Brazilian Portuguese", "pt-BR"), ("chinese-traditional", "zh"),
        ("klingon", ""), ("xx", ""), ("", ""), ("1", ""), ("-", ""), ("🇩🇪", ""),
    ],
)  # fmt: skip
def test_the_tag_that_is_meant(text: str, tag: str) -> None:
    assert meant_language(text) == tag
    assert not tag or is_language(tag)


def test_anki_speaks_no_language_that_is_unknown() -> None:
    langs = pytest.importorskip("anki.lang").langs
    assert all(is_language(tag.replace("_", "-")) for _, tag in langs)
    # What Anki's menu calls a language means the one that Anki means by it. Norwegian has two written forms.
    same = {"tl": "fil", "nb": "no"}
    rare = {"oc", "jbo", "ug", "or"}
    for name, tag in langs:
        language = tag.partition("_")[0]
        meant = meant_language(name).partition("-")[0]
        assert meant == ("" if language in rare else same.get(language, language))


def test_the_cards_speak_no_language_that_is_unknown() -> None:
    assert all(is_language(tag) for tag in labels.LANGUAGES)


@pytest.mark.parametrize("tag", ["x", "xx", "deu", "jpn", "engl", "abcdefgh", "jp-JP"])
def test_what_is_no_language(tag: str) -> None:
    assert not is_language(tag)


@pytest.mark.parametrize("tag", ["de", "DE-at", "fil", "yue-Hant-HK", "sr-Latn", "es-419", "iw"])
def test_what_is_a_language(tag: str) -> None:
    assert is_language(tag)

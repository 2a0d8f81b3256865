"""What every card looks like: accessible in both themes, readable in every language, whole on every screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from ankigen import theme
from ankigen.labels import words
from ankigen.model import Kind
from tests.card.browser import Card, World

pytestmark = pytest.mark.xdist_group("browser")
Opens = Callable[..., World]
DECKS = ["content", "gallery", "kinds", "arabic", "japanese"]


def one_of_each_kind(cards: list[Card]) -> Iterator[Card]:
    """The longest card of each kind, and for choice one of each sort."""
    best: dict[str, Card] = {}
    for card in cards:
        name = card.kind + ("checkbox" if 'type="checkbox"' in card.front else "")
        if name not in best or len(card.back) > len(best[name].back):
            best[name] = card
    yield from best.values()


def sides(page: World, card: Card) -> Iterator[str]:
    """Both sides of a card as a learner leaves them: an option picked, another crossed out, the hint open."""
    page.front(card)
    yield "front"
    page.page.evaluate(
        """() => {
            const option = document.querySelector(".option label"), strikes = document.querySelectorAll(".strike");
            if (option) option.click();
            if (strikes.length) strikes[strikes.length - 1].click();
            for (const hint of document.querySelectorAll(".hint summary")) hint.click();
        }"""
    )
    yield "front, answered"
    page.back(card)
    yield "back"


def violations(page: World) -> list[dict[str, Any]]:
    """What axe finds. It is large: a page that shows all cards loads it once."""
    if not page.page.evaluate("'axe' in window"):
        page.page.evaluate(Axe().axe_script)
    run = "options => axe.run(document, options).then(found => found.violations)"
    return page.page.evaluate(run, AXE)  # type: ignore[no-any-return]


def assert_accessible(page: World, card: Card) -> None:
    for side in sides(page, card):
        assert not (found := violations(page)), (card.fields["ID"], side, found)


def test_axe_finds_what_is_wrong(world: Opens) -> None:
    page = world()
    page.show("<img src='data:,'>", "")
    assert [found["id"] for found in violations(page)] == ["image-alt"]


@pytest.mark.parametrize("night", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", DECKS)
def test_axe_finds_nothing(name: str, night: bool, deck: Callable[[str], list[Card]], world: Opens) -> None:
    page = world(night=night)
    for card in one_of_each_kind(deck(name)):
        assert_accessible(page, card)


RETIRED = ["token-ring", "token-ring/token", "ring-speed", "ring-frame", "ring-gap"]


@pytest.mark.parametrize("night", [False, True], ids=["light", "dark"])
def test_a_retired_card_says_so_on_both_sides(night: bool, gallery: dict[str, Card], world: Opens) -> None:
    page = world(night=night, width=360)
    assert {gallery[name].kind for name in RETIRED} == set(Kind)
    for name, card in gallery.items():
        for show in (page.front, page.back):
            show(card)
            said = page.texts(".retired")
            assert said == ([words("en")["retired"]] if name in RETIRED else []), name
    for name in RETIRED:
        assert_accessible(page, gallery[name])
        box = page.page.locator(".retired").bounding_box()
        first = page.page.locator(".place").bounding_box()
        assert 300 < box["width"] <= 360
        assert box["y"] + box["height"] < first["y"]


# The page round the card is Anki's: a card has no landmarks of its own and no heading of the first level.
NOT_THE_CARDS = (
    "region",
    "page-has-heading-one",
    "heading-order",
    "landmark-banner-is-top-level",
    "landmark-contentinfo-is-top-level",
)
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {rule: {"enabled": False} for rule in NOT_THE_CARDS},
    "resultTypes": ["violations"],
}


def test_the_colours_can_be_read_in_both_themes() -> None:
    for palette in theme.palettes():
        for front, back in theme._PAIRS:
            assert theme.contrast(palette[front], palette[back]) >= 4.5, (front, back)


def test_contrast_is_that_of_wcag() -> None:
    """Values of WCAG's own definition: black on white, and the grey that just passes."""
    assert theme.contrast("#000000", "#ffffff") == 21
    assert theme.contrast("#ffffff", "#000000") == 21
    assert round(theme.contrast("#767676", "#ffffff"), 2) == 4.54
    assert round(theme.contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("accent", ["#000000", "#2456a6", "#8a5a00", "#ff0000", "#ffffff"])
def test_an_accent_is_made_readable_on_dark_paper(accent: str) -> None:
    dark = theme.palettes().dark
    made = theme.lighter(accent, [dark["--paper"], dark["--raised"]])
    assert min(theme.contrast(made, dark[paper]) for paper in ("--paper", "--raised")) >= 4.5


@pytest.mark.parametrize("width", [320, 360, 390, 900, 1920])
@pytest.mark.parametrize("name", DECKS)
def test_nothing_is_wider_than_the_screen(
    name: str, width: int, deck: Callable[[str], list[Card]], world: Opens
) -> None:
    page = world(width=width)
    for card in one_of_each_kind(deck(name)):
        for side in sides(page, card):
            wide = page.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (card.fields["ID"], side)


def test_wide_tables_and_code_scroll_inside_themselves(gallery: dict[str, Card], world: Opens) -> None:
    page = world(width=360)
    for card, selector in ((gallery["tcp"], ".scroll"), (gallery["retransmission"], "pre")):
        page.back(card)
        assert page.page.locator(selector).first.evaluate("e => e.scrollWidth > e.clientWidth")
        assert page.page.locator(selector).first.get_attribute("tabindex") == "0"


def test_targets_are_large_enough_for_a_thumb(gallery: dict[str, Card], world: Opens) -> None:
    page = world(width=360)
    page.front(gallery["retransmission"])
    for target in page.page.locator(".option label, .strike, summary").all():
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= 44


def test_pictures_fit(gallery: dict[str, Card], world: Opens) -> None:
    page = world(width=360)
    page.front(gallery["picture"])
    page.page.wait_for_function("document.querySelector('img').complete")
    box = page.page.locator("img").bounding_box()
    assert 200 < box["width"] <= 360
    assert box["x"] + box["width"] <= 360


def test_arabic_runs_from_right_to_left_and_code_does_not(deck: Callable[[str], list[Card]], world: Opens) -> None:
    page = world()
    card = next(card for card in deck("arabic") if card.kind == "choice")
    page.front(card)
    text, box = page.page.locator(".text").first.bounding_box(), page.page.locator("input").first.bounding_box()
    assert box["x"] > text["x"] + text["width"]
    assert page.texts("legend") == ["اختر إجابة واحدة قبل كشف الحل."]
    assert page.texts(".difficulty") == ["سهل"]
    page.back(card)
    assert page.texts(".right .verdict") == ["صحيح"]
    assert page.page.locator(".ankigen").evaluate("e => getComputedStyle(e).direction") == "rtl"


def family(page: Any, selector: str) -> str:
    return page.locator(selector).first.evaluate("e => getComputedStyle(e).fontFamily")


def test_each_language_gets_fonts_of_its_own_shapes(deck: Callable[[str], list[Card]], world: Opens) -> None:
    """The same character is drawn otherwise in Japan than in China."""
    page = world()
    page.front(deck("japanese")[0])
    assert "CJK JP" in family(page.page, ".stem, h1")
    for language, font in (("zh-CN", "CJK SC"), ("zh-Hant-TW", "CJK TC"), ("ko", "CJK KR"), ("en", "Roboto")):
        page.page.locator(".ankigen").evaluate("(e, language) => e.lang = language", language)
        assert font in family(page.page, ".stem, h1")


def test_reduced_motion_has_nothing_to_reduce(gallery: dict[str, Card]) -> None:
    css = gallery["retransmission"].css
    assert "transition" not in css
    assert "animation" not in css


def test_difficulty_is_a_word_and_not_only_a_colour(gallery: dict[str, Card], world: Opens) -> None:
    page = world()
    for name, word in (("in-order", "easy"), ("retransmission", "medium"), ("reliable-parts", "hard")):
        for side in (gallery[name].front, gallery[name].back):
            page.show(side, gallery[name].css)
            assert page.page.locator(".difficulty").inner_text().lower() == word


def test_the_back_says_what_the_concept_is(gallery: dict[str, Card], world: Opens) -> None:
    page = world()
    for name in ("retransmission", "picture", "gap"):
        page.back(gallery[name])
        assert page.texts(".crumbs") == ["Computer networks / The Transmission Control Protocol"]
        assert "TCP turns packets that may be lost into a stream" in page.page.locator("article").inner_text()


def test_an_authors_accent_and_style_reach_the_card(
    browser: Any, tmp_path: Any, root: Callable[..., Any], world: Opens
) -> None:
    from tests.card.browser import cards_of
    from tests.conftest import ankigen

    root({
        "deck.yaml": "format: 1\nid: d\ntitle: D\ncards: {accent: '#7a2e8e', css: cards.css}\n",
        "cards.css": ".stem { font-style: italic; }\n",
        "questions/q.yaml": "concept: a\ndifficulty: easy\nquestions:\n  - {id: q, cloze: 'One {{c1::gap}}.'}\n",
    })  # fmt: skip
    assert ankigen("build", "content", "-o", "x.apkg", cwd=tmp_path).returncode == 0
    card = next(card for card in cards_of(tmp_path / "x.apkg", tmp_path) if card.kind == "cloze")
    for night in (False, True):
        page = world(night=night)
        page.back(card)
        colour = page.page.locator(".cloze").evaluate("e => getComputedStyle(e).color")
        assert (colour == "rgb(122, 46, 142)") == (not night)
        assert page.page.locator(".stem").evaluate("e => getComputedStyle(e).fontStyle") == "italic"

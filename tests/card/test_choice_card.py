"""The choice card in a browser: what a learner does on the front, and what the back makes of it.

The worlds are the clients of Anki: one page for all cards (the desktop program), a page for each side (AnkiDroid),
either without storage, and one without JavaScript.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.card.browser import Card, World

pytestmark = pytest.mark.xdist_group("browser")
Opens = Callable[..., World]

ONE_PAGE = {"desktop": {}, "no storage": {"blocked": True}}
REMEMBERING = {**ONE_PAGE, "page a side": {"fresh": True}}
ALL = {**REMEMBERING, "page a side, no storage": {"fresh": True, "blocked": True}, "no script": {"script": False}}


def worlds(which: dict[str, dict[str, bool]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("options", which.values(), ids=which)


def pick(page: World, text: str) -> None:
    page.page.locator(".option label", has_text=text).click()


def row(page: World, text: str) -> Any:
    return page.page.locator(".option", has_text=text)


def say(page: World) -> str:
    return page.page.locator(".result").inner_text()


@worlds(REMEMBERING)
def test_the_order_and_the_pick_are_the_same_on_both_sides(
    options: dict[str, bool], gallery: dict[str, Card], world: Opens
) -> None:
    page, card = world(**options), gallery["retransmission"]
    orders = set()
    for _ in range(12):
        page.front(card)
        order = page.texts()
        pick(page, "All bytes in order")
        page.back(card)
        assert page.texts() == order
        assert order[-1] == "None of these"
        assert page.texts(".picked .text") == ["All bytes in order, after a pause"]
        assert page.texts(".yours") == ["Your answer"]
        assert say(page) == "✓ Correct"
        orders.add(tuple(order))
    assert len(orders) > 1


@worlds(ALL)
def test_the_back_marks_the_answer_in_every_world(
    options: dict[str, bool], gallery: dict[str, Card], world: Opens
) -> None:
    page, card = world(**options), gallery["retransmission"]
    page.front(card)
    assert page.texts("legend") == ["Select one answer before revealing."]
    assert page.page.locator("fieldset input[type=radio]").count() == 4
    page.back(card)
    assert page.texts(".right .verdict") == ["Correct"]
    assert page.texts(".wrong .verdict") == ["Not correct"] * 3
    assert page.texts(".right .text") == ["All bytes in order, after a pause"]
    assert "The kernel holds the third segment back" in row(page, "All bytes in order").inner_text()
    # Nothing was chosen: nothing is scored.
    assert not page.page.locator(".yours, .picked").count()
    assert not page.page.locator(".result").is_visible()


@pytest.mark.parametrize(
    "options", [{"fresh": True, "blocked": True}, {"script": False}], ids=["blocked", "no script"]
)
def test_without_a_memory_the_back_shows_the_authors_order(
    options: dict[str, bool], gallery: dict[str, Card], world: Opens
) -> None:
    page = world(**options)
    page.front(gallery["retransmission"])
    pick(page, "All bytes in order")
    page.back(gallery["retransmission"])
    assert [text[:9] for text in page.texts()] == ["The first", "All bytes", "An error,", "None of t"]
    assert not page.page.locator(".picked").count()


@worlds(REMEMBERING)
@pytest.mark.parametrize(
    ("picked", "words", "right"),
    [
        (["Sequence numbers"], "1 of 3 correct", False),
        (["Sequence numbers", "Acknowledgements"], "2 of 3 correct", False),
        (["Broadcast addresses", "Time to live", "Retransmission timers"], "1 of 3 correct", False),
        (["Sequence numbers", "Acknowledgements", "Retransmission timers"], "✓ Correct", True),
        # All of them is no answer: what is too much is taken off.
        (["Sequence", "Acknowledgements", "Retransmission", "Broadcast", "Time to"], "1 of 3 correct", False),
        (["Broadcast addresses"], "0 of 3 correct", False),
    ],
)  # fmt: skip
def test_select_many_is_scored(
    options: dict[str, bool], picked: list[str], words: str, right: bool, gallery: dict[str, Card], world: Opens
) -> None:
    page, card = world(**options), gallery["reliable-parts"]
    page.front(card)
    assert page.texts("legend") == ["Choose three."]
    for text in picked:
        pick(page, text)
    page.back(card)
    assert say(page) == words
    assert page.page.locator(".result.right").count() == right
    assert len(page.texts(".yours")) == len(picked)


def test_the_instruction_follows_what_is_selected(gallery: dict[str, Card], world: Opens) -> None:
    page = world()
    page.front(gallery["reliable-parts"])
    said = page.texts("legend")
    for text in ("Sequence numbers", "Acknowledgements", "Time to live", "Broadcast addresses"):
        pick(page, text)
        said += page.texts("legend")
    pick(page, "Time to live")
    pick(page, "Time to live")
    assert said == [
        "Choose three.",
        "1 of 3 selected.",
        "2 of 3 selected.",
        "3 of 3 selected. Reveal when you are sure.",
        "4 of 3 selected.",
    ]
    page.front(gallery["retransmission"])
    pick(page, "None of these")
    assert page.texts("legend") == ["Reveal when you are sure."]


@worlds(REMEMBERING)
def test_a_wrong_pick_is_marked_by_sign_word_and_colour(
    options: dict[str, bool], gallery: dict[str, Card], world: Opens
) -> None:
    page, card = world(**options), gallery["retransmission"]
    page.front(card)
    pick(page, "An error")
    pick(page, "None of these")  # the last pick counts
    page.back(card)
    wrong = row(page, "None of these")
    assert say(page) == "✗ Not correct"
    assert wrong.inner_text().split("\n")[:4] == ["✗", "None of these", "Not correct", "Your answer"]
    assert page.texts(".yours") == ["Your answer"]
    colours = {page.page.locator(f"li.{name}").first.evaluate("e => getComputedStyle(e).backgroundColor") for name in ("right", "wrong.picked", "wrong:not(.picked)")}  # fmt: skip
    assert len(colours) == 3


@worlds(REMEMBERING)
def test_a_front_that_is_drawn_again_is_the_same_front(
    options: dict[str, bool], gallery: dict[str, Card], world: Opens
) -> None:
    """AnkiDroid draws the front again after a tap."""
    page, card = world(**options), gallery["reliable-parts"]
    page.front(card)
    order = page.texts()
    pick(page, "Sequence numbers")
    row(page, "Time to live").locator(".strike").click()
    for _ in range(5):
        page.front(card)
        assert page.texts() == order
        assert page.page.locator("input:checked").count() == 1
        assert page.texts(".struck .text") == ["Time to live"]
        assert page.texts("legend") == ["1 of 3 selected."]
    page.back(card)
    assert page.texts() == order


@worlds(REMEMBERING)
def test_the_next_review_begins_anew(options: dict[str, bool], gallery: dict[str, Card], world: Opens) -> None:
    page, card = world(**options), gallery["reliable-parts"]
    orders = set()
    for _ in range(8):
        page.front(card)
        assert not page.page.locator("input:checked, .struck").count()
        pick(page, "Sequence numbers")
        orders.add(tuple(page.texts()))
        page.back(card)
    assert len(orders) > 1


@worlds(ONE_PAGE)
def test_a_front_of_long_ago_begins_anew(options: dict[str, bool], gallery: dict[str, Card], world: Opens) -> None:
    page = world(**options)
    page.front(gallery["retransmission"])
    pick(page, "None of these")
    page.page.evaluate("const now = Date.now; Date.now = () => now() + 11 * 60 * 1000")
    page.front(gallery["retransmission"])
    assert not page.page.locator("input:checked").count()


@worlds(REMEMBERING)
def test_one_card_does_not_answer_for_another(
    options: dict[str, bool], gallery: dict[str, Card], world: Opens
) -> None:
    page = world(**options)
    page.front(gallery["retransmission"])
    pick(page, "None of these")
    page.back(gallery["in-order"])
    assert not page.page.locator(".picked").count()
    page.front(gallery["in-order"])
    assert not page.page.locator("input:checked").count()


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "5", '"x"', "{}", '{"note": "gallery/in-order"}',
    '{"note": "gallery/in-order", "order": [0, 0, 1]}', '{"note": "gallery/in-order", "order": [0, 1]}',
    '{"note": "gallery/in-order", "order": [0, 1, 7], "picks": [9], "struck": []}',
    '{"note": "gallery/in-order", "order": [2, 1, 0]}'])  # fmt: skip
def test_a_damaged_memory_is_none(text: str, gallery: dict[str, Card], world: Opens) -> None:
    for blocked in (False, True):
        page = world(blocked=blocked)
        page.page.evaluate(
            "text => { try { sessionStorage.ankigen = text } catch { window.ankigen = text } }", text
        )
        page.front(gallery["in-order"])
        assert page.texts() == ["8 bytes", "20 bytes", "40 bytes"]
        page.page.evaluate(
            "text => { try { sessionStorage.ankigen = text } catch { window.ankigen = text } }", text
        )
        page.back(gallery["in-order"])
        assert page.texts() == ["8 bytes", "20 bytes", "40 bytes"]


def test_an_option_is_crossed_out_by_its_button(gallery: dict[str, Card], world: Opens) -> None:
    page = world()
    page.front(gallery["retransmission"])
    pick(page, "None of these")
    cross = row(page, "None of these").get_by_role("button", name="Cross out: None of these")
    assert cross.get_attribute("aria-pressed") == "false"
    cross.click()
    assert cross.get_attribute("aria-pressed") == "true"
    assert page.texts(".struck .text") == ["None of these"]
    assert not page.page.locator("input:checked").count()
    assert (
        row(page, "None of these").locator(".text").evaluate("e => getComputedStyle(e).textDecorationLine")
        == "line-through"
    )
    cross.click()
    assert not page.page.locator(".struck").count()
    cross.click()
    pick(page, "None of these")  # who picks it has changed their mind
    assert not page.page.locator(".struck").count()
    cross.click()
    page.back(gallery["retransmission"])
    assert page.texts(".struck .text") == ["None of these"]


def touch(page: World, name: str, x: float = 0, y: float = 0) -> None:
    points = [] if name == "touchEnd" else [{"x": x, "y": y}]
    page.session.send("Input.dispatchTouchEvent", {"type": name, "touchPoints": points})


def test_a_long_touch_crosses_out_and_picks_nothing(gallery: dict[str, Card], world: Opens) -> None:
    page = world()
    page.front(gallery["retransmission"])
    box = row(page, "None of these").locator("label").bounding_box()
    touch(page, "touchStart", box["x"] + 60, box["y"] + 20)
    page.page.locator(".struck").wait_for()
    touch(page, "touchEnd")
    assert page.texts(".struck .text") == ["None of these"]
    assert not page.page.locator("input:checked").count()
    # A short one picks, and so does the keyboard, at the very option that was held.
    pick(page, "All bytes")
    assert page.page.locator("input:checked").count() == 1
    assert page.texts(".struck .text") == ["None of these"]
    page.page.keyboard.press("Alt+Digit4")
    assert page.texts(".picked .text") == ["None of these"]


def test_a_mouse_that_is_held_selects_text_and_crosses_nothing_out(gallery: dict[str, Card], world: Opens) -> None:
    page = world(width=900, clock=True)
    page.front(gallery["retransmission"])
    box = row(page, "None of these").locator("label").bounding_box()
    for button in ("left", "right"):
        page.page.mouse.move(box["x"] + 60, box["y"] + 20)
        page.page.mouse.down(button=button)
        page.page.clock.run_for(2000)
        page.page.mouse.up(button=button)
        assert not page.page.locator(".struck").count()


def test_a_touch_that_moves_away_crosses_nothing_out(gallery: dict[str, Card], world: Opens) -> None:
    page = world(clock=True)
    page.front(gallery["retransmission"])
    box = row(page, "None of these").locator("label").bounding_box()
    for away in (True, False):
        touch(page, "touchStart", box["x"] + 60, box["y"] + 20)
        if away:
            touch(page, "touchMove", 200, 5)
        page.page.clock.run_for(600)
        touch(page, "touchEnd")
        assert page.page.locator(".struck").count() == (not away)


@pytest.mark.parametrize("key", ["Digit", "Numpad"])
def test_alt_and_a_digit_pick_what_stands_there(key: str, gallery: dict[str, Card], world: Opens) -> None:
    page = world()
    page.front(gallery["reliable-parts"])
    order = page.texts()
    for place in (2, 5, 2):
        page.page.keyboard.press(f"Alt+{key}{place}")
    assert page.texts(".picked .text") == [order[4]]
    assert page.page.evaluate("document.activeElement.closest('.option').innerText.trim()").startswith(order[1])
    for press in (f"Alt+{key}9", f"Alt+{key}0", f"{key}1", f"Control+Alt+{key}1", "Alt+KeyA"):
        page.page.keyboard.press(press)
    assert page.texts(".picked .text") == [order[4]]


def test_a_card_that_was_taken_away_whole_hears_no_keys(gallery: dict[str, Card], world: Opens) -> None:
    """Even where a client replaces more than the card's own place."""
    page = world()
    page.front(gallery["reliable-parts"])
    page.page.evaluate("document.getElementById('qa').remove()")
    before = page.page.evaluate("sessionStorage.ankigen")
    page.page.keyboard.press("Alt+Digit1")
    assert page.page.evaluate("sessionStorage.ankigen") == before


def test_the_scripts_are_written_for_old_webviews(gallery: dict[str, Card]) -> None:
    """Those of Android 5 know the JavaScript of 2009 and little more."""
    for side in (gallery["retransmission"].front, gallery["retransmission"].back):
        (script,) = re.findall(r"<script>(.*?)</script>", side, re.DOTALL)
        bare = re.sub(r'"[^"]*"|/[^/\n]+/', "", script)
        assert not re.search(r"=>|`|\b(?:let|const|class|async|await|of)\b|\?\.|\?\?|\.\.\.|\*\*", bare)


def test_tab_and_space_do_everything(gallery: dict[str, Card], world: Opens) -> None:
    page = world()
    page.front(gallery["reliable-parts"])
    order = page.texts()
    for _ in range(3):
        page.page.keyboard.press("Tab")  # the first option, its button, the second option
    page.page.keyboard.press("Space")
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Space")  # the third option's button
    assert page.texts(".picked .text") == [order[1]]
    assert page.texts(".struck .text") == [order[2]]
    outline = page.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.front(gallery["retransmission"])
    for _ in range(30):
        if page.page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
        page.page.keyboard.press("Tab")
    page.page.keyboard.press("Enter")
    assert page.page.locator("details.hint").inner_text().endswith("TCP is a stream of bytes.")


def test_arrows_move_between_the_options_of_select_one(gallery: dict[str, Card], world: Opens) -> None:
    page = world()
    page.front(gallery["in-order"])
    page.page.keyboard.press("Alt+Digit1")
    page.page.keyboard.press("ArrowDown")
    assert page.texts(".picked .text") == ["20 bytes"]


def test_options_keep_their_order_where_the_author_says_so(gallery: dict[str, Card], world: Opens) -> None:
    page = world()
    for _ in range(10):
        page.front(gallery["in-order"])
        assert page.texts() == ["8 bytes", "20 bytes", "40 bytes"]
        page.back(gallery["in-order"])
        assert page.texts() == ["8 bytes", "20 bytes", "40 bytes"]


@pytest.mark.slow
def test_every_order_is_equally_likely(gallery: dict[str, Card], world: Opens) -> None:
    """Pearson's chi-square over 10,000 shuffles: with 23 degrees of freedom, 58.6 is exceeded once in 20,000 runs."""
    page = world()
    four = gallery["retransmission"].front.replace(' data-pin="last"', "")
    assert four != gallery["retransmission"].front
    for front, free, critical in ((four, 4, 58.6), (gallery["retransmission"].front, 3, 31.0)):
        page.page.evaluate("sessionStorage.clear()")
        page.show(front, "")
        # The very script of the card, run again and again over the same form.
        orders = page.page.evaluate(
            """async () => {
                const qa = document.getElementById("qa"), orders = [];
                const script = qa.querySelector("script"), run = new Function(script.textContent);
                script.remove();
                const form = [...qa.childNodes];
                for (let number = 0; number < 10000; number++) {
                    qa.replaceChildren(...form.map(node => node.cloneNode(true)));
                    sessionStorage.clear();
                    run();
                    orders.push(JSON.parse(sessionStorage.ankigen).order.join(""));
                    await null;  // so that the card before can take its leave
                }
                return orders;
            }"""
        )
        seen = Counter(orders)
        count = {4: 24, 3: 6}[free]
        assert len(seen) == count
        assert free == 4 or all(order.endswith("3") for order in seen)
        expected = len(orders) / count
        assert sum((number - expected) ** 2 / expected for number in seen.values()) < critical


@worlds(ONE_PAGE)
def test_a_thousand_cards_leave_nothing_behind(
    options: dict[str, bool], gallery: dict[str, Card], world: Opens
) -> None:
    """Anki's desktop program shows every card in one page: no listener, no global, no node may stay."""
    page = world(**options)
    session = page.session

    def left() -> tuple[int, list[str], int]:
        session.send("HeapProfiler.collectGarbage")
        objects = ["document", "window", "document.body", "document.getElementById('qa')"]
        listeners = 0
        for name in objects:
            handle = session.send("Runtime.evaluate", {"expression": name})["result"]["objectId"]
            listeners += len(session.send("DOMDebugger.getEventListeners", {"objectId": handle})["listeners"])
        counters = session.send("Memory.getDOMCounters")
        return listeners, page.page.evaluate("Object.getOwnPropertyNames(window).sort()"), counters["nodes"]

    def study(count: int, *, start: int = 0) -> None:
        page.page.evaluate(
            """async ([front, back, count, start]) => {
                const qa = document.getElementById("qa");
                const show = html => {
                    qa.innerHTML = html;
                    for (const old of qa.querySelectorAll("script")) {
                        const script = document.createElement("script");
                        script.textContent = old.textContent;
                        old.replaceWith(script);
                    }
                };
                for (let card = start; card < start + count; card++) {
                    show(front.replaceAll("gallery/retransmission", "gallery/" + card));
                    qa.querySelector("input").click();
                    // Every third is buried: its back is never seen.
                    if (card % 3) show(back.replaceAll("gallery/retransmission", "gallery/" + card));
                    if (card % 50 === 0) await new Promise(requestAnimationFrame);
                }
                qa.innerHTML = "";
                await new Promise(requestAnimationFrame);
            }""",
            [gallery["retransmission"].front, gallery["retransmission"].back, count, start],
        )

    study(10)
    listeners, names, nodes = left()
    assert listeners == 0
    study(1000, start=10)
    assert left()[:2] == (0, names)
    assert left()[2] <= nodes + 50
    kept = page.page.evaluate(
        "() => { try { return Object.keys(sessionStorage) } catch { return Object.keys(window).filter(n => /anki/i.test(n)) } }"
    )
    assert kept == ["ankigen"]
    added = set(names) - set(world(**options).page.evaluate("Object.getOwnPropertyNames(window)"))
    assert added == ({"ankigen"} if options else set())


def test_what_is_kept_is_small_and_of_one_card(gallery: dict[str, Card], world: Opens) -> None:
    page = world()
    for name in ("retransmission", "reliable-parts", "in-order"):
        page.front(gallery[name])
    kept = json.loads(page.page.evaluate("sessionStorage.ankigen"))
    assert kept["note"] == "gallery/in-order"
    assert set(kept) == {"note", "order", "picks", "struck", "at"}

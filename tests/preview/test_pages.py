"""The pages of a preview in a real browser, as an author uses them."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from ankigen.cli.lint import checked_roots
from ankigen.lint.read import Making
from ankigen.preview.deck import Looking
from ankigen.preview.pages import Site
from ankigen.source.discover import Target
from tests.conftest import CONCEPT, DATA, DECK, REPOSITORY, ankigen, write_tree
from tests.preview.conftest import Preview, Reader

pytestmark = pytest.mark.xdist_group("browser")
Begins = Callable[..., Preview]
Opens = Callable[..., Reader]

MANY = """questions:
  - id: which-two
    concept: a
    difficulty: hard
    tags: [night]
    stem: Which two are prime?
    options: [{text: "4", why: Two times two.}, {text: "5", correct: true}, {text: "7", correct: true}, {text: "9"}]
    explanation: Nothing else divides them.
  - {id: capital, concept: a, difficulty: easy, stem: What is the capital of France?, answer: Paris.}
  - {id: gap, concept: a, difficulty: medium, cloze: "Water is {{c1::H₂O}} and salt is {{c2::NaCl::a salt}}."}
"""
TREE = {
    "deck.yaml": DECK.replace("title: D", "title: Deck of all") + "topics: {t: {title: The topic}}\n",
    "concepts/a.yaml": CONCEPT + "difficulty: medium\ntopic: t\n",
    "concepts/b.yaml": "id: b\ntitle: Lonely\noverview: [{heading: H, body: y, id: h, prompt: Why?}]\nprerequisites: [a]\n",
    "questions/q.yaml": MANY,
}


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "deck", TREE)


def site_of(deck: Path, folder: Path) -> str:
    """The static site of a deck; gives its address."""
    result = ankigen("preview", deck, "--out", folder)
    assert result.returncode == 0, result.stderr
    return f"{folder.as_uri()}/"


@pytest.fixture(params=["served", "from the disk"])
def home(request: pytest.FixtureRequest, deck: Path, preview: Begins, tmp_path: Path) -> str:
    """The address of the deck's site: of a preview, and of a static site that is opened from the file system."""
    return preview(deck).url if request.param == "served" else site_of(deck, tmp_path / "site")


def test_a_question_is_answered_in_place(home: str, reader: Opens) -> None:
    page = reader().open(home, "concepts/a.html#which-two")
    question = page.locator("#which-two")
    assert question.locator(".q").inner_text() == "Q1."
    assert question.locator(".difficulty").inner_text() == "Hard"
    assert question.locator("legend").inner_text() == "Choose two."
    assert not question.locator(".answer ul").is_visible()
    question.get_by_label("5").check()
    question.get_by_label("4").check()
    question.get_by_text("Reveal the answer").click()
    expect(question.locator(".result")).to_have_text("1 of 2 correct")
    assert question.locator("li.right.picked .text").all_inner_texts() == ["5"]
    assert question.locator("li.wrong.picked .text").all_inner_texts() == ["4"]
    assert question.locator("li.wrong.picked .yours").inner_text() == "Your answer"
    assert question.get_by_text("Two times two.").is_visible()
    assert not question.locator("fieldset").is_visible()
    page.reload()
    expect(question.locator(".result")).to_have_text("1 of 2 correct")  # nothing is lost
    question.get_by_text("Reveal the answer").click()
    question.get_by_label("4").uncheck()
    question.get_by_label("7").check()
    question.get_by_text("Reveal the answer").click()
    expect(question.locator(".result")).to_have_text("Correct")
    recall = page.locator("#capital")
    assert not recall.get_by_text("Paris.").is_visible()
    recall.get_by_text("Reveal the answer").click()
    assert recall.get_by_text("Paris.").is_visible()


def test_each_gap_is_asked_for(home: str, reader: Opens) -> None:
    page = reader().open(home, "concepts/a.html#gap")
    asked = page.locator("#gap .stem").all_inner_texts()
    assert asked == ["Water is [...] and salt is NaCl.", "Water is H₂O and salt is [a salt]."]
    page.locator("#gap").get_by_text("Reveal the answer").nth(1).click()
    assert page.locator("#gap .reveal .cloze").nth(1).inner_text() == "NaCl"


def test_practice_works_without_a_script(home: str, reader: Opens) -> None:
    page = reader(script=False).open(home, "concepts/a.html")
    page.locator("#which-two").get_by_text("Reveal the answer").click()
    assert page.locator("#which-two li.right").all_inner_texts()[0].startswith("✓")


def shown(page: Any) -> list[str]:
    """The ids of the questions that the deck page shows."""
    page.wait_for_function(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
    )
    return page.evaluate(  # type: ignore[no-any-return]
        "[...document.querySelectorAll('.concept li')].filter(row => row.checkVisibility()).map(row => row.dataset.id)"
    )


def test_questions_are_searched_and_filtered(home: str, reader: Opens) -> None:
    page = reader().open(home)
    assert shown(page) == ["which-two", "capital", "gap"]
    page.keyboard.press("/")
    page.keyboard.type("FRANCE capital")
    assert shown(page) == ["capital"]
    assert page.locator(".filters output").inner_text() == "1 of 3 questions"
    page.get_by_role("searchbox").fill("night")
    assert shown(page) == ["which-two"]
    page.get_by_role("searchbox").fill("lonely")
    assert shown(page) == []
    assert page.get_by_role("link", name="Lonely").is_visible()
    page.get_by_role("searchbox").fill("finding")  # what the page says of a concept is not the concept's
    assert shown(page) == []
    assert not page.get_by_role("link", name="Lonely").is_visible()
    page.get_by_role("button", name="Clear").click()
    for label, value, expected in [
        ("Difficulty", "easy", ["capital"]), ("Difficulty", "", ["which-two", "capital", "gap"]),
        ("Kind", "cloze", ["gap"]), ("Kind", "", ["which-two", "capital", "gap"]), ("Tag", "night", ["which-two"]),
        ("Topic", "-", []), ("Topic", "t", ["which-two"]), ("Tag", "", ["which-two", "capital", "gap"]),
        ("Findings", "none", None),
    ]:  # fmt: skip
        page.get_by_label(label).select_option(value)
        if expected is not None:
            assert shown(page) == expected, (label, value)
    # What is chosen is in the address.
    if not home.startswith("file:"):
        expect(page).to_have_url(f"{home}index.html?topic=t&lint=none")
        page.reload()
        assert page.get_by_label("Findings").input_value() == "none"


def test_a_deep_link_leads_to_its_question(home: str, reader: Opens) -> None:
    page = reader().open(home)
    page.get_by_role("link", name="What is the capital of France?").click()
    expect(page).to_have_url(f"{home}concepts/a.html#capital")
    top = page.locator("#capital").bounding_box()["y"]
    assert 0 <= top < 900
    assert page.get_by_role("navigation", name="Breadcrumb").inner_text().split("\n") == [
        "Deck of all",
        "The topic",
        "A",
    ]
    page.get_by_role("link", name="Card of Q2").click()
    expect(page).to_have_url(f"{home}cards/a.html#capital")


def test_the_theme_is_the_readers_choice(home: str, reader: Opens) -> None:
    page = reader(dark=True).open(home)
    paper = "getComputedStyle(document.body).backgroundColor"
    button = page.get_by_role("button", name="Dark")
    assert (page.evaluate(paper), button.get_attribute("aria-pressed")) == ("rgb(27, 29, 33)", "true")
    button.click()
    assert (page.evaluate(paper), button.get_attribute("aria-pressed")) == ("rgb(251, 250, 247)", "false")
    page.get_by_role("link", name="Numbers").click()
    page.get_by_role("heading", name="Numbers", level=1).wait_for()
    assert page.evaluate(paper) == "rgb(251, 250, 247)"


def test_cards_are_shown_on_both_screens_in_both_themes(home: str, reader: Opens) -> None:
    page = reader().open(home, "cards/a.html#which-two")
    faces = page.locator("#which-two .face")
    assert faces.count() == 2
    light, dark = (faces.nth(number).frame_locator("iframe") for number in (0, 1))
    assert light.locator(".stem").inner_text() == dark.locator(".stem").inner_text() == "Which two are prime?"
    papers = [
        each.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") for each in (light, dark)
    ]
    assert papers == ["rgb(251, 250, 247)", "rgb(27, 29, 33)"]
    # Not by the place on the screen: frames above may still grow to the height of their cards.
    light.locator(".option", has_text="5").locator("input").evaluate("input => input.click()")
    faces.nth(0).get_by_role("button", name="Show the back").click()
    light.locator("li.right.picked").wait_for()
    assert light.locator("li.right.picked .text").inner_text() == "5"
    assert dark.locator("fieldset").is_visible()
    page.get_by_label("Back").check()
    dark.locator("li.right").first.wait_for()
    assert faces.nth(0).locator("iframe").evaluate("frame => frame.clientWidth") < 400
    page.get_by_label("Desktop").check()
    assert faces.nth(0).locator("iframe").evaluate("frame => frame.offsetWidth") == 800
    # Each frame is as tall as its card.
    page.wait_for_function("document.querySelector('#which-two iframe').clientHeight > 300")


def test_frames_that_are_there_before_the_script_are_as_tall_as_their_cards(
    deck: Path, preview: Begins, reader: Opens
) -> None:
    looking, url = reader(), preview(deck).url
    page = looking.page
    held: list[Any] = []
    page.route("**/cards.js", lambda route: held.append(route))
    looking.homes.add(url)
    page.add_init_script(
        "addEventListener('message', event => { document.documentElement.dataset.told = event.data.height; })"
    )
    page.goto(f"{url}cards/a.html", wait_until="commit")
    frame = page.locator("#_concept iframe").first
    frame.content_frame.locator("#qa > *").first.wait_for()
    page.locator("html[data-told]").wait_for(state="attached")
    held[0].continue_()
    page.locator("#_concept .flip").first.wait_for()
    tall = frame.content_frame.locator("html").evaluate("root => root.getBoundingClientRect().height")
    assert tall > 160  # the least that a frame has
    expect(frame).to_have_css("height", f"{math.ceil(tall) + 2}px")


def test_what_is_turned_reached_and_coloured_outlives_a_change(deck: Path, preview: Begins, reader: Opens) -> None:
    running = preview(deck)
    page = reader().open(running.url, "cards/a.html")
    flip = page.locator("#capital .flip").first
    flip.focus()
    page.keyboard.press("Enter")
    page.locator("#capital iframe").first.content_frame.get_by_text("Paris.").wait_for()
    (running.root / "questions/q.yaml").write_text(MANY.replace("capital of France", "main city of France"))
    page.get_by_role("heading", name="What is the main city of France?").wait_for(timeout=10_000)
    page.locator("#capital iframe").first.content_frame.get_by_text("Paris.").wait_for()
    assert flip.inner_text() == "Show the front"
    expect(flip).to_be_focused()
    (running.root / "deck.yaml").write_text(TREE["deck.yaml"] + "cards: {accent: '#aa2266'}\n")
    expect(page.locator("body")).to_have_css("--accent", "#aa2266", timeout=10_000)


def test_an_answer_that_comes_late_is_not_shown(deck: Path, preview: Begins, reader: Opens) -> None:
    running, looking = preview(deck), reader()
    page = looking.open(running.url)
    late: list[Any] = []

    def hold(route: Any) -> None:
        if route.request.resource_type != "fetch" or late:
            route.continue_()
        else:
            late.append(route)

    page.route("**/*", hold)
    with page.expect_request(lambda request: request.resource_type == "fetch"):
        (running.root / "concepts/b.yaml").write_text(TREE["concepts/b.yaml"].replace("Lonely", "Second"))
    while not late:
        page.evaluate("0")  # lets the handler of requests run
    answer = late[0].fetch()
    assert "Third" not in answer.text()
    (running.root / "concepts/b.yaml").write_text(TREE["concepts/b.yaml"].replace("Lonely", "Third"))
    page.get_by_role("link", name="Third").wait_for(timeout=10_000)
    with page.expect_event("requestfinished", lambda request: request == late[0].request):
        late[0].fulfill(response=answer)
    page.evaluate("new Promise(done => setTimeout(done))")
    assert page.get_by_role("link", name="Third").count() == 1


def test_changes_are_seen_and_the_place_is_kept(deck: Path, preview: Begins, reader: Opens) -> None:
    running = preview(deck)
    questions = running.root / "questions/q.yaml"
    page = reader(width=600).open(running.url, "concepts/a.html")
    page.locator("#which-two").get_by_label("5").check()
    page.locator("#capital").scroll_into_view_if_needed()
    page.locator("#gap").get_by_text("Reveal the answer").first.focus()
    before = page.locator("#capital").bounding_box()["y"]
    questions.write_text(MANY.replace("capital of France", "the capital of of France"))
    page.get_by_text("What is the the capital of of France?").wait_for(timeout=10_000)
    assert page.locator("#which-two").get_by_label("5").is_checked()
    assert abs(page.locator("#capital").bounding_box()["y"] - before) < 2
    chip = page.locator("#capital .chip.warning")
    assert chip.inner_text() == "2 findings"
    chip.click()
    finding = page.locator("#capital .finding").first
    assert finding.locator("mark").inner_text() == "the"
    line = next(line for line in questions.read_text().splitlines() if "the the" in line)
    column = line.index("the the") + len("the ") + 1
    assert finding.locator("a").get_attribute("href") == f"vscode://file{questions}:9:{column}"

    questions.write_text(MANY)
    page.locator("#capital .finding").first.wait_for(state="detached", timeout=10_000)


def pages_of(root: Path) -> Site:
    """The pages of a deck as it is."""
    looking = Looking()
    (checked,) = checked_roots([Target(root)], jobs=1, making=Making(looking.name, looking), cached=False)
    return Site(checked)


def test_a_broken_file_is_shown_from_within_its_folder_and_in_the_place_of_its_cards(
    deck: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (deck / "concepts/a.yaml").write_text("id: a\ntitle: [")
    monkeypatch.chdir(deck)
    pages = pages_of(Path())
    for path in ("index.html", "concepts/a.html", "cards/a.html"):
        page = pages.page(path)
        assert page is not None, path
        text = page.body.decode()
        assert "concepts/a.yaml cannot be read" in text
        assert '<span class="rule">Y001' in text
        assert "changes by itself" not in text  # it has no server


def test_a_broken_file_shows_its_diagnostic_until_it_is_mended(deck: Path, preview: Begins, reader: Opens) -> None:
    running = preview(deck)
    page = reader().open(running.url, "concepts/a.html")
    questions, concept = running.root / "questions/q.yaml", running.root / "concepts/a.yaml"
    questions.write_text(MANY.replace("concept: a", "concept: : a", 1))
    banner = page.locator(".banner")
    banner.wait_for(timeout=10_000)
    assert banner.locator("h2").inner_text() == "questions/q.yaml cannot be read"
    assert "Y001" in banner.inner_text()
    assert page.get_by_role("heading", name="Overview").is_visible()
    assert not page.locator(".question").count()
    concept.write_text("id: a\ntitle: [")
    page.get_by_role("heading", name="concepts/a.yaml cannot be read").wait_for(timeout=10_000)
    assert not page.get_by_role("heading", name="Overview").count()
    concept.write_text(CONCEPT)
    questions.write_text(MANY)
    page.locator("#capital").wait_for(timeout=10_000)
    assert not page.locator(".banner").count()
    (running.root / "deck.yaml").write_text("format: 1\n")
    page.goto(running.url)
    page.get_by_role("heading", name="deck.yaml cannot be used").wait_for(timeout=10_000)
    (running.root / "deck.yaml").write_text(TREE["deck.yaml"])
    page.get_by_role("link", name="What is the capital of France?").wait_for(timeout=10_000)


def test_a_page_that_is_gone_says_so_and_comes_back(deck: Path, preview: Begins, reader: Opens) -> None:
    running, looking = preview(deck), reader()
    page = looking.open(running.url, "concepts/b.html")
    concept = running.root / "concepts/b.yaml"
    text = concept.read_text()
    concept.unlink()
    page.get_by_role("heading", name="This page is no longer in the deck").wait_for(timeout=10_000)
    concept.write_text(text)
    page.get_by_role("heading", name="Lonely").wait_for(timeout=10_000)
    assert all("404" in problem for problem in looking.problems), looking.problems
    looking.problems.clear()


def test_pages_that_no_one_looks_at_leave_the_server_to_others(deck: Path, preview: Begins, reader: Opens) -> None:
    running, looking = preview(deck), reader()
    looking.homes.add(running.url)
    for _ in range(8):  # more than a browser opens connections to one server
        page = looking.context.new_page()
        with page.expect_request("**/events"):
            page.goto(running.url)
        page.evaluate("Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    (running.root / "concepts/b.yaml").unlink()
    with page.expect_request("**/events"):
        page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    page.get_by_role("link", name="Lonely").wait_for(state="detached", timeout=10_000)


def test_a_deck_with_errors_is_shown_as_far_as_it_can_be(tmp_path: Path, reader: Opens) -> None:
    root = DATA / "thirty-faults"
    page = reader().open(site_of(root, tmp_path / "site"))
    assert page.get_by_text("ph-of-water").count() == 1
    assert "another question has the same id" in page.locator(".banner").inner_text()
    page.get_by_role("navigation").get_by_role("link", name="Findings").click()
    page.get_by_role("heading", name="Findings", level=1).wait_for()
    found = page.locator(".finding")
    assert found.count() == int(
        page.get_by_role("navigation").get_by_role("link", name="Findings").locator(".number").inner_text()
    )
    assert all(found.nth(number).locator("mark").count() for number in range(found.count()))


def test_an_empty_deck_says_what_comes_next(tmp_path: Path, reader: Opens) -> None:
    root = write_tree(tmp_path / "deck", {"deck.yaml": DECK})
    page = reader().open(site_of(root, tmp_path / "site"))
    assert "write a concept" in page.locator(".empty").inner_text()
    page.get_by_role("link", name="Numbers").click()
    expect(page.locator(".empty")).to_have_text("There is nothing to count yet.")


PAGES = ("index.html", "findings.html", "numbers.html", "concepts/tcp.html", "cards/tcp.html")


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("deck", ["gallery", "arabic", "faults"])
def test_every_page_is_accessible(deck: str, dark: bool, width: int, tmp_path: Path, reader: Opens) -> None:
    root = DATA / "thirty-faults" if deck == "faults" else DATA / "decks" / deck
    home = site_of(root, tmp_path / "site")
    looking = reader(dark=dark, width=width)
    for path in sorted(
        each.relative_to(tmp_path / "site").as_posix() for each in (tmp_path / "site").rglob("*.html")
    ):
        if path.startswith("frames/"):
            continue
        page = looking.open(home, path)
        for summary in page.locator("summary").all():
            summary.click()
        page.evaluate(Axe().axe_script)
        found = page.evaluate(
            "axe.run(document, {iframes: false, preload: false}).then(found => found.violations)"
        )
        assert not found, (path, [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found])
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_all_is_reached_by_the_keyboard(home: str, reader: Opens) -> None:
    page = reader().open(home, "concepts/a.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.locator("#which-two").get_by_label("4").focus()
    page.keyboard.press("Space")
    for _ in range(4):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Reveal the answer"
    page.keyboard.press("Enter")
    expect(page.locator("#which-two .result")).to_have_text("0 of 2 correct")


def test_the_site_of_the_shipped_deck_has_what_the_study_page_had(tmp_path: Path, reader: Opens) -> None:
    page = reader().open(site_of(REPOSITORY / "content", tmp_path / "site"), "concepts/aws-kms-encryption.html")
    text = page.locator("main").inner_text()
    for words in ("AWS KMS & Encryption", "Difficulty: Hard", "Overview", "Key Types", "Practice Linked Questions",
                  "Q1.", "Select one answer before revealing."):  # fmt: skip
        assert words in text

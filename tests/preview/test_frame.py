"""Cards in frames: both sides in one page, and nothing of what authors write runs in it."""

from __future__ import annotations

import functools
import html
import http.server
import re
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ankigen.card.notes import DeckNotes, Note
from ankigen.card.notetypes import NoteType
from ankigen.card.render import Card, cards, with_players
from ankigen.model import Kind
from ankigen.preview.formulas import with_formulas
from ankigen.preview.frame import frame
from ankigen.preview.site import Page
from tests.card.test_design import violations
from tests.conftest import DATA, REPOSITORY, notes

pytestmark = pytest.mark.xdist_group("browser")
DECKS = ["content", "gallery", "kinds", "arabic", "japanese"]
SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox"
# A page that holds a frame as high as what it shows, and keeps what the frame says.
HOST = """<!doctype html><html lang="en"><title>Host</title><body style="margin:0">
<iframe id="frame" title="A card" style="border:0;width:100%;height:100px"></iframe>
<script>
var frame = document.getElementById("frame"), heights = [];
addEventListener("message", function (event) {
  if (event.source !== frame.contentWindow) return;
  heights.push(event.data.height);
  frame.style.height = event.data.height + "px";
});
function open_(address, sandbox) {
  heights = [];
  if (sandbox) frame.sandbox = sandbox;
  return new Promise(function (done) { frame.onload = done; frame.src = address; }).then(function () {});
}
function say(wish) { frame.contentWindow.postMessage(wish, "*"); }
</script>"""


@functools.cache
def deck(name: str) -> DeckNotes:
    return notes(REPOSITORY / "content" if name == "content" else DATA / "decks" / name)


def first(kind: Kind, name: str = "gallery", **found: str) -> tuple[Note, NoteType]:
    """The first note of a kind in a deck in whose fields something is found."""
    made = deck(name)
    fits = (
        note
        for note in made.notes
        if note.kind is kind and all(re.search(wanted, note.fields[field]) for field, wanted in found.items())
    )
    return next(fits), made.note_types[kind]


def page_of(
    note: Note, made: NoteType, *, base: str | None = "../media/", at: int = 0, name: str = "gallery"
) -> Page:
    return frame(
        cards(note, made)[at],
        made,
        base=base,
        media=lambda name_: deck(name).media[name_].read_bytes(),
        title="A card",
        language=note.fields["Language"],
    )


class Server(http.server.ThreadingHTTPServer):
    """Serves a folder, and remembers what was asked for."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        server = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/favicon.ico":
                    self.send_response(204)
                    self.end_headers()
                    return
                server.asked.append(self.path)
                super().do_GET()

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))

    def handle_error(self, *_: object) -> None:
        """A browser may go away in the middle of an answer."""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    with Server(folder) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Stage:
    """A browser's window with a page that holds a card in a frame."""

    def __init__(self, browser: Any, folder: Path, origin: str, *, sandbox: str = SANDBOX, **options: Any) -> None:
        self.folder, self.origin, self.sandbox = folder, origin, sandbox
        self.context = browser.new_context(viewport={"width": 390, "height": 844}, **options)
        self.said: list[str] = []
        self.context.on("page", self._watch)
        self.page = self.context.new_page()

    def _watch(self, page: Any) -> None:
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def open(self, page: Page, hash: str = "", *, name: str = "card.html", waits: bool = True) -> Any:
        """Open a card in a new frame, and give that, once it has said how high it is, or else is loaded."""
        (self.folder / "cards").mkdir(exist_ok=True)
        (self.folder / "cards" / name).write_bytes(page.body)
        (self.folder / "index.html").write_text(HOST, encoding="utf-8")
        self.page.goto(f"{self.origin}/index.html")
        self.page.evaluate(
            "([address, sandbox]) => open_(address, sandbox)", [f"cards/{name}{hash}", self.sandbox]
        )
        if waits:
            self.page.wait_for_function("heights.length > 0")
        self.frame = self.page.frames[1]
        return self.frame

    def say(self, **wish: object) -> None:
        """Send the frame a message."""
        self.page.evaluate("wish => say(wish)", wish)

    def back(self) -> None:
        self.say(show="back")
        self.frame.wait_for_selector("#qa :is(#answer, .verdict)")

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def stage(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """Opens windows onto a folder, over HTTP or as files; in the end, nothing may have been written to the console."""
    opened: list[Stage] = []
    with serving(tmp_path) as server:

        def open_(place: str = "http", **options: Any) -> Stage:
            origin = server.origin if place == "http" else tmp_path.as_uri()
            opened.append(Stage(browser, tmp_path, origin, **options))
            return opened[-1]

        yield open_
        for each in opened:
            each.close()
            assert not each.said, each.said


PLACES = pytest.mark.parametrize("place", ["http", "file"])
SANDBOXES = pytest.mark.parametrize(
    "sandbox", [SANDBOX, "allow-scripts", ""], ids=["sandbox", "no popups", "none"]
)


@PLACES
@SANDBOXES
def test_what_is_picked_on_the_front_is_marked_on_the_back(
    place: str, sandbox: str, stage: Callable[..., Stage]
) -> None:
    shown = stage(place, sandbox=sandbox)
    note, made = first(Kind.CHOICE, Options="radio")
    inside = shown.open(page_of(note, made))
    order = inside.locator(".option .text").all_inner_texts()
    inside.locator(".option label").nth(1).click()
    shown.back()
    assert inside.locator(".picked .text").all_inner_texts() == [order[1]]
    assert inside.locator(".yours").all_inner_texts() == ["Your answer"]
    assert inside.locator(".option .text").all_inner_texts() == order
    assert inside.locator(".result").inner_text()[:1] in ("✓", "✗")
    shown.say(show="front")
    inside.wait_for_selector("#qa input")
    assert inside.locator(".picked").count() == 0


@PLACES
@pytest.mark.parametrize(
    ("hash", "night", "back"),
    [("", False, False), ("#back", False, True), ("#night", True, False), ("#back,night", True, True)],
)
def test_the_address_says_how_a_card_is_shown_at_first(
    place: str, hash: str, night: bool, back: bool, stage: Callable[..., Stage]
) -> None:
    inside = stage(place).open(page_of(*first(Kind.RECALL)), hash)
    assert inside.evaluate("document.body.className") == "card card1" + (" nightMode night_mode" if night else "")
    assert inside.evaluate("document.documentElement.className") == ("night-mode" if night else "")
    assert inside.locator("#qa #answer").count() == back
    assert inside.locator("#qa .ankigen").count() == 1


def test_messages_turn_the_card_and_the_light(stage: Callable[..., Stage]) -> None:
    shown = stage()
    inside = shown.open(page_of(*first(Kind.CONCEPT)))
    paper = "getComputedStyle(document.body).backgroundColor"
    light = inside.evaluate(paper)
    shown.say(night=True)
    inside.wait_for_selector("body.nightMode.night_mode")
    assert inside.evaluate(paper) == "rgb(27, 29, 33)" != light
    assert inside.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    shown.say(show="back", night=False)
    inside.wait_for_selector("#qa #answer")
    assert inside.evaluate(paper) == light
    shown.page.evaluate("frame.src = frame.src.split('#')[0] + '#night'")
    inside.wait_for_selector("body.nightMode")
    assert inside.locator("#qa #answer").count() == 0


def test_messages_that_say_nothing_change_nothing(stage: Callable[..., Stage]) -> None:
    shown = stage()
    inside = shown.open(page_of(*first(Kind.RECALL)))
    for wish in (
        None,
        1,
        "back",
        {},
        {"show": "constructor"},
        {"show": "toString", "night": 1},
        {"night": None},
        [],
    ):
        shown.page.evaluate("wish => say(wish)", wish)
    shown.page.evaluate(
        """() => new Promise(done => {
            const other = document.createElement("iframe");
            other.srcdoc = "<script>parent.frames[0].postMessage({night: true, show: 'back'}, '*')</" + "script>";
            other.onload = done;
            document.body.append(other);
        })"""
    )
    assert inside.evaluate("new Promise(done => setTimeout(() => done(document.body.className)))") == "card card1"
    assert inside.locator("#answer").count() == 0
    shown.back()


def test_the_page_round_it_is_told_how_high_it_is(stage: Callable[..., Stage]) -> None:
    shown = stage()
    inside = shown.open(
        page_of(
            *first(Kind.CHOICE, Hint="."),
        )
    )

    def fits() -> None:
        shown.page.wait_for_function("frame.clientHeight === heights[heights.length - 1]")
        assert inside.evaluate("document.documentElement.scrollHeight === innerHeight")

    fits()
    front = shown.page.evaluate("frame.clientHeight")
    inside.locator(".hint summary").click()
    shown.page.wait_for_function("front => frame.clientHeight > front", arg=front)
    fits()
    opened = shown.page.evaluate("frame.clientHeight")
    inside.locator(".hint summary").click()
    shown.page.wait_for_function("opened => frame.clientHeight < opened", arg=opened)
    fits()
    shown.back()
    shown.page.wait_for_function("front => frame.clientHeight > front", arg=front)
    fits()


@PLACES
def test_without_scripts_the_back_is_below_the_front(place: str, stage: Callable[..., Stage]) -> None:
    shown = stage(place, java_script_enabled=False)
    note, made = first(Kind.CHOICE)
    (shown.folder / "card.html").write_bytes(page_of(note, made).body)
    shown.page.goto(f"{shown.origin}/card.html")
    assert shown.page.locator("input").first.is_visible()
    assert not shown.page.locator(".verdict").first.is_visible()
    shown.page.locator("#rest > summary").click()
    assert shown.page.locator(".verdict").first.is_visible()
    assert "function" not in shown.page.locator("body").inner_text()


def every_card(name: str) -> Iterator[tuple[Note, NoteType, Card]]:
    for note in deck(name).notes:
        made = deck(name).note_types[note.kind]
        for card in cards(note, made):
            yield note, made, card


@pytest.mark.parametrize("name", DECKS)
def test_the_second_cleaning_takes_nothing_away(name: str, stage: Callable[..., Stage]) -> None:
    """Of no card of ours: its elements are those that Anki gets."""
    shown = stage()
    for note, made, card in every_card(name):
        page = page_of(note, made, name=name, at=cards(note, made).index(card))
        plain = [with_formulas(with_players(side.partition("<script>")[0])) for side in (card.front, card.back)]
        found = shown.page.evaluate(
            """([page, plain]) => {
                const parse = text => new DOMParser().parseFromString(text, "text/html");
                const ours = parse(page), html = element => {
                    element.querySelectorAll("a").forEach(a => a.removeAttribute("target"));
                    element.querySelectorAll("[src]").forEach(a => a.setAttribute("src", decodeURI(a.src).split("/").pop()));
                    return element.innerHTML.trim();
                };
                return [html(ours.getElementById("qa")), html(ours.querySelector("#rest > div")), ...plain.map(side => html(parse(side).body))];
            }""",
            [re.sub(r"data:image/svg\+xml;base64,[^\"]*", "svg", page.body.decode()), plain],
        )  # fmt: skip
        expected = [re.sub(r'src="[^"]*\.svg"', 'src="svg"', side) for side in found[2:]]
        assert found[:2] == expected, note.id


def one_of_each_kind(name: str) -> Iterator[tuple[Note, NoteType]]:
    best: dict[Any, Note] = {}
    for note in deck(name).notes:
        kind = note.kind, "checkbox" in note.fields.get("Options", "")
        if kind not in best or len(str(note.fields)) > len(str(best[kind].fields)):
            best[kind] = note
    for note in best.values():
        yield note, deck(name).note_types[note.kind]


@pytest.mark.slow
@pytest.mark.parametrize("name", DECKS)
def test_axe_finds_nothing_and_all_fits_a_telephone(name: str, stage: Callable[..., Stage]) -> None:
    shown = stage()
    for note, made in one_of_each_kind(name):
        inside = shown.open(page_of(note, made, name=name))
        for night in (False, True):
            shown.say(show="front", night=night)
            inside.wait_for_selector("#qa .instruction, #qa .stem, #qa .summary")
            for side in ("front", "back"):
                shown.say(show=side, night=night)
                inside.wait_for_function("night => document.body.matches('.nightMode') === night", arg=night)
                if side == "back":
                    inside.wait_for_selector("#qa :is(#answer, .verdict)")
                assert not (found := violations(InFrame(inside))), (note.id, side, night, found)
                assert inside.evaluate("document.documentElement.scrollWidth") <= 390, (note.id, side)


class InFrame:
    """What `violations` asks of a page."""

    def __init__(self, page: Any) -> None:
        self.page = page


@pytest.mark.parametrize(("place", "base"), [("http", "../media/"), ("http", None), ("file", None)])
@pytest.mark.parametrize(("name", "sign"), [("japanese", ".png"), ("kinds", ".svg"), ("kinds", ".mp3")])
def test_pictures_and_sounds_reach_the_frame(
    place: str, base: str | None, name: str, sign: str, stage: Callable[..., Stage]
) -> None:
    """From a server, a frame loads them, but for SVG; from a folder, it may not, and they are in the page."""
    shown = stage(place)
    (shown.folder / "media").mkdir()
    for packed, file in deck(name).media.items():
        (shown.folder / "media" / packed).write_bytes(file.read_bytes())
    note = next(each for each in deck(name).notes if sign in str(each.fields))
    inside = shown.open(page_of(note, deck(name).note_types[note.kind], base=base, name=name), "#back")
    player = inside.locator("#qa :is(img, audio)").first
    assert player.get_attribute("src").startswith("data:" if base is None or sign == ".svg" else base)
    if sign == ".mp3":
        assert player.evaluate("player => player.networkState === player.NETWORK_IDLE && !player.readyState")
        player.evaluate("player => new Promise(done => { player.onended = done; player.play(); })")
    else:
        assert player.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 100


def test_a_picture_that_cannot_be_read_is_said() -> None:
    note, made = first(Kind.CHOICE)
    made_of = replace(note, fields=note.fields | {"Stem": '<img src="gone.svg">'})

    def media(name: str) -> bytes:
        raise FileNotFoundError(name)

    with pytest.raises(FileNotFoundError, match=r"gone\.svg"):
        frame(cards(made_of, made)[0], made, base="", media=media, title="", language="")


def test_the_page_begins_with_its_policy() -> None:
    note, made = first(Kind.CHOICE)
    page = page_of(note, made)
    assert page == page_of(note, made)
    assert page.type == "text/html; charset=utf-8"
    meta = re.search(r'<head><meta http-equiv="Content-Security-Policy" content="([^"]*)">', page.body.decode())
    assert meta
    assert html.unescape(meta[1]) == page.policy
    assert page.policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in page.policy
    assert "unsafe-eval" not in page.policy
    # Where a browser looks for it in a file.
    assert b'<meta charset="utf-8">' in page.body[:1024]


@pytest.mark.parametrize(
    "script", ["<script>a('{{Stem}}')</script>", "<script>a()</script>b", "<script src=a></script>"]
)
def test_a_template_cannot_let_a_field_into_its_scripts(script: str) -> None:
    note, made = first(Kind.CHOICE)
    for side in ("front", "back"):
        template = replace(made.template, **{side: "{{Stem}}" + script})
        with pytest.raises(ValueError, match="scripts of a template"):
            page_of(note, replace(made, template=template))


def test_links_open_beside_the_preview_and_cannot_reach_it(stage: Callable[..., Stage], tmp_path: Path) -> None:
    note, made = first(Kind.RECALL)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "index.html").write_text("<!doctype html><title>There</title>")
    with serving(elsewhere) as other:
        link = f'<ul><li><a href="{other.origin}/">there</a></li><li><a href="../index.html">here</a></li></ul>'
        shown = stage()
        note = replace(note, fields=note.fields | {"References": link})
        inside = shown.open(page_of(note, made), "#back")
        with shown.context.expect_page() as opened:
            inside.locator("a", has_text="there").click()
        opened.value.wait_for_load_state()
        assert opened.value.title() == "There"
        assert opened.value.evaluate("[opener, self.origin]") == [None, other.origin]
        assert inside.locator("a", has_text=re.compile("^here$")).get_attribute("href") is None
        assert "Referer" not in opened.value.evaluate("document.referrer")
        assert len(shown.context.pages) == 2
        assert inside.url.endswith("/cards/card.html#back")


RAN = "console.log(`ran`)"
# `ELSEWHERE` is another site's origin; `#evil` is clicked on.
ATTACKS = [
    f"<script>{RAN}</script>",
    f"<img src='gone.png' onerror='{RAN}'>",
    f"<svg onload='{RAN}'></svg>",
    f"<svg><script>{RAN}</script></svg>",
    f"<details open ontoggle='{RAN}'>x</details>",
    f"<input autofocus onfocus='{RAN}'>",
    f"<a id='evil' href='javascript:{RAN}'>x</a>",
    f"<a id='evil' href='java&#10;script:{RAN}'>x</a>",
    f"<svg><a xlink:href='javascript:{RAN}'><text id='evil' y='20'>x</text></a></svg>",
    f"<form action='javascript:{RAN}'><button id='evil'>x</button></form>",
    f"<iframe srcdoc='<script>{RAN}</script>'></iframe>",
    "<iframe src='../media/evil.svg'></iframe>",
    "<object data='../media/evil.svg'></object>",
    "<embed src='../media/evil.svg'>",
    f'<iframe src="data:text/html,<script>{RAN}</script>"></iframe>',
    "<script src='ELSEWHERE/script.js'></script>",
    "<style>@import 'ELSEWHERE/style.css';</style>",
    "<link rel='stylesheet' href='ELSEWHERE/style.css'>",
    "<p style='background: url(ELSEWHERE/paper.png)'>x</p>",
    "<base href='ELSEWHERE/'><img src='picture.png'>",
    "<img src='ELSEWHERE/picture.png'>",
    "<img srcset='ELSEWHERE/picture.png 1x'>",
    "<audio autoplay src='ELSEWHERE/sound.mp3'></audio>",
    "<video poster='ELSEWHERE/poster.png'></video>",
    "<form action='ELSEWHERE/form'><button id='evil'>x</button></form>",
    f"<template><script>{RAN}</script></template></template></template><script>{RAN}</script>",
    f"<!-- --!><script>{RAN}</script>",
    f"</details></div><script type='text/plain' data-side='front'>{RAN}</script>",
]
# What no policy keeps from working: it is the cleaner's.
LEADING_AWAY = [
    "<meta http-equiv='refresh' content='0;url=ELSEWHERE/refresh'>",
    "<a id='evil' href='../media/evil.svg'>x</a>",
    "<a id='evil' href='/media/evil.svg'>x</a>",
]
# What would swallow all that comes after it.
SWALLOWERS = [
    "<script>",
    "<style>",
    "<textarea>",
    "<!--",
    "<plaintext>",
    "<template>",
    "<select>",
    "<title>",
    "<noscript>",
]
EVIL_SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RAN}"><script>{RAN}</script></svg>'


def with_attack(note: Note, attack: str, fields: Collection[str]) -> Note:
    """A note with an attack at the end of these of its fields, or all; it breaks out of attributes, too."""
    hit = {name: f'{note.fields[name]}<i title="">{attack}' for name in fields or note.fields}
    return replace(note, fields=note.fields | hit)


def attacked(shown: Stage, inside: Any) -> list[str]:
    """What comes of an attack once both sides were shown and clicked on."""
    for side in ("front", "back"):
        shown.say(show=side)
        inside.evaluate("new Promise(done => setTimeout(done, 20))")
        for evil in inside.query_selector_all("#evil"):
            evil.dispatch_event("click")
        inside.evaluate("new Promise(done => setTimeout(done, 20))")
    found = [text for text in shown.said if text == "ran"]
    found += [page.url for page in shown.context.pages[1:]]
    # An empty frame, and the browser's own page in place of what it did not load, do no harm.
    harmless = re.compile("(about:|chrome-error:).*|.*/(card|index).html|")
    found += [each.url for each in shown.page.frames if not harmless.fullmatch(each.url)]
    shown.said.clear()
    for page in shown.context.pages[1:]:
        page.close()
    return found


@contextmanager
def attacking(browser: Any, folder: Path, place: str, sandbox: str) -> Iterator[tuple[Stage, Server]]:
    """A window onto a folder with a dangerous picture, and the site to which attacks lead."""
    (folder / "site" / "media").mkdir(parents=True)
    (folder / "site" / "media" / "evil.svg").write_text(EVIL_SVG)
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "script.js").write_text(RAN)
    with serving(folder / "site") as here, serving(folder / "elsewhere") as elsewhere:
        origin = here.origin if place == "http" else (folder / "site").as_uri()
        shown = Stage(browser, folder / "site", origin, sandbox=sandbox)
        yield shown, elsewhere
        shown.close()


def choice(attack: str = "", fields: Collection[str] = ()) -> Page:
    note, made = first(Kind.CHOICE, Hint=".", Options="radio", Explanation=".")
    note = with_attack(note, attack, fields) if attack else note
    return frame(
        cards(note, made)[0],
        made,
        base="../media/",
        media=lambda _: EVIL_SVG.encode(),
        title=attack,
        language=attack,
    )


@pytest.mark.slow
@pytest.mark.parametrize("place", ["http", "file"])
@pytest.mark.parametrize("sandbox", [SANDBOX, ""], ids=["sandbox", "none"])
def test_no_field_does_anything(place: str, sandbox: str, browser: Any, tmp_path: Path) -> None:
    """Whatever is in the fields, as if no one had cleaned it: the card shows, and only its own scripts run."""
    with attacking(browser, tmp_path, place, sandbox) as (shown, elsewhere):
        for attack in [*ATTACKS, *LEADING_AWAY, *SWALLOWERS, "<img src='evil.svg'>"]:
            fields = ("Hint", "Explanation") if attack in SWALLOWERS else ()
            inside = shown.open(choice(attack.replace("ELSEWHERE", elsewhere.origin), fields))
            assert attacked(shown, inside) == [], attack
            shown.say(show="front")
            inside.wait_for_selector("#qa button.strike")
            assert inside.evaluate("document.querySelectorAll('#qa [srcset], #qa svg, #qa iframe').length") == 0
        assert elsewhere.asked == []


@pytest.mark.slow
@pytest.mark.parametrize("place", ["http", "file"])
@pytest.mark.parametrize("sandbox", [SANDBOX, ""], ids=["sandbox", "none"])
def test_the_policy_alone_lets_nothing_run(place: str, sandbox: str, browser: Any, tmp_path: Path) -> None:
    """Attacks that came past the cleaner as well: they are put into the page when it is made."""
    with attacking(browser, tmp_path, place, sandbox) as (shown, elsewhere):
        page = choice()
        end = b"</fieldset>", b'<p class="result"'
        for attack in ATTACKS:
            evil = attack.replace("ELSEWHERE", elsewhere.origin).encode()
            body = page.body.replace(end[0], end[0] + evil).replace(end[1], evil + end[1])
            assert body.count(evil) == 2
            shown.page.goto("about:blank")
            (shown.folder / "cards").mkdir(exist_ok=True)
            inside = shown.open(page._replace(body=body), waits=False)
            assert attacked(shown, inside) == [], attack
        assert elsewhere.asked == []


def test_an_authors_style_is_a_style_and_no_more(stage: Callable[..., Stage]) -> None:
    note, made = first(Kind.CHOICE)
    evil = f"</style><script>{RAN}</script>"
    css = f'{made.css}\r\n/* {evil} */ .stem::after {{ content: "{evil}" }}\r.stem {{ font-style: italic }}'
    inside = stage().open(page_of(note, replace(made, css=css)))
    assert inside.locator(".stem").evaluate("stem => getComputedStyle(stem).fontStyle") == "italic"
    assert evil in inside.locator(".stem").evaluate("stem => getComputedStyle(stem, '::after').content")


def test_tables_keep_their_columns_alignment(stage: Callable[..., Stage]) -> None:
    note, made = first(Kind.CONCEPT, Overview="text-align")
    inside = stage().open(page_of(note, made), "#back")
    styled = inside.locator("td[style], th[style]")
    asked = styled.evaluate_all("cells => cells.map(cell => cell.getAttribute('style').split(':')[1])")
    assert asked
    assert styled.evaluate_all("cells => cells.map(cell => getComputedStyle(cell).textAlign)") == asked


@pytest.mark.slow
def test_the_attacks_do_work(browser: Any, tmp_path: Path) -> None:
    """Without a policy, on a page that shows what is not cleaned: or the tests above would prove nothing."""
    with attacking(browser, tmp_path, "http", "") as (shown, elsewhere):
        page = choice()
        unsafe = re.sub(rb"<meta http-equiv[^>]*>", b"", page.body)
        failed = []
        for attack in [*ATTACKS, *LEADING_AWAY]:
            evil = attack.replace("ELSEWHERE", elsewhere.origin).encode()
            body = unsafe.replace(b"</fieldset>", b"</fieldset>" + evil).replace(
                b'<p class="result"', evil + b"<p "
            )
            elsewhere.asked.clear()
            inside = shown.open(page._replace(body=body), waits=False)
            try:
                found = attacked(shown, inside)
            except Exception as error:
                found = [str(error)[:40]]
            if not found and not elsewhere.asked:
                failed.append(attack)
        assert failed == []

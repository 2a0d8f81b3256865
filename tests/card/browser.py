"""Cards in a real browser: rendered by Anki's own backend, shown in Debian's Chromium as Anki's clients show them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

import pytest

CHROMIUM = shutil.which("chromium") or ""
_FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--force-color-profile=srgb"),
]
ORIGIN = "http://card.test"


def needs_chromium() -> None:
    """Skip where there is no Chromium, and fail in CI, where there must be one."""
    if not CHROMIUM:
        message = "Debian's chromium is not installed"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


@dataclass(frozen=True)
class Card:
    """Both sides of a card as Anki's backend renders them, its style, its note's fields, and Anki's media folder."""

    front: str
    back: str
    css: str
    kind: str
    fields: dict[str, str]
    media: Path


def cards_of(package: Path, folder: Path) -> list[Card]:
    """Import a package into a fresh collection, and render all of its cards."""
    from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

    collection = Collection(str(folder / "collection.anki2"))
    try:
        request = ImportAnkiPackageRequest(package_path=str(package), options=ImportAnkiPackageOptions())
        collection.import_anki_package(request)
        found = []
        for id in collection.find_cards("", order="c.due, c.ord"):
            card = collection.get_card(id)
            output = card.render_output()
            kind = next(tag.removeprefix("kind::") for tag in card.note().tags if tag.startswith("kind::"))
            found.append(
                Card(
                    output.question_text,
                    output.answer_text,
                    output.css,
                    kind,
                    dict(card.note().items()),
                    folder / "collection.media",
                )
            )
        return found
    finally:
        collection.close()


@contextmanager
def chromium() -> Iterator[Any]:
    """A running Chromium."""
    from playwright.sync_api import sync_playwright

    needs_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield browser
        browser.close()


class World:
    """A client: a page that shows cards, one side after the other.

    `fresh` loads a new page for each side, as AnkiDroid does; otherwise one page shows all cards, as Anki's desktop
    program does, which puts each side into an element and runs its scripts. `blocked` takes the storage away, and
    `clock` makes time stand still.

    To open a page takes the browser longer than most tests take: one that a client before has closed, which had the
    same options, is emptied and used again.
    """

    _idle: ClassVar[dict[Any, list[tuple[Any, Any]]]] = {}

    def __init__(
        self,
        browser: Any,
        *,
        fresh: bool = False,
        blocked: bool = False,
        script: bool = True,
        night: bool = False,
        width: int = 390,
        clock: bool = False,
    ) -> None:
        self.fresh, self.night, self.script, self.clock = fresh or not script, night, script, clock
        self.options = (browser, blocked, script, width)
        idle = [] if clock else self._idle.setdefault(self.options, [])
        self.page, self.session = idle.pop() if idle else self._opened(*self.options)
        self.problems: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", self._failed)
        self.body = ""
        self.media: Path | None = None
        self.page.route("**/*", self._answer)
        if clock:
            self.page.clock.install()
        if not self.fresh:
            self.page.goto(f"{ORIGIN}/")

    @staticmethod
    def _opened(browser: Any, blocked: bool, script: bool, width: int) -> tuple[Any, Any]:
        context = browser.new_context(
            java_script_enabled=script, viewport={"width": width, "height": 844}, has_touch=width < 600
        )
        page = context.new_page()
        if blocked:
            page.add_init_script(
                "Object.defineProperty(window, 'sessionStorage', {get() { throw new DOMException('no') }})"
            )
        return page, context.new_cdp_session(page)

    def _said(self, message: Any) -> None:
        self.problems.append(message.text)

    def _failed(self, error: Any) -> None:
        self.problems.append(str(error))

    def _answer(self, route: Any) -> None:
        name = route.request.url.removeprefix(f"{ORIGIN}/")
        if not name:
            night = "nightMode night_mode" if self.night else ""
            html = (
                f'<!doctype html><html lang="en" class="{"night-mode" if self.night else ""}"><head><meta charset="utf-8">'
                '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Anki</title></head>'
                f'<body class="card card1 {night}"><main id="qa">{self.body}</main></body></html>'
            )
            route.fulfill(status=200, content_type="text/html; charset=utf-8", body=html)
        elif self.media and (self.media / unquote(name)).is_file():
            route.fulfill(path=self.media / unquote(name))
        else:
            self.problems.append(f"asked for {route.request.url}")
            route.abort()

    def show(self, side: str, css: str) -> None:
        """Show one side of a card."""
        body = f"<style>{css}</style>{side}"
        if self.fresh:
            self.body = body
            self.page.goto(f"{ORIGIN}/")
            return
        self.page.evaluate(
            """body => {
                const qa = document.getElementById("qa");
                qa.innerHTML = body;
                for (const old of qa.querySelectorAll("script")) {
                    const script = document.createElement("script");
                    script.textContent = old.textContent;
                    old.replaceWith(script);
                }
            }""",
            body,
        )

    def front(self, card: Card) -> None:
        """Show a card's front."""
        self.media = card.media
        self.show(card.front, card.css)

    def back(self, card: Card) -> None:
        """Show a card's back."""
        self.media = card.media
        self.show(card.back, card.css)

    def texts(self, selector: str = ".option .text") -> list[str]:
        """The texts of some elements, in their order on the card."""
        return [text.strip() for text in self.page.locator(selector).all_inner_texts()]

    def close(self) -> None:
        """Close the page; nothing may have been written to the console, nor asked for."""
        if self.clock:
            self.page.context.close()
        else:
            if self.script:
                self.page.evaluate("try { sessionStorage.clear() } catch {}")
            self.page.goto("about:blank")
            self.page.remove_listener("console", self._said)
            self.page.remove_listener("pageerror", self._failed)
            self.page.unroute_all()
            self._idle[self.options].append((self.page, self.session))
        assert not self.problems, self.problems

"""Cards in Anki's own desktop program, with no screen: what the reviewer shows, asks and remembers.

    python desktop.py DECK.apkg OUT CARDS.json [--night] [--size WIDTHxHEIGHT]

CARDS.json is a list of `{"search": ..., "act": ..., "keys": ...}`: an Anki search that finds one card, JavaScript to
run on its front, and digits to press with Alt. Writes OUT/result.json: `cards`, with what `ASK` gives on each side,
and `console`, with all that the pages wrote there. Saves NAME-front.png and NAME-back.png in OUT where a card has a
`name`. It runs in a process of its own, because Anki's program ends with it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ASK = """({
    order: [...document.querySelectorAll('.option .text')].map(e => e.innerText.trim()),
    picked: [...document.querySelectorAll('.option.picked .text')].map(e => e.innerText.trim()),
    yours: document.querySelectorAll('.yours').length,
    result: (document.querySelector('.result') || {innerText: null}).innerText,
    legend: (document.querySelector('legend') || {innerText: null}).innerText,
    body: document.body.className,
})"""
PAINT, POLL = 300, 20
"""Milliseconds: until a page has been painted, and from one look at a condition to the next."""
PATIENCE = 45
"""Seconds after which a condition will not come true."""
Step = str | int | Callable[[], object]
"""What to wait for: an expression that is true in the page, some milliseconds, or a function that gives true."""
STUCK = 3
"""The exit status where the program does not answer, which on a screen that is none it now and then does not."""


def main() -> None:
    """Run the program, and end with it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("package", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("cards", type=Path)
    parser.add_argument("--night", action="store_true")
    parser.add_argument("--size", default="900x900")
    options = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="anki-"))
    os.environ |= {
        "QT_QPA_PLATFORM": "offscreen",
        "QT_QUICK_BACKEND": "software",
        "QTWEBENGINE_DISABLE_SANDBOX": "1",
        "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox --disable-gpu",
        "ANKI_SINGLE_INSTANCE_KEY": f"test-{os.getpid()}",
        "XDG_RUNTIME_DIR": str(base),
    }
    base.chmod(0o700)
    options.out.mkdir(parents=True, exist_ok=True)

    import anki.lang

    anki.lang.set_lang("en_US")
    import aqt
    from aqt import gui_hooks
    from aqt.qt import QTimer

    prepare(base, options.package)
    gui_hooks.main_window_did_init.append(lambda: QTimer.singleShot(PAINT, lambda: drive(options)))
    sys.argv = ["anki", "-b", str(base), "-p", "User 1"]
    try:
        aqt.run()
    finally:
        shutil.rmtree(base, ignore_errors=True)


def prepare(base: Path, package: Path) -> None:
    """Make a profile whose collection holds the package."""
    from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
    from aqt.profiles import ProfileManager

    profiles = ProfileManager(base)
    profiles.setupMeta()
    quiet = {"firstRun": False, "updates": False, "suppressUpdate": True, "check_for_updates": False}
    profiles.meta.update(defaultLang="en_US", **quiet)
    profiles.create("User 1")
    profiles.db.execute("update profiles set data = ? where name = ?", profiles._pickle(profiles.meta), "_global")
    profiles.db.commit()
    (base / "User 1").mkdir(exist_ok=True)
    collection = Collection(str(base / "User 1" / "collection.anki2"))
    request = ImportAnkiPackageRequest(package_path=str(package.resolve()), options=ImportAnkiPackageOptions())
    collection.import_anki_package(request)
    collection.close()


def drive(options: argparse.Namespace) -> None:
    """Walk through the cards, and wait after each step for what it says."""
    import aqt
    from aqt.qt import QTimer
    from aqt.theme import Theme
    from aqt.webview import AnkiWebPage

    console: list[str] = []
    window = aqt.mw

    def listen(page: Any, level: Any, message: str, line: int, source: str) -> None:
        # The bars above and below the card are Anki's affair.
        if page is window.reviewer.web.page():
            console.append(message)

    AnkiWebPage.javaScriptConsoleMessage = listen
    window.resize(*map(int, options.size.split("x")))
    window.set_theme(Theme.DARK if options.night else Theme.LIGHT)
    found: list[dict[str, Any]] = []
    steps = walk(window, json.loads(options.cards.read_text()), options.out, found, options.night)
    deadline = time.monotonic() + PATIENCE
    waiting = ""

    # Anki puts something of its own in the place of standard error, which shows a window for what is written there.
    def watch() -> None:
        # Apart from the page, which may be what does not answer.
        if time.monotonic() > deadline:
            print(f"not within {PATIENCE} s: {waiting}", file=sys.__stderr__, flush=True)
            os._exit(STUCK)

    clock = QTimer(window)
    clock.timeout.connect(watch)
    clock.start(1000)

    def advance() -> None:
        nonlocal deadline
        try:
            wanted = next(steps)
        except StopIteration:
            result = json.dumps({"cards": found, "console": console}, ensure_ascii=False)
            (options.out / "result.json").write_text(result, encoding="utf-8")
            os._exit(0)
        except Exception as error:
            print(f"{type(error).__name__}: {error}", file=sys.__stderr__, flush=True)
            os._exit(1)
        deadline = time.monotonic() + PATIENCE
        wait(wanted)

    def wait(wanted: Step) -> None:
        nonlocal waiting
        waiting = str(wanted)
        if isinstance(wanted, int):
            QTimer.singleShot(wanted, advance)
            return
        again = lambda value: QTimer.singleShot(POLL, advance if value else lambda: wait(wanted))  # noqa: E731
        if isinstance(wanted, str):
            window.reviewer.web.evalWithCallback(wanted, again)
        else:
            again(wanted())

    QTimer.singleShot(PAINT, advance)


def walk(
    window: Any, cards: list[dict[str, str]], out: Path, found: list[dict[str, Any]], night: bool
) -> Iterator[Step]:
    """Study each card: its front, what is done there, its back."""
    from aqt.qt import QApplication, QEvent, QKeyEvent, Qt

    reviewer, scheduler = window.reviewer, window.col.sched
    shown = "!!document.querySelector('#qa .ankigen:not([data-seen])')"
    shown += f" && document.body.classList.contains('nightMode') === {str(night).lower()}"
    shown += " && document.getElementById('qa').style.opacity === '1'"
    seen = "document.querySelector('#qa .ankigen').setAttribute('data-seen', '')"
    picked = "document.querySelectorAll('.option.picked').length === {}"
    for card in cards:
        (id,) = window.col.find_cards(card["search"])
        scheduler.suspend_cards([other for other in window.col.find_cards("") if other != id])
        scheduler.unsuspend_cards([id])
        window.col.decks.set_current(window.col.get_card(id).did)
        window.moveToState("overview")
        yield POLL
        window.moveToState("review")
        yield shown
        reviewer.web.eval(seen)
        reviewer.web.eval(card.get("act", ""))
        for number, digit in enumerate(card.get("keys", ""), 1):
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                code = Qt.Key(int(Qt.Key.Key_0) + int(digit))
                event = QKeyEvent(kind, code, Qt.KeyboardModifier.AltModifier, 9 + int(digit), 0, 0, digit)
                QApplication.sendEvent(reviewer.web.focusProxy(), event)
            yield picked.format(number)
        sides: dict[str, Any] = {}
        found.append(sides)
        reviewer.web.evalWithCallback(ASK, lambda value, sides=sides: sides.update(front=value))
        yield lambda sides=sides: "front" in sides
        if "name" in card:
            yield PAINT
            window.grab().save(str(out / f"{card['name']}-front.png"))
        reviewer._showAnswer()
        yield shown
        reviewer.web.eval(seen)
        reviewer.web.evalWithCallback(ASK, lambda value, sides=sides: sides.update(back=value))
        yield lambda sides=sides: "back" in sides
        if "name" in card:
            yield PAINT
            window.grab().save(str(out / f"{card['name']}-back.png"))
        window.moveToState("deckBrowser")
        yield POLL


if __name__ == "__main__":
    main()

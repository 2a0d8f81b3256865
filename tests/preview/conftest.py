"""A Chromium, and previews to look at with it."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DATA, REPOSITORY

PATIENCE = 60  # seconds, on a machine that has much else to do


class Preview:
    """A run of `ankigen preview` of a folder; it has been waited for, and `url` is where it is."""

    def __init__(self, root: Path, *arguments: str) -> None:
        self.root = root
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ankigen", "preview", root, "--port", "0", "--no-open", "--no-cache", *arguments],
            text=True, encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(REPOSITORY)},
        )  # fmt: skip
        self.lines: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()
        first = ""
        try:
            first = self.lines.get(timeout=PATIENCE)
        finally:
            if not first.startswith("Preview of "):
                self.process.kill()
                self._close()
        assert first.startswith("Preview of "), first
        self.url = first.partition(": ")[2].split()[0]

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)

    def end(self) -> None:
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(timeout=PATIENCE)
        self._close()
        assert status == 130

    def _close(self) -> None:
        self.process.wait()
        self.reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Callable[..., Preview]]:
    """Starts a preview of a copy of a deck, of one in tests/data/decks by its name or of a folder, and ends it."""
    begun: list[Preview] = []

    def begin(deck: str | Path, *arguments: str) -> Preview:
        source = DATA / "decks" / deck if isinstance(deck, str) else deck
        begun.append(Preview(shutil.copytree(source, tmp_path / "previewed" / source.name), *arguments))
        return begun[-1]

    yield begin
    for each in begun:
        each.end()


class Reader:
    """Someone who looks at pages: nothing may go wrong in them, and nothing may be asked for elsewhere."""

    def __init__(self, browser: Any, *, width: int = 1280, dark: bool = False, script: bool = True) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        self.page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("console", lambda message: self.problems.append(message.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("dialog", self._dialog)
        self.context.on("request", self._request)
        self.homes: set[str] = set()

    def _dialog(self, dialog: Any) -> None:
        self.problems.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        if not request.url.startswith((*self.homes, "data:", "about:", "blob:")):
            self.problems.append(f"asked for {request.url}")

    def open(self, home: str, path: str = "index.html") -> Any:
        """Open a page of a site; gives the page."""
        self.homes.add(home)
        self.page.goto(home + path)
        return self.page

    def close(self) -> None:
        self.context.close()
        assert not self.problems, self.problems


@pytest.fixture
def reader(browser: Any) -> Iterator[Callable[..., Reader]]:
    """Opens readers, and closes them in the end."""
    opened: list[Reader] = []

    def open_(**options: Any) -> Reader:
        opened.append(Reader(browser, **options))
        return opened[-1]

    yield open_
    for each in opened:
        each.close()

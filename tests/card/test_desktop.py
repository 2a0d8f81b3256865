"""The choice card in Anki's own desktop program: order, pick and score, and nothing on the console."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.card.desktop import STUCK
from tests.conftest import DATA, pack

PROGRAM = Path(__file__).parent / "desktop.py"
PICK = "document.querySelectorAll('.option input')[{}].click()"
CARDS: list[dict[str, str]] = [
    {"search": "ID:gallery/retransmission", "act": PICK.format(0)},
    {"search": "ID:gallery/retransmission", "act": PICK.format(2)},
    {"search": "ID:gallery/reliable-parts", "keys": "135"},
    {"search": "ID:gallery/reliable-parts", "act": "document.querySelectorAll('.strike')[1].click()", "keys": "4"},
    {"search": "ID:gallery/in-order", "keys": "2"},
    {"search": "ID:gallery/in-order"},
    {"search": "ID:gallery/retransmission"},
    {"search": "ID:gallery/picture"},
    {"search": "ID:gallery/gap card:1"},
    {"search": "ID:gallery/tcp/windows"},
    {"search": "ID:gallery/tcp note:Concept*"},
]
RIGHT = {
    "All bytes in order, after a pause",
    *("Sequence numbers", "Acknowledgements", "Retransmission timers", "20 bytes"),
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    check = "import aqt; from PyQt6 import QtWebEngineWidgets"
    found = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    if found.returncode:
        message = f"Anki's desktop program cannot run here: {found.stderr.strip().splitlines()[-1]}"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return pack(DATA / "decks/gallery", tmp_path_factory.mktemp("desktop") / "gallery.apkg")


def study(package: Path, out: Path, *arguments: str) -> dict[str, Any]:
    """Let Anki's program show the cards; gives what it saw."""
    cards = out / "cards.json"
    cards.write_text(json.dumps(CARDS))
    # What a session sets for a screen of its own must not reach it.
    env = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "DISPLAY", "WAYLAND"))}
    command = [sys.executable, PROGRAM, package, out, cards, *arguments]
    for _ in range(4):
        # Anki's program does not always start without a screen. What it says once it does is what counts.
        try:
            result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=env)
        except subprocess.TimeoutExpired:
            continue
        if result.returncode != STUCK:
            break
    assert result.returncode == 0, result.stderr[-2000:]
    return json.loads((out / "result.json").read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.xdist_group("desktop")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_chosen_on_the_front_is_marked_on_the_back(theme: str, package: Path, tmp_path: Path) -> None:
    seen = study(package, tmp_path, *(["--night"] if theme == "dark" else []))
    # MathJax, which is Anki's own, says something of itself.
    assert not [line for line in seen["console"] if "component [tex]" not in line]
    assert len(seen["cards"]) == len(CARDS)
    for card, given in zip(seen["cards"], CARDS, strict=True):
        front, back = card["front"], card["back"]
        assert ("nightMode" in front["body"]) == (theme == "dark")
        assert back["order"] == front["order"]
        assert back["picked"] == front["picked"]
        assert back["yours"] == len(front["picked"])
        assert (len(front["picked"]) > 0) == ("keys" in given or "input" in given.get("act", ""))
        picked, right = set(front["picked"]), RIGHT.intersection(front["order"])
        if not picked:
            assert not back["result"]
        elif picked == right:
            assert back["result"] == "✓ Correct"
        elif len(right) == 1:
            assert back["result"] == "✗ Not correct"
        else:
            assert back["result"] == f"{len(picked & right)} of {len(right)} correct"
    orders = [
        card["front"]["order"]
        for card, given in zip(seen["cards"], CARDS, strict=True)
        if "order" in given["search"]
    ]
    assert orders == [["8 bytes", "20 bytes", "40 bytes"]] * 2

"""Content that tries to run a script, in every field that there is: none runs, on any page, by any way to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ankigen, write_tree
from tests.preview.conftest import Preview, Reader

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.slow]

RUN = "console.log('RUN ' + location)"
ATTACKS = [
    f"<script>{RUN}</script>",
    f'<img src=x onerror="{RUN}">',
    f'"><svg onload="{RUN}">',
    f"'-{RUN}-'",
    f"</script><script>{RUN}</script>",
    f"</title></textarea></style><script>{RUN}</script>",
    f"[link](javascript:{RUN})",
    f"![picture](javascript:{RUN})",
    f'<a href="javascript:{RUN}">a</a><iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    f'<details open ontoggle="{RUN}"><math><mtext></mtext></math></details>',
    "{{ ''.__class__ }} {% raw %} {{{{Front}}}} [sound:x' onerror='a.mp3]",
    "![p](evil.svg) ![q](x.y'onerror='z.png)",
]
ATTACK = " ".join(ATTACKS)
LABEL = f'"><img src=x onerror="{RUN}"><script>{RUN}</script>'  # a word of the cards is short, and holds no line
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="{RUN}"><script>{RUN}</script></svg>'


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


TREE: dict[str, str | bytes] = {
    "deck.yaml": f"""format: 1
id: evil
title: {quoted(ATTACK)}
description: {quoted(ATTACK)}
authors: [{quoted(ATTACK)}]
license: {quoted(ATTACK)}
homepage: {quoted("https://x.org/'><script>" + RUN.replace(" ", "") + "</script>")}
topics:
  t: {{title: {quoted(ATTACK)}, weight: 100}}
cards:
  concept: both
  labels:
    explanation: {quoted(LABEL)}
    hint: {quoted(LABEL)}
    score: {quoted(LABEL + " {n} {m}")}
    your_answer: {quoted(LABEL)}
""",
    "concepts/a.yaml": f"""id: a
title: {quoted(ATTACK)}
topic: t
summary: {quoted(ATTACK)}
overview:
  - {{id: p, heading: {quoted(ATTACK)}, prompt: {quoted(ATTACK)}, body: {quoted(ATTACK)}}}
references:
  - {{url: {quoted("https://x.org/'onclick='" + RUN.replace(" ", ""))}, title: {quoted(ATTACK)}}}
""",
    "questions/q.yaml": f"""concept: a
difficulty: easy
questions:
  - id: choice
    stem: {quoted(ATTACK)}
    hint: {quoted(ATTACK)}
    options:
      - {{text: {quoted("x " + ATTACK)}, correct: true, why: {quoted(ATTACK)}}}
      - {{text: {quoted("y " + ATTACK)}, why: {quoted(ATTACK)}}}
    explanation: {quoted(ATTACK)}
  - id: recall
    stem: {quoted(ATTACK)}
    answer: {quoted(ATTACK)}
  - id: cloze
    cloze: {quoted("{{c1::" + ATTACK.replace("{{", "").replace("}}", "") + "::" + "<b onclick=x>}}")}
""",
    "questions/broken.yaml": f"concept: {quoted(ATTACK)}\nquestions: {quoted(ATTACK)}\n",
    "questions/worse.yaml": f"a: {quoted(ATTACK)}: [\n",
    "media/evil.svg": SVG,
    "media/x.y'onerror='z.png": SVG,
}  # fmt: skip


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "deck", TREE)


def looked_at(page: Any) -> None:
    """Open and click all that can be, but for what leads elsewhere."""
    for frame in page.frames:
        for summary in frame.locator("summary").all():
            if summary.is_visible():
                summary.click()
    for flip in page.locator(".flip").all():
        flip.click()
    page.wait_for_load_state("networkidle")
    for frame in page.frames:
        for link in frame.locator("a[href]").all():
            address = link.get_attribute("href").strip().lower()
            assert not address.startswith(("javascript:", "data:", "vbscript:")), address
        assert not frame.evaluate(
            "[...document.querySelectorAll('*')].flatMap(each => [...each.attributes]).map(each => each.name).filter(name => name.startsWith('on'))"
        )


@pytest.mark.parametrize("way", ["served", "from the disk"])
def test_no_script_runs(
    way: str, deck: Path, preview: Callable[..., Preview], reader: Callable[..., Reader], tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    result = ankigen("preview", deck, "--out", folder)
    assert result.returncode == 0, result.stderr
    home = preview(deck).url if way == "served" else f"{folder.as_uri()}/"
    looking = reader()
    paths = sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*.html"))
    assert {path.partition("/")[0] for path in paths} >= {
        "index.html",
        "findings.html",
        "numbers.html",
        "concepts",
        "cards",
        "frames",
    }
    for path in paths:
        page = looking.open(home, path)
        looked_at(page)
        said = [problem for problem in looking.problems if not is_refusal(problem)]
        assert not said, (path, said)
        looking.problems.clear()


def is_refusal(problem: str) -> bool:
    """Whether a browser only says what the policy kept from running."""
    return "Content Security Policy" in problem or "Content-Security-Policy" in problem


def test_no_picture_can_be_opened_as_a_document(deck: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    assert ankigen("preview", deck, "--out", folder).returncode == 0
    # A PNG that is none is no document either: browsers go by the name, and our server says so as well.
    assert not list(folder.rglob("*.svg"))

"""Pages of odd content: they are made, quickly, whatever the author wrote and however a folder is called."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ankigen.lint.engine import check
from ankigen.lint.read import Making
from ankigen.preview.deck import Looking
from ankigen.preview.editor import EDITORS
from ankigen.preview.pages import Site
from ankigen.source.discover import Target
from tests.conftest import MINIMAL, write_tree

HEAD = "concept: a\ndifficulty: easy\nquestions:\n"


def site_of(root: Path) -> Site:
    looking = Looking()
    (checked,) = check([Target(root)], making=Making(looking.name, looking))
    return Site(checked, EDITORS["vscode"], live=True)


def bodies(site: Site) -> Iterator[str]:
    """The text of every page of HTML."""
    for path in site.paths():
        page = site.page(path)
        assert page is not None
        if path.endswith(".html"):
            yield page.body.decode()


@pytest.mark.parametrize(
    "cloze",
    [
        "".join(f"{{{{c{number}::x}}}}" for number in range(1, 1_401)),
        ("{{c1::" * 10 + "x" + "}}" * 10) * 220,
        "::" * 9_900 + "{{c1::x}}",
        "{{c1::x}}" + "$" * 19_000,
        "{{c1::x}}" + "\\\\(" * 6_000,
    ],
    ids=["gaps", "nested", "colons", "dollars", "formulas"],
)
def test_a_long_cloze_is_shown_in_little_time(cloze: str, tmp_path: Path) -> None:
    file = f"{HEAD}  - id: q\n    cloze: '{cloze}'\n"
    site = site_of(write_tree(tmp_path / "deck", {**MINIMAL, "questions/q.yaml": file}))
    started = time.process_time()
    assert sum(map(len, bodies(site))) < 100_000_000
    assert time.process_time() - started < 15


def test_of_many_gaps_the_first_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    file = f"{HEAD}  - id: q\n    cloze: '{''.join(f'{{{{c{number}::x}}}}' for number in range(1, 37))}'\n"
    site = site_of(write_tree(tmp_path / "deck", {**MINIMAL, "questions/q.yaml": file}))
    for path in ("concepts/a.html", "cards/a.html"):
        page = site.page(path)
        assert page is not None
        assert page.body.decode().count("It makes 6 more cards, which are not shown here.") == 1
    assert sum(path.startswith("frames/cloze/q/") for path in site.paths()) == 30


def test_names_that_are_no_text_are_shown_and_lead_to_the_editor(tmp_path: Path) -> None:
    folder = os.fsdecode(b"deck\xff")
    root = write_tree(tmp_path / folder, {**MINIMAL, os.fsdecode(b"questions/\xfe.yaml"): "questions: 1.10\n"})
    pages = list(bodies(site_of(root)))
    assert any("questions/\\udcfe.yaml:1" in page for page in pages)
    assert any("/deck%FF/questions/%FE.yaml:1:" in page for page in pages)
    (root / "deck.yaml").write_text("", encoding="utf-8")
    assert any("deck\\udcff" in page for page in bodies(site_of(root)))

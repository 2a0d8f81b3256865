"""What the tests share: content roots from text, the program as a process, and Anki's own backend."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from ankigen.card.notes import DeckNotes, Rendering, notes_of
from ankigen.lint.engine import Checked, check
from ankigen.lint.read import Making
from ankigen.package import apkg
from ankigen.package.release import release
from ankigen.source.discover import Target
from tests import program

# No deadlines, which a busy machine would break; and in CI the same examples on every run.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# What is in the user's own cache is no concern of tests, and what tests leave is none of the user's.
os.environ["ANKIGEN_CACHE_DIR"] = os.devnull + "/none"

REPOSITORY = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data"

DECK = "format: 1\nid: d\ntitle: D\n"
CONCEPT = "id: a\ntitle: A\noverview: [{heading: H, body: x}]\n"
QUESTION = "questions:\n  - {id: q, concept: a, difficulty: easy, stem: What?, answer: It.}\n"
MINIMAL = {"deck.yaml": DECK, "concepts/a.yaml": CONCEPT, "questions/q.yaml": QUESTION}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Slow tests first, so that the workers share them out."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    for item in items:
        # As pytest-xdist 3.8 does, which writes it where pytest 9.2 no longer looks; without it, each worker
        # makes the same environments anew.
        if (group := item.get_closest_marker("xdist_group")) and "@" not in item.nodeid and hasattr(item, "_id"):
            item._id = type(item._id).parse(f"{item.nodeid}@{group.args[0]}")


def write_tree(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder."""
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes a content root named `content` in the working folder, of the minimal deck and what is given."""
    monkeypatch.chdir(tmp_path)

    def make(files: Mapping[str, str | bytes] = {}, *, minimal: bool = True) -> Path:
        write_tree(tmp_path / "content", {**(MINIMAL if minimal else {}), **files})
        return Path("content")

    return make


def checked(root: Path) -> Checked:
    """Check one root, and keep what its files hold (`made`)."""
    return check([Target(root)], making=Making("", lambda file, deck: file))[0]


def notes(root: Path, *, drafts: bool = False) -> DeckNotes:
    """The notes that a root without errors makes."""
    result = check([Target(root)], making=Making("", Rendering(drafts=drafts)))[0]
    assert not result.errors, result.diagnostics
    assert result.deck is not None
    return notes_of(result.deck, result.made, drafts=drafts)


def pack(root: Path, file: Path, now: int = 1_700_000_000, **options: bool) -> Path:
    """Write a root's package as `ankigen build` does at a second, and leave its lock as it is."""
    apkg.write(release(notes(root, **options), now), file).draft.keep()
    return file


def copy_of(root: Path, folder: Path) -> Path:
    """A copy of a content root in a folder: a build writes into it."""
    return shutil.copytree(root, folder / root.name)


def first_concept(folder: Path) -> Path:
    """A content root named `content` in a folder: of the shipped deck, the concept that it began with."""
    root = copy_of(REPOSITORY / "content", folder)
    for file in (*root.glob("concepts/*"), *root.glob("questions/*"), root / "deck.lock"):
        if file.stem != "aws-kms-encryption":
            file.unlink()
    deck = root / "deck.yaml"
    deck.write_text(re.sub(r"^  (?!security)\w+:\n    .*\n    .*\n", "", deck.read_text(), flags=re.MULTILINE))
    return root


def ankigen(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] = {},
    timeout: float = 60,
    stdin_text: str | None = None,
    **options: object,
) -> subprocess.CompletedProcess[str]:
    """Run the program as its user does, and give what came of it. No run may ever show a traceback.

    Python itself is started anew only where a variable or an option (`fresh=True`, or one of subprocess.run) asks
    for what is settled at its start, such as the seed of hashes.
    """
    given = list(map(str, arguments))
    whole = {**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(REPOSITORY), **env}
    if options or any(name.startswith(("PYTHON", "LC_", "LANG")) for name in env):
        options.pop("fresh", None)
        result = subprocess.run(
            [sys.executable, "-m", "ankigen", *given],
            cwd=cwd,
            env=whole,
            capture_output=True,
            input=stdin_text,
            encoding="utf-8",
            timeout=timeout,
            check=False,
            **options,  # type: ignore[call-overload]
        )
    else:
        result = program.run(given, cwd, whole, stdin_text=stdin_text, timeout=timeout)
    assert "Traceback" not in result.stderr, result.stderr
    assert "fault in ankigen" not in result.stderr, result.stderr
    return result


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A running Chromium: one for all tests of a process, for which Playwright can be started once only."""
    from tests.card.browser import chromium

    with chromium() as running:
        yield running


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[object]:
    """An empty collection of Anki's own backend."""
    pytest.importorskip("anki")
    from anki.collection import Collection

    collection = Collection(str(tmp_path / "collection.anki2"))
    yield collection
    collection.close()


def import_apkg(collection: object, file: Path, *, merge: bool = False) -> dict[str, int]:
    """Import a package as Anki's File > Import does, and give the number of notes by what became of them.

    `merge` ticks "Merge note types".
    """
    from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest

    options = ImportAnkiPackageOptions(merge_notetypes=merge)
    request = ImportAnkiPackageRequest(package_path=str(file), options=options)
    log = collection.import_anki_package(request).log  # type: ignore[attr-defined]
    fields = (
        "new",
        "updated",
        "duplicate",
        "conflicting",
        "first_field_match",
        "missing_notetype",
        "missing_deck",
    )
    return {name: len(getattr(log, name)) for name in (*fields, "empty_first_field")}

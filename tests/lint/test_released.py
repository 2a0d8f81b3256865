"""The linter and the build agree on which notes the content makes, and a rename is seen as one."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ankigen.lint.released import Made, compare, made_in
from ankigen.lock import Lock
from ankigen.package.release import key_of, release
from tests.conftest import checked, notes
from tests.test_releases import Author

STATUSES = ["draft", "ready", "ready", "retired"]


def lock(root: Path) -> Lock:
    """Build a root's lock, as `ankigen build` does."""
    made = release(notes(root), 1_700_000_000).lock
    (root / "deck.lock").write_text(str(made), encoding="utf-8")
    return made


@pytest.mark.parametrize("seed", range(30))
def test_the_linter_knows_the_notes_that_a_build_makes(seed: int, tmp_path: Path) -> None:
    """Whatever is a draft, retired, or makes no card by the deck's settings."""
    rng = random.Random(seed)
    author = Author(seed, tmp_path / "content")
    author.deck["cards"] = {"concept": rng.choice(["page", "sections", "both", "none"])}
    for item in (
        *author.concepts,
        *author.questions,
        *(part for each in author.concepts for part in each["overview"]),
    ):
        item["status"] = rng.choice(STATUSES)
    author.questions[0]["status"] = author.concepts[0]["status"] = "ready"
    author.questions[0]["concept"] = author.concepts[0]["id"]
    author.save()
    made = lock(tmp_path / "content")
    result = checked(tmp_path / "content")
    deck = result.deck
    assert deck is not None
    found = [fact for file in result.made for fact in made_in(file, deck)]
    planned = [each for each in found if isinstance(each, Made)]
    assert not any(each.fresh for each in planned if each.key in made.notes)
    everything = {key_of(note) for note in notes(tmp_path / "content", drafts=True).notes}
    assert {each.key for each in planned} == everything
    # What is no draft is there; what is one, alone or by its concept, would be missed.
    every = Lock(
        deck.id,
        {key: made.notes.get(key, next(iter(made.notes.values()))) for key in everything},
        {},
        made.source,
    )
    ready = {key for key, entry in every.notes.items() if not entry.retired}
    difference = compare(found, replace(deck, lock=every))
    assert ready - set(difference.vanished) == {key for key in made.notes if not made.notes[key].retired}


def test_a_renamed_concept_takes_its_parts_along(root: Callable[..., Path]) -> None:
    def concept(id: str, part: str) -> str:
        return f"id: {id}\ntitle: Keys\noverview: [{{id: {part}, heading: H, prompt: Which?, body: These two.}}]\n"

    content = root(
        {
            "concepts/old.yaml": concept("old", "keys"),
            "questions/q.yaml": "questions:\n  - {id: q, concept: a, difficulty: easy, stem: W?, answer: I.}\n",
        }
    )
    lock(content)
    (content / "concepts/old.yaml").unlink()
    (content / "concepts/new.yaml").write_text(concept("new", "keys"))
    (found,) = [each for each in checked(content).diagnostics if each.severity == "error"]
    assert (found.rule, found.location.path) == ("id-changed", "content/concepts/new.yaml")
    (content / "concepts/new.yaml").write_text("aliases: [old]\n" + concept("new", "keys"))
    assert not checked(content).errors
    # A part that moves to another concept says where it was.
    (content / "concepts/new.yaml").write_text(
        "aliases: [old]\nid: new\ntitle: Keys\noverview: [{heading: Locks, body: Those.}]\n"
    )
    (content / "concepts/b.yaml").write_text(
        "id: b\ntitle: B\noverview: [{id: k, heading: H, prompt: Which?, body: These two.}]\n"
    )
    (found,) = [each for each in checked(content).diagnostics if each.severity == "error"]
    assert "aliases: [old/keys]" in found.help
    (content / "concepts/b.yaml").write_text(
        "id: b\ntitle: B\noverview: [{id: k, aliases: [old/keys], heading: H, prompt: Which?, body: These two.}]\n"
    )
    assert not checked(content).errors


def test_what_could_stand_in_a_file_that_cannot_be_read_has_not_vanished(root: Callable[..., Path]) -> None:
    content = root()
    lock(content)
    (content / "questions/q.yaml").write_text("questions: [\n")
    assert {each.rule for each in checked(content).diagnostics} == {"syntax-error"}

"""docs/releases.md: its commands are typed as they stand there, in a repository whose author does what the page says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import genanki
import pytest
import yaml

from tests.conftest import REPOSITORY, first_concept

PAGE = (REPOSITORY / "docs/releases.md").read_text(encoding="utf-8")
QUESTIONS = "content/questions/aws-kms-encryption.yaml"
CONCEPT = "content/concepts/aws-kms-encryption.yaml"
EXTRA = """\
questions:
  - id: kms-encrypt-limit
    concept: aws-kms-encryption
    difficulty: easy
    cloze: KMS's Encrypt takes at most {{c1::4 KB}} of data in one call.
    explanation: Larger data is encrypted with a data key.
"""


def blocks(heading: str, language: str = "sh") -> list[str]:
    """The blocks of a section, without those of the sections below it."""
    section = re.split(r"^##+ ", PAGE.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


class Author:
    """Someone with a folder, a terminal and git."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "work"
        bin = folder / "bin"
        for each in (self.folder, bin):
            each.mkdir()
        # As an installed ankigen would be, but that of this checkout.
        program = bin / "ankigen"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m ankigen "$@"\n')
        program.chmod(0o755)
        clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT")}
        who = {
            f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        self.env = clean | who | {
            "PATH": f"{bin}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(REPOSITORY),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "NO_COLOR": "1",
        }  # fmt: skip
        first_concept(self.folder)
        self.type("git init --quiet --initial-branch main")

    def try_to(self, script: str) -> subprocess.CompletedProcess[str]:
        """Type lines until one fails."""
        return subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    def type(self, script: str) -> str:
        """Type lines that must not fail, and give what they print."""
        result = self.try_to(script)
        assert result.returncode == 0, result.stdout
        return result.stdout

    def edit(self, old: str, new: str, file: str = QUESTIONS) -> None:
        """Replace a text that stands once in a file."""
        text = (self.folder / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, old
        (self.folder / file).write_text(text.replace(old, new), encoding="utf-8")

    def lock(self) -> str:
        return (self.folder / "content/deck.lock").read_text(encoding="utf-8")

    def is_locked(self) -> bool:
        return self.try_to("ankigen lock --check content").returncode == 0


@pytest.fixture
def author(tmp_path: Path) -> Author:
    """The author after the first release, as the page makes it."""
    author = Author(tmp_path)
    (first,) = blocks("Your first release")
    author.type(first)
    return author


def test_the_next_release_is_shown_tried_and_the_same_for_everyone(author: Author) -> None:
    pytest.importorskip("anki")
    author.edit("handles max 4 KB", "handles at most 4 KB", CONCEPT)
    look, commit, verify, notes = blocks("Every release after that")
    (shown,) = blocks("Every release after that", "text")
    assert shown in author.type(look)
    author.type(commit)
    assert author.type("git status --porcelain --untracked-files=no") == ""
    assert author.type(verify).endswith("No harm.\n")
    author.type(notes)
    assert "at most" in (author.folder / "notes.md").read_text(encoding="utf-8")
    (check,) = blocks("The same commit, the same file")
    author.type(check)


def test_a_conflict_ends_when_the_marks_are_deleted(author: Author) -> None:
    for branch, old, new in (
        ("one", "handles max 4 KB", "handles at most 4 KB"),
        ("two", "Free, auto-rotated", "Free and auto-rotated"),
    ):
        author.type(f"git checkout --quiet -b {branch} v1.0.0")
        author.edit(old, new, CONCEPT)
        author.type(f"ankigen lock content; git commit --quiet -am {branch}")
    assert "CONFLICT (content): Merge conflict in content/deck.lock" in author.try_to("git merge one").stdout
    (shown,) = blocks("When two people changed the same card", "text")
    marks = r"^concept (\S+)\n<{7} .*\n.*\n={7}\n.*\n>{7} .*\n"
    for text in (shown, author.lock()):
        assert re.search(marks, text, re.MULTILINE)
    lines = author.lock().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(("<<<<<<<", "=======", ">>>>>>>"))]
    assert len(lines) == len(kept) + 3
    (author.folder / "content/deck.lock").write_text("".join(kept))
    (merge,) = blocks("When two people changed the same card")
    author.type(merge)
    assert author.is_locked()
    assert author.type("git status --porcelain --untracked-files=no") == ""


def test_a_lost_lock_comes_back_from_the_last_release(author: Author) -> None:
    before = author.lock()
    (author.folder / "content/deck.lock").unlink()
    (adopt,) = blocks("When it is lost")
    assert "  changes    none\n" in author.type(adopt)
    assert author.lock() == before


def test_an_id_that_was_changed_is_found_and_gets_its_alias(author: Author) -> None:
    entry, shown = blocks("Rename", "yaml")[0], blocks("Rename", "text")[0]
    new, old = yaml.safe_load(entry)[0]["id"], yaml.safe_load(entry)[0]["aliases"][0]
    author.edit(f"id: {old}", f"id: {new}")
    assert shown in author.try_to("ankigen lint content").stdout
    (mend,) = blocks("Rename")
    author.type(mend)
    assert yaml.safe_load(entry)[0].items() <= questions(author)[new].items()
    assert author.is_locked()


def questions(author: Author) -> dict[str, dict[str, object]]:
    text = (author.folder / QUESTIONS).read_text(encoding="utf-8")
    return {each["id"]: each for each in yaml.safe_load(text)["questions"]}


def test_a_part_takes_its_history_along(author: Author) -> None:
    (concept,) = blocks("Split a concept", "yaml")
    text = (author.folder / CONCEPT).read_text(encoding="utf-8")
    start, end = text.index("  - id: s3-encryption\n"), text.index("  - id: kms-key-policies\n")
    (author.folder / CONCEPT).write_text(text[:start] + text[end:], encoding="utf-8")
    body = text[start:end].partition("    body:")[2].rstrip()
    (author.folder / "content/concepts/s3-encryption.yaml").write_text(f"{concept}    body:{body}\n")
    made = author.type("ankigen build content -o next.apkg")
    assert "  changes    1 new, 8 changed, 5 as before\n" in made
    assert "section s3-encryption/" not in author.lock()


def test_retired_then_deleted(author: Author) -> None:
    (entry,) = blocks("Retire, then delete", "yaml")
    id = yaml.safe_load(entry)[0]["id"]
    author.edit(f"  - id: {id}\n", entry)
    assert "1 retired" in author.type("ankigen build content -o next.apkg")
    text = (author.folder / QUESTIONS).read_text(encoding="utf-8")
    parts = re.split(r"^(?=  - id: )", text, flags=re.MULTILINE)
    (author.folder / QUESTIONS).write_text("".join(part for part in parts if not part.startswith(entry)))
    assert "  changes    none\n" in author.type("ankigen build content -o last.apkg")
    assert f"choice {id}\n" in author.lock()


def test_what_was_never_handed_out_is_forgotten(author: Author) -> None:
    (forget,) = blocks("Retire, then delete")
    extra = author.folder / "content/questions/extra.yaml"
    extra.write_text(EXTRA)
    author.type("ankigen lock content")
    extra.unlink()
    assert "I012" in author.try_to("ankigen lint content").stdout
    author.type(forget)
    author.type("ankigen lint content")
    assert "kms-encrypt-limit" not in author.lock()


def test_a_deck_from_elsewhere_is_taken_over(author: Author) -> None:
    """A script made it with plain genanki: GUIDs and note types are other ones, and the first fields are the stems."""
    pytest.importorskip("anki")
    elsewhere = genanki.Deck(1, "D")
    basic = genanki.BASIC_MODEL
    for question in questions(author).values():
        elsewhere.add_note(genanki.Note(basic, [question["stem"], "An answer."]))
    genanki.Package(elsewhere).write_to_file(author.folder / "aws-dva-c02-1.0.0.apkg", timestamp=1_600_000_000)
    adopt, verify = blocks("A deck that was published by other means")
    author.type("rm content/deck.lock")
    printed = author.type(adopt)
    assert "  by text    5 notes\n" in printed
    assert "Merge note types" in " ".join(printed.replace("“", "").replace("”", "").split())
    assert author.type(verify).endswith("No harm.\n")


def make_recall(author: Author) -> None:
    extra = author.folder / "content/questions/extra.yaml"
    extra.write_text(EXTRA)
    author.type("ankigen lock content")
    extra.write_text(re.sub("cloze: .*", "stem: How much data does Encrypt take?\n    answer: 4 KB.", EXTRA))


def delete_last(author: Author) -> None:
    text = (author.folder / QUESTIONS).read_text(encoding="utf-8")
    (author.folder / QUESTIONS).write_text(text[: text.rindex("  - id: ")], encoding="utf-8")


def rename(author: Author) -> None:
    author.edit("id: kms-cross-account-s3", "id: kms-s3")


def rename_the_deck(author: Author) -> None:
    author.edit("id: aws-dva-c02", "id: aws-dva", "content/deck.yaml")


@pytest.mark.parametrize(
    ("row", "edit", "code"),
    [
        ("an id, without that", rename, "I003"),
        ("options to an answer, an answer to a cloze", make_recall, "I012"),
        ("a card is deleted at once", delete_last, "I012"),
        ("the `id` in deck.yaml", rename_the_deck, "I003"),
    ],
)
def test_what_the_table_says_is_refused(
    row: str, edit: Callable[[Author], None], code: str, author: Author
) -> None:
    assert f"| {row} | `ankigen lint` refuses it" in PAGE
    edit(author)
    result = author.try_to("ankigen lint content")
    assert result.returncode == 1
    assert code in result.stdout


def retitle(author: Author) -> None:
    author.edit("title: AWS Certified", "title: An AWS Certified", "content/deck.yaml")


def swap(author: Author) -> None:
    """Put the last question first."""
    text = (author.folder / QUESTIONS).read_text(encoding="utf-8")
    head, *items = re.split(r"^(?=  - id: )", text.rstrip() + "\n", flags=re.MULTILINE)
    (author.folder / QUESTIONS).write_text(head + "".join([items[-1], *items[:-1]]), encoding="utf-8")


@pytest.mark.parametrize("edit", [retitle, swap])
def test_titles_of_decks_and_the_order_of_questions_change_no_note(
    edit: Callable[[Author], None], author: Author
) -> None:
    edit(author)
    assert author.is_locked()


def test_every_command_of_the_page_is_typed_here() -> None:
    typed = [
        "Your first release", "Every release after that", "The same commit, the same file",
        "When two people changed the same card", "When it is lost", "Rename", "Retire, then delete",
        "A deck that was published by other means",
    ]  # fmt: skip
    found = [block for heading in typed for block in blocks(heading)]
    assert sorted(found) == sorted(re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))

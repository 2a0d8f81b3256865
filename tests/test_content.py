"""The shipped deck: what it promises, and its first concept against the study page that it was written from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from ankigen.card.notes import DeckNotes
from ankigen.lint.engine import all_rules, check
from ankigen.lint.settings import Flags
from ankigen.model import Concept, Kind, Question
from ankigen.package.release import release
from ankigen.source.discover import Target
from tests.conftest import DATA, REPOSITORY, ankigen, checked
from tests.conftest import notes as notes_of_root

SEED = "aws-kms-encryption"
"""The concept that was written from the study page."""
PAGE = (DATA / "aws-kms-encryption.txt").read_text(encoding="utf-8")


class Deck(NamedTuple):
    """All that the files hold."""

    concepts: list[Concept]
    questions: list[Question]


@pytest.fixture(scope="module")
def deck() -> Deck:
    result = checked(REPOSITORY / "content")
    assert not result.diagnostics
    return Deck(
        [concept for file in result.made for concept in file.concepts],
        [question for file in result.made for question in file.questions],
    )


def the_concept(deck: Deck) -> Concept:
    return next(concept for concept in deck.concepts if concept.id == SEED)


def test_the_shipped_deck_is_clean_by_every_rule() -> None:
    content = REPOSITORY / "content"
    (result,) = check([Target(content)], flags=Flags(extend=("all",)))
    assert not result.diagnostics
    assert result.ran == {rule.name for rule in all_rules().values() if not rule.online}
    assert not [file for file in content.rglob("*.yaml") if "ankigen:" in file.read_text(encoding="utf-8")]
    assert "lint:" not in (content / "deck.yaml").read_text(encoding="utf-8")


def test_the_lock_of_the_shipped_deck_is_up_to_date(notes: DeckNotes) -> None:
    """`ankigen lock content` makes it so, after a change of content/ or of the cards' templates."""
    assert release(notes, 1).up_to_date


@pytest.fixture(scope="module")
def notes() -> DeckNotes:
    return notes_of_root(REPOSITORY / "content")


def page_parts() -> Iterator[tuple[str, list[str]]]:
    """The page's overview: each heading with its lines."""
    overview = PAGE.partition("Overview\n")[2].partition("Practice Linked Questions")[0]
    for block in re.split(r"\n\n(?=[^ ])", overview.strip()):
        heading, _, rest = re.match(r"(.*?[:?])(\s)(.*)", block, re.DOTALL).groups()  # type: ignore[union-attr]
        lines = [re.sub(r"^\s*(•|\d+\.)\s*", "", line).strip() for line in rest.splitlines()]
        yield heading.rstrip(":"), [line for line in lines if line]


def written_parts(concept: Concept) -> Iterator[tuple[str, list[str]]]:
    """The concept's overview as plain text, without the remarks that were added to it as quotations."""
    for section in concept.overview:
        lines: list[str] = []
        for line in section.body.splitlines():
            text = line.replace("**", "").strip()
            if not text or text.startswith(">"):
                continue
            item = re.sub(r"^(-|\d+\.) ", "", text)
            if item != text or not lines:
                lines.append(item)
            else:
                lines[-1] += " " + item
        yield section.heading, lines


def sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.?]) ", text) if part.strip()]


def test_the_concept_says_what_the_page_says(deck: Deck) -> None:
    concept = the_concept(deck)
    assert concept.title == "AWS KMS & Encryption"
    assert PAGE.count(f"{concept.title}\n") >= 2
    assert f"Difficulty: {concept.difficulty}" in PAGE
    page, written = list(page_parts()), list(written_parts(concept))
    assert [heading for heading, _ in written] == [heading for heading, _ in page]
    assert len(page) == 7
    for (heading, theirs), (_, ours) in zip(page, written, strict=True):
        assert [sentences(line) for line in ours] == [sentences(line) for line in theirs], heading
    assert sum(len(sentences(line)) for _, lines in page for line in lines) == 28


def test_lists_and_steps_stay_lists_and_steps(deck: Deck, notes: DeckNotes) -> None:
    overview = next(note for note in notes.notes if (note.kind, note.id) == (Kind.CONCEPT, SEED)).fields[
        "Overview"
    ]
    assert overview.count("<h2>") == 7
    page = PAGE.partition("Practice Linked Questions")[0]
    assert overview.count("<li>") == page.count("•") + len(re.findall(r"^  \d\.", page, re.MULTILINE)) == 11
    assert overview.count("→") == page.count("→") == 3
    assert all(section.prompt for section in the_concept(deck).overview)


def test_the_questions_stand_word_for_word_with_their_difficulties(deck: Deck, notes: DeckNotes) -> None:
    practice = PAGE.partition("Practice Linked Questions")[2]
    asked = re.findall(r"^(easy|medium|hard)\n\nQ\d\. (.*)$", practice, re.MULTILINE)
    assert len(asked) == 5
    questions = [question for question in deck.questions if question.concepts == (SEED,)]
    assert [(question.difficulty.value, question.stem) for question in questions] == asked
    ids = {question.id for question in questions}
    choice = [note for note in notes.notes if note.kind is Kind.CHOICE and note.id in ids]
    assert [note.fields["Stem"] for note in choice] == [f"<p>{stem}</p>" for _, stem in asked]
    assert all("Select one answer before revealing." in note.fields["Options"] for note in choice)


def test_the_deck_is_as_large_as_the_exam_asks(deck: Deck) -> None:
    choice = [question for question in deck.questions if question.kind is Kind.CHOICE]
    several = [question for question in choice if sum(option.correct for option in question.options) > 1]
    assert len(deck.concepts) >= 32
    assert len(choice) >= 220
    assert len(several) * 10 >= len(choice)
    assert all(section.prompt for concept in deck.concepts for section in concept.overview)
    assert all(concept.references and concept.summary and concept.difficulty for concept in deck.concepts)


def test_every_question_teaches(deck: Deck) -> None:
    for question in deck.questions:
        assert question.references, question.id
        sites = {urlsplit(reference.url).hostname for reference in question.references}
        assert all(site == "aws.amazon.com" or site.endswith(".aws.amazon.com") for site in sites if site), (
            question.id
        )
        if question.kind is not Kind.CHOICE:
            continue
        right = sum(option.correct for option in question.options)
        assert len(question.options) == 4 if right == 1 else len(question.options) >= 5, question.id
        assert all(option.why for option in question.options), question.id
        assert question.explanation, question.id


def test_nothing_gives_the_answers_away() -> None:
    result = ankigen("stats", REPOSITORY / "content", "--format", "json")
    (numbers,) = json.loads(result.stdout)["decks"]
    guessing = numbers["guessing"]
    assert guessing["longest"] <= guessing["chance"] + 3
    assert guessing["echo"] <= guessing["chance"] + 3
    for topic in numbers["topics"]:
        assert abs(topic["share"] - topic["weight"]) <= 3, topic["title"]

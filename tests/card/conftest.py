"""Cards as Anki renders them, and clients to show them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.card.browser import Card, World, cards_of
from tests.conftest import DATA, REPOSITORY, ankigen, copy_of

DECKS = DATA / "decks"


@pytest.fixture(scope="session")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Card]]:
    """Gives the cards of a deck: of one in tests/data/decks by its name, or of content/."""
    made: dict[str, list[Card]] = {}

    def cards(name: str) -> list[Card]:
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            source = REPOSITORY / "content" if name == "content" else DECKS / name
            result = ankigen("build", copy_of(source, folder), "-o", folder / "deck.apkg", cwd=folder)
            assert result.returncode == 0, result.stdout
            made[name] = cards_of(folder / "deck.apkg", folder)
        return made[name]

    return cards


@pytest.fixture
def gallery(deck: Callable[[str], list[Card]]) -> dict[str, Card]:
    """The cards of the gallery by their ids; of a cloze, the first."""
    found: dict[str, Card] = {}
    for card in deck("gallery"):
        found.setdefault(card.fields["ID"].partition("/")[2], card)
    return found


@pytest.fixture
def world(browser: Any) -> Iterator[Callable[..., World]]:
    """Opens clients, and closes them in the end, when nothing may have gone wrong in them."""
    opened: list[World] = []

    def open_(**options: Any) -> World:
        opened.append(World(browser, **options))
        return opened[-1]

    yield open_
    for each in opened:
        each.close()

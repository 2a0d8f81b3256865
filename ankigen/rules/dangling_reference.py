"""I004 dangling-reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from ankigen.diagnostic import Diagnostic, Location
from ankigen.lint.near import Names
from ankigen.lint.rule import Rule
from ankigen.model import ContentFile, Deck, Question

# How many concepts a message can list and still be read.
_FEW = 5


class DanglingReference(Rule):
    """A question or a prerequisite names a concept that is not there.

    ## Why it is bad

    The card would have no concept to show with its answer, and no place in the deck.

    ## Example

    ```yaml
    concept: aws-kms-encription
    ```

    ## Instead

    ```yaml
    concept: aws-kms-encryption
    ```
    """

    code = "I004"
    essential = True

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[_Link | str]:
        """The ids of the concepts, and each place that names one."""
        for concept in file.concepts:
            yield concept.id
            for index, id in enumerate(concept.prerequisites):
                yield _Link(id, concept.origin.at("prerequisites", index))
        # What the top of the file says for all its questions is one place.
        links = [_Link(id, _place(question, id)) for question in file.questions for id in question.concepts]
        yield from dict.fromkeys(links)

    def check_deck(self, facts: Sequence[_Link | str], deck: Deck) -> Iterator[Diagnostic]:
        """Look up every concept that is named."""
        known = {fact for fact in facts if isinstance(fact, str)}
        # A file that could not be read is reported already; by its name it is there.
        known |= {PurePosixPath(name).stem for name in deck.unread if name.startswith("concepts/")}
        names = Names(known)
        helps: dict[str, str] = {}
        for link in facts:
            if isinstance(link, str) or link.id in known:
                continue
            if link.id not in helps:
                helps[link.id] = _help(link.id, names)
            yield self.found(link.place, f"there is no concept `{link.id}`", helps[link.id])


class _Link(NamedTuple):
    id: str
    place: Location


def _help(id: str, names: Names) -> str:
    """The concept that was meant, if one has such a name; else those there are, if they are few."""
    if near := names.nearest(id):
        return f"did you mean `{near}`?"
    help = f"write the concept as concepts/{id}.yaml"
    if 0 < len(names.ordered) <= _FEW:
        help += ", or name one that is there: " + ", ".join(f"`{name}`" for name in names.ordered)
    return help


def _place(question: Question, id: str) -> Location:
    """Where the question names the concept: itself, or for it the top of its file."""
    own = question.origin.document.value(question.origin.path)
    if own.get("concept") == id:
        return question.origin.at("concept")
    if id in own.get("concepts", ()):
        return question.origin.at("concepts", own["concepts"].index(id))
    return question.origin.document.location(("concept",))

"""I004 dangling-reference."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import PurePosixPath

from ankigen.diagnostic import Diagnostic, Location
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Question


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

    def check_deck(self, deck: Deck) -> Iterator[Diagnostic]:
        """Look up every concept that is named."""
        known = {concept.id for concept in deck.concepts}
        # A file that could not be read is reported already; by its name it is there.
        known |= {PurePosixPath(name).stem for name in deck.unread if name.startswith("concepts/")}
        places: dict[Location, str] = {}
        for concept in deck.concepts:
            for index, id in enumerate(concept.prerequisites):
                if id not in known:
                    places[concept.origin.at("prerequisites", index)] = id
        for question in deck.questions:
            for id in question.concepts:
                if id not in known:
                    places[_place(question, id)] = id
        names = sorted(known)
        helps: dict[str, str] = {}
        for location, id in places.items():
            if id not in helps:
                near = get_close_matches(id, names, n=1)
                helps[id] = f"did you mean `{near[0]}`?" if near else f"write the concept as concepts/{id}.yaml"
            yield self.found(location, f"there is no concept `{id}`", helps[id])


def _place(question: Question, id: str) -> Location:
    """Where the question names the concept: itself, or for it the top of its file."""
    own = question.origin.document.value(question.origin.path)
    if own.get("concept") == id:
        return question.origin.at("concept")
    if id in own.get("concepts", ()):
        return question.origin.at("concepts", own["concepts"].index(id))
    return question.origin.document.location(("concept",))

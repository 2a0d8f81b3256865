"""I005 prerequisite-cycle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ankigen.diagnostic import Diagnostic, Location, Related
from ankigen.lint.rule import Rule
from ankigen.model import ContentFile, Deck


class PrerequisiteCycle(Rule):
    """A concept is its own prerequisite, by way of others or at once.

    ## Why it is bad

    There is no order in which such concepts could be learnt.

    ## Example

    ```yaml
    id: envelope-encryption
    prerequisites: [data-keys]      # and data-keys has [envelope-encryption]
    ```

    ## Instead

    ```yaml
    id: envelope-encryption
    prerequisites: [data-keys]      # and data-keys has none
    ```
    """

    code = "I005"

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[_Concept]:
        """The concepts and their prerequisites."""
        for concept in file.concepts:
            places = tuple(
                concept.origin.at("prerequisites", index) for index in range(len(concept.prerequisites))
            )
            yield _Concept(concept.id, concept.prerequisites, places)

    def check_deck(self, facts: Sequence[_Concept], deck: Deck) -> Iterator[Diagnostic]:
        """Follow the prerequisites, and report each way back once."""
        concepts = {concept.id: concept for concept in facts}
        done: set[str] = set()
        for start in concepts:
            # The way from `start` to where we are, each step with the prerequisites that are still to follow.
            way: list[str] = [start]
            left = [iter(concepts[start].prerequisites)]
            while way:
                step = next(left[-1], None)
                if step is None:
                    done.add(way.pop())
                    left.pop()
                elif step in way:
                    yield self._cycle([concepts[id] for id in way[way.index(step) :]])
                elif step not in done and step in concepts:
                    way.append(step)
                    left.append(iter(concepts[step].prerequisites))

    def _cycle(self, cycle: list[_Concept]) -> Diagnostic:
        least = cycle.index(min(cycle, key=lambda concept: concept.id))
        cycle = cycle[least:] + cycle[:least]
        first, *others = cycle
        way = " → ".join(f"`{concept.id}`" for concept in (*cycle, first))
        places = [
            concept.places[concept.prerequisites.index(after.id)]
            for concept, after in zip(cycle, (*others, first), strict=True)
        ]
        return self.found(
            places[0],
            f"these prerequisites lead in a circle: {way}",
            "delete the one that is not truly needed first",
            related=tuple(Related(place, "and on here") for place in places[1:]),
        )


class _Concept(NamedTuple):
    id: str
    prerequisites: tuple[str, ...]
    places: tuple[Location, ...]

"""I006 case-colliding-id."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Location, Related, Span
from ankigen.lint.rule import Rule
from ankigen.model import Concept, Deck, Question


class CaseCollidingId(Rule):
    """Two content files have names that differ only in capital and small letters.

    ## Why it is bad

    On systems that do not tell them apart, one overwrites the other as soon as the repository is cloned.

    ## Example

    ```yaml
    # questions/KMS.yaml and questions/kms.yaml
    ```

    ## Instead

    ```yaml
    # questions/kms-1.yaml and questions/kms-2.yaml
    ```
    """

    code = "I006"

    def check_deck(self, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the names of the files, and of the folders they lie in."""
        items: list[Concept | Question] = [*deck.concepts, *deck.questions]
        first: dict[str, Location] = {}
        for source in {item.origin.document.source.path: item.origin.document.source for item in items}.values():
            place = source.location(Span(0, 0))
            other = first.setdefault(source.path.casefold(), place)
            if other is not place:
                message = f"`{source.path}` and `{other.path}` differ only in capital and small letters"
                yield self.found(
                    place, message, "give one of them another name", related=(Related(other, "the other"),)
                )

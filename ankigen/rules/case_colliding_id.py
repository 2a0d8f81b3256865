"""I006 case-colliding-id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ankigen.diagnostic import Diagnostic, Location, Related, Span
from ankigen.lint.rule import Rule
from ankigen.model import ContentFile, Deck


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

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[Location]:
        """The beginning of each file."""
        yield file.document.source.location(Span(0, 0))

    def check_deck(self, facts: Sequence[Location], deck: Deck) -> Iterator[Diagnostic]:
        """Compare the names of the files, and of the folders they lie in."""
        first: dict[str, Location] = {}
        for place in facts:
            other = first.setdefault(place.path.casefold(), place)
            if other is not place:
                message = f"`{place.path}` and `{other.path}` differ only in capital and small letters"
                yield self.found(
                    place, message, "give one of them another name", related=(Related(other, "the other"),)
                )

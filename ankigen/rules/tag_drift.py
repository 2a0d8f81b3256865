"""D001 tag-drift."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Location, Related, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Deck, written_tags


class TagDrift(Rule):
    """Two tags differ only in capital letters, dashes or a plural's s.

    ## Why it is bad

    Whoever searches for one does not find the other.

    ## Example

    ```yaml
    tags: [Data-Key]      # and elsewhere data_keys
    ```

    ## Instead

    ```yaml
    tags: [data-key]
    ```
    """

    code = "D001"
    severity = Severity.WARNING

    def check_deck(self, deck: Deck) -> Iterator[Diagnostic]:
        """Compare all tags that were written; the rarer spelling is reported."""
        places: dict[str, Location] = {}
        counts: Counter[str] = Counter()
        for tag, place in written_tags(deck):
            places.setdefault(tag, place)
            counts[tag] += 1
        groups: dict[str, list[str]] = {}
        for tag in places:
            same = "::".join(part.removesuffix("s") for part in tag.casefold().replace("_", "-").split("::"))
            groups.setdefault(same, []).append(tag)
        for tags in groups.values():
            usual = max(tags, key=lambda tag: counts[tag])
            for tag in tags:
                if tag != usual:
                    yield self.found(
                        places[tag],
                        f"the tag `{tag}` is written `{usual}` elsewhere",
                        f"write `{usual}` in both places",
                        related=(Related(places[usual], "here"),),
                    )

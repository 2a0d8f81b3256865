"""D001 tag-drift."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ankigen.diagnostic import Diagnostic, Edit, Fix, Location, Related, Severity
from ankigen.lint.rule import Rule
from ankigen.model import ContentFile, Deck, tags_in


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
    fix = "unsafe"

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[_Tag]:
        """The tags that were written, each with all its places in the file."""
        places: dict[str, list[Location]] = {}
        for tag, path in tags_in(file.document):
            places.setdefault(tag, []).append(file.document.location(path))
        yield from (_Tag(tag, tuple(where)) for tag, where in places.items())

    def check_deck(self, facts: Sequence[_Tag], deck: Deck) -> Iterator[Diagnostic]:
        """Compare all tags that were written; the rarer spelling is reported, once a file."""
        counts: Counter[str] = Counter()
        first: dict[str, Location] = {}
        for tag in facts:
            counts[tag.name] += len(tag.places)
            first.setdefault(tag.name, tag.places[0])
        groups: dict[str, list[str]] = {}
        for name in counts:
            same = "::".join(_singular(part) for part in name.casefold().replace("_", "-").split("::"))
            groups.setdefault(same, []).append(name)
        usual = {name: max(group, key=lambda name: counts[name]) for group in groups.values() for name in group}
        for tag in facts:
            better = usual[tag.name]
            if better == tag.name:
                continue
            fix = Fix(tuple(Edit(place, better) for place in tag.places)) if _PLAIN.fullmatch(better) else None
            yield self.found(
                tag.places[0],
                f"the tag `{tag.name}` is written `{better}` elsewhere",
                f"write `{better}` in both places",
                related=(Related(first[better], "here"),),
                fix=fix,
            )


def _singular(word: str) -> str:
    """A word without its plural's s, where it is likely to be one: not in news, glass, basis, virus and physics."""
    rest = word.removesuffix("s")
    return word if len(rest) < 3 or rest.endswith(("s", "i", "u", "ic")) or rest in _OTHER_WORDS else rest


_OTHER_WORDS = frozenset(["aid", "arm", "custom", "ftp", "good", "http", "ldap", "len", "mean", "new", "saa"])
"""What means something else with an s."""
_PLAIN = re.compile(r"[A-Za-z][\w-]*(::\w[\w-]*)*")
"""What needs no quotation marks, wherever it stands."""


class _Tag(NamedTuple):
    name: str
    places: tuple[Location, ...]

"""M002 unportable-name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ankigen.diagnostic import Diagnostic, Location, Span
from ankigen.lint.rule import Rule
from ankigen.model import Deck
from ankigen.source.text import SourceFile

# What Windows does not take: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_BAD = re.compile(r"[<>:\"|?*\\\x00-\x1f]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)


class UnportableName(Rule):
    """A file in the media folder has a name that not every system can have.

    ## Why it is bad

    A clone of the repository on another system lacks the file, or cannot be made at all.

    ## Example

    ```yaml
    stem: What is ![it](what?.png)
    ```

    ## Instead

    ```yaml
    stem: What is ![it](what.png)
    ```
    """

    code = "M002"

    def check_deck(self, facts: Sequence[Any], deck: Deck) -> Iterator[Diagnostic]:
        """Look at every name in the media folder, and for names that differ by case alone."""
        seen: dict[str, str] = {}
        for name in sorted(deck.media):
            for part in name.split("/"):
                if (bad := _BAD.search(part)) or part.endswith((".", " ")) or _RESERVED.fullmatch(part):
                    what = f"holds `{bad.group()}`" if bad else "is one that Windows keeps for itself"
                    help = "name it with letters, digits and dashes"
                    yield self.found(_place(deck, name), f"the name `{part}` {what}", help)
                    break
            other = seen.setdefault(name.casefold(), name)
            if other != name:
                message = f"`{name}` and `{other}` differ only in capital and small letters"
                yield self.found(_place(deck, name), message, "give one of them another name")


def _place(deck: Deck, name: str) -> Location:
    """The beginning of a file of the media folder, which has no text to show."""
    return SourceFile((deck.root / "media" / name).as_posix(), "").location(Span(0, 0))

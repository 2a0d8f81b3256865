"""I013 unread-file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from ankigen.diagnostic import Diagnostic, Location, Severity, Span
from ankigen.lint.rule import Rule
from ankigen.model import Deck
from ankigen.source.discover import MEDIA, meant_folder
from ankigen.source.markdown import PICTURES, SOUNDS
from ankigen.source.text import SourceFile

# Of a file beside deck.yaml, this much is read to tell content from the settings of other programs.
_BEGINNING = 4096
_CONTENT = re.compile(rb"^(?:\xef\xbb\xbf)?(questions|overview)[ \t]*:", re.MULTILINE)


class UnreadFile(Rule):
    """A file looks like content, and is not read: it lies beside deck.yaml, in a folder whose name is not quite
    `concepts`, `questions` or `media`, or is named as text, such as `cells.yaml.txt`.

    ## Why it is bad

    No card is made of it, and nothing in it is checked.

    ## Example

    ```text
    deck.yaml
    cells.yaml
    ```

    ## Instead

    ```text
    deck.yaml
    questions/cells.yaml
    ```
    """

    code = "I013"
    severity = Severity.WARNING

    def check_deck(self, facts: Sequence[Any], deck: Deck) -> Iterator[Diagnostic]:
        """Look at the names of the files that are not read, and into those beside deck.yaml."""
        folders: dict[str, list[PurePosixPath]] = {}
        for name in deck.overlooked:
            file = PurePosixPath(name)
            folder = file.parts[0] if len(file.parts) > 1 else ""
            if not folder:
                if kind := _kind(deck, name):
                    yield self.found(_place(deck, name), f"`{name}` is not read", _move(file, kind))
            elif not (meant := meant_folder(folder)):
                help = f"rename it to `{_renamed(file)}`"
                yield self.found(_place(deck, name), f"`{name}` is not read: its name ends in `.txt`", help)
            elif file.suffix[1:].lower() in ((*PICTURES, *SOUNDS) if meant == MEDIA else ("yaml", "yml")):
                folders.setdefault(folder, []).append(file)
        for folder, files in folders.items():
            # One finding for all of a folder, since one change mends it.
            others = f" and {len(files) - 1} more" if len(files) > 1 else ""
            meant = meant_folder(folder)
            what = f"`{files[0]}`{others} {'are' if others else 'is'} not read"
            message = f"{what}: the folder is called `{folder}`, not `{meant}`"
            help = f"rename the folder to `{meant}`, or move what is in it there"
            yield self.found(_place(deck, str(files[0])), message, help)


def _kind(deck: Deck, name: str) -> str:
    """The folder where a file beside deck.yaml belongs, or nothing where it is not content."""
    try:
        with (deck.root / name).open("rb") as file:
            found = _CONTENT.search(file.read(_BEGINNING))
    except OSError:
        return ""
    if not found:
        return ""
    return "questions" if found[1] == b"questions" else "concepts"


def _renamed(file: PurePosixPath) -> str:
    return file.name[: -len(".txt")] if file.suffix.lower() == ".txt" else file.name


def _move(file: PurePosixPath, folder: str) -> str:
    renamed = _renamed(file)
    return f"move it to `{folder}/`" + (f", and rename it to `{renamed}`" if renamed != file.name else "")


def _place(deck: Deck, name: str) -> Location:
    """The beginning of a file that was not read, and so has no text to show."""
    return SourceFile((deck.root / name).as_posix(), "").location(Span(0, 0))

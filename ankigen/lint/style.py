"""The deck's style file, as the rules look at it."""

from __future__ import annotations

import os
from pathlib import Path

from ankigen.model import Deck
from ankigen.source.text import SourceFile
from ankigen.theme import MAX_STYLE_BYTES


def load_style(deck: Deck) -> SourceFile | str | None:
    """The style file that a deck names, or in words why it cannot be used; None where it names none."""
    if not deck.cards.css:
        return None
    file = deck.root / deck.cards.css
    if not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(deck.root)):
        return f"`{deck.cards.css}` leads out of the deck's folder"
    if not file.is_file():
        return f"there is no file `{deck.cards.css}` in the deck's folder"
    try:
        if file.stat().st_size > MAX_STYLE_BYTES:
            return f"`{deck.cards.css}` has more than {MAX_STYLE_BYTES // 1000} kB"
        return SourceFile(file.as_posix(), file.read_text(encoding="utf-8-sig"), file)
    except UnicodeDecodeError:
        return f"`{deck.cards.css}` is not UTF-8"
    except OSError as error:
        return f"`{deck.cards.css}` cannot be read ({error.strerror})"

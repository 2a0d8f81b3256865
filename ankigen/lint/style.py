"""The deck's style file, read once for whoever looks at it and for the cards."""

from __future__ import annotations

from ankigen.lint.media import leaves
from ankigen.model import Deck
from ankigen.source.files import read_bytes
from ankigen.source.text import BOM, SourceFile
from ankigen.theme import MAX_STYLE_BYTES


def load_style(deck: Deck) -> SourceFile | str | None:
    """The style file that a deck names, or in words why it cannot be used; None where it names none."""
    name = deck.cards.css
    if not name:
        return None
    if leaves(deck.root, name):
        return f"`{name}` leads out of the deck's folder"
    file = deck.root / name
    try:
        data = read_bytes(file, MAX_STYLE_BYTES)
        if len(data) > MAX_STYLE_BYTES:
            return f"`{name}` has more than {MAX_STYLE_BYTES // 1000} kB"
        text = data.decode("utf-8-sig")
    except FileNotFoundError:
        return f"there is no file `{name}` in the deck's folder"
    except UnicodeDecodeError:
        return f"`{name}` is not UTF-8"
    except OSError as error:
        return f"`{name}` cannot be read ({error.strerror})"
    if "\0" in text:
        return f"`{name}` is not a text file"
    return SourceFile(file.as_posix(), text, file, bom=data.startswith(BOM))

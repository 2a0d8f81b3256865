"""M008 wrong-media-type."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.media import WEB_PAGE, format_of, leaves
from ankigen.lint.rule import Rule
from ankigen.markup import MEDIA_SIGNS, media_links
from ankigen.model import Deck, Text
from ankigen.source.markdown import PICTURES, SOUNDS, local_media, media_type

_PICTURES, _SOUNDS = ", ".join(PICTURES), ", ".join(SOUNDS)


class WrongMediaType(Rule):
    """A file in the media folder that a card shows is neither a picture nor a sound that Anki plays, or is not
    what its ending says.

    ## Why it is bad

    Anki shows nothing for it, or on some devices only.

    ## Example

    ```yaml
    stem: What does ![the diagram](envelope.vsdx) show?
    ```

    ## Instead

    ```yaml
    stem: What does ![the diagram](envelope.svg) show?
    ```
    """

    code = "M008"
    signs = MEDIA_SIGNS

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look at the ending of every picture and sound, and at its first bytes."""
        for link in media_links(text.value):
            name = local_media(link.target)
            if name is None or name not in deck.media or leaves(deck.root, f"media/{name}"):
                continue
            if fault := _fault(deck, name):
                yield self.found(text.at(link.start, link.end), *fault)


def _fault(deck: Deck, name: str) -> tuple[str, str] | None:
    """What is wrong with a file, and what to do; None where it is well."""
    stem, _, ending = name.rpartition(".")
    if not media_type(name):
        return f"`{name}` is no picture or sound that Anki can show", f"save it as one of {_PICTURES} or {_SOUNDS}"
    file = deck.root / "media" / name
    try:
        if not file.stat().st_size:
            return f"`{name}` is empty", "put the file there again"
        format = format_of(file)
    except OSError:
        return None  # `ankigen build` says that it cannot be read
    if format is None:
        return f"what is in `{name}` is no {ending.upper()}", "put the file there again, or save it in that format"
    if ending.lower() in format.endings:
        return None
    if format.endings:
        help = f"rename it to `{stem}.{format.endings[0]}`, in the media folder and here"
    elif format is WEB_PAGE:
        help = "put the file itself there: this is a page about it, or one that says what went wrong"
    else:
        help = f"save it as one of {_PICTURES if media_type(name) == 'picture' else _SOUNDS}"
    return f"`{name}` is {format.name}, whatever its ending says", help

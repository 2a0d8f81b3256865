"""M008 wrong-media-type."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.markup import media_links
from ankigen.model import Deck, Text
from ankigen.source.markdown import PICTURES, SOUNDS, local_media, media_type


class WrongMediaType(Rule):
    """A file in the media folder that a card shows is neither a picture nor a sound that Anki plays.

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

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look at the ending of every picture and sound."""
        for link in media_links(text.value):
            name = local_media(link.target)
            if name is None or name not in deck.media:
                continue
            if media_type(name):
                if not (deck.root / "media" / name).stat().st_size:
                    yield self.found(
                        text.at(link.start, link.end), f"`{name}` is empty", "put the file there again"
                    )
                continue
            yield self.found(
                text.at(link.start, link.end),
                f"`{name}` is no picture or sound that Anki can show",
                f"save it as one of {', '.join(PICTURES)} or {', '.join(SOUNDS)}",
            )

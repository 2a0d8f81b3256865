"""M003 media-too-large."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.markup import MEDIA_SIGNS, media_links
from ankigen.model import Deck, Text
from ankigen.source.markdown import local_media


class MediaTooLarge(Rule):
    """A picture or a sound has more than 100 MiB.

    ## Why it is bad

    AnkiWeb refuses files of that size, so that the deck could not be synchronised.

    ## Example

    ```yaml
    stem: What does ![the diagram](photo.png) show?      # 120 MiB
    ```

    ## Instead

    ```yaml
    stem: What does ![the diagram](photo.png) show?      # 200 kB
    ```
    """

    code = "M003"
    signs = MEDIA_SIGNS
    essential = True

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look at the size of every picture and sound."""
        for link in media_links(text.value):
            name = local_media(link.target)
            if name is None or name not in deck.media:
                continue
            size = (deck.root / "media" / name).stat().st_size / 2**20
            if size > 100:
                message = f"`{name}` has {size:,.0f} MiB"
                yield self.found(text.at(link.start, link.end), message, "save it smaller, or in another format")

"""M009 heavy-media."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.markup import MEDIA_SIGNS, media_links
from ankigen.model import Deck, Text
from ankigen.source.markdown import local_media


class HeavyMedia(Rule):
    """A picture or a sound has more than 1 MiB.

    ## Why it is bad

    Learners load every file of a deck onto their phones. A picture of a screen's width seldom needs more
    than a few hundred kilobytes.

    ## Example

    ```yaml
    stem: What does ![the diagram](photo.png) show?      # 4 MiB
    ```

    ## Instead

    ```yaml
    stem: What does ![the diagram](photo.png) show?      # 200 kB
    ```
    """

    code = "M009"
    signs = MEDIA_SIGNS
    severity = Severity.WARNING

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look at the size of every picture and sound."""
        for link in media_links(text.value):
            name = local_media(link.target)
            if name is None or name not in deck.media:
                continue
            size = (deck.root / "media" / name).stat().st_size / 2**20
            if 1 < size <= 100:
                message = f"`{name}` has {size:,.0f} MiB"
                yield self.found(text.at(link.start, link.end), message, "save it smaller, or in another format")

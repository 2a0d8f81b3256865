"""M007 media-outside-root."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.media import leaves, same_file_name
from ankigen.lint.rule import Rule
from ankigen.markup import MEDIA_SIGNS, media_links
from ankigen.model import Deck, Text
from ankigen.source.markdown import local_media


class MediaOutsideRoot(Rule):
    """A picture or a sound lies outside the media folder: an absolute path, a path with `..`, a link that
    leads out, or a web address.

    ## Why it is bad

    A deck carries its media with it, so that it works without a network and shows learners nothing but what
    was reviewed. And content is not trusted to say which files of a machine are read.

    ## Example

    ```yaml
    stem: What does ![the diagram](../../private/envelope.png) show?
    ```

    ## Instead

    ```yaml
    stem: What does ![the diagram](envelope.png) show?
    ```
    """

    code = "M007"
    signs = MEDIA_SIGNS
    essential = True

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look at where every picture and sound lies."""
        help = "put the file into the media folder, and write its name as it is there"
        for link in media_links(text.value):
            name = local_media(link.target)
            shown = link.target if len(link.target) <= 60 else link.target[:57] + "..."
            if name is None:
                message = f"`{shown}` is not in the media folder" if shown else "this picture names no file"
                other = same_file_name(link.target, deck.media)
                yield self.found(text.at(link.start, link.end), message, f"write `{other}`" if other else help)
            elif name in deck.media and leaves(deck.root, f"media/{name}"):
                message = f"`{shown}` is a link that leads out of the content root"
                yield self.found(text.at(link.start, link.end), message, help)

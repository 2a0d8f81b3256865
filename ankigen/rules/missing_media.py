"""M001 missing-media."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.media import nearest, spaced
from ankigen.lint.rule import Rule
from ankigen.markup import MEDIA_SIGNS, media_links
from ankigen.model import Deck, Text
from ankigen.source.markdown import local_media


class MissingMedia(Rule):
    """A picture or a sound is shown that is not in the media folder, or whose name has a space and does not stand
    in angle brackets.

    ## Why it is bad

    The learner would see a broken picture, or the text that was to show it.

    ## Example

    ```yaml
    stem: What does ![the diagram](envelop.png) show?
    ```

    ## Instead

    ```yaml
    stem: What does ![the diagram](envelope.png) show?
    ```
    """

    code = "M001"
    signs = MEDIA_SIGNS

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look up every picture and sound."""
        for link in media_links(text.value):
            name = local_media(link.target)
            if name is None or name in deck.media:
                continue
            yield self.found(text.at(link.start, link.end), f"there is no `media/{name}`", _help(name, deck.media))
        for picture in spaced(text.value):
            message = "the space ends the address, and the card shows this text as it is"
            help = f"put the name in angle brackets: `<{picture[1]}>`"
            yield self.found(text.at(*picture.span(1)), message, help)


def _help(name: str, names: frozenset[str]) -> str:
    other = nearest(name, names)
    if not other:
        return "put the file there, or mend its name"
    if other.casefold() == name.casefold():
        return f"the file is `{other}`: capital and small letters differ"
    return f"did you mean `{other}`?"

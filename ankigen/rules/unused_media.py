"""M004 unused-media."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from ankigen.diagnostic import Diagnostic, Location, Severity, Span
from ankigen.lint.media import nearest, same_file_name, spaced
from ankigen.lint.rule import Rule
from ankigen.markup import media_links
from ankigen.model import Concept, ContentFile, Deck, Question, texts_of
from ankigen.source.markdown import local_media
from ankigen.source.text import SourceFile


class UnusedMedia(Rule):
    """A file in the media folder is shown nowhere.

    ## Why it is bad

    It makes the repository larger, and reviewers wonder what it is for. Often it is a picture whose card
    was forgotten.

    ## Example

    ```yaml
    questions: []      # and media/old.png
    ```

    ## Instead

    ```yaml
    stem: What is ![it](old.png)?
    ```
    """

    code = "M004"
    severity = Severity.WARNING

    def facts(self, file: ContentFile, deck: Deck) -> Iterator[str]:
        """The names of the media that are shown, or are meant where a name is wrong."""
        if not deck.media:
            return
        items: list[Deck | Concept | Question] = [*file.concepts, *file.questions]
        if file.document is deck.origin.document:
            items.append(deck)
        texts = [text.value for item in items for text in texts_of(item)]
        targets = [link.target for text in texts for link in media_links(text)]
        targets += [picture[1] for text in texts for picture in spaced(text)]
        yield from dict.fromkeys(filter(None, (_meant(target, deck.media) for target in targets)))

    def check_deck(self, facts: Sequence[str], deck: Deck) -> Iterator[Diagnostic]:
        """Compare the folder with what is shown, where every file could be read."""
        if deck.unread:
            return
        style = posixpath.normpath(deck.cards.css).removeprefix("media/")
        for name in sorted(deck.media.difference([*facts, style])):
            yield self.found(_place(deck, name), f"`{name}` is shown nowhere", "show it, or delete it")


def _meant(target: str, media: frozenset[str]) -> str:
    """The file that a picture shows. Of one that is misnamed, the one that its own finding names: it is wanted."""
    name = local_media(target)
    if name is None:
        return same_file_name(target, media)
    return name if name in media else nearest(name, media)


def _place(deck: Deck, name: str) -> Location:
    """The beginning of a file of the media folder, which has no text to show."""
    return SourceFile((deck.root / "media" / name).as_posix(), "").location(Span(0, 0))

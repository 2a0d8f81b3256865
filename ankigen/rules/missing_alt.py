"""M005 missing-alt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Text
from ankigen.source.markdown import local_media, media_type

_NO_ALT = re.compile(r"!\[\s*\]\(\s*<?([^()<>\n]*?)>?\s*\)")


class MissingAlt(Rule):
    """A picture has no description.

    ## Why it is bad

    Learners who cannot see it learn nothing from the card; and where the picture does not load, nobody
    does.

    ## Example

    ```yaml
    stem: What does ![](envelope.png) show?
    ```

    ## Instead

    ```yaml
    stem: What does ![two keys, one inside an envelope](envelope.png) show?
    ```
    """

    code = "M005"
    signs = ("![",)
    severity = Severity.WARNING

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look at each picture; sounds need none."""
        for match in _NO_ALT.finditer(text.value) if "![" in text.value else ():
            name = local_media(match[1])
            if name in deck.media and name and media_type(name) == "picture":
                help = "say between `[` and `]` what it shows, without giving the answer away"
                yield self.found(text.at(*match.span()), "this picture has no description", help)

"""F005 bare-url."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Text
from ankigen.source.markdown import prose

_URL = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?)\]'\"]")


class BareUrl(Rule):
    """A web address stands in a text as it is.

    ## Why it is bad

    It is no link on the card.

    It is off unless asked for.

    ## Example

    ```yaml
    explanation: See https://example.org.
    ```

    ## Instead

    ```yaml
    explanation: See <https://example.org>, or [the page](https://example.org).
    ```
    """

    code = "F005"
    signs = ("//",)
    severity = Severity.WARNING
    pedantic = True
    fix = "safe"

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look for addresses outside links and code."""
        for match in _URL.finditer(prose(text.value)):
            # The text of a link may be its address.
            if text.value[: match.start()].endswith(("[", "<")):
                continue
            place = text.at(*match.span())
            fix = text.fix(*match.span(), f"<{match.group()}>", safe=True)
            yield self.found(place, "this address is no link on the card", "write `<` and `>` round it", fix=fix)

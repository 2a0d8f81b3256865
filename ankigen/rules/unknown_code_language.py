"""F009 unknown-code-language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Text
from ankigen.source.markdown import code_in

_FENCE = re.compile(r"^ {0,3}(?:`{3,}|~{3,})[ \t]*([^\s`~{][^\s`{]*)", re.MULTILINE)
# Other programs' names for text without colours.
_NONE = frozenset(("txt", "plain", "plaintext", "none", "nohighlight"))


class UnknownCodeLanguage(Rule):
    """A code block names a language that cannot be highlighted.

    ## Why it is bad

    It stays without colours. Most often the name is misspelt.

    ## Example

    ```yaml
    answer: |
      ```pyhton
      x = 1
      ```
    ```

    ## Instead

    ```yaml
    answer: |
      ```python
      x = 1
      ```
    ```
    """

    code = "F009"
    signs = ("```", "~~~")
    severity = Severity.WARNING
    fix = "unsafe"

    def check_text(self, text: Text, deck: Deck) -> Iterator[Diagnostic]:
        """Look each language up."""
        for fence in _FENCE.finditer(text.value):
            if any(start <= fence.start() < start + len(code) for start, code in code_in(text.value)):
                continue  # a fence that is shown in a code block
            name = fence[1].lower()
            if name not in _languages() and name not in _NONE:
                near = get_close_matches(name, sorted(_languages()), n=1)
                help = f"did you mean `{near[0]}`?" if near else "write `text` where there is nothing to highlight"
                yield self.found(
                    text.at(*fence.span(1)),
                    f"`{fence[1]}` is no language that can be highlighted",
                    help,
                    fix=text.fix(*fence.span(1), near[0], safe=False) if near else None,
                )


@cache
def _languages() -> frozenset[str]:
    from pygments.lexers import get_all_lexers

    return frozenset(alias.lower() for _, aliases, _, _ in get_all_lexers() for alias in aliases)

"""Y011 invisible-space."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ankigen.diagnostic import Diagnostic, Fix, Severity
from ankigen.lint.rule import Rule
from ankigen.source.yaml import Document, Path

_SPACE = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u2060\u3000"
_ANY = re.compile(f"[{_SPACE}]")


class InvisibleSpace(Rule):
    """A text begins or ends with a space that cannot be told from others: a no-break space, or
    one of no width. Or it is nothing but such spaces.

    ## Why it is bad

    YAML takes it for a part of the word. A key is then unknown, an id is another, and nobody sees why.

    ## Example

    ```yaml
    answer:  4 KB      # a no-break space before the 4
    ```

    ## Instead

    ```yaml
    answer: 4 KB
    ```
    """

    code = "Y011"
    severity = Severity.WARNING
    fix = "safe"

    def check_document(self, document: Document) -> Iterator[Diagnostic]:
        """Look at the ends of all texts of a file that has such spaces at all."""
        if _ANY.search(document.source.text):
            yield from self._check(document, (), document.data)

    def _check(self, document: Document, path: Path, value: Any) -> Iterator[Diagnostic]:
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for step, inner in items:
            yield from self._check(document, (*path, step), inner)
        if isinstance(value, str) and value.strip(" \n") != value.strip(" \n").strip(_SPACE):
            yield from self._ends(document, path, value)

    def _ends(self, document: Document, path: Path, value: str) -> Iterator[Diagnostic]:
        bare = value.strip(_SPACE + " \n")
        if not bare:
            message = "this text holds nothing but spaces that cannot be seen"
            yield self.found(document.location(path), message, "write the text, or delete the key")
            return
        start = value.index(bare)
        # The line break that ends a block of text stays.
        ends = (("begins", 0, start), ("ends", start + len(bare), len(value.rstrip("\n"))))
        for verb, first, last in ends:
            found = [at for at in range(first, last) if value[at] in _SPACE]
            if found:
                edit = document.edit(path, first, last, "")
                yield self.found(
                    document.location_in(path, found[0], found[-1] + 1),
                    f"this text {verb} with a space that cannot be told from others",
                    "delete it, and type the space again if one is wanted",
                    fix=Fix((edit,), safe=True) if edit else None,
                )

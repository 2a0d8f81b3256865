"""A001 tag-with-space."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.model import Origin, tags_in
from ankigen.source.yaml import Document


class TagWithSpace(Rule):
    """A tag holds a space.

    ## Why it is bad

    Anki separates tags by spaces: one tag would become two.

    ## Example

    ```yaml
    tags: [envelope encryption]
    ```

    ## Instead

    ```yaml
    tags: [envelope-encryption]
    ```
    """

    code = "A001"
    essential = True
    fix = "safe"

    def check_document(self, document: Document) -> Iterator[Diagnostic]:
        """Look for white space in every tag."""
        for tag, path in tags_in(document):
            if re.search(r"\s", tag):
                better = "-".join(tag.split())
                what = "holds" if re.search(r"\s", tag.strip()) else "begins or ends with"
                yield self.found(
                    document.location(path),
                    f"the tag `{tag.strip()}` {what} a space",
                    f"write `{better}`",
                    fix=Origin(document).fix(path, 0, len(tag), better, safe=True) if better else None,
                )

"""A002 blank-name-component."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.model import tags_in
from ankigen.source.yaml import Document


class BlankNameComponent(Rule):
    """Between the `::` of a tag, or at one of its ends, there is no name.

    ## Why it is bad

    Anki writes `blank` there.

    ## Example

    ```yaml
    tags: ["exam::::kms"]
    ```

    ## Instead

    ```yaml
    tags: ["exam::kms"]
    ```
    """

    code = "A002"

    def check_document(self, document: Document) -> Iterator[Diagnostic]:
        """Look at the parts of every tag."""
        for tag, path in tags_in(document):
            parts = [part.strip() for part in tag.split("::")]
            if not all(parts):
                better = "::".join(part for part in parts if part)
                help = f"write `{better}`" if better else "delete it"
                yield self.found(document.location(path), f"the tag `{tag}` has a level with no name", help)

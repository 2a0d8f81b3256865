"""I011 file-name-mismatch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from ankigen.diagnostic import Diagnostic
from ankigen.lint.rule import Rule
from ankigen.model import Concept, Deck


class FileNameMismatch(Rule):
    """A concept's file is not named after its id.

    ## Why it is bad

    One name for one thing: whoever reads an id in a question finds the file of that name.

    ## Example

    ```yaml
    id: aws-kms-encryption      # in concepts/kms.yaml
    ```

    ## Instead

    rename the file to `concepts/aws-kms-encryption.yaml`. If the id was never released, it may take the
    file's name instead.
    """

    code = "I011"

    def check_concept(self, concept: Concept, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the id with the file's name."""
        file = PurePosixPath(concept.origin.document.source.path)
        if file.stem != concept.id:
            yield self.found(
                concept.origin.at("id"),
                f"the id is `{concept.id}`, and the file is named `{file.name}`",
                f"rename the file to `{concept.id}{file.suffix}`",
            )

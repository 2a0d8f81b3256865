"""Y007 multiple-documents."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class MultipleDocuments(Rule):
    """A line `---` begins a second document in one file.

    ## Why it is bad

    A content file is one document; what stands in a second would not be read.

    ## Example

    ```yaml
    concept: kms
    questions: []
    ---
    concept: s3
    ```

    ## Instead

    put each document into a file of its own, or delete the line `---`.
    """

    code = "Y007"
    essential = True

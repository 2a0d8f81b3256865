"""I007 id-not-slug."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class IdNotSlug(Rule):
    """An id has characters that ids do not have.

    ## Why it is bad

    Ids become file names, tags and addresses. Small Latin letters, digits and single dashes work in all of
    them.

    ## Example

    ```yaml
    id: AWS KMS & Encryption
    ```

    ## Instead

    ```yaml
    id: aws-kms-encryption
    ```
    """

    code = "I007"
    essential = True

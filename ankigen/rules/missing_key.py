"""S003 missing-key."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class MissingKey(Rule):
    """A key that is needed is not there.

    ## Why it is bad

    The card cannot be made without it.

    ## Example

    ```yaml
    - id: kms-limit
      answer: 4 KB.
    ```

    ## Instead

    ```yaml
    - id: kms-limit
      stem: How much data can KMS's Encrypt take in one call?
      answer: 4 KB.
    ```
    """

    code = "S003"
    essential = True

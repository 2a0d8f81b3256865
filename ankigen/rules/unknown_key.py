"""S002 unknown-key."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class UnknownKey(Rule):
    """A key is not one that the format knows.

    ## Why it is bad

    It would be ignored, and what it says would be missing from the card. Most often it is misspelt.

    ## Example

    ```yaml
    explaination: Only the data key goes through KMS.
    ```

    ## Instead

    ```yaml
    explanation: Only the data key goes through KMS.
    ```
    """

    code = "S002"
    essential = True
    fix = "unsafe"

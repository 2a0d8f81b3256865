"""Y002 duplicate-key."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class DuplicateKey(Rule):
    """One mapping has the same key twice.

    ## Why it is bad

    YAML readers keep one of the two values and lose the other without a word.

    ## Example

    ```yaml
    stem: What does Encrypt do?
    stem: What does Decrypt do?
    ```

    ## Instead

    ```yaml
    stem: What does Encrypt do?
    ```
    """

    code = "Y002"
    essential = True

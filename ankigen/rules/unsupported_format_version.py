"""S004 unsupported-format-version."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class UnsupportedFormatVersion(Rule):
    """deck.yaml names a version of the content format that this program does not know.

    ## Why it is bad

    A newer format may mean something else by the same words. It is better to stop than to build a wrong
    deck.

    ## Example

    ```yaml
    format: 2
    ```

    ## Instead

    ```yaml
    format: 1
    ```
    """

    code = "S004"
    essential = True

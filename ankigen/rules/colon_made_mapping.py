"""Y005 colon-made-mapping."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class ColonMadeMapping(Rule):
    """A text holds a colon and a space, and so became a mapping.

    ## Why it is bad

    YAML takes what stands before the first `: ` for a key. The text that was meant is gone.

    ## Example

    ```yaml
    options:
      - Note: this costs extra
    ```

    ## Instead

    ```yaml
    options:
      - "Note: this costs extra"
    ```
    """

    code = "Y005"
    essential = True
    fix = "safe"

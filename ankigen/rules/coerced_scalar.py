"""Y003 coerced-scalar."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class CoercedScalar(Rule):
    """A number, a truth value or `null` stands where text is wanted.

    ## Why it is bad

    Another program may show it in another way than you wrote it: `1.10` becomes `1.1`, `010` becomes `10`,
    and `null` becomes nothing.

    ## Example

    ```yaml
    options:
      - 1.10
      - true
    ```

    ## Instead

    ```yaml
    options:
      - '1.10'
      - 'true'
    ```
    """

    code = "Y003"
    essential = True
    fix = "safe"

"""S001 schema-violation."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class SchemaViolation(Rule):
    """A value is not what the schema allows there.

    ## Why it is bad

    The deck cannot be made from it. The schemas in `schema/` say what each key takes, and editors show it
    as you type.

    ## Example

    ```yaml
    difficulty: difficult
    ```

    ## Instead

    ```yaml
    difficulty: hard
    ```
    """

    code = "S001"
    essential = True

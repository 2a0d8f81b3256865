"""L002 unknown-rule."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class UnknownRule(Rule):
    """A setting or a comment names a rule that does not exist.

    ## Why it is bad

    What was meant to be silenced is not, or what was meant to be checked is not. A linter that checks
    nothing because of a misspelt word is worse than none.

    ## Example

    ```yaml
    lint:
      ignore: [key-to-long]
    ```

    ## Instead

    ```yaml
    lint:
      ignore: [key-far-longer]
    ```
    """

    code = "L002"
    essential = True

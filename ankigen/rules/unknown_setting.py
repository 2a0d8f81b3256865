"""L005 unknown-setting."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class UnknownSetting(Rule):
    """Below `lint:` in deck.yaml stands a key that is no setting, no rule, or no option of the rule.

    ## Why it is bad

    It would be ignored, and the linter would not do what was asked of it.

    ## Example

    ```yaml
    lint:
      answer-too-long: {word: 30}
    ```

    ## Instead

    ```yaml
    lint:
      answer-too-long: {words: 30}
    ```
    """

    code = "L005"
    essential = True

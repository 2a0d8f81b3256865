"""L003 reasonless-suppression."""

from __future__ import annotations

from ankigen.diagnostic import Severity
from ankigen.lint.rule import Rule


class ReasonlessSuppression(Rule):
    """A comment silences a rule and does not say why.

    ## Why it is bad

    Whoever reads it next cannot tell whether it may go.

    ## Example

    ```yaml
    # ankigen: ignore[undeclared-topic]
    topic: cooking
    ```

    ## Instead

    ```yaml
    # ankigen: ignore[undeclared-topic] because the topic is declared with the next release
    topic: cooking
    ```
    """

    code = "L003"
    severity = Severity.WARNING

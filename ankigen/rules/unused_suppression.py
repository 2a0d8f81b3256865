"""L001 unused-suppression."""

from __future__ import annotations

from ankigen.diagnostic import Severity
from ankigen.lint.rule import Rule


class UnusedSuppression(Rule):
    """A comment silences a rule that finds nothing there.

    ## Why it is bad

    It was mended, or never needed. Left in place, it would hide the next real finding.

    ## Example

    ```yaml
    # ankigen: ignore[missing-media] because it comes with the next release
    stem: What does Encrypt do?
    ```

    ## Instead

    ```yaml
    stem: What does Encrypt do?
    ```
    """

    code = "L001"
    severity = Severity.WARNING
    fix = "safe"

"""L004 stale-baseline."""

from __future__ import annotations

from ankigen.diagnostic import Severity
from ankigen.lint.rule import Rule


class StaleBaseline(Rule):
    """The baseline knows a finding that is found no longer, or less often.

    ## Why it is bad

    The same mistake could come back, and nobody would hear of it. A baseline must only ever shrink.

    ## Example

    ```sh
    ankigen lint --baseline ankigen-baseline.json      # after some of what it knows was mended
    ```

    ## Instead

    ```sh
    ankigen lint --write-baseline ankigen-baseline.json
    ```
    """

    code = "L004"
    severity = Severity.WARNING

"""Y013 too-deep-or-large."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class TooDeepOrLarge(Rule):
    """The file has more than 64 MiB, or lists and mappings stand inside each other more than 64 deep.

    ## Why it is bad

    No content file needs it. Such a file is broken, or made to bring down the program that reads it.

    ## Example

    ```text
    [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
    ```

    ## Instead

    close the brackets, and split a very large file into several.
    """

    code = "Y013"
    essential = True

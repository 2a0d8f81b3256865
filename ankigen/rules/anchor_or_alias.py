"""Y006 anchor-or-alias."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class AnchorOrAlias(Rule):
    """The file uses an anchor (`&name`), an alias (`*name`) or a merge key (`<<`).

    ## Why it is bad

    What a learner sees should stand where it is reviewed. Aliases also make files that grow without bound
    when they are read. Often none was meant: text that begins with `*` or `&` needs quotation marks.

    ## Example

    ```yaml
    answer: *always* encrypt
    ```

    ## Instead

    ```yaml
    answer: "*always* encrypt"
    ```
    """

    code = "Y006"
    essential = True

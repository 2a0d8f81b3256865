"""Y014 explicit-tag."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class ExplicitTag(Rule):
    """A value has a YAML tag, such as `!x` or `!!binary`.

    ## Why it is bad

    Tags make some programs build objects from the file. Content is text, and is never trusted to do that.
    Often none was meant: text that begins with `!` needs quotation marks.

    ## Example

    ```yaml
    answer: !important
    ```

    ## Instead

    ```yaml
    answer: "!important"
    ```
    """

    code = "Y014"
    essential = True

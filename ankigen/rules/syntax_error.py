"""Y001 syntax-error."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class SyntaxError(Rule):
    """The file is not YAML: something in it cannot be read.

    ## Why it is bad

    Nothing of the file reaches the deck. Most often a value holds a character that means something to YAML,
    such as a colon and a space, and needs quotation marks.

    ## Example

    ```yaml
    stem: Which API is right: Encrypt or GenerateDataKey?
    ```

    ## Instead

    ```yaml
    stem: "Which API is right: Encrypt or GenerateDataKey?"
    ```
    """

    code = "Y001"
    essential = True

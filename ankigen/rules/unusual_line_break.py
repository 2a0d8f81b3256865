"""Y009 unusual-line-break."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class UnusualLineBreak(Rule):
    """A line ends with a character that some programs take for a line break and others do not.

    ## Why it is bad

    NEXT LINE (U+0085), LINE SEPARATOR (U+2028), PARAGRAPH SEPARATOR (U+2029) and a carriage return on its
    own end a line in YAML 1.1 and do not in most editors: a file then holds other keys than you see.

    ## Example

    ```text
    stem: one line<U+2028>answer: a key that no editor shows as one
    ```

    ## Instead

    replace the character by an ordinary line break or a space.
    """

    code = "Y009"
    essential = True
    fix = "safe"

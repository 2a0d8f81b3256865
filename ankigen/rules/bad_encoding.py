"""Y008 bad-encoding."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class BadEncoding(Rule):
    r"""The file is not UTF-8 text, or holds a control character.

    ## Why it is bad

    Other programs would show other letters, or none. Control characters are left behind by copying from PDF
    files and terminals; one of them separates the fields of a note inside Anki.

    ## Example

    ```text
    stem: Was ist ein Schl\xFCssel?      (the byte of ü in Windows-1252)
    ```

    ## Instead

    save the file as UTF-8; most editors have it under Save As or Save with Encoding.
    """

    code = "Y008"
    essential = True

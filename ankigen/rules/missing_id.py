"""I002 missing-id."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class MissingId(Rule):
    """A deck, a concept, a question or a part with a `prompt` has no `id`.

    ## Why it is bad

    The id makes the note's identity in Anki. Without one of its own, every edit of the text would make a
    new card and lose the history of the old. A part without a `prompt` makes no note and needs no id.

    ## Example

    ```yaml
    - stem: How much data can KMS's Encrypt take in one call?
      answer: 4 KB.
    ```

    ## Instead

    ```yaml
    - id: kms-encrypt-limit
      stem: How much data can KMS's Encrypt take in one call?
      answer: 4 KB.
    ```
    """

    code = "I002"
    essential = True
    fix = "safe"

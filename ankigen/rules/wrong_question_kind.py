"""S005 wrong-question-kind."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class WrongQuestionKind(Rule):
    """A question has none of `options`, `answer` and `cloze`, or more than one of them.

    ## Why it is bad

    Which one it has decides what kind of card it becomes.

    ## Example

    ```yaml
    - id: kms-limit
      stem: How much data can KMS's Encrypt take in one call?
    ```

    ## Instead

    ```yaml
    - id: kms-limit
      stem: How much data can KMS's Encrypt take in one call?
      answer: 4 KB.
    ```
    """

    code = "S005"
    essential = True

"""I009 unlinked-question."""

from __future__ import annotations

from ankigen.lint.rule import Rule


class UnlinkedQuestion(Rule):
    """A question is linked to no concept, neither by itself nor by its file.

    ## Why it is bad

    With its answer, a card shows the concept that it belongs to, and it takes its topic and its place in
    the deck from there.

    ## Example

    ```yaml
    questions:
      - id: kms-encrypt-limit
        cloze: Encrypt takes {{c1::4 KB}}.
    ```

    ## Instead

    ```yaml
    concept: aws-kms-encryption
    questions:
      - id: kms-encrypt-limit
        cloze: Encrypt takes {{c1::4 KB}}.
    ```
    """

    code = "I009"
    essential = True

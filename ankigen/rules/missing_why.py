"""Q026 missing-why."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Question, option_at


class MissingWhy(Rule):
    """An option does not say why it is right or wrong.

    ## Why it is bad

    Each wrong option was made for a way of being wrong. Who chose it should read which.

    It is off unless asked for.

    ## Example

    ```yaml
    options: [{text: GenerateDataKey, correct: true}, Encrypt, Decrypt]
    ```

    ## Instead

    ```yaml
    options:
      - {text: GenerateDataKey, correct: true, why: It returns the key in plaintext and encrypted.}
      - {text: Encrypt, why: It returns no key.}
      - {text: Decrypt, why: It returns no new key.}
    ```
    """

    code = "Q026"
    severity = Severity.WARNING
    pedantic = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look at each option."""
        for index, option in enumerate(question.options):
            if not option.why:
                yield self.found(option_at(question, index), "this option does not say why", "add `why:` to it")

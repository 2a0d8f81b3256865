"""Q009 key-longer."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import longest_key
from ankigen.model import Deck, Question, option_at


class KeyLonger(Rule):
    """The correct option is more than one and a half times as long as the longest of the others.

    ## Why it is bad

    See `key-far-longer`; this is the same with less patience, and often the key has to be longer. (Measured
    on two public banks: 6.6 % and 13.7 % of questions.)

    It is off unless asked for.

    ## Example

    ```yaml
    options:
      - {text: Encrypt it locally with a data key, correct: true}
      - Use Encrypt on all parts
      - Use S3
    ```

    ## Instead

    ```yaml
    options:
      - {text: Encrypt it locally with a data key, correct: true}
      - Send it to Encrypt in parts of 4 KB
      - Store it in S3
    ```
    """

    code = "Q009"
    severity = Severity.WARNING
    pedantic = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the longest key with the longest distractor, where `key-far-longer` does not."""
        key = longest_key(question)
        if key is None or key.is_far_longer:
            return
        if key.length > 1.5 * key.distractor and key.length >= key.distractor + 10:
            yield self.found(
                option_at(question, key.place),
                f"the correct option has {key.length} characters, and no other more than {key.distractor}",
                "make the others as exact, or move what explains into `why`",
            )

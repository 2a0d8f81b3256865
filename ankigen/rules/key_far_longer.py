"""Q008 key-far-longer."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import longest_key
from ankigen.model import Deck, Question, option_at


class KeyFarLonger(Rule):
    """The correct option is more than twice as long as the longest of the others, and by 20 characters or
    more.

    ## Why it is bad

    Authors make the key exact, and so longer. Learners notice: who always picks the longest option scores
    well without knowing anything. (Haladyna, Downing and Rodriguez 2002, guideline 28; NBME Item-Writing
    Guide; measured on two public banks: 1.6 % and 5.8 % of questions.)

    ## Example

    ```yaml
    options:
      - {text: Encrypt the file locally with a data key and store the key encrypted, correct: true}
      - Use Encrypt
      - Use S3
    ```

    ## Instead

    ```yaml
    options:
      - {text: Encrypt it locally with a data key, correct: true}
      - Send it to Encrypt in parts of 4 KB
      - Store it in S3 with SSE-S3 alone
    ```
    """

    code = "Q008"
    severity = Severity.WARNING

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the longest key with the longest distractor."""
        key = longest_key(question)
        if key and key.is_far_longer:
            yield self.found(
                option_at(question, key.place),
                f"the correct option has {key.length} characters, and no other more than {key.distractor}",
                "make the others as exact, or move what explains into `why`",
            )

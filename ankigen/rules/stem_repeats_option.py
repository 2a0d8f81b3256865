"""Q024 stem-repeats-option."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import plain
from ankigen.model import Deck, Question, option_at


class StemRepeatsOption(Rule):
    """An option stands word for word in the stem.

    ## Why it is bad

    It is either given away or struck out at once.

    ## Example

    ```yaml
    stem: After calling GenerateDataKey for a file, which call encrypts it?
    options: [{text: None of KMS, correct: true}, calling GenerateDataKey for a file, Decrypt]
    ```

    ## Instead

    ```yaml
    stem: Which call of KMS encrypts a file of 5 MB?
    options: [{text: None, correct: true}, Encrypt, Decrypt]
    ```
    """

    code = "Q024"
    severity = Severity.WARNING

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look for each option of three words and more in the stem."""
        stem = plain(question.stem).casefold()
        texts = [plain(option.text).casefold().rstrip(".") for option in question.options]
        repeated = [
            index
            for index, text in enumerate(texts)
            # Most are in no stem, and a pattern of each would take long to make.
            if text in stem and len(text.split()) >= 3 and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", stem)
        ]
        # "Which came first, this or that?" names them all.
        if len(repeated) == 1:
            message = "this option stands word for word in the stem"
            yield self.found(option_at(question, repeated[0]), message, "say one of the two in another way")

"""Q005 duplicate-option."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Related
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Question, option_at


class DuplicateOption(Rule):
    """Two options of a question say the same.

    ## Why it is bad

    If one of them is the key, two answers are right; if not, learners see one option less.

    ## Example

    ```yaml
    options: [4 KB, {text: 1 MB, correct: true}, 4  KB]
    ```

    ## Instead

    ```yaml
    options: [4 KB, {text: 1 MB, correct: true}, 4 MB]
    ```
    """

    code = "Q005"

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the options, white space and composed characters aside."""
        first: dict[str, int] = {}
        for index, option in enumerate(question.options):
            same = first.setdefault(" ".join(unicodedata.normalize("NFC", option.text).split()), index)
            if same != index:
                yield self.found(
                    option_at(question, index),
                    "this option says the same as another",
                    "change one of the two, or delete it",
                    related=(Related(option_at(question, same), "the other"),),
                )

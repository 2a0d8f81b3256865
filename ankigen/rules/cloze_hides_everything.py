"""C010 cloze-hides-everything."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import plain
from ankigen.model import Deck, Kind, Question

# Letters, and the signs by which "E =" asks for something.
_SEEN = re.compile(r"[\w=<>+≈≠≤≥→⇌]")


class ClozeHidesEverything(Rule):
    """A cloze text consists of its gaps, and nothing else is left to answer from.

    ## Why it is bad

    The card shows an empty page, and the learner cannot know what is asked.

    ## Example

    ```yaml
    cloze: "{{c1::Encrypt takes 4 KB}}"
    ```

    ## Instead

    ```yaml
    cloze: Encrypt takes {{c1::4 KB}}.
    ```
    """

    code = "C010"
    severity = Severity.WARNING

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Count the words outside each card's gaps."""
        if question.kind is not Kind.CLOZE:
            return
        for number in sorted(set(re.findall(r"\{\{c(\d+)::", question.cloze)), key=int):
            hidden = re.sub(rf"\{{\{{c{number}::(?:(?!\}}\}}).)*\}}\}}", " ", question.cloze, flags=re.DOTALL)
            left = re.sub(r"\{\{c\d+::|::[^}]*\}\}|\}\}", " ", plain(hidden))
            picture = "![" in hidden or "<img" in hidden
            if not picture and len(_SEEN.findall(left)) < 2 and "::" not in re.sub(r"c\d+::", "", question.cloze):
                help = "leave a sentence round the gap, or give a hint: `{{c1::hidden::hint}}`"
                yield self.found(
                    question.origin.at("cloze"), f"card {number} of this cloze shows nothing but its gap", help
                )

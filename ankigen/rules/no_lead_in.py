"""Q018 no-lead-in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.model import Deck, Kind, Question
from ankigen.source.markdown import prose

# A question, a sentence to be completed, a gap, or an order to the learner.
_ASKS = re.compile(
    r"[?:=？：؟]|_{2,}|\.\.\.|…|\b(?:select|choose|pick|name|identify|find|match|complete|determine|calculate|arrange"
    r"|order|solve|simplify|compute|evaluate|convert|translate|state|give|list|define|estimate|mark|sort|rank"
    r"|classify|fill)\b",
    re.IGNORECASE,
)
_INCOMPLETE = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|do|does|did|must|should|can|could|may|might|will|would|by|to|of|in|into"
    r"|on|at|for|from|with|as|than|through|between|under|over|after|before|during|about|against|like|the|an?|that"
    r"|which|who|when|where|if|because|and|or|not|called|named|means|equals)\s*$",
    re.IGNORECASE,
)


class NoLeadIn(Rule):
    """The stem of a choice question asks nothing.

    ## Why it is bad

    Learners then read the options to find out what is asked. A stem should be answerable with the options
    covered. (Haladyna, Downing and Rodriguez 2002, guideline 15; measured on two public banks: 2.9 % and
    3.6 % of questions.)

    It reads English, and stays silent on a deck in another language.

    ## Example

    ```yaml
    stem: AWS KMS and large data.
    ```

    ## Instead

    ```yaml
    stem: How is large data encrypted with AWS KMS?
    ```
    """

    code = "Q018"
    severity = Severity.WARNING
    english = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look for what asks."""
        if question.kind is not Kind.CHOICE:
            return
        # What is masked (code, maths) may be all that there is, or the words no English: then nothing is said.
        words = prose(question.stem)
        if "?" in words:
            return
        if re.search("[A-Za-z]", words) and not _ASKS.search(words) and not _INCOMPLETE.search(words.rstrip()):
            help = "end the stem in the question that the options answer"
            yield self.found(question.origin.at("stem"), "this stem asks nothing", help)

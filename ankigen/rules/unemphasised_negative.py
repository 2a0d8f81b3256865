"""Q010 unemphasised-negative."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import lead_in
from ankigen.model import Deck, Kind, Question
from ankigen.source.markdown import prose

# The negative of the question itself, not one of a condition or an aim in it ("if the key is not rotated", "to
# make sure that it is not lost").
_NEGATIVE = re.compile(
    r"\b(?:which|what)\b(?:(?!\b(?:if|when|where|because|that|which|what|who|whose|while|although|unless|until|since|so|to"
    r"|sure|ensures?|guarantees?|means?|prevents?|requires?|assumes?|shows?|proves?|says?)\b)[^?.])*?"
    r"(?:\b(?:is|are|was|were|does|do|did|can|could|would|should|will|must)\s+"
    r"(?:(?:you|we|they|he|she|it|one|(?:the|an?)\s+\w+)\s+)?(not)\b|\b(cannot)\b"
    r"|\b((?:is|are|was|were|does|do|did|ca|could|would|should|wo|must)n['’]t)\b)"
    r"|\b(except)\b(?=\s*(?:[?:.]|$))",
    re.IGNORECASE,
)
# What each of them has; most stems have none.
_SIGNS = ("not", "n't", "n’t", "except")
# A short form before its subject ("what shouldn't you do"): the long one parts there.
_SUBJECT = re.compile(r"\s+(?:you|we|they|he|she|it|one)\b")
_NOUN = re.compile(r"\s+(?:the|an?|this|that|these|those|your|our|their)\b")


class UnemphasisedNegative(Rule):
    """The question asks what is not so, and "not", "isn't" or "except" is written like any other word.

    ## Why it is bad

    Read in haste, the question turns into its opposite, and the learner fails at reading and not at the
    matter. (Haladyna, Downing and Rodriguez 2002, guideline 17.)

    It reads English, and stays silent on a deck in another language.

    ## Example

    ```yaml
    stem: Which of these calls does not return a key?
    ```

    ## Instead

    ```yaml
    stem: Which of these calls does **NOT** return a key?
    ```
    """

    code = "Q010"
    severity = Severity.WARNING
    english = True
    fix = "safe"

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look at the sentence that asks."""
        small = question.stem.lower()
        if question.kind is not Kind.CHOICE or not any(sign in small for sign in _SIGNS):
            return
        asking = lead_in(question.stem)
        if asking is None:
            return
        match = _NEGATIVE.search(prose(question.stem), asking.start(), asking.end())
        if match is None:
            return
        start, end = match.span(match.lastindex or 0)
        word = question.stem[start:end]
        if word.isupper() or (start and question.stem[start - 1] in "*_>"):
            return
        better = _emphasised(word, question.stem[end:])
        yield self.found(
            question.origin.within(("stem",), start, end),
            f"`{word}` turns the question round, and is easily overlooked",
            f"write `{better or '**NOT**'}`, or ask what is so",
            fix=question.origin.fix(("stem",), start, end, better, safe=True) if better else None,
        )


def _emphasised(word: str, after: str) -> str:
    """A negative as it cannot be overlooked; empty where the words round it would have to change places."""
    verb = word.lower().replace("’", "'").removesuffix("n't")
    if verb in ("not", "except", "cannot", "ca"):
        return "**CANNOT**" if verb == "ca" else f"**{word.upper()}**"
    if _SUBJECT.match(after) or (verb not in ("is", "are", "was", "were") and _NOUN.match(after)):
        return ""
    return f"{'will' if verb == 'wo' else verb} **NOT**"

"""Q016 grammatical-cue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Fix, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import plain
from ankigen.model import Deck, Kind, Question, option_text

_ENDS_IN_ARTICLE = re.compile(r"\b(an?)\s*[:.…_]*$")
_VOWEL = re.compile(r"[aeiou]|hour|honest|honou?r|heir", re.IGNORECASE)
# A European, a university: the letter is a vowel, and the sound is none.
_CONSONANT = re.compile(r"eu|one\b|once|uni[cfloqtsv]|us[aeu]|uti|ubi|ur[aei]", re.IGNORECASE)
# Numbers, signs, and words in capitals, which may be spelt out (an MRI) or not (a NASA mission).
_UNSURE = re.compile(r"[^A-Za-z]|[A-Z]{2}|[A-Z]\b")


class GrammaticalCue(Rule):
    """The stem ends in "a" or "an", and some options begin with the other kind of sound.

    ## Why it is bad

    The grammar strikes out options without any knowledge of the matter. (Haladyna, Downing and Rodriguez
    2002, guideline 28.)

    It reads English, and stays silent on a deck in another language.

    ## Example

    ```yaml
    stem: What encrypts large data is an
    options: [{text: envelope key, correct: true}, policy, grant]
    ```

    ## Instead

    ```yaml
    stem: What encrypts large data is
    options: [{text: an envelope key, correct: true}, a policy, a grant]
    ```
    """

    code = "Q016"
    severity = Severity.WARNING
    english = True
    fix = "unsafe"

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the article with the first letter of each option."""
        match = _ENDS_IN_ARTICLE.search(question.stem.rstrip()) if question.kind is Kind.CHOICE else None
        if match is None:
            return
        vowels = [_begins_with_vowel(plain(option.text)) for option in question.options]
        if {True, False} <= set(vowels):
            help = f"end the stem before `{match[1]}`, and begin each option with `a` or `an`"
            message = f"`{match[1]}` fits some of the options only"
            place = question.origin.within(("stem",), match.start(1), match.end(1))
            yield self.found(place, message, help, fix=_fix(question, match, vowels))


def _begins_with_vowel(text: str) -> bool | None:
    """Whether the first sound of a text is a vowel; None where that cannot be told."""
    text = text.lstrip("'\"‘“(")
    if _UNSURE.match(text):
        return None
    return bool(_VOWEL.match(text)) and not _CONSONANT.match(text)


def _fix(question: Question, article: re.Match[str], vowels: list[bool | None]) -> Fix | None:
    """Moves the article from the end of the stem to each option."""
    if None in vowels:
        return None
    space = len(question.stem[: article.start(1)]) - len(question.stem[: article.start(1)].rstrip())
    origin = question.origin
    edits = [origin.document.edit((*origin.path, "stem"), article.start(1) - space, article.end(1), "")]
    for index, vowel in enumerate(vowels):
        edits.append(option_text(question, index).edit(0, 0, "an " if vowel else "a "))
    made = tuple(edit for edit in edits if edit is not None)
    return Fix(made, safe=False) if len(made) == len(edits) else None

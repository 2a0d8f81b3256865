"""Q016 grammatical-cue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Fix, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import plain
from ankigen.model import Deck, Kind, Question, option_text

_ENDS_IN_ARTICLE = re.compile(r"\b(an?)\s*[:.…_]*$", re.IGNORECASE)


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
        vowels = [plain(option.text)[:1].lower() in tuple("aeiou") for option in question.options]
        if len(set(vowels)) > 1:
            help = f"end the stem before `{match[1]}`, and begin each option with `a` or `an`"
            message = f"`{match[1]}` fits some of the options only"
            place = question.origin.within(("stem",), match.start(1), match.end(1))
            yield self.found(place, message, help, fix=_fix(question, match, vowels))


def _fix(question: Question, article: re.Match[str], vowels: list[bool]) -> Fix | None:
    """Moves the article from the end of the stem to each option."""
    space = len(question.stem[: article.start(1)]) - len(question.stem[: article.start(1)].rstrip())
    origin = question.origin
    edits = [origin.document.edit((*origin.path, "stem"), article.start(1) - space, article.end(1), "")]
    for index, vowel in enumerate(vowels):
        edits.append(option_text(question, index).edit(0, 0, "an " if vowel else "a "))
    made = tuple(edit for edit in edits if edit is not None)
    return Fix(made, safe=False) if len(made) == len(edits) else None

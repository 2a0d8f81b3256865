"""Q014 clang-association."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import content_words, keys_and_distractors
from ankigen.model import Deck, Question, option_at


class ClangAssociation(Rule):
    """A word of the stem stands in the correct option and in no other.

    ## Why it is bad

    Learners who know nothing choose the option that sounds like the question. (Haladyna, Downing and
    Rodriguez 2002, guideline 28; measured on two public banks: 21 % and 17 % of questions, most of them
    harmless.)

    It is off unless asked for.

    ## Example

    ```yaml
    stem: Which service throttles requests?
    options: [{text: The request quota, correct: true}, The key policy, A grant]
    ```

    ## Instead

    ```yaml
    stem: Which service throttles calls?
    options: [{text: The request quota, correct: true}, The key policy, A grant]
    ```
    """

    code = "Q014"
    severity = Severity.WARNING
    pedantic = True

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Look for words of six letters and more that the stem shares with all keys alone."""
        keys, distractors = keys_and_distractors(question)
        if not keys or not distractors:
            return
        shared = content_words(question.stem).intersection(*(content_words(option.text) for option in keys))
        shared -= frozenset().union(*(content_words(option.text) for option in distractors))
        long = sorted(word for word in shared if len(word) >= 6)
        if long:
            key = question.options.index(keys[0])
            help = "use another word in one of the two, or the same word in another option"
            yield self.found(
                option_at(question, key), f"`{long[0]}` stands in the stem and in this option alone", help
            )

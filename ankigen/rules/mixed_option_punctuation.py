"""Q020 mixed-option-punctuation."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import plain
from ankigen.model import Deck, Question, option_text

# Others have a full stop inside them ("U.S.").
_ABBREVIATIONS = frozenset(
    ["al", "approx", "bzw", "co", "corp", "etc", "inc", "jr", "ltd", "sr", "st", "usw", "vs"]
)


class MixedOptionPunctuation(Rule):
    """Some options end in a full stop, and others do not.

    ## Why it is bad

    It looks careless, and what differs draws the eye: often it is the key, written with more care.
    (Haladyna, Downing and Rodriguez 2002, guideline 23.)

    It is off unless asked for.

    ## Example

    ```yaml
    options: [{text: It stores the key., correct: true}, It stores the data, It stores the policy]
    ```

    ## Instead

    ```yaml
    options: [{text: It stores the key, correct: true}, It stores the data, It stores the policy]
    ```
    """

    code = "Q020"
    severity = Severity.WARNING
    pedantic = True
    fix = "safe"

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the ends of the options; the fewer are reported."""
        ends = [_ends_in(plain(option.text)) for option in question.options]
        stops = [end for end in ends if end is not None]
        full_stop = next((stop for stop in stops if stop), "")
        if not full_stop or all(stops):
            return
        odd = sum(map(bool, stops)) <= len(stops) / 2
        for index, end_mark in enumerate(ends):
            stop = bool(end_mark)
            if end_mark is not None and stop is odd:
                message = f"this option ends {'in' if stop else 'without'} a full stop, and others do not"
                text = option_text(question, index)
                end = len(text.value.rstrip())
                # Where the full stop stands inside other marks, a person decides.
                is_last = text.value[:end].endswith((".", "。"))
                fix = text.fix(end - 1, end, "", safe=True) if stop and is_last else None
                if not stop and text.value[:end][-1:].isalnum():
                    fix = text.fix(end, end, "." if text.value.isascii() else full_stop, safe=True)
                yield self.found(text.whole(), message, "end all options in the same way", fix=fix)


def _ends_in(text: str) -> str | None:
    """The full stop that a text ends in, or nothing; None where it belongs to an abbreviation and tells nothing."""
    if not text.endswith((".", "。")):
        return ""
    last = text[:-1].split(" ")[-1].lower().lstrip("(\"'“‘")
    return None if "." in last or last in _ABBREVIATIONS else text[-1]

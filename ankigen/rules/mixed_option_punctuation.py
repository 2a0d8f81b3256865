"""Q020 mixed-option-punctuation."""

from __future__ import annotations

from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import plain
from ankigen.model import Deck, Question, option_text


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
        stopped = [plain(option.text).endswith((".", "。")) for option in question.options]
        if len(set(stopped)) < 2:
            return
        full_stop = next(plain(o.text)[-1] for o, stop in zip(question.options, stopped, strict=True) if stop)
        odd = sum(stopped) <= len(stopped) / 2
        for index, stop in enumerate(stopped):
            if stop is odd:
                message = f"this option ends {'in' if stop else 'without'} a full stop, and others do not"
                text = option_text(question, index)
                end = len(text.value.rstrip())
                # Where the full stop stands inside other marks, or belongs to an abbreviation, a person decides.
                is_last = (
                    text.value[:end].endswith((".", "。")) and "." not in text.value[: end - 1].split(" ")[-1]
                )
                fix = text.fix(end - 1, end, "", safe=True) if stop and is_last else None
                if not stop and text.value[:end][-1:].isalnum():
                    fix = text.fix(end, end, "." if text.value.isascii() else full_stop, safe=True)
                yield self.found(text.whole(), message, "end all options in the same way", fix=fix)

"""Q019 repeated-option-prefix."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from ankigen.diagnostic import Diagnostic, Fix, Severity
from ankigen.lint.rule import Rule
from ankigen.lint.words import plain
from ankigen.model import Deck, Kind, Question, option_text


class RepeatedOptionPrefix(Rule):
    """Every option begins with the same words.

    ## Why it is bad

    They are read over and over. In the stem they are read once.

    It is off unless asked for.

    ## Example

    ```yaml
    stem: What does KMS do?
    options: [{text: It stores the key, correct: true}, It stores the data, It stores the policy]
    ```

    ## Instead

    ```yaml
    stem: What does KMS store?
    options: [{text: the key, correct: true}, the data, the policy]
    ```
    """

    code = "Q019"
    severity = Severity.WARNING
    pedantic = True
    fix = "unsafe"

    def check_question(self, question: Question, deck: Deck) -> Iterator[Diagnostic]:
        """Compare the first words of all options."""
        if question.kind is not Kind.CHOICE or len(question.options) < 3:
            return
        first, *others = [plain(option.text).split() for option in question.options]
        shared = [
            word
            for word, _ in takewhile(
                lambda pair: all(same == pair[0] for same in pair[1]),
                zip(first, zip(*others, strict=False), strict=False),
            )
        ]
        if len(shared) >= 2 and len(" ".join(shared)) >= 8:
            help = "move these words to the end of the stem"
            yield self.found(
                question.origin.key("options"),
                f"every option begins with `{' '.join(shared)}`",
                help,
                fix=_fix(question, " ".join(shared) + " "),
            )


def _fix(question: Question, prefix: str) -> Fix | None:
    """Moves the words to the end of a stem that the options go on with."""
    bare = question.stem.rstrip(" :.…_\n")
    if question.stem.rstrip().endswith("?") or not all(o.text.startswith(prefix) for o in question.options):
        return None
    # Within a sentence, a first word that is not a name begins with a small letter.
    first = prefix if prefix[1:2].isupper() else prefix[0].lower() + prefix[1:]
    origin = question.origin
    edits = [origin.document.edit((*origin.path, "stem"), len(bare), len(bare), " " + first.rstrip())]
    for index in range(len(question.options)):
        edits.append(option_text(question, index).edit(0, len(prefix), ""))
    made = tuple(edit for edit in edits if edit is not None)
    return Fix(made, safe=False) if len(made) == len(edits) else None

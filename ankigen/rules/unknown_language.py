"""A015 unknown-language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.language import is_language, meant_language
from ankigen.lint.rule import Rule
from ankigen.model import Deck


class UnknownLanguage(Rule):
    """The deck's language is none that there is: most often a name, or a country, where a language tag is wanted.

    ## Why it is bad

    The cards' own words, such as "Explanation", are then in English, and what reads cards aloud does not know how.
    Where English was meant, the rules that read English stay silent.

    ## Example

    ```yaml
    language: deutsch
    ```

    ## Instead

    ```yaml
    language: de
    ```
    """

    code = "A015"
    severity = Severity.WARNING
    fix = "unsafe"

    def check_deck(self, facts: Sequence[Any], deck: Deck) -> Iterator[Diagnostic]:
        """Look the language up."""
        if is_language(deck.language):
            return
        meant = meant_language(deck.language)
        yield self.found(
            deck.origin.at("language"),
            f"there is no language `{deck.language.partition('-')[0]}`",
            f"did you mean `{meant}`?" if meant else "write its tag, such as `en`, `pt-BR` or `ar`",
            fix=deck.origin.fix(("language",), 0, len(deck.language), meant, safe=False) if meant else None,
        )

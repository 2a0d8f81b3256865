"""Y004 comment-swallows-text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ankigen.diagnostic import Diagnostic, Edit, Fix, Severity, Span
from ankigen.lint.rule import Rule
from ankigen.source.yaml import Document

_HASH = re.compile(r"(?<=\S)[ \t]+(#[^\s#!][^\n\r]*)")


class CommentSwallowsText(Rule):
    """A `#` after a space ends a text, and what follows is lost as a comment.

    ## Why it is bad

    YAML takes it for a comment. The card misses the rest of the sentence.

    ## Example

    ```yaml
    answer: It is ranked #1 of all.
    ```

    ## Instead

    ```yaml
    answer: "It is ranked #1 of all."
    ```
    """

    code = "Y004"
    severity = Severity.WARNING
    fix = "unsafe"

    def check_document(self, document: Document) -> Iterator[Diagnostic]:
        """Look for comments that begin without a space, after a value on the same line."""
        source = document.source
        for match in _HASH.finditer(source.text) if " #" in source.text else ():
            before = source.text[source.text.rfind("\n", 0, match.start()) + 1 : match.start()]
            after_value = not before.rstrip().endswith((":", "-", "|", ">", "|-", ">-", ",", "[", "{"))
            start = document.text_start(match.start() - 1)
            # What has an end of its own, such as a quotation mark, was not meant to go on.
            is_plain = start is not None and source.text[start] not in "'\"|>"
            is_text = document.text_at(match.start(1))
            if after_value and is_plain and not is_text and not match[1].startswith("#ankigen"):
                fix = None
                if start is not None:
                    whole = source.text[start : match.end()].rstrip()
                    quoted = "'" + whole.replace("'", "''") + "'"
                    fix = Fix((Edit(source.location(Span(start, start + len(whole))), quoted),), safe=False)
                help = "put the whole text in quotation marks; a comment is written with a space after its `#`"
                yield self.found(
                    source.location(Span(*match.span(1))),
                    "this is lost: `#` begins a comment here",
                    help,
                    fix=fix,
                )

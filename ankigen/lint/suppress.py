"""Applies the comments that silence rules, and finds what is wrong with such comments themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from ankigen.diagnostic import Diagnostic, Edit, Fix, Span
from ankigen.lint.rule import Rule
from ankigen.lint.settings import UnknownRuleError, named
from ankigen.source.suppress import Suppression, Word, suppressions_of
from ankigen.source.yaml import Document

_VERBS = ("ignore", "ignore-file")


def apply(
    found: Iterable[Diagnostic], documents: Iterable[Document], ran: frozenset[str], rules: Mapping[str, Rule]
) -> Iterator[Diagnostic]:
    """The findings that no comment silences, and those about the comments.

    `ran` are the names of the rules that looked at the files: of others it cannot be said that they find nothing.
    """
    comments = {
        document.source.path: [_Comment(document, comment, rules) for comment in comments]
        for document in documents
        if (comments := suppressions_of(document.source, document))
    }
    for diagnostic in found:
        # No short cut: each comment that would silence it is of use.
        silencing = [comment.silences(diagnostic) for comment in comments.get(diagnostic.location.path, ())]
        if not any(silencing):
            yield diagnostic
    for group in comments.values():
        for comment in group:
            yield from comment.problems(ran)


class _Comment:
    """A comment in a document, with the rules that it names."""

    def __init__(self, document: Document, comment: Suppression, rules: Mapping[str, Rule]) -> None:
        self.source = document.source
        self.comment = comment
        self.rules = rules
        self.names: dict[Word, frozenset[str]] = {}
        self.used: set[Word] = set()
        self.unknown: list[tuple[Word, str]] = []
        for word in comment.words:
            try:
                self.names[word] = named(word.text, rules)
            except UnknownRuleError as error:
                self.unknown.append((word, error.nearest))

    def silences(self, diagnostic: Diagnostic) -> bool:
        """Whether the comment is meant for this finding."""
        first, last = self.comment.first, self.comment.last
        if self.comment.verb not in _VERBS or not first <= diagnostic.location.start.line <= last:
            return False
        if self.rules[diagnostic.rule].essential:
            return False
        meant = [word for word, names in self.names.items() if diagnostic.rule in names]
        self.used.update(meant)
        return bool(meant)

    def problems(self, ran: frozenset[str]) -> Iterator[Diagnostic]:
        """What is wrong with the comment."""
        comment = self.comment
        if comment.verb not in _VERBS:
            near = get_close_matches(comment.verb, _VERBS, n=1)
            help = f"did you mean `{near[0]}`?" if near else "write `ignore[RULE] because ...`"
            yield self.make("unknown-setting", f"`{comment.verb}` is nothing that a comment can ask for", help)
            return
        if not comment.words:
            help = f"write `{comment.verb}[RULE] because ...`, with a rule's code or name"
            yield self.make("unknown-setting", "this comment names no rule", help)
            return
        for word, nearest in self.unknown:
            help = f"did you mean `{nearest}`?" if nearest else "`ankigen rule` lists the rules"
            yield self.make("unknown-rule", f"there is no rule `{word.text}`", help, word.span)
        if not comment.reason:
            help = "say why, for whoever reads it next: `# ankigen: ignore[RULE] because ...`"
            yield self.make("reasonless-suppression", "this comment does not say why it silences a rule", help)
        for word, names in self.names.items():
            if word not in self.used and names & ran:
                fix = self.deletion() if len(comment.words) == 1 else None
                yield self.make(
                    "unused-suppression", f"`{word.text}` finds nothing here", "delete it", word.span, fix
                )

    def deletion(self) -> Fix:
        """Takes the comment away, and its line with it where it stands alone."""
        text = self.source.text
        start, end = self.comment.span
        line = text.rfind("\n", 0, start) + 1
        if text[line:start].strip():
            start -= len(text[line:start]) - len(text[line:start].rstrip())
        else:
            start, end = line, text.find("\n", end) + 1 or len(text)
        return Fix((Edit(self.source.location(Span(start, end)), ""),), safe=True)

    def make(
        self, rule: str, message: str, help: str, span: Span | None = None, fix: Fix | None = None
    ) -> Diagnostic:
        return Diagnostic(rule, message, self.source.location(span or self.comment.span), help=help, fix=fix)

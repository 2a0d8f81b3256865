"""Applies the comments that silence rules, and finds what is wrong with such comments themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import TypeAlias

from ankigen.diagnostic import Diagnostic, Fix, Location
from ankigen.lint.rule import Rule
from ankigen.lint.settings import UnknownRuleError, named
from ankigen.source.suppress import Suppression, Word

_VERBS = ("ignore", "ignore-file")
_Stretch: TypeAlias = tuple[str, int, int]
"""A file, and the first and last of its lines that a comment is for."""


def apply(
    found: Iterable[Diagnostic],
    suppressions: Iterable[Suppression],
    ran: frozenset[str],
    rules: Mapping[str, Rule],
) -> Iterator[Diagnostic]:
    """The findings that no comment silences, and those about the comments.

    `ran` are the names of the rules that looked at the files: of others it cannot be said that they find nothing.
    """
    comments = [_Comment(suppression, rules) for suppression in suppressions]
    # By the lines that they are for, as there may be very many for the same; for the whole file, that is line 0.
    stretches: dict[_Stretch, list[_Comment]] = {}
    for comment in comments:
        meant = comment.meant
        if meant.verb in _VERBS:
            first, last = (0, 0) if meant.verb == "ignore-file" else (meant.first, meant.last)
            stretches.setdefault((meant.location.path, first, last), []).append(comment)
    at: dict[tuple[str, int], list[_Stretch]] = {}
    for stretch in stretches:
        path, first, last = stretch
        for line in range(first, last + 1):
            at.setdefault((path, line), []).append(stretch)

    @cache
    def is_silent(stretch: _Stretch, rule: str) -> bool:
        # All of them are asked: each comment that would silence it is of use.
        return sum(comment.silences(rule) for comment in stretches[stretch]) > 0

    for diagnostic in found:
        path, line = diagnostic.location.path, diagnostic.location.start.line
        near = (*at.get((path, 0), ()), *at.get((path, line), ()))
        if not sum(is_silent(stretch, diagnostic.rule) for stretch in near):
            yield diagnostic
    for comment in comments:
        yield from comment.problems(ran)


class _Comment:
    """A comment, with the rules that it names."""

    def __init__(self, meant: Suppression, rules: Mapping[str, Rule]) -> None:
        self.meant = meant
        self.rules = rules
        self.names: dict[Word, frozenset[str]] = {}
        self.used: set[Word] = set()
        self.unknown: list[tuple[Word, str]] = []
        for word in meant.words:
            try:
                self.names[word] = named(word.text, rules)
            except UnknownRuleError as error:
                self.unknown.append((word, error.nearest))

    def silences(self, rule: str) -> bool:
        """Whether the comment is meant for this rule's findings."""
        if self.rules[rule].essential:
            return False
        meant = [word for word, names in self.names.items() if rule in names]
        self.used.update(meant)
        return bool(meant)

    def problems(self, ran: frozenset[str]) -> Iterator[Diagnostic]:
        """What is wrong with the comment."""
        comment = self.meant
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
            yield self.make("unknown-rule", f"there is no rule `{word.text}`", help, word.location)
        if comment.reason.strip(" .–—").lower() in ("", "because"):
            help = "say why, for whoever reads it next: `# ankigen: ignore[RULE] because ...`"
            yield self.make("reasonless-suppression", "this comment does not say why it silences a rule", help)
        for word, names in self.names.items():
            if word not in self.used and names & ran:
                fix = comment.deletion if len(comment.words) == 1 else word.deletion
                yield self.make(
                    "unused-suppression", f"`{word.text}` finds nothing here", "delete it", word.location, fix
                )

    def make(
        self, rule: str, message: str, help: str, location: Location | None = None, fix: Fix | None = None
    ) -> Diagnostic:
        return Diagnostic(rule, message, location or self.meant.location, help=help, fix=fix)

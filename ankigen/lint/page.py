"""The rules explained: one page a rule, made from its class, and the list of all."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

from ankigen.lint.rule import Rule
from ankigen.lint.settings import Settings

FAMILIES = {
    "Y": "YAML",
    "S": "the schema",
    "I": "identity and links",
    "Q": "questions",
    "C": "concepts, recall and cloze prompts",
    "F": "text and markup",
    "M": "media",
    "D": "the deck as a whole",
    "A": "Anki",
    "L": "the linter's own",
}
"""What the first letter of a code stands for, in the order of the reference."""


def page(rule: Rule, level: int = 1) -> str:
    """A rule's page as Markdown, its headings from the given level on."""
    text = inspect.cleandoc(type(rule).__doc__ or "").replace("## ", "#" * (level + 1) + " ")
    lines = [f"{'#' * level} {rule.code} {rule.name}", "", f"*{_facts(rule)}*", "", text]
    if rule.options:
        lines += ["", f"{'#' * (level + 1)} Options", ""]
        lines += [f"- `{option.name}` (`{option.default}`): {option.meaning}" for option in rule.options]
    return "\n".join(lines)


def _facts(rule: Rule) -> str:
    facts = [rule.severity.value]
    if rule.pedantic:
        facts.append("off by default")
    if rule.essential:
        facts.append("always on")
    if rule.online:
        facts.append("only with --check-links")
    if rule.fix:
        facts.append(f"{rule.fix} fix")
    return ", ".join(facts)


def summary(rule: Rule) -> str:
    """What a rule finds, in one sentence."""
    first = inspect.cleandoc(type(rule).__doc__ or "").partition("\n\n")[0]
    return " ".join(first.split())


def listing(rules: Iterable[Rule]) -> str:
    """One line a rule, by family."""
    chosen = list(rules)
    width = max(len(rule.name) for rule in chosen)
    lines = []
    for letter, what in FAMILIES.items():
        family = [rule for rule in chosen if rule.code[0] == letter]
        if family:
            lines += ["", f"{letter}: {what}"]
            lines += [f"  {rule.code} {rule.name:<{width}}  {_facts(rule)}" for rule in family]
    return "\n".join(lines[1:])


def reference(rules: Iterable[Rule]) -> str:
    """The page of all rules, as Markdown."""
    chosen = list(rules)
    lines = [
        "# Rules",
        "",
        "This page is made from the rules in `ankigen/rules/` by `docs/generate.py`. `ankigen rule CODE` shows",
        "one of them on the terminal.",
        "",
        "Rules are named in `lint:` in deck.yaml, in flags and in comments by code, by name, or by the letter of",
        "a family. A rule that is *off by default* is a matter of taste, or often wrong: `--pedantic`, or",
        "`lint: {extend: [pedantic]}`, runs them all. A rule that is *always on* finds what no deck can be made",
        "of. `ankigen lint --fix` makes the *safe fixes*, which leave the meaning as it is; `--unsafe-fixes`",
        "makes the others, too, and wants to be read over. Not all that such a rule finds can be repaired.",
    ]
    for letter, what in FAMILIES.items():
        family = [rule for rule in chosen if rule.code[0] == letter]
        lines += ["", f"## {letter}: {what}"] if family else []
        for rule in family:
            lines += ["", page(rule, level=3)]
    return "\n".join(lines) + "\n"


def settings_in_words(root: str, settings: Settings, running: Iterable[Rule]) -> Iterator[str]:
    """The settings of a root, a line for each rule that runs there and for what else is set."""
    rules = list(running)
    yield f"{root}: {len(rules)} rules run"
    width = max((len(rule.name) for rule in rules), default=0)
    for rule in rules:
        severity = settings.severity.get(rule.name, rule.severity).value
        options = ", ".join(f"{name}: {value}" for name, value in rule.option.items())
        yield f"  {rule.code} {rule.name:<{width}}  {severity:<7}  {options}".rstrip()
    for pattern, names in settings.per_file:
        yield f"  not in {pattern}: {', '.join(sorted(names))}"


def rule_as_data(rule: Rule) -> dict[str, Any]:
    """A rule as plain data."""
    return {
        "code": rule.code,
        "name": rule.name,
        "family": FAMILIES[rule.code[0]],
        "severity": rule.severity.value,
        "pedantic": rule.pedantic,
        "essential": rule.essential,
        "english": rule.english,
        "online": rule.online,
        "fix": rule.fix or None,
        "summary": summary(rule),
        "options": [
            {"name": option.name, "default": option.default, "meaning": option.meaning} for option in rule.options
        ],
        "page": page(rule),
    }

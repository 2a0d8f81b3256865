"""Which rules run, how severe they are, and with which options: deck.yaml's `lint:` and the command's flags.

A word that names rules is a code (`Q008`), a name (`key-far-longer`), the letter of a family (`Q`), `pedantic`
(the rules that are off by default) or `all`. Capital and small letters are the same.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

from ankigen.diagnostic import Diagnostic, Severity
from ankigen.lint.rule import Rule
from ankigen.source.text import SourceFile
from ankigen.source.yaml import Document, Path, parse
from ankigen.validate import FileKind, validate


class UnknownRuleError(Exception):
    """A word that names no rule; `nearest` is the one that may have been meant, or empty."""

    def __init__(self, word: str, nearest: str) -> None:
        super().__init__(f"there is no rule `{word}`")
        self.word = word
        self.nearest = nearest


class SettingError(Exception):
    """A setting given as a flag that cannot be; its text is one plain line for the user."""


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line says about rules: words as they were given.

    `online` runs the rules that ask the network, and `private_links` lets them ask private networks, too: only
    here, for deck.yaml is content, and content is not trusted. `settings` are settings by their section and their
    key, as in deck.yaml's `lint:`, which they win over; `overrides` reads them.
    """

    select: tuple[str, ...] = ()
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    online: bool = False
    private_links: bool = False
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one root. `rules` are the names of those that run."""

    rules: frozenset[str]
    severity: Mapping[str, Severity] = field(default_factory=dict)
    per_file: tuple[tuple[str, frozenset[str]], ...] = ()
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def allows(self, rule: str, path: str) -> bool:
        """Whether a rule's finding in a file, named by its path from the root, is shown."""
        return rule in self.rules and not any(
            rule in names and fnmatchcase(path, pattern) for pattern, names in self.per_file
        )


def named(word: str, rules: Mapping[str, Rule]) -> frozenset[str]:
    """The names of the rules that a word means. Raises UnknownRuleError where it means none."""
    low = word.lower()
    found = [
        rule.name
        for rule in rules.values()
        if low in (rule.name, rule.code.lower(), rule.code[0].lower(), "all")
        or (low == "pedantic" and rule.pedantic)
    ]
    if not found and low not in ("pedantic", "all"):
        raise UnknownRuleError(word, _nearest(low, rules.values()))
    return frozenset(found)


def _nearest(word: str, rules: Collection[Rule]) -> str:
    """The name or the code that a word in small letters may have been meant for, or nothing."""
    codes = [rule.code for rule in rules]
    number = re.fullmatch(r"([a-z])-?0*([0-9]{1,3})", word)
    if number and (code := f"{number[1].upper()}{number[2]:0>3}") in codes:
        return code
    family = [code for code in codes if code[0] == word[:1].upper()]
    names = ["pedantic", *(rule.name for rule in rules)]
    near = (
        get_close_matches(word.upper(), family, n=1)
        or get_close_matches(word, names, n=1)
        or get_close_matches(word.upper(), codes, n=1)
    )
    return near[0] if near else ""


def all_named(words: Iterable[str], rules: Mapping[str, Rule]) -> frozenset[str]:
    """The names of the rules that any of the words means. Raises UnknownRuleError."""
    return frozenset().union(*(named(word, rules) for word in words))


def settings_of(
    document: Document | None, flags: Flags, rules: Mapping[str, Rule]
) -> tuple[Settings, list[Diagnostic]]:
    """The settings of a root whose deck.yaml is the document, and what is wrong in its `lint:`.

    What a flag says wins over what deck.yaml says. The flags have been checked: raises UnknownRuleError.
    """
    data: dict[str, Any] = dict(document.data.get("lint", {})) if document is not None else {}
    for section, given in flags.settings.items():
        data[section] = {**data.get(section, {}), **given}
    reader = _Reader(document, rules)
    always = {rule.name for rule in rules.values() if rule.essential}
    default = {rule.name for rule in rules.values() if not rule.pedantic}
    online = {rule.name for rule in rules.values() if rule.online}
    if flags.select:
        chosen = set(all_named(flags.select, rules))
    elif "select" in data:
        chosen = reader.names(data["select"], ("lint", "select"))
    else:
        chosen = default
    if not flags.select:
        # The flag asks for these rules, as --extend does, but not against what deck.yaml ignores.
        chosen |= online if flags.online else set()
        chosen |= reader.names(data.get("extend", ()), ("lint", "extend"))
        chosen -= reader.names(data.get("ignore", ()), ("lint", "ignore"))
    chosen |= all_named(flags.extend, rules)
    chosen -= set() if flags.online else online
    chosen -= all_named(flags.ignore, rules)
    per_file = tuple(
        (pattern, frozenset(reader.names(words, ("lint", "per-file-ignores", pattern)) - always))
        for pattern, words in data.get("per-file-ignores", {}).items()
    )
    severity = {
        name: Severity(level)
        for word, level in data.get("severity", {}).items()
        for name in reader.names_of_key(word, ("lint", "severity", word)) - always
    }
    options = reader.options(data)
    return Settings(frozenset(chosen | always), severity, per_file, options), reader.problems


def overrides(words: Iterable[str], rules: Mapping[str, Rule]) -> dict[str, dict[str, Any]]:
    """Settings given as `SECTION.KEY=VALUE`, by their sections and keys. Raises SettingError.

    The key of a pattern may hold points, so that only the first one parts the section from it.
    """
    found: dict[str, dict[str, Any]] = {}
    for word in words:
        name, equals, value = word.partition("=")
        section, point, key = name.partition(".")
        if not (equals and point and section and key) or "\n" in value:
            raise SettingError(f"`{word}` is no setting: write SECTION.KEY=VALUE, such as long-stem.words=80")
        if section in _LISTS:
            raise SettingError(f"`{section}` has a flag of its own: --{section}")
        quoted = [json.dumps(part) for part in (section, key)]
        text = f"format: 1\nid: a\ntitle: A\nlint:\n  {quoted[0]}:\n    {quoted[1]}: {value}\n"
        document, problems = parse(SourceFile("--set", text))
        if document is not None and not problems:
            problems = validate(document, FileKind.DECK)
        if document is not None and not problems:
            _, problems = settings_of(document, Flags(), rules)
        if document is None or problems:
            help = f": {problems[0].help}" if problems[0].help else ""
            raise SettingError(f"--set {word}: {problems[0].message}{help}")
        found.setdefault(section, {})[key] = document.data["lint"][section][key]
    return found


_TYPES = {int: "a whole number", float: "a number", list: "a list", bool: "`true` or `false`"}


def _accepted(default: Any) -> tuple[type, ...]:
    """The types of what may be set in the place of a default: a whole number will do where any number does."""
    return (int, float) if type(default) is float else (type(default),)


_LISTS = ("extend", "select", "ignore")
_KEYS = (*_LISTS, "per-file-ignores", "severity")


class _Reader:
    """Reads the `lint:` of a deck.yaml that the schema allows, and notes what names nothing."""

    def __init__(self, document: Document | None, rules: Mapping[str, Rule]) -> None:
        self.document = document
        self.rules = rules
        self.problems: list[Diagnostic] = []

    def names(self, words: Iterable[str], path: Path) -> set[str]:
        found: set[str] = set()
        for index, word in enumerate(words):
            try:
                found |= named(word, self.rules)
            except UnknownRuleError as error:
                self.unknown(error, (*path, index), key=False)
        return found

    def names_of_key(self, word: str, path: Path) -> set[str]:
        try:
            return set(named(word, self.rules))
        except UnknownRuleError as error:
            self.unknown(error, path, key=True)
            return set()

    def unknown(self, error: UnknownRuleError, path: Path, *, key: bool) -> None:
        help = f"did you mean `{error.nearest}`?" if error.nearest else "`ankigen rule` lists the rules"
        self.report("unknown-rule", str(error), path, help, key=key)

    def report(self, rule: str, message: str, path: Path, help: str, *, key: bool) -> None:
        assert self.document is not None
        self.problems.append(Diagnostic(rule, message, self.document.location(path, key=key), help=help))

    def options(self, data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """The rules' own options, by the rules' names."""
        codes = {rule.code.lower(): rule for rule in self.rules.values()}
        found: dict[str, dict[str, Any]] = {}
        for word, given in data.items():
            if word in _KEYS:
                continue
            rule = self.rules.get(word) or codes.get(word.lower())
            if rule is None:
                near = get_close_matches(word, [*_KEYS, *(r.name for r in self.rules.values() if r.options)], n=1)
                help = (
                    f"did you mean `{near[0]}`?" if near else "a key here is a setting, or a rule that has options"
                )
                self.report(
                    "unknown-setting", f"`{word}` is no setting and no rule", ("lint", word), help, key=True
                )
                continue
            known = {option.name: option for option in rule.options}
            good = found.setdefault(rule.name, {})
            for name, value in given.items():
                option = known.get(name)
                path = ("lint", word, name)
                if option is None:
                    near = get_close_matches(name, known, n=1) or list(known)[:1]
                    help = f"did you mean `{near[0]}`?" if near else f"`{word}` has no options"
                    self.report("unknown-setting", f"`{name}` is no option of `{word}`", path, help, key=True)
                elif type(value) not in _accepted(option.default) or (
                    isinstance(value, float) and not math.isfinite(value)
                ):
                    message = f"`{name}` wants {_TYPES[type(option.default)]}"
                    help = f"for example `{option.default}`, which is what holds without it"
                    self.report("unknown-setting", message, path, help, key=False)
                elif type(value) in (int, float) and not option.allows(value):
                    message = f"`{name}` wants a number of {option.range}"
                    help = f"for example `{option.default}`, which is what holds without it"
                    self.report("unknown-setting", message, path, help, key=False)
                else:
                    good[name] = value
        return found

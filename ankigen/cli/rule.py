"""`ankigen rule`."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from ankigen.cli.console import Stop, has_colour


class PageFormat(StrEnum):
    """How to write rules."""

    TEXT = "text"
    JSON = "json"


def rule(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE|NAME|FAMILY|pedantic",
            help="A rule, the letter of a family, or the rules that are off by default; all where none is given.",
            show_default=False,
        ),
    ] = None,
    format: Annotated[PageFormat, typer.Option("--format", help="How to write it.")] = PageFormat.TEXT,
) -> int:
    """List rules, or explain one: what it finds, why that is bad, and what to write instead."""
    import json

    from ankigen.lint.engine import all_rules
    from ankigen.lint.page import listing, page, rule_as_data
    from ankigen.lint.settings import UnknownRuleError, named

    rules = all_rules()
    try:
        names = named("all" if name is None else name, rules)
    except UnknownRuleError as error:
        raise Stop(str(error) + (f"; did you mean `{error.nearest}`?" if error.nearest else "")) from None
    chosen = [rule for rule in rules.values() if rule.name in names]
    if format is PageFormat.JSON:
        print(json.dumps([rule_as_data(rule) for rule in chosen], ensure_ascii=False, indent=2))
    elif len(chosen) > 1:
        print(listing(chosen))
        print("\n`ankigen rule CODE` explains one.")
    elif has_colour(sys.stdout):
        from rich.console import Console
        from rich.markdown import Markdown

        Console(width=min(100, Console().width)).print(Markdown(page(chosen[0])))
    else:
        print(page(chosen[0]))
    return 0

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
        typer.Argument(metavar="CODE|NAME", help="A rule; all of them where none is given.", show_default=False),
    ] = None,
    format: Annotated[PageFormat, typer.Option("--format", help="How to write it.")] = PageFormat.TEXT,
) -> int:
    """List the rules, or explain one: what it finds, why that is bad, and what to write instead."""
    import json
    from difflib import get_close_matches

    from ankigen.lint.engine import all_rules
    from ankigen.lint.page import listing, page, rule_as_data

    rules = all_rules()
    if name is None:
        chosen = list(rules.values())
    else:
        chosen = [rule for rule in rules.values() if name.lower() in (rule.name, rule.code.lower())]
        if not chosen:
            known = [word for rule in rules.values() for word in (rule.name, rule.code)]
            near = get_close_matches(name, known, n=1) or get_close_matches(name.upper(), known, n=1)
            raise Stop(f"there is no rule `{name}`" + (f"; did you mean `{near[0]}`?" if near else ""))
    if format is PageFormat.JSON:
        print(json.dumps([rule_as_data(rule) for rule in chosen], ensure_ascii=False, indent=2))
    elif name is None:
        print(listing(chosen))
    elif has_colour(sys.stdout):
        from rich.console import Console
        from rich.markdown import Markdown

        Console(width=min(100, Console().width)).print(Markdown(page(chosen[0])))
    else:
        print(page(chosen[0]))
    return 0

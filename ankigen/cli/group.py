"""The commands by their names: each is loaded when it is asked for, and takes plain values without ado.

A command is a function in a file of its own, and both have its name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

NAMES = ("lint", "build", "preview", "stats", "lock", "diff", "rule", "schema", "verify", "cache")
"""The commands, in the order in which help shows them."""


class Commands(TyperGroup):
    """The commands as a group of Typer's: to run one loads no other."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**{**attributes, "commands": _OnDemand()})

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names."""
        return list(self.commands)

    def get_params(self, ctx: Any) -> list[Any]:
        """The options that may stand before the command."""
        return _with_plain_values(super().get_params(ctx))


class _OnDemand(Mapping[str, Any]):
    """The commands by their names; Typer suggests one of these for a name that is none."""

    def __getitem__(self, name: str) -> Any:
        if name not in NAMES:
            raise KeyError(name)
        function = getattr(import_module(f"ankigen.cli.{name}"), name)
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(name, cls=_Command)(function)
        return get_command(alone)

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


class _Command(TyperCommand):
    def get_params(self, ctx: Any) -> list[Any]:
        return _with_plain_values(super().get_params(ctx))


def _with_plain_values(parameters: list[Any]) -> list[Any]:
    """Parameters that Typer does not convert where that is plain: it would load pydantic, which is slow."""
    for parameter in parameters:
        parameter._runtime_param = _Plain()
    return parameters


class _Plain:
    """Stands where Typer keeps the converter of a parameter, which it makes when there is none.

    It takes what cannot be wrong: a default, a text, one of several words, a path that can be read. For all else,
    and so for all that Typer complains of, it gives way to Typer's own.
    """

    def coerce(self, value: Any, param: Any, ctx: typer.Context) -> Any:
        """The value of a parameter, as the command's function wants it. Raises what Typer's converter raises."""
        kind = param.type_descriptor.annotation
        if param.multiple or param.nargs == -1:
            if not value:
                return ()
            if kind in (list[str], list[Path]):
                one, *_ = kind.__args__
                values = [_converted(each, one) for each in value]
                if None not in values:
                    return values
        elif value is None:
            return None
        elif isinstance(kind, type) and (converted := _converted(value, kind)) is not None:
            return converted
        param._runtime_param = None
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)


def _converted(value: Any, kind: type) -> Any:
    """The value where it is plainly of a kind, else None."""
    if isinstance(value, kind):
        return value
    if issubclass(kind, StrEnum) and value in list(kind):
        return kind(value)
    return Path(value) if kind is Path and isinstance(value, str) and os.access(value, os.R_OK) else None

"""`ankigen schema`."""

from __future__ import annotations

from typing import Annotated

import typer

from ankigen.cli.console import Stop


def schema(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="KIND", help="deck, concept or questions; all of them where none is given.", show_default=False
        ),
    ] = None,
    directory: Annotated[
        bool, typer.Option("--dir", help="Print the folder that the schemas are in, and nothing else.")
    ] = False,
) -> int:
    """Say where the JSON Schemas of content files are, or print one of them, for an editor."""
    from ankigen.validate import FileKind, schema_dir

    folder = schema_dir()
    if directory:
        if kind is not None:
            raise Stop("--dir is about all the schemas: leave out the kind, or leave out --dir")
        print(folder)
    elif kind is None:
        for each in FileKind:
            print(f"{each:<11}{folder / f'{each}.schema.json'}")
    elif kind not in list(FileKind):
        raise Stop(f"there is no schema `{kind}`; there are: {', '.join(FileKind)}")
    else:
        print((folder / f"{kind}.schema.json").read_text(encoding="utf-8"), end="")
    return 0

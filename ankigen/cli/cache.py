"""`ankigen cache`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from ankigen.cli.console import Stop, size


class Action(StrEnum):
    """What can be done with the cache."""

    DIR = "dir"
    CLEAR = "clear"


def cache(
    action: Annotated[
        Action,
        typer.Argument(help="dir prints the folder that the cache is in; clear deletes it.", show_default=False),
    ],
) -> None:
    """Show or delete what is kept of files that were checked before.

    To delete it loses nothing: what is needed of it is found again. The variable ANKIGEN_CACHE_DIR names another
    folder.
    """
    from ankigen.lint.cache import clear, folder

    try:
        place = folder()
        if action is Action.DIR:
            print(place)
            return
        freed = clear(place)
    except RuntimeError as error:
        raise Stop(f"the system names no folder for caches ({error}); set ANKIGEN_CACHE_DIR") from None
    except OSError as error:
        raise Stop(f"{error.filename or place}: cannot be deleted ({error.strerror or error})") from None
    print(f"Deleted {size(freed)} in {place}." if freed else f"There is no cache in {place}.")

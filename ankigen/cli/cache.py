"""`ankigen cache`."""

from __future__ import annotations

import typer

from ankigen.cli.console import Stop

cache = typer.Typer(
    no_args_is_help=True,
    help="Show or delete what is kept of files that were checked before.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@cache.command("dir")
def dir_() -> None:
    """Print the folder that the cache is in. The variable ANKIGEN_CACHE_DIR names another."""
    from ankigen.lint.cache import folder

    print(folder())


@cache.command()
def clear() -> None:
    """Delete the cache. Nothing is lost: what is needed of it is found again."""
    from ankigen.cli.build import size
    from ankigen.lint.cache import clear, folder

    place = folder()
    try:
        freed = clear(place)
    except OSError as error:
        raise Stop(f"{error.filename or place}: cannot be deleted ({error.strerror or error})") from None
    print(f"Deleted {size(freed)} in {place}." if freed else f"There is no cache in {place}.")

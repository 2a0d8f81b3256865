"""The command line: the only room that prints or exits.

Each command is a file here. `main` turns every way a run can end into an exit status: 0 where all is well,
1 where content has errors, 2 for wrong use and for what the machine refuses, 130 where the user stops it.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import click
import typer

from ankigen import __version__
from ankigen.cli import build, lint
from ankigen.cli.console import Stop, complain

app = typer.Typer(
    add_completion=True,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Flashcards as YAML: check them like a good examiner, and build decks that Anki imports.",
)
app.command("lint")(lint.lint)
app.command("build")(build.build)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"ankigen {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the program, and leave with its exit status."""
    sys.exit(run())


def run() -> int:
    """Run the program on `sys.argv`; gives the exit status, and never raises."""
    try:
        status = app(standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except Stop as stop:
        complain(str(stop))
        return stop.status
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.ctx.get_help() if error.ctx else "")
        return 2
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        complain("stopped; nothing was changed")
        return 130
    except BrokenPipeError:
        # Whoever read the output (`| head`) has gone. Nothing may be flushed into the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        complain(f"{error.filename}: {error.strerror}" if error.filename else f"{error.strerror or error}")
        _silence(sys.stdout.fileno())
        return 2
    except Exception as error:
        if os.environ.get("ANKIGEN_DEBUG"):
            raise
        complain(
            f"this is a fault in ankigen ({type(error).__name__}: {error}). Please report it with the files that "
            "cause it; ANKIGEN_DEBUG=1 shows where it happened"
        )
        return 2


def _silence(descriptor: int) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)

"""The command line: the only room that prints or exits.

Each command is a file here. `main` turns every way a run can end into an exit status: 0 where all is well,
1 where content has errors, 2 for wrong use and for what the machine refuses, 130 where the user stops it.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import Annotated

import typer

from ankigen import __version__
from ankigen.cli.console import CHANGED, SIGNALS, Stop, complain, interrupt, plainly, plural
from ankigen.cli.group import Commands

app = typer.Typer(
    cls=Commands,
    add_completion=True,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Flashcards as YAML: check them like a good examiner, and build decks that Anki imports.",
)


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
    status = run()
    if SIGNALS:
        # Where the interrupt fell into code that is made from text, as dataclasses are, Python would end as if it
        # had been killed, whatever the status. All has been written and cleared away by now.
        os._exit(status)
    sys.exit(status)


def run() -> int:
    """Run the program on `sys.argv`; gives the exit status, and never raises."""
    # A stream that the caller has closed takes what is written to it, and drops it.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - open to the end
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        # A terminal or a file that cannot show a character gets an escape in its place.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    for number in _ENDING:
        signal.signal(number, interrupt)
    # What a library cannot pass on from a callback is shown nowhere: an interrupt is noted in SIGNALS.
    sys.unraisablehook = lambda unraisable: None
    try:
        status = app(standalone_mode=False) or 0
        sys.stdout.flush()
    except Stop as stop:
        complain(str(stop))
        return stop.status
    except typer.TyperException as error:
        show = getattr(error, "show", None)
        if show is None:
            complain(str(error))
        else:
            show()
        return error.exit_code
    except (BrokenPipeError, SystemExit) as error:
        if isinstance(error, SystemExit) and not error.code:
            return 0  # Typer leaves so after it has shown or installed completion
        # Whoever read the output (`| head`) has gone; Typer leaves with 1 then.
        _silence()
        return 141
    except (KeyboardInterrupt, typer.Abort):
        status = 130
    except OSError as error:
        complain(plainly(error))
        _silence()
        return 2
    except Exception as error:
        if SIGNALS:
            status = 130  # an import that is interrupted may end in any exception
        elif os.environ.get("ANKIGEN_DEBUG"):
            raise
        else:
            complain(
                f"this is a fault in ankigen ({type(error).__name__}: {error}). Please report it with the "
                "files that cause it; ANKIGEN_DEBUG=1 shows where it happened"
            )
            return 2
    finally:
        # All that is left is to leave, and no second Ctrl-C is to disturb that.
        for number in _ENDING:
            signal.signal(number, signal.SIG_IGN)
    if status == 130:
        changed = f"{plural(len(CHANGED), 'file')} had been written by then, the others are as they were"
        complain(f"stopped; {changed if CHANGED else 'nothing was changed'}")
    return int(status)


_ENDING = [number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None))]
"""The signals that end a run; Windows has not all of them."""


def _silence() -> None:
    """Let nothing that is left be written at exit, where it would fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)

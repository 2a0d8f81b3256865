"""`ankigen preview`."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from ankigen.cli.console import Stop, begin_anew, changing, plainly, plural
from ankigen.cli.lint import NoCache, checked_roots
from ankigen.cli.release import whole_roots

if TYPE_CHECKING:
    from ankigen.preview.pages import Site
    from ankigen.source.discover import Target


def preview(
    root: Annotated[
        Path | None,
        typer.Argument(
            metavar="ROOT",
            help="A folder with a deck.yaml in or below it; the folder you are in where none is given.",
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            max=65_535,
            help="Where to serve it, 0 for any free port; without it, at the first free one from 8765 on.",
            show_default=False,
        ),
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the preview in your browser.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write the pages to this folder, to look at or to publish, and serve nothing.",
            show_default=False,
        ),
    ] = None,
    editor: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="What opens a file from a page: vscode, vscodium, cursor, zed, idea, textmate or none, or an "
            "address with {path} or {relative}, {line} and {column}. Without it vscode, with --out none.",
            show_default=False,
        ),
    ] = None,
    no_cache: NoCache = False,
) -> int:
    """Show a deck in the browser as learners will see it, with what the linter says of it beside it.

    The pages follow each change of a file until Ctrl-C, which ends it with status 130. They are served to this
    machine alone.
    """
    from ankigen.cli.watch import kept
    from ankigen.preview.editor import DEFAULT, EditorError, editor_of

    if out is not None and (port is not None or no_open):
        raise Stop(f"--out serves nothing: leave out {'--port' if port is not None else '--no-open'}")
    try:
        address = editor_of(editor if editor is not None else DEFAULT if out is None else "none")
    except EditorError as error:
        raise Stop(str(error)) from None
    first = _one_root(root)
    cached = kept(no_cache)
    last: Site | None = None

    def make() -> Site:
        from ankigen.lint.read import Making
        from ankigen.preview.deck import Looking
        from ankigen.preview.pages import Site

        nonlocal last
        looking = Looking()
        (checked,) = checked_roots([_one_root(root)], making=Making(looking.name, looking), cached=cached)
        last = Site(checked, address, live=out is None, before=last)
        return last

    return _serve(root, make, port, opens=not no_open) if out is None else _write(first, make, out)


def _one_root(root: Path | None) -> Target:
    """The content root to show. Raises Stop where there are several."""
    targets = whole_roots(None if root is None else [root])
    if len(targets) > 1:
        from ankigen.cli.watch import names

        raise Stop(f"there are several decks here: name one of {names(target.root for target in targets)}")
    return targets[0]


def _write(target: Target, make: Callable[[], Site], folder: Path) -> int:
    """Write the site; gives the exit status."""
    from ankigen.preview.static import SiteError, refuse_overlap, write
    from ankigen.report.full import visible

    try:
        refuse_overlap(folder, target.root)
        pages = make()
        count = write(pages, folder, changing)
    except SiteError as error:
        raise Stop(str(error)) from None
    print(f"{visible(pages.title)} → {visible(str(folder))}: {plural(count, 'file')}; {_found(pages)}")
    print(f"\nNext: open {visible(str(folder / 'index.html'))}, or publish the folder as it is.")
    return 0


def _serve(root: Path | None, make: Callable[[], Site], port: int | None, *, opens: bool) -> NoReturn:
    """Serve the site until someone stops the program, and make it anew whenever a file has changed.

    What stops a later round is said, and the pages stay as they were.
    """
    from ankigen.cli.watch import Waiting, say, since
    from ankigen.lint.sight import Sight, look
    from ankigen.preview.server import Server, listening
    from ankigen.report.full import visible

    def now() -> Sight:
        return look([root or Path()])

    try:
        socket = listening(port)
    except (OSError, OverflowError) as error:
        raise Stop(_taken(port, error)) from None
    with socket:
        seen = now()
        pages = make()
        with Server(pages, socket, say) as server:
            print(f"Preview of {visible(pages.title)}: {server.url}  (Ctrl-C ends it)", flush=True)
            if opens:
                _open(server.url)
            waiting = Waiting(now)
            while True:
                later = waiting.until_other_than(seen)
                changed = since(seen.changed(later))
                seen = later
                begin_anew()
                try:
                    pages = make()
                except BrokenPipeError:
                    raise  # no one reads any more
                except Stop as stop:
                    say(str(stop))
                except OSError as error:
                    say(plainly(error))
                else:
                    server.show(pages)
                    print(f"{changed}: {_found(pages)}", flush=True)


def _taken(port: int | None, error: OSError | OverflowError) -> str:
    """Why nothing can be served at a port."""
    if port is None:
        return f"no port from 8765 on is free ({plainly(error) if isinstance(error, OSError) else error})"
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"port {port} is taken by another program: name another one, or leave out --port"
    return f"port {port} cannot be had ({getattr(error, 'strerror', None) or error}): name another one"


def _found(pages: Site) -> str:
    """What the linter has found, in a few words."""
    return ", ".join(plural(number, severity) for severity, number in pages.counts.items() if number) or "all well"


def _open(url: str) -> None:
    """Open an address in the user's browser, where there is a user and a browser."""
    if not sys.stdout.isatty():
        return
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return  # what is found without a screen is a browser of the terminal, which would take this one
    with suppress(OSError):
        typer.launch(url)

"""`ankigen verify`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ankigen.cli.console import Stop, progress


class Format(StrEnum):
    """How a verdict is written."""

    TEXT = "text"
    JSON = "json"


def verify(
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The .apkg file that is to be released.")],
    after: Annotated[
        Path | None,
        typer.Option(
            metavar="OLD",
            help="The .apkg file that learners have now. Without it, NEW is tried on a learner who has NEW.",
            show_default=False,
        ),
    ] = None,
    merge_note_types: Annotated[
        bool,
        typer.Option(
            "--merge-note-types",
            help="Import NEW with “Merge note types” ticked, then once more without: as learners are to do after "
            "`ankigen lock --adopt`.",
        ),
    ] = False,
    seed: Annotated[int, typer.Option(metavar="N", help="Another number is another learner.")] = 0,
    format: Annotated[Format, typer.Option(help="How to report.")] = Format.TEXT,
) -> int:
    """Prove with Anki itself that a release does a learner no harm.

    NEW is imported into an empty collection: all its notes must come in, its cards must render, and its media
    must be there. Then a learner of OLD studies every card, tags and edits some notes, and imports NEW, as Anki
    offers it and with "Always" for updates. It is harm where history, tags or edits are lost, where notes come
    twice, are left out or conflict, and where a change of a note, a note type or a picture never arrives.

    Nothing on this machine is touched but a temporary folder. The exit status is 1 where there is harm.
    """
    from ankigen import __version__
    from ankigen.report.full import visible
    from ankigen.verify import verify as judge
    from ankigen.verify.words import json_text, text

    for file in (new, after):
        if file is not None and not file.is_file():
            raise Stop(f"{file}: " + ("is no file" if file.exists() else "there is no such file"))
    try:
        from ankigen.verify.backend import PackageError
    except ImportError as error:
        raise Stop(
            f"Anki's backend is needed and does not load ({error}); try: pip install 'ankigen[anki]'"
        ) from None
    try:
        verdict = judge(new, after, seed, progress, merge=merge_note_types)
    except PackageError as error:
        raise Stop(str(error)) from None
    if format is Format.JSON:
        print(json_text(verdict, __version__))
    else:
        for line in text(verdict):
            print(visible(line))
    return 1 if verdict.harms else 0

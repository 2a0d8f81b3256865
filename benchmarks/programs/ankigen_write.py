"""The last step of `ankigen build` alone: the notes are ready, and are written as an .apkg.

python -m benchmarks.programs.ankigen_write ROOT OUTPUT
"""

from __future__ import annotations

import sys
from pathlib import Path

from ankigen.card.notes import Rendering, notes_of
from ankigen.lint.engine import check
from ankigen.lint.read import Making
from ankigen.package.apkg import write
from ankigen.package.release import release
from ankigen.source.discover import Target
from benchmarks.programs.clock import timed


def main(root: Path, output: Path) -> None:
    """Check and render a content root; then write its notes, measured."""
    checked = check([Target(root)], making=Making("", Rendering()))[0]
    assert checked.deck is not None
    ready = release(notes_of(checked.deck, checked.made), 1_700_000_000)
    with timed(output):
        write(ready, output).draft.keep()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

"""The first page of `ankigen preview` alone: the deck has been checked and rendered, and its page is made.

python -m benchmarks.programs.deck_page ROOT OUTPUT
"""

from __future__ import annotations

import sys
from pathlib import Path

from ankigen.lint.engine import check
from ankigen.lint.read import Making
from ankigen.preview.deck import Looking
from ankigen.preview.pages import Site
from ankigen.source.discover import Target
from benchmarks.programs.clock import timed


def main(root: Path, output: Path) -> None:
    """Check and render a content root; then make its page, measured."""
    checked = check([Target(root)], making=Making("", Looking()))[0]
    with timed(output):
        page = Site(checked, live=True).page("index.html")
        assert page is not None
        output.write_bytes(page.body)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

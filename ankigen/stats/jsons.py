"""The numbers as JSON. `version` rises when a key changes its meaning; docs/stats.md describes the keys."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from ankigen import __version__
from ankigen.stats.numbers import Numbers

VERSION = 1


def json_report(decks: Iterable[tuple[Numbers, int]]) -> str:
    """The numbers of decks, each with the number of errors in its files, in one document."""
    whole = {
        "version": VERSION,
        "ankigen": __version__,
        "decks": [{**asdict(numbers), "errors": errors} for numbers, errors in decks],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"

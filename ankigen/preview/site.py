"""A deck as a site: every page by its path, made when it is asked for.

The server and the static site hold the same pages. All links in them are relative, so that they work in a folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol


class Page(NamedTuple):
    """A file of the site: its bytes, its media type, and the Content-Security-Policy that belongs to it.

    HTML holds its policy in a `meta` element, too, for the site that is opened from a folder.
    """

    body: bytes
    type: str
    policy: str


class Pages(Protocol):
    """What is served: a site as it is at one moment.

    The server asks from several threads at once, and each must get the right answer.
    """

    @property
    def version(self) -> str:
        """Tells this moment from others: another text, of one line, where any page may be another."""

    def paths(self) -> Iterator[str]:
        """The paths of all pages, relative and with `/`: `index.html`, `concepts/kms.html`, `assets/page.css`."""

    def page(self, path: str) -> Page | None:
        """The page at a path; None where there is none. Raises OSError where a picture cannot be read any more."""

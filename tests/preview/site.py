"""A small site, for tests of what serves and writes sites."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping

from ankigen.preview.site import Page

POLICY = "default-src 'none'; img-src 'self'"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def html(text: str, policy: str = POLICY) -> Page:
    return Page(f"<!doctype html><title>T</title><p>{text}</p>".encode(), "text/html; charset=utf-8", policy)


class Stand:
    """Pages by their paths; an exception in the place of one is raised."""

    def __init__(self, pages: Mapping[str, Page | Exception], version: str = "one") -> None:
        self.pages = pages
        self.version = version

    def paths(self) -> Iterator[str]:
        yield from self.pages

    def page(self, path: str) -> Page | None:
        found = self.pages.get(path)
        if isinstance(found, Exception):
            raise found
        return found

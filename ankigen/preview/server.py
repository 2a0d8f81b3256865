"""A site served to the browsers of this machine, and to no one else.

Pages come from `Pages` alone, never from a path that is looked up. What another's site could ask for through the
author's browser is refused: by the name of the host, by where the request comes from, and by what it is for.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from html import escape
from threading import Event, Thread
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

import uvicorn
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ankigen.preview.site import Page, Pages

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

HOST = "127.0.0.1"
FIRST_PORT = 8765
"""The port that is tried first where none is given."""
_MOST_PORTS = 100
_BACKLOG = 2048
_THREADS = 4
"""How many pages are made at a time: more would wait for Python's lock."""
_PULSE = 15.0
"""The seconds after which a browser that was told nothing is told so, which shows whether it is still there."""
_AGAIN = 500
"""The milliseconds after which a browser asks again when the stream has ended."""
_LONGEST_PATH = 2_000
_SHOWN = frozenset(["image", "audio", "video", "style"])
"""What a page may load from another site without being able to read it: what our cards' sandboxed frames load.

Chromium calls them another site, and sends `Origin: null` for each. A script is not among these: whoever runs it
knows what it says.
"""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_OWN_HEADERS = {
    **_HEADERS,
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""The headers of what is no page of the site."""


def listening(port: int | None) -> socket.socket:
    """A socket that listens at a port; where none is given, at the first free one from 8765 on.

    0 is any free port. Raises OSError.
    """
    if port is not None:
        return socket.create_server((HOST, port), backlog=_BACKLOG)
    for each in range(FIRST_PORT, FIRST_PORT + _MOST_PORTS - 1):
        with suppress(OSError):
            return socket.create_server((HOST, each), backlog=_BACKLOG)
    return socket.create_server((HOST, FIRST_PORT + _MOST_PORTS - 1), backlog=_BACKLOG)


class Server:
    """Serves pages in a thread of its own, from when it is entered until it is left.

    It takes over the socket. `say` is told, from another thread, of a page that cannot be made: one plain line.
    """

    def __init__(self, pages: Pages, listening: socket.socket, say: Callable[[str], None]) -> None:
        port = listening.getsockname()[1]
        self.url = f"http://{HOST}{_with_port(port)}/"
        self._app = _App(pages, port, say)
        self._socket = listening
        self._ready = Event()
        self._thread = Thread(target=self._run, name="preview", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: _Uvicorn | None = None

    def __enter__(self) -> Server:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End at once, with whatever is under way; no thread is left."""
        self._tell(self._end)
        self._thread.join()
        self._app.threads.shutdown(cancel_futures=True)
        self._socket.close()

    def show(self, pages: Pages) -> None:
        """Serve these pages from now on, and tell all browsers that look at others."""
        self._app.shown = pages, pages.version
        self._tell(self._app.tell)

    def _tell(self, action: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # it has ended by itself
            if self._loop:
                self._loop.call_soon_threadsafe(action)

    def _end(self) -> None:
        if self._server:
            self._server.should_exit = True

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        # What odd requests do to the library is no concern of the user.
        self._loop.set_exception_handler(lambda loop, context: None)
        config = uvicorn.Config(
            self._app, loop="asyncio", http="h11", ws="none", lifespan="off", interface="asgi3", log_config=None,
            log_level="critical", access_log=False, proxy_headers=False, server_header=False, date_header=False,
            backlog=_BACKLOG, timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = _Uvicorn(config)
        self._ready.set()
        await self._server.serve([self._socket])


class _Uvicorn(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End without waiting for anyone: the streams of events have no end, and some clients never read."""
        for connection in list(self.server_state.connections):
            if connection.transport:
                connection.transport.abort()
        self.force_exit = True
        await super().shutdown(sockets)


def _with_port(port: int) -> str:
    return "" if port == 80 else f":{port}"


class _App:
    """What answers a request. Its pages may be replaced from any thread; all else happens in the loop's."""

    def __init__(self, pages: Pages, port: int, say: Callable[[str], None]) -> None:
        self.shown = pages, pages.version
        self.threads = ThreadPoolExecutor(_THREADS, "page")
        self._say = say
        names = [f"{name}{_with_port(port)}" for name in (HOST, "localhost")]
        self._hosts = frozenset(names) | ({f"{HOST}:80", "localhost:80"} if port == 80 else frozenset())
        self._origins = frozenset(f"http://{name}" for name in names)
        self._change = asyncio.Event()

    def tell(self) -> None:
        """Wake whoever waits for other pages."""
        before, self._change = self._change, asyncio.Event()
        before.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI has it."""
        if scope["type"] != "http":
            return
        request = Request(scope)
        response = self._refused(request) or await self._answer(request)
        await response(scope, receive, send)

    def _refused(self, request: Request) -> Response | None:
        """The answer to what is not to be answered."""
        if request.headers.get("host") not in self._hosts:
            return _plain(421, "This is a preview of a deck, and is served to this machine alone.")
        if self._is_foreign(request):
            return _plain(403, "This was asked for by another site.")
        if request.method not in ("GET", "HEAD"):
            return _plain(405, "Pages can only be read.", {"Allow": "GET, HEAD"})
        return None

    def _is_foreign(self, request: Request) -> bool:
        """Whether another site asks, for more than to show a picture or to lead here by a link."""
        headers = request.headers
        mode, purpose = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")
        if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
            return headers.get("origin") not in (None, *self._origins)
        if mode == "no-cors" and purpose in _SHOWN:
            return headers.get("origin") not in (None, "null", *self._origins)
        return mode != "navigate" or purpose != "document" or "origin" in headers

    async def _answer(self, request: Request) -> Response:
        path = _path(request.scope["raw_path"])
        if path is None:
            return _missing()
        if path == "events":
            return self._events(request)
        pages, _ = self.shown
        try:
            page = await asyncio.get_running_loop().run_in_executor(self.threads, pages.page, path or "index.html")
        except OSError as error:
            return _page_of(503, f"A file of it cannot be read any more ({error.strerror or error}).")
        except Exception as error:
            self._say(f"{path}: this is a fault in ankigen ({type(error).__name__}: {error}). Please report it")
            return _page_of(500, "This page cannot be made. The terminal says why.")
        return _missing() if page is None else _response(page, request)

    def _events(self, request: Request) -> Response:
        if request.method == "HEAD":
            return Response(headers=_OWN_HEADERS, media_type="text/event-stream")
        return StreamingResponse(self._changes(), headers=_OWN_HEADERS, media_type="text/event-stream")

    async def _changes(self) -> AsyncIterator[str]:
        """The version of the pages, now and whenever it is another, in the words of server-sent events."""
        yield f"retry: {_AGAIN}\n\n"
        told = None
        while True:
            change, (_, version) = self._change, self.shown
            if version != told:
                told = version
                yield f"data: {version}\n\n"
                continue
            try:
                await asyncio.wait_for(change.wait(), _PULSE)
            except TimeoutError:
                yield ": still here\n\n"


def _path(raw: bytes) -> str | None:
    """A path as `Pages` knows it, empty for the start; None for what can be none."""
    if not raw.startswith(b"/") or len(raw) > _LONGEST_PATH:
        return None
    if raw == b"/":
        return ""
    parts = []
    for part in raw[1:].split(b"/"):
        try:
            name = unquote_to_bytes(part).decode()
        except UnicodeDecodeError:
            return None
        if name in ("", ".", "..") or re.search(r"[/\\\x00-\x1f\x7f]", name):
            return None
        parts.append(name)
    return "/".join(parts)


def _response(page: Page, request: Request) -> Response:
    headers = {**_HEADERS, "Content-Type": page.type, "Content-Security-Policy": _policy(page.policy)}
    kind = page.type.partition("/")[0]
    if kind not in ("image", "audio", "video") and not page.type.startswith("text/css"):
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if kind not in ("audio", "video"):
        return Response(page.body, headers=headers)
    # Players read sounds and films piece by piece; some play nothing that cannot be read so.
    headers["Accept-Ranges"] = "bytes"
    total = len(page.body)
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if not asked or asked[0] == "bytes=-":
        return Response(page.body, headers=headers)
    first = int(asked[1]) if asked[1] else max(0, total - int(asked[2]))
    last = min(total - 1, int(asked[2])) if asked[1] and asked[2] else total - 1
    if first > last:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{total}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{total}"
    return Response(page.body[first : last + 1], 206, headers)


def _policy(policy: str) -> str:
    """A policy, and that only our own pages may hold the page in a frame."""
    return "; ".join([*filter(None, [policy.strip().rstrip(";")]), "frame-ancestors 'self'"])


def _missing(why: str = "There is no such page, or no longer.") -> Response:
    return _page_of(404, why)


def _page_of(status: int, text: str) -> Response:
    """A page of one sentence, with the way back."""
    body = (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="color-scheme" content="light dark">\n<title>Preview</title>\n'
        f'<p>{escape(text)}</p>\n<p><a href="/">To the start</a></p>\n</html>\n'
    )
    return Response(body, status, _OWN_HEADERS, media_type="text/html")


def _plain(status: int, text: str, more: dict[str, str] | None = None) -> Response:
    """An answer to those who should not have asked."""
    return Response(f"{text}\n", status, {**_OWN_HEADERS, **(more or {})}, media_type="text/plain")

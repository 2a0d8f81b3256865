"""The server of the preview: real requests, also those that no browser would make, and a real browser."""

from __future__ import annotations

import asyncio
import errno
import http.server
import resource
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import Any

import httpx
import pytest

from ankigen.preview import server as module
from ankigen.preview.server import Server, listening
from ankigen.preview.site import Page
from tests.preview.site import PIXEL, Stand, html

PATIENCE = 60  # seconds, on a machine that has much else to do
SOUND = bytes(range(200))
PAGES: dict[str, Page | Exception] = {
    "index.html": html("Start"),
    "concepts/kms.html": html("KMS"),
    "concepts/ä b%.html": html("Ä"),
    "frame.html": html(
        '<img src="media/p.png" onload="done(this)"><img src="media/none.png"><script src="script.js"></script>',
        "default-src 'none'; img-src 'self'; script-src 'unsafe-inline' 'self'",
    ),
    "framed.html": html(
        '<iframe sandbox="allow-scripts" src="frame.html"></iframe>', "default-src 'none'; frame-src 'self'"
    ),
    "script.js": Page(b"window.stolen = 'secret'", "text/javascript; charset=utf-8", "default-src 'none'"),
    "style.css": Page(b"p { color: red }", "text/css; charset=utf-8", ""),
    "media/p.png": Page(PIXEL, "image/png", "default-src 'none'; sandbox;"),
    "media/s.mp3": Page(SOUND, "audio/mpeg", "default-src 'none'; sandbox"),
    "gone.png": FileNotFoundError(errno.ENOENT, "No such file or directory", "/somewhere/gone.png"),
    "fault.html": ValueError("what a <b>fault</b>"),
}
Serve = Callable[..., Server]


@pytest.fixture
def said() -> list[str]:
    """What the server has said on the terminal."""
    return []


@pytest.fixture
def serve(said: list[str], capfd: pytest.CaptureFixture[str]) -> Iterator[Serve]:
    """Serves pages, until the test ends; nothing may have been printed by then, and no thread is left."""
    before = set(threading.enumerate())
    with ExitStack() as stack:
        yield lambda pages=PAGES: stack.enter_context(Server(Stand(pages), listening(0), said.append))
    assert set(threading.enumerate()) == before
    assert capfd.readouterr() == ("", "")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server for tests that leave it as it is."""
    said: list[str] = []
    with Server(Stand(PAGES), listening(0), said.append) as server:
        yield server
    assert said == []


def port_of(server: Server) -> int:
    return int(httpx.URL(server.url).port or 0)


def connected(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port_of(server)), timeout=PATIENCE)


def raw(server: Server, request: str) -> tuple[int, str]:
    """Send the bytes of a request, whose host is `{host}`; gives the status and all that came back."""
    with connected(server) as connection:
        connection.sendall(request.replace("{host}", f"127.0.0.1:{port_of(server)}").encode("latin-1"))
        answer = b""
        while more := connection.recv(65536):
            answer += more
    return int(answer.split(b" ", 2)[1]), answer.decode("latin-1")


def until(condition: Callable[[], bool]) -> None:
    """Look again and again, until something is so."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("", "index.html"),
        ("?x=/../y", "index.html"),
        ("index.html", "index.html"),
        ("concepts/kms.html#q", "concepts/kms.html"),
        ("concepts/%C3%A4%20b%25.html", "concepts/ä b%.html"),
        ("%63oncepts/kms.html", "concepts/kms.html"),
        ("script.js", "script.js"),
        ("media/p.png", "media/p.png"),
        ("media/s.mp3", "media/s.mp3"),
    ],
)
def test_pages_are_served_as_they_are(address: str, path: str, server: Server) -> None:
    answer = httpx.get(server.url + address)
    page = PAGES[path]
    assert isinstance(page, Page)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, page.body, page.type)
    assert answer.headers["content-security-policy"] == f"{page.policy.rstrip(';')}; frame-ancestors 'self'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "server" not in answer.headers
    # What our frames show must be open to them, who count as another site.
    open_to_all = page.type.startswith(("image/", "audio/"))
    assert answer.headers.get("cross-origin-resource-policy") == (None if open_to_all else "same-origin")
    head = httpx.head(server.url + address)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == answer.headers


def test_a_page_without_a_policy_of_its_own_has_the_servers(server: Server) -> None:
    assert httpx.get(f"{server.url}style.css").headers["content-security-policy"] == "frame-ancestors 'self'"


def test_what_is_not_there_is_said_with_a_way_back(server: Server) -> None:
    answer = httpx.get(f"{server.url}concepts/none.html")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'none';")
    assert "There is no such page" in answer.text
    assert '<a href="/">' in answer.text


@pytest.mark.parametrize(
    "path",
    [
        *("/../pyproject.toml", "/concepts/../index.html", "/./index.html", "/concepts/..", "/..", "/../../../etc/passwd"),
        *("/%2e%2e/pyproject.toml", "/%2E%2e/x", "/concepts%2fkms.html", "/concepts%2Fkms.html", "/..%2f..%2fetc%2fpasswd"),
        *("/..%5c..%5cx", "/concepts%5ckms.html", "/concepts\\kms.html", "/%00", "/index.html%00", "/index.html%0a"),
        *("//", "//index.html", "/concepts//kms.html", "/concepts/", "/concepts", "/index.html/"),
        *("/%ff", "/%c0%ae%c0%ae/x", "/%", "/%zz", "/%E4.html", "/" + "a" * 5000, "/" + "a/" * 900),
        *("index.html", "*", "http://127.0.0.1/index.html", "http://evil.example/", "file:///etc/passwd"),
        *("/;index.html", "/index.html;x", "/index.html%3fx", "/INDEX.HTML", "/.ankigen-site", "/etc/passwd"),
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_site(path: str, server: Server) -> None:
    status, answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\n\r\n")
    assert status == 404
    assert "Traceback" not in answer
    assert "root:" not in answer
    assert "[project]" not in answer


@pytest.mark.parametrize(
    "request_text",
    [
        "GET / HTTP/1.1\r\n\r\n",  # no host
        "GET / HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n",
        "GET /\x00 HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "GET /\xe4 HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: {host}\r\nX: " + "a" * 1_000_000,
        "GET /" + "a" * 1_000_000,
        "\x16\x03\x01\x02\x00\x01\x00\x01",  # TLS
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "nonsense\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: gzip\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_and_harms_no_one(request_text: str, server: Server) -> None:
    try:
        status, answer = raw(server, request_text)
    except ConnectionError:
        pass  # it was cut off while we were sending
    else:
        assert 400 <= status < 500
        assert "Traceback" not in answer
    assert httpx.get(server.url).text == html("Start").body.decode()


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:{port}", "127.0.0.1", "localhost", "127.0.0.1:1", "127.0.0.1:{port}.evil.example"),
        *("0.0.0.0:{port}", "[::1]:{port}", "127.0.0.2:{port}", "localhost.:{port}", "2130706433:{port}", "x@127.0.0.1:{port}"),
        *("", "127.0.0.1:{port},evil.example", "127.0.0.1:0{port}"),
    ],
)  # fmt: skip
def test_other_names_of_the_machine_are_refused(host: str, server: Server) -> None:
    """A name that leads to this machine may be anyone's."""
    named = host.replace("{port}", str(port_of(server)))
    status, answer = raw(server, f"GET / HTTP/1.1\r\nHost: {named}\r\nConnection: close\r\n\r\n")
    assert status == 421
    assert "Start" not in answer


def test_both_names_are_served_and_an_old_request_without_one_is_not(server: Server) -> None:
    for host in ("127.0.0.1", "localhost"):
        assert httpx.get(server.url, headers={"Host": f"{host}:{port_of(server)}"}).status_code == 200
    assert raw(server, "GET / HTTP/1.0\r\n\r\n")[0] == 421


SAME, CROSS, NEAR = ({"Sec-Fetch-Site": site} for site in ("same-origin", "cross-site", "same-site"))
NONE = {"Sec-Fetch-Site": "none"}
NAVIGATE = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
FRAMED = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
FETCH = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
BLIND = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty"}
PICTURE = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
SCRIPT = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
NULL, EVIL = {"Origin": "null"}, {"Origin": "http://evil.example"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://127.0.0.1:{port}"}, 200),
        ({"Origin": "http://localhost:{port}"}, 200),
        ({"Origin": "https://127.0.0.1:{port}"}, 403),
        ({"Origin": "http://127.0.0.1"}, 403),
        ({"Origin": "http://127.0.0.1:{port}.evil.example"}, 403),
        ({"Origin": ""}, 403),
        (NULL, 403),
        (EVIL, 403),
        (NONE | NAVIGATE, 200),
        (SAME | FETCH, 200),
        (SAME | FETCH | EVIL, 403),
        (SAME | FRAMED, 200),
        (CROSS | NAVIGATE, 200),
        (CROSS | NAVIGATE | EVIL, 403),
        (CROSS | FRAMED, 403),
        (NEAR | FRAMED, 403),
        (NEAR | FETCH, 403),
        (CROSS | FETCH, 403),
        (CROSS | FETCH | NULL, 403),
        (CROSS | BLIND, 403),
        (CROSS | SCRIPT, 403),
        (CROSS | SCRIPT | NULL, 403),
        (CROSS, 403),
        # What the sandboxed frames of our own pages ask for.
        (CROSS | PICTURE | NULL, 200),
        (CROSS | PICTURE, 200),
        (CROSS | PICTURE | EVIL, 403),
        (CROSS | {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "image"} | NULL, 403),
    ],
)
def test_what_another_site_asks_for_is_refused(headers: dict[str, str], status: int, server: Server) -> None:
    given = {name: value.replace("{port}", str(port_of(server))) for name, value in headers.items()}
    for path in ("", "events") if status == 403 else ("", "script.js"):
        assert httpx.get(server.url + path, headers=given).status_code == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"])
def test_pages_can_only_be_read(method: str, server: Server) -> None:
    answer = httpx.request(method, server.url, content=b"x" * 100_000)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [
        ("bytes=0-", 206, SOUND),
        ("bytes=0-0", 206, SOUND[:1]),
        ("bytes=10-19", 206, SOUND[10:20]),
        ("bytes=190-1000", 206, SOUND[190:]),
        ("bytes=-5", 206, SOUND[-5:]),
        ("bytes=-500", 206, SOUND),
        ("bytes=200-", 416, b""),
        ("bytes=9-3", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=-", 200, SOUND),
        ("bytes=0-1,5-6", 200, SOUND),
        ("lines=1-2", 200, SOUND),
        ("bytes=0-" + "9" * 40, 200, SOUND),
    ],
)
def test_sounds_are_read_piece_by_piece(asked: str, status: int, expected: bytes, server: Server) -> None:
    answer = httpx.get(f"{server.url}media/s.mp3", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (status, expected)
    assert answer.headers["accept-ranges"] == "bytes"
    if status == 206:
        first = SOUND.index(expected)
        assert answer.headers["content-range"] == f"bytes {first}-{first + len(expected) - 1}/200"
    if status == 416:
        assert answer.headers["content-range"] == "bytes */200"


def test_a_picture_that_is_gone_and_a_fault_are_answered(serve: Serve, said: list[str]) -> None:
    server = serve()
    gone = httpx.get(f"{server.url}gone.png")
    assert gone.status_code == 503
    assert "A file of it cannot be read any more (No such file or directory)." in gone.text
    assert "/somewhere" not in gone.text
    assert said == []
    fault = httpx.get(f"{server.url}fault.html")
    assert fault.status_code == 500
    assert "what a" not in fault.text
    assert said == ["fault.html: this is a fault in ankigen (ValueError: what a <b>fault</b>). Please report it"]


def _run(asking: Coroutine[Any, Any, list[httpx.Response]]) -> list[httpx.Response]:
    """What comes of it, in a thread of its own: where a browser is at work, this one has a loop that runs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asking).result()


@pytest.mark.slow
def test_a_thousand_requests_at_once_are_all_answered_rightly(serve: Serve) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    server = serve({f"p/{number}.html": html(f"Page {number}" + "x" * 50_000) for number in range(1000)})

    async def ask() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        async with httpx.AsyncClient(limits=limits, timeout=PATIENCE, trust_env=False) as client:
            return await asyncio.gather(*(client.get(f"{server.url}p/{number}.html") for number in range(1000)))

    for number, answer in enumerate(_run(ask())):
        assert (answer.status_code, answer.content) == (200, html(f"Page {number}" + "x" * 50_000).body)


class Stream:
    """The stream of events, as a browser reads it."""

    def __init__(self, server: Server) -> None:
        self.connection = connected(server)
        self.connection.sendall(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{port_of(server)}\r\n\r\n".encode())
        self.text = b""

    def until(self, text: str) -> str:
        """All that has come up to a text, which is waited for."""
        while text.encode() not in self.text:
            more = self.connection.recv(65536)
            assert more, self.text
            self.text += more
        found, _, self.text = self.text.partition(text.encode())
        return found.decode()

    def close(self) -> None:
        self.connection.close()


def test_changes_are_told_to_all_who_look(serve: Serve) -> None:
    server = serve()
    with ExitStack() as stack:
        streams = [stack.enter_context(closing(Stream(server))) for _ in range(50)]
        for stream in streams:
            began = stream.until("data: one\n\n")
            assert "content-type: text/event-stream" in began
            assert "content-security-policy: default-src 'none'" in began
            assert "\r\nretry: 500\n\n" in began
        server.show(Stand({"index.html": html("Again")}, "one"))  # another site, and the same pages
        server.show(Stand({"index.html": html("Other")}, "two"))
        for stream in streams:
            assert "data:" not in stream.until("data: two\n\n")
        assert httpx.get(server.url).content == html("Other").body
        assert httpx.get(f"{server.url}concepts/kms.html").status_code == 404
        late = stack.enter_context(closing(Stream(server)))
        assert "data:" not in late.until("data: two\n\n")


def test_a_stream_shows_that_it_lives(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PULSE", 0.01)
    with closing(Stream(serve())) as stream:
        stream.until("data: one\n\n")
        assert "data:" not in stream.until(": still here\n\n")
        assert "data:" not in stream.until(": still here\n\n")


def test_the_head_of_the_stream_is_no_stream(server: Server) -> None:
    answer = httpx.head(f"{server.url}events")
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"


def test_who_goes_away_leaves_nothing_behind(serve: Serve) -> None:
    server = serve()
    streams = [Stream(server) for _ in range(100)]
    for stream in streams:
        stream.until("data: one\n\n")
    assert server._server is not None
    state = server._server.server_state
    assert len(state.tasks) == 100
    for stream in streams:
        stream.close()
    until(lambda: not state.tasks and not state.connections)


def test_it_ends_at_once_whoever_is_there(said: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    """With open streams, with requests that never end, and with clients that read nothing."""
    before = set(threading.enumerate())
    large = Stand({"large.html": html("x" * 50_000_000)})
    with ExitStack() as stack:
        with Server(large, listening(0), said.append) as server:
            port = port_of(server)
            streams = [stack.enter_context(closing(Stream(server))) for _ in range(20)]
            for stream in streams:
                stream.until("data: one\n\n")
            for begun in (
                "", "G", "GET / HTTP/1.1\r\nHost:", f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 9\r\n\r\n",
                f"GET /large.html HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n",
            ):  # fmt: skip
                stack.enter_context(connected(server)).sendall(begun.encode())
            reading = stack.enter_context(connected(server))
            reading.sendall(f"GET /large.html HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            assert reading.recv(100).startswith(b"HTTP/1.1 200")
            started = time.monotonic()
        assert time.monotonic() - started < 5
    assert set(threading.enumerate()) == before
    assert said == []
    assert capfd.readouterr() == ("", "")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def test_a_port_that_is_taken_is_passed_over_unless_it_is_asked_for() -> None:
    with ExitStack() as stack:
        first = stack.enter_context(listening(None))
        second = stack.enter_context(listening(None))
        port, other = (each.getsockname()[1] for each in (first, second))
        assert 8765 <= port < other
        assert first.getsockname()[0] == "127.0.0.1"
        with pytest.raises(OSError, match="in use") as error:
            listening(port)
        assert error.value.errno == errno.EADDRINUSE


class Foreign(http.server.BaseHTTPRequestHandler):
    """A site of someone else on the same machine."""

    page = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.page.encode())

    def log_message(self, *values: Any) -> None:
        pass


@pytest.mark.xdist_group("browser")
def test_in_a_browser_our_frames_show_pictures_and_other_sites_see_nothing(serve: Serve, browser: Any) -> None:
    server = serve()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Foreign) as other:
        Foreign.page = (
            f'<!doctype html><link rel="icon" href="data:,"><iframe src="{server.url}"></iframe>'
            f'<script src="{server.url}script.js"></script><a href="{server.url}">x</a>'
        )
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        try:
            page = browser.new_context().new_page()
            page.goto(f"{server.url}framed.html", wait_until="load")
            (frame,) = page.frames[1:]
            assert frame.evaluate("document.images[0].naturalWidth") == 1
            assert frame.evaluate("window.stolen") is None  # scripts stand in the frame itself
            for host in ("127.0.0.1", "localhost"):
                page.goto(f"http://{host}:{other.server_address[1]}/", wait_until="load")
                assert page.evaluate("window.stolen") is None
                assert "<p>Start</p>" not in page.frames[1].content()
                for mode in ("cors", "no-cors"):
                    ask = f"fetch('{server.url}events', {{mode: '{mode}'}}).then(a => a.status, e => 'refused')"
                    assert page.evaluate(ask) == "refused"
                page.click("a")
                page.wait_for_url(server.url)
                assert page.inner_text("p") == "Start"
            page.context.close()
        finally:
            other.shutdown()
            thread.join()

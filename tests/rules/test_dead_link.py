"""M010 dead-link, before a web server of its own: what is dead, what proves nothing, and what is never asked."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ankigen.lint import links
from ankigen.lint.links import faults, is_public
from tests.conftest import DECK as PLAIN_DECK
from tests.conftest import ankigen

DECK = "format: 1\nid: d\ntitle: D\nhomepage: {site}/404/home\nlint: {{dead-link: {{seconds: 4}}}}\n"
CONCEPT = """\
id: a
title: A
overview:
  - heading: H
    body: See [the page]({site}/404/text), [with a space](<{site}/200/a b>), <{site}/200/fine> and `[code]({site}/404/code)`.
references:
  - {site}/200/head
  - {site}/head-refused
  - {site}/404/#part
  - {site}/404/#other
  - url: {site}/410/gone
    title: It
  - {site}/401/x
  - {site}/403/x
  - {site}/429/x
  - {site}/500/x
  - {site}/to/200
  - {site}/to/404
  - {site}/loop
  - {site}/slow
  - {site}/garbage
  - {site}/200/Käse?wie=schön
  - {site}/200/%C3%A4%20b
  - {named}/404/user
  - http://127.0.0.1:{closed}/
  - http://name.invalid/
"""


OTHER = {"ftp": "ftp://127.0.0.1/x", "file": "file:///nowhere/x", "user": "http://user:pw@127.0.0.1/404"}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests from behind a proxy asks these servers directly, too."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture
def site() -> Iterator[tuple[str, list[str]]]:
    """A web server, with the paths that were asked."""
    asked: list[str] = []
    end = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            asked.append(self.path)
            if self.path.startswith("http:"):  # as a proxy is asked
                self.path = "/404"
            first, *rest = self.path.strip("/").split("/")
            if first == "to":
                self.send_response(301)
                self.send_header("Location", "/" + "/".join(rest))
            elif first == "off":
                self.send_response(302)
                self.send_header("Location", OTHER[rest[0]])
            elif first == "endless":
                self.send_response(302)
                self.send_header("Location", "/404/end")
                self.end_headers()
                while not end.wait(0.001):
                    self.wfile.write(b"x" * 100_000)
            elif first == "drip":
                self.send_response(200)
                self.flush_headers()
                for byte in b"X-Slow: " + b"x" * 1000:
                    if end.wait(0.2):
                        break
                    self.wfile.write(bytes([byte]))
            elif first == "loop":
                self.send_response(302)
                self.send_header("Location", self.path)
            elif first == "slow":
                end.wait(20)
                return
            elif first == "garbage":
                self.wfile.write(b"\x00\x01\x02\r\n\r\n")
                return
            elif first == "head-refused":
                self.send_response(405 if self.command == "HEAD" else 200)
            else:
                self.send_response(int(first))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def handle(self) -> None:
            with suppress(ConnectionError):  # they are hung up on
                super().handle()

        do_HEAD = do_GET = answer

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64  # with the usual 5, the system drops connections when many come at once

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    end.set()
    server.shutdown()
    server.server_close()


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def listener() -> Iterator[tuple[int, Callable[[], bool]]]:
    """A port, and what tells whether anything has ever connected to it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)

        def was_reached() -> bool:
            with suppress(BlockingIOError):
                server.accept()[0].close()
                return True
            return False

        yield server.getsockname()[1], was_reached


def write(root: Callable[..., Path], site: str, lint: str = "") -> None:
    named = site.replace("http://", "http://user:pw@")
    root({
        "deck.yaml": DECK.format(site=site) + lint,
        "concepts/a.yaml": CONCEPT.format(site=site, named=named, closed=closed_port()),
    })  # fmt: skip


def test_what_leads_nowhere_is_found_at_its_place(
    root: Callable[..., Path], tmp_path: Path, site: tuple[str, list[str]]
) -> None:
    address, asked = site
    write(root, address)
    result = ankigen("lint", "--check-links", "--private-links", "--format", "json", cwd=tmp_path)
    found = {}
    for finding in json.loads(result.stdout)["findings"]:
        place = finding["location"]
        text = (tmp_path / place["path"]).read_bytes().decode()
        found[text[place["start"]["offset"] : place["end"]["offset"]].removeprefix(address)] = finding["message"]
    closed = next(text for text in found if text.startswith("http://127"))
    assert found == {
        "/404/home": "this address answers 404 Not Found",
        "/404/text": "this address answers 404 Not Found",
        "/404/#part": "this address answers 404 Not Found",
        "/404/#other": "this address answers 404 Not Found",
        "/410/gone": "this address answers 410 Gone",
        "/to/404": "this address answers 404 Not Found",
        "/slow": "this address does not answer within 4 s",
        "/garbage": "this address gives no answer that a browser could show",
        closed: "this address leads to a site that refuses connections",
        **({"http://name.invalid/": message} if (message := found.get("http://name.invalid/")) else {}),
    }
    assert found.get("http://name.invalid/") in (None, "this address names a site that does not exist")
    assert result.returncode == 0  # warnings
    assert not [path for path in asked if "code" in path or "user" in path]
    assert asked.count("/404/") == 2  # HEAD and GET, for both fragments
    assert asked.count("/slow") == 1
    assert asked.count("/200/head") == 1
    assert {"/200/K%C3%A4se?wie=sch%C3%B6n", "/200/a%20b", "/200/%C3%A4%20b"} <= set(asked)


def test_nothing_is_asked_without_the_flag(
    root: Callable[..., Path], tmp_path: Path, site: tuple[str, list[str]]
) -> None:
    write(root, site[0])
    for arguments in ((), ("--pedantic",), ("--select", "M"), ("--extend", "all")):
        assert "M010" not in ankigen("lint", *arguments, cwd=tmp_path).stdout
    for word in ("M010", "m010", "Dead-Link"):
        result = ankigen("lint", "--select", word, cwd=tmp_path)
        assert (result.returncode, result.stderr) == (
            2,
            "ankigen: `M010 dead-link` asks the network, and runs only with --check-links\n",
        )
    result = ankigen("lint", "--private-links", cwd=tmp_path)
    assert result.returncode == 2
    assert "without --check-links" in result.stderr
    assert not site[1]


@pytest.mark.parametrize(
    ("lint", "flags", "runs"),
    [
        ("", (), True),
        ("{select: [Q]}", (), True),
        ("{ignore: [M010]}", (), False),
        ("{ignore: [M010]}", ("--extend", "M010"), True),
        ("", ("--ignore", "M010"), False),
        ("", ("--select", "Y"), False),
        ("", ("--select", "M"), True),
    ],
)
def test_what_the_user_leaves_out_stays_out(
    lint: str,
    flags: tuple[str, ...],
    runs: bool,
    root: Callable[..., Path],
    tmp_path: Path,
    site: tuple[str, list[str]],
) -> None:
    root({"deck.yaml": PLAIN_DECK + f"homepage: {site[0]}/404\n" + (f"lint: {lint}\n" if lint else "")})
    result = ankigen("lint", "--check-links", "--private-links", *flags, cwd=tmp_path)
    assert ("M010" in result.stdout, bool(site[1])) == (runs, runs)


# Private networks.


@pytest.mark.parametrize(
    "proxies", [{}, {"NO_PROXY": "x"}, {"http_proxy": "http://127.0.0.1:9", "no_proxy": "127.0.0.1"}]
)
def test_private_networks_are_not_even_connected_to(
    proxies: dict[str, str], root: Callable[..., Path], tmp_path: Path
) -> None:
    with listener() as (port, was_reached):
        links = "\n".join(
            f"  - {scheme}://127.0.0.1:{number}/"
            for scheme in ("http", "https")
            for number in (port, closed_port())
        )
        root({
            "deck.yaml": PLAIN_DECK,
            "concepts/a.yaml": f"id: a\ntitle: A\noverview: [{{heading: H, body: x}}]\nreferences:\n{links}\n",
        })  # fmt: skip
        result = ankigen("lint", "--check-links", cwd=tmp_path, env=proxies)
        assert "M010" not in result.stdout
        assert not was_reached()


def test_a_deck_cannot_open_private_networks(
    root: Callable[..., Path], tmp_path: Path, site: tuple[str, list[str]]
) -> None:
    root({"deck.yaml": PLAIN_DECK + f"homepage: {site[0]}/404\nlint: {{dead-link: {{private: true}}}}\n"})
    assert "`private` is no option of `dead-link`" in ankigen("lint", "--check-links", cwd=tmp_path).stdout
    result = ankigen("lint", "--check-links", "--set", "dead-link.private=true", cwd=tmp_path)
    assert result.returncode == 2
    assert "`private` is no option of `dead-link`" in result.stderr
    assert not site[1]


def test_a_proxy_may_stand_in_a_private_network(
    site: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", site[0])
    monkeypatch.setenv("https_proxy", site[0])
    found = faults(["http://a.example/x", "https://a.example/y"], seconds=5)
    # The proxy makes no tunnel, which says nothing of the second address.
    assert found == {"http://a.example/x": "answers 404 Not Found"}
    assert site[1] == ["http://a.example/x", "http://a.example/x"]


def test_a_proxy_that_is_not_there_says_nothing_of_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", f"http://127.0.0.1:{closed_port()}")
    assert faults(["http://a.example/x", "https://a.example/y"], seconds=5) == {}


def test_a_name_is_looked_up_once_and_asked_where_it_then_led(
    site: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server may give a public address first and a private one later."""
    port = int(site[0].rpartition(":")[2])
    with socket.create_server(("127.0.0.2", port)) as private:
        private.setblocking(False)
        looked_up = []

        def look_up(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
            looked_up.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("127.0.0.2", "127.0.0.1")]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        monkeypatch.setattr(links, "is_public", lambda ip: ip == "127.0.0.1")
        found = faults([f"http://a.example:{port}/200/x"], seconds=5)
        assert (found, looked_up, site[1]) == ({}, ["a.example"], ["/200/x"])
        with pytest.raises(BlockingIOError):
            private.accept()


@pytest.mark.parametrize(
    ("ip", "public"),
    [
        ("8.8.8.8", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("168.63.129.16", False),
        ("0.0.0.0", False),
        ("224.0.0.251", False),
        ("232.1.1.1", False),
        ("255.255.255.255", False),
        ("2606:4700::1111", True),
        ("::1", False),
        ("::", False),
        ("fd00::1", False),
        ("fe80::1", False),
        ("fe80::1%1", False),
        ("fec0::1", False),
        ("ff0e::1", False),
        ("2001:db8::1", False),
        ("::127.0.0.1", False),
        ("::8.8.8.8", False),
        ("::ffff:8.8.8.8", True),
        ("::ffff:127.0.0.1", False),
        ("::ffff:168.63.129.16", False),
        ("64:ff9b::8.8.8.8", True),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b:1::8.8.8.8", False),
        ("2002:808:808::1", True),
        ("2002:7f00:1::1", False),
        ("2002:a00:1::1", False),
    ],
)
def test_which_addresses_are_public(ip: str, public: bool) -> None:
    assert is_public(ip) is public


# Servers that mean no good.


@pytest.mark.parametrize("scheme", ["ftp", "file", "user"])
def test_a_redirection_to_what_is_never_asked_is_not_followed(scheme: str, site: tuple[str, list[str]]) -> None:
    assert faults([f"{site[0]}/off/{scheme}"], seconds=5, private=True) == {}
    assert site[1] == [f"/off/{scheme}"]


def test_a_redirection_is_judged_like_the_address_itself(
    site: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with listener() as (port, was_reached):
        monkeypatch.setitem(OTHER, "private", f"http://127.0.0.2:{port}/")
        monkeypatch.setattr(links, "is_public", lambda ip: ip == "127.0.0.1")
        assert faults([f"{site[0]}/off/private"], seconds=5) == {}
        assert not was_reached()
    assert site[1] == ["/off/private"]


def test_what_a_redirection_holds_is_not_read(site: tuple[str, list[str]]) -> None:
    begun = time.monotonic()
    assert list(faults([f"{site[0]}/endless"], seconds=20, private=True).values()) == ["answers 404 Not Found"]
    assert time.monotonic() - begun < 10
    assert site[1] == ["/endless", "/404/end"] * 2


def test_a_server_that_sends_a_byte_now_and_then_does_not_hold_the_run(site: tuple[str, list[str]]) -> None:
    begun = time.monotonic()
    found = faults([f"{site[0]}/drip", f"{site[0]}/to/to/to/drip"], seconds=1, private=True)
    assert set(found.values()) == {"does not answer within 1 s"}
    assert time.monotonic() - begun < 5


# Encrypted sites.


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl, which makes a certificate")
def test_a_certificate_is_for_the_name_that_was_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=a.example", "-days", "2",
         "-addext", "subjectAltName=DNS:a.example,DNS:xn--kse-qla.example", "-keyout", "key", "-out", "certificate"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate"))

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def finish_request(self, request: object, client_address: object) -> None:
            with suppress(OSError), context.wrap_socket(request, server_side=True) as encrypted:  # type: ignore[arg-type]
                super().finish_request(encrypted, client_address)

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port
    place = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [place])
    names = ("a.example", "käse.example", "b.example")
    found = faults([f"https://{name}:{port}/" for name in names], seconds=5, private=True)
    server.shutdown()
    server.server_close()
    assert list(found) == [f"https://b.example:{port}/"]
    assert "has a certificate that browsers refuse" in found[f"https://b.example:{port}/"]

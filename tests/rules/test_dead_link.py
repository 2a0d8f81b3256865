"""M010 dead-link, before a web server of its own: what is dead, what proves nothing, and what is never asked."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import ankigen

DECK = "format: 1\nid: d\ntitle: D\nhomepage: {site}/404/home\nlint: {{dead-link: {{private: {private}, seconds: 4}}}}\n"
CONCEPT = """\
id: a
title: A
overview:
  - heading: H
    body: See [the page]({site}/404/text), <{site}/200/fine> and `[code]({site}/404/code)`.
references:
  - {site}/200/head
  - {site}/head-refused
  - {site}/404/#part
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
  - http://127.0.0.1:{closed}/
  - http://name.invalid/
"""


@pytest.fixture
def site() -> Iterator[tuple[str, list[str]]]:
    """A web server, with the paths that were asked."""
    asked: list[str] = []
    end = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            asked.append(self.path)
            first, *rest = self.path.strip("/").split("/")
            if first == "to":
                self.send_response(301)
                self.send_header("Location", "/" + "/".join(rest))
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


def write(root: Callable[..., Path], site: str, private: str = "true") -> None:
    root({
        "deck.yaml": DECK.format(site=site, private=private),
        "concepts/a.yaml": CONCEPT.format(site=site, closed=closed_port()),
    })  # fmt: skip


def test_what_leads_nowhere_is_found_at_its_place(
    root: Callable[..., Path], tmp_path: Path, site: tuple[str, list[str]]
) -> None:
    address, asked = site
    write(root, address)
    result = ankigen("lint", "--check-links", "--format", "json", cwd=tmp_path)
    found = {}
    for finding in json.loads(result.stdout)["findings"]:
        place = finding["location"]
        text = (tmp_path / place["path"]).read_text()[place["start"]["offset"] : place["end"]["offset"]]
        found[text.removeprefix(address)] = finding["message"]
    closed = next(text for text in found if text.startswith("http://127"))
    assert found == {
        "/404/home": "this address answers 404 Not Found",
        "/404/text": "this address answers 404 Not Found",
        "/404/#part": "this address answers 404 Not Found",
        "/410/gone": "this address answers 410 Gone",
        "/to/404": "this address answers 404 Not Found",
        "/slow": "this address does not answer within 4 s",
        "/garbage": "this address gives no answer that a browser could show",
        closed: "this address leads to a site that refuses connections",
        **({"http://name.invalid/": message} if (message := found.get("http://name.invalid/")) else {}),
    }
    assert found.get("http://name.invalid/") in (None, "this address names a site that does not exist")
    assert result.returncode == 0  # warnings
    assert not [path for path in asked if "code" in path]


def test_nothing_is_asked_without_the_flag(
    root: Callable[..., Path], tmp_path: Path, site: tuple[str, list[str]]
) -> None:
    write(root, site[0])
    for arguments in ((), ("--pedantic",), ("--select", "M"), ("--extend", "all")):
        assert "M010" not in ankigen("lint", *arguments, cwd=tmp_path).stdout
    result = ankigen("lint", "--select", "M010", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (
        2,
        "ankigen: `M010 dead-link` asks the network, and runs only with --check-links\n",
    )
    assert not site[1]


def test_private_networks_are_not_asked(
    root: Callable[..., Path], tmp_path: Path, site: tuple[str, list[str]]
) -> None:
    write(root, site[0], private="false")
    result = ankigen("lint", "--check-links", cwd=tmp_path)
    assert "/404/" not in result.stdout
    assert not site[1]

"""Asks web addresses whether they still lead somewhere; the one place that uses the network.

Content is not trusted, and CI servers stand inside networks that are: an address that leads into a private
network is not asked, whatever name or redirection it hides behind.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterable
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from typing import Any
from urllib import request
from urllib.error import HTTPError, URLError

from ankigen import __version__

_AT_ONCE = 8
"""How many addresses are asked at the same time."""
_GONE = {404: "Not Found", 410: "Gone"}


class _PrivateError(Exception):
    """A connection leads into a private network."""


def faults(addresses: Iterable[str], *, seconds: float, private: bool = False) -> dict[str, str]:
    """What is wrong with those of the addresses that lead nowhere, in words that go on from "this address".

    A server that refuses to answer a program (401, 403, 429) or is out of order (5xx) proves nothing, and is not
    reported. Each address is waited for up to `seconds`. `private` asks addresses in private networks, too.
    """
    waiting: SimpleQueue[str] = SimpleQueue()
    for address in sorted(set(addresses)):
        waiting.put(address)
    found: dict[str, str] = {}
    opener = _opener(private)

    def work() -> None:
        while True:
            try:
                address = waiting.get_nowait()
            except Empty:
                return
            if fault := _fault(opener, address, seconds):
                found[address] = fault

    # Daemons, so that Ctrl-C need not wait for the slowest server.
    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(_AT_ONCE, waiting.qsize()))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _fault(opener: request.OpenerDirector, address: str, seconds: float) -> str:
    """What is wrong with an address: what GET meets where HEAD, which is less to send, meets anything."""
    fault = ""
    for method in ("HEAD", "GET"):
        # The fragment is the browser's affair.
        asked = request.Request(address.partition("#")[0], method=method)
        asked.add_header("User-Agent", f"ankigen/{__version__} (checks the links of a deck)")
        try:
            with opener.open(asked, timeout=seconds):
                return ""
        except _PrivateError:
            return ""
        except HTTPError as error:
            error.close()
            fault = f"answers {error.code} {_GONE[error.code]}" if error.code in _GONE else ""
        except URLError as error:
            fault = _unreached(error.reason, seconds)
        except (OSError, http.client.HTTPException, ValueError) as error:
            fault = _unreached(error, seconds)
    return fault


def _unreached(reason: Any, seconds: float) -> str:
    if isinstance(reason, socket.gaierror):
        # A machine without a network knows no name at all; that says nothing of the address.
        return "names a site that does not exist" if reason.errno == socket.EAI_NONAME else ""
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"has a certificate that browsers refuse ({reason.verify_message})"
    if isinstance(reason, TimeoutError):
        return f"does not answer within {seconds:g} s"
    if isinstance(reason, ConnectionRefusedError):
        return "leads to a site that refuses connections"
    if isinstance(reason, http.client.HTTPException | ValueError):
        return "gives no answer that a browser could show"
    return "cannot be reached"


def _opener(private: bool) -> request.OpenerDirector:
    """Opens http and https addresses, by way of a proxy where the environment names one."""
    if private or request.getproxies():
        return request.build_opener()

    class Http(request.HTTPHandler):
        def http_open(self, req: request.Request) -> Any:
            return self.do_open(_Public, req)

    class Https(request.HTTPSHandler):
        def https_open(self, req: request.Request) -> Any:
            return self.do_open(_PublicTLS, req, context=ssl.create_default_context())

    return request.build_opener(Http, Https)


class _Public(http.client.HTTPConnection):
    """Connects, and asks nothing where that leads into a private network."""

    def connect(self) -> None:
        super().connect()
        _refuse_private(self)


class _PublicTLS(http.client.HTTPSConnection):
    """The same, encrypted."""

    def connect(self) -> None:
        super().connect()
        _refuse_private(self)


def _refuse_private(connection: http.client.HTTPConnection) -> None:
    if not ip_address(connection.sock.getpeername()[0]).is_global:
        connection.close()
        raise _PrivateError

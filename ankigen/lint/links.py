"""Asks web addresses whether they still lead somewhere; the one place that uses the network.

Content is not trusted, and CI servers stand inside networks that are: an address that leads into a private
network is not asked, whatever name or redirection it hides behind. Nor may a server hold the run up, or fill the
memory: each address has its time, and no page is read, for the status says it all.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from typing import Any
from urllib import request
from urllib.error import URLError
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from ankigen import __version__

_AT_ONCE = 8
"""How many addresses are asked at the same time."""
_GONE = {404: "Not Found", 410: "Gone"}
_MOVED = (301, 302, 303, 307, 308)
_REDIRECTIONS = 10
"""How many redirections are followed."""


class _UnknownError(Exception):
    """Whether an address leads somewhere cannot be known: a private network or a proxy stands before it."""


def faults(addresses: Iterable[str], *, seconds: float, private: bool = False) -> dict[str, str]:
    """What is wrong with those of the addresses that lead nowhere, in words that go on from "this address".

    A server that refuses to answer a program (401, 403, 429) or is out of order (5xx) proves nothing, and is not
    reported. Each address has `seconds` in all. `private` asks addresses in private networks, too.
    """
    wanted = {address: asked for address in set(addresses) if (asked := _as_sent(address))}
    waiting: SimpleQueue[str] = SimpleQueue()
    for asked in sorted(set(wanted.values())):
        waiting.put(asked)
    found: dict[str, str] = {}
    opener = _opener()

    def work() -> None:
        while True:
            try:
                address = waiting.get_nowait()
            except Empty:
                return
            if fault := _fault(opener, address, seconds, private):
                found[address] = fault

    # Daemons, so that Ctrl-C need not wait for the slowest server.
    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(_AT_ONCE, waiting.qsize()))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {address: found[asked] for address, asked in wanted.items() if asked in found}


# What Python takes for other letters than browsers do, which know a newer IDNA.
_OTHER_LETTERS = frozenset("ßς\u200c\u200d")


def _as_sent(address: str) -> str:
    """An address as a browser sends it, without the fragment; nothing where it is not to be asked.

    One that names a user asks for a password to be sent. One that cannot be read is another rule's to report.
    """
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname or "", parts.port
        if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or _OTHER_LETTERS & set(host):
            return ""
        host = host.encode("idna").decode()
        place = (f"[{host}]" if ":" in host else host) + ("" if port is None else f":{port}")
        return urlunsplit((parts.scheme, place, _quoted(parts.path) or "/", _quoted(parts.query), ""))
    except ValueError:
        return ""


def _quoted(part: str) -> str:
    """A path or a query with its signs escaped that cannot be sent. What is escaped already stays as it is."""
    return quote(part, safe="!#$%&'()*+,/:;=?@[]~", errors="surrogateescape")


def _fault(opener: request.OpenerDirector, address: str, seconds: float, private: bool) -> str:
    """What is wrong with an address: what GET meets where HEAD, which is less to send, is answered by an error."""
    deadline = time.monotonic() + seconds
    fault = ""
    for method in ("HEAD", "GET"):
        try:
            status = _status(opener, address, method, deadline, private)
        except _UnknownError:
            return ""
        except http.client.HTTPException as error:
            # A server that knows no HEAD may answer it with what is no answer.
            fault = _unreached(error, seconds)
        except URLError as error:
            return _unreached(error.reason, seconds)
        except (OSError, ValueError) as error:
            return _unreached(error, seconds)
        else:
            if status < 400:
                return ""
            fault = f"answers {status} {_GONE[status]}" if status in _GONE else ""
    return fault


def _status(opener: request.OpenerDirector, address: str, method: str, deadline: float, private: bool) -> int:
    """The status that an address answers with in the end, or that of the last redirection that was followed."""
    for _ in range(_REDIRECTIONS):
        asked = _Request(address, method, deadline, private)
        try:
            with opener.open(asked, timeout=asked.left()) as answer:
                status: int = answer.status
                target = answer.headers.get("Location")
        except (OSError, http.client.HTTPException) as error:
            # What keeps a proxy from answering says nothing of the address; a certificate comes from beyond it.
            reason = error.reason if isinstance(error, URLError) else error
            if asked.proxied and not isinstance(reason, ssl.SSLCertVerificationError):
                raise _UnknownError from error
            raise
        if status not in _MOVED or not target:
            break
        # Headers come as Latin-1, and browsers take them for UTF-8.
        address = _as_sent(urljoin(address, target.encode("latin-1").decode(errors="surrogateescape")))
        if not address:
            break
    return status


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


class _Request(request.Request):
    """A request that knows when it must be over, and where it may lead."""

    def __init__(self, address: str, method: str, deadline: float, private: bool) -> None:
        agent = f"ankigen/{__version__} (checks the links of a deck)"
        super().__init__(address, headers={"User-Agent": agent}, method=method)
        self.deadline = deadline
        self.private = private

    def left(self) -> float:
        """How many seconds are left. Raises TimeoutError where none are."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    @property
    def proxied(self) -> bool:
        """Whether it goes by way of a proxy. urllib notes that while it opens the address."""
        return self.has_proxy() or bool(getattr(self, "_tunnel_host", None))

    def connect(self, place: tuple[str, int], *_: object) -> socket.socket:
        """Connect to a host, by an address of it that may be asked: the name is looked up this once.

        Raises _UnknownError where there is none. A proxy may stand in a private network, and guards it itself.
        """
        found = socket.getaddrinfo(*place, type=socket.SOCK_STREAM)
        if not (self.proxied or self.private):
            found = [each for each in found if is_public(str(each[4][0]))]
            if not found:
                raise _UnknownError
        error: OSError = TimeoutError()
        for number, (family, kind, protocol, _name, address) in enumerate(found):
            connection = socket.socket(family, kind, protocol)
            try:
                # An address that swallows what it is sent must leave time for the next.
                connection.settimeout(self.left() / (len(found) - number))
                connection.connect(address)
                connection.settimeout(self.left())
            except OSError as failure:
                connection.close()
                error = failure
            else:
                return connection
        raise error

    def through(self, kind: type[http.client.HTTPConnection]) -> Callable[..., http.client.HTTPConnection]:
        """Makes connections of a kind that lead only where this request may, and end when it must be over."""

        def answer(connection: socket.socket, *arguments: Any, **options: Any) -> http.client.HTTPResponse:
            response = http.client.HTTPResponse(connection, *arguments, **options)
            response.fp.close()
            response.fp = io.BufferedReader(_Timed(connection, self.left))
            return response

        def made(host: str, **options: Any) -> http.client.HTTPConnection:
            connection: Any = kind(host, **options)
            connection._create_connection = self.connect
            connection.response_class = answer
            return connection  # type: ignore[no-any-return]

        return made


class _Timed(io.RawIOBase):
    """What a connection receives, until the time is over.

    A socket's own time-out begins anew with each byte, and a server that sends one now and then would never end.
    """

    def __init__(self, connection: socket.socket, left: Callable[[], float]) -> None:
        self._connection = connection
        self._left = left
        self._stream = connection.makefile("rb", buffering=0)

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Receive what has come. Raises TimeoutError once the time is over."""
        self._connection.settimeout(self._left())
        return self._stream.readinto(buffer)

    def close(self) -> None:
        """Let go of the connection."""
        self._stream.close()
        super().close()


def _opener() -> request.OpenerDirector:
    """Opens http and https addresses and no others, by way of a proxy where the environment names one.

    It follows no redirection: each is a new address, to be judged like the first.
    """
    context = ssl.create_default_context()

    class Http(request.HTTPHandler):
        def http_open(self, req: request.Request) -> http.client.HTTPResponse:
            assert isinstance(req, _Request)
            return self.do_open(req.through(http.client.HTTPConnection), req)

    class Https(request.HTTPSHandler):
        def https_open(self, req: request.Request) -> http.client.HTTPResponse:
            assert isinstance(req, _Request)
            return self.do_open(req.through(http.client.HTTPSConnection), req, context=context)

    opener = request.OpenerDirector()
    for handler in (request.ProxyHandler(), Http(), Https(), request.UnknownHandler()):
        opener.add_handler(handler)
    return opener


_INTERNET = IPv6Network("2000::/3")
"""The addresses of version 6 that are given out; what lies beyond them is for special uses."""
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""Addresses of version 4 as a network sees them that knows version 6 alone (NAT64)."""
_AZURE = IPv4Address("168.63.129.16")
"""Answers inside Microsoft's cloud alone, though its number is a public one."""


def is_public(address: str) -> bool:
    """Whether a numeric address belongs to the open Internet; of one that wraps another, whether that one does."""
    ip = ip_address(address)
    if isinstance(ip, IPv4Address):
        return ip.is_global and not ip.is_multicast and ip != _AZURE
    inner = ip.ipv4_mapped or ip.sixtofour
    if ip in _TRANSLATED:
        inner = IPv4Address(int(ip) & 0xFFFF_FFFF)
    if inner is not None:
        return is_public(str(inner))
    return ip in _INTERNET and ip.is_global

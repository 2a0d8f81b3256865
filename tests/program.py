"""The program as a process of its own, without waiting for Python to load it each time.

A server loads the program once for each of pytest's workers, runs nothing of it, and divides (fork) for every run. A
run has a process, a working folder, an environment, streams and an end of its own, as from a shell. What it cannot
have is what Python reads when it starts: variables named PYTHON..., a locale, and another seed for hashes.
"""

from __future__ import annotations

import array
import atexit
import functools
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parent.parent
# Those that the program loads late, or that are loaded for it.
LIBRARIES = (
    *("anki.collection", "genanki", "jsonschema", "jsonschema_rs", "multiprocessing.connection"),
    *("rcssmin", "rich.cells", "rich.table", "rjsmin", "typer.main", "typer._adapters", "zoneinfo"),
)


def run(
    arguments: Sequence[str],
    cwd: Path | None,
    env: Mapping[str, str],
    *,
    stdin_text: str | None = None,
    timeout: float = 60,
    code: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run `ankigen` with these arguments and the whole of an environment, or Python code in its place.

    Raises subprocess.TimeoutExpired after some seconds, when the run has been killed.
    """
    request = {"arguments": arguments, "cwd": str(cwd or Path.cwd()), "env": dict(env), "code": code}
    streams = [tempfile.TemporaryFile() for _ in range(3)]  # noqa: SIM115 - closed below
    try:
        streams[0].write((stdin_text or "").encode())
        streams[0].seek(0)
        server = _server()
        descriptors = array.array("i", [stream.fileno() for stream in streams])
        data = json.dumps(request).encode()
        server.sendmsg([len(data).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
        server.sendall(data)
        process = int.from_bytes(_receive(server, 4), "big")
        server.settimeout(timeout)
        try:
            status = _receive(server, 4)
        except TimeoutError:
            os.kill(process, signal.SIGKILL)
            server.settimeout(None)
            _receive(server, 4)
            raise subprocess.TimeoutExpired(list(arguments), timeout) from None
        finally:
            server.settimeout(None)
        for stream in streams:
            stream.seek(0)
        output, errors = (stream.read().decode().replace("\r\n", "\n") for stream in streams[1:])
    finally:
        for stream in streams:
            stream.close()
    return subprocess.CompletedProcess(list(arguments), int.from_bytes(status, "big", signed=True), output, errors)


def _receive(connection: socket.socket, count: int) -> bytes:
    """Some bytes; fewer where the other end has closed."""
    data = b""
    while len(data) < count and (more := connection.recv(count - len(data))):
        data += more
    return data


@functools.cache
def _server() -> socket.socket:
    """Start the server, which ends when this process does."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, __file__, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdin=subprocess.DEVNULL,
        )

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _serve(connection: socket.socket) -> dict[str, Any]:
    """Load the program, and divide for each request; gives it in the process that is to fulfil it."""
    import ankigen

    for library in LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(library)
    for module in pkgutil.walk_packages(ankigen.__path__, "ankigen."):
        if module.name != "ankigen.__main__":
            importlib.import_module(module.name)
    # What is loaded stays as it is: without this, each run would look through all of it when it ends.
    gc.freeze()
    while True:
        length, streams, _, _ = socket.recv_fds(connection, 4, 3)
        if not length:
            os._exit(0)
        data = _receive(connection, int.from_bytes(length, "big"))
        if process := os.fork():
            for stream in streams:
                os.close(stream)
            connection.sendall(process.to_bytes(4, "big"))
            _, status = os.waitpid(process, 0)
            connection.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))
            continue
        connection.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        return dict(json.loads(data))


def _become(request: dict[str, Any]) -> None:
    """Be what Python would have started, and run the program."""
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    sys.path[0] = request["cwd"]
    sys.argv = ["ankigen", *request["arguments"]]
    if request["code"]:
        exec(compile(request["code"], "<code>", "exec"), {"__name__": "__main__"})
    else:
        runpy.run_module("ankigen", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _become(_serve(socket.socket(fileno=int(sys.argv[1]))))

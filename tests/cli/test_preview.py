"""`ankigen preview`, as a real process: it is waited for what it says, and what it serves is asked for."""

from __future__ import annotations

import os
import pty
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.cli.test_bad_input import plain_line
from tests.cli.test_watch import BROKEN, PATIENCE, rewrite
from tests.conftest import DECK, QUESTION, REPOSITORY, ankigen, write_tree

BEGAN = re.compile(r"Preview of (.*): (http://127\.0\.0\.1:([0-9]+)/)  \(Ctrl-C ends it\)\n")


class Preview:
    """A run of `ankigen preview`; both of its streams are one."""

    def __init__(self, *arguments: str, cwd: Path, **env: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ankigen", "preview", *arguments], cwd=cwd, text=True, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(REPOSITORY), **env},
        )  # fmt: skip
        self.lines: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()
        first = self.line()
        began = BEGAN.fullmatch(first)
        if not began:
            self.close()
            pytest.fail(f"it does not begin, and said: {first}")
        self.title, self.url, self.port = began[1], began[2], int(began[3])

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put("")

    def line(self) -> str:
        """The next line that it says."""
        return self.lines.get(timeout=PATIENCE)

    def until(self, text: str) -> None:
        """Read lines up to one with a text: a change may be seen in the midst of it, and then again."""
        while text not in (line := self.line()):
            assert line, text

    def stream(self) -> Stream:
        """The events of the pages."""
        return Stream(self.port)

    def end(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """Stop it; gives its status, and what was left to read."""
        self.process.send_signal(number)
        status = self.process.wait(timeout=PATIENCE)
        self.reader.join()
        return status, "".join(iter(self.lines.get, ""))

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


class Stream:
    """The events, as a browser hears them."""

    def __init__(self, port: int) -> None:
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.connection.sendall(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        self.lines = self.connection.makefile(encoding="utf-8", newline="\n")

    def version(self) -> str:
        """The next version that is told."""
        for line in self.lines:
            if line.startswith("data: "):
                return line
        raise EOFError

    def close(self) -> None:
        self.lines.close()
        self.connection.close()


@pytest.fixture
def preview() -> Iterator[Callable[..., Preview]]:
    """Starts previews without a browser at a free port, and ends them."""
    begun: list[Preview] = []

    def begin(*arguments: str, **options: object) -> Preview:
        begun.append(Preview("--no-open", "--port", "0", *arguments, **options))  # type: ignore[arg-type]
        return begun[-1]

    yield begin
    for each in begun:
        each.close()


@pytest.fixture
def folder(root: Callable[..., Path], tmp_path: Path) -> Path:
    """The content root."""
    root()
    return tmp_path / "content"


def test_each_change_is_served_and_told_within_a_second(preview: Callable[..., Preview], folder: Path) -> None:
    run = preview("content", cwd=folder.parent)
    assert run.title == "D"
    assert "D" in httpx.get(run.url).text
    assert "What?" in httpx.get(f"{run.url}concepts/a.html").text
    with closing(run.stream()) as stream:
        versions = [stream.version()]
        took = []
        for number in range(3):
            started = time.monotonic()
            rewrite(folder / "questions/q.yaml", QUESTION.replace("What?", f"What is {number}?"))
            versions.append(stream.version())
            took.append(time.monotonic() - started)
            assert f"What is {number}?" in httpx.get(f"{run.url}concepts/a.html").text
            assert re.fullmatch(
                r"[0-9]{2}:[0-9]{2}:[0-9]{2} content/questions/q\.yaml changed: all well\n", run.line()
            )
        assert len(set(versions)) == 4
        assert min(took) < 1  # the machine may have much else to do
        rewrite(folder / "questions/q.yaml", BROKEN)
        assert run.line().endswith(" content/questions/q.yaml changed: 1 error\n")
        rewrite(folder / "questions/q.yaml", QUESTION)
        assert run.line().endswith(" content/questions/q.yaml changed: all well\n")
    assert run.end() == (130, "ankigen: stopped; nothing was changed\n")


def test_what_cannot_be_shown_is_said_and_the_old_pages_stay(
    preview: Callable[..., Preview], folder: Path
) -> None:
    run = preview("content", cwd=folder.parent)
    folder.rename(folder.parent / "elsewhere")
    run.until("ankigen: content: there is no such file or folder\n")
    assert "What?" in httpx.get(f"{run.url}concepts/a.html").text
    (folder.parent / "elsewhere").rename(folder)
    run.until(": all well\n")
    (folder / "questions/l.yaml").symlink_to("nowhere")
    run.until("ankigen: content/questions/l.yaml: this link leads nowhere\n")
    assert "What?" in httpx.get(f"{run.url}concepts/a.html").text
    (folder / "questions/l.yaml").unlink()
    run.until(": all well\n")
    assert run.end()[0] == 130


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_it_ends_at_once_while_browsers_listen(name: str, preview: Callable[..., Preview], folder: Path) -> None:
    run = preview(cwd=folder)
    with closing(run.stream()) as stream, closing(run.stream()) as other:
        stream.version()
        other.version()
        started = time.monotonic()
        status, left = run.end(getattr(signal, name))
        assert time.monotonic() - started < 5
        assert (status, left) == (130, "ankigen: stopped; nothing was changed\n")
        with pytest.raises((EOFError, ConnectionError)):
            stream.version()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", run.port), timeout=PATIENCE)


def test_it_ends_when_no_one_reads_any_more(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ankigen", "preview", "--port", "0"], cwd=folder, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=PATIENCE) == 141
    assert process.stderr.read() == b""
    process.stderr.close()


def test_a_port_that_is_taken_is_passed_over_unless_it_is_asked_for(folder: Path) -> None:
    with closing(Preview("--no-open", cwd=folder)) as first, closing(Preview("--no-open", cwd=folder)) as second:
        assert 8765 <= first.port < second.port
        line = plain_line(ankigen("preview", "--port", str(first.port), cwd=folder))
        assert line == (
            f"ankigen: port {first.port} is taken by another program: name another one, or leave out --port\n"
        )


def test_only_this_deck_is_served_and_only_to_this_machine(preview: Callable[..., Preview], folder: Path) -> None:
    run = preview(cwd=folder)
    for path in ("deck.yaml", "questions/q.yaml", "../deck.yaml", "%2e%2e/content/deck.yaml"):
        assert httpx.get(run.url + path).status_code == 404
    assert httpx.get(run.url, headers={"Host": f"evil.example:{run.port}"}).status_code == 421
    connections = Path("/proc/net/tcp").read_text() if Path("/proc/net/tcp").exists() else ""
    assert f"00000000:{run.port:04X} 00000000:0000 0A" not in connections


def browser(folder: Path) -> Path:
    """A folder for PATH, with what opens addresses: it writes them down."""
    program = folder / "bin/xdg-open"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$1" > {folder}/opened.new\nmv {folder}/opened.new {folder}/opened\n')
    program.chmod(0o755)
    return program.parent


@pytest.mark.parametrize("flags", [(), ("--no-open",)])
@pytest.mark.parametrize("display", ["", ":9"])
def test_the_browser_is_opened_where_there_is_one(flags: tuple[str, ...], display: str, folder: Path) -> None:
    path = f"{browser(folder.parent)}{os.pathsep}{os.environ['PATH']}"
    ours, theirs = pty.openpty()
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(REPOSITORY), "DISPLAY": display, "WAYLAND_DISPLAY": ""}
    process = subprocess.Popen(
        [sys.executable, "-m", "ankigen", "preview", "--port", "0", *flags], cwd=folder, stdin=theirs, stdout=theirs,
        stderr=theirs, env=env, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    opened = folder.parent / "opened"
    try:
        text = b""
        while b"Ctrl-C ends it" not in text:
            text += os.read(ours, 1000)
        if display and not flags:
            end = time.monotonic() + PATIENCE
            while not opened.exists():
                assert time.monotonic() < end
                time.sleep(0.01)
            assert opened.read_text().strip() in text.decode()
        else:
            # It would have been opened before the next change is told of.
            rewrite(folder / "questions/q.yaml", BROKEN)
            while b"1 error" not in text:
                text += os.read(ours, 1000)
            assert not opened.exists()
    finally:
        process.terminate()
        process.wait()
        os.close(ours)


def test_several_decks_are_named(tmp_path: Path) -> None:
    write_tree(tmp_path, {"one/deck.yaml": DECK, "two/deck.yaml": DECK})
    line = plain_line(ankigen("preview", cwd=tmp_path))
    assert line == "ankigen: there are several decks here: name one of one, two\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "nowhere: there is no such file or folder"),
        (["--out", "site", "--port", "8000"], "--out serves nothing: leave out --port"),
        (["--out", "site", "--no-open"], "--out serves nothing: leave out --no-open"),
        (["--out", "content/media"], "this lies among the deck's own files"),
        (["--out", "content"], "the deck lies in this folder"),
        (["--out", "."], "the deck lies in this folder"),
        (["--out", "own"], "own: this folder is not empty, and no site that we have written"),
        (["--out", "own/file"], "own/file: cannot be written (it is no folder)"),
        (["--editor", "javascript:alert({path})"], "an address that begins with `javascript:` opens no editor"),
        (["--editor", "JavaScript:{path}"], "opens no editor"),
        (["--editor", "data:text/html,{path}"], "an address that begins with `data:` opens no editor"),
        (["--editor", "vim"], "`vim` is neither an editor (vscode, "),
        (["--editor", ""], "`` is neither an editor"),
        (["--editor", "x://{path} {line}"], "neither an editor"),
        (["--editor", 'x://{path}"onclick='], "neither an editor"),
        (
            ["--editor", "x://{file}"],
            "`{file}` stands for nothing; there are {path}, {relative}, {line}, {column}",
        ),
        (["--editor", "x://{path}{"], "`{` stands for nothing"),
        (["--editor", "x://{line}"], "opens no file: write {path} or {relative}"),
    ],
)
def test_wrong_use_is_refused(arguments: list[str], words: str, folder: Path) -> None:
    write_tree(folder.parent, {"own/file": "x"})
    at = [] if arguments == ["nowhere"] else ["content"]
    assert words in plain_line(ankigen("preview", *at, *arguments, cwd=folder.parent))
    assert (folder.parent / "own/file").read_text() == "x"
    assert not (folder.parent / "site").exists()


@pytest.mark.parametrize("port", ["-1", "65536", "x"])
def test_a_port_that_is_none_is_refused(port: str, folder: Path) -> None:
    result = ankigen("preview", "--port", port, cwd=folder)
    assert result.returncode == 2
    assert "Invalid value for '--port'" in result.stderr


@pytest.mark.parametrize(
    ("editor", "expected"),
    [
        (None, "vscode://file/"),
        ("cursor", "cursor://file/"),
        ("idea", "idea://open?file="),
        ("my-editor://open?{relative}", "my-editor://open?"),
    ],
)
def test_pages_lead_to_the_authors_editor(
    editor: str | None, expected: str, preview: Callable[..., Preview], folder: Path
) -> None:
    run = preview(*([] if editor is None else ["--editor", editor]), cwd=folder)
    assert expected in httpx.get(f"{run.url}concepts/a.html").text


def test_a_site_is_written_and_holds_no_path_of_the_machine(folder: Path, tmp_path: Path) -> None:
    (folder / "questions/q.yaml").write_text(
        BROKEN + "  - {id: r, concept: a, difficulty: easy, stem: Why?, answer: It.}\n"
    )
    result = ankigen("preview", "content", "--out", "site", cwd=tmp_path)
    assert result.returncode == 0
    first, _, last = result.stdout.splitlines()
    assert re.fullmatch(r"D → site: [0-9]+ files?; 1 error", first)
    assert last == "Next: open site/index.html, or publish the folder as it is."
    site = {file: file.read_bytes() for file in (tmp_path / "site").rglob("*") if file.is_file()}
    assert "Why?" in (tmp_path / "site/concepts/a.html").read_text()
    assert not [file for file, data in site.items() if str(tmp_path).encode() in data or b"vscode:" in data]
    again = ankigen(
        "preview", "content", "--out", tmp_path / "site", cwd=tmp_path, fresh=True, env={"TZ": "Asia/Tokyo"}
    )
    assert again.returncode == 0
    assert {file: file.read_bytes() for file in (tmp_path / "site").rglob("*") if file.is_file()} == site
    assert sorted(file.name for file in tmp_path.iterdir()) == ["content", "site"]

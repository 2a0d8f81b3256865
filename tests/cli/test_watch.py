"""`--watch`, as a real process: it is waited for what it says, never for a time to pass."""

from __future__ import annotations

import os
import pty
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ankigen.cli.watch import watching
from ankigen.lint.sight import look
from tests.cli.test_bad_input import plain_line
from tests.conftest import DECK, MINIMAL, QUESTION, REPOSITORY, ankigen, write_tree
from tests.test_editors import BACKGROUND_JSON

BROKEN = "questions:\n  - {id: q, concept: gone, difficulty: easy, stem: What?, answer: It.}\n"
OTHER = QUESTION.replace("id: q", "id: r").replace("What?", "Which?")
WELL = "All well in 3 files.\n"
PATIENCE = 60  # seconds, on a machine that has much else to do


class Watch:
    """A run of `ankigen ... --watch`; both of its streams are one."""

    def __init__(self, *arguments: str, cwd: Path, prefix: tuple[str, ...] = (), **env: str) -> None:
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "ankigen", *arguments, "--watch"], cwd=cwd, text=True, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(REPOSITORY), **env},
        )  # fmt: skip
        self.lines: queue.Queue[str] = queue.Queue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put("")

    def round(self) -> str:
        """What is printed up to the line which says that it watches, without that line."""
        said = []
        end = time.monotonic() + PATIENCE
        while True:
            try:
                line = self.lines.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                pytest.fail(f"it does not come to watch, and said: {said}")
            if not line:
                pytest.fail(f"it ended with {self.process.wait()}, and said: {said}")
            if line.startswith("Watching "):
                return "".join(said).rstrip("\n") + "\n"
            said.append(line)

    def end(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """Stop it; gives its status, and what was left to read."""
        self.process.send_signal(number)
        status = self.process.wait(timeout=PATIENCE)
        self.reader.join()
        left = "".join(iter(self.lines.get, ""))
        assert "Traceback" not in left
        return status, left


@pytest.fixture
def watch() -> Iterator[Callable[..., Watch]]:
    """Starts watches, and ends them."""
    begun: list[Watch] = []

    def begin(*arguments: str, **options: object) -> Watch:
        begun.append(Watch(*arguments, **options))  # type: ignore[arg-type]
        return begun[-1]

    yield begin
    for each in begun:
        if each.process.poll() is None:
            each.process.kill()
        each.process.wait()
        each.reader.join()
        each.process.stdout.close()  # type: ignore[union-attr]


@pytest.fixture
def folder(root: Callable[..., Path], tmp_path: Path) -> Path:
    """The content root."""
    root()
    return tmp_path / "content"


def rewrite(file: Path, text: str) -> None:
    """As many editors save: under another name first."""
    other = file.with_name(f".{file.name}.swp")
    other.write_text(text)
    other.replace(file)


def test_each_change_makes_a_new_report(watch: Callable[..., Watch], folder: Path) -> None:
    run = watch("lint", "content", cwd=folder.parent)
    assert run.round() == WELL
    question = folder / "questions/q.yaml"
    for save in (Path.write_text, rewrite):
        save(question, BROKEN)
        said = run.round()
        assert said.startswith("\n---- ")
        assert said.splitlines()[1].endswith(" content/questions/q.yaml changed")
        assert "there is no concept `gone`" in said
        save(question, "questions: [")
        assert "[Y001 syntax-error]" in run.round()
        save(question, QUESTION)
        assert run.round().endswith(WELL)
    assert run.end() == (130, "ankigen: stopped; nothing was changed\n")


def test_files_and_folders_come_and_go(watch: Callable[..., Watch], folder: Path) -> None:
    run = watch("lint", "content", cwd=folder.parent)
    run.round()
    new = folder / "questions/deep/er"
    new.mkdir(parents=True)
    (new / "r.yaml").write_text(OTHER)
    # A file may be seen before it is written.
    while "All well in 4 files." not in run.round():
        pass
    (new / "r.yaml").rename(new / "s.yaml")
    assert "2 files changed" not in (said := run.round())
    assert "content/questions/deep/er/r.yaml, content/questions/deep/er/s.yaml changed" in said
    (new / "s.yaml").unlink()
    assert run.round().endswith(WELL)
    (folder / "media").mkdir()
    (folder / "media/x.png").write_bytes(b"x")
    while "unused-media" not in run.round():
        pass
    shutil.rmtree(folder / "media")
    assert run.round().endswith(WELL)


def test_what_is_not_read_makes_no_report(watch: Callable[..., Watch], folder: Path) -> None:
    (folder / ".gitignore").write_text("ignored.yaml\n")
    run = watch("lint", "content", cwd=folder.parent)
    run.round()
    write_tree(folder, {
        "questions/.hidden.yaml": "x", "questions/ignored.yaml": "x", "questions/q.yaml~": "x", ".git/x": "x",
        "README.md": "x", "questions/.ankigen-1-a.tmp": "x", "build/x/y.yaml": "x",
    })  # fmt: skip
    (folder / "questions/q.yaml").write_text(BROKEN)
    assert run.round().splitlines()[1].endswith(" content/questions/q.yaml changed")
    (folder / ".gitignore").write_text("ignored.yaml\nq.yaml\n")
    assert "1 warning in 2 files" in run.round()


def test_what_belongs_to_the_content_is_watched_too(watch: Callable[..., Watch], folder: Path) -> None:
    known = folder.parent / "known.json"
    assert ankigen("lint", "--write-baseline", known, cwd=folder).returncode == 0
    (folder / "look").mkdir()
    run = watch("lint", "--baseline", "../known.json", cwd=folder)
    assert run.round() == WELL
    rewrite(folder / "deck.yaml", DECK + "cards: {css: look/a.css}\n")
    assert "there is no file `look/a.css`" in run.round()
    rewrite(folder / "look/a.css", ".card { font-size: 20px }\n")
    assert run.round().endswith(WELL)
    rewrite(folder / "deck.lock", "nonsense\n")
    assert "damaged-lock" in run.round()
    known.unlink()
    assert "ankigen: ../known.json: " in run.round()


def test_a_file_is_watched_with_the_deck_that_it_belongs_to(watch: Callable[..., Watch], folder: Path) -> None:
    run = watch("lint", "questions/q.yaml", cwd=folder)
    assert run.round() == WELL
    (folder / "concepts/a.yaml").rename(folder / "concepts/a.txt")
    assert "there is no concept `a`" in run.round()
    (folder / "concepts/a.txt").rename(folder / "concepts/a.yaml")
    assert run.round().endswith(WELL)


def test_a_broken_state_is_said_and_does_not_end_it(watch: Callable[..., Watch], folder: Path) -> None:
    run = watch("lint", "content", cwd=folder.parent)
    run.round()
    (folder / "deck.yaml").rename(folder / "deck.txt")
    assert "ankigen: content: there is no deck.yaml in this folder or below it\n" in run.round()
    (folder / "deck.txt").rename(folder / "deck.yaml")
    assert run.round().endswith(WELL)
    folder.rename(folder.parent / "elsewhere")
    assert "ankigen: content: there is no such file or folder\n" in run.round()
    (folder.parent / "elsewhere").rename(folder)
    assert run.round().endswith(WELL)
    (folder / "questions/l.yaml").symlink_to("nowhere")
    assert "ankigen: content/questions/l.yaml: this link leads nowhere\n" in run.round()
    (folder / "questions/l.yaml").unlink()
    assert run.round().endswith(WELL)
    (folder / "deck.yaml").write_text("format: [")
    assert "[Y001 syntax-error]" in run.round()
    (folder / "deck.yaml").write_text(DECK)
    assert run.round().endswith(WELL)


def test_a_change_during_a_round_begins_another(folder: Path) -> None:
    rounds = []

    def act() -> None:
        rounds.append(1)
        if len(rounds) == 2:
            raise KeyboardInterrupt
        rewrite(folder / "questions/q.yaml", BROKEN)

    def give_up(number: int, frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    try:
        with pytest.raises(KeyboardInterrupt):
            watching([Path("content")], [], act)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_many_changes_make_one_report(watch: Callable[..., Watch], folder: Path) -> None:
    run = watch("lint", "content", cwd=folder.parent)
    run.round()
    other = folder.parent / "other"
    write_tree(other, {f"q{n}.yaml": OTHER.replace("id: r", f"id: r{n}") for n in range(200)})
    (folder / "questions").rename(folder.parent / "before")
    other.rename(folder / "questions")
    said = run.round()
    while "202 files" not in said:  # between the two
        said = run.round()
    assert "200 files changed" in said or "201 files changed" in said


@pytest.mark.parametrize("flags", [(), ("--no-cache",)])
def test_a_build_follows_each_change_and_not_itself(
    flags: tuple[str, ...], watch: Callable[..., Watch], folder: Path, tmp_path: Path
) -> None:
    """Also where the package lies among what is read."""
    deck, lock = folder / "media/d.apkg", folder / "deck.lock"
    (folder / "media").mkdir()
    cache = tmp_path / "cache"
    run = watch("build", "content", "-o", "content/media", *flags, cwd=tmp_path, ANKIGEN_CACHE_DIR=str(cache))
    assert "content/deck.lock is new" in run.round()
    assert deck.exists()
    for number in range(3):
        before = lock.read_bytes()
        rewrite(folder / "questions/q.yaml", QUESTION.replace("It.", f"It is {number}."))
        said = run.round()
        assert said.splitlines()[1].endswith(" content/questions/q.yaml changed")
        assert "  changes    1 changed, 1 as before\n" in said
        assert lock.read_bytes() != before
    before = deck.read_bytes()
    rewrite(folder / "questions/q.yaml", BROKEN)
    assert "Nothing was built: mend the errors first." in run.round()
    assert deck.read_bytes() == before
    # Another's change of the lock is a change.
    rewrite(lock, "nonsense\n")
    assert "damaged-lock" in run.round()
    status, left = run.end()
    assert (status, left) == (
        130, "ankigen: stopped; 2 files had been written by then, the others are as they were\n"
    )  # fmt: skip
    assert cache.exists() == (not flags)
    assert not list(tmp_path.rglob(".ankigen-*"))


def test_a_deck_that_is_begun_is_built_once_there_is_something(
    watch: Callable[..., Watch], tmp_path: Path
) -> None:
    write_tree(tmp_path / "content", {"deck.yaml": DECK})
    run = watch("build", cwd=tmp_path)
    assert "there is no concept or question to build" in run.round()
    write_tree(tmp_path / "content", MINIMAL)
    while not (tmp_path / "d.apkg").exists():
        run.round()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("command", ["lint", "build"])
def test_it_ends_at_once(command: str, name: str, watch: Callable[..., Watch], folder: Path) -> None:
    run = watch(command, "content", cwd=folder.parent)
    run.round()
    started = time.monotonic()
    status, left = run.end(getattr(signal, name))
    assert status == 130
    assert left.startswith("ankigen: stopped; ")
    assert left.count("\n") == 1
    assert time.monotonic() - started < 5


def test_it_ends_when_no_one_reads_any_more(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ankigen", "lint", "--watch"], cwd=folder, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == WELL.encode()
    process.stdout.close()
    assert process.wait(timeout=PATIENCE) == 141
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.parametrize("command", ["lint", "build"])
def test_what_is_wrong_from_the_start_is_refused(command: str, folder: Path) -> None:
    """A watch that waits for a folder which is misspelt would wait for ever."""
    line = plain_line(ankigen(command, "contents", "--watch", cwd=folder.parent))
    assert "contents: there is no such file or folder" in line


@pytest.mark.parametrize(
    "flags",
    [
        ("--fix",), ("--unsafe-fixes",), ("--diff",), ("--write-baseline", "b"), ("--show-files",),
        ("--show-settings",), ("--check-links",), ("--fail-on", "note"),
    ],
)  # fmt: skip
def test_a_flag_that_makes_no_sense_is_refused(flags: tuple[str, ...], folder: Path) -> None:
    line = plain_line(ankigen("lint", "--watch", *flags, cwd=folder.parent))
    assert "--watch" in line
    assert "cannot be given together" in line


@pytest.mark.parametrize("flags", [("-",), ("--format", "json"), ("--select", "nonsense"), ("--set", "x")])
def test_wrong_use_is_refused(flags: tuple[str, ...], folder: Path) -> None:
    plain_line(ankigen("lint", "--watch", *flags, cwd=folder.parent))


def test_statistics_and_the_concise_format_work(watch: Callable[..., Watch], folder: Path) -> None:
    (folder / "questions/q.yaml").write_text(BROKEN)
    assert "I004 dangling-reference" in watch("lint", "--statistics", cwd=folder.parent).round()
    run = watch("lint", "--format", "concise", cwd=folder.parent, GITHUB_ACTIONS="true")
    assert run.round().startswith("content/questions/q.yaml:2:22: error[I004 ")


def test_an_editor_sees_where_a_report_begins_and_ends(watch: Callable[..., Watch], folder: Path) -> None:
    patterns = BACKGROUND_JSON["problemMatcher"]["background"]
    assert re.search(patterns["endsPattern"], "Watching content. Ctrl-C ends it.")
    run = watch("lint", "--format", "concise", cwd=folder.parent)
    run.round()
    (folder / "questions/q.yaml").write_text(BROKEN)
    begun = [re.search(patterns["beginsPattern"], line) for line in run.round().splitlines()]
    assert [bool(match) for match in begun] == [False, True, False, False]


def test_a_terminal_is_cleared_before_each_new_report(folder: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "ankigen", "lint", "--watch"], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "TERM": "xterm"}, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    text = b""
    try:
        while text.count(b"Watching this folder") < 1:
            text += os.read(ours, 1000)
        assert b"\x1b[2J" not in text
        rewrite(folder / "questions/q.yaml", BROKEN)
        while text.count(b"Watching this folder") < 2:
            text += os.read(ours, 1000)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    before, cleared, after = text.partition(b"\x1b[2J")
    assert cleared
    assert b"All well" in before
    assert b"there is no concept" in after


UNSHARE = ("unshare", "--user", "--map-root-user", "sh", "-c", 'echo 0 > "$0" && exec "$@"')
NONE_LEFT = (*UNSHARE, "/proc/sys/user/max_inotify_instances")


def has_limits() -> bool:
    """Whether this machine lets us have a limit of our own for what a user may watch."""
    try:
        return subprocess.run([*NONE_LEFT, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.mark.skipif(not has_limits(), reason="needs a user namespace, and its limit for inotify")
def test_where_the_system_tells_nothing_it_is_looked_now_and_then(
    watch: Callable[..., Watch], folder: Path
) -> None:
    run = watch("lint", "content", cwd=folder.parent, prefix=NONE_LEFT)
    assert run.round() == WELL
    assert run.lines.get(timeout=PATIENCE).startswith("ankigen: the system does not tell of changes")
    (folder / "questions/q.yaml").write_text(BROKEN)
    assert "there is no concept `gone`" in run.round()
    (folder / "questions/q.yaml").write_text(QUESTION)
    said = run.round()
    assert said.endswith(WELL)
    assert "does not tell" not in said
    assert run.end()[0] == 130


def test_a_look_tells_what_is_read(folder: Path) -> None:
    before = look([Path("content")])
    assert before == look([Path("content")])
    names = {file.relative_to("content").as_posix() for file in before.files}
    assert names == {*MINIMAL, "deck.lock"}
    assert before.folders == {Path("content"), Path("content/concepts"), Path("content/questions")}
    rewrite(folder / "questions/q.yaml", QUESTION)
    rewrite(folder / "concepts/a.yaml", MINIMAL["concepts/a.yaml"])
    later = look([Path("content")])
    changed = [Path("content/concepts/a.yaml"), Path("content/questions/q.yaml")]
    assert before.changed(later) == changed
    # By whatever name we have written it.
    mended = before.taking(later, [folder / "questions/q.yaml"])
    assert mended.changed(later) == changed[:1]
    assert look([Path("nowhere")]).trouble == "nowhere: there is no such file or folder"

"""What happens to files while the linter runs, and to the linter among odd files: nothing is lost, nothing hangs."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ankigen.source.files import read_bytes, write_bytes
from tests.cli.test_bad_input import obey_permissions, plain_line
from tests.conftest import CONCEPT, DECK, QUESTION, REPOSITORY, ankigen, write_tree

COERCED = QUESTION.replace("What?", "1.10")
FORMATS = ("full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjson")


@pytest.fixture
def folder(root: Callable[..., Path], tmp_path: Path) -> Path:
    """A deck with one finding, which --fix repairs."""
    root({"questions/q.yaml": COERCED})
    return tmp_path


def left_behind(folder: Path) -> list[Path]:
    return list(folder.rglob(".ankigen-*"))


# Files that change while they are looked at.


def run_with(hook: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the program with something that happens in its midst."""
    program = f"import os, sys\nfrom pathlib import Path\n{hook}\nfrom ankigen.cli import main\nmain()\n"
    result = subprocess.run(
        [sys.executable, "-c", program, "lint", *arguments], cwd=cwd, capture_output=True, encoding="utf-8",
        env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(REPOSITORY)}, timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in result.stderr, result.stderr
    return result


# A file changes right before the program goes on to do something.
BEFORE = """
import MODULE as module
step = module.STEP
def first(*arguments):
    FILE.unlink()
    CHANGE
    return step(*arguments)
module.STEP = first
"""
# After the files are listed, and before any but deck.yaml is read.
AFTER_LISTING = BEFORE.replace("MODULE", "ankigen.lint.engine").replace("STEP", "results")
# After they are judged, and before they are repaired.
BEFORE_FIXING = BEFORE.replace("MODULE", "ankigen.cli.lint").replace("STEP", "_repair")


@pytest.mark.parametrize("hook", [AFTER_LISTING, BEFORE_FIXING], ids=["listing", "fixing"])
@pytest.mark.parametrize(
    "change",
    [
        "pass", "FILE.mkdir()", "os.mkfifo(FILE)", "FILE.symlink_to('/dev/zero')", "FILE.symlink_to(FILE.name)",
        "import socket; socket.socket(socket.AF_UNIX).bind(str(FILE))",
    ],
)  # fmt: skip
def test_a_file_that_is_replaced_meanwhile_is_said_in_a_line(change: str, hook: str, folder: Path) -> None:
    code = hook.replace("CHANGE", change).replace("FILE", "Path('content/questions/q.yaml')")
    assert "content/questions/q.yaml: c" in plain_line(run_with(code, "--fix", cwd=folder))
    assert not left_behind(folder)


@pytest.mark.parametrize("text", ["", "questions:\n", COERCED + "# more\n"])
def test_a_file_that_is_edited_meanwhile_keeps_what_was_written(text: str, folder: Path) -> None:
    change = BEFORE_FIXING.replace("CHANGE", f"FILE.write_text({text!r})")
    line = plain_line(run_with(change.replace("FILE", "Path('content/questions/q.yaml')"), "--fix", cwd=folder))
    assert "the file changed while it was checked, and is left as it is" in line
    assert (folder / "content/questions/q.yaml").read_text() == text


def test_a_repair_is_seen_whole_or_not_at_all(tmp_path: Path) -> None:
    """Someone reads the file over and over while it is written."""
    file = tmp_path / "f"
    texts = {b"a" * 100_000, b"b" * 100_000}
    file.write_bytes(b"a" * 100_000)
    stop = threading.Event()
    seen: set[bytes] = set()

    def watch() -> None:
        while not stop.is_set():
            seen.add(read_bytes(file))

    watcher = threading.Thread(target=watch)
    watcher.start()
    for number in range(200):
        write_bytes(file, (b"a" if number % 2 else b"b") * 100_000)
    stop.set()
    watcher.join()
    assert seen <= texts
    assert not left_behind(tmp_path)


@pytest.mark.parametrize("what", ["content/questions/q.yaml", "content/questions"])
def test_what_may_not_be_written_is_left_alone(what: str, folder: Path) -> None:
    mode = (folder / what).stat().st_mode
    (folder / what).chmod(mode & ~0o222)
    result = ankigen("lint", "--fix", cwd=folder, preexec_fn=obey_permissions)
    (folder / what).chmod(mode)
    assert "cannot be written (Permission denied)" in plain_line(result)
    assert (folder / "content/questions/q.yaml").read_text() == COERCED


def test_a_repaired_file_keeps_its_permissions_and_its_owner(folder: Path) -> None:
    file = folder / "content/questions/q.yaml"
    file.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(file, 65534, 65534)
    before = file.stat()
    assert ankigen("lint", "--fix", cwd=folder).returncode == 0
    after = file.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


# Links.


def test_a_file_with_a_second_name_is_not_parted_from_it(folder: Path) -> None:
    file = folder / "content/questions/q.yaml"
    os.link(file, folder / "copy.yaml")
    assert "a hard link" in plain_line(ankigen("lint", "--fix", cwd=folder))
    assert file.read_text() == COERCED
    assert file.samefile(folder / "copy.yaml")


def test_what_was_repaired_before_a_file_that_cannot_be_is_said(folder: Path) -> None:
    write_tree(folder / "content", {"questions/p.yaml": COERCED.replace("id: q", "id: p")})
    os.link(folder / "content/questions/q.yaml", folder / "copy.yaml")
    result = ankigen("lint", "--fix", cwd=folder)
    assert result.returncode == 2
    assert result.stderr.startswith("Fixed 1 finding.\nankigen: ")


def test_a_link_inside_the_root_stays_a_link(folder: Path) -> None:
    (folder / "content/questions/q.yaml").rename(folder / "content/text")
    (folder / "content/questions/q.yaml").symlink_to("../text")
    assert ankigen("lint", "--fix", cwd=folder).returncode == 0
    assert (folder / "content/questions/q.yaml").is_symlink()
    assert "'1.10'" in (folder / "content/text").read_text()


def test_a_file_with_two_names_in_the_root_is_repaired_once(folder: Path) -> None:
    (folder / "content/questions/r.yaml").symlink_to("q.yaml")
    result = ankigen("lint", "--fix", cwd=folder)
    assert (result.returncode, result.stderr) == (1, "Fixed 1 finding.\n")
    assert "`q` is the id of two questions" in result.stdout


@pytest.mark.parametrize(
    ("name", "target"), [("questions/q2.yaml", "q2.yaml"), ("concepts/q2.yaml", "gone.yaml")], ids=["loop", "gone"]
)
def test_a_link_that_leads_nowhere_is_not_passed_over(name: str, target: str, folder: Path) -> None:
    (folder / "content" / name).symlink_to(target)
    assert f"content/{name}: this link leads nowhere" in plain_line(ankigen("lint", cwd=folder))


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


@pytest.mark.parametrize("make", [os.mkfifo, make_socket])
def test_what_is_named_and_cannot_be_read_does_not_pass_for_well(
    make: Callable[[Path], None], folder: Path
) -> None:
    make(Path("content/questions/p.yaml"))
    assert "this is no content file" in plain_line(ankigen("lint", "content/questions/p.yaml", cwd=folder))


# Names.

NAMES = [
    b"a b", b"n\nl", b"t\tb", b"-dash", b"q'\"", b"p%41%", b"a::b", b"a,b:c", b"\xff\xfe", "🎉".encode(), b"\x01",
    "a\u202eb".encode(), "\u2028x".encode(), b"x" * 250, b"\x1b[31m", b"&<x>", b"\r", b"[a]", b"\\n",
]  # fmt: skip


@pytest.fixture(scope="module")
def oddly_named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    write_tree(folder / "content", {"deck.yaml": DECK, "concepts/a.yaml": CONCEPT, "questions/.keep": ""})
    for number, name in enumerate(NAMES):
        text = QUESTION.replace("id: q", f"id: q{number}").replace("What?", "What is the the name?")
        (folder / "content/questions" / os.fsdecode(name + b".yaml")).write_text(text)
    return folder


@pytest.mark.parametrize("format", FORMATS)
def test_odd_names_leave_every_format_valid(format: str, oddly_named: Path) -> None:
    """Also on a terminal that knows only ASCII: formats for programs are UTF-8 whatever the terminal is."""
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "ascii"}
    result = subprocess.run(
        [sys.executable, "-m", "ankigen", "lint", "--select", "F006", "--format", format],
        cwd=oddly_named, env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, b"")
    text = result.stdout.decode("ascii" if format in ("full", "concise") else "utf-8")
    if format in ("json", "sarif", "gitlab", "rdjson"):
        json.loads(text)
    elif format == "jsonl":
        assert len([json.loads(line) for line in text.split("\n") if line]) == len(NAMES)
    elif format == "junit":
        ElementTree.fromstring(text.encode())
    elif format in ("concise", "github"):
        assert text.count("\n") == len(NAMES) + 1
    if format in ("full", "concise"):
        assert "\x1b" not in text


def test_odd_names_are_listed_one_a_line(oddly_named: Path) -> None:
    lines = ankigen("lint", "--show-files", cwd=oddly_named).stdout.split("\n")
    assert len(lines) == 2 + len(NAMES) + 1


def test_a_baseline_knows_odd_names_again(oddly_named: Path, tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    assert ankigen("lint", "--write-baseline", known, cwd=oddly_named).returncode == 0
    known.read_bytes().decode()
    result = ankigen("lint", "--baseline", known, "--fail-on", "note", cwd=oddly_named)
    assert (result.returncode, result.stderr) == (0, "")


# A run that is stopped.


def many_to_fix(folder: Path, count: int = 300) -> dict[Path, str]:
    files = {
        folder / f"content/questions/q{number}.yaml": COERCED.replace("id: q", f"id: q{number}")
        for number in range(count)
    }
    write_tree(folder / "content", {"deck.yaml": DECK, "concepts/a.yaml": CONCEPT, "questions/q0.yaml": ""})
    for file, text in files.items():
        file.write_text(text)
    return files


# Sends a signal to the process itself at its nth write of a file, before or after the file is replaced.
AT_WRITE = """
import signal
import ankigen.lint.fix as fix
write = fix.write_bytes
count = 0
def counted(file, data):
    global count
    count += 1
    if count == AT and not AFTER:
        os.kill(os.getpid(), getattr(signal, SIGNAL))
    write(file, data)
    if count == AT and AFTER:
        os.kill(os.getpid(), getattr(signal, SIGNAL))
fix.write_bytes = counted
"""


@pytest.mark.parametrize(
    ("name", "at", "after"),
    [("SIGINT", 1, False), ("SIGINT", 5, True), ("SIGTERM", 5, False), ("SIGHUP", 1, True)],
)
def test_a_stopped_repair_says_how_far_it_came(name: str, at: int, after: bool, tmp_path: Path) -> None:
    files = many_to_fix(tmp_path, 10)
    hook = f"AT, AFTER, SIGNAL = {at}, {after}, '{name}'\n{AT_WRITE}"
    result = run_with(hook, "--fix", "--jobs", "1", cwd=tmp_path)
    changed = sum(file.read_text() != text for file, text in files.items())
    assert result.returncode == 130
    assert changed == at
    words = f"{at} file{'s' * (at > 1)} had been written by then, the others are as they were"
    assert result.stderr == f"ankigen: stopped; {words}\n"
    assert not left_behind(tmp_path)


def children_of(process: int) -> set[int]:
    """The processes that another has begun, from the fourth field of /proc/PID/stat (proc(5))."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = status.read_text().partition(" (")
        except OSError:
            continue
        if int(rest.rpartition(") ")[2].split()[1]) == process:
            found.add(int(number))
    return found


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def eventually(what: Callable[[], object]) -> bool:
    """Whether something comes true; that it does not is only said after a minute."""
    end = time.monotonic() + 60
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL", "group", "twice"])
def test_no_process_outlives_the_run(name: str, tmp_path: Path) -> None:
    many_to_fix(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-m", "ankigen", "lint", "--jobs", "2"], cwd=tmp_path, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )  # fmt: skip
    workers: set[int] = set()

    def begun() -> bool:
        workers.update(children_of(process.pid))
        return len(workers) >= 2 or process.poll() is not None

    assert eventually(begun)
    for _ in range(3 if name == "twice" else 1):
        if process.poll() is None:
            if name in ("group", "twice"):
                os.killpg(process.pid, signal.SIGINT)
            else:
                process.send_signal(getattr(signal, name))
    _, errors = process.communicate(timeout=60)
    assert eventually(lambda: not any(map(is_alive, workers)))
    if name != "SIGKILL":
        assert (process.returncode, errors) in (
            (130, "ankigen: stopped; nothing was changed\n"),
            (1, ""),  # it was done before the signal came
        )


# Very much of everything.


def test_many_comments_for_the_same_lines_are_asked_once_for_each_rule(tmp_path: Path) -> None:
    """Each of 3,000 comments and each of 3,000 findings, in pairs, would take minutes."""
    questions = "".join(
        f"  - {{id: q{number}, concept: a, difficulty: easy, stem: Is the the {number} one?, answer: It.}}\n"
        for number in range(3000)
    )
    comments = "# ankigen: ignore-file[F006] because I say so\n# ankigen: ignore[F006] because I say so\n" * 1500
    write_tree(tmp_path, {"deck.yaml": DECK, "concepts/a.yaml": CONCEPT})
    write_tree(tmp_path, {"questions/q.yaml": f"{comments}questions:\n{questions}"})
    result = ankigen("lint", "--select", "F006,L", cwd=tmp_path, timeout=60)
    assert (result.returncode, result.stdout) == (0, "All well in 3 files.\n")


@pytest.mark.parametrize(
    "judge",
    [
        "from ankigen.lint.words import plain; plain('[' * 400_000)",
        "from ankigen.lint.words import plain; plain('[](' * 130_000)",
        "from ankigen.lint.words import choose_in; choose_in('Which ' + '- ' * 200_000 + '?')",
        "from ankigen.rules.missing_alt import _NO_ALT; _NO_ALT.search('![](' * 100_000)",
        "from ankigen.rules.unemphasised_negative import _NEGATIVE; _NEGATIVE.search('What is ' * 50_000)",
        "from ankigen.rules.trailing_space import TrailingSpace\n"
        "from ankigen.source.text import SourceFile\n"
        "from ankigen.source.yaml import parse\n"
        "list(TrailingSpace().check_document(parse(SourceFile('x', 'a' + ' ' * 400_000 + 'b'))[0]))",
    ],
    ids=["brackets", "links", "spaces in prose", "pictures", "words that ask", "spaces in a line"],
)
def test_a_hostile_text_is_judged_in_linear_time(judge: str, tmp_path: Path) -> None:
    """Where a pattern tries every start against every end, each of these takes many minutes."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    subprocess.run([sys.executable, "-c", judge], cwd=tmp_path, env=environment, timeout=60, check=True)


def many_files(folder: Path, count: int) -> None:
    for number in range(count):
        write_tree(folder, {
            f"concepts/c{number}.yaml": f"id: c{number}\ntitle: T\noverview: [{{id: h, heading: H, body: x, prompt: What is {number}?}}]\n",
            f"questions/q{number}.yaml": QUESTION.replace("id: q", f"id: q{number}").replace("concept: a", f"concept: c{number}")
            .replace("What?", f"What is the number {number}?").replace("It.", f"It is {number}."),
        })  # fmt: skip
    write_tree(folder, {"deck.yaml": DECK})


LARGE = pytest.mark.skipif("ANKIGEN_LARGE" not in os.environ, reason="takes minutes; ANKIGEN_LARGE=1 runs it")


@pytest.mark.parametrize("count", [400, pytest.param(25_000, marks=[pytest.mark.slow, LARGE])])
def test_very_many_files(count: int, tmp_path: Path) -> None:
    many_files(tmp_path, count)
    for jobs in ("1", "2"):
        result = ankigen("lint", "--jobs", jobs, cwd=tmp_path, timeout=600)
        assert (result.returncode, result.stdout) == (0, f"All well in {2 * count + 1:,} files.\n")


# Wrong use.


@pytest.mark.parametrize(
    "flags",
    [
        ("--diff", "--fix"), ("--write-baseline", "b", "--fix"), ("--write-baseline", "b", "--unsafe-fixes"),
        ("--write-baseline", "b", "--baseline", "b"), ("--statistics", "--format", "json"), ("--diff", "--statistics"),
        ("--show-files", "--fix"), ("--show-settings", "--diff"), ("--show-files", "--show-settings"),
    ],
)  # fmt: skip
def test_a_flag_is_never_passed_over(flags: tuple[str, ...], folder: Path) -> None:
    assert "cannot be given together" in plain_line(ankigen("lint", *flags, cwd=folder))
    assert (folder / "content/questions/q.yaml").read_text() == COERCED
    assert not (folder / "b").exists()


@pytest.mark.parametrize("flag", ["--baseline", "--write-baseline"])
def test_a_baseline_that_is_no_file(flag: str, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    for name in ("pipe", "content", "/dev/null"):
        assert "cannot be read" in plain_line(ankigen("lint", flag, name, cwd=folder, timeout=30))
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.parametrize("path", ["a\\u0000b", "\\ud800"])
def test_a_baseline_that_names_no_possible_file(path: str, folder: Path) -> None:
    entry = f'{{"path": "{path}", "rule": "doubled-word", "message": "m", "count": 1}}'
    (folder / "b").write_text(f'{{"version": 1, "findings": [{entry}]}}')
    assert "is no baseline" in plain_line(ankigen("lint", "--baseline", "b", cwd=folder))


@pytest.mark.parametrize("value", [".nan", ".inf", "-.inf", "1e308", "-1.5"])
def test_an_option_that_is_no_sensible_number(value: str, folder: Path) -> None:
    questions = "".join(
        f"  - {{id: q{number}, concept: a, difficulty: easy, stem: What is the way to {number}?, answer: It.}}\n"
        for number in range(3)
    )
    write_tree(
        folder / "content", {"deck.yaml": DECK + f"lint: {{near-duplicate-question: {{likeness: {value}}}}}\n"}
    )
    write_tree(folder / "content", {"questions/q.yaml": "questions:\n" + questions})
    result = ankigen("lint", cwd=folder)
    assert result.returncode == 1
    assert "`likeness` " in result.stdout
    assert "unknown-setting" in result.stdout


def test_standard_input_that_is_closed(folder: Path) -> None:
    command = f"{sys.executable} -m ankigen lint - --stdin-filename content/questions/q.yaml <&-"
    result = subprocess.run(
        command, shell=True, cwd=folder, capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )  # fmt: skip
    assert "standard input is closed" in plain_line(result)


@pytest.mark.parametrize("format", ["json", "junit", "github"])
def test_a_full_disk_is_said_in_formats_for_programs(format: str, folder: Path) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "ankigen", "lint", "--format", format],
            cwd=folder, stdout=full, stderr=subprocess.PIPE, encoding="utf-8", check=False,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        )  # fmt: skip
    assert (result.returncode, result.stderr) == (2, "ankigen: No space left on device\n")

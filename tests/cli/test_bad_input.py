"""Wrong input ends in a diagnostic with a place or in one plain line; the last good deck stays."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ankigen.package.identity import guid
from tests.conftest import MINIMAL, REPOSITORY, ankigen, write_tree

LAST = "the last good deck"


@pytest.fixture
def folder(root: Callable[..., Path], tmp_path: Path) -> Path:
    root()
    (tmp_path / "d.apkg").write_text(LAST)
    return tmp_path


def plain_line(result: subprocess.CompletedProcess[str], status: int = 2) -> str:
    """What went wrong, where the program says it in one plain line."""
    assert result.returncode == status
    assert result.stderr.startswith("ankigen: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.mark.parametrize("command", ["lint", "build"])
def test_a_path_that_is_not_there(command: str, folder: Path) -> None:
    assert "nowhere: there is no such file or folder" in plain_line(ankigen(command, "nowhere", cwd=folder))


@pytest.mark.parametrize("command", ["lint", "build"])
def test_a_folder_without_a_deck(command: str, tmp_path: Path) -> None:
    assert "there is no deck.yaml in this folder or below it" in plain_line(ankigen(command, cwd=tmp_path))
    write_tree(tmp_path, {"deck.yml": ""})
    assert "rename deck.yml" in plain_line(ankigen(command, cwd=tmp_path))
    write_tree(tmp_path, {"lonely.yaml": ""})
    assert "neither its folder nor any above it" in plain_line(ankigen(command, "lonely.yaml", cwd=tmp_path))


@pytest.mark.parametrize("name", ["deck.yaml.txt", "Deck.yaml", "deck.yaml.yaml", "DECK.YML"])
def test_a_misnamed_deck_yaml(name: str, tmp_path: Path) -> None:
    write_tree(tmp_path, {name: ""})
    assert f"rename {name}" in plain_line(ankigen("lint", cwd=tmp_path))


def test_a_deck_yaml_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "deck.yaml").mkdir()
    plain_line(ankigen("lint", cwd=tmp_path))


@pytest.mark.parametrize("option", [["--nonsense"], ["-o"], ["--output"]])
def test_wrong_options(option: list[str], folder: Path) -> None:
    result = ankigen("build", *option, cwd=folder)
    assert result.returncode == 2
    assert option[0] in result.stderr


FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "comment only": (b"# nothing\n", "the file is empty"),
    "list at the top": (b"- id: q\n", "the file holds a list"),
    "a word": (b"hello\n", "the file holds text"),
    "not UTF-8": ("questions: [Schlüssel]\n".encode("latin-1"), "is not UTF-8"),
    "UTF-16": ("questions: []\n".encode("utf-16"), "UTF-16"),
    "binary": (bytes(range(256)) * 50, "is not"),
    "zeros": (bytes(10_000), "this is not a text file"),
    "brackets": (b"[" * 60_000, "stand inside each other"),
    "braces": (b"{a: " * 60_000, "stand inside each other"),
    "alias bomb": (
        b"a: &a [x, x, x, x, x, x, x, x, x]\n"
        + b"".join(b"%c: &%c [%s]\n" % (98 + i, 98 + i, b", ".join([b"*%c" % (97 + i)] * 9)) for i in range(9)),
        "content files do not allow a",
    ),
    "merge bomb": (b"a: &a {x: 1}\nb: {<<: [*a, *a]}\n", "merges another mapping"),
    "python object": (b"!!python/object/apply:os.system ['touch owned']\n", "is a tag to YAML"),
    "huge number": (b"questions: " + b"9" * 100_000 + b"\n", "where a list is wanted"),
    "long line": (b"questions: " + b"x" * 1_000_000 + b"\n", "where a list is wanted"),
    "a list as id": (b"questions: [{id: [q]}, {stem: What?}]\n", "`id` is a list"),
    "numbers as keys": (b"1: 2\nnull: 3\n", "is not a key of the file"),
}


EVERYWHERE = ("empty", "list at the top", "brackets", "binary")


@pytest.mark.parametrize(
    ("name", "file"),
    [(name, "questions/q.yaml") for name in FILES]
    + [(name, file) for name in EVERYWHERE for file in ("deck.yaml", "concepts/a.yaml")],
)
def test_a_file_that_is_not_content(name: str, file: str, folder: Path) -> None:
    content, words = FILES[name]
    write_tree(folder / "content", {file: content})
    result = ankigen("build", cwd=folder)
    assert result.returncode == 1
    assert f"content/{file}:" in result.stdout
    if file == "questions/q.yaml":
        assert words in result.stdout
    assert len(result.stdout) < 20_000
    assert (folder / "d.apkg").read_text() == LAST
    assert not (folder / "owned").exists()


def test_ids_that_stand_in_two_files_are_shown_in_both(folder: Path) -> None:
    write_tree(folder / "content", {"questions/p.yaml": MINIMAL["questions/q.yaml"]})
    result = ankigen("build", cwd=folder)
    assert result.returncode == 1
    assert "content/questions/p.yaml:2:10" in result.stdout
    assert "content/questions/q.yaml:2:10" in result.stdout


@pytest.mark.parametrize(
    ("picture", "words"),
    [("gone.png", "there is no `media/gone.png`"), ("../../d.apkg", "is not in the media folder"),
     ("/etc/hostname", "is not in the media folder"), ("link.png", "leads out of the content root")],
)  # fmt: skip
def test_pictures_that_are_missing_or_lie_elsewhere(picture: str, words: str, folder: Path) -> None:
    question = f"questions:\n  - {{id: q, concept: a, difficulty: easy, stem: '![x]({picture})', answer: It.}}\n"
    write_tree(folder / "content", {"questions/q.yaml": question, "media/x": ""})
    (folder / "content/media/link.png").symlink_to("/etc/hostname")
    result = ankigen("build", cwd=folder)
    assert result.returncode == 1
    assert words in result.stdout
    assert "content/questions/q.yaml:2:" in result.stdout
    assert (folder / "d.apkg").read_text() == LAST


def test_an_output_that_is_no_apkg(folder: Path) -> None:
    assert "-o deck.apkg" in plain_line(ankigen("build", "-o", "deck.zip", cwd=folder))


def test_one_file_for_two_decks(folder: Path) -> None:
    write_tree(folder / "more", {**MINIMAL, "deck.yaml": "format: 1\nid: e\ntitle: E\n"})
    assert "there are 2 decks to build" in plain_line(ankigen("build", "-o", "x.apkg", cwd=folder))


def test_an_output_where_nothing_can_be_written(folder: Path) -> None:
    (folder / "file").write_text("")
    assert "cannot be written" in plain_line(ankigen("build", "-o", "file/x.apkg", cwd=folder))
    assert "cannot be written" in plain_line(ankigen("build", "-o", "/proc/x.apkg", cwd=folder))
    (folder / "x.apkg").mkdir()
    assert ankigen("build", "-o", "x.apkg", cwd=folder).returncode == 0
    assert (folder / "x.apkg/d.apkg").is_file()


def obey_permissions() -> None:
    """Let the next program obey the permissions of files even as root (PR_CAPBSET_DROP, see prctl(2))."""
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


def test_a_folder_that_is_read_only(folder: Path) -> None:
    folder.chmod(0o555)
    line = plain_line(ankigen("build", cwd=folder, preexec_fn=obey_permissions))
    folder.chmod(0o755)
    assert line == "ankigen: d.apkg: cannot be written (Permission denied)\n"
    assert (folder / "d.apkg").read_text() == LAST


def test_a_file_that_may_not_be_read(folder: Path) -> None:
    (folder / "content/questions/q.yaml").chmod(0)
    line = plain_line(ankigen("lint", cwd=folder, preexec_fn=obey_permissions))
    assert line == "ankigen: content/questions/q.yaml: cannot be read (Permission denied)\n"


def test_a_disk_that_is_full(folder: Path) -> None:
    """The system refuses to make any file larger than 2,000 bytes, as a full disk does."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    assert "cannot be written" in plain_line(ankigen("build", cwd=folder, preexec_fn=limit))
    assert (folder / "d.apkg").read_text() == LAST
    assert sorted(path.name for path in folder.iterdir()) == ["content", "d.apkg"]


def test_a_report_that_cannot_be_written(folder: Path) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "ankigen", "lint"],
            cwd=folder, stdout=full, stderr=subprocess.PIPE, encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, check=False,
        )  # fmt: skip
    assert result.returncode == 2
    assert result.stderr == "ankigen: No space left on device\n"


def many_faults(folder: Path, count: int = 3000) -> None:
    faults = "".join(
        f"  - {{id: q-{n}, concept: gone, difficulty: easy, stem: What?, answer: It.}}\n" for n in range(count)
    )
    write_tree(folder / "content", {"questions/q.yaml": "questions:\n" + faults})


@pytest.mark.parametrize("lines", ["1", "5"])
def test_a_reader_that_goes_away(lines: str, folder: Path) -> None:
    many_faults(folder)
    command = f"{sys.executable} -m ankigen lint | head -n {lines}"
    result = subprocess.run(
        command, shell=True, cwd=folder, capture_output=True, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, check=False,
    )  # fmt: skip
    assert result.stdout.count("\n") == int(lines)
    assert result.stderr == ""


# Says when the program begins: before, Python itself is loading, and answers in its own way.
BEGIN = "import sys; from ankigen.__main__ import main; sys.argv = ['ankigen', 'build']; print('go', flush=True); main()"


def interrupted(folder: Path, how: signal.Signals, after: float) -> tuple[int, str]:
    """Begin a build, stop it after some seconds, and give its status and what it said."""
    process = subprocess.Popen(
        [sys.executable, "-c", BEGIN], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "go\n"
    time.sleep(after)
    process.send_signal(how)
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors


@pytest.mark.parametrize(
    ("how", "after"),
    [
        (signal.SIGINT, 0.02),
        (signal.SIGTERM, 0.1),
        (signal.SIGINT, 0.4),
        (signal.SIGTERM, 0.8),
        (signal.SIGINT, 1.3),
    ],
)
def test_ctrl_c_ends_in_one_line_and_changes_nothing(how: signal.Signals, after: float, folder: Path) -> None:
    questions = "".join(
        f"  - {{id: q-{n}, concept: a, difficulty: easy, stem: 'What is {n}?', answer: '{'It. ' * 200}'}}\n"
        for n in range(6000)
    )
    write_tree(folder / "content", {"questions/q.yaml": "questions:\n" + questions})
    status, errors = interrupted(folder, how, after)
    if status == 0:
        return  # on a fast machine it was done before the signal came
    assert (status, errors) == (130, "ankigen: stopped; nothing was changed\n")
    assert (folder / "d.apkg").read_text() == LAST
    assert sorted(path.name for path in folder.iterdir()) == ["content", "d.apkg"]


def test_names_with_spaces_emoji_and_right_to_left_text(tmp_path: Path) -> None:
    folder = write_tree(tmp_path / "my decks 🎉/سلام", MINIMAL)
    result = ankigen("build", folder, cwd=tmp_path)
    assert result.returncode == 0
    write_tree(folder, {"questions/سؤال.yaml": "questions: 5\n"})
    result = ankigen("lint", folder, cwd=tmp_path)
    assert result.returncode == 1
    assert "سؤال.yaml:1:12" in result.stdout


def test_a_file_name_that_is_not_utf_8(folder: Path) -> None:
    (folder / "content/questions" / os.fsdecode(b"\xff.yaml")).write_bytes(b"questions: 5\n")
    result = ankigen("lint", cwd=folder)
    assert result.returncode == 1
    assert "\\udcff.yaml:1:12" in result.stdout


def test_a_terminal_that_knows_only_ascii(folder: Path) -> None:
    write_tree(folder / "content", {"questions/q.yaml": "questions: 日本\n"})
    result = ankigen("lint", cwd=folder, env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"})
    assert result.returncode == 1
    assert "questions/q.yaml:1:12" in result.stdout


def test_a_pipe_in_place_of_a_file_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "content/questions/pipe.yaml")
    os.mkfifo(folder / "content/media.png")
    assert ankigen("lint", cwd=folder, timeout=20).returncode == 0


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_streams_that_are_closed(closed: str, folder: Path) -> None:
    command = f"{sys.executable} -m ankigen build {closed}"
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    result = subprocess.run(
        command, shell=True, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False
    )
    assert result.returncode == 0
    assert result.stderr == ""
    assert (folder / "d.apkg").read_bytes().startswith(b"PK")


# What people who wish us ill, or nobody in particular, have tried.


def stem(text: str) -> dict[str, str]:
    """A question with this stem, as a JSON text that YAML reads too."""
    return {
        "questions/q.yaml": f"questions:\n  - {{id: q, concept: a, difficulty: easy, stem: {json.dumps(text)}, answer: It.}}\n"
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<img alt="a>b" src="link.png">', "M007"),
        ('<div>\n<img\nsrc="link.png">\n</div>', "M007"),
        ('<img alt="a>b" src="page.html">', "M008"),
        ('<img alt=">" src="gone.png">', "M001"),
        ('<img alt=">" src="https://example.org/x.png">', "M007"),
        ("![x](empty.png)", "M008"),
        ("a&#31;b", "A008"),
        ("a&#x1b;b", "A008"),
        ("<script>x</script>", "A009"),
        ("<audio src='x.mp3'></audio>", "A009"),
        ("\u200b", "A009"),
    ],
)
def test_html_cannot_hide_what_a_text_holds(text: str, code: str, folder: Path) -> None:
    write_tree(folder / "content", {**stem(text), "media/page.html": "x", "media/empty.png": ""})
    (folder / "content/media/link.png").symlink_to("/etc/hostname")
    result = ankigen("build", cwd=folder)
    assert result.returncode == 1
    assert f"error[{code} " in result.stdout
    assert (folder / "d.apkg").read_text() == LAST


@pytest.mark.parametrize("file", ["deck.yaml", "concepts/a.yaml", "questions/q.yaml"])
def test_a_content_file_that_is_a_link_out_is_not_read(file: str, folder: Path) -> None:
    (folder / "secret.yaml").write_text("title: SECRET\n")
    (folder / "content" / file).unlink()
    (folder / "content" / file).symlink_to(folder / "secret.yaml")
    result = ankigen("lint", cwd=folder)
    assert "leads out of the content root" in plain_line(result)
    assert "SECRET" not in result.stdout + result.stderr


@pytest.mark.parametrize("name", ["questions", "media", "concepts/more"])
def test_a_folder_that_is_a_link_is_not_passed_over(name: str, folder: Path) -> None:
    (folder / "shared").mkdir()
    place = folder / "content" / name
    if place.exists():
        shutil.rmtree(place)
    place.symlink_to(folder / "shared")
    assert "this folder is a link" in plain_line(ankigen("build", cwd=folder))
    assert (folder / "d.apkg").read_text() == LAST


@pytest.mark.parametrize("what", ["media/x.png", "questions"])
def test_what_may_not_be_read_stops_the_build(what: str, folder: Path) -> None:
    write_tree(folder / "content", {**stem("![x](x.png)"), "media/x.png": b"\x89PNG\r\n\x1a\n"})
    (folder / "content" / what).chmod(0)
    result = ankigen("build", cwd=folder, preexec_fn=obey_permissions)
    (folder / "content" / what).chmod(0o755)
    assert "Permission denied" in plain_line(result)
    assert (folder / "d.apkg").read_text() == LAST


def test_ctrl_c_while_media_are_read(folder: Path) -> None:
    write_tree(folder / "content", stem(" ".join(f"![x]({n}.png)" for n in range(12))))
    (folder / "content/media").mkdir()
    for n in range(12):
        with (folder / f"content/media/{n}.png").open("wb") as picture:
            picture.write(b"\x89PNG\r\n\x1a\n")
            picture.truncate(100 * 2**20)
    assert interrupted(folder, signal.SIGINT, 1.0) == (130, "ankigen: stopped; nothing was changed\n")
    assert (folder / "d.apkg").read_text() == LAST
    assert sorted(path.name for path in folder.iterdir()) == ["content", "d.apkg"]


@pytest.mark.parametrize(
    ("where", "arguments"),
    [
        ("questions", []), ("questions", ["."]), ("questions", ["q.yaml"]), ("media", ["../questions/q.yaml"]),
        (".", ["questions/../questions/q.yaml"]), ("..", ["content/questions"]),
    ],
)  # fmt: skip
def test_a_broken_file_is_found_from_wherever_it_is_named(where: str, arguments: list[str], folder: Path) -> None:
    write_tree(folder / "content", {"questions/q.yaml": "questions: 5\n", "media/x": ""})
    result = ankigen("lint", *arguments, cwd=folder / "content" / where)
    assert result.returncode == 1
    assert "questions/q.yaml:1:12" in result.stdout or "q.yaml:1:12" in result.stdout


@pytest.mark.parametrize("name", ["questions/.h.yaml", "questions/h.txt", "stray.yaml", "README.md"])
def test_a_file_that_is_not_read_does_not_pass_for_well(name: str, folder: Path) -> None:
    write_tree(folder / "content", {name: "questions: 5\n"})
    assert "this is no content file" in plain_line(ankigen("lint", f"content/{name}", cwd=folder))


def test_a_root_with_two_names_is_one(folder: Path) -> None:
    (folder / "again").symlink_to(folder / "content")
    result = ankigen("lint", "content", "content/../content", "again", folder / "content", cwd=folder)
    assert (result.returncode, result.stdout) == (0, "All well in 3 files.\n")


def test_names_of_files_do_not_steer_the_terminal(folder: Path) -> None:
    (folder / "content/questions/\x1b[31mX\n\x07.yaml").symlink_to("/etc/hostname")
    assert "\x1b" not in plain_line(ankigen("lint", cwd=folder))


@pytest.mark.parametrize("pattern", ["!", "\\", "foo\\", "[z-a]", "[[:alpha:]]", "*a" * 30 + "b", "\xff"])
def test_a_gitignore_that_is_odd(pattern: str, folder: Path) -> None:
    write_tree(folder / "content", {".gitignore": pattern + "\n", f"media/{'a' * 120}.png": "x"})
    result = ankigen("lint", cwd=folder, timeout=20)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_gitignore_that_is_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "content/.gitignore")
    assert ankigen("lint", cwd=folder, timeout=20).returncode == 0


def test_a_file_as_large_as_a_disk_is_not_read(folder: Path) -> None:
    with (folder / "content/questions/q.yaml").open("wb") as file:
        file.truncate(2**40)
    result = ankigen("lint", cwd=folder, timeout=20)
    assert result.returncode == 1
    assert "error[Y013 too-deep-or-large]" in result.stdout


def test_of_several_decks_all_are_new_or_none_is(folder: Path) -> None:
    write_tree(folder / "more", {**MINIMAL, "deck.yaml": "format: 1\nid: e\ntitle: E\n"})
    (folder / "e.apkg").mkdir()
    assert "cannot be written" in plain_line(ankigen("build", cwd=folder))
    assert (folder / "d.apkg").read_text() == LAST
    assert sorted(path.name for path in folder.iterdir()) == ["content", "d.apkg", "e.apkg", "more"]


def test_a_guid_that_another_note_has_is_refused(folder: Path) -> None:
    second = (
        "  - {id: r, concept: a, difficulty: easy, stem: What?, answer: It., guid: "
        + guid("d", "recall", "q")
        + "}\n"
    )
    write_tree(folder / "content", {"questions/q.yaml": MINIMAL["questions/q.yaml"] + second})
    assert "`recall q` and `recall r` have the same GUID" in plain_line(ankigen("build", cwd=folder), status=1)
    assert (folder / "d.apkg").read_text() == LAST

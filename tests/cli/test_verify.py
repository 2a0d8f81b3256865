"""`ankigen verify`, as its user runs it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("anki")

from tests.cli.test_bad_input import plain_line
from tests.conftest import REPOSITORY, ankigen
from tests.verify.packages import LATER, NOTES, changed, package


def everything(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def test_a_good_release_is_said_to_be_one(tmp_path: Path) -> None:
    """And nothing is left behind, nor is anything written to where Anki has its own files."""
    file = package(tmp_path)
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    before = everything(tmp_path)
    env = {"HOME": str(home), "TMPDIR": str(temporary), "XDG_DATA_HOME": str(home)}
    result = ankigen("verify", file, "--after", file, cwd=home, env=env)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"{file} after {file}, in Anki ")
    assert result.stdout.endswith("\nNo harm.\n")
    assert "untouched notes                10" in result.stdout
    assert everything(tmp_path) == before


def test_harm_is_named_with_what_it_means_and_what_to_do(tmp_path: Path) -> None:
    many = {f"guid-{n}": (f"deck/{n}", f"Question {n}?", "") for n in range(22)}
    result = ankigen(
        "verify", package(tmp_path, many, now=LATER), "--after", package(tmp_path, many), "--seed", "7"
    )
    assert (result.returncode, result.stderr) == (1, "")
    assert "overwritten (as offered): 22\n" in result.stdout
    assert "  What to do: Keep the `mod` of a note that has not changed. In a deck" in result.stdout
    assert "    deck/9\n    and 12 more\n" in result.stdout
    assert result.stdout.endswith("\nHarm: overwritten\n")


def test_the_report_as_json(tmp_path: Path) -> None:
    new, old = package(tmp_path, dict(list(NOTES.items())[1:])), package(tmp_path)
    result = ankigen("verify", new, "--after", old, "--format", "json", "--seed", "3")
    assert (result.returncode, result.stderr) == (1, "")
    report = json.loads(result.stdout)
    assert {key: report[key] for key in ("version", "new", "old", "seed", "harm", "notes")} == {
        "version": 1, "new": str(new), "old": str(old), "seed": 3, "harm": True, "notes": 9,
    }  # fmt: skip
    assert report["learner"]["reviews"] == 30
    assert report["imports"]["default"] == {
        "new": 0, "updated": 0, "untouched": 9, "conflicting": 0, "edits_overwritten": 0,
    }  # fmt: skip
    (finding,) = report["findings"]
    assert (finding["kind"], finding["harm"], finding["subjects"]) == ("left-out", True, ["deck/0"])
    assert finding["imports"] == ["default", "always"]
    alone = json.loads(ankigen("verify", old, "--format", "json").stdout)
    assert (alone["old"], alone["harm"], alone["findings"]) == (None, False, [])


def test_a_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    notes = {"g": ("deck/\x1b[31m0", "<img src='\x1b[2J.png'>", "")}
    result = ankigen("verify", package(tmp_path, notes))
    assert result.returncode == 1
    assert "\x1b" not in result.stdout


def test_latex_of_a_package_is_not_run(tmp_path: Path) -> None:
    """Anki's desktop program hands such fields to LaTeX."""
    marker = tmp_path / "was-run"
    for name in ("latex", "pdflatex", "dvipng", "dvisvgm"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {name} >> {marker}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    file = package(tmp_path, {"g": ("deck/0", "[latex]x[/latex] [$]y[/$]", "[$$]z[/$$]")})
    result = ankigen("verify", file, env={"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"})
    assert result.returncode == 0, result.stdout
    assert not marker.exists()


# Wrong use, and packages that are none.


def test_what_is_no_package_is_said_in_a_line(tmp_path: Path) -> None:
    good = package(tmp_path)
    text = tmp_path / "text.apkg"
    text.write_text("a text")
    for arguments, words in {
        (tmp_path / "none.apkg",): "none.apkg: there is no such file",
        (good, "--after", tmp_path / "none.apkg"): "none.apkg: there is no such file",
        (tmp_path,): "is no file",
        (text,): "text.apkg: this is no .apkg file",
        (good, "--after", text): "text.apkg: this is no .apkg file",
    }.items():
        assert words in plain_line(ankigen("verify", *arguments))


def damaged(folder: Path, kind: str) -> Path:
    file = package(folder)
    match kind:
        case "cut":
            file.write_bytes(file.read_bytes()[:-200])
        case "flipped":
            data = bytearray(file.read_bytes())
            for place in range(2000, len(data), 97):
                data[place] ^= 0xFF
            file.write_bytes(data)
        case "empty" | "garbage" | "climbing" | "no-map":
            entries = {
                "empty": {},
                "garbage": {"collection.anki2": b"x" * 5000, "media": b"{}"},
                "climbing": {"collection.anki2": zipfile.ZipFile(file).read("collection.anki2"), "media": b'{"0": "../../x.png"}', "0": b""},
                "no-map": {"collection.anki2": zipfile.ZipFile(file).read("collection.anki2"), "media": b"[]"},
            }[kind]  # fmt: skip
            with zipfile.ZipFile(file, "w") as made:
                for name, content in entries.items():
                    made.writestr(name, content)
        case statement:
            changed(file, statement)
    return file


@pytest.mark.parametrize(
    "kind",
    [
        "cut", "flipped", "empty", "garbage", "climbing", "no-map", "drop table notes", "update notes set mid = 5",
        "update notes set flds = 'one'", "update notes set flds = x'ff00'", "update cards set ord = 99999",
        "update col set models = 'no JSON'", "update col set ver = 99",
    ],
)  # fmt: skip
def test_a_damaged_package_is_said_in_a_line(kind: str, tmp_path: Path) -> None:
    file = damaged(tmp_path, kind)
    for arguments in ((file, "--after", package(tmp_path)), (package(tmp_path), "--after", file)):
        assert plain_line(ankigen("verify", *arguments)).startswith(f"ankigen: {file}: ")


def test_without_anki_a_line_says_how_to_get_it(tmp_path: Path) -> None:
    program = "import sys; sys.modules['anki'] = None; from ankigen.cli import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", program, "verify", package(tmp_path)], capture_output=True, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, check=False,
    )  # fmt: skip
    assert "pip install 'ankigen[anki]'" in plain_line(result)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package that takes a while to try."""
    notes = {f"guid-{n}": (f"deck/{n}", f"Question {n}?", "") for n in range(3000)}
    return package(tmp_path_factory.mktemp("large"), notes)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("stage", ["learner", "new"])
def test_a_run_that_is_stopped_leaves_nothing(name: str, stage: str, large: Path, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "ankigen", "verify", large, "--after", large], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "TMPDIR": str(temporary)},
    )  # fmt: skip
    end = time.monotonic() + 30
    while not list(temporary.glob(f"*/{stage}/collection.anki2")) and time.monotonic() < end:
        time.sleep(0.005)
    process.send_signal(getattr(signal, name))
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (130, "", "ankigen: stopped; nothing was changed\n")
    assert not everything(temporary)

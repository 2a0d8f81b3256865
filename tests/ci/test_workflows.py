"""The workflows for GitHub that others copy: their steps are run as GitHub's runner runs them.

Only the network is missing: `gh` is a program here that keeps releases in a folder, and what pip would install is
this checkout.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.conftest import run
from tests.ci.test_pre_commit import GIT, git, new_repository
from tests.conftest import MINIMAL, QUESTION, REPOSITORY, ankigen, write_tree

EDITED = QUESTION.replace("It.", "Another.")
GH = r'''
"""`gh release`, with releases as folders in the place of GitHub. Flags that it does not know end it."""
import argparse, fnmatch, os, pathlib, shutil

assert os.environ["GH_TOKEN"] == "the token" and os.environ["GH_REPO"] == "a/deck"
store = pathlib.Path(os.environ["STORE"])
releases = sorted(store.iterdir())
parser = argparse.ArgumentParser()
commands = parser.add_subparsers(required=True).add_parser("release").add_subparsers(dest="command", required=True)
list_ = commands.add_parser("list")
list_.add_argument("--json", choices=["tagName,isLatest"], required=True)
list_.add_argument("--jq", choices=[".[] | select(.isLatest) | .tagName"], required=True)
download = commands.add_parser("download")
download.add_argument("tag")
download.add_argument("--pattern", required=True)
download.add_argument("--dir", required=True)
create = commands.add_parser("create")
create.add_argument("tag")
create.add_argument("files", nargs="+")
create.add_argument("--verify-tag", action="store_true", required=True)
create.add_argument("--notes-file", required=True)
given = parser.parse_args()
if given.command == "list":
    if releases:
        print(releases[-1].name)
elif given.command == "download":
    found = fnmatch.filter(os.listdir(store / given.tag), given.pattern)
    if not found:
        raise SystemExit("no assets match the file pattern")
    for name in found:
        shutil.copy(store / given.tag / name, given.dir)
else:
    (store / given.tag).mkdir()
    for file in (*given.files, given.notes_file):
        shutil.copy(file, store / given.tag)
'''


def workflow(name: str) -> dict[str, Any]:
    """The one job of a workflow."""
    whole = yaml.safe_load((REPOSITORY / "docs/ci" / name).read_text(encoding="utf-8"))
    (job,) = whole["jobs"].values()
    return job  # type: ignore[no-any-return]


class Runner:
    """A repository with a deck, and the steps of a job run in fresh clones of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.repository = folder / "deck"
        self.store = folder / "releases"
        self.summary = folder / "summary.md"
        for each in (self.repository, self.store, folder / "bin"):
            each.mkdir()
        self.program("ankigen", f'exec {shlex.quote(sys.executable)} -m ankigen "$@"')
        (folder / "gh.py").write_text(GH)
        self.program("gh", f'exec {shlex.quote(sys.executable)} {shlex.quote(str(folder / "gh.py"))} "$@"')
        write_tree(self.repository, MINIMAL)
        new_repository(self.repository)

    def program(self, name: str, line: str) -> None:
        file = self.folder / "bin" / name
        file.write_text(f"#!/bin/sh\n{line}\n")
        file.chmod(0o755)

    def lock_and_commit(self) -> None:
        ankigen("lock", cwd=self.repository)
        git("add", "--all", cwd=self.repository)
        git("commit", "--quiet", "--message", "all", cwd=self.repository)

    def run(self, name: str, tag: str = "") -> subprocess.CompletedProcess[str]:
        """Run the scripts of a workflow in a clone, until one fails."""
        clone = self.folder / "clone"
        shutil.rmtree(clone, ignore_errors=True)
        git("clone", "--quiet", self.repository, clone, cwd=self.folder)
        job = workflow(name)
        for step in job["steps"]:
            if "run" not in step or step["run"].startswith("pip install "):
                continue
            known = {"${{ github.token }}": "the token", "${{ github.repository }}": "a/deck"}
            env = {key: known.get(value, value) for key, value in (job["env"] | step.get("env", {})).items()}
            result = run(
                "bash", "-e", "-c", step["run"],
                cwd=clone,
                PATH=f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
                PYTHONPATH=str(REPOSITORY),
                GITHUB_ACTIONS="true",
                GITHUB_REF_NAME=tag,
                GITHUB_STEP_SUMMARY=str(self.summary),
                STORE=str(self.store),
                **GIT,
                **env,
            )  # fmt: skip
            if result.returncode:
                break
        return result

    def release(self, tag: str) -> subprocess.CompletedProcess[str]:
        return self.run("github-release.yml", tag)

    def released(self) -> dict[str, list[str]]:
        return {each.name: sorted(file.name for file in each.iterdir()) for each in sorted(self.store.iterdir())}

    def notes(self, tag: str) -> str:
        return (self.store / tag / "notes.md").read_text(encoding="utf-8")


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    pytest.importorskip("anki")
    return Runner(tmp_path)


@pytest.mark.parametrize("name", ["github-release.yml", "github-changes.yml"])
def test_no_script_holds_an_expression(name: str) -> None:
    for step in workflow(name)["steps"]:
        assert "${{" not in step.get("run", "")


@pytest.mark.slow
class TestRelease:
    """A tag is pushed."""

    def test_the_first_and_the_second(self, runner: Runner) -> None:
        runner.lock_and_commit()
        result = runner.release("v1.0.0")
        assert result.returncode == 0, result.stdout
        assert runner.released() == {"v1.0.0": ["d.apkg", "notes.md"]}
        assert runner.notes("v1.0.0") == "The first release of d.apkg.\n"
        write_tree(runner.repository, {"questions/q.yaml": EDITED})
        runner.lock_and_commit()
        result = runner.release("v1.1.0")
        assert result.returncode == 0, result.stdout
        assert runner.released()["v1.1.0"] == ["d.apkg", "notes.md"]
        assert "Another." in runner.notes("v1.1.0")

    def test_several_decks_of_which_one_is_new(self, runner: Runner) -> None:
        runner.lock_and_commit()
        assert runner.release("v1").returncode == 0
        (runner.repository / "one").mkdir()
        for name in (*MINIMAL, "deck.lock"):
            (runner.repository / "one" / name).parent.mkdir(exist_ok=True)
            (runner.repository / name).rename(runner.repository / "one" / name)
        write_tree(runner.repository / "two", MINIMAL | {"deck.yaml": "format: 1\nid: e\ntitle: E\n"})
        runner.lock_and_commit()
        result = runner.release("v2")
        assert result.returncode == 0, result.stdout
        assert runner.released()["v2"] == ["d.apkg", "e.apkg", "notes.md"]
        assert "The first release of e.apkg." in runner.notes("v2")

    def test_a_lock_that_is_out_of_date_releases_nothing(self, runner: Runner) -> None:
        runner.lock_and_commit()
        write_tree(runner.repository, {"questions/q.yaml": EDITED})
        git("commit", "--quiet", "--all", "--message", "without the lock", cwd=runner.repository)
        result = runner.release("v1")
        assert result.returncode == 1
        assert "deck.lock is out of date" in result.stdout
        assert not runner.released()

    def test_harm_releases_nothing(self, runner: Runner) -> None:
        """A lock that was deleted and made anew, years later, updates every note."""
        ankigen("lock", cwd=runner.repository, env={"SOURCE_DATE_EPOCH": "1700000000"})
        runner.lock_and_commit()
        assert runner.release("v1").returncode == 0
        (runner.repository / "deck.lock").unlink()
        runner.lock_and_commit()
        result = runner.release("v2")
        assert result.returncode == 1
        assert "Harm: overwritten" in result.stdout
        assert list(runner.released()) == ["v1"]

    def test_a_last_release_without_a_deck_is_not_passed_over(self, runner: Runner) -> None:
        (runner.store / "v1").mkdir()
        runner.lock_and_commit()
        assert runner.release("v2").returncode == 1
        assert runner.released() == {"v1": []}


@pytest.mark.slow
class TestPullRequest:
    """A branch is merged as GitHub merges it to try it."""

    @pytest.mark.parametrize("locked", [True, False])
    def test_changes_are_shown_and_the_lock_is_checked(self, locked: bool, runner: Runner) -> None:
        runner.lock_and_commit()
        git("checkout", "--quiet", "-b", "change", cwd=runner.repository)
        write_tree(runner.repository, {"questions/q.yaml": EDITED})
        if locked:
            runner.lock_and_commit()
        else:
            git("commit", "--quiet", "--all", "--message", "edit", cwd=runner.repository)
        git("checkout", "--quiet", "-", cwd=runner.repository)
        git("merge", "--quiet", "--no-ff", "--no-edit", "change", cwd=runner.repository)
        result = runner.run("github-changes.yml")
        assert result.returncode == (0 if locked else 1), result.stdout
        assert "deck.lock is up to date" in result.stdout or not locked
        summary = runner.summary.read_text(encoding="utf-8")
        assert "It." in summary
        assert "Another." in summary

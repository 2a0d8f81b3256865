"""The hooks for pre-commit, run by pre-commit itself in a repository that uses them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.ci.conftest import run
from tests.conftest import CONCEPT, DECK, MINIMAL, QUESTION, REPOSITORY, ankigen, write_tree

CONFIG = REPOSITORY / "docs/ci/pre-commit-config.yaml"
HOOKS = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
MISSPELT = QUESTION.replace("concept: a", "concept: b")
# Git as a machine has it on which nothing is configured, and which may clone from a folder.
GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **{f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_KEY_0": "protocol.file.allow",
    "GIT_CONFIG_VALUE_0": "always",
    "GIT_CONFIG_KEY_1": "safe.directory",
    "GIT_CONFIG_VALUE_1": "*",
}


def git(*arguments: str | Path, cwd: Path) -> str:
    result = run("git", *arguments, cwd=cwd, **GIT)
    assert result.returncode == 0, result.stdout
    return result.stdout


def new_repository(folder: Path) -> Path:
    git("init", "--quiet", cwd=folder)
    git("add", "--all", cwd=folder)
    git("commit", "--quiet", "--message", "all", cwd=folder)
    return folder


@pytest.mark.parametrize(
    ("command", "file"), [("validate-manifest", ".pre-commit-hooks.yaml"), ("validate-config", CONFIG)]
)
def test_pre_commit_takes_the_files(command: str, file: str | Path) -> None:
    result = run(sys.executable, "-m", "pre_commit", command, file, cwd=REPOSITORY)
    assert result.returncode == 0, result.stdout
    assert not result.stdout  # it warns of keys that it does not know


def test_the_example_names_a_hook_that_there_is() -> None:
    (repository,) = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["repos"]
    assert {hook["id"] for hook in repository["hooks"]} <= {hook["id"] for hook in HOOKS}


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("deck.yaml", True),
        ("decks/a b/deck.yaml", True),
        ("deck.lock", True),
        ("content/deck.lock", True),
        ("concepts/a.yaml", True),
        ("content/concepts/deep/a.yml", True),
        ("content/questions/a.yaml", True),
        ("media/a.svg", True),
        ("content/media/deep/a.mp3", True),
        ("style.css", True),
        ("content/cards/own.css", True),
        ("content/my-deck.yaml", False),
        ("content/my-deck.lock", False),
        ("src/css", False),
        ("content/questions/README.md", False),
        ("old-questions/a.yaml", False),
        ("src/multimedia/a.py", False),
    ],
)
def test_files_are_those_that_a_deck_is_made_of(hook: dict[str, str], name: str, wanted: bool) -> None:
    assert bool(re.search(hook["files"], name)) is wanted


class Team:
    """A repository that uses the hooks: all of the real program but its address."""

    def __init__(self, folder: Path, hooks: Path, cache: Path) -> None:
        self.folder = folder
        self.hooks = hooks
        self.cache = cache
        folder.mkdir()
        git("init", "--quiet", cwd=folder)

    def configure(self, *hooks: str) -> None:
        config = CONFIG.read_text(encoding="utf-8")
        config = config.replace("https://github.com/OWNER/ankigen", self.hooks.as_uri())
        config = config[: config.index("      - id:")] + "".join(f"      - {{{hook}}}\n" for hook in hooks)
        write_tree(self.folder, {".pre-commit-config.yaml": config})

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        constraints = str(REPOSITORY / "constraints.txt")
        git("add", "--all", cwd=self.folder)
        return run(
            sys.executable, "-m", "pre_commit", "run", *arguments,
            cwd=self.folder, **GIT, PRE_COMMIT_HOME=str(self.cache), PIP_CONSTRAINT=constraints, NO_COLOR="1", GITHUB_ACTIONS="",
        )  # fmt: skip

    def commit(self) -> None:
        git("add", "--all", cwd=self.folder)
        git("commit", "--quiet", "--no-verify", "--message", "all", cwd=self.folder)


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository as others see it: committed, and with the tag that the example names."""
    copy = tmp_path_factory.mktemp("hooks") / "ankigen"
    ignored = shutil.ignore_patterns(
        ".git", ".venv", "*_cache", ".hypothesis", "__pycache__", "dist", "*.apkg", "tests"
    )
    shutil.copytree(REPOSITORY, copy, ignore=ignored)
    new_repository(copy)
    git("tag", yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["repos"][0]["rev"], cwd=copy)
    return copy


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps what it installs, once for all tests here."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def team(tmp_path: Path, hooks: Path, cache: Path) -> Team:
    """Two decks, and beside them what looks like content and is none."""
    team = Team(tmp_path / "team", hooks, cache)
    write_tree(team.folder / "one", MINIMAL)
    write_tree(team.folder / "two", {**MINIMAL, "deck.yaml": DECK.replace("id: d", "id: e")})
    other = {
        "one/media/.gitkeep": "",
        "one/questions/README.md": "x\n",
        "questions/q.yaml": "x: [\n",
    }
    write_tree(team.folder, {**other, ".gitignore": "ignored.yaml\n", "one/questions/ignored.yaml": "x: [\n"})
    team.configure("id: ankigen-lint")
    return team


slow = [pytest.mark.slow, pytest.mark.xdist_group("pre-commit")]


class TestHooks:
    """Each runs pre-commit, which has installed the program by the second one."""

    pytestmark = slow

    def test_a_good_repository_passes(self, team: Team) -> None:
        result = team.pre_commit("--all-files")
        assert result.returncode == 0, result.stdout
        assert re.search(r"^ankigen lint\.+Passed$", result.stdout, re.MULTILINE)

    def test_a_bad_one_fails_with_the_report(self, team: Team) -> None:
        write_tree(team.folder, {"two/questions/q.yaml": MISSPELT})
        result = team.pre_commit("--all-files")
        assert result.returncode == 1, result.stdout
        assert "error[I004 dangling-reference]: there is no concept `b`" in result.stdout
        assert "--> two/questions/q.yaml:2:" in result.stdout

    def test_a_commit_that_only_deletes_is_judged(self, team: Team) -> None:
        """Nothing is left to pass or to match, and the question that stays refers to what is gone."""
        team.commit()
        (team.folder / "one/concepts/a.yaml").unlink()
        result = team.pre_commit()
        assert result.returncode == 1, result.stdout
        assert "there is no concept `a`" in result.stdout

    def test_a_hook_that_does_not_always_run_looks_at_the_files(self, team: Team) -> None:
        team.configure("id: ankigen-lint, always_run: false")
        team.commit()
        write_tree(team.folder, {"README.md": "x\n"})
        assert "(no files to check)Skipped" in team.pre_commit().stdout
        write_tree(team.folder, {"one/concepts/a.yaml": CONCEPT.replace("title: A", "title: B")})
        assert "Passed" in team.pre_commit().stdout
        team.commit()
        (team.folder / "one/concepts/a.yaml").unlink()
        assert "(no files to check)Skipped" in team.pre_commit().stdout

    def test_arguments_name_folders_and_flags(self, team: Team) -> None:
        write_tree(team.folder, {"two/questions/q.yaml": MISSPELT})
        write_tree(team.folder, {"one/questions/q.yaml": QUESTION.replace("What?", "What is the the name?")})
        team.configure("id: ankigen-lint, args: [one]")
        assert team.pre_commit("--all-files").returncode == 0
        team.configure("id: ankigen-lint, args: [one, --fail-on, warning]")
        result = team.pre_commit("--all-files")
        assert result.returncode == 1, result.stdout
        assert "two/" not in result.stdout

    def test_the_fixing_hook_repairs_and_then_passes(self, team: Team) -> None:
        write_tree(team.folder, {"one/questions/q.yaml": QUESTION.replace("What?", "1.10")})
        team.configure("id: ankigen-fix")
        first = team.pre_commit("--all-files")
        assert first.returncode == 1, first.stdout
        assert "files were modified by this hook" in first.stdout
        assert "stem: '1.10'" in (team.folder / "one/questions/q.yaml").read_text()
        second = team.pre_commit("--all-files")
        assert second.returncode == 0, second.stdout

    def test_the_hook_for_the_lock_stops_a_commit_without_it(self, team: Team) -> None:
        team.configure("id: ankigen-lock")
        first = team.pre_commit("--all-files")
        assert first.returncode == 1, first.stdout
        assert "one/deck.lock is missing" in first.stdout
        ankigen("lock", "one", "two", cwd=team.folder)
        assert team.pre_commit("--all-files").returncode == 0
        write_tree(team.folder, {"one/questions/q.yaml": QUESTION.replace("It.", "Another.")})
        second = team.pre_commit("--all-files")
        assert second.returncode == 1, second.stdout
        assert "  changed  recall q\n" in second.stdout

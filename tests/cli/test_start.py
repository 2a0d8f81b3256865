"""The program starts at once: what a run does not need, it does not load."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ankigen.cli.group import NAMES
from tests.conftest import REPOSITORY, ankigen

# What every run loads that is not Python's own: Typer, and what Typer brings.
TYPER = {"typer", "annotated_doc", "shellingham"}
ANY_RUN = {"ankigen", "ankigen.__main__", "ankigen.cli", "ankigen.cli.console", "ankigen.cli.group"}
RULES = TYPER | {"yaml", "pyromark", "nh3", "pygments"}
LINT = RULES | {"jsonschema_rs", "platformdirs"}
# Slow as they are, the cache is a database, and platformdirs cannot do without the other.
CACHE = {"sqlite3", "tempfile"}
# Slow parts of Python itself, and those of our libraries that only some runs need.
SLOW = {
    "asyncio", "concurrent.futures", "http.client", "importlib.metadata", "importlib.resources", "multiprocessing",
    "secrets", "sqlite3", "ssl", "tempfile", "unittest", "urllib.request", "xml", "zipfile",
    "pygments.formatters", "pygments.lexers",
}  # fmt: skip


def loaded_by(*arguments: str, cwd: Path) -> set[str]:
    """The modules that a run loads, besides those that Python has loaded by itself."""
    program = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "from ankigen.__main__ import main\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        "print(*set(sys.modules) - before, file=sys.stderr)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=cwd, capture_output=True, encoding="utf-8", check=False,
        env={"PYTHONPATH": str(REPOSITORY), "NO_COLOR": "1", "XDG_CACHE_HOME": str(cwd / "cache")}, timeout=60,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return set(result.stderr.split())


def libraries(modules: set[str]) -> set[str]:
    """The libraries that modules belong to: neither Python's nor ours, nor what Cython puts beside its modules."""
    tops = {module.partition(".")[0] for module in modules}
    return {top for top in tops - sys.stdlib_module_names - {"ankigen"} if "cython" not in top}


def ours(modules: set[str]) -> set[str]:
    return {module for module in modules if module.partition(".")[0] == "ankigen"}


def test_the_version_is_said_before_any_command_is_loaded(tmp_path: Path) -> None:
    loaded = loaded_by("--version", cwd=tmp_path)
    assert ours(loaded) == ANY_RUN
    assert libraries(loaded) <= TYPER
    assert not loaded & SLOW


def test_help_loads_the_commands_and_nothing_of_what_they_do(tmp_path: Path) -> None:
    loaded = loaded_by("--help", cwd=tmp_path)
    rooms = {module.split(".")[1] for module in ours(loaded) if "." in module}
    assert rooms == {"__main__", "cli", "diagnostic", "source"}
    assert libraries(loaded) <= TYPER
    assert not loaded & SLOW


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["lint", "content"], LINT),
        (["lint", "--select", "Q", "--format", "json", "content/questions/q.yaml", "content/deck.yaml"], LINT),
        (["rule"], RULES),
        (["rule", "Q008"], RULES),
    ],
)
def test_a_command_loads_what_it_needs(
    arguments: list[str], expected: set[str], root: Callable[..., Path], tmp_path: Path
) -> None:
    root()
    loaded = loaded_by(*arguments, cwd=tmp_path)
    command = f"ankigen.cli.{arguments[0]}"
    assert command in loaded
    assert not loaded & {f"ankigen.cli.{name}" for name in NAMES} - {command}
    assert libraries(loaded) <= expected
    assert not loaded & (SLOW - CACHE if expected is LINT else SLOW)


@pytest.mark.parametrize(("format", "drawing"), [("table", {"rich"}), ("json", set()), ("csv", set())])
def test_numbers_load_what_draws_them(
    format: str, drawing: set[str], root: Callable[..., Path], tmp_path: Path
) -> None:
    root()
    loaded = loaded_by("stats", "content", "--format", format, cwd=tmp_path)
    assert not loaded & {"ankigen.cli.build", "ankigen.cli.watch"}
    assert not {module.split(".")[1] for module in ours(loaded) if "." in module} & {"card", "package", "changes"}
    assert libraries(loaded) <= LINT | drawing
    assert not loaded & (SLOW - CACHE)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_is_there(name: str) -> None:
    result = ankigen(name, "--help")
    assert result.returncode == 0
    assert f"ankigen {name}" in result.stdout


def test_a_command_that_is_not_there_is_guessed() -> None:
    result = ankigen("lnt")
    assert result.returncode == 2
    assert "No such command 'lnt'. Did you mean 'lint'?" in result.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ankigen ", list(NAMES)),
        ("ankigen l", ["lint", "lock"]),
        ("ankigen rule --f", ["--format"]),
        ("ankigen lint --format g", ["github", "gitlab"]),
    ],
)
def test_the_shell_completes_commands_and_options(words: str, expected: list[str]) -> None:
    program = "import sys; sys.argv = ['ankigen']; from ankigen.cli import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=False, timeout=60,
        env={
            "PYTHONPATH": str(REPOSITORY), "_ANKIGEN_COMPLETE": "complete_bash",
            "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1),
        },
    )  # fmt: skip
    assert (result.returncode, result.stdout.split(), result.stderr) == (0, expected, "")


def test_several_paths_and_rules_reach_the_command(root: Callable[..., Path], tmp_path: Path) -> None:
    root({"questions/q.yaml": "questions:\n  - {id: q, concept: a, difficulty: easy, stem: What, answer: It.}\n"})
    both = ankigen("lint", "content/questions", "content/concepts/a.yaml", "--show-files", cwd=tmp_path)
    assert both.stdout.split() == ["content/concepts/a.yaml", "content/questions/q.yaml"]
    chosen = ankigen(
        "lint", "--select", "long-stem", "--select", "Q008", "--show-settings", "content", cwd=tmp_path
    )
    every = ankigen("lint", "--show-settings", "content", cwd=tmp_path)
    assert 0 < len(chosen.stdout.splitlines()) < len(every.stdout.splitlines())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["lint", "--jobs", "x"], "valid integer"),
        (["lint", "--jobs", "-1"], "greater than or equal to 0"),
        (["lint", "--format", "foo"], "'foo' is not one of 'full', 'concise'"),
        (["lint", "nowhere"], "nowhere: there is no such file or folder"),
        (["diff", "one"], "Missing argument 'NEW'"),
    ],
)
def test_a_wrong_value_is_complained_of(arguments: list[str], complaint: str, tmp_path: Path) -> None:
    result = ankigen(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert complaint in " ".join(result.stderr.split())

"""The house: each room knows only what lies below it."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import REPOSITORY


def test_imports_keep_to_the_layers() -> None:
    result = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_light_command_loads_nothing_heavy() -> None:
    """`ankigen --version` starts at once: nothing is loaded that it does not need."""
    code = (
        "import sys; sys.argv = ['ankigen', '--version']; from ankigen.cli import run; run(); print(*sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=True
    )
    loaded = set(result.stdout.split())
    assert "ankigen.cli.build" in loaded
    for heavy in (
        "yaml",
        "jsonschema",
        "jsonschema_rs",
        "genanki",
        "pygments",
        "nh3",
        "pyromark",
        "rich",
        "sqlite3",
    ):
        assert heavy not in loaded

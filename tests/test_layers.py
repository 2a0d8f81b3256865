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

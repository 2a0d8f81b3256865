"""What the tests of the files for CI share: running a command as a machine would that knows nothing of this one."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def run(*command: str | Path, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command without what the tests' own environment says; what it prints is in `stdout`.

    What pip installs it does not compile: most of it is never loaded.
    """
    ours = ("PYTHON", "GIT", "VIRTUAL_ENV")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean | {"PIP_NO_COMPILE": "1"} | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )

"""The wheel and the source distribution, each in a clean environment, used from another folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.conftest import DATA, REPOSITORY

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("packaging")]


def run(*command: str | Path, cwd: Path, **env: str) -> str:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    result = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean | env,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both distributions, built from a copy of what is committed or about to be."""
    copy = tmp_path_factory.mktemp("source") / "ankigen"
    ignored = shutil.ignore_patterns(".git", ".venv", "*_cache", ".hypothesis", "__pycache__", "dist", "*.apkg")
    shutil.copytree(REPOSITORY, copy, ignore=ignored)
    constraints = REPOSITORY / "constraints.txt"
    run(sys.executable, "-m", "build", "--outdir", copy / "out", cwd=copy, PIP_CONSTRAINT=str(constraints))
    return copy / "out"


def test_the_distributions_hold_what_they_should(distributions: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name for name in names if name.startswith("ankigen/schema/")} == {
        f"ankigen/schema/{kind}.schema.json" for kind in ("deck", "concept", "questions")
    }
    assert "ankigen/card/templates/style.css" in names
    assert "ankigen/py.typed" in names
    assert not [name for name in names if name.startswith(("tests", "content", "benchmarks", "schema/"))]
    (sdist,) = distributions.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert {"content/deck.yaml", "schema/deck.schema.json", "tests/conftest.py", "LICENSE", "Makefile"} <= inside
    # The tests read these.
    assert {"action.yml", ".pre-commit-hooks.yaml", "docs/ci/github.yml", "benchmarks/corpus.py"} <= inside


@pytest.fixture(scope="module")
def environment(distributions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment, with what the source distribution says that it needs."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", "env", cwd=folder)
    (file,) = distributions.glob("*.tar.gz")
    install(folder / "env", file)
    return folder / "env"


def install(environment: Path, *arguments: str | Path) -> None:
    constraints = REPOSITORY / "constraints.txt"
    command = ["-m", "pip", "--python", environment, "install", "--quiet", "--no-compile"]
    run(
        sys.executable, *command, "--constraint", constraints, *arguments,
        cwd=environment, PIP_CONSTRAINT=str(constraints),
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["tar.gz", "whl"])
def test_each_lints_and_builds_from_another_folder(
    kind: str, distributions: Path, environment: Path, tmp_path: Path
) -> None:
    """The wheel takes the place of the source distribution, and needs what that needs: their metadata are the same."""
    if kind == "whl":
        (file,) = distributions.glob("*.whl")
        (needed,) = environment.glob("lib/python*/site-packages/ankigen-*.dist-info/METADATA")
        with zipfile.ZipFile(file) as archive:
            (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            assert archive.read(name) == needed.read_bytes()
        install(environment, "--no-deps", "--force-reinstall", file)
    shutil.copytree(DATA / "decks", tmp_path / "work/decks")
    ankigen = environment / "bin/ankigen"
    assert run(ankigen, "lint", cwd=tmp_path / "work") == "All well in 18 files.\n"
    assert "every-kind.apkg" in run(ankigen, "build", "decks/kinds", cwd=tmp_path / "work")
    assert (tmp_path / "work/every-kind.apkg").is_file()

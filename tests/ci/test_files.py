"""The files in docs/ci/ that others copy: valid, safe, shown on the page, and doing what they say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ankigen import __version__
from ankigen.cli.console import Format
from tests.ci.conftest import run
from tests.conftest import MINIMAL, QUESTION, REPOSITORY, ankigen, write_tree

PAGE = (REPOSITORY / "docs/ci.md").read_text(encoding="utf-8")
FILES = sorted((REPOSITORY / "docs/ci").iterdir())
WORKFLOWS = [file.name for file in FILES if file.name.startswith("github")]
SCRIPTS = Path(sys.executable).parent


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("github-actions", "action.yml"),
        *(("github-workflows", f"docs/ci/{name}") for name in WORKFLOWS),
        ("gitlab-ci", "docs/ci/gitlab.yml"),
    ],
)
def test_the_services_own_schemas_allow_them(schema: str, file: str) -> None:
    result = run(SCRIPTS / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", file, cwd=REPOSITORY)
    assert result.returncode == 0, result.stdout


def test_zizmor_finds_nothing_unsafe_in_them() -> None:
    files = ("action.yml", *(f"docs/ci/{name}" for name in WORKFLOWS), ".pre-commit-hooks.yaml")
    config = REPOSITORY / "tests/ci/zizmor.yml"
    result = run(
        SCRIPTS / "zizmor", "--offline", "--persona", "pedantic", "--config", config, *files, cwd=REPOSITORY
    )
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_page_shows_each_file_as_it_is(file: Path) -> None:
    assert f"```yaml\n{file.read_text(encoding='utf-8')}```" in PAGE


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_names_this_version(file: Path) -> None:
    assert set(re.findall(r"OWNER/ankigen.*?v(\d+\.\d+\.\d+)", file.read_text(encoding="utf-8"), re.DOTALL)) == {
        __version__
    }


def test_the_page_names_every_format() -> None:
    for format in Format:
        assert f"`{format}`" in PAGE, format


def test_every_example_gives_inputs_that_the_action_has() -> None:
    inputs = yaml.safe_load((REPOSITORY / "action.yml").read_text(encoding="utf-8"))["inputs"]
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"^ +- (uses: OWNER/ankigen@.*\n(?: {8,}.*\n)+)", PAGE + readme, re.MULTILINE)
    assert len(examples) == 3
    for example in examples:
        step = yaml.safe_load(" " * 8 + example)
        assert step["uses"] == f"OWNER/ankigen@v{__version__}"
        assert step["with"]
        assert set(step["with"]) <= set(inputs)


def gitlab_job(name: str) -> dict[str, Any]:
    jobs = yaml.safe_load((REPOSITORY / "docs/ci/gitlab.yml").read_text(encoding="utf-8"))
    return jobs[name]  # type: ignore[no-any-return]


def run_script(job: dict[str, Any], folder: Path) -> subprocess.CompletedProcess[str]:
    install, *lines = job["script"]
    assert install.startswith("pip install")
    path = f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"
    return run("bash", "-ec", "\n".join(lines), cwd=folder, PATH=path, PYTHONPATH=str(REPOSITORY))


def test_the_job_for_a_tag_on_gitlab_keeps_the_decks(tmp_path: Path) -> None:
    job = gitlab_job("decks")
    write_tree(tmp_path, MINIMAL)
    assert run_script(job, tmp_path).returncode == 1
    ankigen("lock", cwd=tmp_path)
    result = run_script(job, tmp_path)
    assert result.returncode == 0, result.stdout
    assert [file.name for file in tmp_path.glob(job["artifacts"]["paths"][0])] == ["d.apkg"]


@pytest.mark.parametrize(("concept", "status"), [("a", 0), ("b", 1)])
def test_the_job_for_gitlab_reports_and_fails(concept: str, status: int, tmp_path: Path) -> None:
    """Its script without the installation, as GitLab runs it: a line that fails ends the job."""
    job = gitlab_job("flashcards")
    write_tree(tmp_path, {**MINIMAL, "questions/q.yaml": QUESTION.replace("concept: a", f"concept: {concept}")})
    result = run_script(job, tmp_path)
    assert result.returncode == status, result.stdout
    assert result.stdout.startswith("error[I004" if status else "")
    report = json.loads((tmp_path / job["artifacts"]["reports"]["codequality"]).read_text(encoding="utf-8"))
    assert [issue["location"]["path"] for issue in report] == ["questions/q.yaml"] * status

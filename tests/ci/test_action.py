"""The GitHub Action: its scripts are run as GitHub's runner runs them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.conftest import run
from tests.conftest import DATA, MINIMAL, QUESTION, REPOSITORY, write_tree

ACTION: dict[str, Any] = yaml.safe_load((REPOSITORY / "action.yml").read_text(encoding="utf-8"))
STEPS = ACTION["runs"]["steps"]
SCRIPTS = {step["name"]: step for step in STEPS if "run" in step}
DOUBLED = QUESTION.replace("What?", "What is the the name?")
MISSPELT = QUESTION.replace("concept: a", "concept: b")


def test_no_script_holds_an_expression() -> None:
    """What a user gives would become a part of the script there, and be run."""
    for step in SCRIPTS.values():
        assert "${{" not in step["run"]


def test_every_input_is_used_and_described() -> None:
    text = (REPOSITORY / "action.yml").read_text(encoding="utf-8")
    page = (REPOSITORY / "docs/ci.md").read_text(encoding="utf-8")
    for name, given in ACTION["inputs"].items():
        assert f"inputs.{name}" in text, name
        assert f"| `{name}` | {given['description']} |" in page, name
    for name, given in ACTION["outputs"].items():
        assert f"| `{name}` | {given['description']} |" in page, name


def test_actions_of_others_are_pinned_to_a_commit() -> None:
    """A tag can be moved to other code; each has its version beside it, for people."""
    for file in (REPOSITORY / "action.yml", *(REPOSITORY / "docs/ci").glob("github*.yml")):
        for used in re.findall(r"uses: (.*)", file.read_text(encoding="utf-8")):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}  # v[\d.]+|OWNER/ankigen@v[\d.]+", used), used


@dataclass
class Job:
    """A job that uses the action: its folders, and what the steps leave behind."""

    workspace: Path
    temp: Path
    output: Path

    def step(self, name: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the script of a step with the inputs (`_` for `-`), and the defaults of the others."""
        given = {each: value["default"] for each, value in ACTION["inputs"].items()}
        given |= {each.replace("_", "-"): value for each, value in inputs.items()}
        known = {f"inputs.{each}": value for each, value in given.items()}
        known["steps.python.outputs.python-path"] = sys.executable
        env = {
            key: re.sub(r"\$\{\{ (.*?) \}\}", lambda found: known[found[1]], value)
            for key, value in SCRIPTS[name]["env"].items()
        }
        assert SCRIPTS[name]["shell"] == "bash"
        script = self.temp / "step.sh"
        script.write_text(SCRIPTS[name]["run"], encoding="utf-8")
        return run(
            "bash",
            "--noprofile",
            "--norc",
            "-eo",
            "pipefail",
            script,
            cwd=self.workspace,
            GITHUB_ACTIONS="true",
            GITHUB_ACTION_PATH=str(REPOSITORY),
            GITHUB_OUTPUT=str(self.output),
            GITHUB_WORKSPACE=str(self.workspace),
            RUNNER_TEMP=str(self.temp),
            PIP_CONSTRAINT=str(REPOSITORY / "constraints.txt"),
            **env,
        )

    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.output.read_text(encoding="utf-8").splitlines())


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runner's folder once the action is installed, from a repository that would like to have a say in it."""
    workspace = tmp_path_factory.mktemp("hostile")
    write_tree(workspace, dict.fromkeys(("venv.py", "pip.py", "json.py"), "raise SystemExit('taken in')\n"))
    job = Job(workspace, tmp_path_factory.mktemp("runner temp"), workspace / "output")
    result = job.step("Install ankigen")
    assert result.returncode == 0, result.stdout
    return job.temp


@pytest.fixture
def job(installed: Path, tmp_path: Path) -> Job:
    """A job in a repository with two decks, one of which has spaces and a quotation mark in its name."""
    workspace = tmp_path / "workspace"
    write_tree(workspace / "one", MINIMAL)
    deck = MINIMAL["deck.yaml"].replace("id: d", "id: e")
    write_tree(workspace / "Anna's deck", {**MINIMAL, "deck.yaml": deck})
    return Job(workspace, installed, tmp_path / "output")


@pytest.mark.slow
@pytest.mark.xdist_group("action")
class TestSteps:
    """Each runs the steps of the action."""

    def test_a_good_repository_passes(self, job: Job) -> None:
        result = job.step("Check")
        assert result.returncode == 0, result.stdout
        assert "::" not in result.stdout
        assert job.outputs() == {"findings": "0"}

    def test_findings_are_annotations_and_an_error_fails_the_job(self, job: Job) -> None:
        write_tree(job.workspace, {"one/questions/q.yaml": MISSPELT, "Anna's deck/questions/q.yaml": DOUBLED})
        result = job.step("Check")
        assert result.returncode == 1, result.stdout
        assert "::error file=one/questions/q.yaml,line=2,col=22," in result.stdout
        assert "::warning file=Anna's deck/questions/q.yaml,line=2," in result.stdout
        assert job.outputs() == {"findings": "2"}

    def test_fail_on_and_flags_choose_what_fails(self, job: Job) -> None:
        write_tree(job.workspace, {"one/questions/q.yaml": DOUBLED})
        assert job.step("Check").returncode == 0
        assert job.step("Check", fail_on="warning").returncode == 1
        ignored = job.step("Check", fail_on="warning", args="--ignore F006,Q001\n--jobs 1\n")
        assert ignored.returncode == 0, ignored.stdout

    def test_paths_are_lines_which_may_hold_anything(self, job: Job) -> None:
        write_tree(job.workspace, {"one/questions/q.yaml": MISSPELT})
        assert job.step("Check", paths="Anna's deck\n").returncode == 0
        assert job.step("Check", paths="Anna's deck\n\none\n").returncode == 1

    @pytest.mark.parametrize("status", [0, 1])
    def test_sarif_is_written_whatever_is_found(self, status: int, job: Job) -> None:
        write_tree(job.workspace, {"one/questions/q.yaml": MISSPELT if status else QUESTION})
        result = job.step("Check", sarif_file="new folder/it's.sarif")
        assert result.returncode == status, result.stdout
        sarif = json.loads((job.workspace / "new folder/it's.sarif").read_text(encoding="utf-8"))
        assert sarif["version"] == "2.1.0"
        found = [
            each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            for each in sarif["runs"][0]["results"]
        ]
        assert found == ["one/questions/q.yaml"] * status

    @pytest.mark.parametrize(
        "text", ['"; touch x; $(touch x) `touch x`\n touch x', "'; touch x; ' --help & touch x"]
    )
    @pytest.mark.parametrize("name", ["paths", "args", "fail_on", "sarif_file"])
    def test_nothing_that_is_given_is_run(self, name: str, text: str, job: Job) -> None:
        job.step("Check", **{name: text})
        assert not list(job.workspace.rglob("x"))
        assert not list(job.temp.rglob("x"))

    def test_wrong_use_is_told_from_findings(self, job: Job) -> None:
        for inputs in (
            {"paths": "nowhere"},
            {"fail_on": "never"},
            {"args": "--no-such-flag"},
            {"args": "--ignore X999"},
        ):
            result = job.step("Check", sarif_file="x.sarif", **inputs)
            assert result.returncode == 2, result.stdout
            assert not (job.workspace / "x.sarif").exists()

    def test_decks_are_built_where_the_upload_looks(self, job: Job) -> None:
        result = job.step("Build", paths="Anna's deck\none")
        assert result.returncode == 0, result.stdout
        decks = Path(job.outputs()["decks"])
        assert sorted(file.name for file in decks.iterdir()) == ["d.apkg", "e.apkg"]
        assert STEPS[-1]["with"]["path"] == "${{ steps.build.outputs.decks }}/*.apkg"
        assert sorted(path.name for path in job.workspace.iterdir()) == ["Anna's deck", "one"]

    def test_locked_builds_only_where_the_lock_is_up_to_date(self, job: Job) -> None:
        result = job.step("Build", paths="one", locked="true")
        assert result.returncode == 1, result.stdout
        assert "one/deck.lock is missing" in result.stdout
        assert not job.output.exists()
        assert job.step("Build", paths="one").returncode == 0
        result = job.step("Build", paths="one", locked="true")
        assert result.returncode == 0, result.stdout

    def test_a_bad_deck_is_not_built(self, job: Job) -> None:
        write_tree(job.workspace, {"one/questions/q.yaml": MISSPELT})
        assert job.step("Build").returncode == 1
        assert not job.output.exists()

    def test_the_decks_of_this_repository_pass(self, job: Job) -> None:
        for paths in (REPOSITORY / "content", DATA / "decks"):
            result = job.step("Check", paths=str(paths))
            assert result.returncode == 0, result.stdout

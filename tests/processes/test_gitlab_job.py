"""The jobs for GitLab, by the component and by ``init --gitlab``: they run as the runner runs them."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from checks import FAULTY, GIT, ROOT, write_files, write_program
from composelint.linter.cli import init

Job = Callable[..., subprocess.CompletedProcess[str]]
REPORT = "gl-code-quality-report.json"


def component(**inputs: str) -> dict[str, Any]:
    """The job of the component with inputs, and defaults for the others."""
    spec, jobs = yaml.safe_load_all((ROOT / "templates" / "composelint.yml").read_text())
    values = {name: entry["default"] for name, entry in spec["spec"]["inputs"].items()} | inputs
    job: dict[str, Any] = jobs["composelint"]
    assert "$[[" not in "".join(job["script"])
    for name, text in job["variables"].items():
        job["variables"][name] = re.sub(
            r"\$\[\[ inputs\.([a-z-]+) \]\]", lambda match: values[match[1]], text
        )
    return job


def jobs() -> dict[str, dict[str, Any]]:
    return {"component": component(), "init": yaml.safe_load(init.GITLAB)["composelint"]}


@pytest.fixture
def run(tmp_path: Path, repository: Callable[[dict[str, str]], Path]) -> Job:
    """Runs a job in a repository with old findings and a branch with a new one."""
    folder = repository({"compose.yaml": FAULTY})
    write_program(tmp_path / "composelint")
    git(folder, "checkout", "-q", "-b", "change")
    write_files({"new/compose.yaml": "services:\n  cache:\n    image: redis\n"}, folder)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "change")

    def run(job: dict[str, Any], **variables: str) -> subprocess.CompletedProcess[str]:
        install, *script = job["script"]
        assert install.startswith("pip install ")
        environment = {**os.environ, **job["variables"], **variables}
        environment["PATH"] = f"{tmp_path}:{os.environ['PATH']}"
        return subprocess.run(
            ["sh", "-ec", "\n".join(script)],
            cwd=folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        [*GIT, *arguments], cwd=folder, capture_output=True, text=True, check=True
    ).stdout.strip()


def paths() -> set[str]:
    """The files with findings in the code quality report."""
    return {issue["location"]["path"] for issue in json.loads(Path(REPORT).read_text())}


def test_inputs_of_the_component_are_described() -> None:
    spec, _ = yaml.safe_load_all((ROOT / "templates" / "composelint.yml").read_text())
    for entry in spec["spec"]["inputs"].values():
        assert entry["description"].endswith(".")


@pytest.mark.parametrize("name", jobs())
def test_the_jobs_run_where_it_counts_and_with_history(name: str) -> None:
    job = jobs()[name]
    assert [rule["if"] for rule in job["rules"]] == [
        '$CI_PIPELINE_SOURCE == "merge_request_event"',
        "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
    ]
    assert job["variables"]["GIT_DEPTH"] == "0"


@pytest.mark.parametrize("name", jobs())
def test_everything_is_reported_on_the_main_branch(name: str, run: Job) -> None:
    job = jobs()[name]
    answer = run(job)
    assert answer.returncode == 1
    assert "\ncompose.yaml:" in f"\n{answer.stdout}"
    assert paths() == {"compose.yaml", "new/compose.yaml"}
    reports = job["artifacts"]["reports"]
    assert reports["codequality"] == REPORT
    assert Path(reports["junit"]).read_text().startswith("<?xml")
    (summary,) = job["artifacts"]["paths"]
    assert Path(summary).read_text().startswith("## composelint")


# Where GitLab runs the result of the merge, the tip of the target is known; else it is empty.
MERGE_REQUESTS = [
    {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "main", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": ""},
    {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "x" * 40, "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "main"},
]


@pytest.mark.parametrize("variables", MERGE_REQUESTS, ids=["branch", "merged result"])
@pytest.mark.parametrize("name", jobs())
def test_a_merge_request_is_compared_with_where_it_begins(
    name: str, variables: dict[str, str], run: Job
) -> None:
    base = git(Path.cwd(), "rev-parse", "HEAD~1")
    given = {key: base if value == "main" else value for key, value in variables.items()}
    job = jobs()[name]
    answer = run(job, **given)
    assert answer.returncode == 1
    assert "\ncompose.yaml:" not in f"\n{answer.stdout}"
    assert "new/compose.yaml:" in answer.stdout
    # GitLab compares the code quality itself, and would take what is missing for fixed.
    assert paths() == {"compose.yaml", "new/compose.yaml"}


@pytest.mark.parametrize("name", jobs())
def test_a_commit_that_the_clone_lacks_fails(name: str, run: Job) -> None:
    answer = run(jobs()[name], CI_MERGE_REQUEST_DIFF_BASE_SHA="1" * 40)
    assert answer.returncode == 2
    assert "1" * 40 in answer.stderr


def test_options_and_paths_reach_the_command(run: Job) -> None:
    write_files({"more/compose.yaml": FAULTY})
    run(component(paths="new more", options="--select image-untagged"))
    assert paths() == {"new/compose.yaml", "more/compose.yaml"}
    answer = run(component(paths="new more", options="--fail-on error"))
    assert answer.returncode == 0


def test_a_user_can_choose_the_revision(run: Job) -> None:
    job = component(since="")
    answer = run(job, CI_MERGE_REQUEST_DIFF_BASE_SHA=git(Path.cwd(), "rev-parse", "HEAD~1"))
    assert "\ncompose.yaml:" in f"\n{answer.stdout}"
    answer = run(component(since="HEAD~1"))
    assert "\ncompose.yaml:" not in f"\n{answer.stdout}"

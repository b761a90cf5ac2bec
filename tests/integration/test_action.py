"""The GitHub Action and the GitLab component: their scripts run as the runners run them."""

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
from checks import FAULTY, ROOT, write_program

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = ACTION["runs"]["steps"]


def step_with(**properties: str) -> dict[str, Any]:
    (step,) = (step for step in STEPS if properties.items() <= step.items())
    return step


def test_inputs_are_never_part_of_a_script() -> None:
    for step in STEPS:
        assert "${{" not in step.get("run", "")


def test_every_input_is_described_and_used() -> None:
    text = json.dumps(ACTION["runs"]) + json.dumps(ACTION["outputs"])
    for name, entry in ACTION["inputs"].items():
        assert entry["description"].endswith(".")
        assert f"inputs.{name}" in text


@pytest.fixture
def action(
    tmp_path: Path, repository: Callable[[dict[str, str]], Path]
) -> Callable[..., dict[str, Any]]:
    """Runs the linting step with inputs, as GitHub's runner does."""
    folder = repository({"compose.yaml": FAULTY, "sub/compose.yaml": FAULTY})
    runner = tmp_path / "runner"

    write_program(runner / "bin" / "composelint")

    def run(**inputs: str) -> dict[str, Any]:
        step = step_with(id="lint")
        values = {name: entry["default"] for name, entry in ACTION["inputs"].items()}
        values.update({name.replace("_", "-"): value for name, value in inputs.items()})
        variables = {}
        for name, value in step["env"].items():
            match = re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", value)
            variables[name] = values[match[1]] if match else str(runner / "bin")
        output, summary = runner / "output", runner / "summary"
        for path in (output, summary):
            path.write_text("")
        answer = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=folder, capture_output=True, text=True, check=True,
            env={
                **os.environ, **variables,
                "RUNNER_TEMP": str(runner),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(summary),
            },
        )  # fmt: skip
        return {
            "stdout": answer.stdout,
            "stderr": answer.stderr,
            "summary": summary.read_text(),
            "code": int(output.read_text().partition("exit-code=")[2]),
            "folder": folder,
        }

    return run


def test_the_step_writes_annotations_summary_and_sarif(
    action: Callable[..., dict[str, Any]],
) -> None:
    answer = action()
    assert answer["code"] == 1
    assert "::warning file=compose.yaml,line=1," in answer["stdout"]
    assert answer["summary"].startswith("## composelint")
    sarif = json.loads((answer["folder"] / "composelint.sarif").read_text())
    assert sarif["runs"][0]["results"]


def test_inputs_reach_the_command(action: Callable[..., dict[str, Any]]) -> None:
    answer = action(paths="sub\n", fail_on="error", annotations="false", summary="false")
    assert answer["code"] == 0
    assert "::warning" not in answer["stdout"]
    assert answer["summary"] == ""
    assert "sub/compose.yaml" in answer["stdout"]
    assert "\ncompose.yaml" not in answer["stdout"]


@pytest.mark.parametrize(
    "inputs",
    [
        {"paths": "$(touch broken)"},
        {"paths": "; touch broken"},
        {"preset": "`touch broken`"},
        {"fail_on": "error; touch broken"},
        {"baseline": "x' || touch broken '"},
        {"paths": "--output-file=broken"},
    ],
    ids=lambda inputs: next(iter(inputs.values())),
)
def test_hostile_inputs_are_only_values(
    action: Callable[..., dict[str, Any]], inputs: dict[str, str]
) -> None:
    answer = action(**inputs)
    assert answer["code"] == 2
    assert not (answer["folder"] / "broken").exists()


def test_the_last_step_ends_with_the_exit_code() -> None:
    assert STEPS[-1]["env"] == {"CODE": "${{ steps.lint.outputs.exit-code }}"}
    for code in (0, 1, 2):
        answer = subprocess.run(
            ["bash", "-c", STEPS[-1]["run"]], env={"CODE": str(code)}, check=False
        )
        assert answer.returncode == code


def test_the_gitlab_component_writes_its_reports(
    repository: Callable[[dict[str, str]], Path], tmp_path: Path
) -> None:
    spec, job = yaml.safe_load_all((ROOT / "templates" / "composelint.yml").read_text())
    for entry in spec["spec"]["inputs"].values():
        assert entry["description"].endswith(".")
    job = job["composelint"]
    variables = {}
    for name, value in job["variables"].items():
        match = re.fullmatch(r"\$\[\[ inputs\.([a-z-]+) \]\]", value)
        assert match
        variables[name] = spec["spec"]["inputs"][match[1]]["default"]
    assert "$[[" not in "".join(job["script"])
    folder = repository({"compose.yaml": FAULTY})
    write_program(tmp_path / "composelint")
    install, check = job["script"]
    assert install.startswith("pip install ")
    path = f"{tmp_path}:{os.environ['PATH']}"
    answer = subprocess.run(
        ["sh", "-c", check], cwd=folder, env={**os.environ, **variables, "PATH": path}, check=False
    )
    assert answer.returncode == 1
    reports = job["artifacts"]["reports"]
    assert json.loads((folder / reports["codequality"]).read_text())
    assert (folder / reports["junit"]).read_text().startswith("<?xml")

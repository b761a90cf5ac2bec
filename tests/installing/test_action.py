"""The GitHub Action installs composelint from its own checkout, with what is pinned and no more."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import yaml
from checks import ROOT


def test_the_action_installs_what_it_pins(source: Path, tmp_path: Path) -> None:
    steps = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
    (step,) = (step for step in steps if step.get("id") == "install")
    output = tmp_path / "output"
    environment = {
        "GITHUB_ACTION_PATH": str(source),
        "GITHUB_OUTPUT": str(output),
        "RUNNER_TEMP": str(tmp_path / "the runner"),
    }
    (tmp_path / "the runner").mkdir()
    subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        env={**os.environ, **environment}, check=True, capture_output=True,
    )  # fmt: skip
    programs = Path(output.read_text().strip().removeprefix("bin="))
    assert programs == tmp_path / "the runner" / "composelint" / "bin"

    listed = subprocess.check_output([programs / "python", "-m", "pip", "freeze"], text=True)
    installed = set(re.findall(r"^([\w.-]+==\S+)$", listed, re.MULTILINE))
    text = (ROOT / "requirements" / "action.txt").read_text("utf-8")
    pinned = set(re.findall(r"^([\w.-]+==\S+)", text, re.MULTILINE))
    names = {re.sub(r"[-_.]+", "-", each).lower() for each in installed}
    assert names
    assert names <= {re.sub(r"[-_.]+", "-", each).lower() for each in pinned}

    (tmp_path / "compose.yaml").write_text('version: "3"\nservices: {}\n')
    answer = subprocess.run(
        [programs / "composelint", "check", "--output-format", "concise"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.stdout.startswith("compose.yaml:1:1: warning: CF004"), answer.stderr
    assert (programs / "shellcheck").exists()

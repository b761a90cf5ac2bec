"""composelint as the gate of a build: only what is new fails it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

LEGACY = {
    "compose.yaml": 'version: "3"\nservices:\n  db:\n    image: postgres\n  api:\n    build: api\n',
    "api/Dockerfile": "FROM node\nCOPY . .\nRUN npm install\n",
}

Program = Callable[..., subprocess.CompletedProcess[str]]


def test_a_gate_from_the_first_day_on(
    repository: Callable[[dict[str, str]], Path], program: Program
) -> None:
    folder = repository(LEGACY)
    gate = ["--output-file", "report.txt", "--report", "sarif=report.sarif", "--fail-on", "warning"]

    # Day 1: everything that is there fails the build.
    answer = program(*gate)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "CF004" in (folder / "report.txt").read_text()
    assert "\x1b" not in (folder / "report.txt").read_text()

    # It becomes the baseline, and the build passes.
    assert program("baseline").returncode == 0
    answer = program(*gate)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert "No problems found" in (folder / "report.txt").read_text()
    results = json.loads((folder / "report.sarif").read_text())["runs"][0]["results"]
    assert results == []

    # Moving and reformatting what is known adds nothing.
    moved = "# Our shop.\n\n" + LEGACY["compose.yaml"].replace("  api:", "\n  api:")
    (folder / "compose.yaml").write_text(moved)
    assert program(*gate).returncode == 0

    # One new finding fails, and is the only one reported, in another file just as well.
    (folder / "compose.yaml").write_text(moved + "  cache:\n    image: redis\n")
    answer = program(*gate, "--select", "CF401")
    assert answer.returncode == 1
    (result,) = json.loads((folder / "report.sarif").read_text())["runs"][0]["results"]
    assert result["ruleId"] == "CF401"
    (folder / "compose.yaml").write_text(moved)
    (folder / "api/Dockerfile").write_text(LEGACY["api/Dockerfile"] + "RUN sudo true\n")
    answer = program(*gate, "--output-format", "concise")
    assert answer.returncode == 1
    assert "api/Dockerfile:4:" in (folder / "report.txt").read_text()
    assert "compose.yaml" not in (folder / "report.txt").read_text()


def test_a_gate_that_breaks_is_no_gate_that_passes(
    repository: Callable[[dict[str, str]], Path], program: Program
) -> None:
    folder = repository(LEGACY)
    (folder / "composelint.toml").write_text("fail-on = 1\n")
    answer = program("--output-file", "report.txt")
    assert answer.returncode == 2
    assert answer.stderr.startswith("composelint: composelint.toml:1:11")
    assert not (folder / "report.txt").exists()


def test_the_result_does_not_depend_on_the_environment(
    repository: Callable[[dict[str, str]], Path], program: Program
) -> None:
    repository({"compose.yaml": "services:\n  web:\n    image: nginx:${TAG}\n"})
    plain = program("--output-format", "json").stdout
    assert program("--output-format", "json", TAG="latest", COMPOSE_FILE="x.yaml").stdout == plain
    assert program("--output-format", "json", "--use-environment", TAG="latest").stdout != plain

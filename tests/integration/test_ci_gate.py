"""composelint as a check of builds: only new findings fail a build."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

OLD_FILES = {
    "compose.yaml": 'version: "3"\nservices:\n  db:\n    image: postgres\n  api:\n    build: api\n',
    "api/Dockerfile": "FROM node\nCOPY . .\nRUN npm install\n",
}

Program = Callable[..., subprocess.CompletedProcess[str]]


def test_only_new_findings_fail_a_build(
    repository: Callable[[dict[str, str]], Path], program: Program
) -> None:
    folder = repository(OLD_FILES)
    arguments = [
        "--output-file",
        "report.txt",
        "--report",
        "sarif=report.sarif",
        "--fail-on",
        "warning",
    ]

    # Without a baseline all findings fail the build.
    answer = program(*arguments)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "CF004" in (folder / "report.txt").read_text()
    assert "\x1b" not in (folder / "report.txt").read_text()

    # With a baseline the build passes.
    assert program("baseline").returncode == 0
    answer = program(*arguments)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert "No problems found" in (folder / "report.txt").read_text()
    results = json.loads((folder / "report.sarif").read_text())["runs"][0]["results"]
    assert results == []

    # Moving and reformatting adds no finding.
    moved = "# Our shop.\n\n" + OLD_FILES["compose.yaml"].replace("  api:", "\n  api:")
    (folder / "compose.yaml").write_text(moved)
    assert program(*arguments).returncode == 0

    # A new finding fails the build and is the only one reported, in each file.
    (folder / "compose.yaml").write_text(moved + "  cache:\n    image: redis\n")
    answer = program(*arguments, "--select", "CF401")
    assert answer.returncode == 1
    (result,) = json.loads((folder / "report.sarif").read_text())["runs"][0]["results"]
    assert result["ruleId"] == "CF401"
    (folder / "compose.yaml").write_text(moved)
    (folder / "api/Dockerfile").write_text(OLD_FILES["api/Dockerfile"] + "RUN sudo true\n")
    answer = program(*arguments, "--output-format", "concise")
    assert answer.returncode == 1
    assert "api/Dockerfile:4:" in (folder / "report.txt").read_text()
    assert "compose.yaml" not in (folder / "report.txt").read_text()


def test_an_error_in_the_configuration_fails_a_build(
    repository: Callable[[dict[str, str]], Path], program: Program
) -> None:
    folder = repository(OLD_FILES)
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

"""The steps to a new rule that CONTRIBUTING.md describes work in a copy."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from checks import ROOT
from composelint.linter.rulebook.registry import all_rules

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def steps_to_a_rule(title: str) -> tuple[str, str, list[str]]:
    """The path and the text of the module that a section describes, and its commands."""
    section = re.split(r"^##+ ", TEXT.partition(f"### {title}")[2], flags=re.MULTILINE)[0]
    paths = re.findall(r"`(rules/\w+/\w+\.py)`", section)
    code = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    commands = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    assert len(paths) == len(code) == len(commands) == 1
    return paths[0], code[0], commands[0].splitlines()


STEPS = (
    (
        "A rule for Compose files, in five minutes",
        "CF298",
        ("compose.yaml", "services:\n  web:\n    image: nginx:1.29\n    tty: true\n"),
    ),
    (
        "A rule for Dockerfiles, in five minutes",
        "DF398",
        ("Dockerfile", "FROM alpine:3.22\nRUN printenv\n"),
    ),
)


def test_the_steps_to_a_rule_work(checkout: Path, tmp_path: Path) -> None:
    """Both sections are followed in one copy, and what they have in common is run once."""
    known = {rule.code for rule in all_rules()}
    copy = tmp_path / "composelint"
    shutil.copytree(checkout, copy)
    project = tmp_path / "project"
    project.mkdir()
    commands: dict[str, None] = {}
    paths = []
    for title, code, faulty in STEPS:
        assert code not in known
        path, text, steps = steps_to_a_rule(title)
        assert not (copy / path).exists()
        (copy / path).write_text(text)
        (project / faulty[0]).write_text(faulty[1])
        paths.append(path)
        commands.update(dict.fromkeys(steps))
    # The copy is imported, and "python" is this interpreter.
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }

    def run(command: list[str], folder: Path = copy) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )

    for command in commands:
        answer = run(["sh", "-euc", command])
        assert answer.returncode == 0, answer.stdout + answer.stderr
        if "pytest" in command:
            assert re.search(r"\b[1-9]\d* passed", answer.stdout)
    generated = run([sys.executable, "tools/generate.py", "--check"])
    assert generated.returncode == 0, generated.stdout + generated.stderr
    assert run([sys.executable, "-m", "ruff", "check", *paths]).returncode == 0
    codes = [code for _, code, _ in STEPS]
    program = [sys.executable, "-m", "composelint", "--no-cache", "--output-format", "json"]
    report = json.loads(run([*program, "--select", ",".join(codes)], project).stdout)
    assert sorted(item["code"] for item in report["diagnostics"]) == codes

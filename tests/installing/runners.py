"""Runs pre-commit and prek, and git with the hooks that they install."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import yaml
from checks import GIT

PROGRAMS = Path(sys.executable).parent
"""Where pip installs the programs of the tests."""


class Answer(NamedTuple):
    """How a command ended, and what it printed."""

    code: int
    text: str


class Runner:
    """pre-commit or prek, and the folder where it installs hooks."""

    def __init__(self, name: str, store: Path, source: Path) -> None:
        self.name = name
        self._source = source
        self._environment = {
            "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(store),
            "PRE_COMMIT_COLOR": "never",
            "PREK_HOME": str(store),
            "PREK_COLOR": "never",
            # prek installs with uv; what pip is told counts for it, too.
            "UV_PYTHON_DOWNLOADS": "never",
            **{
                f"UV_{name}": os.environ[f"PIP_{name}"]
                for name in ("NO_INDEX", "FIND_LINKS")
                if f"PIP_{name}" in os.environ
            },
        }

    def __repr__(self) -> str:
        return self.name

    def call(self, *command: str | Path, folder: Path | None = None, **variables: str) -> Answer:
        """Run a command in the environment of the hooks."""
        environment = {**os.environ, **self._environment, **variables}
        answer = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        return Answer(answer.returncode, answer.stdout)

    def __call__(self, *arguments: str | Path, **variables: str) -> Answer:
        """Run the runner itself."""
        program = [PROGRAMS / "prek"]
        if self.name == "pre-commit":
            program = [Path(sys.executable), Path("-m"), Path("pre_commit")]
        return self.call(*program, *arguments, **variables)

    def git(self, *arguments: str | Path, folder: Path | None = None) -> Answer:
        """Run git, which runs the hooks."""
        return self.call(*GIT, *arguments, folder=folder)

    def configuration(self, *hooks: str, **settings: object) -> str:
        """A configuration that names hooks, with the same settings for each."""
        command = ["git", "-C", self._source, "rev-parse", "HEAD"]
        revision = subprocess.check_output(command, text=True).strip()
        entries = [{"id": hook, **settings} for hook in hooks]
        repository = {"repo": str(self._source), "rev": revision, "hooks": entries}
        return yaml.safe_dump({"repos": [repository]})

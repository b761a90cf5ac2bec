"""Fixtures of the end-to-end tests."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest
from checks import run_python


@pytest.fixture
def program() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the program as a CI job does: no terminal, no input."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        variables = {"CI": "true", "TERM": "dumb", **variables}
        return run_python("-m", "composelint", *arguments, **variables)

    return run

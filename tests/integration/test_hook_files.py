"""The pre-commit hooks: which files they get."""

from __future__ import annotations

import re

import pytest
import yaml
from checks import ROOT
from composelint.linter.files.kinds import kind_of

HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}

FILES = [
    ("compose.yaml", True),
    ("compose.yml", True),
    ("docker-compose.yml", True),
    ("docker-compose.prod.yml", True),
    ("docker-compose-dev.yaml", True),
    ("Docker-Compose.YML", True),
    ("deploy/compose.override.yaml", True),
    ("web-compose.yml", True),
    ("infra.docker-compose.yml", True),
    ("Dockerfile", True),
    ("dockerfile", True),
    ("Containerfile", True),
    ("Dockerfile.dev", True),
    ("Dockerfile-alpine", True),
    ("api.Dockerfile", True),
    ("api/api.dockerfile", True),
    (".dockerignore", True),
    (".containerignore", True),
    ("Dockerfile.dockerignore", True),
    (".env", True),
    (".env.example", True),
    ("config/prod.env", True),
    ("decompose.yml", False),
    ("compose.json", False),
    ("compose/values.yaml", False),
    ("README.md", False),
    ("environment", False),
    ("src/dockerfile_parser/__init__.py", False),
    ("compose.yaml.j2", False),
]


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize(("path", "given"), FILES)
def test_hooks_get_the_files_of_their_pattern(hook: str, path: str, given: bool) -> None:
    assert bool(re.search(HOOKS[hook]["files"], path)) is given


@pytest.mark.parametrize("path", [path for path, _ in FILES])
def test_hooks_get_every_file_that_a_run_over_a_folder_lints(path: str) -> None:
    if kind_of(path):
        assert re.search(HOOKS["composelint"]["files"], path)


@pytest.mark.parametrize("hook", HOOKS.values(), ids=list(HOOKS))
def test_hooks_are_installed_by_pre_commit_and_accept_any_file_name(
    hook: dict[str, object],
) -> None:
    assert hook["language"] == "python"
    assert hook["require_serial"] is True
    assert hook["args"] == ["--"]
    verb = "format" if hook["id"] == "composelint-format" else "check"
    assert str(hook["entry"]).startswith(f"composelint {verb} --force-exclude")

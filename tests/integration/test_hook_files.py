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


WITH_FILES = [name for name, hook in HOOKS.items() if "files" in hook]


@pytest.mark.parametrize("hook", WITH_FILES)
@pytest.mark.parametrize(("path", "given"), FILES)
def test_hooks_get_the_files_of_their_pattern(hook: str, path: str, given: bool) -> None:
    assert bool(re.search(HOOKS[hook]["files"], path)) is given


@pytest.mark.parametrize("path", [path for path, _ in FILES])
def test_hooks_get_every_file_that_a_run_over_a_folder_lints(path: str) -> None:
    if kind_of(path):
        assert re.search(HOOKS["composelint-files"]["files"], path)


@pytest.mark.parametrize("name", WITH_FILES)
def test_hooks_with_files_accept_any_file_name(name: str) -> None:
    hook = HOOKS[name]
    assert hook["language"] == "python"
    assert hook["require_serial"] is True
    assert hook["args"] == ["--"]
    verb = "format" if name == "composelint-format" else "check"
    assert hook["entry"] == f"composelint {verb} --force-exclude"


@pytest.mark.parametrize("name", ["composelint", "composelint-fix"])
def test_hooks_for_what_is_staged_run_on_every_commit(name: str) -> None:
    """A file that is deleted or renamed has no name that a hook could be given."""
    hook = HOOKS[name]
    assert hook["language"] == "python"
    assert hook["always_run"] is True
    assert hook["pass_filenames"] is False
    assert hook["entry"].startswith("composelint check ")
    assert hook["entry"].endswith(" --staged")
    # They run on what becomes a commit, not after a checkout, where nothing is staged.
    assert hook["stages"] == ["pre-commit", "pre-merge-commit", "pre-push", "manual"]
    assert not {"files", "args"} & hook.keys()


def test_every_hook_is_one_of_these() -> None:
    assert set(HOOKS) == {*WITH_FILES, "composelint", "composelint-fix"}

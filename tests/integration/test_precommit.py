"""The pre-commit hooks: which files they are given, and what pre-commit makes of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from composelint.linter.files.kinds import kind_of

ROOT = Path(__file__).parents[2]
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
def test_which_files_the_hooks_are_given(hook: str, path: str, given: bool) -> None:
    assert bool(re.search(HOOKS[hook]["files"], path)) is given


@pytest.mark.parametrize("path", [path for path, _ in FILES if kind_of(path)])
def test_every_file_that_a_folder_gives_is_given_by_the_hook(path: str) -> None:
    assert re.search(HOOKS["composelint"]["files"], path)


@pytest.mark.parametrize("hook", HOOKS.values(), ids=list(HOOKS))
def test_hooks_install_themselves_and_take_odd_file_names(hook: dict[str, object]) -> None:
    assert hook["language"] == "python"
    assert hook["require_serial"] is True
    assert hook["args"] == ["--"]
    assert str(hook["entry"]).startswith("composelint check --force-exclude")


STACK = {
    "compose.yaml": "services:\n  api:\n    build: {context: ., dockerfile: api/Dockerfile}\n",
    "api/Dockerfile": 'FROM alpine:3.20\nUSER 1000\nCMD ["true"]\n',
    "old/compose.yaml": 'version: "3"\nservices: {}\n',
    "composelint.toml": 'select = ["CF004", "sudo"]\nexclude = ["vendor"]\n',
    "vendor/compose.yaml": 'version: "3"\nservices: {}\n',
    "notes/dockerfile.md": "no Dockerfile\n",
}


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of pre-commit: a store of its own, so that a hook is installed once."""
    store = tmp_path_factory.mktemp("pre-commit")
    return {**os.environ, "PRE_COMMIT_HOME": str(store), "PRE_COMMIT_COLOR": "never"}


def pre_commit(home: dict[str, str], *arguments: str, code: int) -> str:
    """What pre-commit prints; the hooks say everything."""
    answer = subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments],
        capture_output=True, text=True, check=False, env=home,
    )  # fmt: skip
    assert answer.returncode == code, answer.stdout + answer.stderr
    return answer.stdout


def configuration(checkout: Path) -> str:
    revision = subprocess.run(
        ["git", "-C", str(checkout), "rev-parse", "HEAD"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    hooks = [{"id": name} for name in HOOKS]
    return yaml.safe_dump({"repos": [{"repo": str(checkout), "rev": revision, "hooks": hooks}]})


def test_trying_the_repository(
    repository: Callable[[dict[str, str]], Path], checkout: Path, home: dict[str, str]
) -> None:
    repository(STACK)
    text = pre_commit(home, "try-repo", str(checkout), "composelint", "--all-files", code=1)
    # What is excluded stays excluded although pre-commit names it.
    assert "old/compose.yaml:1:1: warning[CF004]" in text
    assert "vendor/" not in text
    assert "dockerfile.md" not in text


def test_hooks_in_a_dirty_tree(
    repository: Callable[[dict[str, str]], Path], checkout: Path, home: dict[str, str]
) -> None:
    folder = repository({**STACK, ".pre-commit-config.yaml": configuration(checkout)})

    # Only the Dockerfile is staged, in a tree with other changes that are not: the stack
    # around it is read, the findings are those of the staged text of this file.
    (folder / "api/Dockerfile").write_text("FROM alpine:3.20\nRUN sudo true\nUSER 1000\n")
    git("add", "api/Dockerfile")
    (folder / "api/Dockerfile").write_text("not a Dockerfile\n")
    (folder / "old/compose.yaml").write_text("services: [\n")
    (folder / "untracked.compose.yaml").write_text('version: "3"\n')
    text = pre_commit(home, "run", "composelint", code=1)
    assert "api/Dockerfile:2:5: " in text
    assert "Found 1 warning in 1 file." in text
    assert (folder / "api/Dockerfile").read_text() == "not a Dockerfile\n"

    # A staged file without findings passes.
    git("checkout", "-q", "--", "old/compose.yaml")
    (folder / "api/Dockerfile").write_text(STACK["api/Dockerfile"] + "# still\n")
    git("add", "api/Dockerfile")
    assert "Passed" in pre_commit(home, "run", "composelint", code=0)

    # The fixing hook changes the file and so fails; the second time there is nothing to do.
    fix = ["run", "composelint-fix", "--files", "old/compose.yaml"]
    assert "files were modified by this hook" in pre_commit(home, *fix, code=1)
    assert (folder / "old/compose.yaml").read_text() == "services: {}\n"
    pre_commit(home, *fix, code=0)


def test_a_file_named_like_an_option(
    repository: Callable[[dict[str, str]], Path], checkout: Path, home: dict[str, str]
) -> None:
    repository(
        {
            "--config=x/compose.yml": 'version: "3"\nservices: {}\n',
            ".pre-commit-config.yaml": configuration(checkout),
        }
    )
    text = pre_commit(home, "run", "composelint", "--all-files", code=1)
    assert "--config=x/compose.yml:1:1: warning[CF004]" in text

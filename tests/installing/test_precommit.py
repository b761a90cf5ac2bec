"""The pre-commit hooks: what pre-commit does with them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from checks import ROOT, run_python

HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}

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
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of pre-commit with a store of its own: each hook is installed once."""
    store = tmp_path_factory.mktemp("pre-commit")
    return {"PRE_COMMIT_HOME": str(store), "PRE_COMMIT_COLOR": "never"}


def pre_commit(environment: dict[str, str], *arguments: str, code: int) -> str:
    """The output of pre-commit and its hooks; asserts the exit code."""
    answer = run_python("-m", "pre_commit", *arguments, **environment)
    assert answer.returncode == code, answer.stdout + answer.stderr
    return answer.stdout


def configuration(checkout: Path) -> str:
    revision = git("-C", str(checkout), "rev-parse", "HEAD").strip()
    hooks = [{"id": name} for name in HOOKS]
    return yaml.safe_dump({"repos": [{"repo": str(checkout), "rev": revision, "hooks": hooks}]})


def test_the_repository_can_be_tried(
    repository: Callable[[dict[str, str]], Path], checkout: Path, environment: dict[str, str]
) -> None:
    repository(STACK)
    text = pre_commit(environment, "try-repo", str(checkout), "composelint", "--all-files", code=1)
    # Excluded files stay excluded although pre-commit names them.
    assert "old/compose.yaml:1:1: warning[CF004]" in text
    assert "vendor/" not in text
    assert "dockerfile.md" not in text


def test_hooks_check_staged_texts_in_a_dirty_tree(
    repository: Callable[[dict[str, str]], Path], checkout: Path, environment: dict[str, str]
) -> None:
    folder = repository({**STACK, ".pre-commit-config.yaml": configuration(checkout)})

    # Only the Dockerfile is staged, in a tree with other changes that are not: the stack
    # around it is read, and the findings are those of the staged text of this file.
    (folder / "api/Dockerfile").write_text("FROM alpine:3.20\nRUN sudo true\nUSER 1000\n")
    git("add", "api/Dockerfile")
    (folder / "api/Dockerfile").write_text("not a Dockerfile\n")
    (folder / "old/compose.yaml").write_text("services: [\n")
    (folder / "untracked.compose.yaml").write_text('version: "3"\n')
    text = pre_commit(environment, "run", "composelint", code=1)
    assert "api/Dockerfile:2:5: " in text
    assert "Found 1 warning in 1 file." in text
    assert (folder / "api/Dockerfile").read_text() == "not a Dockerfile\n"

    # A staged file without findings passes.
    git("checkout", "-q", "--", "old/compose.yaml")
    (folder / "api/Dockerfile").write_text(STACK["api/Dockerfile"] + "# still\n")
    git("add", "api/Dockerfile")
    assert "Passed" in pre_commit(environment, "run", "composelint", code=0)

    # The fixing hook changes the file and so fails; the second time there is nothing to do.
    fix = ["run", "composelint-fix", "--files", "old/compose.yaml"]
    assert "files were modified by this hook" in pre_commit(environment, *fix, code=1)
    assert (folder / "old/compose.yaml").read_text() == "services: {}\n"
    pre_commit(environment, *fix, code=0)


def test_a_file_can_be_named_like_an_option(
    repository: Callable[[dict[str, str]], Path], checkout: Path, environment: dict[str, str]
) -> None:
    repository(
        {
            "--config=x/compose.yml": 'version: "3"\nservices: {}\n',
            ".pre-commit-config.yaml": configuration(checkout),
        }
    )
    text = pre_commit(environment, "run", "composelint", "--all-files", code=1)
    assert "--config=x/compose.yml:1:1: warning[CF004]" in text

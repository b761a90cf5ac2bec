"""A repository's own git configuration can name programs; they are never run."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Program = Callable[..., subprocess.CompletedProcess[str]]

STACK = {
    "compose.yaml": "services:\n  web:\n    build: ./api\n    env_file: api/.env\n",
    "api/Dockerfile": "FROM node:22\nCOPY . .\n",
    "api/.env": "PASSWORD=hunter2hunter2\n",
    "far/deep/compose.yaml": "services: {}\n",
    ".gitignore": ".env\n",
}
PROGRAMS = (
    "core.fsmonitor", "core.sshCommand", "core.pager", "pager.ls-files", "core.editor",
    "core.askPass", "core.gitProxy", "credential.helper", "diff.external", "diff.x.textconv",
    "diff.x.command", "filter.x.clean", "filter.x.smudge", "filter.x.process", "gpg.program",
    "remote.origin.uploadpack", "alias.ls-files", "core.alternateRefsCommand",
)  # fmt: skip
HOOKS = (
    "post-index-change",
    "post-checkout",
    "pre-commit",
    "query-watchman",
    "reference-transaction",
)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A program that writes a file named "ran" in its folder."""
    path = tmp_path / "program"
    path.write_text('#!/bin/sh\necho "$0 $@" >> "$(dirname "$0")/ran"\n')
    path.chmod(0o755)
    return path


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def name_program(folder: Path, script: Path, *more: str) -> None:
    """Name the program in every setting of a repository that can name one."""
    hooks = script.parent / "hooks"
    hooks.mkdir()
    for name in HOOKS:
        (hooks / name).write_text(f'#!/bin/sh\nexec "{script}" {name}\n')
        (hooks / name).chmod(0o755)
    (folder / ".gitattributes").write_text("* filter=x diff=x\n")
    for setting in (*PROGRAMS, *more):
        key, _, value = setting.partition("=")
        git(folder, "config", key, value or str(script))
    git(folder, "config", "core.hooksPath", str(hooks))


def lint(program: Program) -> str:
    """The findings in the folder; a named file is linted, too."""
    all_files = program("--output-format", "concise", "--preset", "all", "--exit-zero")
    one_file = program("--exit-zero", "api/Dockerfile")
    assert (all_files.returncode, one_file.returncode) == (0, 0), all_files.stderr + one_file.stderr
    return all_files.stdout


def test_no_program_of_the_repository_runs(
    repository: Callable[[dict[str, str]], Path], program: Program, script: Path
) -> None:
    folder = repository(STACK)
    git(folder, "add", "-f", "api/.env")
    before = lint(program)
    assert "api/.env:1:10: warning: EV003" in before
    name_program(folder, script)
    assert lint(program) == before
    assert not (script.parent / "ran").exists()


STATES = [
    ["--staged"],
    ["--since", "HEAD~1"],
    ["--since", "HEAD~1", "--at", "HEAD"],
    ["--since", "merge-base:HEAD", "--fixed"],
    ["--at", "HEAD"],
    ["--at", ":index"],
]


@pytest.mark.parametrize("options", STATES, ids=" ".join)
def test_no_program_runs_to_read_states(
    repository: Callable[[dict[str, str]], Path],
    program: Program,
    script: Path,
    options: list[str],
) -> None:
    folder = repository(STACK)
    git(folder, "commit", "-q", "--allow-empty", "-m", "second")
    for path, text in (("api/Dockerfile", "FROM node\n"), ("far/deep/compose.yaml", "services:\n")):
        (folder / path).write_text(text)
        git(folder, "add", path)
        (folder / path).write_text(text + "# Neither staged nor committed.\n")
    before = program("--exit-zero", "--output-format", "concise", *options)
    assert before.returncode == 0, before.stderr
    name_program(folder, script)
    git(folder, "config", "diff.renames", "copies")
    after = program("--exit-zero", "--output-format", "concise", *options)
    assert after.returncode == 0, after.stderr
    # The file with filters that was written meanwhile is new.
    assert after.stdout.splitlines()[:-1] == before.stdout.splitlines()[:-1]
    assert not (script.parent / "ran").exists()


def test_git_fetches_nothing(
    repository: Callable[[dict[str, str]], Path], program: Program, script: Path
) -> None:
    """In a sparse index with a tree that the clone lacks, git would ask the remote for it."""
    folder = repository(STACK)
    git(folder, "sparse-checkout", "set", "--cone", "--sparse-index", "api")
    tree = git(folder, "rev-parse", "HEAD:far")
    (folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    name_program(
        folder, script, "remote.origin.url=ssh://example.org/x", "remote.origin.promisor=true",
        "core.repositoryFormatVersion=1", "extensions.partialClone=origin",
        "protocol.ssh.allow=always",
    )  # fmt: skip
    assert "compose.yaml:" in lint(program)
    assert not (script.parent / "ran").exists()


def test_a_folder_with_files_of_a_bare_repository_is_not_a_repository(
    repository: Callable[[dict[str, str]], Path],
    program: Program,
    script: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A bare repository can be committed as plain files, configuration included."""
    folder = repository({**STACK, "bare/Dockerfile": "FROM node\n"})
    git(folder, "init", "-q", "--bare", "other")
    for path in (folder / "other").iterdir():
        path.rename(folder / "bare" / path.name)
    git(folder, "config", "-f", "bare/config", "core.bare", "false")
    git(folder, "config", "-f", "bare/config", "core.worktree", "..")
    git(folder, "config", "-f", "bare/config", "core.fsmonitor", str(script))
    monkeypatch.chdir(folder / "bare")
    answer = program("--show-files")
    assert (answer.stdout, answer.returncode) == ("Dockerfile\n", 0)
    assert not (script.parent / "ran").exists()


def test_global_excludes_of_the_user_are_respected(
    repository: Callable[[dict[str, str]], Path], program: Program, tmp_path: Path
) -> None:
    repository({"compose.yaml": "services: {}\n"})
    Path("compose.local.yaml").write_text("services: {}\n")
    (tmp_path / "excludes").write_text("*.local.yaml\n")
    (tmp_path / "config").write_text(f"[core]\nexcludesFile = {tmp_path / 'excludes'}\n")
    shown = program("--show-files", GIT_CONFIG_GLOBAL=str(tmp_path / "config")).stdout
    assert shown == "compose.yaml\n"
    assert program("--show-files").stdout == "compose.local.yaml\ncompose.yaml\n"

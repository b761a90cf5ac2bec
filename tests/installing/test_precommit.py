"""The hooks that get file names: ``composelint-files`` and ``composelint-format``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from runners import Runner

STACK = {
    "compose.yaml": "services:\n  api:\n    build: {context: ., dockerfile: api/Dockerfile}\n",
    "api/Dockerfile": 'FROM alpine:3.20\nUSER 1000\nCMD ["true"]\n',
    "old/compose.yaml": 'version: "3"\nservices: {}\n',
    "composelint.toml": 'select = ["CF004", "sudo"]\nexclude = ["vendor"]\n',
    "vendor/compose.yaml": 'version: "3"\nservices: {}\n',
    "notes/dockerfile.md": "no Dockerfile\n",
}


def test_the_repository_can_be_tried(
    runner: Runner, source: Path, repository: Callable[[dict[str, str]], Path]
) -> None:
    repository(STACK)
    code, text = runner("try-repo", source, "composelint-files", "--all-files")
    assert code == 1
    # Excluded files stay excluded although they are named.
    assert "old/compose.yaml:1:1: warning[CF004]" in text
    assert "vendor/" not in text
    assert "dockerfile.md" not in text


def test_files_are_linted_as_they_are_staged(runner: Runner, hooked: Callable[..., Path]) -> None:
    folder = hooked(STACK, "composelint-files")
    # Only the Dockerfile is staged, in a tree with other changes that are not: the stack
    # around it is read, and the findings are those of the staged text of this file.
    (folder / "api/Dockerfile").write_text("FROM alpine:3.20\nRUN sudo true\nUSER 1000\n")
    runner.git("add", "api/Dockerfile")
    (folder / "api/Dockerfile").write_text("not a Dockerfile\n")
    (folder / "old/compose.yaml").write_text("services: [\n")
    (folder / "untracked.compose.yaml").write_text('version: "3"\n')
    code, text = runner("run")
    assert code == 1
    assert "api/Dockerfile:2:5: " in text
    assert "Found 1 warning in 1 file." in text
    assert (folder / "api/Dockerfile").read_text() == "not a Dockerfile\n"

    # A staged file without findings passes.
    runner.git("checkout", "-q", "--", "old/compose.yaml")
    (folder / "api/Dockerfile").write_text(STACK["api/Dockerfile"] + "# still\n")
    runner.git("add", "api/Dockerfile")
    assert runner("run").code == 0


def test_a_file_can_be_named_like_an_option(runner: Runner, hooked: Callable[..., Path]) -> None:
    hooked({"--config=x/compose.yml": 'version: "3"\nservices: {}\n'}, "composelint-files")
    code, text = runner("run", "--all-files")
    assert code == 1
    assert "--config=x/compose.yml:1:1: warning[CF004]" in text


def test_the_formatting_hook_formats(runner: Runner, hooked: Callable[..., Path]) -> None:
    folder = hooked({"Dockerfile": "FROM alpine:3.22\nuser 1000\n"}, "composelint-format")
    assert "files were modified by this hook" in runner("run", "--all-files").text
    assert (folder / "Dockerfile").read_text() == "FROM alpine:3.22\nUSER 1000\n"
    assert runner("run", "--all-files").code == 0

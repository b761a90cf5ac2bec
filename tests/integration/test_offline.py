"""No run opens a socket or starts another program than git and ShellCheck."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path
from typing import Any, NoReturn

import pytest
from checks import ROOT
from click.testing import CliRunner
from composelint.linter.cli.main import cli

EXAMPLE = ROOT / "examples" / "bookshop"


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["--preset", "all"], ["--diff", "--unsafe-fixes"], ["--output-format", "sarif"],
        ["--show-settings"], ["rules"], ["rule", "--all"], ["config"], ["init", "--dry-run"],
        ["completions", "bash"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_socket_is_opened_and_no_other_program_started(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **options: object) -> NoReturn:
        raise AssertionError("the network was used")

    programs: list[str] = []
    run = subprocess.run

    def record_call(command: list[str], *args: Any, **options: Any) -> Any:
        programs.append(Path(command[0]).name)
        return run(command, *args, **options)

    monkeypatch.chdir(EXAMPLE)
    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(subprocess, "run", record_call)
    answer = CliRunner().invoke(cli, arguments)
    assert isinstance(answer.exception, SystemExit | None), answer.exception
    assert set(programs) <= {"git", "shellcheck"}

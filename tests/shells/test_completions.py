"""What real shells complete with the scripts that they are given."""

from __future__ import annotations

import os
import pty
import select
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest
from checks import LayOut, Run, write_program
from composelint.linter.base.names import PRESETS
from composelint.linter.cli import VERBS


def environment(tmp_path: Path) -> dict[str, str]:
    """The environment in which ``composelint`` is the program under test."""
    write_program(tmp_path / "bin" / "composelint")
    return {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}


@pytest.mark.parametrize(
    ("line", "words", "answers"),
    [
        ("composelint ", ["composelint", ""], [*VERBS, "composelint.toml", "other"]),
        ("composelint ru", ["composelint", "ru"], ["rule", "rules"]),
        (
            "composelint --select CF201,missing-h",
            ["composelint", "--select", "CF201,missing-h"],
            ["CF201,missing-healthcheck"],
        ),
        ("composelint --preset=", ["composelint", "--preset", "="], list(PRESETS)),
        ("composelint --preset=pro", ["composelint", "--preset", "=", "pro"], ["production"]),
        (
            "composelint check --report=sar",
            ["composelint", "check", "--report", "=", "sar"],
            ["sarif=composelint.sarif"],
        ),
        (
            "composelint --report sarif=",
            ["composelint", "--report", "sarif", "="],
            ["composelint.sarif"],
        ),
        ("composelint --config=co", ["composelint", "--config", "=", "co"], []),
    ],
)
def test_bash_completes(
    lay_out: LayOut, tmp_path: Path, run: Run, line: str, words: list[str], answers: list[str]
) -> None:
    lay_out({"composelint.toml": "", "other/compose.yaml": "services: {}\n"})
    script = run("completions", "bash").stdout
    call = (
        f"{script}\nCOMP_WORDS=({' '.join(map(shlex.quote, words))}); COMP_CWORD={len(words) - 1}\n"
        f"COMP_LINE={shlex.quote(line)}; COMP_POINT={len(line)}\n"
        '_composelint_completion composelint\nprintf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    answer = subprocess.run(
        ["bash", "-c", call],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(answer.stdout.split()) - {"bin", ".git"} == set(answers)


def test_a_real_bash_lists_verbs_beside_paths(lay_out: LayOut, tmp_path: Path, run: Run) -> None:
    lay_out({"completions.bash": run("completions", "bash").stdout})
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], environment(tmp_path))
    shown = b""
    try:
        for keys, answer in (
            (b". ./completions.bash; echo it is $((6 * 7))\n", b"it is 42"),
            (b"composelint ru\t\t\t", b"rules"),
            (b"\x15composelint --preset=pro\t", b"--preset=production"),
        ):
            os.write(terminal, keys)
            shown, last = b"", time.monotonic() + 30
            while answer not in shown and time.monotonic() < last:
                if select.select([terminal], [], [], 1)[0]:
                    shown += os.read(terminal, 4096)
            assert answer in shown
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_of_its_shell(tmp_path: Path, run: Run, shell: str) -> None:
    file = tmp_path / "script"
    file.write_text(run("completions", shell).stdout, encoding="utf-8")
    subprocess.run([shell, "-n", str(file)], check=True)

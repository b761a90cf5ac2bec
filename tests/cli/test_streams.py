"""What happens where a report cannot be written: a closed stream, a full device, a broken pipe."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from checks import FAULTY

CALLS = (
    ["compose.yaml"],
    ["--preset=all", "--jobs=1", "."],  # read by Click
    ["--diff"],
    ["rules"],
    ["--help"],
)
NOTE = "the report is not complete\n"


@pytest.fixture
def stack(folder: Path) -> Path:
    (folder / "compose.yaml").write_text(FAULTY)
    return folder


def shell(script: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a script of the shell, in which "$@" is the call of the linter."""
    return subprocess.run(
        ["sh", "-c", script, "sh", sys.executable, "-P", "-m", "composelint", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ('"$@" >&-', "it is closed"),
        ('"$@" > /dev/full', "No space left on device"),
        ('{ "$@"; echo "$?" >&3; } 3>&2 | exec true', "Broken pipe"),
    ],
    ids=["closed", "full", "broken"],
)
@pytest.mark.parametrize("arguments", CALLS, ids=" ".join)
def test_a_report_that_nobody_gets_is_one_line_and_exit_2(
    stack: Path, arguments: list[str], script: str, reason: str
) -> None:
    if "true" in script:
        # The reader has surely gone before anything is written.
        script = script.replace('"$@";', 'sleep 0.3; "$@";')
    answer = shell(script, *arguments)
    errors = answer.stderr.removesuffix("2\n") if "3>&2" in script else answer.stderr
    assert errors == f"composelint: standard output: {reason}; {NOTE}"
    assert answer.returncode == 2 or answer.stderr.endswith("\n2\n")
    assert answer.stdout == ""


@pytest.mark.parametrize("script", ['"$@" 2>&-', '"$@" 2> /dev/full', '"$@" >&- 2>&-'])
def test_messages_that_cannot_be_written_change_no_exit_code(stack: Path, script: str) -> None:
    closed = ">&- 2" in script
    answer = shell(script, "--verbose", "--output-format", "concise")
    assert (answer.returncode, answer.stdout == "", answer.stderr) == (
        2 if closed else 1,
        closed,
        "",
    )


def test_standard_input_that_is_closed(stack: Path) -> None:
    answer = shell('"$@" <&-', "-")
    assert answer.returncode == 2
    assert answer.stderr == "composelint: standard input: it is closed\n"


def test_standard_input_that_is_larger_than_a_file_may_be(stack: Path) -> None:
    answer = shell('yes "# x" | "$@"', "-", "--isolated")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == (
        "composelint: standard input is larger than 4,194,304 bytes (max-file-size)\n"
    )


def test_standard_input_may_be_as_large_as_the_configuration_says(stack: Path) -> None:
    (stack / "composelint.toml").write_text('max-file-size = "50"\n')
    text = "services: {a: {image: a:1}} # "
    assert "larger" not in shell('"$@"', "-", stdin=text.ljust(50)).stderr
    answer = shell('"$@"', "-", stdin=text.ljust(51))
    assert answer.returncode == 2
    assert answer.stderr == "composelint: standard input is larger than 50 bytes (max-file-size)\n"


def test_fixed_text_that_cannot_be_written(stack: Path) -> None:
    answer = shell('"$@" > /dev/full', "-", "--fix", stdin=FAULTY)
    assert answer.returncode == 2
    assert "standard output: No space left on device" in answer.stderr
    assert "defect" not in answer.stderr


def limited(most: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The linter, which cannot write more than so many bytes to a file: a disk that is full."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return subprocess.run(
        [sys.executable, "-P", "-m", "composelint", "--no-cache", *arguments],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )


@pytest.mark.parametrize("option", [["-o", "out"], ["--report", "sarif=out"]], ids=str)
@pytest.mark.parametrize("before", [None, "the report of yesterday"])
def test_a_full_disk_leaves_no_part_of_a_report(
    stack: Path, option: list[str], before: str | None
) -> None:
    if before is not None:
        (stack / "out").write_text(before)
    answer = limited(40, *option)
    assert answer.returncode == 2
    assert answer.stderr == "composelint: out: File too large\n"
    left = {path.name for path in stack.iterdir()} - {".git", "compose.yaml"}
    assert left == (set() if before is None else {"out"})
    assert before is None or (stack / "out").read_text() == before


def test_a_report_goes_to_a_pipe_or_device(stack: Path) -> None:
    to_pipe = shell('"$@" | cat', "-o", "/dev/stdout", "--output-format", "concise")
    assert to_pipe.stdout.startswith("compose.yaml:1:1: ")
    assert to_pipe.stderr == ""
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert shell('"$@"', "-o", "/dev/null").returncode == 1
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    os.mkfifo(stack / "fifo")
    assert shell('cat fifo & "$@"; wait', "-o", "fifo").stdout.startswith("compose.yaml:1:1: ")

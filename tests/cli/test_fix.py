"""Fixing from the command line: what is written, shown and left alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

FAULTY = '# kept\nversion: "3"\nservices:\n  db:\n    image: postgres:17.2\n'
FIXED = "# kept\nservices:\n  db:\n    image: postgres:17.2\n"
ONLY = ["--select", "obsolete-version"]

Run = Callable[..., Result]
LayOut = Callable[[dict[str, str]], None]


def test_fix_writes_and_says_so(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY})
    answer = run("--fix", *ONLY)
    assert (folder / "compose.yaml").read_text() == FIXED
    assert answer.stdout == "No problems found in 1 file.\n"
    assert answer.stderr == "Fixed 1 problem.\n"
    assert answer.exit_code == 0


def test_diff_writes_nothing(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY})
    answer = run("--diff", *ONLY)
    assert (folder / "compose.yaml").read_text() == FAULTY
    assert answer.stdout == (
        "--- a/compose.yaml\n+++ b/compose.yaml\n@@ -1,5 +1,4 @@\n # kept\n"
        '-version: "3"\n services:\n   db:\n     image: postgres:17.2\n'
    )
    assert answer.stderr == "Would fix 1 problem.\n"
    assert answer.exit_code == 1
    lay_out({"compose.yaml": FIXED})
    assert run("--diff", *ONLY).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--fix"], 0),
        (["--fix", "--exit-non-zero-on-fix"], 1),
        (["--fix-only"], 0),
        (["--fix-only", "--exit-non-zero-on-fix"], 1),
        (["--fix", "--unfixable", "CF004"], 1),
        (["--fix", "--fixable", "CF401"], 1),
        (["--fix", "--config", 'unfixable = ["CF004"]'], 1),
    ],
)
def test_exit_codes_of_fixing(lay_out: LayOut, run: Run, arguments: list[str], code: int) -> None:
    lay_out({"compose.yaml": FAULTY})
    assert run(*arguments, *ONLY).exit_code == code


def test_fix_only_reports_nothing(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": 'version: "3"\nservices:\n  db:\n    image: postgres\n'})
    answer = run("--fix-only")
    assert answer.stdout == ""
    assert answer.exit_code == 0


def test_show_fixes_lists_them(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY})
    assert 'compose.yaml:2: CF004 Delete "version" (obsolete-version)' in (
        run("--fix", "--show-fixes", *ONLY).stderr
    )


def test_standard_input_is_fixed_to_standard_output(run: Run, folder: Path) -> None:
    answer = run("-", "--fix", "--output-format", "concise", stdin=FAULTY.encode())
    assert answer.stdout == FIXED
    assert "compose.yaml:3:3: CF2" in answer.stderr
    assert "Found" in answer.stderr
    assert sorted(os.listdir(folder)) == [".git", "pw"]
    assert answer.exit_code == 1


@pytest.mark.parametrize(
    "text",
    [b"\xef\xbb\xbf" + FAULTY.encode(), FAULTY.replace("\n", "\r\n").encode(), b"a: \xff\n"],
    ids=["byte order mark", "CRLF", "not UTF-8"],
)
def test_standard_input_keeps_its_form(run: Run, folder: Path, text: bytes) -> None:
    answer = run("-", "--fix", *ONLY, stdin=text)
    assert answer.stdout_bytes == text.replace(b'version: "3"\r\n', b"").replace(
        b'version: "3"\n', b""
    )


def test_a_read_only_file_is_left_alone(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY})
    (folder / "compose.yaml").chmod(0o444)
    answer = run("--fix")
    assert (folder / "compose.yaml").read_text() == FAULTY
    assert "read-only; nothing was written" in answer.stderr
    assert answer.exit_code == 2


def test_fixes_of_files_under_several_configurations(
    folder: Path, lay_out: LayOut, run: Run
) -> None:
    lay_out(
        {
            "a/compose.yaml": FAULTY,
            "b/compose.yaml": FAULTY,
            "b/composelint.toml": 'unfixable = ["CF004"]\n',
        }
    )
    run("--fix")
    assert (folder / "a/compose.yaml").read_text() == FIXED
    assert (folder / "b/compose.yaml").read_text() == FAULTY


def test_a_patch_applies(folder: Path, lay_out: LayOut, run: Run) -> None:
    import subprocess

    lay_out({"compose.yaml": FAULTY})
    patch = run("--diff", *ONLY).stdout
    subprocess.run(["git", "apply"], input=patch, text=True, check=True, cwd=folder)
    assert (folder / "compose.yaml").read_text() == FIXED

"""Fixing from the command line: which files are written, and what is printed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from checks import LayOut, Run
from composelint.linter.fixing import engine
from composelint.linter.fixing.verify import Verdict

FAULTY = '# kept\nversion: "3"\nservices:\n  db:\n    image: postgres:17.2\n'
FIXED = "# kept\nservices:\n  db:\n    image: postgres:17.2\n"
ONLY = ["--select", "obsolete-version"]


def test_fix_writes_the_file_and_counts_the_fixes(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY})
    answer = run("--fix", *ONLY)
    assert (folder / "compose.yaml").read_text() == FIXED
    assert answer.stdout == "No problems found in 1 file.\n"
    assert answer.stderr == "Fixed 1 problem.\n"
    assert answer.exit_code == 0


def test_diff_prints_a_patch_and_writes_nothing(folder: Path, lay_out: LayOut, run: Run) -> None:
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
def test_options_decide_about_the_exit_code_of_fixing(
    lay_out: LayOut, run: Run, arguments: list[str], code: int
) -> None:
    lay_out({"compose.yaml": FAULTY})
    assert run(*arguments, *ONLY).exit_code == code


def test_fix_only_prints_no_findings(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": 'version: "3"\nservices:\n  db:\n    image: postgres\n'})
    answer = run("--fix-only")
    assert answer.stdout == ""
    assert answer.exit_code == 0


def test_show_fixes_lists_the_fixes(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY})
    assert run("--fix", "--show-fixes", *ONLY).stderr == (
        'compose.yaml:\n  2: CF004 Delete "version" (obsolete-version)\n   | version: "3"\n'
    )


SEVERAL_PASSES = """\
services:
  db:
    image: redis:7.4
  app:
    image: acme/app:1
    depends_on: [db]
"""


def test_show_fixes_shows_the_lines_that_were_on_disk(lay_out: LayOut, run: Run) -> None:
    """The condition is possible only after another fix has added a health check."""
    lay_out({"compose.yaml": SEVERAL_PASSES, "b/compose.yaml": FAULTY})
    arguments = ["--fix-only", "--unsafe-fixes", "--show-fixes", "--select", "CF004,CF210,CF230"]
    assert run(*arguments).stderr.splitlines()[:9] == [
        "b/compose.yaml:",
        '  2: CF004 Delete "version" (obsolete-version)',
        '   | version: "3"',
        "  4: db: CF210 Check postgres with pg_isready (missing-healthcheck)",
        "   |   db:",
        "compose.yaml:",
        "  2: db: CF210 Check redis with redis-cli (missing-healthcheck)",
        "   |   db:",
        "  6: app: CF230 Wait until db is healthy (depends-without-condition)",
    ]


def test_standard_input_is_fixed_to_standard_output(run: Run, folder: Path) -> None:
    answer = run("-", "--fix", "--output-format", "concise", stdin=FAULTY.encode())
    assert answer.stdout == FIXED
    assert "compose.yaml:3:3: warning: CF2" in answer.stderr
    assert "Found" in answer.stderr
    assert os.listdir(folder) == [".git"]
    assert answer.exit_code == 1


@pytest.mark.parametrize(
    "text",
    [b"\xef\xbb\xbf" + FAULTY.encode(), FAULTY.replace("\n", "\r\n").encode(), b"a: \xff\n"],
    ids=["byte order mark", "CRLF", "not UTF-8"],
)
def test_fixed_standard_input_keeps_its_encoding_and_line_endings(
    run: Run, folder: Path, text: bytes
) -> None:
    answer = run("-", "--fix", *ONLY, stdin=text)
    assert answer.stdout_bytes == text.replace(b'version: "3"\r\n', b"").replace(
        b'version: "3"\n', b""
    )


def test_a_read_only_file_is_not_written(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY})
    (folder / "compose.yaml").chmod(0o444)
    answer = run("--fix")
    assert (folder / "compose.yaml").read_text() == FAULTY
    assert "read-only; nothing was written" in answer.stderr
    assert answer.exit_code == 2


def test_each_file_is_fixed_by_its_own_configuration(
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


def test_git_applies_the_patch(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY})
    patch = run("--diff", *ONLY).stdout
    subprocess.run(["git", "apply"], input=patch, text=True, check=True, cwd=folder)
    assert (folder / "compose.yaml").read_text() == FIXED


@pytest.mark.parametrize(
    ("arguments", "marked", "summary"),
    [
        ([], ["CF004"], "1 fixable with --fix (1 more with --unsafe-fixes), 1 suggestion."),
        (
            ["--unsafe-fixes"],
            ["CF004", "CF220"],
            "2 fixable with --fix --unsafe-fixes, 1 suggestion.",
        ),
        (["--unfixable", "CF004"], [], "1 fixable with --fix --unsafe-fixes, 1 suggestion."),
        (["--config", 'unfixable = ["CF"]'], [], "1 suggestion."),
        (["--fix"], [], "1 fixable with --fix --unsafe-fixes, 1 suggestion."),
        (["--fix", "--unsafe-fixes"], [], "1 suggestion."),
    ],
)
def test_marks_say_what_the_call_at_hand_does(
    lay_out: LayOut, run: Run, arguments: list[str], marked: list[str], summary: str
) -> None:
    lay_out({"compose.yaml": FAULTY})
    select = ["--select", "CF004,CF203,CF220", "--output-format", "concise"]
    lines = run(*arguments, *select).stdout.splitlines()
    assert [line.split()[2] for line in lines if "[*]" in line] == marked
    assert lines[-1] == summary


def test_a_dropped_fix_is_named_and_not_marked(
    lay_out: LayOut, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "verify", lambda *_: Verdict("it would be refused", []))
    lay_out({"compose.yaml": FAULTY})
    answer = run("--fix", *ONLY, "--output-format", "concise")
    assert "compose.yaml:2: the fix of CF004 was left out: it would be refused" in answer.stderr
    assert "[*]" not in answer.stdout
    assert "fixable" not in answer.stdout

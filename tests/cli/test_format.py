"""``composelint format``: which files it writes, what it prints, its exit codes."""

from __future__ import annotations

import re
from pathlib import Path

import composelint
import pytest
from checks import ROOT, LayOut, Run
from composelint.linter.fixing.formatting import ALWAYS, IF_SELECTED
from composelint.linter.rule import Applicability
from composelint.linter.rulebook.registry import rule_of

LOOSE = "services:\n  web:\n    ports:\n      - 8080:80 # the site\n    image: nginx:1.30\n"
TIDY = 'services:\n  web:\n    image: nginx:1.30\n    ports:\n      - "8080:80" # the site\n'
LOOSE_BUILD = "FROM alpine:3.22 as base\ncopy a /a\nENV A b\nRUN /a\n"
TIDY_BUILD = "FROM alpine:3.22 AS base\nCOPY a /a\nENV A=b\nRUN /a\n"
BROKEN = "services:\n  web:\n    image: [nginx\n"


def test_files_are_written_and_counted(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": LOOSE, "Dockerfile": LOOSE_BUILD, "b/Dockerfile": TIDY_BUILD})
    answer = run("format")
    assert (answer.exit_code, answer.stdout) == (0, "")
    assert answer.stderr == "2 files formatted, 1 file in form already.\n"
    assert (folder / "compose.yaml").read_text() == TIDY
    assert (folder / "Dockerfile").read_text() == TIDY_BUILD
    answer = run("format")
    assert (answer.exit_code, answer.stderr) == (0, "3 files in form already.\n")


def test_the_help_is_about_formatting(run: Run) -> None:
    text = " ".join(run("format", "--help").stdout.split())
    assert "--diff Show what formatting would change; write nothing." in text


def test_check_lists_files_and_writes_nothing(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": LOOSE, "Dockerfile": LOOSE_BUILD, "b/Dockerfile": TIDY_BUILD})
    answer = run("format", "--check")
    assert (answer.exit_code, answer.stdout) == (1, "Dockerfile\ncompose.yaml\n")
    assert answer.stderr == "2 files would be formatted, 1 file in form already.\n"
    assert (folder / "compose.yaml").read_text() == LOOSE
    answer = run("format", "--check", "b")
    assert (answer.exit_code, answer.stdout) == (0, "")


def test_diff_shows_changes_and_writes_nothing(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"Dockerfile": LOOSE_BUILD})
    answer = run("format", "--diff", "--check")
    assert answer.exit_code == 1
    assert answer.stdout == (
        "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1,4 +1,4 @@\n-FROM alpine:3.22 as base\n"
        "-copy a /a\n-ENV A b\n+FROM alpine:3.22 AS base\n+COPY a /a\n+ENV A=b\n RUN /a\n"
    )
    assert (folder / "Dockerfile").read_text() == LOOSE_BUILD
    lay_out({"Dockerfile": TIDY_BUILD})
    answer = run("format", "--diff")
    assert (answer.exit_code, answer.stdout) == (0, "")


def test_standard_input_becomes_standard_output(run: Run) -> None:
    answer = run("format", "-", stdin=LOOSE.encode())
    assert (answer.exit_code, answer.stdout, answer.stderr) == (0, TIDY, "")
    answer = run("format", "-", "--stdin-filename", "a/Dockerfile", stdin=LOOSE_BUILD.encode())
    assert (answer.exit_code, answer.stdout) == (0, TIDY_BUILD)
    assert run("format", "--check", "-", stdin=LOOSE.encode()).stdout == "compose.yaml\n"
    answer = run("format", "-", stdin=BROKEN.encode())
    assert (answer.exit_code, answer.stdout) == (2, BROKEN)


@pytest.mark.parametrize("arguments", [[], ["--check"], ["--diff"]])
def test_a_broken_file_is_named_and_left_alone(
    folder: Path, lay_out: LayOut, run: Run, arguments: list[str]
) -> None:
    lay_out(
        {
            "a/compose.yaml": BROKEN,
            "b/compose.yaml": LOOSE,
            "c/Dockerfile": "FROM alpine as a\nCOYP . .\n",
        }
    )
    answer = run("format", *arguments)
    assert answer.exit_code == 2
    assert "composelint: a/compose.yaml:3:12: not formatted: " in answer.stderr
    assert "composelint: c/Dockerfile:2:1: not formatted: " in answer.stderr
    assert (folder / "a/compose.yaml").read_text() == BROKEN
    assert (folder / "c/Dockerfile").read_text() == "FROM alpine as a\nCOYP . .\n"
    assert (folder / "b/compose.yaml").read_text() == (LOOSE if arguments else TIDY)


def test_line_endings_and_marks_are_kept(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": "\ufeff" + LOOSE.replace("\n", "\r\n")})
    assert run("format").exit_code == 0
    data = (folder / "compose.yaml").read_bytes()
    assert data == ("\ufeff" + TIDY.replace("\n", "\r\n")).encode()


def test_what_the_project_selects_does_not_matter(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"composelint.toml": 'select = ["DF001"]\n', "compose.yaml": LOOSE})
    assert run("format").exit_code == 0
    assert (folder / "compose.yaml").read_text() == TIDY


@pytest.mark.parametrize(
    "settings",
    [
        'ignore = ["service-key-order"]',
        'unfixable = ["CF901"]',
        'per-file-ignores = { "*.yaml" = ["CF901"] }',
        'preset = "all"\nignore = ["style"]\nextend-select = ["CF906"]',
    ],
)
def test_what_the_project_ignores_stays(
    folder: Path, lay_out: LayOut, run: Run, settings: str
) -> None:
    lay_out({"composelint.toml": f"{settings}\n", "compose.yaml": LOOSE})
    assert run("format").exit_code == 0
    assert (folder / "compose.yaml").read_text() == LOOSE.replace("8080:80", '"8080:80"')


def test_a_project_may_ignore_all_of_it(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"composelint.toml": 'ignore = ["ALL"]\n', "compose.yaml": LOOSE})
    assert run("format", "--check").exit_code == 0


def test_comments_suppress_as_for_check(folder: Path, lay_out: LayOut, run: Run) -> None:
    text = LOOSE.replace("# the site", "# composelint: ignore[port-quotes] read by nothing else")
    lay_out({"compose.yaml": text})
    run("format")
    assert "- 8080:80 #" in (folder / "compose.yaml").read_text()
    run("format", "--no-inline-ignores")
    assert '- "8080:80" #' in (folder / "compose.yaml").read_text()


def test_services_are_sorted_where_the_project_selects_it(
    folder: Path, lay_out: LayOut, run: Run
) -> None:
    text = "services:\n  web:\n    image: nginx:1.30\n  db:\n    image: postgres:17\n"
    lay_out({"compose.yaml": text})
    assert run("format", "--check").exit_code == 0
    lay_out({"composelint.toml": 'extend-select = ["service-order"]\n'})
    assert run("format", "--check").exit_code == 1


def test_the_page_names_every_rule_that_is_applied() -> None:
    page = (ROOT / "docs" / "formatting.md").read_text("utf-8")
    named = {rule_of(code).name for code in (*ALWAYS, *IF_SELECTED)}
    assert set(re.findall(r"\(rules/([\w-]+)\.md\)", page)) == named


@pytest.mark.parametrize("code", [*ALWAYS, *IF_SELECTED])
def test_every_rule_that_is_applied_has_safe_fixes(code: str) -> None:
    assert Applicability.SAFE in rule_of(code).fixes


def test_the_settings_decide_which_files(repository: LayOut, run: Run) -> None:
    repository(
        {
            "composelint.toml": 'exclude = ["old"]\nvendored = ["third"]\n',
            "old/compose.yaml": LOOSE,
            "third/compose.yaml": LOOSE,
            ".gitignore": "made/\n",
            "made/compose.yaml": LOOSE,
            "compose.yaml": TIDY,
            ".env": "A=b  \n",
            ".dockerignore": "a\na\n",
            "docker-compose.ci.yml": "on: push\njobs:\n  a:\n    runs-on: x  \n    steps: []\n",
        }
    )
    assert run("format", "--check").exit_code == 0
    assert run("format", "--check", "old/compose.yaml").stdout == "old/compose.yaml\n"
    assert run("format", "--check", "--force-exclude", "old/compose.yaml").exit_code == 0
    assert run("format", "--check", "--exclude", "x").exit_code == 1
    assert run("format", ".env", ".dockerignore").output == ""
    answer = run("format", "--exclude", "*")
    assert answer.stderr == "warning: no Compose file or Dockerfile found\n"


def test_other_files_of_a_stack_stay(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": LOOSE, "compose.override.yaml": LOOSE})
    run("format", "compose.yaml")
    assert (folder / "compose.yaml").read_text() == TIDY
    assert (folder / "compose.override.yaml").read_text() == LOOSE


def test_secrets_are_masked_in_a_diff(lay_out: LayOut, run: Run) -> None:
    text = "services:\n  db:\n    environment:\n      PASSWORD: hunter2hunter2\n    image: postgres:17\n"
    lay_out({"compose.yaml": text})
    assert "hunter2" not in run("format", "--diff").output
    assert "hunter2" in run("format", "--diff", "--show-secrets").output


def test_the_library_formats_files_and_texts(folder: Path, lay_out: LayOut) -> None:
    lay_out({"compose.yaml": LOOSE, "b/compose.yaml": BROKEN})
    result = composelint.format_files()
    assert result.texts == {"compose.yaml": TIDY}
    assert sorted(each.code for each in result.applied) == ["CF901", "CF906"]
    assert [each.code for each in result.report.diagnostics] == ["CF001"]
    assert (folder / "compose.yaml").read_text() == LOOSE
    composelint.format_files(["compose.yaml"], write=True)
    assert (folder / "compose.yaml").read_text() == TIDY
    assert composelint.format_text(LOOSE_BUILD, "Dockerfile") == TIDY_BUILD
    assert composelint.format_text("\ufeff" + LOOSE) == "\ufeff" + TIDY
    assert composelint.format_text(LOOSE, ignore=["CF901", "CF906"]) == LOOSE
    assert composelint.format_text(BROKEN) == BROKEN

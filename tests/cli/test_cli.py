"""The command line: exit codes, every kind of input, which output goes where."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from checks import FAULTY, LayOut, Run, run_python
from click.testing import CliRunner
from composelint.linter.cli.main import cli

CLEAN = """\
services:
  db:
    image: postgres:17.2
    environment: {POSTGRES_PASSWORD_FILE: /run/secrets/pw}
    secrets: [pw]
    volumes: ["data:/var/lib/postgresql/data"]
    mem_limit: 1g
    cpus: "1"
    restart: unless-stopped
    healthcheck: {test: [CMD-SHELL, pg_isready -U postgres], interval: 10s, start_period: 30s}
volumes:
  data:
secrets:
  pw: {file: ./pw}
"""
CLEAN_FILES = {"compose.yaml": CLEAN, "pw": "x"}


def test_clean_stack_exits_0(lay_out: LayOut, run: Run) -> None:
    lay_out(CLEAN_FILES)
    answer = run()
    assert answer.stdout == "No problems found in 1 file.\n"
    assert answer.exit_code == 0


@pytest.mark.parametrize(
    "arguments", [[], ["."], ["check"], ["check", "compose.yaml"], ["compose.yaml"], ["--quiet"]]
)
def test_findings_exit_1_with_and_without_the_verb(
    run: Run, folder: Path, arguments: list[str]
) -> None:
    (folder / "compose.yaml").write_text(FAULTY)
    assert run(*arguments).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--fail-on", "error"], 0),
        (["--fail-on", "warning"], 1),
        (["--fail-on", "info"], 1),
        (["--fail-on", "never"], 0),
        (["--exit-zero"], 0),
        (["--select", "CF004", "--fail-on", "warning"], 1),
        (["--select", "CF202"], 0),
        (["--select", "CF202", "--fail-on", "info"], 1),
        (["--ignore", "ALL"], 0),
        (["--preset", "all"], 1),
    ],
)
def test_severity_decides_the_exit_code(
    run: Run, folder: Path, arguments: list[str], code: int
) -> None:
    (folder / "compose.yaml").write_text(FAULTY)
    assert run(*arguments).exit_code == code


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nope.yaml"], "nope.yaml: no such file or folder"),
        (["--select", "missing-healtcheck"], 'did you mean "missing-healthcheck"?'),
        (["--ignore", "CF999"], 'no rule is called "CF999"'),
        (["--preset", "productoin"], 'did you mean "production"?'),
        (["--bogus"], "No such option"),
        (["rule", "CF21O"], 'no rule is called "CF21O"'),
        (["-", "compose.yaml"], '"-" stands alone'),
        (["-", "--stdin-filename", "notes.txt"], "notes.txt"),
    ],
)
def test_usage_errors_exit_2_on_standard_error(
    run: Run, folder: Path, arguments: list[str], message: str
) -> None:
    answer = run(*arguments)
    assert answer.exit_code == 2
    assert message in answer.stderr
    assert answer.stdout == ""


@pytest.mark.parametrize("arguments", [[], ["--quiet"], ["-q", "--output-format", "json"]])
def test_a_folder_without_files_to_lint_gets_a_note_and_exit_code_0(
    run: Run, folder: Path, arguments: list[str]
) -> None:
    answer = run(*arguments)
    assert answer.exit_code == 0
    assert "no Compose file" in answer.stderr


def test_standard_input_is_linted_under_its_name(run: Run, folder: Path) -> None:
    name = ("--stdin-filename", "x/compose.yaml")
    answer = run("-", *name, "--output-format", "concise", stdin=FAULTY.encode())
    assert answer.stdout.startswith("x/compose.yaml:1:1: warning: CF004")
    assert answer.exit_code == 1


def bad_inputs() -> list[object]:
    """Bytes of a Compose file, the code of the finding and the exit code."""
    bomb = "x0: &x0 [a, a, a, a, a, a, a, a, a]\n" + "".join(
        f"x{i}: &x{i} [{', '.join([f'*x{i - 1}'] * 9)}]\n" for i in range(1, 20)
    )
    return [
        pytest.param(b"", "CF", 1, id="empty"),
        pytest.param(b"\x00\x01\x02\x7fELF" * 50, "CF001", 1, id="control characters"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\xff", "LN003", 2, id="binary"),
        pytest.param("services: é".encode("utf-16"), "LN003", 2, id="utf-16"),
        pytest.param(b"services:\n\ta: b\n", "CF001", 1, id="tabs"),
        pytest.param(b"# " + b"x" * 10_000_000, "LN002", 2, id="10 MB"),
        pytest.param(bomb.encode(), "LN004", 1, id="alias bomb"),
        pytest.param(b"[" * 100_000, "LN004", 1, id="100,000 brackets"),
        pytest.param(b"- " * 100_000, "LN004", 1, id="100,000 dashes"),
        pytest.param(b"a: *b\n", "CF001", 1, id="undefined alias"),
        pytest.param(b"just text\n", "CF", 1, id="a sentence"),
    ]


@pytest.mark.parametrize(("data", "code", "status"), bad_inputs())
def test_bad_input_gets_one_clear_finding(
    run: Run, folder: Path, data: bytes, code: str, status: int
) -> None:
    (folder / "compose.yaml").write_bytes(data)
    answer = run("--output-format", "json")
    report = json.loads(answer.stdout)
    (finding,) = report["diagnostics"]
    assert finding["code"].startswith(code)
    assert finding["start"]["line"] >= 1
    assert answer.exit_code == status


def test_a_folder_named_like_a_compose_file_is_searched(run: Run, lay_out: LayOut) -> None:
    lay_out({"compose.yaml/compose.yml": CLEAN, "compose.yaml/pw": "x", "pw": "x"})
    assert run().exit_code == 0
    assert run("compose.yaml").stdout == "No problems found in 1 file.\n"


def test_a_dangling_link_is_a_file_that_cannot_be_read(run: Run, folder: Path) -> None:
    (folder / "compose.yaml").symlink_to("gone.yaml")
    answer = run("compose.yaml", "--output-format", "concise")
    assert "LN001" in answer.stdout
    assert answer.exit_code == 2


def test_a_pipe_is_not_waited_for(run: Run, folder: Path) -> None:
    os.mkfifo(folder / "compose.yaml")
    answer = run("compose.yaml", "--output-format", "concise")
    assert "LN001" in answer.stdout
    assert answer.exit_code == 2


def test_the_json_report_goes_to_standard_output_only(run: Run, folder: Path) -> None:
    (folder / "compose.yaml").write_text(FAULTY)
    answer = run("--output-format", "json")
    report = json.loads(answer.stdout)
    assert report["version"] == 2
    assert report["summary"]["files"] == 1
    assert {"CF004", "CF401"} <= {item["code"] for item in report["diagnostics"]}
    assert answer.stderr == ""


def test_the_output_file_contains_the_report(run: Run, folder: Path) -> None:
    (folder / "compose.yaml").write_text(FAULTY)
    answer = run("--output-format", "json", "-o", "report.json")
    assert answer.stdout == ""
    assert json.loads((folder / "report.json").read_text())["summary"]["files"] == 1
    assert answer.exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "variables", "colored"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ([], {"NO_COLOR": ""}, False),
    ],
)
def test_options_and_variables_decide_about_colours(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    variables: dict[str, str],
    colored: bool,
) -> None:
    (folder / "compose.yaml").write_text(FAULTY)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    answer = CliRunner().invoke(cli, arguments, color=True)
    assert ("\x1b[" in answer.stdout) is colored


@pytest.mark.parametrize(
    "selector", ["CF210", "missing-healthcheck", "DL3057", "healthcheck_not_set"]
)
def test_a_rule_is_found_by_code_name_and_ids_of_other_linters(run: Run, selector: str) -> None:
    answer = run("rule", selector)
    assert "missing-healthcheck (CF210)" in answer.stdout
    assert answer.exit_code == 0


def test_json_of_the_rules_has_the_documented_keys(run: Run) -> None:
    rules = json.loads(run("rules", "--output-format", "json").stdout)
    assert " ".join(rules[0]) == ("code name severity category summary presets fix equivalents url")


def test_start_up_imports_nothing_heavy(lay_out: LayOut) -> None:
    lay_out(CLEAN_FILES)
    code = (
        "import sys\nfrom composelint.linter.cli.main import cli\n"
        "try:\n    cli([], prog_name='composelint')\nexcept SystemExit as e:\n    assert e.code == 0\n"
        "heavy = {'rich', 'jsonschema', 'jsonschema_rs', 'ruamel.yaml', 'dockerfile_parse', 'importlib.metadata', 'asyncio', 'unittest'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    assert run_python("-c", code, check=True).stdout.splitlines()[-1] == "[]"

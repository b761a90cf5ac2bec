"""Which output goes where: reports, several at once, statistics, notes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from checks import FAULTY, LayOut, Run, run_python


def reads_json(text: str) -> None:
    json.loads(text)


def reads_lines(text: str) -> None:
    for line in text.splitlines():
        json.loads(line)


def reads_xml(text: str) -> None:
    ElementTree.fromstring(text)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("json", reads_json),
        ("json-lines", reads_lines),
        ("sarif", reads_json),
        ("gitlab", reads_json),
        ("rdjson", reads_json),
        ("junit", reads_xml),
        ("checkstyle", reads_xml),
    ],
)
@pytest.mark.parametrize("extra", [[], ["--verbose"], ["--fix"], ["--show-suppressed"]])
def test_standard_output_contains_the_report_only(
    lay_out: LayOut, run: Run, name: str, read: Callable[[str], None], extra: list[str]
) -> None:
    lay_out({"compose.yaml": FAULTY, "composelint.toml": 'preset = "production"\n'})
    answer = run("--output-format", name, *extra)
    read(answer.stdout)
    assert answer.exit_code == 1


def test_one_run_writes_several_reports(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY})
    answer = run(
        "--output-format", "concise",
        "--report", "sarif=out.sarif",
        "--report", "gitlab=out.json",
        "--report", "markdown=out.md",
    )  # fmt: skip
    assert answer.stdout.startswith("compose.yaml:1:1: warning: CF004")
    assert json.loads((folder / "out.sarif").read_text())["version"] == "2.1.0"
    assert isinstance(json.loads((folder / "out.json").read_text()), list)
    assert (folder / "out.md").read_text().startswith("## composelint")
    assert answer.exit_code == 1


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("sarif", "it takes FORMAT=FILE"),
        ("sarif=", "it takes FORMAT=FILE"),
        ("sariff=x", 'did you mean "sarif"?'),
        ("sarif=gone/x.sarif", "gone/x.sarif: No such file or directory"),
    ],
)
def test_a_report_that_cannot_be_written_is_an_error(
    lay_out: LayOut, run: Run, value: str, message: str
) -> None:
    lay_out({"compose.yaml": FAULTY})
    answer = run("--report", value)
    assert answer.exit_code == 2
    assert message in answer.stderr


def test_other_reports_are_written_after_an_error(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY})
    answer = run("--report", "sarif=gone/x", "--report", "json=out.json", "-q")
    assert answer.exit_code == 2
    assert (folder / "out.json").exists()


def test_statistics_count_the_rules(lay_out: LayOut, run: Run) -> None:
    lay_out(
        {
            "a/compose.yaml": FAULTY,
            "b/compose.yaml": FAULTY,
            "c/compose.yaml": "services: {db: {image: postgres}}\n",
        }
    )
    select = ["--statistics", "--select", "CF004,CF401"]
    assert run(*select).stdout == (
        "3  CF401     image-untagged    ██████████████████████████████\n"
        "2  CF004 [*] obsolete-version  ████████████████████\n"
        "Found 5 warnings in 3 files.\n"
        "2 fixable with --fix.\n"
    )
    assert json.loads(run(*select, "--output-format", "json").stdout) == [
        {"code": "CF401", "name": "image-untagged", "count": 3, "fixable": 0, "suggestions": 0},
        {"code": "CF004", "name": "obsolete-version", "count": 2, "fixable": 2, "suggestions": 0},
    ]


def test_statistics_of_one_rule_have_no_bar(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY})
    assert run("--statistics", "--select", "CF004").stdout.startswith(
        "1  CF004 [*] obsolete-version\n"
    )


LIMITED = """\
services:
  web:
    image: nginx:1.30
    deploy: {replicas: 2, resources: {limits: {memory: 768M, cpus: "1"}}}
  job: {image: alpine:3.22, mem_limit: 512M, profiles: [tools]}
"""


@pytest.mark.parametrize("output_format", ["full", "concise", "grouped"])
def test_a_known_machine_is_shown_with_what_the_stack_takes(
    lay_out: LayOut, run: Run, output_format: str
) -> None:
    lay_out({"compose.yaml": LIMITED, "composelint.toml": "host = {memory = '4G', cpus = 2}\n"})
    for _ in range(2):  # the second time from the cache
        answer = run("--select", "CF001", "--format", output_format, "--cache-dir", ".cache")
        assert answer.stdout == (
            "No problems found in 1 file.\n"
            "memory   ███████████░░░░░░░░░░░░░░░░░░░ 1.5G of 4G (38%)\n"
            "CPUs     ██████████████████████████████ 2 of 2 (100%)\n"
        )
    bars = [line for line in run("budget").stdout.splitlines() if "█" in line]
    assert bars[:2] == answer.stdout.splitlines()[1:]


@pytest.mark.parametrize("host", ["", "host = {reserve = '1G'}\n"])
def test_without_a_machine_there_are_no_bars(lay_out: LayOut, run: Run, host: str) -> None:
    lay_out({"compose.yaml": LIMITED, "composelint.toml": host})
    assert run("--select", "CF001").stdout == "No problems found in 1 file.\n"


def test_without_limits_there_are_no_bars(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY, "composelint.toml": "host = {memory = '4G'}\n"})
    assert "█" not in run("--exit-zero").stdout


def test_of_many_stacks_the_fullest_are_shown(lay_out: LayOut, run: Run) -> None:
    lay_out({"composelint.toml": "host = {memory = '1G'}\n"})
    stack = "services: {web: {image: 'nginx:1.30', mem_limit: %sM}}\n"
    lay_out({f"{size}/compose.yaml": stack % size for size in (100, 200, 300, 400, 500)})
    lines = run("--select", "CF001").stdout.splitlines()[1:]
    assert [line for line in lines if line.endswith(":")] == [
        "500/compose.yaml:",
        "400/compose.yaml:",
        "300/compose.yaml:",
    ]
    assert lines[-1] == "and 2 more stacks: composelint budget shows all"


def test_markdown_has_the_bars_in_a_table(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": LIMITED, "composelint.toml": "host = {memory = '4G'}\n"})
    text = run("--select", "CF001", "--format", "markdown").stdout
    assert "| `compose.yaml` | memory | ████████░░░░░░░░░░░░ | 1.5G of 4G (38%) |\n" in text


def test_quiet_prints_nothing_and_keeps_the_exit_code(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY})
    answer = run("--quiet")
    assert (answer.stdout, answer.stderr, answer.exit_code) == ("", "", 1)


def test_verbose_names_the_configuration(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": FAULTY, "composelint.toml": ""})
    assert "composelint: configuration: composelint.toml" in run("--verbose").stderr


def test_paths_of_machine_formats_start_at_the_root(
    folder: Path, lay_out: LayOut, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out({"deploy/compose.yaml": FAULTY})
    monkeypatch.chdir(folder / "deploy")
    assert "file=deploy/compose.yaml," in run("--output-format", "github").stdout
    assert run("--output-format", "concise").stdout.startswith("compose.yaml:1:1")


def test_a_job_summary_links_to_the_commit(
    lay_out: LayOut, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out({"compose.yaml": FAULTY})
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.example")
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/shop")
    monkeypatch.setenv("GITHUB_SHA", "0123abc")
    text = run("--output-format", "markdown").stdout
    assert "(https://github.example/acme/shop/blob/0123abc/compose.yaml#L1)" in text


def at_a_terminal(folder: Path, **variables: str) -> str:
    """The output of the linter if its standard output is a terminal."""
    leader, follower = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "composelint"],
        cwd=folder,
        stdout=follower,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        env={**environment, "TERM": "xterm-256color", **variables},
    )
    os.close(follower)
    chunks = []
    try:
        while chunk := os.read(leader, 65536):
            chunks.append(chunk)
    except OSError:  # the terminal has closed
        pass
    os.close(leader)
    assert process.wait() == 1
    return b"".join(chunks).decode()


def test_a_terminal_gets_colours_and_links(folder: Path, lay_out: LayOut) -> None:
    lay_out({"compose.yaml": FAULTY})
    text = at_a_terminal(folder)
    assert "\x1b[1;33m" in text
    assert "\x1b]8;;https://" in text
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in at_a_terminal(folder, **variables)


def test_a_pipe_gets_no_escape_sequences(folder: Path, lay_out: LayOut) -> None:
    lay_out({"compose.yaml": FAULTY})
    answer = run_python("-m", "composelint", folder=folder, TERM="xterm-256color")
    assert "\x1b" not in answer.stdout
    assert "https://" in answer.stdout


@pytest.mark.parametrize(
    "arguments", [["\x1b[31mgone"], ["--select", "\x1b[31m"], ["--baseline", "\x1b[31m"],
                  ["--config", "\x1b[31m.toml"], ["--report", "json=\x1b[31m/x"]]
)  # fmt: skip
def test_control_characters_in_messages_are_escaped(
    lay_out: LayOut, run: Run, arguments: list[str]
) -> None:
    lay_out({"compose.yaml": FAULTY})
    answer = run(*arguments)
    assert answer.exit_code == 2
    assert "\x1b" not in answer.stderr
    assert "\\x1b[31m" in answer.stderr


def test_control_characters_in_listed_paths_are_escaped(lay_out: LayOut, run: Run) -> None:
    lay_out({"a\x1b[31m/compose.yaml": FAULTY})
    assert run("--show-files").stdout == "a\\x1b[31m/compose.yaml\n"
    assert "\x1b" not in run("--show-settings").stdout

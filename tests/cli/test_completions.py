"""What shells offer: verbs, options, and the values of both."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from checks import LayOut, Run, write_program
from click.shell_completion import BashComplete, CompletionItem, get_completion_class
from composelint.linter.base.names import FORMATS, PRESETS
from composelint.linter.cli import VERBS
from composelint.linter.cli.main import cli

STACK = {
    "compose.yaml": "services:\n"
    "  web: {image: nginx, profiles: [dev, debug]}\n"
    "  api: {image: node}\n",
    "other/compose.yaml": "services: {job: {image: node, profiles: [nightly]}}\n",
    "composelint.toml": '[[policies]]\ncode = "ACME001"\nname = "no-team"\nmessage = "m"\nmatch = {}\n',
}


def items(line: str) -> list[CompletionItem]:
    """What is offered for the last word of a line; a space after it begins another one."""
    *arguments, incomplete = line.split(" ")
    shell = BashComplete(cli, {}, "composelint", "_COMPOSELINT_COMPLETE")
    return shell.get_completions(arguments, incomplete)


def offered(line: str) -> list[str]:
    return [item.value for item in items(line) if item.type == "plain"]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("", list(VERBS)),
        ("ru", ["rule", "rules"]),
        ("--preset ", list(PRESETS)),
        ("--preset p", ["production"]),
        ("check --preset h", ["hybrid", "hardened"]),
        ("rules --preset p", ["production"]),
        ("init --preset dev", ["development"]),
        ("--output-format j", ["json", "json-lines", "junit"]),
        ("--format s", ["sarif"]),
        ("--fail-on ", ["error", "warning", "info", "never"]),
        ("rules --standard ", ["cis", "owasp"]),
        ("init --from had", ["hadolint"]),
        ("--report sar", ["sarif=composelint.sarif"]),
        ("config fail", ["fail-on"]),
        ("--profile ", ["debug", "dev"]),
        ("--profile de", ["debug", "dev"]),
        ("other/compose.yaml --profile ", ["nightly"]),
        ("--stack other/compose.yaml --profile ", ["nightly"]),
        ("budget --profile d", ["debug", "dev"]),
        ("budget --critical ", ["api", "web"]),
        ("budget --critical api,", ["api,web"]),
        ("--color a", ["auto", "always"]),
        ("rule CF201", ["CF201"]),
        ("rule cf201", ["cf201"]),
        ("rule missing-h", ["missing-healthcheck"]),
        ("rule ACME", ["ACME001"]),
        ("rule no-te", ["no-team"]),
        ("--select ALL,CF201,missing-h", ["ALL,CF201,missing-healthcheck"]),
        ("--ignore secur", ["security"]),
        ("--unfixable obsolete-v", ["obsolete-version"]),
        ("rules healthcheck-to", ["healthcheck-tool-missing"]),
    ],
)  # fmt: skip
def test_values_are_offered(lay_out: LayOut, line: str, values: list[str]) -> None:
    lay_out(STACK)
    assert offered(line) == values


def test_options_are_offered_with_and_without_the_verb() -> None:
    assert set(offered("--prof")) == set(offered("check --prof")) == {"--profile"}


def test_a_rule_that_is_given_is_not_offered_again() -> None:
    assert "CF201,CF201" not in offered("--select CF201,CF20")
    assert "CF201,CF202" in offered("--select CF201,CF20")


def test_names_and_codes_say_what_they_are() -> None:
    (code,) = items("rule CF210")
    assert code.help == "missing-healthcheck"
    assert all(item.help for item in items("--select missing-"))


def test_reports_have_all_formats() -> None:
    assert [each.partition("=")[0] for each in offered("--report ")] == list(FORMATS)


@pytest.mark.parametrize(
    "line",
    ["--config ", "--baseline ", "--env-file ", "--stack ", "-o ", "budget ", "config --path "],
)
def test_paths_are_left_to_the_shell(line: str) -> None:
    assert [item.type for item in items(line)] == ["file"]


@pytest.mark.parametrize("text", ["services: [", "\0", "services: {a: {extends: {file: b.yaml}}}"])
def test_files_with_errors_are_no_problem(
    lay_out: LayOut, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_out({"compose.yaml": text, "composelint.toml": "preset = 1\n"})
    assert offered("--profile ") == []
    assert offered("rule missing-h") == ["missing-healthcheck"]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_the_one_of_click(run: Run, shell: str) -> None:
    cls = get_completion_class(shell)
    assert cls is not None
    script = run("completions", shell).stdout
    assert f"_COMPOSELINT_COMPLETE={shell}_complete" in script
    # A list of rules has commas.
    assert ("-m 1" in script) == (shell == "fish")


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_offers_lists_as_they_are(lay_out: LayOut, tmp_path: Path, run: Run) -> None:
    lay_out(STACK)
    script = run("completions", "bash").stdout
    write_program(tmp_path / "bin" / "composelint")
    call = (
        f"{script}\nCOMP_WORDS=(composelint --select CF201,missing-h); COMP_CWORD=2\n"
        '_composelint_completion composelint\nprintf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    answer = subprocess.run(
        ["bash", "-c", call],
        env={**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == "CF201,missing-healthcheck\n"

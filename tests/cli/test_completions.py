"""What shells offer: verbs, options, and the values of both."""

from __future__ import annotations

import pytest
from checks import LayOut, Run
from click.shell_completion import BashComplete, CompletionItem
from composelint.linter.base.names import FORMATS, PRESETS
from composelint.linter.cli import VERBS
from composelint.linter.cli.main import cli
from composelint.linter.cli.shells import SHELLS

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
        ("rule", ["rule", "rules"]),
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
        ("why serv", ["services"]),
        ("why w", ["web"]),
        ("why web.pro", ["web.profiles"]),
        ("why services.web.profiles", ["services.web.profiles"]),
        ("why services.web.profiles[", ["services.web.profiles[0]", "services.web.profiles[1]"]),
        ("why other/compose.yaml job.im", ["job.image"]),
        ("why web.nothing.", []),
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
def test_the_script_asks_the_program(run: Run, shell: str) -> None:
    script = run("completions", shell).stdout
    assert f"_COMPOSELINT_COMPLETE={shell}_complete" in script


@pytest.mark.parametrize(
    ("shell", "typed", "answer"),
    [
        ("bash", "--preset=pro", "plain,production"),
        ("zsh", "--preset=pro", "plain\n--preset=production\n_"),
        ("fish", "--preset=pro", "plain,--preset=production"),
        ("zsh", "--config=co", "file\nco\n_"),
        ("fish", "--config=co", "file,co"),
    ],
)
def test_a_value_behind_its_option(
    monkeypatch: pytest.MonkeyPatch, shell: str, typed: str, answer: str
) -> None:
    monkeypatch.setenv("COMP_WORDS", f"composelint {typed}")
    monkeypatch.setenv("COMP_CWORD", typed if shell == "fish" else "1")
    asked = SHELLS[shell](cli, {}, "composelint", "_COMPOSELINT_COMPLETE")
    assert asked.complete() == answer


def test_a_list_of_rules_has_commas_in_fish() -> None:
    assert 'string split -m 1 ","' in SHELLS["fish"].source_template

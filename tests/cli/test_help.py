"""What ``--help`` shows, at any width; its examples are calls that work."""

from __future__ import annotations

import re
import shlex
from glob import glob

import click
import pytest
from checks import FAULTY, LayOut, Run
from composelint.linter.cli import VERBS
from composelint.linter.cli.help import EXAMPLES, VERB_GROUPS
from composelint.linter.cli.main import cli
from composelint.linter.config.options import GROUPS, OPTIONS, grouped

ALL = ["", *VERBS]


def help_of(run: Run, verb: str, width: int = 100) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(width))
        answer = run(*verb.split(), "--help")
    assert answer.exit_code == 0
    return answer.stdout


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^(\S.*):\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_verbs_are_in_groups(run: Run) -> None:
    assert sorted(verb for verbs in VERB_GROUPS.values() for verb in verbs) == sorted(VERBS)
    shown = sections(help_of(run, ""))
    for title, verbs in VERB_GROUPS.items():
        assert re.findall(r"^  (\S+)  +\S", shown[title], re.MULTILINE) == list(verbs)
    assert list(shown)[: len(VERB_GROUPS)] == list(VERB_GROUPS)


def test_options_are_in_groups(run: Run) -> None:
    shown = sections(help_of(run, "check"))
    assert list(shown)[: len(GROUPS)] == list(GROUPS.values())
    for title, options in grouped().items():
        listed = re.findall(r"^  (--?\S.*?)(?:  |$)", shown[title], re.MULTILINE)
        visible = [option for option in options if not option.hidden]
        # The last group also has --help.
        assert len(listed) == len(visible) + (title == list(GROUPS.values())[-1])
        for option, text in zip(visible, listed, strict=False):
            assert text.startswith(", ".join(option.names))


def test_own_options_of_a_verb_come_first(run: Run) -> None:
    shown = sections(help_of(run, "rules"))
    assert list(shown)[:2] == ["Options", "Configuration"]
    assert "--standard" in shown["Options"]
    assert "--trust" in shown["Configuration"]


@pytest.mark.parametrize("verb", VERBS)
def test_help_is_not_among_options_about_something_else(run: Run, verb: str) -> None:
    titles = [title for title, text in sections(help_of(run, verb)).items() if "--help " in text]
    assert titles in (["Options"], ["Other"])


def test_the_words_of_reports_are_explained(run: Run) -> None:
    shown = sections(help_of(run, "check"))["Words of the report"]
    assert re.findall(r"^  (\S.*?)  ", shown, re.MULTILINE) == [
        "[*]",
        "suggestion",
        "shown as N entries",
    ]
    assert "Words of the report" not in help_of(run, "format")


def test_a_value_behind_a_sign_has_no_blank_before_it(run: Run) -> None:
    assert "  --add-ignores[=REASON] " in help_of(run, "check")


@pytest.mark.parametrize("verb", ALL)
def test_examples_and_variables_are_shown(run: Run, verb: str) -> None:
    shown = sections(help_of(run, verb))
    for command, purpose in EXAMPLES[verb]:
        assert f"  {command}\n      {purpose}\n" in shown["Examples"]
    assert "NO_COLOR" in shown["Environment variables"]
    has = verb in ("", "check", "baseline")
    assert ("COMPOSELINT_CACHE_DIR" in shown["Environment variables"]) == has


def test_every_variable_is_in_the_help(run: Run) -> None:
    shown = sections(help_of(run, "check"))["Environment variables"]
    for option in OPTIONS.values():
        assert not option.env or option.env in shown


@pytest.mark.parametrize(
    "command",
    [
        command
        for verb, examples in EXAMPLES.items()
        for command, _ in examples
        # The server waits for a client (tests/lsp), a fleet needs repositories (tests/fleet).
        if verb not in ("server", "fleet")
    ],
)
def test_examples_work(lay_out: LayOut, run: Run, command: str) -> None:
    program, *arguments = shlex.split(command.partition(" > ")[0])
    assert program == "composelint"
    lay_out(
        {
            "compose.yaml": FAULTY,
            "compose.prod.yaml": "services: {db: {restart: always}}\n",
            "src/Dockerfile": "FROM scratch\n",
            "services/api/Dockerfile": "FROM scratch\n",
            ".hadolint.yaml": "ignored: [DL3008]\n",
        }
    )
    if "policy" in arguments:
        table = "code: ACME1, name: a-b, message: m, match: {}, good: ['image: a']"
        lay_out(
            dict.fromkeys((".composelint.yaml", "policies/a.yaml"), f"policies: [{{{table}}}]\n")
        )
    if "why" in arguments:
        web = "services: {web: {image: a, mem_limit: 1g, environment: [MODE=prod]}}\n"
        lay_out({"compose.yaml": web, "Dockerfile": "FROM scratch AS build\nUSER 1000\n"})
    # A shell fills in names for patterns.
    arguments = [name for each in arguments for name in (glob(each) if "*" in each else [each])]
    answer = run(*arguments)
    assert answer.exit_code in (0, 1), answer.stderr
    assert "internal error" not in answer.stderr


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("verb", ALL)
def test_help_fits_the_terminal(run: Run, verb: str, width: int) -> None:
    text = help_of(run, verb, width)
    commands = [command for command, _ in EXAMPLES[verb]]
    for line in text.splitlines():
        # Commands, options and addresses are not broken.
        is_whole = line.strip() in commands or " " not in line.strip()
        is_whole = is_whole or (width == 40 and line.startswith("  --"))
        assert len(line) <= min(width, 102) or is_whole, line


def test_headings_are_bold_with_colours_only(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in help_of(run, "check")
    monkeypatch.setenv("FORCE_COLOR", "1")
    command = cli.get_command(click.Context(cli), "check")
    assert command is not None
    assert "\x1b[1mRules:\x1b[0m" in command.get_help(
        command.make_context("check", [], resilient_parsing=True)
    )


def test_the_help_names_every_choice() -> None:
    context = click.Context(cli)
    for verb in VERBS:
        command = cli.get_command(context, verb)
        assert command is not None
        for param in command.params:
            if isinstance(param, click.Option) and isinstance(param.type, click.Choice):
                record = param.get_help_record(context)
                assert record is None or all(
                    each in " ".join(record) for each in param.type.choices
                )
                assert record is None or param.help


@pytest.mark.parametrize(
    "arguments", [["compose.yaml"], ["rule", "CF201"], ["rules"], ["config"], ["budget"]], ids=str
)
def test_format_is_short_for_output_format(lay_out: LayOut, run: Run, arguments: list[str]) -> None:
    lay_out({"compose.yaml": FAULTY})
    long = run(*arguments, "--output-format", "json")
    assert run(*arguments, "--format", "json").stdout == long.stdout
    assert long.stdout[0] in "[{"

"""The manual page ``composelint.1``, made from the command line and its help."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
from composelint.linter.cli.help import (
    EXAMPLES,
    EXIT_CODES,
    REPORT_WORDS,
    VERB_GROUPS,
    option_groups,
    variables_of,
)
from composelint.linter.cli.main import cli
from composelint.linter.files.kinds import CONFIG_FILES
from composelint.linter.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FILES = (
    (CONFIG_FILES[0], "The configuration, searched upwards from each linted file."),
    (".composelint-baseline.json", "Findings that are known (composelint baseline)."),
    (".composelint_cache", "The cache, in the project's folder."),
)


def man_page() -> str:
    """The page in roff, with the macros of man(7)."""
    context = click.Context(cli, info_name="composelint", **cli.context_settings)
    lines = [
        '.\\" Made by tools/generate.py from the options of the program.',
        f'.TH COMPOSELINT 1 "" "composelint {VERSION}" "User Commands"',
        ".SH NAME",
        r"composelint \- lints and fixes Compose files, Dockerfiles, ignore files and env files",
        ".SH SYNOPSIS",
    ]
    commands = {
        verb: command
        for verbs in VERB_GROUPS.values()
        for verb in verbs
        if (command := cli.get_command(context, verb)) is not None
    }
    lines += [
        line
        for verb, command in commands.items()
        for line in (
            ".B composelint" if verb == "check" else f".B composelint {escaped(verb)}",
            escaped(" ".join(command.collect_usage_pieces(click.Context(command)))),
            ".br",
        )
    ]
    lines += [".SH DESCRIPTION", *paragraphs(cli.help or "")]
    check = commands.pop("check")
    lines.append(".SH OPTIONS")
    for title, rows in option_groups(check, click.Context(check, context, "check")):
        lines += [f".SS {escaped(title)}", *definitions(rows)]
    lines += [".SH REPORTS", *definitions(REPORT_WORDS["check"])]
    lines.append(".SH VERBS")
    for verb, command in commands.items():
        lines += [f".SS {escaped(verb)}", *paragraphs(command.help or "")]
        groups = dict(option_groups(command, click.Context(command, context, verb)))
        # Those of the table are explained above.
        lines += definitions(groups.pop("Options", []))
        shared = [names for rows in groups.values() for names, _ in rows]
        if shared:
            lines += [".PP", f"It has these options of check, too: {escaped(', '.join(shared))}."]
    lines += [".SH EXIT STATUS", *definitions(EXIT_CODES)]
    lines += [".SH ENVIRONMENT", *definitions(variables_of(None))]
    lines += [".SH FILES", *definitions(FILES), ".SH EXAMPLES"]
    for examples in EXAMPLES.values():
        for command_line, purpose in examples:
            lines += [".PP", escaped(purpose), ".PP", ".nf", ".RS", escaped(command_line)]
            lines += [".RE", ".fi"]
    lines += [
        ".SH SEE ALSO",
        ".UR https://github.com/composelint/composelint/tree/main/docs",
        "The documentation",
        ".UE",
    ]
    return "\n".join(lines) + "\n"


def paragraphs(text: str) -> Iterator[str]:
    """A docstring as paragraphs."""
    for paragraph in re.split(r"\n\s*\n", text.replace("\b", "").strip()):
        yield ".PP"
        yield escaped(" ".join(paragraph.split()))


def definitions(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Terms in bold, each with its explanation."""
    for term, text in rows:
        yield ".TP"
        yield f".B {escaped(term)}"
        yield escaped(text)


def escaped(text: str) -> str:
    """A text without the special meanings of roff, and with hyphens that can be copied."""
    text = text.replace("\\", r"\e").replace("-", r"\-")
    text = "".join(char if char.isascii() else f"\\[u{ord(char):04X}]" for char in text)
    return rf"\&{text}" if text.startswith((".", "'")) else text

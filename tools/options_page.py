"""The page of all options, made of the tables that the command line and the configuration are made of."""

from __future__ import annotations

import json
import re

import click
from composelint.linter.cli import VERBS
from composelint.linter.cli.help import variables_of
from composelint.linter.cli.main import cli
from composelint.linter.config.options import FLAG, LIST, NUMBER, OPTIONS, SWITCH, grouped
from composelint.linter.config.schema import CONFIG, DEFINITIONS, USER
from composelint.linter.rulebook.options import options_schema
from composelint.linter.rulebook.pages import option_rows, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from composelint.linter.config.options import Option
    from composelint.linter.config.schema_parts import Schema
    from composelint.linter.rule import Rule

HEAD = """\
# All options

This page is generated from the tables that the program itself uses. How they work together is in
[configuration](configuration.md); the options of rules are also on the pages of the rules.

An option of the command line goes before the setting of the same name, and a setting before the default.
"""

STAR = re.compile(r"\*(?=(?:[^`]*`[^`]*`)*[^`]*\Z)")
"""A star outside of code, which would begin emphasis."""

VARIABLES = {
    "TERM": "`dumb`: no colours and no progress",
    "CI": "not empty: no cache, unless `--cache-dir` names one",
    "XDG_CONFIG_HOME": "where your own configuration is, `composelint/config.toml`; `~/.config` by default",
    "XDG_STATE_HOME": "where the key of the cache is; `~/.local/state` by default",
    "GITHUB_SERVER_URL": "with `GITHUB_REPOSITORY` and `GITHUB_SHA`: the links of the format `markdown`",
    "SOURCE_DATE_EPOCH": "seconds since 1970: the time that the format `html` states, instead of now",
    "CI_PROJECT_URL": "with `CI_COMMIT_SHA`: the same on GitLab",
}
"""Variables that the help does not name, with what they do."""


def options_page(rules: Iterable[Rule]) -> str:
    """The text of ``docs/options.md``."""
    lines = [HEAD]
    lines += ["## Options of composelint check", ""]
    for title, options in grouped().items():
        lines += [f"### {title}", ""]
        lines += table(
            ("Option", "Type", "Default", "Setting", "What it does"),
            (check_row(option) for option in options if not option.hidden),
        )
    lines += ["## Options of other verbs", ""]
    for verb in VERBS:
        rows = list(verb_rows(verb)) if verb != "check" else []
        if rows:
            lines += [f"### composelint {verb}", ""]
            lines += table(("Option", "Type", "Default", "What it does"), rows)
    lines += ["## Settings", "", "The keys of a [configuration](configuration.md).", ""]
    lines += table(("Key", "Type", "Default", "What it does"), schema_rows(CONFIG, ""))
    lines += [
        *("## Settings of your own configuration", ""),
        "The keys of `~/.config/composelint/config.toml`, which no project can set for you"
        " ([why](configuration.md#what-a-tree-may-not-decide)).",
        "",
    ]
    lines += table(("Key", "Type", "Default", "What it does"), schema_rows(USER, ""))
    lines += ["## Environment variables", ""]
    lines += table(("Variable", "What it does"), variable_rows())
    lines += ["## Options of rules", "", "They are set under `[rules.NAME]`.", ""]
    lines += table(("Rule", "Option", "Type", "Default", "What it does"), rule_rows(rules))
    return "\n".join(lines).rstrip("\n") + "\n"


def table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """A Markdown table."""
    lines = [f"| {' | '.join(titles)} |", f"|{'---|' * len(titles)}"]
    for row in rows:
        cells = [STAR.sub(r"\\*", cell).replace("|", r"\|").replace("\n", " ") for cell in row]
        lines.append(f"| {' | '.join(cells)} |".replace("  ", " "))
    return [*lines, ""]


def code(text: str) -> str:
    """A code span; empty for nothing."""
    return f"`{text}`" if text else ""


def one_of(names: Iterable[str]) -> str:
    return ", ".join(map(code, names))


def sentence(text: str) -> str:
    return text if not text or text.endswith((".", ")")) else f"{text}."


def value(default: Any) -> str:
    """A default as it is written in TOML; empty for nothing."""
    if default in (None, False, "", (), []):
        return ""
    return code(default if isinstance(default, str) else json.dumps(default, ensure_ascii=False))


def check_row(option: Option) -> tuple[str, ...]:
    """The row of an option of ``composelint check``."""
    names = [*option.names]
    if option.metavar:
        names[-1] += option.metavar if option.metavar.startswith("[") else f" {option.metavar}"
    if option.kind == SWITCH:
        names.append(f"--no-{names[0].removeprefix('--')}")
    kind = {FLAG: "flag", SWITCH: "switch", LIST: "list", NUMBER: "number"}.get(option.kind, "text")
    setting = code(option.key)
    if option.env:
        setting = "; ".join(filter(None, (setting, f"{code(option.env)} in the environment")))
    return (
        one_of(names),
        one_of(option.choices) or kind,
        value(option.default),
        setting,
        sentence(option.help),
    )


def verb_rows(verb: str) -> Iterator[tuple[str, ...]]:
    """The rows of the options of another verb. Those of ``check`` are only named."""
    command = cli.get_command(click.Context(cli), verb)
    assert command is not None
    shared = {name: option for option in OPTIONS.values() for name in option.names}
    same = []
    for option in command.params:
        if not isinstance(option, click.Option) or option.hidden:
            continue
        known = shared.get(option.opts[-1])
        if known is not None and known.help == option.help:
            same.append(code(option.opts[-1]))
            continue
        names = [*option.opts]
        if option.metavar:
            names[-1] += f" {option.metavar}"
        choices = option.type.choices if isinstance(option.type, click.Choice) else ()
        kind = "flag" if option.is_flag else "list" if option.multiple else "text"
        default = option.default if isinstance(option.default, str) else None
        text = (option.help or "").replace("\n", " ")
        yield one_of(names), one_of(choices) or kind, value(default), sentence(text)
    if same:
        yield ", ".join(same), "", "", "As for `composelint check`."


def schema_rows(schema: Schema, prefix: str) -> Iterator[tuple[str, ...]]:
    """The rows of the keys in the schema of a table, with those of the tables in it."""
    for name, part in schema["properties"].items():
        if name == "$schema":
            continue
        each = resolved(part)
        needed = " Required." if name in schema.get("required", ()) else ""
        kind = "" if "properties" in each and each.get("properties") else kind_of(each)
        yield (
            code(prefix + name),
            kind or "table",
            value(each.get("default")),
            sentence(each["description"]) + needed,
        )
        items = resolved(each.get("items", {}))
        branches = [resolved(one) for one in items.get("anyOf", (items,))]
        inner = next((one for one in branches if "properties" in one), None)
        if inner is not None:
            yield from schema_rows(inner, f"{prefix}{name}[].")
        elif each.get("properties"):
            yield from schema_rows(each, f"{prefix}{name}.")


def resolved(schema: Schema) -> Schema:
    """What a reference leads to, with its own description if it has one."""
    reference = schema.get("$ref")
    if reference is None:
        return schema
    target: Schema = DEFINITIONS[reference.rpartition("/")[2]]
    return {**target, **{key: each for key, each in schema.items() if key != "$ref"}}


def kind_of(schema: Schema) -> str:
    """The type of a setting in words, as errors of the configuration call it."""
    if "enum" in schema:
        return one_of(schema["enum"])
    expected: str = schema.get("x-expected", "")
    return expected or type_name(schema)


def variable_rows() -> Iterator[tuple[str, ...]]:
    """The rows of the environment variables: those in the help, then the others."""
    told = dict(variables_of(None))
    for name, text in {**told, **VARIABLES}.items():
        yield code(name), sentence(f"{text[:1].upper()}{text[1:]}")


def rule_rows(rules: Iterable[Rule]) -> Iterator[tuple[str, ...]]:
    """The rows of the options of all rules."""
    for rule in rules:
        schema = options_schema(rule)
        for cells in option_rows(schema) if schema is not None else ():
            yield f"[{rule.name}](rules/{rule.name}.md)", *cells

"""The table of options, and everything that is made from it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import composelint
import pytest
from composelint.linter.base.units import parse_size
from composelint.linter.cli import VERBS
from composelint.linter.cli.check import check
from composelint.linter.cli.main import cli
from composelint.linter.cli.options import options_of
from composelint.linter.config.options import (
    FLAG,
    GROUPS,
    LIST,
    NUMBER,
    OPTIONS,
    SWITCH,
    VALUE,
    Option,
    Options,
    grouped,
)
from composelint.linter.config.schema import CONFIG
from composelint.linter.config.settings import Config
from composelint.linter.rulebook.binding import load_config

ALL = list(OPTIONS.values())
WRITTEN = [option for option in ALL if option.names]
CONFIGURED = [option for option in ALL if option.configured]


def name(option: object) -> str | None:
    return option.attribute if isinstance(option, Option) else None


def parameter(option: Option) -> click.Option:
    """The option of the command ``check`` that is made from a row of the table."""
    (parameter_of_click,) = (each for each in check.params if each.name == option.attribute)
    assert isinstance(parameter_of_click, click.Option)
    return parameter_of_click


def test_every_option_belongs_to_one_group() -> None:
    assert [option for group in grouped().values() for option in group] == WRITTEN
    assert list(grouped()) == list(GROUPS.values())
    names = [each for option in WRITTEN for each in option.names]
    assert len(names) == len(set(names))
    assert [option.attribute for option in ALL if not option.names] == ["overrides"]


def test_check_has_the_options_of_the_table_only() -> None:
    assert [each.name for each in check.params] == ["paths", *map(name, WRITTEN)]


@pytest.mark.parametrize("option", WRITTEN, ids=name)
def test_each_click_option_follows_its_row_of_the_table(option: Option) -> None:
    click_option = parameter(option)
    assert tuple(click_option.opts) == option.names
    assert click_option.multiple == (option.kind == LIST)
    assert click_option.is_flag == (option.kind in (FLAG, SWITCH))
    assert bool(click_option.secondary_opts) == (option.kind == SWITCH)
    assert isinstance(click_option.type, click.IntRange) == (option.kind == NUMBER)
    choices = click_option.type.choices if isinstance(click_option.type, click.Choice) else ()
    assert tuple(choices) == option.choices
    assert (click_option.envvar or "") == option.env
    assert (click_option.metavar or "") == option.metavar
    assert click_option.hidden == option.hidden
    assert (click_option.help or "").startswith(option.help.removesuffix("."))


@pytest.mark.parametrize("option", ALL, ids=name)
def test_an_option_that_is_not_given_has_the_same_value_everywhere(option: Option) -> None:
    given = check.make_context("check", []).params
    del given["paths"]
    for options in (Options(), options_of({}), options_of(given)):
        assert getattr(options, option.attribute) == option.unset


@pytest.mark.parametrize(
    ("attribute", "kind", "unset"),
    [
        ("fix", FLAG, False),
        ("inline_ignores", SWITCH, None),
        ("preset", VALUE, None),
        ("color", VALUE, "auto"),
        ("ignore", LIST, ()),
        ("select", LIST, None),
        ("config", LIST, None),
        ("jobs", NUMBER, 0),
    ],
)
def test_the_type_of_an_option_decides_how_it_is_given(
    attribute: str, kind: str, unset: object
) -> None:
    assert (OPTIONS[attribute].kind, OPTIONS[attribute].unset) == (kind, unset)


def test_an_option_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(TypeError, match="there is no option presets"):
        Options(**dict[str, Any](presets="all"))


# --- other verbs


@pytest.mark.parametrize("verb", VERBS)
def test_options_of_other_verbs_are_those_of_the_table(verb: str) -> None:
    command = cli.get_command(click.Context(cli), verb)
    assert command is not None
    own_options = {
        "baseline": {"output_file"},
        "budget": {"preset", "output_format"},
        "config": {"stacks", "output_format"},
        "fleet": {"output_format", "since"},
        "format": {"diff"},
        "graph": {"output_format", "output_file"},
        "init": {"preset"},
        "rule": {"output_format"},
        "why": {"output_format"},
        "rules": {"preset", "output_format"},
    }.get(verb, set())
    shared = [
        each for each in command.params if each.name in OPTIONS and each.name not in own_options
    ]
    for each in shared:
        assert each.to_info_dict() == parameter(OPTIONS[str(each.name)]).to_info_dict()
    assert bool(shared) == (verb not in ("init", "completions"))


# --- the library

RENAMED = {"exclude": "extend_exclude", "unsafe": "unsafe_fixes"}
NO_OPTIONS = {"paths", "texts", "text", "path", "write"}


@pytest.mark.parametrize(
    "function",
    [composelint.check, composelint.check_texts, composelint.fix, composelint.fix_text],
    ids=lambda function: function.__name__,
)
def test_the_library_has_the_same_defaults(function: Callable[..., object]) -> None:
    parameters = inspect.signature(function).parameters
    assert {"config", "isolated", "preset", "select", "ignore"} <= parameters.keys()
    for each in parameters.keys() - NO_OPTIONS:
        assert parameters[each].default == OPTIONS[RENAMED.get(each, each)].unset, each
        assert parameters[each].kind is inspect.Parameter.KEYWORD_ONLY


def test_a_report_is_rendered_in_the_default_format() -> None:
    signature = inspect.signature(composelint.Report.render)
    assert signature.parameters["output_format"].default == OPTIONS["output_format"].default


# --- the configuration


@pytest.mark.parametrize("option", CONFIGURED, ids=name)
def test_each_setting_of_the_table_exists_with_the_same_default(option: Option) -> None:
    schema = CONFIG["properties"][option.key]
    assert schema.get("default") == (None if option.default == () else option.default)
    if option.choices:
        assert tuple(schema["enum"]) == option.choices
    if option.kind in (FLAG, SWITCH):
        assert schema["type"] == "boolean"
    if option.kind == LIST:
        assert schema["type"] == "array"


def test_each_setting_with_an_option_is_in_the_table() -> None:
    settings = {key for key in CONFIG["properties"] if key.replace("-", "_") in OPTIONS}
    # The table [fix] holds values that fixes write.
    assert settings - {"fix"} == {option.key for option in CONFIGURED}


def test_an_empty_configuration_is_the_default_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "composelint.toml").write_text("")
    config = load_config()
    path, folder, layers = "composelint.toml", str(tmp_path), config.layers
    assert config == Config(path=path, folder=folder, layers=layers)
    assert Config().max_file_size == parse_size(CONFIG["properties"]["max-file-size"]["default"])
    for key, schema in CONFIG["properties"].items():
        if isinstance(schema.get("default"), bool):
            assert getattr(Config(), key.replace("-", "_")) is schema["default"]


@pytest.mark.parametrize(
    ("options", "changed"),
    [
        (Options(), {}),
        (Options(preset="all", select=("CF",), exclude=("a",), stacks=("a:b",)), {}),
        (Options(force_exclude=False, use_environment=False), {}),
        (
            Options(force_exclude=True, use_environment=True),
            {"force_exclude": True, "use_environment": True},
        ),
        (Options(respect_gitignore=False), {"respect_gitignore": False}),
        (Options(inline_ignores=True), {"inline_ignores": True}),
        (
            Options(fail_on="never", output_format="json"),
            {"fail_on": "never", "output_format": "json"},
        ),
        (Options(baseline="known.json"), {"baseline": "known.json"}),
    ],
)
def test_options_override_the_configuration(options: Options, changed: dict[str, Any]) -> None:
    config = Config(inline_ignores=False, fail_on="error", baseline="b.json", registries=("a",))
    assert options.applied_to(config) == config._replace(**changed)

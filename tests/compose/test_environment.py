"""Where variables come from, as Docker Compose 2.40.3 answered for each case."""

from __future__ import annotations

import pytest
from composelint.linter.base.text import SourceFile
from composelint.linter.compose.environment import Variables, project_variables, selected_env_files
from composelint.linter.source.dotenv import EnvSyntax
from composelint.linter.source.dotenv_parser import parse_env
from composelint.linter.source.template import Opaque, Result, interpolate


def env(text: str, path: str = ".env") -> EnvSyntax:
    return parse_env(SourceFile(path, text))


def project(*groups: list[str], process: dict[str, str] | None = None) -> Variables:
    parsed = [
        [env(text, f"{number}-{index}.env") for index, text in enumerate(group)]
        for number, group in enumerate(groups)
    ]
    return project_variables(parsed, process)


def value(variables: Variables, text: str) -> str | None:
    result = interpolate(text, variables.lookup)
    assert isinstance(result, Result)
    return result.value


# Env files group by group (the strongest group first), process environment, template, value.
PRECEDENCE: list[tuple[list[list[str]], dict[str, str], str, str]] = [
    # one file
    ([], {}, "${A-unset}", "unset"),
    ([["A=1\n"]], {}, "$A", "1"),
    ([["a=1\nA=2\n"]], {}, "$a$A", "12"),
    ([["A=\n"]], {}, "${A-unset}", ""),
    ([["A=1\nA=2\n"]], {}, "$A", "2"),
    ([["A\n"]], {}, "${A-unset}", "unset"),
    ([["1A=1\nA.b=2\n"]], {}, "${A-unset}", "unset"),
    # the process comes before files, empty values too
    ([["A=dot\n"]], {"A": "proc"}, "$A", "proc"),
    ([["A=dot\n"]], {"A": ""}, "${A-unset}", ""),
    ([["P=own\nA=${P}2\n"]], {"P": "p"}, "$A", "p2"),
    ([["A\n"]], {"A": "proc"}, "$A", "proc"),
    # several files: the last wins and sees the others
    ([["A=1\n", "A=2\n"]], {}, "$A", "2"),
    ([["A=1\n", "A=${A}2\n"]], {}, "$A", "12"),
    ([["A=${B-unset}\n", "B=1\n"]], {}, "$A", "unset"),
    ([["A=1\n", "A\n"]], {}, "$A", "1"),
    # .env of the working directory, then that of the Compose file
    ([["A=cwd\n"], ["A=sub\nB=sb\n"]], {}, "$A $B", "cwd sb"),
    ([["A=cwd\n"], ["A=sub\nB=$A\n"]], {}, "$B", "cwd"),
]


@pytest.mark.parametrize(("groups", "process", "text", "expected"), PRECEDENCE, ids=repr)
def test_the_strongest_source_of_a_variable_wins(
    groups: list[list[str]], process: dict[str, str], text: str, expected: str
) -> None:
    assert value(project(*groups, process=process), text) == expected


# The parent's env file, the included stack's own files, template, value inside it.
INCLUDED: list[tuple[str, list[str], str, str]] = [
    ("A=top\n", ["A=s\nB=sb\n"], "$A $B", "top sb"),
    ("", ["A=e1\nB=e1\n", "B=e2$A\n"], "$A $B", "e1 e2e1"),
    ("A=1\n", [], "$A", "1"),
    ("A=1\n", ["B=$A\n"], "$B", "1"),
    ("", ["Z=$COMPOSE_PROJECT_NAME\n"], "$Z", "shop"),
    ("", ["COMPOSE_PROJECT_NAME=other\n"], "$COMPOSE_PROJECT_NAME", "shop"),
]


@pytest.mark.parametrize(("parent", "own", "text", "expected"), INCLUDED, ids=repr)
def test_included_stacks_have_variables_of_their_own(
    parent: str, own: list[str], text: str, expected: str
) -> None:
    variables = project([parent]).named("shop")
    included = variables.including([env(text) for text in own])
    assert value(included, text) == expected


def test_an_include_does_not_change_variables_of_its_parent() -> None:
    variables = project(["A=1\n"])
    included = variables.including([env("B=1\n")])
    deeper = included.including([env("A=2\nB=2\nC=2\n")])
    assert value(variables, "${B-unset}") == "unset"
    assert value(deeper, "$A$B$C") == "112"


def test_the_project_name_overrides_env_files() -> None:
    variables = project(["COMPOSE_PROJECT_NAME=dot\nZ=$COMPOSE_PROJECT_NAME\n"])
    named = variables.named("shop")
    assert value(named, "$COMPOSE_PROJECT_NAME $Z") == "shop dot"
    definition = named.definition("COMPOSE_PROJECT_NAME")
    assert definition is not None
    assert definition.span is None
    assert not isinstance(definition.value, Opaque)


def test_a_project_name_from_the_folder_is_unknown_to_policies() -> None:
    result = interpolate("x-$COMPOSE_PROJECT_NAME", project().named("dir", known=False).lookup)
    assert isinstance(result, Result)
    assert (result.value, result.unknown) == ("x-dir", True)


def test_variables_of_every_machine_have_unknown_values() -> None:
    variables = project(["HOME=/mine\nDATA=$HOME/data\n"])
    for name in ("HOME", "PATH", "PWD"):
        definition = variables.definition(name)
        assert definition is not None
        assert definition.entry is None
        assert isinstance(definition.value, Opaque)
    data = variables.lookup("DATA")
    assert isinstance(data, Opaque)
    assert data == f"{variables.lookup('HOME')}/data"


def test_variables_of_the_process_are_known() -> None:
    variables = project(process={"HOME": "/home/me"})
    assert variables.lookup("HOME") == "/home/me"
    assert not isinstance(variables.lookup("HOME"), Opaque)
    assert isinstance(variables.lookup("PWD"), Opaque)


def test_a_definition_has_the_place_of_the_last_entry() -> None:
    variables = project(["A=1\nA=2\n", "B=0\nA=3\n"], ["A=4\n"], process={"B": "p"})
    definition = variables.definition("A")
    assert definition is not None
    assert definition.span is not None
    file = definition.span.file
    assert (definition.value, file.path) == ("3", "0-1.env")
    assert file.position(definition.span.start).line == 2
    process = variables.definition("B")
    assert process is not None
    assert (process.value, process.span) == ("p", None)


def test_entries_without_a_name_or_a_value_define_nothing() -> None:
    variables = project(["B=1\n=x\nC\n"])
    assert variables.lookup("B") == "1"
    assert variables.definition("C") is None
    assert variables.definition("") is None


def test_references_in_env_files_are_recorded() -> None:
    variables = project(["A=$X\nB=${Y?need Y}\n"], ["C=$Z\n"])
    included = variables.including([env("D=$U\n")])
    unset = [(i.entry.key, r.name) for i in included.evaluated for r in i.unset]
    assert unset == [("A", "X"), ("C", "Z"), ("D", "U")]
    failed = [(i.entry.key, f.reason) for i in included.evaluated for f in i.failures]
    assert failed == [("B", "need Y")]
    assert variables.lookup("B") is None


def test_values_from_unset_variables_are_unknown() -> None:
    variables = project(["A=$X-1\nB=$A\nC=${X:-2}\n"])
    values = [variables.lookup(name) for name in "ABC"]
    assert values == ["-1", "-1", "2"]
    assert [isinstance(value, Opaque) for value in values] == [True, True, False]


# --env-file options, process environment, the files of the first group.
SELECTED: list[tuple[list[str], dict[str, str], tuple[str, ...] | None]] = [
    ([], {}, None),
    (["e1", "e2"], {}, ("e1", "e2")),
    ([], {"COMPOSE_ENV_FILES": "e1,e2"}, ("e1", "e2")),
    ([], {"COMPOSE_ENV_FILES": "e1, e2"}, ("e1", " e2")),
    ([], {"COMPOSE_ENV_FILES": "e1,"}, ("e1",)),
    ([], {"COMPOSE_ENV_FILES": ",e1"}, ("e1",)),
    ([], {"COMPOSE_ENV_FILES": ""}, None),
    (["e2"], {"COMPOSE_ENV_FILES": "e1"}, ("e2",)),
    ([], {"COMPOSE_DISABLE_ENV_FILE": "1"}, ()),
    ([], {"COMPOSE_DISABLE_ENV_FILE": "True"}, ()),
    ([], {"COMPOSE_DISABLE_ENV_FILE": "f"}, None),
    (["e1"], {"COMPOSE_DISABLE_ENV_FILE": "1"}, ("e1",)),
]


@pytest.mark.parametrize(("given", "process", "files"), SELECTED, ids=repr)
def test_options_and_variables_select_env_files(
    given: list[str], process: dict[str, str], files: tuple[str, ...] | None
) -> None:
    assert selected_env_files(given, process) == files


@pytest.mark.parametrize("text", ["", "yes", "on", "2"])
def test_other_words_for_a_boolean_are_errors(text: str) -> None:
    with pytest.raises(ValueError, match="neither true nor false"):
        selected_env_files([], {"COMPOSE_DISABLE_ENV_FILE": text})

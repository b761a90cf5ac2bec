"""Where variables come from, as Docker Compose 2.40.3 has it (each case was asked)."""

from __future__ import annotations

import pytest
from composelint.linter.base.text import SourceFile
from composelint.linter.compose.environment import (
    Variables,
    container_environment,
    project_variables,
    selected_env_files,
)
from composelint.linter.source.dotenv import EnvSyntax
from composelint.linter.source.dotenv_parser import parse_env, parse_raw_env
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
def test_precedence(
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
def test_included_stacks(parent: str, own: list[str], text: str, expected: str) -> None:
    variables = project([parent]).named("shop")
    inside = variables.including([env(text) for text in own])
    assert value(inside, text) == expected


def test_an_include_does_not_change_its_parent() -> None:
    variables = project(["A=1\n"])
    inside = variables.including([env("B=1\n")])
    deeper = inside.including([env("A=2\nB=2\nC=2\n")])
    assert value(variables, "${B-unset}") == "unset"
    assert value(deeper, "$A$B$C") == "112"


def test_the_project_name_comes_first() -> None:
    variables = project(["COMPOSE_PROJECT_NAME=dot\nZ=$COMPOSE_PROJECT_NAME\n"])
    named = variables.named("shop")
    assert value(named, "$COMPOSE_PROJECT_NAME $Z") == "shop dot"
    assert [d.value for d in named.shadowed("COMPOSE_PROJECT_NAME")] == ["dot"]
    definition = named.definition("COMPOSE_PROJECT_NAME")
    assert definition is not None
    assert (definition.origin, definition.known, definition.span) == ("compose", True, None)


def test_a_name_taken_from_the_folder_is_not_known() -> None:
    result = interpolate("x-$COMPOSE_PROJECT_NAME", project().named("dir", known=False).lookup)
    assert isinstance(result, Result)
    assert (result.value, result.unknown) == ("x-dir", True)


def test_every_machine_has_some_variables() -> None:
    variables = project(["HOME=/mine\nDATA=$HOME/data\n"])
    for name in ("HOME", "PATH", "PWD"):
        definition = variables.definition(name)
        assert definition is not None
        assert (definition.origin, definition.known) == ("machine", False)
    assert [d.value for d in variables.shadowed("HOME")] == ["/mine"]
    data = variables.definition("DATA")
    assert data is not None
    assert data.value.endswith("/data")
    assert not data.known


def test_the_process_decides_what_the_machine_has() -> None:
    variables = project(process={"HOME": "/home/me"})
    assert variables.lookup("HOME") == "/home/me"
    assert not isinstance(variables.lookup("HOME"), Opaque)
    assert isinstance(variables.lookup("PWD"), Opaque)


def test_provenance() -> None:
    variables = project(["A=1\nA=2\n", "B=0\nA=3\n"], ["A=4\n"], process={"B": "p"})
    chain = [variables.definition("A"), *variables.shadowed("A")]
    places = []
    for definition in chain:
        assert definition is not None
        assert definition.span is not None
        file = definition.span.file
        line = file.position(definition.span.start).line
        places.append((definition.value, definition.origin, file.path, line))
    assert places == [
        ("3", "file", "0-1.env", 2),
        ("2", "file", "0-0.env", 2),
        ("1", "file", "0-0.env", 1),
        ("4", "file", "1-0.env", 1),
    ]
    process = variables.definition("B")
    assert process is not None
    assert (process.origin, process.span) == ("process", None)
    assert [d.value for d in variables.shadowed("B")] == ["0"]


def test_names() -> None:
    variables = project(["B=1\nA=1\n=x\nC\n"])
    assert variables.names == ["A", "B", "HOME", "PATH", "PWD"]
    assert "A" in variables
    assert "C" not in variables
    assert variables.definition("C") is None
    assert variables.shadowed("C") == ()


def test_what_the_files_refer_to_is_kept() -> None:
    variables = project(["A=$X\nB=${Y?need Y}\n"], ["C=$Z\n"])
    inside = variables.including([env("D=$U\n")])
    unset = [(i.entry.key, r.name) for i in inside.evaluated for r in i.unset]
    assert unset == [("A", "X"), ("C", "Z"), ("D", "U")]
    failed = [(i.entry.key, f.reason) for i in inside.evaluated for f in i.failures]
    assert failed == [("B", "need Y")]
    assert "B" not in variables


def test_values_from_unset_variables_are_not_known() -> None:
    variables = project(["A=$X-1\nB=$A\nC=${X:-2}\n"])
    known = {}
    for name in "ABC":
        definition = variables.definition(name)
        assert definition is not None
        known[name] = (definition.value, definition.known)
    assert known == {"A": ("-1", False), "B": ("-1", False), "C": ("2", True)}


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
def test_selected_env_files(
    given: list[str], process: dict[str, str], files: tuple[str, ...] | None
) -> None:
    assert selected_env_files(given, process) == files


@pytest.mark.parametrize("text", ["", "yes", "on", "2"])
def test_compose_refuses_other_words(text: str) -> None:
    with pytest.raises(ValueError, match="neither true nor false"):
        selected_env_files([], {"COMPOSE_DISABLE_ENV_FILE": text})


# environment, env files, project .env → what the container gets.
CONTAINERS: list[tuple[dict[str, str | None], list[str], str, dict[str, str | None]]] = [
    ({"A": "env"}, ["A=file\nB=$A\n"], "", {"A": "env", "B": "env"}),
    ({"A": ""}, ["A=file\nB=$A\n"], "", {"A": "", "B": ""}),
    ({"A": None}, ["A=file\nB=$A\n"], "", {"A": None, "B": "file"}),
    ({"A": None}, ["A=file\nB=$A\n"], "A=dot\n", {"A": "dot", "B": "dot"}),
    ({}, ["A=1\nB=1\n", "A=2\nC=$B$A\n"], "", {"A": "2", "B": "1", "C": "12"}),
    ({}, ["A=1\n", "C=$A\nA=2\nD=$A\n"], "", {"A": "2", "C": "1", "D": "2"}),
    ({}, ["A=1\nB=$A\n"], "A=dot\n", {"A": "1", "B": "dot"}),
    ({}, ["A\n"], "A=dot\n", {"A": "dot"}),
    ({}, ["A\n"], "", {}),
    ({"A": "env"}, ["A\n"], "", {"A": "env"}),
    ({}, ["A=1\n", "A\n"], "A=dot\n", {"A": "dot"}),
    ({}, ["A=1\n", "A\n"], "", {"A": "1"}),
    ({}, ["A=1\n", "A=${A}1\n"], "", {"A": "11"}),
    ({"A": "a$b", "B": "${A}"}, ["C=$A\n"], "", {"A": "a$b", "B": "${A}", "C": "a$b"}),
]


@pytest.mark.parametrize(("environment", "files", "dotenv", "expected"), CONTAINERS, ids=repr)
def test_container_environment(
    environment: dict[str, str | None],
    files: list[str],
    dotenv: str,
    expected: dict[str, str | None],
) -> None:
    found = container_environment(environment, [env(text) for text in files], project([dotenv]))
    assert {name: variable.value for name, variable in found.items()} == expected


def test_container_environment_of_raw_files() -> None:
    raw = parse_raw_env(SourceFile("raw.env", "A='$B'\nC\n"))
    found = container_environment({}, [raw], project(["C=dot\n"]))
    assert {name: variable.value for name, variable in found.items()} == {"A": "'$B'", "C": "dot"}


def test_container_provenance() -> None:
    files = [env("A=1\nB=1\n", "1.env"), env("A=2\nA=3\n", "2.env")]
    found = container_environment({"B": "own"}, files, project())
    a, b = found["A"], found["B"]
    assert a.entry is files[1].entries[1]
    assert a.shadowed == (files[1].entries[0], files[0].entries[0])
    assert (b.entry, b.shadowed) == (None, (files[0].entries[1],))

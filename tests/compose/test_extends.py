"""Services that extend other services."""

from __future__ import annotations

import pytest
from checks import plain
from stacks import load, problems_of


def test_a_base_in_the_same_file_is_merged() -> None:
    stack = load(
        "services:\n"
        "  web: {extends: base, command: [b], environment: {B: 2}}\n"
        "  base: {image: x, command: [a], environment: {A: 1}, depends_on: [db]}\n"
        "  db: {image: y}\n"
    )
    assert stack.accepted
    assert plain(stack.services[0].value) == {
        "image": "x",
        "command": ["b"],
        "environment": {"A": 1, "B": 2},
        "depends_on": {"db": {"condition": "service_started", "required": True}},
    }


def test_paths_in_a_chain_start_at_the_folder_of_their_file() -> None:
    stack = load(
        {
            "compose.yaml": "services: {web: {extends: {file: a/base.yaml, service: one}, image: z}}\n",
            "a/base.yaml": "services:\n"
            "  one: {extends: {file: b/base.yaml, service: two}, volumes: [./one:/one]}\n",
            "a/b/base.yaml": "services: {two: {build: {target: t}, volumes: [./two:/two], ports: ['1:1']}}\n",
        }
    )
    assert stack.accepted
    web = plain(stack.services[0].value)
    assert [volume["source"] for volume in web["volumes"]] == ["a/b/two", "a/one"]
    # The default context is that of the stack, not of the base.
    assert web["build"] == {"target": "t", "context": "."}
    assert [(source.path, source.role) for source in stack.sources] == [
        ("compose.yaml", "compose"),
        ("a/base.yaml", "extends"),
        ("a/b/base.yaml", "extends"),
    ]


def test_values_have_their_place_in_the_file_of_the_base() -> None:
    stack = load(
        {
            "compose.yaml": "services: {web: {extends: {file: base.yaml, service: b}, tty: true}}\n",
            "base.yaml": "services: {b: {image: nginx}}\n",
        }
    )
    web = stack.services[0].value
    assert web.get("image").span.file.path == "base.yaml"
    assert web.get("tty").span.file.path == "compose.yaml"
    assert web.span.file.path == "compose.yaml"


def test_resets_remove_values_of_the_base() -> None:
    stack = load(
        "services:\n"
        "  web: {extends: base, ports: !override ['2:2'], tty: !reset null}\n"
        "  base: {image: x, ports: ['1:1'], tty: true}\n"
    )
    web = plain(stack.services[0].value)
    assert [port["target"] for port in web["ports"]] == [2]
    assert "tty" not in web


PROBLEMS = [
    # service, other files, problems
    ("{extends: nope}", {}, ["undefined-extends compose.yaml:2 nope"]),
    ("{extends: {service: nope}}", {}, ["undefined-extends compose.yaml:2 nope"]),
    ("{extends: {file: b.yaml}}", {}, ["extends-without-service compose.yaml:2 extends"]),
    ("{extends: web}", {}, ["extends-cycle compose.yaml:2 web"]),
    ("{extends: {file: 1, service: a}}", {}, ["extends-file-form compose.yaml:2 1"]),
    (
        "{extends: {file: b.yaml, service: b}}",
        {},
        ["extends-file-missing compose.yaml:2 b.yaml"],
    ),
    (
        "{extends: {file: b.yaml, service: nope}}",
        {"b.yaml": "services: {b: {image: x}}\n"},
        ["undefined-extends compose.yaml:2 nope"],
    ),
    (
        "{extends: {file: b.yaml, service: b}}",
        {"b.yaml": "volumes: {v: }\n"},
        ["extends-file-services compose.yaml:2 b.yaml"],
    ),
    (
        "{extends: {file: b.yaml, service: b}}",
        {"b.yaml": "services: [b]\n"},
        ["extends-file-services b.yaml:1 [b]"],
    ),
    (
        "{extends: {file: b.yaml, service: b}}",
        {"b.yaml": "services: {b: text}\n"},
        ["extends-file-services b.yaml:1 text"],
    ),
    (
        "{extends: {file: b.yaml, service: b}}",
        {"b.yaml": "services: {b: {image: 'x}\n"},
        ["yaml-syntax b.yaml:1 'x}"],
    ),
    (
        "{extends: {file: b.yaml, service: b}}",
        {"b.yaml": "services: {b: {image: x, extends: {file: compose.yaml, service: web}}}\n"},
        ["extends-cycle compose.yaml:2 {file: b.yaml, service: b}"],
    ),
    (
        "{extends: {file: b.yaml, service: b}}",
        {"b.yaml": "services: {b: {image: x, volumes: ['vol:/d']}}\nvolumes: {vol: }\n"},
        ["undefined-volume compose.yaml:2 {file: b.yaml, service: b}"],
    ),
    (
        "{image: x, extends: {service: b, files: y}}",
        {},
        [
            "extends-ignored-key compose.yaml:2 files",
            "undefined-extends compose.yaml:2 b",
        ],
    ),
]


@pytest.mark.parametrize(("service", "files", "problems"), PROBLEMS)
def test_problems_of_extends_have_a_place(
    service: str, files: dict[str, str], problems: list[str]
) -> None:
    stack = load({"compose.yaml": f"services:\n  web: {service}\n", **files})
    assert problems_of(stack) == problems


def test_a_cycle_is_reported_once_and_other_services_are_loaded() -> None:
    stack = load(
        "services:\n"
        "  a: {extends: b}\n"
        "  b: {extends: c}\n"
        "  c: {extends: a}\n"
        "  d: {image: x, networks: [nope]}\n"
    )
    assert [problem.kind for problem in stack.problems] == ["extends-cycle", "undefined-network"]
    assert "a -> b -> c -> a" in stack.problems[0].message


def test_a_misspelt_name_gets_a_hint() -> None:
    stack = load("services: {web: {extends: bas}, base: {image: x}}\n")
    assert stack.problems[0].help == 'did you mean "base"?'


def test_an_empty_base_changes_nothing() -> None:
    stack = load(
        {
            "compose.yaml": "services: {web: {extends: {file: b.yaml, service: b}, image: x}}\n",
            "b.yaml": "services: {b: }\n",
        }
    )
    assert stack.accepted
    assert plain(stack.services[0].value) == {
        "extends": {"file": "b.yaml", "service": "b"},
        "image": "x",
    }


def test_remote_files_are_neither_read_nor_reported() -> None:
    stack = load(
        "services: {web: {image: x, networks: [n],\n"
        "  extends: {file: 'oci://example.invalid/x', service: b}}}\n"
    )
    assert stack.problems == []
    assert stack.partial

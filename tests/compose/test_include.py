"""Stacks that are part of another stack."""

from __future__ import annotations

import pytest
from checks import plain
from stacks import load, shown


def test_an_included_stack_has_its_own_folder_and_variables() -> None:
    stack = load(
        {
            "compose.yaml": "include: [sub/inc.yaml]\nservices: {web: {image: x, depends_on: [db]}}\n",
            ".env": "BOTH=top\n",
            "sub/inc.yaml": "services:\n"
            "  db: {image: 'db:${OWN}-${BOTH}', volumes: [./d:/d], build: .}\n"
            "volumes: {v: }\n",
            "sub/.env": "OWN=1\nBOTH=sub\n",
        }
    )
    assert stack.accepted
    made = plain(stack.tree)
    assert "include" not in made
    assert made["services"]["db"]["image"] == "db:1-top"
    assert made["services"]["db"]["build"]["context"] == "sub"
    assert made["services"]["db"]["volumes"][0]["source"] == "sub/d"
    assert made["volumes"] == {"v": None}
    assert {(source.path, source.role) for source in stack.sources} == {
        ("compose.yaml", "compose"),
        (".env", "dotenv"),
        ("sub/inc.yaml", "include"),
        ("sub/.env", "dotenv"),
    }


def test_project_directory_env_file_and_overrides() -> None:
    stack = load(
        {
            "compose.yaml": "include:\n"
            "  - path: [a/one.yaml, b/two.yaml]\n"
            "    project_directory: .\n"
            "    env_file: c/x.env\n",
            "a/one.yaml": "services: {one: {image: 'x:${T}', volumes: [./d:/d]}}\n",
            "b/two.yaml": "services: {one: {tty: true}}\n",
            "c/x.env": "T=2\n",
        }
    )
    assert plain(stack.tree)["services"]["one"] == {
        "image": "x:2",
        "volumes": [
            {
                "type": "bind",
                "source": "d",
                "target": "/d",
                "bind": {"create_host_path": True},
            }
        ],
        "tty": True,
    }


def test_a_further_file_may_change_what_is_included() -> None:
    stack = load(
        {
            "compose.yaml": "include: [sub/inc.yaml]\n",
            "over.yaml": "services: {db: {volumes: [./e:/e]}}\n",
            "sub/inc.yaml": "services: {db: {image: x, volumes: [./d:/d]}}\n",
        },
        "compose.yaml",
        "over.yaml",
    )
    assert stack.accepted
    volumes = plain(stack.services[0].value)["volumes"]
    assert [volume["source"] for volume in volumes] == ["sub/d", "e"]


def test_nested_includes_start_from_the_included_folder() -> None:
    stack = load(
        {
            "x/compose.yaml": "include: [a/inc.yaml]\n",
            "x/a/inc.yaml": "include: [b/inc.yaml]\nservices: {one: {image: x, volumes: [./v:/v]}}\n",
            "x/a/b/inc.yaml": "services: {two: {image: x, volumes: [./v:/v]}}\n",
        }
    )
    assert stack.accepted
    assert {
        name: service["volumes"][0]["source"]
        for name, service in plain(stack.tree)["services"].items()
    } == {"one": "x/a/v", "two": "x/a/b/v"}


INC = {"inc.yaml": "services: {db: {image: x}}\nvolumes: {v: {}}\n"}
MISTAKES = [
    # the including file, other files, what is reported
    ("include: inc.yaml\n", INC, ["include-form compose.yaml:1 inc.yaml"]),
    ("include: [1]\n", INC, ["include-form compose.yaml:1 1"]),
    ("include: [{path: [1]}]\n", INC, ["include-form compose.yaml:1 1"]),
    ("include: [gone.yaml]\n", INC, ["include-missing compose.yaml:1 gone.yaml"]),
    ("include: [~/inc.yaml]\n", INC, ["include-missing compose.yaml:1 ~/inc.yaml"]),
    ("include: [compose.yaml]\n", INC, ["include-cycle compose.yaml:1 compose.yaml"]),
    (
        "include: [a.yaml]\n",
        {"a.yaml": "include: [b.yaml]\n", "b.yaml": "include: [a.yaml]\n"},
        ["include-cycle b.yaml:1 a.yaml"],
    ),
    (
        "include: [{path: [inc.yaml, compose.yaml]}]\n",
        INC,
        ["include-cycle compose.yaml:1 compose.yaml"],
    ),
    (
        "include: [{path: inc.yaml, env_file: gone.env}]\n",
        INC,
        ["env-file-missing compose.yaml:1 gone.env"],
    ),
    (
        "include: [{path: inc.yaml, env_file: bad.env}]\n",
        {**INC, "bad.env": "A B=1\n"},
        ["env-file-syntax bad.env:1 A B"],
    ),
    (
        "include: [{}]\n",
        INC,
        ["include-without-path compose.yaml:1 {}", "empty-file compose.yaml:1 i"],
    ),
    (
        "include: [{path: inc.yaml, envfile: x}]\n",
        INC,
        ["include-ignored-key compose.yaml:1 envfile"],
    ),
    (
        "include: [inc.yaml]\nservices: {db: {image: y}}\n",
        INC,
        ["include-conflict compose.yaml:2 db"],
    ),
    ("include: [inc.yaml]\nservices: {db: {image: x}}\n", INC, []),
    ("include: [inc.yaml]\nvolumes: {v: }\n", INC, ["include-conflict compose.yaml:2 v"]),
    ("include: [inc.yaml]\n", {"inc.yaml": "- a\n"}, ["top-level-not-a-mapping inc.yaml:1 - a"]),
    (
        "include: [inc.yaml]\n",
        {"inc.yaml": "services: {db: {image: x, imag: y}}\n"},
        ["schema-unknown-property inc.yaml:1 imag"],
    ),
    (
        "include: [inc.yaml]\nservices: {web: {image: x}}\n",
        {"inc.yaml": "services: {db: {extends: web}}\n"},
        ["undefined-extends inc.yaml:1 web"],
    ),
    (
        "include: [inc.yaml]\nservices: {web: {extends: db}}\n",
        INC,
        ["undefined-extends compose.yaml:2 db"],
    ),
]


@pytest.mark.parametrize(("text", "files", "problems"), MISTAKES)
def test_mistakes(text: str, files: dict[str, str], problems: list[str]) -> None:
    stack = load({"compose.yaml": text, **files})
    assert shown(stack) == problems


def test_what_a_missing_file_may_define_is_not_called_undefined() -> None:
    stack = load(
        "include: [gone.yaml]\n"
        "services: {web: {image: x, networks: [n], volumes: ['v:/v'], depends_on: [db]}}\n"
    )
    assert [problem.kind for problem in stack.problems] == ["include-missing"]


def test_files_from_elsewhere_are_not_fetched() -> None:
    stack = load(
        "include:\n  - oci://example.invalid/x\n  - https://example.invalid/x.git\n"
        "services: {web: {image: x, networks: [n]}}\n"
    )
    assert stack.problems == []


def test_a_stack_that_is_included_twice_alike_is_fine() -> None:
    stack = load(
        {
            "compose.yaml": "include: [a.yaml, b.yaml]\n",
            "a.yaml": "include: [inc.yaml]\n",
            "b.yaml": "include: [inc.yaml]\n",
            **INC,
        }
    )
    assert stack.problems == []

"""Stacks that include other stacks."""

from __future__ import annotations

import pytest
from checks import plain
from composelint.linter.compose.release import OLDER
from stacks import load, problems_of


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
    tree = plain(stack.tree)
    assert "include" not in tree
    assert tree["services"]["db"]["image"] == "db:1-top"
    assert tree["services"]["db"]["build"]["context"] == "sub"
    assert tree["services"]["db"]["volumes"][0]["source"] == "sub/d"
    assert tree["volumes"] == {"v": None}
    assert {(source.path, source.role) for source in stack.sources} == {
        ("compose.yaml", "compose"),
        (".env", "dotenv"),
        ("sub/inc.yaml", "include"),
        ("sub/.env", "dotenv"),
    }


def test_an_include_can_have_overrides_a_folder_and_env_files() -> None:
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


def test_a_further_file_can_change_included_services() -> None:
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


def test_nested_includes_start_at_the_folder_of_their_file() -> None:
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
PROBLEMS = [
    # the including file, other files, problems
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
        ["other-release compose.yaml:2 db"],
    ),
    ("include: [inc.yaml]\nservices: {db: {image: x}}\n", INC, []),
    ("include: [inc.yaml]\nvolumes: {v: }\n", INC, ["other-release compose.yaml:2 v"]),
    (
        "include: [inc.yaml]\nservices: {db: {image: [y]}}\n",
        INC,
        ["other-release compose.yaml:2 db", "schema-type compose.yaml:2 [y]"],
    ),
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
        ["other-release compose.yaml:2 db"],
    ),
]


@pytest.mark.parametrize(("text", "files", "problems"), PROBLEMS)
def test_problems_of_include_have_a_place(
    text: str, files: dict[str, str], problems: list[str]
) -> None:
    stack = load({"compose.yaml": text, **files})
    assert problems_of(stack) == problems


def test_what_a_file_defines_is_laid_over_what_it_includes() -> None:
    files = {
        "compose.yaml": "include: [inc.yaml]\n"
        "services:\n  db: {environment: {B: '2'}, ports: !reset [], volumes: [own:/d]}\n"
        "  web: {extends: db}\n"
        "volumes: {own: }\n",
        "inc.yaml": "services:\n"
        "  db: {image: x, environment: {A: '1'}, ports: ['80:80'], volumes: [data:/d]}\n"
        "volumes: {data: }\n",
    }
    tree = plain(load(files).tree)
    assert tree["services"]["db"]["environment"] == {"A": "1", "B": "2"}
    assert "ports" not in tree["services"]["db"]
    assert [mount["source"] for mount in tree["services"]["db"]["volumes"]] == ["own"]
    assert tree["services"]["web"]["image"] == "x"
    before = load(files, release=OLDER)
    assert {problem.kind for problem in before.problems if problem.rejects} == {
        *("include-conflict", "no-image-or-build"),
    }


def test_names_that_a_missing_file_could_define_are_not_undefined() -> None:
    stack = load(
        "include: [gone.yaml]\n"
        "services: {web: {image: x, networks: [n], volumes: ['v:/v'], depends_on: [db]}}\n"
    )
    assert [problem.kind for problem in stack.problems] == ["include-missing"]


def test_remote_files_are_neither_fetched_nor_reported() -> None:
    stack = load(
        "include:\n  - oci://example.invalid/x\n  - https://example.invalid/x.git\n"
        "services: {web: {image: x, networks: [n]}}\n"
    )
    assert stack.problems == []


def test_the_same_stack_can_be_included_twice() -> None:
    stack = load(
        {
            "compose.yaml": "include: [a.yaml, b.yaml]\n",
            "a.yaml": "include: [inc.yaml]\n",
            "b.yaml": "include: [inc.yaml]\n",
            **INC,
        }
    )
    assert stack.problems == []

"""A whole stack: its files, variables, profiles and problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from checks import plain
from composelint.linter.compose.stack import load_stack, normal_name
from composelint.linter.files.reader import Reader
from stacks import load, problems_of

if TYPE_CHECKING:
    from pathlib import Path


def test_a_small_stack_is_loaded() -> None:
    stack = load("services: {web: {image: nginx}}\nx-note: 1\n")
    assert stack.accepted
    assert stack.problems == []
    assert stack.files == ("compose.yaml",)
    assert stack.folder == "."
    assert stack.name == "shop"
    assert plain(stack.tree) == {"services": {"web": {"image": "nginx"}}, "x-note": 1}
    assert list(stack.documents) == ["compose.yaml"]


def test_documents_are_merged_in_order() -> None:
    stack = load(
        "services: {web: {image: x, tty: true}}\n---\nservices: {web: {image: y}, db: {image: z}}\n"
    )
    assert stack.accepted
    assert plain(stack.tree)["services"] == {
        "web": {"image": "y", "tty": True},
        "db": {"image": "z"},
    }


BROKEN = [
    # text, problems
    ("", ["empty-file compose.yaml:1 "]),
    ("# nothing\n", ["empty-file compose.yaml:1 #"]),
    ("- a\n- b\n", ["top-level-not-a-mapping compose.yaml:1 - a"]),
    ("just words\n", ["top-level-not-a-mapping compose.yaml:1 just words"]),
    ("services: {a: {image: x}}\n---\n", ["top-level-not-a-mapping compose.yaml:2 ---"]),
    ("services: {a: {image: x\n", ["yaml-syntax compose.yaml:1 {"]),
    ("services:\n  a:\n    image: x\n\ttty: true\n", ["yaml-syntax compose.yaml:4 \t"]),
    ("services: {a: *nope}\n", ["yaml-syntax compose.yaml:1 *nope"]),
    ("services: {a: &a {image: x, labels: *a}}\n", ["yaml-syntax compose.yaml:1 *a"]),
    (
        "services: {a: {image: x, image: y}}\n",
        ["duplicate-key compose.yaml:1 image"],
    ),
    ("services: {1: {image: x}, a: {image: x}}\n", ["non-string-key compose.yaml:1 1"]),
    ("services: {a: {image: x, imag: y}}\n", ["schema-unknown-property compose.yaml:1 imag"]),
    ("services:\n  - a\n", ["schema-type compose.yaml:1 services"]),
    ("web:\n  image: x\n", ["legacy-layout compose.yaml:1 web"]),
    (
        "services: {a: {image: 2024-01-31}}\n",
        ["schema-date compose.yaml:1 2024-01-31"],
    ),
]


@pytest.mark.parametrize(("text", "problems"), BROKEN)
def test_files_that_compose_refuses_have_problems(text: str, problems: list[str]) -> None:
    stack = load(text)
    assert problems_of(stack) == problems
    assert not stack.accepted


def test_missing_files_are_reported_at_the_beginning_of_the_stack() -> None:
    stack = load(
        {"a.yaml": "services: {a: {image: x}}\n"}, "a.yaml", "b.yaml", env_files=["gone.env"]
    )
    assert [(p.kind, p.span.file.path, p.message) for p in stack.problems] == [
        ("env-file-missing", "a.yaml", "gone.env does not exist"),
        ("compose-file-missing", "a.yaml", "b.yaml does not exist"),
    ]
    assert {source.path: source.file is not None for source in stack.sources} == {
        "a.yaml": True,
        "b.yaml": False,
        "gone.env": False,
    }


def test_options_and_env_files_define_variables() -> None:
    files = {
        "compose.yaml": "services: {a: {image: 'x:${V:-none}'}}\n",
        ".env": "V=dotenv\n",
        "other.env": "V=other\n",
    }

    def image(**options: object) -> str:
        value = plain(load(files, **options).tree)["services"]["a"]["image"]
        assert isinstance(value, str)
        return value

    assert image() == "x:dotenv"
    assert image(env_files=["other.env"]) == "x:other"
    assert image(environment={"V": "process"}) == "x:process"
    assert image(environment={"COMPOSE_DISABLE_ENV_FILE": "1"}) == "x:none"
    assert image(environment={"COMPOSE_ENV_FILES": "other.env"}) == "x:other"
    nested = {"sub/compose.yaml": files["compose.yaml"], **files}
    assert plain(load(nested, "sub/compose.yaml").tree)["services"]["a"]["image"] == "x:none"
    stack = load(nested, "sub/compose.yaml", run_from=".")
    assert plain(stack.tree)["services"]["a"]["image"] == "x:dotenv"


NAMES = [
    ("", {}, "shop"),
    ("name: My Shop!\n", {}, "myshop"),
    ("name: a${V:-b}\n", {}, "ab"),
    ("name: a\n", {".env": "COMPOSE_PROJECT_NAME=b\n"}, "b"),
]


@pytest.mark.parametrize(("text", "files", "name"), NAMES)
def test_the_project_has_a_name(text: str, files: dict[str, str], name: str) -> None:
    body = "services: {a: {image: '${COMPOSE_PROJECT_NAME}'}}\n"
    stack = load({"compose.yaml": text + body, **files})
    assert stack.name == name
    assert plain(stack.services[0].value)["image"] == name
    assert stack.accepted
    assert load({"compose.yaml": text + body, **files}, project_name="given").name == "given"


def test_project_names_that_compose_refuses_are_problems() -> None:
    body = "services: {a: {image: x}}\n"
    odd = load({"compose.yaml": body, ".env": "COMPOSE_PROJECT_NAME=My App\n"})
    assert problems_of(odd) == ["project-name .env:1 COMPOSE_PROJECT_NAME=My App"]
    assert problems_of(load("name: '!'\n" + body)) == ["project-name compose.yaml:1 '!'"]
    unset = load("name: $V\n" + body)
    assert unset.problems[0].message.startswith("if V is unset, ")
    assert normal_name("-_Shop 2_ü") == "shop2_"


def test_profiles_disable_services() -> None:
    files = {
        "compose.yaml": "services:\n"
        "  a: {image: x}\n"
        "  b: {image: x, profiles: [p, q]}\n"
        "  c: {image: x, profiles: [r]}\n"
    }
    stack = load(files)
    assert stack.profiles == ("p", "q", "r")
    assert stack.disabled() == {"b", "c"}
    assert stack.disabled(["q"]) == {"c"}
    assert stack.disabled(["*"]) == set()
    assert stack.profiles_asked == ("",)
    assert load(files, profiles=["p"]).profiles_asked == ("p",)
    assert load({**files, ".env": "COMPOSE_PROFILES=p, r\n"}).profiles_asked == ("p", "r")


def test_env_files_are_recorded_and_their_problems_reported() -> None:
    stack = load(
        {
            "compose.yaml": "services:\n"
            "  a:\n"
            "    image: x\n"
            "    env_file:\n"
            "      - a.env\n"
            "      - {path: gone.env, required: false}\n"
            "      - lost.env\n"
            "      - bad.env\n"
            "      - ${DIR}/c.env\n"
            "    label_file: labels\n"
            "  b: {image: x, profiles: [p], env_file: also-gone.env}\n",
            "a.env": "A=1\n",
            "bad.env": "A B=1\n",
        }
    )
    assert [
        (file.service, file.role, file.path, file.required, file.active, file.kind)
        for file in stack.env_files
    ] == [
        ("a", "env_file", "a.env", True, True, "file"),
        ("a", "env_file", "gone.env", False, True, "missing"),
        ("a", "env_file", "lost.env", True, True, "missing"),
        ("a", "env_file", "bad.env", True, True, "file"),
        ("a", "env_file", "/c.env", True, True, "outside"),
        ("a", "label_file", "labels", True, True, "missing"),
        ("b", "env_file", "also-gone.env", True, False, "missing"),
    ]
    first = stack.env_files[0].syntax
    assert first is not None
    assert first.values == {"A": "1"}
    assert problems_of(stack) == [
        "env-file-missing compose.yaml:7 lost.env",
        "env-file-syntax bad.env:1 A B",
        "path-outside-project compose.yaml:9 ${DIR}/c.env",
        "label-file-missing compose.yaml:10 labels",
    ]


def test_env_files_can_have_the_raw_format() -> None:
    stack = load(
        {
            "compose.yaml": "services: {a: {image: x, env_file: ["
            "{path: a.env, format: raw}, {path: b.env, format: odd}]}}\n",
            "a.env": "A='1'\n",
            "b.env": "B=1\n",
        }
    )
    assert problems_of(stack) == ["env-file-format compose.yaml:1 odd"]
    raw = stack.env_files[0].syntax
    assert raw is not None
    assert raw.values == {"A": "'1'"}


def test_required_variables_of_env_files_are_checked() -> None:
    stack = load(
        {
            "compose.yaml": "services: {a: {image: x, env_file: a.env}}\n",
            "a.env": "A=${NEED:?please}\n",
            ".env": "B=${ALSO:?me}\n",
        }
    )
    assert problems_of(stack) == [
        "required-variable .env:1 ${ALSO:?me}",
        "required-variable a.env:1 ${NEED:?please}",
    ]


def test_nothing_outside_the_project_is_read(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "secret.yaml").write_text("services: {s: {image: x}}\n")
    (project / "link.yaml").symlink_to("../secret.yaml")
    (project / "compose.yaml").write_text(
        "include: [../secret.yaml, link.yaml]\n"
        "services: {a: {extends: {file: ../secret.yaml, service: s}, env_file: /etc/passwd}}\n"
    )
    stack = load_stack(["compose.yaml"], Reader(base=str(project)))
    assert {problem.kind for problem in stack.problems} == {"path-outside-project"}
    assert len(stack.problems) == 4
    assert stack.accepted
    assert stack.partial
    allowed = load_stack(["compose.yaml"], Reader(base=str(project), allow_outside=True))
    assert {entry.name for entry in allowed.services} == {"a", "s"}


def test_each_file_is_checked_after_merging_the_files_before_it() -> None:
    files = {
        "a.yaml": "services: {a: {image: x, restart: 1}}\n",
        "b.yaml": "services: {a: {restart: always}, b: {command: y}}\n",
        "c.yaml": "services: {b: {image: z}}\n",
    }
    stack = load(files, "a.yaml", "b.yaml", "c.yaml")
    # A later file cannot repair a type, but bring an image.
    assert problems_of(stack) == ["schema-type a.yaml:1 1"]


def test_a_problem_of_a_removed_value_is_at_the_reset() -> None:
    stack = load(
        {
            "a.yaml": "services:\n  a:\n    image: x\n",
            "b.yaml": "services:\n  a:\n    image: !reset null\n",
        },
        "a.yaml",
        "b.yaml",
    )
    assert problems_of(stack) == ["no-image-or-build b.yaml:3 null"]


def test_messages_do_not_repeat_secrets() -> None:
    stack = load(
        {
            "compose.yaml": "services: {a: {image: x}}\n",
            ".env": "PASS WORD=hunter2\nTOKEN='hunter2\n",
        }
    )
    assert stack.problems
    assert not any("hunter2" in problem.message for problem in stack.problems)

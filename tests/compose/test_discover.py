"""Which files form one stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from checks import titled
from composelint.linter.compose.discover import default_stack, discover_stacks, parse_stack
from composelint.linter.files.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Collection

FULL = "services: {web: {image: x}}\n"
OVERLAY = "services: {web: {tty: true}}\n"


def stacks(
    files: dict[str, str], paths: list[str] | None = None, named: Collection[str] = ()
) -> list[str]:
    reader = Reader("/nowhere", base="/nowhere", overlay=files)
    compose_files = paths or [path for path in files if path.endswith((".yaml", ".yml"))]
    return [":".join(stack.files) for stack in discover_stacks(compose_files, reader, named=named)]


CASES = [
    ("a file alone", {"compose.yaml": FULL}, ["compose.yaml"]),
    (
        "the override file belongs to it",
        {"compose.yaml": FULL, "compose.override.yaml": OVERLAY},
        ["compose.yaml:compose.override.yaml"],
    ),
    (
        "of any family",
        {"docker-compose.yml": FULL, "compose.override.yml": OVERLAY},
        ["docker-compose.yml:compose.override.yml"],
    ),
    (
        "the first default name wins, the other is a stack of its own",
        {"docker-compose.yml": FULL, "compose.yaml": FULL},
        ["docker-compose.yml", "compose.yaml"],
    ),
    (
        "a file that needs a base is merged over the default file",
        {"docker-compose.yml": FULL, "docker-compose.prod.yml": OVERLAY},
        ["docker-compose.yml", "docker-compose.yml:docker-compose.prod.yml"],
    ),
    (
        "or over another file that has the missing services",
        {"base.compose.yml": FULL, "prod.compose.yml": OVERLAY},
        ["base.compose.yml", "base.compose.yml:prod.compose.yml"],
    ),
    (
        "a complete file is a stack of its own",
        {"docker-compose.yml": FULL, "docker-compose.test.yml": FULL},
        ["docker-compose.yml", "docker-compose.test.yml"],
    ),
    (
        "an overlay without a base is linted alone",
        {"docker-compose.prod.yml": OVERLAY},
        ["docker-compose.prod.yml"],
    ),
    (
        "an overlay of services that the base lacks too",
        {"compose.yaml": FULL, "compose.prod.yaml": "services: {other: {tty: true}}\n"},
        ["compose.yaml", "compose.prod.yaml"],
    ),
    (
        "aliases and merge keys count",
        {"compose.yaml": FULL, "compose.b.yaml": "x: &x {image: y}\nservices: {web: {<<: *x}}\n"},
        ["compose.yaml", "compose.b.yaml"],
    ),
    (
        "an included file is part of the other stack",
        {"compose.yaml": "include: [sub/compose.yaml]\n", "sub/compose.yaml": FULL},
        ["compose.yaml"],
    ),
    (
        "an extended file is part of the other stack",
        {
            "compose.yaml": "services: {a: {extends: {file: base-compose.yml, service: b}}}\n",
            "base-compose.yml": FULL,
        },
        ["compose.yaml"],
    ),
    (
        "COMPOSE_FILE names the files",
        {".env": "COMPOSE_FILE=one.yaml:sub/two.yaml\n", "one.yaml": FULL, "sub/two.yaml": OVERLAY},
        ["one.yaml:sub/two.yaml"],
    ),
    (
        "with another separator, and the default file alone",
        {
            ".env": "COMPOSE_FILE=one.yaml,two.yaml\nCOMPOSE_PATH_SEPARATOR=,\n",
            "one.yaml": FULL,
            "two.yaml": OVERLAY,
            "compose.yaml": FULL,
        },
        ["one.yaml:two.yaml", "compose.yaml"],
    ),
    (
        "COMPOSE_FILE of a folder above",
        {
            ".env": "COMPOSE_FILE=sub/compose.yaml:prod.yml\n",
            "sub/compose.yaml": FULL,
            "prod.yml": OVERLAY,
        },
        ["sub/compose.yaml:prod.yml"],
    ),
    (
        "each folder by itself",
        {"a/compose.yaml": FULL, "b/compose.yaml": FULL, "b/compose.override.yml": OVERLAY},
        ["a/compose.yaml", "b/compose.yaml:b/compose.override.yml"],
    ),
    ("a file that is not YAML is a stack", {"compose.yaml": "a: [\n"}, ["compose.yaml"]),
]


@pytest.mark.parametrize(("files", "expected"), titled(CASES))
def test_files_form_stacks(files: dict[str, str], expected: list[str]) -> None:
    assert stacks(files) == expected


def test_a_stack_contains_files_beside_the_given_ones() -> None:
    files = {"compose.yaml": FULL, "compose.override.yaml": OVERLAY, "compose.p.yaml": OVERLAY}
    assert stacks(files, ["compose.override.yaml"]) == ["compose.yaml:compose.override.yaml"]
    assert stacks(files, ["compose.p.yaml"]) == ["compose.yaml:compose.p.yaml"]


def test_a_named_file_is_a_stack_although_another_includes_it() -> None:
    files = {"compose.yaml": "include: [inc.yaml]\n", "inc.yaml": FULL}
    assert stacks(files, named=["inc.yaml"]) == ["compose.yaml", "inc.yaml"]
    nested = {"compose.yaml": "include: [sub/compose.yaml]\n", "sub/compose.yaml": FULL}
    assert stacks(nested, named=["sub/compose.yaml"]) == ["compose.yaml", "sub/compose.yaml"]


def test_files_that_compose_passes_over_are_recorded() -> None:
    files = {
        "compose.yaml": FULL,
        "docker-compose.yml": FULL,
        "compose.override.yml": OVERLAY,
        "docker-compose.override.yml": OVERLAY,
    }
    stack = default_stack(".", Reader("/nowhere", base="/nowhere", overlay=files))
    assert stack is not None
    assert stack.passed_over == ("docker-compose.yml", "docker-compose.override.yml")
    assert stack.run_from == "."


def test_env_files_of_the_command_line_can_set_compose_file() -> None:
    files = {"prod.env": "COMPOSE_FILE=z.yaml\n", "z.yaml": FULL, "compose.yaml": FULL}
    reader = Reader("/nowhere", base="/nowhere", overlay=files)
    stack = default_stack(".", reader, ["prod.env"])
    assert stack is not None
    assert stack.files == ("z.yaml",)
    assert stack.named_at is not None
    assert stack.named_at.file.path == "prod.env"


def test_paths_of_a_stack_are_cleaned() -> None:
    assert parse_stack("./a.yaml:b/../c.yaml").files == ("a.yaml", "c.yaml")
    assert default_stack("sub", Reader("/nowhere", base="/nowhere")) is None

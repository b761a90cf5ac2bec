"""The layers of the product: each imports only lower ones, and there are no circles.

Every import counts: at the top of a module, inside a function, and those for types alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import composelint

ROOT = Path(composelint.__file__).parent

FLOORS = (
    ("linter.cli", "linter.lsp", "linter.fleet", "linter.api"),
    ("linter.fixing", "linter.report", "linter.insight", "linter.graph"),
    ("linter.engine",),
    ("linter.migrate", "linter.suppression", "linter.shellcheck"),
    ("rules", "linter.rulebook"),
    ("linter.config", "linter.analysis", "linter.edits"),
    ("linter.model",),
    ("linter.compose",),
    ("linter.files", "linter.secrets", "linter.result", "linter.rule"),
    ("linter.source", "linter.images"),
    ("linter.base", "linter.version"),
)
"""From the highest to the lowest; in a row the modules further right are lower."""

RANK = {
    name: rank
    for rank, name in enumerate(name for floor in reversed(FLOORS) for name in reversed(floor))
}

AT_THE_ROOT = {"api", "migrate", "result", "rule", "version"}
"""The modules of ``linter/`` that have no folder: at most six."""


def name_of(path: Path) -> str:
    """A file's module as a dotted name below the package."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {
    name_of(path): path
    for folder in ("linter", "rules")
    for path in sorted((ROOT / folder).rglob("*.py"))
}


@cache
def imports_of(module: str) -> frozenset[str]:
    """Our modules that a module imports, anywhere in its text, for types too."""
    path = MODULES[module]
    package = path.relative_to(ROOT).parent.parts
    imported = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            parent = ".".join((*base, node.module) if node.module else base)
            for alias in node.names:
                inner = f"{parent}.{alias.name}"
                imported.add(inner if inner in MODULES else parent)
    return frozenset(imported) - {module}


def floor_of(module: str) -> str | None:
    """The entry of ``FLOORS`` that a module belongs to."""
    while module not in RANK:
        if "." not in module:
            return None
        module = module.rpartition(".")[0]
    return module


def circles() -> Iterator[list[str]]:
    """Groups of modules that import each other, directly or through others."""
    reached: dict[str, set[str]] = {}
    for module in MODULES:
        pending, others = [module], set()
        while pending:
            for name in imports_of(pending.pop()):
                if name in MODULES and name not in others:
                    others.add(name)
                    pending.append(name)
        reached[module] = others
    grouped: set[str] = set()
    for module, others in reached.items():
        if module in others and module not in grouped:
            group = sorted(name for name in others if module in reached[name])
            grouped.update(group)
            yield group


def above(module: str) -> list[str]:
    """The modules of higher floors that a module imports."""
    floor_of_module = floor_of(module)
    if floor_of_module is None:
        assert module in ("linter", "rules")  # empty packages
        return []
    return [
        name
        for name in sorted(imports_of(module))
        if (floor := floor_of(name)) != floor_of_module
        and (floor is None or RANK[floor] > RANK[floor_of_module])
    ]


def test_modules_import_only_lower_floors() -> None:
    assert {module: names for module in MODULES if (names := above(module))} == {}


def test_the_only_circle_is_between_children_and_parents_in_the_model() -> None:
    assert list(circles()) == [
        [f"linter.model.{name}" for name in ("dockerfile", "project", "service", "stack")]
    ]


def test_every_floor_exists() -> None:
    assert [name for name in RANK if floor_of(name) == name and name not in MODULES] == []


def test_few_modules_are_outside_of_a_folder() -> None:
    modules = {path.stem for path in (ROOT / "linter").glob("*.py")} - {"__init__"}
    assert modules == AT_THE_ROOT


LONGEST = 450


def test_long_modules_say_why() -> None:
    long = [path for path in MODULES.values() if path.read_text("utf-8").count("\n") > LONGEST]
    documentation = {path: ast.get_docstring(ast.parse(path.read_text("utf-8"))) for path in long}
    assert [path for path, text in documentation.items() if "one piece" not in (text or "")] == []

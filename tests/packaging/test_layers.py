"""Imports go one way: text, then stacks, then the model, then rules, then what uses them."""

from __future__ import annotations

import ast
from pathlib import Path

import composelint
import pytest

ROOT = Path(composelint.__file__).parent

# What the modules of a folder may import of ours; a name stands for all below it.
ALLOWED = {
    "linter/source": {"linter.source"},
    "linter/images": {
        "linter.images",
        "linter.source.plain_json",
        "linter.source.patterns",
        "linter.source.records",
    },
    "linter/compose": {"linter.compose", "linter.source", "linter.suggest"},
    "rules": {
        "rules",
        "linter.budget",
        "linter.compose.envfiles",
        "linter.container",
        "linter.edit",
        "linter.images",
        "linter.listing",
        "linter.model",
        "linter.reorder",
        "linter.rule",
        "linter.secrets",
        "linter.source",
        "linter.suggest",
        "linter.units",
        "linter.unread_secrets",
        "linter.wording",
    },
}


def imported(path: Path) -> set[str]:
    """The modules of ours that a file imports, at its top or later, as dotted names."""
    package = list(path.relative_to(ROOT).parent.parts)
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            module = [*base, *(node.module.split(".") if node.module else [])]
            if node.module:
                found.add(".".join(module))
            else:
                found.update(".".join([*module, alias.name]) for alias in node.names)
    return found


@pytest.mark.parametrize("folder", ALLOWED)
def test_imports_go_one_way(folder: str) -> None:
    allowed = ALLOWED[folder]
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / folder).rglob("*.py")
        for name in imported(path)
        if not any(name == known or name.startswith(known + ".") for known in allowed)
    }
    assert wrong == set()


# What the modules of a folder have no business with.
NEVER = {
    "linter/config": {"linter.cli", "linter.engine"},
    "linter/engine": {"linter.cli", "linter.report"},
    "linter/report": {"linter.cli", "linter.engine.run", "linter.engine.workspace"},
    "linter/shellcheck": {"linter.cli", "linter.engine"},
}


@pytest.mark.parametrize("folder", NEVER)
def test_layers_leave_those_above_alone(folder: str) -> None:
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / folder).rglob("*.py")
        for name in imported(path)
        if any(name == above or name.startswith(above + ".") for above in NEVER[folder])
    }
    assert wrong == set()


def test_only_the_command_line_imports_itself() -> None:
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for folder in ("linter", "rules")
        for path in (ROOT / folder).rglob("*.py")
        for name in imported(path)
        if name.startswith("linter.cli") and ROOT / "linter" / "cli" not in path.parents
    }
    assert wrong == set()

"""Dockerfiles in memory, the scripts that ShellCheck gets, and programs that replace ShellCheck."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from checks import check_text, kind_of_text, place
from composelint.linter.engine.settings import Settings
from composelint.linter.files.reader import Reader
from composelint.linter.model.dockerfile import Dockerfile
from composelint.linter.model.project import Project
from composelint.linter.result import Result
from composelint.linter.rule import Diagnostic
from composelint.linter.rulebook.selection import Selection
from composelint.linter.shellcheck.script_files import ScriptFile, script_files_of


def dockerfile(text: str) -> Dockerfile:
    dockerfile_of_text = Project(Reader(".", overlay={"Dockerfile": text})).dockerfile("Dockerfile")
    assert dockerfile_of_text is not None
    return dockerfile_of_text


def script_files(text: str) -> list[ScriptFile]:
    return list(script_files_of(dockerfile(text)))


def script_file(text: str) -> ScriptFile:
    (only,) = script_files(text)
    return only


def script(script_file: ScriptFile) -> list[str]:
    """The lines of a script file without those that we add at the top."""
    lines = script_file.text.removesuffix("\n").split("\n")
    first = next(n for n, line in enumerate(lines) if line.startswith("export ")) + 1
    return lines[first:]


def exported(script_file: ScriptFile) -> set[str]:
    """The variables that a script file exports, without the proxy variables."""
    line = next(line for line in script_file.text.split("\n") if line.startswith("export "))
    return {name for name in line.split()[1:] if not name.lower().endswith("_proxy")}


def lint(text: str, *select: str, name: str = "Dockerfile", **settings: Any) -> Result:
    selection = settings.pop("selection", None) or Selection(select=select or ("SC",))
    run_settings = Settings(selection=selection, debug=True, **settings)
    return check_text(text.encode(), name, kind_of_text(name), run_settings)


def shown(items: Sequence[Diagnostic]) -> list[str]:
    """Findings as ``line:column code text``."""
    return [f"{place(item.span.origin)} {item.code} {item.span.origin.text}" for item in items]


def program(folder: Path, body: str) -> str:
    """A program that runs ``body``, with the files' names in ``names``."""
    path = folder / "shellcheck"
    path.write_text(
        f"#!{sys.executable}\nimport json, os, subprocess, sys, time\n"
        f"names = [arg for arg in sys.argv[1:] if arg.isdigit()]\n{body}\n"
    )
    path.chmod(0o755)
    return str(path)


def reporting(folder: Path, *comments: dict[str, Any], code: int = 1) -> str:
    """A program that reports these comments on the first of its files."""
    text = json.dumps(list(comments))
    return program(
        folder,
        f"comments = json.loads({text!r})\n"
        "for each in comments: each.setdefault('file', names[0])\n"
        f"print(json.dumps({{'comments': comments}})); sys.exit({code})",
    )


def comment(
    line: int,
    column: int,
    end_column: int,
    *,
    code: int = 2086,
    level: str = "info",
    message: str = "m",
    fix: Sequence[tuple[int, int, str, str]] = (),
    end_line: int | None = None,
) -> dict[str, Any]:
    """One comment as ShellCheck prints it; ``fix`` has (column, end column, text, point)."""
    last = line if end_line is None else end_line
    return {
        "line": line,
        "endLine": last,
        "column": column,
        "endColumn": end_column,
        "level": level,
        "code": code,
        "message": message,
        "fix": {
            "replacements": [
                {
                    "line": line,
                    "endLine": line,
                    "column": start,
                    "endColumn": end,
                    "replacement": text,
                    "insertionPoint": point,
                    "precedence": 7,
                }
                for start, end, text, point in fix
            ]
        }
        if fix
        else None,
    }

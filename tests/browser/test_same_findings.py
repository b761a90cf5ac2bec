"""Without libyaml, as in a browser, whole projects give the same report, byte by byte."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from composelint.linter.rulebook.registry import listed_rules

from examples import laid_out

ROOT = Path(__file__).parent.parent.parent
PROJECTS = sorted(
    {path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("tests/projects/*/*ile")}
    | {path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("tests/projects/*/*.y*ml")}
    | {path.parent.relative_to(ROOT).as_posix() for path in ROOT.glob("examples/**/compose.yaml")}
)

LINT = """
import os, sys
if sys.argv[1] == "python":
    sys.modules["yaml._yaml"] = None
from composelint import check
from composelint.linter.source.yaml.parser import _Parser
assert _Parser.__name__ == {"c": "CParser", "python": "PureParser"}[sys.argv[1]]
for folder in sys.argv[2:]:
    os.chdir(folder)
    for preset in ("recommended", "all"):
        print(check(".", preset=preset, isolated=preset == "all").render("json"))
"""


def reports(parser: str, folders: list[Path]) -> str:
    """The JSON reports on some folders, with a parser."""
    program = [sys.executable, "-c", LINT, parser, *map(str, folders)]
    return subprocess.run(program, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("name", PROJECTS)
def test_projects_have_the_same_findings(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(ROOT / name, folder)
    (folder / ".git").mkdir()
    in_c = reports("c", [folder])
    assert reports("python", [folder]) == in_c
    assert '"code"' in in_c or name == "examples/production"


@pytest.mark.parametrize("family", ["compose", "project"])
def test_examples_of_rules_have_the_same_findings(family: str, tmp_path: Path) -> None:
    folders = []
    for rule in listed_rules(family):
        for number, example in enumerate(rule.examples):
            folder = tmp_path / f"{rule.code}-{number}"
            for path, text in laid_out(rule, example, example.bad)[0].items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text, "utf-8", "surrogatepass", "")
            (folder / ".git").mkdir(exist_ok=True)
            folders.append(folder)
    in_c = reports("c", folders)
    assert reports("python", folders) == in_c
    assert in_c.count('"code"') > len(folders)

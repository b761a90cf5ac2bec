"""The examples of rules as projects: their files, their marks, and what is found there."""

from __future__ import annotations

import re
from collections.abc import Mapping

from checks import check_paths
from composelint.linter.config.settings import Config
from composelint.linter.engine.settings import Settings
from composelint.linter.rule import Diagnostic, Example, Rule
from composelint.linter.rulebook.binding import load_config
from composelint.linter.rulebook.selection import Selection
from marked import Marks, unmark
from snippets import texts

MARK = re.compile(r"[ \t]*# error(?::|[ \t]*\Z)")
DEFAULT_PATHS = {
    "compose": "compose.yaml",
    "dockerfile": "Dockerfile",
    "dockerignore": ".dockerignore",
    "env": ".env",
    "project": "compose.yaml",
    "linter": "compose.yaml",
}


def kind_of(rule: Rule) -> str:
    """The folder of ``rules`` that has the rule."""
    return rule.check.__module__.split(".")[-2]


def preset_of(example: Example) -> str:
    """The preset that an example is linted with."""
    return example.preset or "recommended"


def main_path(rule: Rule, example: Example) -> str:
    """The path of the file that an example is about."""
    return example.path or DEFAULT_PATHS[kind_of(rule)]


def laid_out(rule: Rule, example: Example, text: str) -> tuple[dict[str, str], dict[str, Marks]]:
    """The files of an example without their marks, and the marks of each file that has some."""
    files, marks = {}, {}
    for path, marked in {**example.files, main_path(rule, example): text}.items():
        files[path], marks[path] = unmark(marked, MARK)
    return files, {path: places for path, places in marks.items() if places}


def lint(files: Mapping[str, str], selection: Selection) -> list[Diagnostic]:
    """The findings in a project with these files, whose configuration counts."""
    with texts(files):
        config = load_config() if "composelint.toml" in files else Config()
        return check_paths(["."], Settings(selection=selection, config=config, debug=True)).reported

"""Every rule's own examples: ``bad`` fires exactly where it is marked, ``good`` does not."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from checks import check_paths
from composelint.linter.config.settings import Config
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import discover
from composelint.linter.fixing.engine import Choice, fix_files
from composelint.linter.result import Result
from composelint.linter.rule import Example, Rule, Severity
from composelint.linter.rulebook.binding import load_config
from composelint.linter.rulebook.registry import all_rules
from composelint.linter.rulebook.selection import Selection

MARK = re.compile(r"[ \t]*# error(?::[ ]*(?P<text>[^\n]*?))?[ \t]*(?=\n|\Z)")
DEFAULT_PATHS = {
    "compose": "compose.yaml",
    "dockerfile": "Dockerfile",
    "dockerignore": ".dockerignore",
    "env": ".env",
    "project": "compose.yaml",
    "linter": "compose.yaml",
}

RULES = all_rules()
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.code}-{rule.name}-{number}")
    for rule in RULES
    for number, example in enumerate(rule.examples, 1)
]


def main_path(rule: Rule, example: Example) -> str:
    if example.path:
        return example.path
    topic = rule.check.__module__.split(".")[-2]
    return DEFAULT_PATHS[topic]


def unmark(text: str) -> tuple[str, list[tuple[int, str]]]:
    """The text without its marks, and the marked lines with the text each span begins with."""
    marks = []
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        found = MARK.search(line)
        if found:
            marks.append((number, found["text"] or ""))
            line = line[: found.start()]
        lines.append(line)
    return "\n".join(lines), marks


def lay_out(
    folder: Path, rule: Rule, example: Example, text: str
) -> dict[str, list[tuple[int, str]]]:
    marks = {}
    for path, content in {**example.files, main_path(rule, example): text}.items():
        plain, found = unmark(content)
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(plain, encoding="utf-8", newline="")
        if found:
            marks[path] = found
    return marks


def lint(rule: Rule, example: Example) -> Result:
    selection = Selection(example.preset or "recommended", select=[rule.code])
    config = load_config() if "composelint.toml" in example.files else Config()
    return check_paths(["."], Settings(selection=selection, config=config, debug=True))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_bad_example_fires_exactly_where_it_is_marked(
    rule: Rule, example: Example, folder: Path
) -> None:
    marks = lay_out(folder, rule, example, example.bad)
    assert marks, "a bad example marks at least one line"
    found: dict[str, list[tuple[int, str]]] = {}
    for item in lint(rule, example).reported:
        if item.code == rule.code:
            span = item.span.origin
            line = span.file.position(span.start).line
            found.setdefault(span.file.path, []).append((line, span.text))
    assert {path: [line for line, _ in places] for path, places in found.items()} == {
        path: [line for line, _ in places] for path, places in marks.items()
    }
    for path, places in marks.items():
        for (_, wanted), (_, text) in zip(places, found[path], strict=True):
            assert text.startswith(wanted)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_good_example_is_clean(rule: Rule, example: Example, folder: Path) -> None:
    if not example.good:
        assert rule.severity is Severity.ERROR or example.bad
        return
    lay_out(folder, rule, example, example.good)
    result = lint(rule, example)
    assert [item for item in result.reported if item.code == rule.code] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_declaration_is_complete(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z]{2}\d{3}", rule.code)
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", rule.name)
    assert rule.summary.endswith("."), "the summary is a sentence"
    assert "\n" not in rule.summary
    assert len(rule.summary) <= 160
    if not rule.engine:
        assert rule.examples, "a rule shows what it means"
    for peer in rule.equivalents:
        assert re.fullmatch(r"(hadolint|buildkit|dclint|compose-lint|kics|trivy|checkov):\S+", peer)
    for source in rule.sources:
        assert source.startswith("https://")


def test_codes_and_names_are_unique() -> None:
    codes = [rule.code for rule in RULES]
    names = [rule.name for rule in RULES]
    assert len(set(codes)) == len(codes)
    assert len(set(names)) == len(names)


FIXABLE = [param for param in EXAMPLES if param.values[0].fix is not None]  # type: ignore[union-attr]


def fixed(rule: Rule, example: Example, preset: str) -> dict[str, str]:
    """The main file's text after all fixes of this rule, and the files that they create."""
    settings = Settings(selection=Selection(preset, select=[rule.code]), debug=True)
    found = list(discover(["."]))
    outcome = fix_files(found, settings, Choice(unsafe=True))
    assert outcome.dropped == []
    assert outcome.converged
    return {**outcome.created, **outcome.after}


@pytest.mark.parametrize(("rule", "example"), FIXABLE)
def test_fixing_the_bad_example_gives_the_good_one(
    rule: Rule, example: Example, folder: Path
) -> None:
    lay_out(folder, rule, example, example.bad)
    texts = fixed(rule, example, example.preset or "recommended")
    path = main_path(rule, example)
    if path in texts:
        assert texts[path] == example.good
    for name, text in texts.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")
    if texts:
        assert fixed(rule, example, example.preset or "recommended") == {}


def test_a_rule_that_declares_a_fix_shows_it_in_an_example(folder: Path) -> None:
    silent = []
    for rule in RULES:
        if rule.fix is None or rule.engine:
            continue
        shown = False
        for number, example in enumerate(rule.examples):
            inside = folder / f"{rule.code}-{number}"
            (inside / ".git").mkdir(parents=True)
            os.chdir(inside)
            lay_out(inside, rule, example, example.bad)
            shown = shown or any(item.fix for item in lint(rule, example).reported)
        if not shown:
            silent.append(rule.code)
    assert silent == []

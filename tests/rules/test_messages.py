"""Every message of the rules on a few pages, to be read in one go and in review.

``messages/KIND.txt`` has what each rule reports for its own bad examples, and for the texts of
``more_messages.py`` where these do not reach all of its messages: the message, the help, other
places, and the title of the fix. After a change that is meant, ``COMPOSELINT_UPDATE=1 pytest
tests/rules/test_messages.py`` writes them anew: read the difference before keeping it.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from checks import ROOT
from composelint.linter.rule import Diagnostic, Example, Rule
from composelint.linter.rulebook.registry import all_rules
from composelint.linter.rulebook.selection import Selection
from more_messages import ALSO_SELECTED, MORE, UNREACHED

from examples import kind_of, laid_out, lint, main_path, preset_of

HERE = Path(__file__).parent / "messages"
KINDS = ("compose", "dockerfile", "dockerignore", "env", "project", "linter")
RULES = [rule for rule in all_rules() if rule.examples or rule.code in MORE]


def findings_of(rule: Rule) -> Iterator[tuple[Diagnostic, str]]:
    """What a rule reports for its examples and for more texts, each with the path to name."""
    projects = [
        (laid_out(rule, example, example.bad)[0], main_path(rule, example), preset_of(example))
        for example in rule.examples
    ]
    first = rule.examples[0] if rule.examples else Example("")
    for text in MORE.get(rule.code, ()):
        files = text if isinstance(text, Mapping) else {main_path(rule, first): text}
        projects.append((files, next(iter(files)), "all"))
    selected = [rule.code, *filter(None, [ALSO_SELECTED.get(rule.code)])]
    for files, path, preset in projects:
        for finding in lint(files, Selection(preset, select=selected)):
            if finding.code == rule.code:
                yield finding, path


def place(path: str, line: int, named: str) -> str:
    """A place as the pages show it: the line, after the path where it is another file."""
    return f"line {line}" if path == named else f"{path}:{line}"


def shown(finding: Diagnostic, path: str) -> str:
    """All the words of a finding."""
    where = place(finding.path, finding.start.line, path)
    lines = [f"  {finding.severity.label}, {where}: {finding.message}"]
    if finding.help:
        lines.append(f"    help: {finding.help}")
    for each in finding.related:
        span = each.span.origin
        where = place(span.file.path, span.file.position(span.start).line, path)
        lines.append(f"    see {where}: {each.message}")
    if finding.fix is not None:
        lines.append(f"    {finding.fix.applicability.label}: {finding.fix.title}")
    return "\n".join(lines) + "\n"


def page(kind: str) -> str:
    """The rules of one folder, each with its summary and what it reports, each text once."""
    parts = []
    for rule in RULES:
        if kind_of(rule) == kind:
            texts = dict.fromkeys(shown(*each) for each in findings_of(rule))
            parts.append(f"{rule.code} {rule.name}: {rule.summary}\n{''.join(texts)}")
    return "\n".join(parts)


def sites() -> dict[tuple[str, int], str]:
    """The file and line of each call of ``Diagnostic`` in the rules, with its function."""
    calls = {}
    for path in sorted((ROOT / "rules").rglob("*.py")):
        name = path.relative_to(ROOT / "rules").as_posix()
        for function in ast.parse(path.read_text(encoding="utf-8")).body:
            for node in ast.walk(function) if isinstance(function, ast.FunctionDef) else ():
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id == "Diagnostic"
                ):
                    calls[name, node.lineno] = f"{name}: {function.name}"
    return calls


class Pages:
    """The pages by kind, and the places in the rules that made their findings."""

    def __init__(self) -> None:
        self.reached: set[tuple[str, int]] = set()
        original = Diagnostic.__init__

        def noting(finding: Diagnostic, *arguments: Any, **more: Any) -> None:
            caller = sys._getframe(1)
            path = caller.f_code.co_filename.replace(os.sep, "/")
            self.reached.add((path.rpartition("/rules/")[2], caller.f_lineno))
            original(finding, *arguments, **more)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Diagnostic, "__init__", noting)
            self.text = {kind: page(kind) for kind in KINDS}


@pytest.fixture(scope="module")
def pages() -> Pages:
    return Pages()


@pytest.mark.parametrize("kind", KINDS)
def test_messages_are_those_of_the_page(kind: str, pages: Pages) -> None:
    golden = HERE / f"{kind}.txt"
    if os.environ.get("COMPOSELINT_UPDATE"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(pages.text[kind], encoding="utf-8", newline="\n")
    assert pages.text[kind] == golden.read_text(encoding="utf-8")


def test_pages_have_all_messages(pages: Pages) -> None:
    """Each place that makes a finding is reached, except those that ``UNREACHED`` counts."""
    missed: dict[str, int] = {}
    for site, function in sites().items():
        if site not in pages.reached:
            missed[function] = missed.get(function, 0) + 1
    assert missed == UNREACHED

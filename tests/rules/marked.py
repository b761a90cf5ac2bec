"""Dockerfiles with marks that say where one rule must report, and nowhere else.

``#! TEXT`` at the end of a line means that a finding begins on this line and that its span
begins with ``TEXT``; a line may have several marks. They are removed before the file is linted.
A case without a mark means that the rule reports nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from composelint.linter.config.settings import Config
from composelint.linter.rule import Severity
from snippets import diagnostics

MARK = re.compile(r"[ \t]*#!(?: |$)")

Marks = list[tuple[int, str]]
"""Lines, each with the text that the span of a finding there begins with."""


class Case(NamedTuple):
    """A rule, a Dockerfile with marks, the other files, and the severity of the findings."""

    code: str
    text: str
    files: Mapping[str, str] = {}
    severity: Severity | None = None
    path: str = "Dockerfile"


def name_of(case: Case) -> str:
    """An id for pytest: the code and the first marked line, else the last line."""
    lines = case.text.strip().split("\n")
    line = next((line for line in lines if "#!" in line), lines[-1])
    return f"{case.code}-{line.partition('#!')[0].strip()[:50]}"


def unmark(text: str, mark: re.Pattern[str] = MARK) -> tuple[str, Marks]:
    """The text without its marks, and the marked places."""
    marks: Marks = []
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        plain, *starts = mark.split(line)
        marks += [(number, start.strip()) for start in starts]
        lines.append(plain)
    return "\n".join(lines), marks


def check(case: Case) -> None:
    """Lint a case and compare the findings with its marks."""
    text, marks = unmark(case.text)
    config = Config(inline_ignores=False)
    findings = diagnostics(case.code, text, case.path, case.files, preset="all", config=config)
    findings = [finding for finding in findings if finding.path == case.path]
    places = [(finding.start.line, finding.span.text) for finding in findings]
    assert [line for line, _ in places] == [line for line, _ in marks], places
    for (_, start), (_, reported) in zip(marks, places, strict=True):
        assert reported.startswith(start)
    if case.severity is not None:
        assert {finding.severity for finding in findings} == {case.severity}

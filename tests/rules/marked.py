"""Dockerfiles with marks that say where one rule must report, and nowhere else.

``#! TEXT`` at the end of a line means: a finding begins on this line and its span begins
with ``TEXT`` (several where further ``#! TEXT`` follow). The marks are taken out before the file is linted. ``Case("DF101", …)``
without a mark says that the rule is silent.
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
    """A rule, a Dockerfile with marks, the other files, and the severity of what is found."""

    code: str
    text: str
    files: Mapping[str, str] = {}
    severity: Severity | None = None
    path: str = "Dockerfile"


def name_of(case: Case) -> str:
    """An id for pytest: the code and the most telling line."""
    lines = case.text.strip().split("\n")
    telling = next((line for line in lines if "#!" in line), lines[-1])
    return f"{case.code}-{telling.partition('#!')[0].strip()[:50]}"


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
    """Lint the case and compare."""
    text, marks = unmark(case.text)
    config = Config(inline_ignores=False)
    found = diagnostics(case.code, text, case.path, case.files, preset="all", config=config)
    found = [item for item in found if item.span.origin.file.path == case.path]
    places = [item.span.origin for item in found]
    shown = [(span.file.position(span.start).line, span.text) for span in places]
    assert [line for line, _ in shown] == [line for line, _ in marks], shown
    for (_, wanted), (_, given) in zip(marks, shown, strict=True):
        assert given.startswith(wanted)
    if case.severity is not None:
        assert {item.severity for item in found} == {case.severity}

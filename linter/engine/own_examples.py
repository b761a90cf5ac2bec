"""Runs the good and bad examples of rules that are not built in: of policies and of plug-ins."""

from __future__ import annotations

import os
from textwrap import indent

from ..base.names import UNREAD_CODES
from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..files.discovery import InputFile
from ..files.kinds import COMPOSE, DOCKERFILE, kind_of_named
from ..rulebook.selection import Selection
from .run import check_files
from .settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..config.settings import Policy
    from ..rule import Diagnostic, Rule

_MARK = on_demand(r"[ \t]*# error(?::[ \t]*(?P<start>[^\n]*))?[ \t]*\Z")
_SERVICES = on_demand(r"(?m)^[\"']?services[\"']?[ \t]*:")
_HEAD = "services:\n  example:\n"
"""Stands before an example that has only the keys of a service."""

_NOWHERE = os.path.join(os.sep, "nonexistent", "composelint-example")
"""A folder that does not exist, so that no file beside the example changes its meaning."""


class Trial(NamedTuple):
    """An example of a rule.

    ``text`` has marks where the rule is to report something (``# error``), ``files`` are the other
    files by path, ``first`` is the line of ``text`` that an editor shows as its first.
    """

    is_good: bool
    path: str
    text: str
    files: Mapping[str, str] = {}
    first: int = 1


def trial_of(policy: Policy, text: str, is_good: bool) -> Trial:
    """An example of a policy: a Dockerfile, a Compose file, or the keys of one service."""
    if policy.on == "stage":
        return Trial(is_good, "Dockerfile", text)
    if policy.on == "stack" or _SERVICES.search(text):
        return Trial(is_good, "compose.yaml", text)
    return Trial(is_good, "compose.yaml", _HEAD + indent(text, "    "), first=3)


def trials_of(rule: Rule) -> list[Trial]:
    """The examples that a plug-in declares for a rule."""
    paths = {"dockerfile": "Dockerfile", "dockerignore": ".dockerignore", "env": ".env"}
    from ..base.names import SUBJECT_TOPICS

    usual = paths.get(SUBJECT_TOPICS[rule.subject], "compose.yaml")
    return [
        Trial(is_good, example.path or usual, text, example.files)
        for example in rule.examples
        for is_good, text in ((False, example.bad), (True, example.good))
        if text
    ]


def failure_of(rule: Rule, trial: Trial) -> str:
    """Why an example fails; empty if the rule reports what it is to report."""
    expected: list[tuple[int, str]] = []
    texts: dict[str, bytes] = {}
    for path, marked in {**trial.files, trial.path: trial.text}.items():
        plain, marks = _unmarked(marked)
        texts[os.path.join(_NOWHERE, path)] = plain.encode("utf-8")
        if path == trial.path:
            expected = marks
    main = os.path.join(_NOWHERE, trial.path)
    files = [
        InputFile(path, kind_of_named(path) or (COMPOSE if path == main else DOCKERFILE), True)
        for path in texts
    ]
    selection = Selection(select=[rule.code], extra=[rule])
    result = check_files(files, Settings(selection, root=_NOWHERE), texts)
    findings = [finding for finding in result.reported if finding.path == main]
    unread = [finding for finding in findings if finding.code in UNREAD_CODES]
    if unread:
        return f"it cannot be checked: {_told(unread, trial)}"
    reported = [finding for finding in findings if finding.code == rule.code]
    if trial.is_good:
        return f"it is reported: {_told(reported, trial)}" if reported else ""
    if not reported:
        return "nothing is reported"
    lines = [finding.start.line for finding in reported]
    if not expected:
        return ""
    wanted = [line for line, _ in expected]
    if sorted(set(lines)) != sorted(set(wanted)):
        got = _placed(lines, trial)
        told = _told(reported, trial)
        if len(reported) == 1:
            got, told = got.replace("a finding", "one"), reported[0].message
        return f"expected {_placed(wanted, trial)}, got {got}: {told}"
    for line, start in expected:
        spans = [finding.span.text for finding in reported if finding.start.line == line]
        if start and not any(span.startswith(start) for span in spans):
            return f'line {line - trial.first + 1}: "{spans[0]}" is reported, not "{start}"'
    return ""


def _unmarked(text: str) -> tuple[str, list[tuple[int, str]]]:
    """A text without its marks, and the lines that have one, each with what is reported there."""
    lines, marks = [], []
    for number, line in enumerate(text.split("\n"), 1):
        mark = _MARK.search(line)
        if mark is not None:
            marks.append((number, (mark["start"] or "").strip()))
            line = line[: mark.start()]
        lines.append(line)
    return "\n".join(lines), marks


def _placed(lines: list[int], trial: Trial) -> str:
    """Findings by the lines of the example that they are on."""
    from ..base.wording import and_list

    shown = [str(max(1, line - trial.first + 1)) for line in sorted(set(lines))]
    if len(shown) == 1:
        return f"{'a finding' if len(lines) == 1 else 'findings'} on line {shown[0]}"
    return f"findings on lines {and_list(shown, '')}"


def _told(findings: Sequence[Diagnostic], trial: Trial) -> str:
    """Findings in a few words, with their lines in the example."""
    return "; ".join(
        f"line {max(1, finding.start.line - trial.first + 1)}: {finding.message}"
        for finding in findings[:3]
    )

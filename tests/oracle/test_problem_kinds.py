"""Each kind of problem that loading a stack can find belongs to one rule, which reports it."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from checks import check_paths
from composelint.linter.engine.settings import Settings
from composelint.linter.files.disk import MAX_FILE_BYTES
from composelint.linter.rulebook.registry import topic_rules
from composelint.linter.rulebook.selection import Selection
from composelint.rules.compose._problems import CLAIMED
from harness import Case, load, load_cases
from kinds import KINDS, REJECTED, REMARKS

ELSEWHERE = {
    # The engine reports what keeps it from reading on.
    "unreadable-file": "LN001",
    "file-too-large": "LN002",
    "not-utf8": "LN003",
    "utf-16": "LN003",
    "too-complex": "LN004",
    "path-outside-project": "LN006",
    # Rules that are no rows of a table: they look for it themselves, or add to it.
    "yaml-syntax": "CF001",
    "required-variable": "CF134",
    "env-file-syntax": "EV001",
    "env-file-missing": "XF110",
    "label-file-missing": "XF110",
}

PIPE = "pipe.yaml"
"""A file of this name is made a named pipe, which is not read."""

WEB = b"services:\n  web:\n    image: nginx:1.29\n"
OWN = [
    Case("own", "legacy-layout", {"compose.yaml": b"web:\n  image: nginx:1.29\n"}),
    Case("own", "compose-file", {"compose.yaml": WEB, ".env": b"COMPOSE_FILE=compose.yaml:b.yaml"}),
    Case("own", "deep", {"compose.yaml": WEB + b"x-deep: " + b"[" * 5000}),
    Case(
        "own",
        "large",
        {"compose.yaml": b"include: [a.yaml]", "a.yaml": b"#" * (MAX_FILE_BYTES + 1)},
    ),
    Case("own", "outside", {"compose.yaml": b"include: [../a.yaml]"}),
    Case("own", "pipe", {"compose.yaml": b"include: [pipe.yaml]", PIPE: b""}),
]
"""What Docker Compose was not asked about."""

topic_rules("compose")
CLAIMS = [(kind, code) for code, kinds in CLAIMED.items() for kind in kinds] + [*ELSEWHERE.items()]


def lay_out(case: Case, folder: Path) -> tuple[set[str], str]:
    """The kinds of problem that a case shows, and the folder to work in."""
    if PIPE in case.files:
        (folder / "project").mkdir(parents=True)
        os.mkfifo(folder / "project" / PIPE)
        case = case._replace(files={name: case.files[name] for name in case.files if name != PIPE})
    stack, cwd = load(case, folder)
    return {problem.kind for problem in stack.problems}, cwd


@cache
def cases_by_kind() -> dict[str, list[Case]]:
    """The cases that show each kind, those with the least text first."""
    shown = defaultdict(list)
    for case in [*OWN, *load_cases()]:
        with TemporaryDirectory() as folder:
            for kind in lay_out(case, Path(folder).resolve())[0]:
                shown[kind].append(case)
    for cases in shown.values():
        cases.sort(key=lambda case: sum(len(text or b"") for text in case.files.values()))
    return shown


def test_each_kind_belongs_to_one_rule() -> None:
    owners = Counter(kind for kind, _ in CLAIMS)
    assert [kind for kind, rules in owners.items() if rules > 1] == []
    assert owners.keys() == cases_by_kind().keys()


def test_the_table_of_kinds_is_complete() -> None:
    assert cases_by_kind().keys() == KINDS.keys()
    assert not REJECTED.keys() & REMARKS.keys()


@pytest.mark.parametrize(("kind", "code"), CLAIMS)
def test_the_rule_of_a_kind_reports_it(
    kind: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(selection=Selection(select=[code]), debug=True)
    for number, case in enumerate(cases_by_kind()[kind]):
        monkeypatch.chdir(lay_out(case, tmp_path / str(number))[1])
        if check_paths(["."], settings).reported:
            return
    pytest.fail(f"{code} reports no {kind}")

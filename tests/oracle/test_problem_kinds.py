"""Each kind of problem that loading a stack can report belongs to one rule, which reports it."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from checks import check_paths
from composelint.linter.compose.release import CURRENT, RELEASES
from composelint.linter.config.settings import Config
from composelint.linter.engine.settings import Settings
from composelint.linter.files.disk import MAX_FILE_BYTES
from composelint.linter.rulebook.registry import topic_rules
from composelint.linter.rulebook.selection import Selection
from composelint.rules.compose._problems import CLAIMED
from harness import Case, load, load_cases
from kinds import KINDS, REJECTED, REMARKS

OTHER_OWNERS = {
    # The engine reports why it cannot read a file.
    "unreadable-file": "LN001",
    "file-too-large": "LN002",
    "not-utf8": "LN003",
    "utf-16": "LN003",
    "too-complex": "LN004",
    "path-outside-project": "LN006",
    # Rules that are not rows of a table: they search for the problem, or add to it.
    "yaml-syntax": "CF001",
    "required-variable": "CF134",
    "env-file-syntax": "EV001",
    "env-file-missing": "XF110",
    "label-file-missing": "XF110",
}

PIPE = "pipe.yaml"
"""A file of this name becomes a named pipe, which cannot be read."""

WEB = b"services:\n  web:\n    image: nginx:1.29\n"
OWN_CASES = [
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
"""Cases that were not recorded with Docker Compose."""

topic_rules("compose")
CLAIMS = [(kind, code) for code, kinds in CLAIMED.items() for kind in kinds] + [
    *OTHER_OWNERS.items()
]


def lay_out(case: Case, folder: Path, release: str = CURRENT) -> tuple[set[str], str]:
    """Write a case to disk; returns the kinds of its problems, and the folder to work in."""
    if PIPE in case.files:
        (folder / "project").mkdir(parents=True)
        os.mkfifo(folder / "project" / PIPE)
        case = case._replace(files={name: case.files[name] for name in case.files if name != PIPE})
    stack, cwd = load(case, folder, release)
    return {problem.kind for problem in stack.problems}, cwd


@cache
def cases_by_kind() -> dict[str, list[tuple[Case, str]]]:
    """The cases with each kind of problem for a release, those with the least text first."""
    cases_of = defaultdict(list)
    for case in [*OWN_CASES, *load_cases()]:
        for release in RELEASES:
            with TemporaryDirectory() as folder:
                for kind in lay_out(case, Path(folder).resolve(), release)[0]:
                    cases_of[kind].append((case, release))
    for cases in cases_of.values():
        cases.sort(key=lambda pair: sum(len(text or b"") for text in pair[0].files.values()))
    return cases_of


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
    for number, (case, release) in enumerate(cases_by_kind()[kind]):
        settings = Settings(
            selection=Selection(select=[code]),
            config=Config(compose_version=release),
            debug=True,
        )
        monkeypatch.chdir(lay_out(case, tmp_path / str(number), release)[1])
        if check_paths(["."], settings).reported:
            return
    pytest.fail(f"{code} reports no {kind}")

"""What ``--since`` reports is the difference of two full runs, on generated histories.

``COMPOSELINT_HISTORIES=FIRST:LAST pytest tests/engine/test_histories.py`` tries other seeds.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from checks import part_of
from composelint.linter.config.errors import ConfigError
from composelint.linter.config.options import Options
from composelint.linter.engine import components
from composelint.linter.engine.changes import Comparison, open_states
from composelint.linter.engine.workspace import open_workspace
from composelint.linter.files.git_blobs import end_git
from composelint.linter.files.git_tree import GitTree, open_repository
from composelint.linter.files.tree import use_tree
from composelint.linter.rule import Diagnostic
from composelint.linter.suppression.comparison import compare
from composelint.linter.suppression.fingerprints import fingerprint
from histories import commit_states, history

OPTIONS = Options(preset="all", no_cache=True, jobs=1)
FIRST, _, LAST = os.environ.get("COMPOSELINT_HISTORIES", f"0:{len(part_of(range(4)))}").partition(
    ":"
)
LENGTH = 6


def all_of(commit: str) -> list[Diagnostic] | None:
    """What a full run reports; None if the configuration has errors."""
    try:
        with use_tree(GitTree(open_repository("."), commit)):
            return open_workspace((), OPTIONS, lenient=True).check().reported
    except ConfigError:
        return None


def keys(findings: Iterable[Diagnostic]) -> Counter[tuple[str, ...]]:
    return Counter((each.path, each.code, each.message, fingerprint(each)) for each in findings)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(int(FIRST), int(LAST)))
def test_since_is_the_difference_of_two_full_runs(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As in a repository of many files.
    monkeypatch.setattr(components, "MAX_UNSPLIT", 0)
    commits = commit_states(tmp_path, history(seed, LENGTH))
    monkeypatch.chdir(tmp_path)
    results = [all_of(commit) for commit in commits]
    pairs = [(number, number + 1) for number in range(LENGTH)] + [(0, LENGTH // 2)]
    for before, after in pairs:
        old, new = results[before], results[after]
        if old is None or new is None:
            continue
        states = open_states(commits[before], commits[after])
        comparison = Comparison((), OPTIONS, states)
        result = comparison.run()
        renames = {one: other for one, other in comparison.renames.items() if one != other}
        expected = compare(old, new, renames)
        where = f"seed {seed}, {before}..{after}: {states.changes}"
        assert keys(result.reported) == keys(expected.new), where
        assert keys(result.fixed) == keys(expected.fixed), where
        assert all(each.brought_by for each in result.reported), where
    end_git()

"""``python -m tests.bench.histories REPOSITORY``: is ``--since`` the difference of two full runs?

For each of the last commits of a repository what the commit brings is compared with the difference of
runs over everything before and after it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from composelint.linter.config.options import Options
from composelint.linter.engine.changes import Comparison, open_states
from composelint.linter.engine.workspace import open_workspace
from composelint.linter.files.git_tree import GitTree, open_repository
from composelint.linter.files.tree import use_tree
from composelint.linter.suppression.comparison import compare
from composelint.linter.suppression.fingerprints import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from composelint.linter.rule import Diagnostic


class Difference(NamedTuple):
    """The findings of one side only, after a commit, and the seconds that both sides took."""

    commit: str
    only_since: Counter[tuple[str, ...]]
    only_full: Counter[tuple[str, ...]]
    since_seconds: float
    full_seconds: float


def differences(commits: Sequence[str], preset: str) -> Iterator[Difference]:
    """Compare both ways for each of these commits, the newest first; the last is only a beginning.

    The working folder is that of the repository.
    """
    options = Options(preset=preset, no_cache=True, jobs=1)
    repository = open_repository(".")

    def everything(commit: str) -> list[Diagnostic]:
        with use_tree(GitTree(repository, commit)):
            return open_workspace((), options, lenient=True).check().reported

    after: list[Diagnostic] | None = None
    for new, old in pairwise(commits):
        begin = time.perf_counter()
        states = open_states(old, new)
        result = Comparison((), options, states).run()
        middle = time.perf_counter()
        before, after = everything(old), after or everything(new)
        renames = {
            each.old: each.new
            for each in states.changes
            if each.old and each.new and each.old != each.new
        }
        wanted = compare(before, after, renames)
        end = time.perf_counter()
        given = _keys("new", result.reported) + _keys("fixed", result.fixed)
        right = _keys("new", wanted.new) + _keys("fixed", wanted.fixed)
        yield Difference(new, given - right, right - given, middle - begin, end - middle)
        after = before


def _keys(kind: str, findings: Iterable[Diagnostic]) -> Counter[tuple[str, ...]]:
    return Counter((kind, each.code, each.path, fingerprint(each)) for each in findings)


def main() -> int:
    """Compare, and print what differs; returns the exit code."""
    parser = argparse.ArgumentParser("python -m tests.bench.histories", description=__doc__)
    parser.add_argument("repository")
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--preset", default="all")
    options = parser.parse_args()
    os.chdir(options.repository)
    command = ["git", "rev-list", "--first-parent", f"-n{options.commits + 1}", "HEAD"]
    commits = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    total = different = 0
    since = full = 0.0
    for each in differences(commits, options.preset):
        total += 1
        since += each.since_seconds
        full += each.full_seconds
        if each.only_since or each.only_full:
            different += 1
            print(each.commit, "only --since:", dict(each.only_since))
            print(" " * len(each.commit), "only full:", dict(each.only_full), flush=True)
    print(
        f"{options.repository}: {total} commits, {different} differ; --since took {since:.0f} s, full "
        f"runs {full:.0f} s"
    )
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())

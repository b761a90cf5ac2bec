"""``--since`` and ``--staged``: reports only what a change brings."""

from __future__ import annotations

import os
import sys

from ..engine.changes import Comparison, open_states
from ..files.git_tree import INDEX
from ..files.tree import use_tree
from .console import is_terminal, tell
from .outcome import exit_code, report
from .states import check_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..config.options import Options

_RANGES = (("PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF"), ("PRE_COMMIT_ORIGIN", "PRE_COMMIT_SOURCE"))
"""The variables in which pre-commit gives the ends of a range, by their new and their old names."""


def run_changes(paths: tuple[str, ...], options: Options, lint_all: Callable[[], int]) -> int:
    """Lint what changed, and report what is new; returns the exit code.

    ``lint_all`` lints everything, in the tree that is the linted one.
    """
    check_options(paths, options)
    since, new = options.since or "HEAD", INDEX if options.staged else options.at
    for first, last in _RANGES if options.staged else ():
        if os.environ.get(first) and os.environ.get(last):
            since, new = f"merge-base:{os.environ[first]}", os.environ[last]
            break
    states = open_states(since, new)
    # git names the index of a commit that it makes. One that only changes its message stages nothing;
    # other calls for what is staged, such as those of CI, must not pass in silence.
    if new == INDEX and not states.changes and "GIT_INDEX_FILE" not in os.environ:
        if not options.quiet:
            tell("nothing is staged, so all files of the index are linted")
        with use_tree(states.new):
            return lint_all()
    if options.verbose:
        tell(f"changed files: {len(states.changes):,}")
    if options.quiet or not is_terminal(sys.stderr):
        comparison = Comparison(paths, options, states)
        result = comparison.run()
    else:
        from .progress import Bar

        with Bar(None) as bar:
            comparison = Comparison(paths, options, states, bar.step)
            result = comparison.run()
    workspace = comparison.workspace
    if options.fix or options.fix_only or options.diff:
        from .fix import fix

        with use_tree(comparison.editable):
            return fix(workspace, options, comparison)
    with use_tree(states.new):
        report(result, workspace, options)
    return exit_code(result, workspace, options)

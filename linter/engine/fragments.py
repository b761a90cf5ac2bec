"""Finds the stack of a Compose file that refers to what it does not define.

First what the repository says decides (documentation, scripts, workflows: see ``evidence.py``),
then the nearest Compose file in this folder or one above it that defines what is missing. If neither
is found, the file is a fragment: it is reported once as such, and only rules that look at one
service alone run on it.

Nothing of this is loaded for files that are complete.
"""

from __future__ import annotations

from itertools import islice

from ..base.text import SourceFile
from ..base.wording import and_list
from ..compose.discover import StackFiles, default_stack
from ..compose.evidence import evidence_for
from ..files.kinds import COMPOSE, kind_of
from ..files.paths import folder_of, is_inside, join_path, seen_from
from ..files.recognition import is_compose_file
from ..model.stack import Stack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..compose.problem import Problem
    from ..compose.stack import LoadedStack
    from ..rule import Rule
    from .context import Run

DANGLING = {
    "undefined-network": "network",
    "undefined-volume": "volume",
    "undefined-secret": "secret",
    "undefined-config": "config",
    "undefined-model": "model",
    "undefined-dependency": "service",
    "undefined-build-service": "service",
    "no-image-or-build": "service",
}
"""The kinds of problems that another file of the stack can solve, with what is missing."""

MAX_GROUPS = 20
MAX_BASES = 12
"""The most sets of files, and the most bases, that are tried for one file."""
MAX_SEARCHES = 100
"""The most files of a run whose stack is searched."""


def dangling(loaded: LoadedStack, files: Iterable[str]) -> list[Problem]:
    """The problems of these files that another file of the stack can solve."""
    wanted = set(files)
    return [
        problem
        for problem in loaded.problems
        if problem.kind in DANGLING
        and not problem.unset
        and problem.span.origin.file.path in wanted
    ]


def whole_stack(run: Run, files: StackFiles, loaded: LoadedStack) -> Stack:
    """The stack that some files belong to; a fragment if nothing shows which one it is.

    Files that Compose finds by itself are a stack, whatever they refer to, unless the
    repository gives them together with others.
    """
    missing = dangling(loaded, files.files)
    if missing:
        for candidate in _candidates(run, files, missing):
            other = run.load(candidate)
            if not dangling(other, files.files) and set(files.files) <= set(other.files):
                return Stack(run.project, other, candidate)
    stack = Stack(run.project, loaded, files)
    stack.is_fragment = bool(missing) and not files.is_default
    return stack


def _candidates(run: Run, files: StackFiles, missing: list[Problem]) -> Iterator[StackFiles]:
    """The sets of files that may be the stack of some files, the most certain first."""
    if run.searches >= MAX_SEARCHES:
        return
    run.searches += 1
    path = files.files[-1]
    names = _names(run, path)
    groups = evidence_for(path, names, run.reader)
    for group, span in islice(groups, MAX_GROUPS):
        if run.reader.is_ignored_by_git(span.file.path):
            continue
        yield StackFiles(group, why="given together", evidence=span)
    tried = 0
    for base in _bases(run, path, names):
        if files.is_default and folder_of(base[0]) == folder_of(path):
            continue  # Compose chooses among the files of one folder.
        if not set(base).isdisjoint(files.files) or not _may_define(run, base, missing):
            continue
        if run.reader.is_ignored_by_git(base[0]):
            continue
        if kind_of(base[0]) != COMPOSE and not is_compose_file(base[0]):
            continue
        tried += 1
        if tried > MAX_BASES:
            return
        what = _listed(missing[:1])
        why = f"{base[0]} defines the {what} that {path} refers to"
        yield StackFiles((*base, *files.files), base=base[0], why=why, guessed=True)


def _names(run: Run, path: str) -> list[str]:
    """The paths of the project's files."""
    top = seen_from(".", run.root)
    listing = run.project.listing(top)
    names = [join_path(top, name) for name in listing.files]
    if not listing.complete:
        # The project is large: what is near counts.
        folder = folder_of(path)
        names += [join_path(folder, name) for name in run.project.listing(folder).files]
    return list(dict.fromkeys(names))


def _bases(run: Run, path: str, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The files that a file may be laid over: those of its folder, then of those above it."""
    by_folder: dict[str, list[str]] = {}
    for name in names:
        if name.endswith((".yml", ".yaml")):
            by_folder.setdefault(folder_of(name), []).append(name)
    top = seen_from(".", run.root)
    folder = folder_of(path)
    while True:
        main = default_stack(folder, run.reader)
        if main is not None:
            yield main.files if main.named_at is not None else main.files[:1]
        for name in sorted(by_folder.get(folder, ()), key=_order):
            if name != path and (main is None or name != main.files[0]):
                yield (name,)
        if folder in (top, ".", "/", ".."):
            return
        above = join_path(folder, "..")
        if above == folder or not (top == "." or is_inside(top, above) or top.startswith("..")):
            return
        folder = above


def _order(path: str) -> tuple[bool, int, str]:
    """Files with a Compose file's name first, then those with the shortest names."""
    return kind_of(path) != COMPOSE, len(path), path


def _may_define(run: Run, base: Sequence[str], missing: list[Problem]) -> bool:
    """Whether the text of these files contains the missing names, or takes others in."""
    text = ""
    for path in base:
        answer = run.reader.read_text(path)
        text += answer.text if isinstance(answer, SourceFile) else ""
    return "include" in text or all(_name(problem) in text for problem in missing)


def _name(problem: Problem) -> str:
    """The name that is missing."""
    text = problem.span.text.strip("\"'")
    return text.removeprefix("service:").removeprefix("container:").partition(":")[0]


def _listed(missing: Iterable[Problem]) -> str:
    """The missing names in words."""
    names = dict.fromkeys(f'{DANGLING[problem.kind]} "{_name(problem)}"' for problem in missing)
    return and_list(names, "", 3)


# --- linting a fragment ---


def report_fragment(run: Run, stack: Stack) -> None:
    """Report that a file is a part of another stack, in place of what it does not define."""
    loaded = stack.loaded
    missing = dangling(loaded, stack.files.files)
    loaded.partial = True
    # Without the folder of the stack it is not known which variables are set either.
    loaded.problems[:] = [
        problem for problem in loaded.problems if problem.kind not in DANGLING and not problem.unset
    ]
    lacking = [problem for problem in missing if problem.kind == "no-image-or-build"]
    others = [problem for problem in missing if problem.kind != "no-image-or-build"]
    facts = [f"it refers to the {_listed(others)}"] if others else []
    if lacking:
        facts.append(f"it gives no image or build for the {_listed(lacking)}")
    run.findings.report(
        "LN007",
        missing[0].span,
        f"part of another stack: {' and '.join(facts)}, which no known file defines",
        "name its files with --stack or [[stacks]], so that they are linted together",
    )


def rules_of_fragments(
    rules: dict[str, list[Rule]],
) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """The rules for the whole of a fragment, and those for its services."""
    of_stack = tuple(
        rule
        for rule in rules["Stack"]
        if rule.category in ("reading", "security") and rule.code not in _WHOLE_STACKS_ONLY
    )
    return of_stack, tuple(rules["Service"])


_WHOLE_STACKS_ONLY = frozenset(("CF134", "CF140"))
"""Rules about variables: those of another folder's env file may set them."""

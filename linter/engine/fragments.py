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
from ..compose.nodes import value_at
from ..files.globs import in_folder
from ..files.kinds import COMPOSE, COMPOSE_NAMES, TEMPLATE_ENDINGS, kind_of
from ..files.paths import folder_of, is_inside, join_path, seen_from
from ..files.purpose import is_example
from ..files.recognition import is_compose_file
from ..model.stack import Stack
from ..source.yaml.nodes import Mapping, YamlFile

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
    "empty-file": "",
}
"""The kinds of problems that another file of the stack can solve, with what is missing."""

MAX_GROUPS = 20
MAX_BASES = 12
"""The most sets of files, and the most bases, that are tried for one file."""
MAX_SEARCHES = 100
"""The most files of a run whose stack is searched."""
MAX_OTHERS = 300
"""The most Compose files that are searched for what one with a default name lacks."""


def dangling(loaded: LoadedStack, files: Iterable[str]) -> list[Problem]:
    """The problems of these files that another file of the stack can solve."""
    wanted = set(files)
    return [
        problem
        for problem in loaded.problems
        if problem.kind in DANGLING and not problem.unset and _path(problem) in wanted
    ]


def whole_stack(run: Run, files: StackFiles, loaded: LoadedStack) -> Stack:
    """The stack that some files belong to; a fragment if nothing shows which one it is.

    Files that Compose finds by itself are a stack, whatever they refer to, unless the
    repository gives them together with others.
    """
    missing = dangling(loaded, files.files)
    if files.is_default:
        missing = [problem for problem in missing if problem.kind != "empty-file"]
    if not missing:
        return Stack(run.project, loaded, files)
    names = _names(run, files.files[-1]) if run.searches < MAX_SEARCHES else []
    run.searches += 1
    for candidate in _candidates(run, files, missing, names):
        other = run.load(candidate)
        rest = dangling(other, other.files)
        own = set(files.files)
        if not own <= set(other.files) or any(_path(problem) in own for problem in rest):
            continue
        if candidate.guessed and any(
            _path(problem).rpartition("/")[2] not in COMPOSE_NAMES for problem in rest
        ):
            continue  # The base is a fragment itself.
        # What the others lack is reported where they are linted as stacks of their own.
        other.problems[:] = [problem for problem in other.problems if problem not in rest]
        return Stack(run.project, other, candidate)
    stack = Stack(run.project, loaded, files)
    stack.is_fragment = not files.is_default or _is_completed(run, files, missing, names)
    return stack


def _path(problem: Problem) -> str:
    """The path of the file that a problem is in."""
    return problem.span.origin.file.path


def _candidates(
    run: Run, files: StackFiles, missing: list[Problem], names: list[str]
) -> Iterator[StackFiles]:
    """The sets of files that may be the stack of some files, the most certain first."""
    path = files.files[-1]
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
        what = f"{_listed(missing[:1])} that {path} refers to"
        why = f"{base[0]} defines {what if _listed(missing[:1]) else 'what it is laid over'}"
        yield StackFiles((*base, *files.files), base=base[0], why=why, guessed=True)


def _names(run: Run, path: str) -> list[str]:
    """The paths of the project's files."""
    top = seen_from(".", run.root)
    listing = run.project.listing(top)
    vendored = run.settings.config.vendored
    names = [join_path(top, name) for name in listing.files if not in_folder(name, vendored)]
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


def _is_completed(
    run: Run, files: StackFiles, missing: list[Problem], names: Sequence[str]
) -> bool:
    """Whether other files of the project show that one with a default name is a fragment.

    An example of its override defines what is missing; or, below the root, files of other folders
    do. Those with a default name only count if they are above it, because names such as ``db`` are
    usual, or if a service has nothing to run, so that the file is surely laid over another.
    """
    path = files.files[0]
    folder = folder_of(path)
    for name in names:
        base = name.rpartition("/")[2]
        is_draft = is_example(base) or base.rpartition(".")[2] in TEMPLATE_ENDINGS
        if folder_of(name) == folder and "override" in base and is_draft:
            text = run.project.text(name) or ""
            if all(_name(problem) in text for problem in missing):
                return True
    if folder == seen_from(".", run.root):
        return False
    is_overlay = any(problem.kind == "no-image-or-build" for problem in missing)
    others = [
        name
        for name in names
        if name.endswith((".yml", ".yaml"))
        and folder_of(name) != folder
        and (is_overlay or _is_above_or_unusual(name, folder))
        and (kind_of(name) == COMPOSE or is_compose_file(name))
    ][:MAX_OTHERS]
    return all(any(_defines(run, name, problem) for name in others) for problem in missing)


def _is_above_or_unusual(path: str, folder: str) -> bool:
    """Whether a file is in a folder above one, or has no default name."""
    above = folder_of(path)
    return path.rpartition("/")[2] not in COMPOSE_NAMES or above == "." or is_inside(above, folder)


def _defines(run: Run, path: str, problem: Problem) -> bool:
    """Whether a Compose file defines what is missing."""
    name = _name(problem)
    if not _may_define(run, (path,), [problem]):
        return False
    file = run.reader.read(path)
    for document in file.documents if isinstance(file, YamlFile) else ():
        section = value_at(document, f"{DANGLING[problem.kind]}s")
        entry = section.entry(name) if isinstance(section, Mapping) else None
        if entry is None:
            continue
        if DANGLING[problem.kind] != "service" or any(
            value_at(entry.value, key) for key in ("image", "build", "provider", "extends", "<<")
        ):
            return True
    return False


def _name(problem: Problem) -> str:
    """The name that is missing; empty if none is."""
    if not DANGLING[problem.kind]:
        return ""
    text = problem.span.text.strip("\"'")
    return text.removeprefix("service:").removeprefix("container:").partition(":")[0]


def _listed(missing: Iterable[Problem]) -> str:
    """The missing names in words: ``the services "a" and "b" and the network "c"``."""
    names: dict[str, dict[str, None]] = {}
    for problem in missing:
        if name := _name(problem):
            names.setdefault(DANGLING[problem.kind], {})[name] = None
    return and_list(
        (
            f"the {kind}{'s' if len(of_kind) > 1 else ''} {and_list(of_kind, most=3)}"
            for kind, of_kind in names.items()
        ),
        "",
    )


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
    facts = []
    if _listed(others):
        facts.append(f"it refers to {_listed(others)}, which no known file defines")
    if lacking:
        facts.append(f"it gives no image or build for {_listed(lacking)}")
    run.findings.report(
        "LN007",
        missing[0].span,
        f"part of another stack: {' and '.join(facts) or 'it defines nothing itself'}",
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

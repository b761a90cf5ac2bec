"""Finds the stack of a Compose file that refers to what it does not define.

First what the repository says decides (documentation, scripts, workflows: see ``evidence.py``),
then the nearest Compose file in this folder or one above it that defines what is missing. If neither
is found, the file is a fragment: it is reported once as such, and only rules that look at one
service alone run on it.

Nothing of this is loaded for files that are complete.
"""

from __future__ import annotations

from itertools import islice

from ..base.wording import and_list
from ..compose.discover import StackFiles, builds_partly, default_stack, partly_built
from ..compose.nodes import value_at
from ..compose.problem import INHERITED
from ..files.kinds import COMPOSE_NAMES
from ..files.paths import folder_of, is_inside, join_path, seen_from
from ..model.stack import Stack
from ..source.yaml.nodes import Mapping, YamlFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..compose.evidence import Evidence
    from ..compose.problem import Problem
    from ..compose.stack import LoadedStack
    from ..rule import Rule
    from .context import Run
    from .surroundings import Files

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
    own = _own_files(files, loaded)
    missing = dangling(loaded, own)
    if files.is_default:
        missing = [problem for problem in missing if problem.kind != "empty-file"]
    if not missing:
        return built_over(run, files, loaded) or Stack(run.project, loaded, files)
    known = run.surroundings.files_for(files.files[-1]) if run.searches < MAX_SEARCHES else None
    run.searches += 1
    for candidate in _candidates(run, files, missing, known):
        other = run.load(candidate)
        rest = dangling(other, own.union(other.files))
        if not set(files.files) <= set(other.files) or any(
            _path(problem) in own for problem in rest
        ):
            continue
        if candidate.guessed and any(
            _path(problem).rpartition("/")[2] not in COMPOSE_NAMES for problem in rest
        ):
            continue  # The base is a fragment itself.
        # What the others lack is reported where they are linted as stacks of their own.
        other.problems[:] = [problem for problem in other.problems if problem not in rest]
        return Stack(run.project, other, candidate)
    stack = Stack(run.project, loaded, files)
    stack.is_fragment = not files.is_default or _is_completed(run, files, missing, known)
    return stack


def built_over(run: Run, files: StackFiles, loaded: LoadedStack) -> Stack | None:
    """The stack of a file whose ``build`` adds to that of the same service in another file.

    Either a script or page of the repository uses both files together; or the Dockerfile does not exist
    where the file alone would look for it, and the default file of the folder says where it is.
    """
    services = partly_built(files, loaded.documents)
    if not services or run.searches >= MAX_SEARCHES:
        return None
    run.searches += 1
    path = files.files[0]
    known = run.surroundings.files_for(path)
    candidates = [
        StackFiles(group, why="given together", evidence=span)
        for group, span in islice(known.documents.evidence_for(path), MAX_GROUPS)
        if path in group and not run.reader.is_ignored_by_git(span.file.path)
    ]
    base = default_stack(folder_of(path), run.reader)
    if base is not None and not run.reader.exists(join_path(folder_of(path), "Dockerfile")):
        why = f"{base.files[0]} says where the services are built that {path} adds to"
        group = (*base.files[:1], path)
        candidates.append(StackFiles(group, base=group[0], why=why, guessed=True))
    for candidate in candidates:
        below = candidate.files[: candidate.files.index(path)]
        if not any(_builds(run, file, name) for file in below for name in services):
            continue
        other = run.load(candidate)
        rest = dangling(other, other.files)
        if not any(_path(problem) == path for problem in rest):
            other.problems[:] = [problem for problem in other.problems if problem not in rest]
            return Stack(run.project, other, candidate)
    return None


def _builds(run: Run, path: str, name: str) -> bool:
    """Whether a Compose file says where a service is built."""
    file = run.reader.read(path)
    return isinstance(file, YamlFile) and any(
        value_at(document, "services", name, "build") is not None
        and not builds_partly(value_at(document, "services", name))
        for document in file.documents
    )


def _own_files(files: StackFiles, loaded: LoadedStack) -> set[str]:
    """The files whose problems others can solve: those given, and what is included by name alone.

    What a file with a default name includes has to be complete with it.
    """
    return {*files.files, *(() if files.is_default else loaded.documents)}


def _path(problem: Problem) -> str:
    """The path of the file that a problem is in."""
    return problem.span.origin.file.path


def _candidates(
    run: Run, files: StackFiles, missing: list[Problem], known: Files | None
) -> Iterator[StackFiles]:
    """The sets of files that may be the stack of some files, the most certain first."""
    path = files.files[-1]
    groups: Iterable[Evidence] = known.documents.evidence_for(path) if known else ()
    for group, span in islice(groups, MAX_GROUPS):
        if run.reader.is_ignored_by_git(span.file.path):
            continue
        yield StackFiles(group, why="given together", evidence=span)
    tried = 0
    for base in _bases(run, path, known):
        if files.is_default and folder_of(base[0]) == folder_of(path):
            continue  # Compose chooses among the files of one folder.
        if not set(base).isdisjoint(files.files) or not _may_define(run, base, missing):
            continue
        if run.reader.is_ignored_by_git(base[0]):
            continue
        if not run.surroundings.is_compose(base[0]):
            continue
        tried += 1
        if tried > MAX_BASES:
            return
        what = f"{_listed(missing[:1])} that {path} refers to"
        why = f"{base[0]} defines {what if _listed(missing[:1]) else 'the base of it'}"
        yield StackFiles((*base, *files.files), base=base[0], why=why, guessed=True)


def _bases(run: Run, path: str, known: Files | None) -> Iterator[tuple[str, ...]]:
    """The files that a file may be laid over: those of its folder, then of those above it."""
    by_folder = known.yaml_by_folder if known is not None else {}
    top = seen_from(".", run.root)
    folder = folder_of(path)
    while True:
        main = default_stack(folder, run.reader)
        if main is not None:
            yield main.files if main.named_at is not None else main.files[:1]
        for name in by_folder.get(folder, ()):
            if name != path and (main is None or name != main.files[0]):
                yield (name,)
        if folder in (top, ".", "/", ".."):
            return
        above = join_path(folder, "..")
        if above == folder or not (top == "." or is_inside(top, above) or top.startswith("..")):
            return
        folder = above


def _may_define(run: Run, base: Sequence[str], missing: list[Problem]) -> bool:
    """Whether the text of these files contains the missing names, or takes others in."""
    text = "".join(map(run.surroundings.text, base))
    return "include" in text or all(_name(problem) in text for problem in missing)


def _is_completed(run: Run, files: StackFiles, missing: list[Problem], known: Files | None) -> bool:
    """Whether other files of the project show that one with a default name is a fragment.

    An example of its override defines what is missing; or, below the root, files of other folders
    do. Those with a default name only count if they are above it, because names such as ``db`` are
    usual, or if a service has nothing to run, so that the file is surely laid over another.
    """
    path = files.files[0]
    folder = folder_of(path)
    if known is None:
        return False
    for name, place in known.override_drafts:
        if place == folder:
            text = run.project.text(name) or ""
            if all(_name(problem) in text for problem in missing):
                return True
    if folder == seen_from(".", run.root):
        return False
    is_overlay = any(problem.kind == "no-image-or-build" for problem in missing)
    others = (
        name
        for name, place in known.yaml
        if place != folder
        and (is_overlay or _is_above_or_unusual(name, place, folder))
        and run.surroundings.is_compose(name)
    )
    lacking = dict.fromkeys((DANGLING[problem.kind], _name(problem)) for problem in missing)
    for name in islice(others, MAX_OTHERS):
        if not lacking:
            break
        text = run.surroundings.text(name)
        for what in [what for what in lacking if "include" in text or what[1] in text]:
            if _defines(run, name, *what):
                del lacking[what]
    return not lacking


def _is_above_or_unusual(path: str, above: str, folder: str) -> bool:
    """Whether a file is in a folder above one, or has no default name."""
    return path.rpartition("/")[2] not in COMPOSE_NAMES or above == "." or is_inside(above, folder)


def _defines(run: Run, path: str, kind: str, name: str) -> bool:
    """Whether a Compose file defines a service, network, or what else is missing."""
    file = run.reader.read(path)
    for document in file.documents if isinstance(file, YamlFile) else ():
        section = value_at(document, f"{kind}s")
        entry = section.entry(name) if isinstance(section, Mapping) else None
        if entry is None:
            continue
        if kind != "service" or any(
            value_at(entry.value, key) for key in ("image", "build", "provider", "extends", "<<")
        ):
            return True
    return False


def _name(problem: Problem) -> str:
    """The name that is missing; empty if none is."""
    if not DANGLING[problem.kind]:
        return ""
    inherited = (item.span for item in problem.related if item.message == INHERITED)
    text = next(inherited, problem.span).text.strip("\"'")
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
    missing = dangling(loaded, _own_files(stack.files, loaded))
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
        facts.append(f"it sets no image or build for {_listed(lacking)}")
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

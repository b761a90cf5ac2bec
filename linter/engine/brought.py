"""What named Dockerfiles, ignore files and env files break in the files that use them.

A call reports findings about the files that it names. What one of them breaks often stands in
another file: the healthcheck of a Compose file calls a program that its Dockerfile no longer
installs. So a finding in another file of the stack is reported, too, if it depends on what the named
file contains: the stack is judged once more as if that content was another one, and what is then not
found any more came from it.

Only the rules that found something elsewhere run again, and only where something was found.
"""

from __future__ import annotations

from ..files.discovery import in_excluded_folder
from ..model.stack import ComposeFile
from ..rule import Append, Create
from .judged import Case, unique

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from ..model.dockerfile import Dockerfile
    from ..model.stack import Stack
    from ..rule import Diagnostic
    from .context import Run
    from .judged import Texts
    from .neighbours import NamedFiles
    from .settings import Settings

MOST_APART = 8
"""Up to this number of named files in a stack, each is tried alone for what it brings."""


def report_brought(run: Run, named: NamedFiles) -> None:
    """Report the findings in files that are not named, as far as they come from named ones."""
    pairs, run.elsewhere = run.elsewhere or [], None
    for stack, found in pairs:
        paths = named.used_by(stack)
        if paths:
            _report(run, stack, list(unique(found)), Sources([stack], paths, named))
    if named.ignore_files or named.env_files:
        _report_in_dockerfiles(run, named)


def _report(run: Run, stack: Stack, found: list[Diagnostic], sources: Sources) -> None:
    """Report the findings of a stack in other files that come from the named ones."""
    found = [item for item in found if _is_linted(run.settings, item)]
    case = Case(run, [stack])
    brought = sources.brought(case, found) if found else []
    whole = _as_linted(run, stack) if brought else None
    if whole is None:
        return
    if whole is not stack:
        # Its own call judges the file as a part of this one.
        case = Case(run, [whole])
        brought = sources.brought(case, case.found())
    _keep_brought(run, case, sources, brought)


def _keep_brought(run: Run, case: Case, sources: Sources, brought: list[Diagnostic]) -> None:
    """Keep findings that named files bring, each as the configuration of its own file has it."""
    by_settings: dict[int, tuple[Settings, list[Diagnostic]]] = {}
    for item in brought:
        settings = _settings_for(run, item.path)
        if settings is not None:
            by_settings.setdefault(id(settings), (settings, []))[1].append(item)
    for settings, items in by_settings.values():
        kept = items
        if settings is not run.settings:
            other = case.under(settings)
            paths = {item.path for item in items}
            found = [item for item in other.found() if item.path in paths]
            kept = sources.brought(other, found)
            from ..suppression.by_config import apply_ignores

            apply_ignores(kept, settings.config, settings.selection)
        sources.tell(case, kept)
        for item in kept:
            if _is_linted(settings, item):
                if item.fix is not None and not _edits_only(item, run.findings.wanted):
                    item.fix = None
                run.findings.bring(item)


def _as_linted(run: Run, stack: Stack) -> Stack | None:
    """The stack that a call for all files judges its files in; None if it judges none."""
    files, loaded = stack.files, stack.loaded
    for path in files.files:
        yaml = loaded.documents.get(path)
        if yaml is not None:
            file = ComposeFile(run.project, yaml)
            if file.is_foreign or file.is_template:
                return None
    if stack.is_fragment or files.chosen or files.named_at is not None:
        return stack
    from ..compose.discover import partly_built

    whole: Stack | None = None
    if loaded.problems:
        from .fragments import whole_stack

        whole = whole_stack(run, files, loaded)
    elif partly_built(files, loaded.documents):
        from .fragments import built_over

        whole = built_over(run, files, loaded)
    is_other = whole is not None and (whole.is_fragment or whole.files.files != files.files)
    return whole if is_other else stack


def _settings_for(run: Run, path: str) -> Settings | None:
    """The settings under which a file is linted; None if they are broken."""
    own = run.settings
    if own.settings_of is None:
        return own
    settings = own.settings_of(path)
    return own if settings is not None and settings.config is own.config else settings


def _is_linted(settings: Settings, item: Diagnostic) -> bool:
    """Whether a call for all files would report a finding of a file that this one leaves out."""
    path, config = item.path, settings.config
    return not (config.is_excluded(path) or config.is_vendored(path) or in_excluded_folder(path))


def _edits_only(item: Diagnostic, wanted: Collection[str]) -> bool:
    """Whether the fix of a finding changes only files of the run."""
    return item.fix is not None and all(
        not isinstance(edit, Create)
        and (edit.file if isinstance(edit, Append) else edit.span.origin.file).path in wanted
        for edit in item.fix.edits
    )


# --- in Dockerfiles ---


def _report_in_dockerfiles(run: Run, named: NamedFiles) -> None:
    """Report the findings in Dockerfiles that come from named ignore files and env files."""
    from .files import lint_context, lint_dockerfile

    paths: set[str] = set()
    stacks: dict[int, Stack] = {}
    found: list[Diagnostic] = []
    run.findings.dropped = found
    for dockerfile in run.project.all_dockerfiles():
        concerning = _concerning(dockerfile, named)
        if concerning and not (dockerfile.path in run.findings.wanted or dockerfile.is_template):
            lint_dockerfile(run, dockerfile)
            lint_context(run, dockerfile)
            paths |= concerning
            stacks.update(
                (id(build.service.stack), build.service.stack) for build in dockerfile.builds
            )
    run.findings.dropped = None
    found = [item for item in unique(found) if _is_linted(run.settings, item)]
    if found:
        case = Case(run, list(stacks.values()), list(dict.fromkeys(item.path for item in found)))
        sources = Sources(case.stacks, sorted(paths), named)
        _keep_brought(run, case, sources, sources.brought(case, found))


def _concerning(dockerfile: Dockerfile, named: NamedFiles) -> set[str]:
    """The named ignore files and env files that findings in a Dockerfile may depend on."""
    paths: set[str] = set()
    if dockerfile.inline:
        return paths
    if named.ignore_files and dockerfile.ignore is not None:
        paths |= named.ignore_files.intersection((dockerfile.ignore.file.path,))
    for build in dockerfile.builds if named.env_files else ():
        section = build.service.build
        if section is not None and section.node.get("args") is not None:
            paths |= named.env_files.intersection(named.used_by(build.service.stack))
    return paths


# --- what depends on what ---


class Sources:
    """The named files that the findings of stacks may come from."""

    def __init__(self, stacks: Sequence[Stack], paths: list[str], named: NamedFiles) -> None:
        self.stacks = stacks
        self.paths = paths
        self.named = named

    def brought(
        self, case: Case, found: Sequence[Diagnostic], paths: Sequence[str] = ()
    ) -> list[Diagnostic]:
        """The findings that would not be there if all of the files had another content."""
        gone: set[int] = set()
        reworded: set[int] = set()
        for texts, are_values in self._others(paths or self.paths):
            tried = [
                item
                for item in found
                if id(item) not in gone and (id(item) in reworded or not are_values)
            ]
            left: dict[object, list[str]] = {}
            for item in case.found(texts, tried) if tried else ():
                left.setdefault(_place(item), []).append(item.message)
            for item in tried:
                messages = left.get(_place(item))
                if not messages:
                    gone.add(id(item))
                elif item.message in messages:
                    messages.remove(item.message)
                else:
                    # It may be about the value that the file has now.
                    messages.pop()
                    reworded.add(id(item))
        return [item for item in found if id(item) in gone]

    def tell(self, case: Case, brought: list[Diagnostic]) -> None:
        """Let each of some findings name the files that bring it, of all from which they come."""
        paths = self.paths
        if len(paths) > MOST_APART:
            paths = self._suspects(case, brought)
        alone: dict[int, list[str]] = {id(item): [] for item in brought}
        for path in paths if len(self.paths) > 1 else ():
            for item in self.brought(case, brought, [path]):
                alone[id(item)].append(path)
        for item in brought:
            item.brought_by = tuple(alone[id(item)] or self.paths)

    def _suspects(self, case: Case, brought: list[Diagnostic]) -> list[str]:
        """The files of many that may bring some of these findings alone.

        Half of the files is tried at a time, so that each file has halves of its own, and one that
        brings a finding is in every half that does.
        """
        paths = self.paths
        suspects: set[int] = set()
        numbers = {id(item): set(range(len(paths))) for item in brought}
        for bit in range((len(paths) - 1).bit_length()):
            for value in (0, 1):
                half = {number for number in range(len(paths)) if number >> bit & 1 == value}
                gone = set(map(id, self.brought(case, brought, [paths[n] for n in half])))
                for item, others in numbers.items():
                    if item not in gone:
                        numbers[item] = others - half
        for others in numbers.values():
            suspects |= others
        return [paths[number] for number in sorted(suspects)]

    def _others(self, paths: Sequence[str]) -> Iterator[tuple[Texts, bool]]:
        """Replacement contents of files that leave open what they define.

        A Dockerfile or ignore file is treated as unreadable. An env file sets every variable to an
        unknown value; where services receive the file, it is also treated as unreadable. The second
        item says whether a content matters only to findings that quote a value.
        """
        unread: dict[str, str | None] = dict.fromkeys(paths)
        env_files = [path for path in paths if path in self.named.env_files]
        given = {file.path for stack in self.stacks for file in stack.loaded.env_files}
        for value in _VALUES if env_files else ():
            lines = {path: "\n".join(_all_set(self.stacks, path, value)) for path in env_files}
            yield {**unread, **lines}, value != _VALUES[0]
        if len(env_files) < len(paths) or not given.isdisjoint(env_files):
            yield unread, False


def _place(item: Diagnostic) -> tuple[object, ...]:
    """What a finding is about: its rule and its place, however it is worded."""
    return item.code, item.path, item.span.start, item.span.end, item.subject


_VALUES = ("1", "1s", "true", "no", "10.0.0.0/8")
"""Of these values, Docker Compose takes the first one nearly everywhere, and the others elsewhere."""


def _all_set(stacks: Sequence[Stack], path: str, value: str) -> Iterator[str]:
    """The lines of an env file that sets what it sets now, and what stacks lack.

    Advice takes the value as unknown, because it is made with a variable that is not set.
    """
    names: dict[str, None] = {}
    for stack in stacks:
        loaded = stack.loaded
        names |= dict.fromkeys(use.name for use in loaded.uses if use.unset)
        names |= dict.fromkeys(name for problem in loaded.problems for name in problem.unset)
        for syntax in stack.env_syntaxes:
            for entry in syntax.entries if syntax.file.path == path else ():
                if entry.key.startswith("COMPOSE_"):
                    yield syntax.file.text[entry.start : entry.end]
                else:
                    names[entry.key] = None
    yield from (f"{name}={value}${{_COMPOSELINT_UNKNOWN:-}}" for name in names if name)
    yield ""

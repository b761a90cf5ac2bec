"""Lints many files: by connected components, from the cache if nothing changed, in several
processes if that is faster.

The findings are the same however the work is done.
"""

from __future__ import annotations

import os

from ..base.records import NamedTuple
from ..base.text import SourceFile
from ..files.discovery import project_files
from ..files.kinds import COMPOSE, DOCKERFILE, ENV, kind_of
from ..files.reader import Shared
from ..files.tree import current_tree
from ..result import Result, merged
from .components import MAX_UNSPLIT, Trace, guess, may_build, merge_connected
from .known import Entry, Facts, facts_of
from .pack import Unfit, files_of, pack, unpack
from .settings import no_progress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from ..files.discovery import InputFile
    from ..model.project import Project
    from .cache import Cache
    from .components import Component
    from .known import Known
    from .pack import Packed
    from .settings import Settings

PARALLEL_FROM = 250
"""From this number of Compose files and Dockerfiles on, several processes are faster than one."""


MOST_TOGETHER = 16
"""Larger components are fixed file by file, as far as the files are not connected."""


class Part(NamedTuple):
    """Files that are not connected with others, and the result of linting them.

    ``read`` are the paths of the files that were read for it, ``looked_up`` all paths that were
    asked about.
    """

    files: Component
    result: Result
    read: Collection[str]
    looked_up: Collection[str]


class Outcome(NamedTuple):
    """The result of linting a component.

    ``entry`` is for the cache, None if it cannot be kept; ``summary`` is what ``summarise`` returned.
    """

    result: Result
    trace: Trace
    entry: Entry | None = None
    summary: object = None


def check_group(
    files: Sequence[InputFile],
    settings: Settings,
    texts: dict[str, bytes] | None = None,
    progress: Callable[[], None] | None = None,
    *,
    jobs: int = 1,
    cache: Cache | None = None,
) -> Result:
    """Lint files under one configuration.

    Like ``check_files``, but without the resolved stacks. ``jobs`` is the number of processes; 0
    chooses automatically.
    """
    if texts or settings.stacks:
        from .run import check_files

        return check_files(files, settings, texts, progress)
    return _Schedule(files, settings, progress, jobs, cache).run()


def check_parts(files: Sequence[InputFile], settings: Settings, shared: Shared) -> list[Part]:
    """Lint files under one configuration, each connected component by itself.

    The results contain the resolved stacks.
    """
    schedule = _Schedule(files, settings, None, 1, None)
    schedule.shared = shared
    parts = schedule.parts = {}
    return [parts[component] for component in schedule.connected()]


def check_summarised(
    files: Sequence[InputFile],
    settings: Settings,
    summarise: Callable[[Project], object],
    known: Known | None = None,
) -> tuple[Result, list[object]]:
    """Lint files under one configuration, with a summary of what was read for each component.

    ``known`` has the results for equal contents, of other folders too.
    """
    schedule = _Schedule(files, settings, None, 1, known)
    schedule.summarise = summarise
    result = schedule.run()
    return result, [schedule.outcomes[component].summary for component in schedule.components]


def check_part(
    files: Component, settings: Settings, texts: dict[str, bytes], shared: Shared
) -> Part:
    """Lint the files of one part, with texts instead of those on disk."""
    from .run import check_project

    return _part(files, *check_project(files, settings, texts, None, shared))


def _part(files: Component, result: Result, project: Project) -> Part:
    reader = project.reader
    return Part(files, result, frozenset(reader.texts), frozenset(reader.kinds))


def _pieces(component: Component) -> list[Component]:
    """The files of a large component one by one; the whole of one that is looked for elsewhere."""
    if len(component) <= MOST_TOGETHER or any(file.named for file in component):
        return [component]
    return [(file,) for file in component]


class _Schedule:
    """One call of ``check_group``, with the outcomes so far."""

    def __init__(
        self,
        files: Sequence[InputFile],
        settings: Settings,
        progress: Callable[[], None] | None,
        jobs: int,
        cache: Known | None,
    ) -> None:
        self.files = unnamed(files, settings)
        self.settings = settings
        self.progress = progress or no_progress
        self.jobs = jobs
        self.cache = cache
        self.outcomes: dict[Component, Outcome] = {}
        self.shared = Shared()
        self.parts: dict[Component, Part] | None = None
        self.components: list[Component] = []
        self.summarise: Callable[[Project], object] | None = None

    def run(self) -> Result:
        """Lint everything."""
        components = self.components = self.unchanged() or self.connected()
        outcomes = [self.outcomes[component] for component in components]
        if self.cache is not None:
            entries = [outcome.entry for outcome in self.outcomes.values() if outcome.entry]
            is_complete = all(outcome.entry for outcome in outcomes)
            self.cache.store(entries, components if is_complete else ())
        return merged([outcome.result for outcome in outcomes] or [Result()])

    def unchanged(self) -> list[Component]:
        """The components of the last run if nothing about any of them changed; else none."""
        if self.cache is None:
            return []
        components = self.cache.last
        if sorted(file for component in components for file in component) != sorted(self.files):
            return []
        return components if all(map(self.is_known, components)) else []

    def is_known(self, component: Component) -> bool:
        """Whether the outcome of a component exists, here or in the cache."""
        if component in self.outcomes:
            return True
        entry = self.cache.valid(component) if self.cache is not None else None
        if self.cache is None or entry is None:
            return False
        try:
            result = unpack(entry.result, self.cache.file)
        except Unfit:
            return False
        self.outcomes[component] = Outcome(result, entry.trace, entry, entry.summary)
        return True

    def connected(self) -> list[Component]:
        """Lint the components, and merge those that are connected, until none is."""
        stacks = [entry.files for entry in self.settings.config.stacks]
        components = guess(self.files, self.text_of, stacks, self.jobs_for(self.files))
        if self.parts is not None:
            components = [piece for component in components for piece in _pieces(component)]
        while True:
            self.lint([component for component in components if not self.is_known(component)])
            if len(components) < 2:
                return components
            traces = [self.outcomes[component].trace for component in components]
            larger = merge_connected(self.files, components, traces)
            if len(larger) == len(components):
                return components
            components = larger

    def text_of(self, path: str) -> str:
        """The text of a file for a guess; empty if it cannot be read."""
        if self.cache is not None:
            file = self.cache.file(path)
            return file.text if file is not None else ""
        try:
            return (
                current_tree()
                .read(path, self.settings.config.max_file_size)
                .decode("utf-8", "replace")
            )
        except OSError:
            return ""

    def lint(self, components: list[Component]) -> None:
        """Lint components, in several processes if that is faster."""
        jobs = self.jobs_for([file for files in components for file in files])
        if jobs > 1 and len(components) > 1:
            from .workers import spread

            for component, data in spread(
                components, self.packed, self.lint_one, jobs, self.progress
            ):
                if data is not None:
                    self.outcomes[component] = self.unpacked(component, data)
        for component in components:
            if component not in self.outcomes:
                self.lint_one(component)

    def jobs_for(self, files: Sequence[InputFile]) -> int:
        """The number of processes for files."""
        size = sum(file.kind in (COMPOSE, DOCKERFILE) for file in files)
        return self.jobs or (_processors() if size >= PARALLEL_FROM else 1)

    def lint_one(self, component: Component) -> None:
        """Lint a component in this process."""
        self.outcomes[component] = self.linted(component, self.progress)[0]

    def linted(self, component: Component, progress: Callable[[], None]) -> tuple[Outcome, Project]:
        """The outcome of linting a component, and what was read for it."""
        from .run import check_project

        result, project = check_project(component, self.settings, None, progress, self.shared)
        trace = trace_of(project)
        if self.parts is not None:
            self.parts[component] = _part(component, result, project)
            return Outcome(result, trace), project
        # The callers do not need the trees of many components, and they are large.
        result.trees = {}
        result.rejections = {}
        summary = None if self.summarise is None else self.summarise(project)
        is_kept = self.cache is not None and not (result.failed or result.notes)
        facts = facts_of(project) if is_kept else None
        if facts is None:
            return Outcome(result, trace, None, summary), project
        entry = Entry(component, facts, trace, pack(result, project.reader.texts), summary)
        return Outcome(result, trace, entry, summary), project

    def packed(self, component: Component, progress: Callable[[], None]) -> Packed | None:
        """The outcome of a component as plain data; None if it cannot be sent as such."""
        outcome, project = self.linted(component, progress)
        result, trace, entry, _ = outcome
        if result.failed or result.notes:
            return None
        texts = project.reader.texts
        data = entry.result if entry is not None else pack(result, texts)
        sent = [
            [path, file.text, file.bom]
            for path in files_of(data)
            if isinstance(file := texts[path], SourceFile)
        ]
        sets = [list(part) for part in trace]
        return [data, sent, sets, list(entry.facts) if entry is not None else None]

    def unpacked(self, component: Component, sent: Packed) -> Outcome:
        """The outcome that ``packed`` made in another process."""
        data, files, (read, asked, built), facts = sent
        texts: dict[str, SourceFile] = {}
        for path, text, bom in files:
            texts[path] = SourceFile(path, text)
            texts[path].bom = bom
        trace = Trace(frozenset(read), frozenset(asked), frozenset(built))
        entry = Entry(component, Facts(*facts), trace, data) if facts is not None else None
        return Outcome(unpack(data, texts.get), trace, entry)


class Selected:
    """Lints some connected components of a group of files, and those that are connected with them.

    Attributes:
        components: all components, as far as it is known what is connected.
        chosen: the paths of the files of those that are linted.
    """

    def __init__(
        self,
        files: Sequence[InputFile],
        settings: Settings,
        jobs: int,
        progress: Callable[[], None] | None = None,
    ) -> None:
        self._schedule = schedule = _Schedule(files, settings, progress, jobs, None)
        self.files = schedule.files
        self.chosen: set[str] = set()
        stacks = [entry.files for entry in settings.config.stacks]
        is_one = bool(settings.stacks)
        self.components = guess(
            self.files,
            self.text_of,
            stacks,
            schedule.jobs_for(self.files),
            unsplit=len(self.files) if is_one else 1,
        )

    def text_of(self, path: str) -> str:
        """The text of a file; empty if it cannot be read."""
        return self._schedule.text_of(path)

    def lint(self, paths: Collection[str]) -> None:
        """Lint also the components of these files."""
        schedule = self._schedule
        self.chosen.update(
            file.path for each in self.components for file in each if file.path in paths
        )
        while True:
            linted = [each for each in self.components if self.is_chosen(each)]
            self.chosen.update(file.path for component in linted for file in component)
            schedule.lint([each for each in linted if each not in schedule.outcomes])
            traces = [
                schedule.outcomes[each].trace if self.is_chosen(each) else _UNKNOWN
                for each in self.components
            ]
            larger = merge_connected(self.files, self.components, traces)
            builders = self._builders(traces)
            if len(larger) == len(self.components) and not builders:
                return
            self.components = larger
            self.chosen |= builders

    def is_chosen(self, component: Component) -> bool:
        """Whether a component is linted."""
        return any(file.path in self.chosen for file in component)

    def _builders(self, traces: Sequence[Trace]) -> set[str]:
        """The files of components not linted yet that may build an image that linted ones asked about."""
        asked = {name for trace in traces for name in trace.asked}
        found: set[str] = set()
        for component in self._naming(asked):
            names = _short_names(asked)
            texts = {file: self.text_of(file.path) for file in component}
            stacks = [texts.pop(file) for file in component if file.kind == COMPOSE]
            is_alone = len(stacks) == 1 and not any(
                name in text
                for file, text in texts.items()
                for name in names
                if file.kind != DOCKERFILE
            )
            if may_build(stacks[0], names) if is_alone else any("build" in each for each in stacks):
                found.update(file.path for file in component)
        return found

    def _naming(self, images: Iterable[tuple[str, str]]) -> Iterator[Component]:
        """The components not linted yet that may name some of these images."""
        names = _short_names(images)
        for component in self.components if names else ():
            if not self.is_chosen(component):
                texts = [self.text_of(file.path) for file in component]
                if any(name in text for name in names for text in texts):
                    yield component

    @property
    def built(self) -> set[tuple[str, str]]:
        """The images that stacks build which were linted."""
        outcomes = self._schedule.outcomes
        return {
            name
            for component in self.components
            if self.is_chosen(component)
            for name in outcomes[component].trace.built
        }

    def users_of(self, images: Iterable[tuple[str, str]]) -> set[str]:
        """The files of components not linted yet that may use some of these images."""
        return {file.path for component in self._naming(images) for file in component}

    @property
    def result(self) -> Result:
        """The findings of what was linted."""
        outcomes = self._schedule.outcomes
        linted = [each for each in self.components if self.is_chosen(each)]
        return merged([outcomes[each].result for each in linted] or [Result()])


def _short_names(images: Iterable[tuple[str, str]]) -> set[str]:
    """What a text that names one of these images contains."""
    return {repository.removeprefix("library/") for _, repository in images}


_UNKNOWN = Trace(frozenset(), frozenset(), frozenset())
"""The trace of a component that was not linted."""


def unnamed(files: Sequence[InputFile], settings: Settings) -> tuple[InputFile, ...]:
    """Files as if they had been found in a folder, if all files of the project are named.

    The whole project is searched for the stacks of named files, once in each process. If
    a hook names every file, there is nothing left to search for.
    """
    if len(files) <= MAX_UNSPLIT or not any(file.named for file in files):
        return tuple(files)
    usual = dict(project_files(settings.root or "."))
    rest = usual.keys() - {file.path for file in files}
    config = settings.config
    if any(
        usual[path] in (COMPOSE, DOCKERFILE)
        and not (config.is_excluded(path) or config.is_vendored(path))
        for path in rest
    ):
        return tuple(files)
    return tuple(file._replace(named=file.named and file.path not in usual) for file in files)


def trace_of(project: Project) -> Trace:
    """What connects the files of a run to others."""
    searched = project.reader.searched
    used = {syntax.file.path for stack in project.stacks for syntax in stack.env_syntaxes}
    read = {
        path
        for path, answer in project.reader.texts.items()
        # What is said elsewhere is the same whether the files that say it are linted together or not.
        if isinstance(answer, SourceFile)
        and path not in searched
        # A .env that was only read for the files of a stack counts if it names some.
        and (path in used or kind_of(path) != ENV or "COMPOSE_FILE" in answer.text)
    }
    return Trace(frozenset(read), frozenset(project.asked), frozenset(project.built_images()))


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1

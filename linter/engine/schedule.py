"""Linting many files: island by island, from the cache where nothing changed, on several
processors where that pays.

The findings are the same however the work is done.
"""

from __future__ import annotations

import os

from ..base.records import NamedTuple
from ..base.text import SourceFile
from ..files.discovery import project_files
from ..files.disk import DISK
from ..files.kinds import COMPOSE, DOCKERFILE, ENV, kind_of
from ..result import Result, merged
from .cache import Entry, Facts, facts_of
from .islands import ALONE, Trace, guess, touching
from .pack import Unfit, files_of, pack, unpack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..files.discovery import Found
    from ..model.project import Project
    from .cache import Cache
    from .islands import Island
    from .pack import Packed
    from .settings import Settings

PAYS = 250
"""From so many Compose files and Dockerfiles on a second process saves more time than it takes."""


class Outcome(NamedTuple):
    """What linting one island gave; ``entry`` is what the cache keeps of it, if it can."""

    result: Result
    trace: Trace
    entry: Entry | None = None


def check_group(
    found: Sequence[Found],
    settings: Settings,
    texts: dict[str, bytes] | None = None,
    progress: Callable[[], None] | None = None,
    *,
    jobs: int = 1,
    cache: Cache | None = None,
) -> Result:
    """Lint files under one configuration.

    Like ``check_files``, but without the resolved stacks. ``jobs`` is how many processes may
    work at once, 0 for as many as there are processors if there is enough to do.
    """
    if texts or settings.stacks:
        from .run import check_files

        return check_files(found, settings, texts, progress)
    return _Work(found, settings, progress, jobs, cache).done()


class _Work:
    """One call: what is known, what is left to do."""

    def __init__(
        self,
        found: Sequence[Found],
        settings: Settings,
        progress: Callable[[], None] | None,
        jobs: int,
        cache: Cache | None,
    ) -> None:
        self.found = unnamed(found, settings)
        self.settings = settings
        self.progress = progress
        self.jobs = jobs
        self.cache = cache
        self.outcomes: dict[Island, Outcome] = {}
        self.followed: dict[str, str] = {}

    def done(self) -> Result:
        islands = self.kept() or self.settled()
        outcomes = [self.outcomes[island] for island in islands]
        if self.cache is not None:
            entries = [one.entry for one in self.outcomes.values() if one.entry is not None]
            whole = all(one.entry is not None for one in outcomes)
            self.cache.store(entries, islands if whole else ())
        return merged([one.result for one in outcomes] or [Result()])

    def kept(self) -> list[Island]:
        """The islands of the last run where all of them are as they were; else none."""
        if self.cache is None:
            return []
        islands = self.cache.last
        if sorted(item for island in islands for item in island) != sorted(self.found):
            return []
        return islands if all(self.known(island) for island in islands) else []

    def known(self, island: Island) -> bool:
        """Whether it is known what linting an island gives."""
        if island in self.outcomes:
            return True
        entry = self.cache.valid(island) if self.cache is not None else None
        if self.cache is None or entry is None:
            return False
        try:
            result = unpack(entry.result, self.cache.file)
        except Unfit:
            return False
        self.outcomes[island] = Outcome(result, entry.trace, entry)
        return True

    def settled(self) -> list[Island]:
        """Lint what is not known, and put together what touches, until nothing does."""
        tied = [entry.files for entry in self.settings.config.stacks]
        islands = guess(self.found, self.text, tied)
        while True:
            self.lint([island for island in islands if not self.known(island)])
            if len(islands) < 2:
                return islands
            traces = [self.outcomes[island].trace for island in islands]
            together = touching(self.found, islands, traces)
            if len(together) == len(islands):
                return islands
            islands = together

    def text(self, path: str) -> str:
        """A file's text, empty where it cannot be read: a guess needs no more."""
        if self.cache is not None:
            file = self.cache.file(path)
            return file.text if file is not None else ""
        try:
            return DISK.read(path, self.settings.config.max_file_size).decode("utf-8", "replace")
        except OSError:
            return ""

    def lint(self, islands: list[Island]) -> None:
        """Lint islands, on several processors if that pays."""
        work = sum(item.kind in (COMPOSE, DOCKERFILE) for island in islands for item in island)
        jobs = self.jobs or (_processors() if work >= PAYS else 1)
        if jobs > 1 and len(islands) > 1:
            from .workers import spread

            for island, data in spread(islands, self.packed, self.lint_one, jobs):
                if data is not None:
                    self.outcomes[island] = self.unpacked(island, data)
        for island in islands:
            if island not in self.outcomes:
                self.lint_one(island)

    def lint_one(self, island: Island) -> None:
        """Lint an island in this process."""
        self.outcomes[island] = self.linted(island)[0]

    def linted(self, island: Island) -> tuple[Outcome, Project]:
        """What linting an island gives."""
        from .run import check_project

        result, project = check_project(island, self.settings, None, self.progress, self.followed)
        trace = trace_of(project)
        # Nobody asks for the trees of many islands, and they are large.
        result.trees = {}
        facts = self.facts(result, project)
        if facts is None:
            return Outcome(result, trace), project
        entry = Entry(island, facts, trace, pack(result, project.reader.texts))
        return Outcome(result, trace, entry), project

    def facts(self, result: Result, project: Project) -> Facts | None:
        """What was seen for a result; None where nothing is to be kept."""
        if self.cache is None or result.failed or result.notes:
            return None
        return facts_of(project)

    def packed(self, island: Island) -> Packed | None:
        """What another process linted, as plain data; None where it has to be done here."""
        outcome, project = self.linted(island)
        result, trace, entry = outcome
        if result.failed or result.notes:
            return None
        texts = project.reader.texts
        data = entry.result if entry is not None else pack(result, texts)
        sent = [
            [path, file.text, file.bom]
            for path in files_of(data)
            if isinstance(file := texts[path], SourceFile)
        ]
        ties = [list(part) for part in trace]
        return [data, sent, ties, list(entry.facts) if entry is not None else None]

    def unpacked(self, island: Island, sent: Packed) -> Outcome:
        """What another process sent."""
        data, files, (read, asked, built), facts = sent
        texts: dict[str, SourceFile] = {}
        for path, text, bom in files:
            texts[path] = SourceFile(path, text)
            texts[path].bom = bom
        trace = Trace(frozenset(read), frozenset(asked), frozenset(built))
        entry = Entry(island, Facts(*facts), trace, data) if facts is not None else None
        if self.progress is not None:
            for _ in island:
                self.progress()
        return Outcome(unpack(data, texts.get), trace, entry)


def unnamed(found: Sequence[Found], settings: Settings) -> tuple[Found, ...]:
    """Files as if they had been found in a folder, where all that the project has are named.

    Around a named file the whole project is searched for what it belongs to, so named files
    stay together. Where a hook names every file there is nothing left to search for.
    """
    if len(found) <= ALONE or not any(item.named for item in found):
        return tuple(found)
    usual = set(project_files(settings.root or "."))
    rest = usual.difference(item.path for item in found)
    config = settings.config
    if any(
        kind_of(path) in (COMPOSE, DOCKERFILE) and not config.is_excluded(path) for path in rest
    ):
        return tuple(found)
    return tuple(item._replace(named=item.named and item.path not in usual) for item in found)


def trace_of(project: Project) -> Trace:
    """What ties the files of a run to others."""
    used = {syntax.file.path for stack in project.stacks for syntax in stack.env_syntaxes}
    read = {
        path
        for path, answer in project.reader.texts.items()
        if isinstance(answer, SourceFile)
        # A .env that only might have named the files of a stack is of no account.
        and (path in used or kind_of(path) != ENV or "COMPOSE_FILE" in answer.text)
    }
    return Trace(frozenset(read), frozenset(project.asked), frozenset(project.built_images()))


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1

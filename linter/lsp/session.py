"""What is linted, in connected parts, and the results: up to date with the open documents.

Everything here happens in one thread (``worker.py``); nothing here knows the protocol.
"""

from __future__ import annotations

import os

from ..base.records import NamedTuple
from ..config.errors import ConfigError
from ..config.options import Options
from ..engine.components import Trace, guess, merge_connected
from ..engine.run import check_project
from ..engine.schedule import trace_of
from ..engine.workspace import open_workspace
from ..files.discovery import MissingPath
from ..files.disk import DISK
from ..files.kinds import CONFIG_FILES
from ..files.paths import is_within, tidy
from ..files.reader import Shared
from ..files.tree import Overlay, current_tree, use_tree
from ..result import Result
from ..rulebook.registry import UnknownSelector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ..engine.components import Component
    from ..engine.settings import Settings
    from ..engine.workspace import Workspace
    from ..files.disk import Tree
    from ..model.project import Project

_MOST = 1 << 26
"""The most bytes of a file that are compared."""
_NOTHING = Trace((), (), ())


class Part:
    """Files that are linted together, and the result.

    Attributes:
        files: the files whose findings it has.
        settings: those of its files.
        result: the findings; those of files that it only reads are not among them.
        project: what was loaded for it; None until it is asked for.
        looked_up: the paths that the result depends on.
        is_stale: something that it depends on has changed.
    """

    __slots__ = (
        "files", "is_stale", "looked_up", "project", "read", "result", "settings", "shared", "trace",
    )  # fmt: skip

    def __init__(self, files: Component, settings: Settings, shared: Shared) -> None:
        self.files = files
        self.settings = settings
        self.shared = shared
        self.result = Result()
        self.project: Project | None = None
        self.read: frozenset[str] = frozenset()
        self.looked_up: frozenset[str] = frozenset()
        self.trace: Trace | None = None
        self.is_stale = True

    @property
    def paths(self) -> list[str]:
        """The paths of its files."""
        return [file.path for file in self.files]

    def lint(self) -> None:
        """Bring the result up to date."""
        self.result, project = check_project(self.files, self.settings, None, None, self.shared)
        self.project = project
        self.read = frozenset(project.reader.texts)
        self.looked_up = self.read | frozenset(project.reader.kinds)
        self.trace = trace_of(project)
        self.is_stale = False


class Problem(NamedTuple):
    """Why a folder cannot be linted: the error, and the folder."""

    folder: str
    error: ConfigError


class Session:
    """What is linted for a client.

    Attributes:
        options: what the client has set.
        folders: the absolute paths of the workspace's folders.
        texts: the texts of the open documents by path.
        parts: what is linted.
        own: the results about the configurations themselves.
        problems: errors of configurations that nothing can be linted with.
    """

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.folders: tuple[str, ...] = ()
        self.texts: dict[str, bytes] = {}
        self.parts: list[Part] = []
        self.own: list[Result] = []
        self.problems: list[Problem] = []
        self.tree: Tree = DISK
        self._is_current = False  # the parts are those of the files that exist
        self._shared: dict[tuple[str, bool, int], Shared] = {}
        self._settings: list[Settings] = []

    # --- what changed

    def set_folders(self, folders: Iterable[str]) -> None:
        """Lint these folders, besides open documents that are elsewhere."""
        self.folders = tuple(dict.fromkeys(map(os.path.abspath, folders)))
        self._is_current = False

    def set_options(self, options: Options) -> None:
        """Lint with other options."""
        if options.__dict__ != self.options.__dict__:
            self.options = options
            self.forget()

    def set_texts(self, texts: Mapping[str, bytes]) -> None:
        """Take these texts for the content of the files that are open."""
        changed = {
            path
            for path in texts.keys() | self.texts.keys()
            if texts.get(path) != self.texts.get(path)
        }
        opened = {path for path in texts if path not in self.texts}
        closed = {path for path in self.texts if path not in texts}
        if not (changed or opened or closed):
            return
        before = self.tree
        self.texts = dict(texts)
        self.tree = Overlay(DISK, self.texts) if self.texts else DISK
        for path in opened | closed:
            # What is opened is nearly always as it is on the disk.
            kinds = before.kind(path), self.tree.kind(path)
            if kinds[0] != kinds[1]:
                self.changed((path,), is_structure=True)
            elif kinds[0] == "file" and not self._reads_the_same(before, path):
                changed.add(path)
            else:
                changed.discard(path)
            if path in opened and self.part_of(path) is None:
                self._is_current = False
        self.changed(changed)

    def _reads_the_same(self, before: Tree, path: str) -> bool:
        """Whether a file's content is what it was under another tree."""
        try:
            return before.read(path, _MOST) == self.tree.read(path, _MOST)
        except (OSError, ValueError):
            return False

    def changed(self, paths: Iterable[str], *, is_structure: bool = False) -> None:
        """Note that files have other contents; with ``is_structure`` that they were made or deleted."""
        paths = set(map(tidy, paths))
        if not paths:
            return
        for shared in self._shared.values():
            for path in paths:
                shared.texts.pop(path, None)
        for part in self.parts:
            if not part.looked_up.isdisjoint(paths):
                part.is_stale = True
        if is_structure:
            self._shared.clear()
            for part in self.parts:
                part.shared = self._shared_of(part.settings)
                part.is_stale = True
            self._is_current = False
        elif any(path.rpartition("/")[2] in CONFIG_FILES for path in paths) or any(
            self.part_of(path) is None for path in paths
        ):
            self._is_current = False

    def forget(self) -> None:
        """Lint everything anew."""
        self.parts.clear()
        self._shared.clear()
        self._settings.clear()
        self._is_current = False

    def _shared_of(self, settings: Settings) -> Shared:
        config = settings.config
        key = (settings.root, config.allow_outside, config.max_file_size)
        if key not in self._shared:
            self._shared[key] = Shared()
        return self._shared[key]

    def _known(self, settings: Settings) -> Settings:
        """Settings as they are known already, if they say the same."""
        for known in self._settings:
            if known.root == settings.root and known.config == settings.config:
                return known
        self._settings.append(settings)
        return settings

    # --- what is linted

    def part_of(self, path: str) -> Part | None:
        """The part with a file; else one that reads it."""
        reads = None
        for part in self.parts:
            if any(file.path == path for file in part.files):
                return part
            if path in part.read:
                reads = reads or part
        return reads

    def current(self, path: str) -> Part | None:
        """The part of a file with an up-to-date result; None if no part has the file."""
        with use_tree(self.tree):
            self._lay_out()
            part = self.part_of(path)
            while part is not None and part.is_stale:
                part.lint()
                self._join()
                part = self.part_of(path)
            return part

    def work(self, first: Sequence[str] = (), is_over: Callable[[], bool] = bool) -> Iterator[Part]:
        """Bring everything up to date: yields each part that was linted, those of some files first.

        Ends early if it ``is_over``.
        """
        with use_tree(self.tree):
            self._lay_out()
        while not is_over():
            wanted = set(first)
            stale = [part for part in self.parts if part.is_stale]
            if not stale:
                return
            part = next((each for each in stale if wanted.intersection(each.paths)), stale[0])
            with use_tree(self.tree):
                part.lint()
                self._join()
            yield part

    def _lay_out(self) -> None:
        """Find the files again if they may be others, and keep the results of parts that stay."""
        if self._is_current:
            return
        self._is_current = True
        self.problems = []
        self.own = []
        found: list[Workspace] = []
        for folder in self.folders:
            self._open(folder, found)
        inside = {path for workspace in found for path in workspace.linted}
        for path in self.texts:
            if path not in inside and not self._is_covered(path):
                self._open(path, found)
        kept = {(part.files, id(part.settings)): part for part in self.parts}
        self.parts = []
        seen: set[str] = set()
        for workspace in found:
            self.own += workspace.own_results()
            for group in workspace.groups:
                settings = self._known(group.settings)
                files = [file for file in group.files if file.path not in seen]
                seen.update(file.path for file in files)
                stacks = [entry.files for entry in settings.config.stacks]
                for component in guess(files, _text_of, stacks, unsplit=0):
                    part = kept.get((component, id(settings)))
                    self.parts.append(part or Part(component, settings, self._shared_of(settings)))

    def _is_covered(self, path: str) -> bool:
        """Whether a file is in a folder of the workspace, where only what is found is linted."""
        absolute = os.path.abspath(path)
        return any(is_within(folder, absolute) for folder in self.folders)

    def _open(self, path: str, found: list[Workspace]) -> None:
        try:
            found.append(open_workspace((tidy(path),), self.options, lenient=True))
        except ConfigError as error:
            self.problems.append(Problem(path, error))
        except UnknownSelector as error:
            self.problems.append(Problem(path, ConfigError.at(path, str(error))))
        except MissingPath:
            return

    def _join(self) -> None:
        """Merge the parts that turned out to be connected."""
        by_settings: dict[int, list[Part]] = {}
        for part in self.parts:
            by_settings.setdefault(id(part.settings), []).append(part)
        for parts in by_settings.values():
            if len(parts) < 2:
                continue
            files = [file for part in parts for file in part.files]
            components = merge_connected(
                files, [part.files for part in parts], [part.trace or _NOTHING for part in parts]
            )
            if len(components) == len(parts):
                continue
            by_files = {part.files: part for part in parts}
            gone = [part for part in parts if part.files not in components]
            self.parts = [part for part in self.parts if part not in gone]
            settings = parts[0].settings
            for component in components:
                if component not in by_files:
                    self.parts.append(Part(component, settings, self._shared_of(settings)))


def _text_of(path: str) -> str:
    """The text of a file for a guess; empty if it cannot be read."""
    try:
        return current_tree().read(path, 1 << 22).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""

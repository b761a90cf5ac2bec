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
from ..files.kept import Kept
from ..files.kinds import CONFIG_FILES, kind_of
from ..files.paths import folder_of, is_inside, is_within, tidy
from ..files.reader import Shared
from ..files.recognition import is_compose_file
from ..files.tree import Overlay, current_tree, use_tree
from ..result import Result
from ..rulebook.registry import UnknownSelector
from .accepted import Baselines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from ..config.document import Origin
    from ..engine.components import Component
    from ..engine.settings import Settings
    from ..engine.workspace import Workspace
    from ..files.disk import Tree
    from ..model.project import Project

_MOST = 1 << 26
"""The most bytes of a file that are compared."""
_NOTHING = Trace((), (), ())
_ABSENT = (0, 0)
"""The stamp of what does not exist."""


class Part:
    """Files that are linted together, and the result.

    Attributes:
        files: the files whose findings it has.
        settings: those of its files.
        workspace: the call that found the files.
        result: the findings; those of files that it only reads are not among them.
        read: the paths of the files that were read.
        looked_up: these, and all paths of which was asked what they are.
        is_stale: something that it depends on has changed.
        is_new: the result was not published yet.
    """

    __slots__ = (
        "_folders", "files", "is_new", "is_stale", "listed", "loaded", "looked_up", "read", "result",
        "settings", "shared", "trace", "workspace",
    )  # fmt: skip

    def __init__(
        self, files: Component, settings: Settings, shared: Shared, workspace: Workspace
    ) -> None:
        self.files = files
        self.settings = settings
        self.shared = shared
        self.workspace = workspace
        self.result = Result()
        self.read: frozenset[str] = frozenset()
        self.looked_up: frozenset[str] = frozenset()
        self.listed: tuple[str, ...] = ()
        self.trace: Trace | None = None
        self.is_stale = True
        self.is_new = False
        self.loaded: Project | None = None
        self._folders: frozenset[str] | None = None

    @property
    def paths(self) -> list[str]:
        """The paths of its files."""
        return [file.path for file in self.files]

    @property
    def project(self) -> Project:
        """What was loaded for the result."""
        return self.load()

    def load(self) -> Project:
        """Load it again if it was not kept; the result stays."""
        if self.loaded is None:
            found, self.loaded = check_project(self.files, self.settings, None, None, self.shared)
            self.result.trees, self.result.rejections = found.trees, found.rejections
        return self.loaded

    def lint(self) -> None:
        """Bring the result up to date."""
        # If this fails, it is not tried again before something changes.
        self.is_stale = False
        self.result, project = check_project(self.files, self.settings, None, None, self.shared)
        self.loaded = project
        self.read = frozenset(project.reader.texts)
        self.looked_up = self.read | frozenset(project.reader.kinds)
        self.listed = tuple(project.listings)
        self._folders = None
        self.trace = trace_of(project)
        self.is_new = True

    def unload(self) -> None:
        """Forget what was loaded, but not the result."""
        self.loaded = None
        self.result.trees = {}
        self.result.rejections = {}

    def may_see(self, path: str) -> bool:
        """Whether it matters to the result that a path comes into being or goes away."""
        if self._folders is None:
            self._folders = frozenset(map(folder_of, self.looked_up))
        return (
            path in self.looked_up
            or folder_of(path) in self._folders
            or any(folder == "." or is_inside(folder, path) for folder in self.listed)
        )


class Problem(NamedTuple):
    """Why a folder or file cannot be linted."""

    path: str
    error: ConfigError


class Session:
    """What is linted for a client.

    Attributes:
        options: those that hold where ``own_options`` has none for a folder.
        own_options: what the client has set for a folder, by its absolute path.
        folders: the absolute paths of the workspace's folders.
        texts: the texts of the open documents by path.
        tree: the disk with these texts over it.
        parts: what is linted.
        own: the results about the configurations themselves.
        problems: errors of configurations that nothing can be linted with.
        layout: how often it was found out anew what is to be linted.
    """

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.own_options: dict[str, Options] = {}
        self.folders: tuple[str, ...] = ()
        self.texts: dict[str, bytes] = {}
        self.parts: list[Part] = []
        self.own: list[Result] = []
        self.problems: list[Problem] = []
        self.tree: Tree = DISK
        self.layout = 0
        self.baselines = Baselines()
        self._is_current = False  # the parts are those of the files that exist
        self._shared: dict[tuple[str, bool, int], Shared] = {}
        self._settings: list[tuple[Settings, Options]] = []
        self._stamps: dict[str, Hashable] = {}
        self._kept: dict[tuple[str, bool, int], Kept] = {}

    # --- what changed

    def set_folders(self, folders: Iterable[str]) -> None:
        """Lint these folders, besides open documents that are elsewhere."""
        self.folders = tuple(dict.fromkeys(map(os.path.abspath, folders)))
        self._is_current = False

    def set_options(self, options: Options, own: Mapping[str, Options]) -> None:
        """Lint with other options."""
        new = [options, *own.values()]
        old = [self.options, *self.own_options.values()]
        if list(own) != list(self.own_options) or [vars(each) for each in new] != [
            vars(each) for each in old
        ]:
            self.options, self.own_options = options, dict(own)
            self.forget()

    def set_texts(self, texts: Mapping[str, bytes]) -> None:
        """Take these texts for the contents of the files that are open."""
        if texts == self.texts:
            return
        before = self.tree
        paths = [
            path for path in {**self.texts, **texts} if texts.get(path) != self.texts.get(path)
        ]
        switched = {path for path in paths if (path in texts) != (path in self.texts)}
        self.texts = dict(texts)
        self.tree = Overlay(DISK, self.texts) if self.texts else DISK
        # What is opened is nearly always as it is on the disk.
        made = [path for path in switched if before.kind(path) != self.tree.kind(path)]
        same = {
            path for path in switched if path not in made and self._reads_the_same(before, path)
        }
        self.changed(path for path in paths if path not in same and path not in made)
        self.made(made)
        if any(path in texts and self.part_of(path) is None for path in switched):
            self._is_current = False

    def _reads_the_same(self, before: Tree, path: str) -> bool:
        """Whether a file's content is what it was in another tree."""
        try:
            return before.read(path, _MOST) == self.tree.read(path, _MOST)
        except (OSError, ValueError):
            return False

    def changed(self, paths: Iterable[str]) -> None:
        """Note that files have other contents."""
        changed = set(map(tidy, paths))
        if not changed:
            return
        for shared in self._shared.values():
            for path in changed:
                shared.texts.pop(path, None)
        for part in self.parts:
            if not part.looked_up.isdisjoint(changed):
                part.is_stale = True
        if self._decides(changed):
            self._is_current = False

    def made(self, paths: Iterable[str]) -> None:
        """Note that files or folders were made or deleted."""
        made = set(map(tidy, paths))
        if not made:
            return
        self._shared.clear()
        for part in self.parts:
            part.shared = self._shared_of(part.settings)
            if any(map(part.may_see, made)):
                part.is_stale = True
        self._is_current = False

    def _decides(self, paths: Iterable[str]) -> bool:
        """Whether the contents of files decide what is linted, and how."""
        return any(self._is_decisive(path) for path in paths)

    def _is_decisive(self, path: str) -> bool:
        name = path.rpartition("/")[2]
        if name == "pyproject.toml":
            named = {part.settings.config.path for part in self.parts}
            return path in named or b"composelint" in _data_of(self.tree, path)
        if name in CONFIG_FILES or name == ".gitignore" or path in self.baselines.paths:
            return True
        if any(path == origin.path for origin in self._origins()):
            return True
        if kind_of(path) is None and path.endswith((".yaml", ".yml")):
            # Its content tells whether it is a Compose file.
            with use_tree(self.tree):
                part = self.part_of(path)
                return is_compose_file(path) != (part is not None and path in part.paths)
        return False

    def _origins(self) -> Iterator[Origin]:
        """The places of all settings, which name the files that they are in."""
        for settings, _ in self._settings:
            for setting in settings.config.settings:
                yield from setting.origins
            for policy in settings.config.policies:
                yield policy.origin

    def recheck(self) -> None:
        """Look whether files have changed on the disk, for clients that do not tell."""
        stamp = self.tree.stamp
        now = {path: stamp(path) for part in self.parts for path in part.looked_up}
        before, self._stamps = self._stamps, now
        changed = [path for path, one in now.items() if before.get(path, one) != one]
        made = {path for path in changed if _ABSENT in (before[path], now[path])}
        self.changed(path for path in changed if path not in made)
        self.made(made)

    def forget(self) -> None:
        """Lint everything anew."""
        self.parts.clear()
        self._shared.clear()
        self._settings.clear()
        self._kept.clear()
        self._is_current = False

    def _shared_of(self, settings: Settings) -> Shared:
        key = _key_of(settings)
        if key not in self._shared:
            self._shared[key] = Shared()
        return self._shared[key]

    def _known(self, settings: Settings, options: Options) -> Settings:
        """Settings as they are known already, if they say the same."""
        for known, its_options in self._settings:
            is_same = known.root == settings.root and known.config == settings.config
            if is_same and vars(its_options) == vars(options):
                return known
        settings = settings._replace(late_fixes=True, elsewhere=False, settings_of=None)
        self._settings.append((settings, options))
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
                self._lint(part)
                part = self.part_of(path)
            return part

    def work(self, first: Sequence[str] = (), is_over: Callable[[], bool] = bool) -> Iterator[Part]:
        """Bring everything up to date: yields each part that was linted, those of some files first.

        Ends early if it ``is_over``.
        """
        with use_tree(self.tree):
            self._lay_out()
        wanted = set(first)
        while not is_over():
            stale = [part for part in self.parts if part.is_stale]
            if not stale:
                return
            part = next((each for each in stale if not wanted.isdisjoint(each.paths)), stale[0])
            with use_tree(self.tree):
                self._lint(part)
            if wanted.isdisjoint(part.read):
                # Nobody looks at it: a workspace may have hundreds.
                part.unload()
            yield part

    def _lint(self, part: Part) -> None:
        # Nothing is kept of files that are not open: a workspace may have hundreds of stacks.
        is_open = not self.texts.keys().isdisjoint(part.read or part.paths)
        key = _key_of(part.settings)
        part.shared.kept = self._kept.setdefault(key, Kept()) if is_open else None
        part.lint()
        self.baselines.apply(part.result, part.workspace, part.paths)
        self._join(part)

    def _lay_out(self) -> None:
        """Find the files again if they may be others, and keep the results of parts that stay."""
        if self._is_current:
            return
        self._is_current = True
        self.layout += 1
        self.problems = []
        self.own = []
        self.baselines.forget()
        found: list[Workspace] = []
        for folder in self.folders:
            self._open(folder, found)
        inside = {path for workspace in found for path in workspace.linted}
        for path in self.texts:
            if path not in inside and not self._is_covered(path):
                self._open(path, found)
        kept = {(part.files, id(part.settings)): part for part in self.parts}
        self.parts = []
        taken: set[str] = set()
        for workspace in found:
            self.own += workspace.own_results()
            for group in workspace.groups:
                settings = self._known(group.settings, workspace.options)
                files = [file for file in group.files if file.path not in taken]
                taken.update(file.path for file in files)
                stacks = [entry.files for entry in settings.config.stacks]
                if settings.stacks:
                    components = [tuple(files)]
                else:
                    components = guess(files, _text_of, stacks, unsplit=0)
                for files_ in components:
                    part = kept.get((files_, id(settings)))
                    if part is None:
                        part = Part(files_, settings, self._shared_of(settings), workspace)
                    part.workspace = workspace
                    self.parts.append(part)
        used = {id(part.settings) for part in self.parts}
        self._settings = [each for each in self._settings if id(each[0]) in used]
        self._join(None)

    def _is_covered(self, path: str) -> bool:
        """Whether a file is in a folder of the workspace, where only what is found is linted."""
        absolute = os.path.abspath(path)
        return any(is_within(folder, absolute) for folder in self.folders)

    def _open(self, path: str, found: list[Workspace]) -> None:
        options = self.own_options.get(path, self.options)
        try:
            found.append(open_workspace((tidy(path),), options, lenient=True))
        except ConfigError as error:
            self.problems.append(Problem(path, error))
        except UnknownSelector as error:
            self.problems.append(Problem(path, ConfigError.at("", str(error))))
        except MissingPath:
            return

    def _join(self, changed: Part | None) -> None:
        """Merge the parts that turned out to be connected, if the trace of one has changed."""
        by_settings: dict[int, list[Part]] = {}
        for part in self.parts:
            if changed is None or part.settings is changed.settings:
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
            gone = {id(part) for part in parts if part.files not in components}
            first = parts[0]
            self.parts = [part for part in self.parts if id(part) not in gone]
            self.parts += [
                Part(component, first.settings, first.shared, first.workspace)
                for component in components
                if component not in by_files
            ]


def _key_of(settings: Settings) -> tuple[str, bool, int]:
    """What the readers that share something have in common."""
    return settings.root, settings.config.allow_outside, settings.config.max_file_size


def _data_of(tree: Tree, path: str) -> bytes:
    """The content of a file; empty if it cannot be read."""
    try:
        return tree.read(path, 1 << 22)
    except (OSError, ValueError):
        return b""


def _text_of(path: str) -> str:
    """The text of a file for a guess; empty if it cannot be read."""
    return _data_of(current_tree(), path).decode("utf-8", "replace")

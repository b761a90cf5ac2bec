"""From paths and options to runs: which files, under which configuration.

Each file is linted under the nearest configuration above it, so one call over a repository
with several of them makes several runs whose findings are put together. The command line
and the library both start here.
"""

from __future__ import annotations

import os

from ..base.names import PRESETS
from ..base.records import NamedTuple
from ..files.discovery import Found, discover, in_excluded_folder, usual_baseline
from ..files.disk import DISK, MAX_FILE_BYTES
from ..files.kinds import CONFIG_FILES, kind_of_named
from ..files.paths import find_root, is_root, is_within, nearest_folder, tidy
from ..result import Result, merged
from ..rulebook.registry import UnknownSelector
from ..rulebook.selection import Selection
from .settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ..config.settings import Config
    from .cache import Cache


class Request(NamedTuple):
    """What a caller asks for; None leaves a choice to the configuration.

    ``exclude`` takes the place of what the configuration excludes, ``extend_exclude`` adds
    to it. ``overrides`` are single settings as TOML, such as ``fail-on = "error"``. ``jobs``
    is how many processes may work at once, 0 for what pays. ``cache`` lets findings be kept
    between calls, in ``cache_dir`` if that is given.
    """

    config: str | None = None
    isolated: bool = False
    overrides: tuple[str, ...] = ()
    preset: str | None = None
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fixable: tuple[str, ...] | None = None
    unfixable: tuple[str, ...] = ()
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    respect_gitignore: bool | None = None
    inline_ignores: bool | None = None
    stacks: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    use_environment: bool = False
    jobs: int = 1
    cache: bool = False
    cache_dir: str | None = None
    debug: bool = False


class Group(NamedTuple):
    """Files that are linted together: they share a configuration and a project's root."""

    settings: Settings
    found: tuple[Found, ...]

    @property
    def config(self) -> Config | None:
        return self.settings.config

    @property
    def linted(self) -> set[str]:
        return {item.path for item in self.found}


class Workspace:
    """What a request comes to: groups of files, each with its settings.

    ``config`` is the configuration that answers for the whole call (exit code, format):
    that of all files where they share one, else that of the working folder. ``texts`` stand
    in for files, by path; ``paths`` are those that the caller gave.
    """

    __slots__ = ("config", "groups", "paths", "request", "texts")

    def __init__(self, groups: list[Group], config: Config | None, request: Request) -> None:
        self.groups = groups
        self.config = config
        self.request = request
        self.paths: tuple[str, ...] = ()
        self.texts: dict[str, bytes] = {}

    @property
    def found(self) -> list[Found]:
        return [item for group in self.groups for item in group.found]

    def check(self, progress: Callable[[], None] | None = None) -> Result:
        """Lint everything; ``progress`` is called after each stack and each Dockerfile."""
        from .schedule import check_group

        return merged(
            [
                check_group(
                    group.found,
                    group.settings,
                    self.texts,
                    progress,
                    jobs=self.request.jobs,
                    cache=self.cache_for(group),
                )
                for group in self.groups
            ]
            or [Result()]
        )

    def cache_for(self, group: Group) -> Cache | None:
        """What is kept of earlier calls; None where nothing is to be kept.

        Without a folder of its own the cache lies in the project, so there has to be one.
        What a project brings along must not decide under ``isolated``, and on a CI system
        nothing would be left of it for the next run.
        """
        request = self.request
        if not request.cache or self.texts:
            return None
        from .cache import CACHE_FOLDER, Cache

        folder = request.cache_dir
        if folder is None:
            if request.isolated or os.environ.get("CI"):
                return None
            home = self.home
            if self.config is None and not is_root(home):
                return None
            folder = os.path.join(home, CACHE_FOLDER)
        return Cache(folder, group.settings, self.paths)

    @property
    def home(self) -> str:
        """The absolute folder that the whole call belongs to: its configuration's, else the root."""
        if self.config is not None:
            return self.config.folder
        roots = {group.settings.root for group in self.groups}
        return roots.pop() if len(roots) == 1 else find_root(".")

    def baseline_path(self) -> str | None:
        """The baseline that the configuration names, else the usual one where it exists."""
        if self.config is not None:
            return self.config.baseline_path()
        return usual_baseline(self.home)

    def is_locked(self, code: str) -> bool:
        """Whether a configuration forbids to hide findings of this code."""
        return any(group.settings.selection.is_locked(code) for group in self.groups)

    def hold_against(self, path: str, result: Result, *, prune: bool = False) -> None:
        """Suppress what a baseline knows.

        What it knows and is gone is reported (LN030), or with ``prune`` struck off.

        Raises:
            ConfigError: where the file is no baseline.
            OSError: where it has to be written and cannot.
        """
        from ..rulebook.registry import topic_rules
        from ..suppression.baseline import (
            apply_baseline,
            load_baseline,
            prune_baseline,
            stale_diagnostics,
        )

        known = load_baseline(path)
        stale = apply_baseline(
            result,
            known,
            linted={item.path for item in self.found},
            ran=lambda code: code in result.ran,
            locked=self.is_locked,
        )
        if stale and prune:
            prune_baseline(known, stale)
            return
        rule = next(rule for rule in topic_rules("linter") if rule.code == "LN030")
        selections = [group.settings.selection for group in self.groups]
        if stale and selections and selections[0].selects(rule):
            for item in stale_diagnostics(known, stale):
                item.code, item.name = rule.code, rule.name
                item.severity = selections[0].severity(rule)
                result.diagnostics.append(item)


def open_workspace(paths: Sequence[str], request: Request) -> Workspace:
    """Find the files under ``paths`` (the working folder without any) and their configurations.

    Raises:
        MissingPath: for a path that does not exist.
        ConfigError: for a configuration with mistakes.
        UnknownSelector: for a rule or preset that there is not.
    """
    if not paths and request.stacks:
        paths = tuple(dict.fromkeys(file for stack in request.stacks for file in stack.split(":")))
    configs = Configs(request)
    found: dict[str, tuple[Found, str]] = {}
    for path in paths or (".",):
        root = _root_for(path)
        for item in _files(path, request, configs):
            found.setdefault(item.path, (item, root))
    workspace = _grouped(list(found.values()), request, configs)
    workspace.paths = tuple(paths)
    return workspace


def open_texts(texts: Mapping[str, bytes], request: Request) -> Workspace:
    """Texts that stand in for files at these paths, such as standard input.

    Raises:
        UnknownKind: for a path whose name does not tell what the file is.
        ConfigError: for a configuration with mistakes.
        UnknownSelector: for a rule or preset that there is not.
    """
    found = []
    tidied = {tidy(path): data for path, data in texts.items()}
    for path in tidied:
        kind = kind_of_named(path)
        if kind is None:
            raise UnknownKind(path)
        found.append((Found(path, kind, True), _root_for(path)))
    workspace = _grouped(found, request, Configs(request))
    workspace.texts = tidied
    return workspace


class UnknownKind(ValueError):
    """A path of which nothing tells whether it is a Compose file, a Dockerfile or what else."""


class Configs:
    """The configurations of a call: each is found and loaded once."""

    def __init__(self, request: Request) -> None:
        self._overrides = request.overrides
        self._one = request.isolated or request.config is not None
        self._forced: Config | None = None
        self._nearest: dict[str, str] = {}
        self._loaded: dict[str, Config | None] = {}
        self._held: dict[str, Config | None] = {}
        if request.config is not None or (request.isolated and request.overrides):
            from ..config.load import load_config

            self._forced = load_config(
                request.config, isolated=request.isolated, overrides=request.overrides
            )

    def of(self, path: str) -> Config | None:
        """The configuration that holds for a file or folder; None where there is none."""
        if self._one:
            return self._forced
        return self._in(nearest_folder(path))

    def of_file(self, path: str) -> Config | None:
        """Like ``of`` for what is known to be no folder."""
        if self._one:
            return self._forced
        folder = os.path.dirname(path)
        if folder not in self._held:
            self._held[folder] = self._in(os.path.abspath(folder))
        return self._held[folder]

    def _in(self, folder: str) -> Config | None:
        home = self._home(folder)
        if not home and not self._overrides:
            return None
        if home not in self._loaded:
            from ..config.load import load_config

            self._loaded[home] = load_config(start=home or folder, overrides=self._overrides)
        return self._loaded[home]

    def _home(self, folder: str) -> str:
        """The nearest folder upwards with a configuration; empty where there is none."""
        known = self._nearest.get(folder)
        if known is None:
            parent = os.path.dirname(folder)
            if any(_is_config(os.path.join(folder, name)) for name in CONFIG_FILES):
                known = folder
            elif parent == folder or is_root(folder):
                known = ""
            else:
                known = self._home(parent)
            self._nearest[folder] = known
        return known


def _is_config(path: str) -> bool:
    if DISK.kind(path) != "file":
        return False
    if not path.endswith("pyproject.toml"):
        return True
    try:
        return b"composelint" in DISK.read(path, MAX_FILE_BYTES)
    except OSError:
        return True


def _root_for(path: str) -> str:
    """The folder that nothing is read outside of when this path is linted.

    That is the repository of the working folder where the path lies in it, else the
    repository or folder of the path.
    """
    here = find_root(".")
    absolute = os.path.abspath(path)
    return here if is_within(here, absolute) else find_root(nearest_folder(path))


def _files(path: str, request: Request, configs: Configs) -> Iterator[Found]:
    config = configs.of(path)
    respect = request.respect_gitignore
    if respect is None:
        respect = config.respect_gitignore if config is not None else True
    patterns = (*(request.exclude or ()), *request.extend_exclude)
    for item in discover(
        (path,), exclude=patterns, force_exclude=request.force_exclude, respect_gitignore=respect
    ):
        config = configs.of_file(item.path)
        if config is None:
            yield item
            continue
        forced = request.force_exclude or config.force_exclude
        if not item.named or forced:
            if request.exclude is None and config.is_excluded(item.path):
                continue
            if item.named and in_excluded_folder(item.path):
                continue
        yield item


def _grouped(found: Sequence[tuple[Found, str]], request: Request, configs: Configs) -> Workspace:
    files: dict[tuple[int, str], list[Found]] = {}
    held: dict[int, Config | None] = {}
    first = configs.of(found[0][0].path) if found and request.stacks else None
    for item, root in found:
        # The files of one stack stay together, whatever lies nearest to each.
        config = first if request.stacks else configs.of_file(item.path)
        held[id(config)] = config
        files.setdefault((id(config), root), []).append(item)
    groups = [
        Group(_settings(held[number], root, request), tuple(items))
        for (number, root), items in files.items()
    ]
    whole = groups[0].config if len(held) == 1 else configs.of(".")
    if not groups:
        # A slip in a rule's name is an error with nothing to lint, too.
        _settings(whole, "", request)
    return Workspace(groups, whole, request)


def _settings(config: Config | None, root: str, request: Request) -> Settings:
    """The settings of a run.

    Raises:
        UnknownSelector: for a rule or preset that there is not.
    """
    if request.preset is not None:
        check_preset(request.preset)
    chosen = (request.preset, request.select, request.extend_select, request.ignore)
    inline = request.inline_ignores
    if config is None:
        return Settings(
            selection=Selection(*chosen, fixable=request.fixable, unfixable=request.unfixable),
            root=root,
            inline_ignores=inline is not False,
            stacks=request.stacks,
            profiles=request.profiles,
            env_files=request.env_files,
            use_environment=request.use_environment,
            debug=request.debug,
        )
    from ..rulebook.selection import selection_of

    return Settings(
        selection=selection_of(
            config, *chosen, fixable=request.fixable, unfixable=request.unfixable
        ),
        config=config,
        root=root,
        inline_ignores=config.inline_ignores if inline is None else inline,
        stacks=request.stacks,
        profiles=request.profiles,
        env_files=request.env_files,
        use_environment=request.use_environment or config.use_environment,
        allow_outside=config.allow_outside,
        max_file_size=config.max_file_size,
        debug=request.debug,
    )


def check_preset(name: str) -> None:
    """Raise ``UnknownSelector`` for the name of a preset that there is not."""
    if name not in PRESETS:
        from ..base.suggest import nearest

        close = nearest(name, PRESETS)
        hint = f'; did you mean "{close}"?' if close else ""
        raise UnknownSelector(f'no preset is called "{name}"{hint}')

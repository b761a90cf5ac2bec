"""From paths and options to runs: which files are linted, under which configuration.

Each file is linted under the nearest configuration above it, so one call for a repository with
several of them makes several runs, whose findings are merged. The command line and the library
both start here.
"""

from __future__ import annotations

import os

from ..base.names import PRESETS
from ..base.records import NamedTuple
from ..config.errors import ConfigError
from ..config.settings import Config
from ..files.discovery import InputFile, MissingPath, discover, in_excluded_folder, usual_baseline
from ..files.disk import DISK
from ..files.kinds import kind_of_named
from ..files.paths import find_root, is_root, nearest_folder, tidy, tree_of
from ..files.tree import current_tree
from ..result import Result, merged
from ..rulebook.registry import UnknownSelector
from ..rulebook.selection import selection_of
from .configs import Configs
from .settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from ..config.errors import Fault
    from ..config.options import Options
    from ..config.settings import MissingFiles
    from ..rulebook.selection import Selection
    from .cache import Cache


FEW = 10
"""Fewer files than this are linted without the modules for many files."""


class Group(NamedTuple):
    """Files that are linted together: they share a configuration and a project's root."""

    settings: Settings
    files: tuple[InputFile, ...]

    @property
    def config(self) -> Config:
        return self.settings.config

    @property
    def linted(self) -> set[str]:
        """The paths of the files."""
        return {file.path for file in self.files}


class Workspace:
    """The files of a call in groups, each with its settings.

    Attributes:
        groups: the groups.
        config: the configuration for the call itself (exit code, format): that of all files if
            they share one, else that of the working folder.
        options: the options of the call.
        paths: those that the caller gave.
        texts: contents instead of those on disk, by path.
        broken: configurations of a part of the files that cannot be used, by their folder; the
            files that they are for are not in the groups.
    """

    __slots__ = ("broken", "config", "groups", "options", "paths", "texts")

    def __init__(self, groups: list[Group], config: Config, options: Options) -> None:
        self.groups = groups
        self.config = config
        self.options = options
        self.paths: tuple[str, ...] = ()
        self.texts: dict[str, bytes] = {}
        self.broken: dict[str, ConfigError] = {}

    @property
    def files(self) -> list[InputFile]:
        return [file for group in self.groups for file in group.files]

    @property
    def linted(self) -> set[str]:
        """The paths of the files."""
        return {file.path for file in self.files}

    def check(self, progress: Callable[[], None] | None = None) -> Result:
        """Lint everything; ``progress`` is called after each stack and each Dockerfile."""
        is_small = len(self.groups) == 1 and len(self.groups[0].files) < FEW
        own = self.own_results()
        if self.options.no_cache and is_small and not own:
            # The modules for several processes and for the cache are not loaded.
            from .run import check_files

            (group,) = self.groups
            return check_files(group.files, group.settings, self.texts, progress)
        from .schedule import check_group

        return merged(
            [
                check_group(
                    group.files,
                    group.settings,
                    self.texts,
                    progress,
                    jobs=self.options.jobs,
                    cache=self.cache_for(group),
                )
                for group in self.groups
            ]
            + own
            or [Result()]
        )

    def own_results(self) -> list[Result]:
        """The findings about the configurations of the call, if there are any."""
        missing = self._missing_files()
        ignoring = [group.settings for group in self.groups if group.config.ignored]
        if not (self.broken or missing or ignoring):
            return []
        from .config_findings import report_broken, report_ignored, report_missing

        return [report_broken(self.broken), report_missing(missing), report_ignored(ignoring)]

    def _missing_files(self) -> list[tuple[MissingFiles, Selection]]:
        """What the configurations name as files of stacks, and does not exist.

        If all files of the call are named, only their own stacks count.
        """
        if self.options.stacks:
            return []
        of_groups = [(group.config, group.settings.selection, group.files) for group in self.groups]
        if not of_groups and self.config.missing:
            selection = _settings(self.config, "", self.options).selection
            of_groups.append((self.config, selection, ()))
        found: dict[Fault, tuple[MissingFiles, Selection]] = {}
        for config, selection, files in of_groups:
            if not config.missing:
                continue
            linted = self.linted
            is_search = not files or not all(file.named for file in files)
            for missing in config.missing:
                is_given = not self.texts.keys().isdisjoint(missing.paths)
                if (is_search or not linted.isdisjoint(missing.paths)) and not is_given:
                    found.setdefault(missing.fault, (missing, selection))
        return list(found.values())

    def cache_for(self, group: Group) -> Cache | None:
        """The cache for a group; None if nothing is to be kept.

        If no folder is given, the cache is in the project's folder, so there has to be one. Under
        ``isolated`` the content of a project must not decide, and on a CI system the folder
        would be lost before the next run.
        """
        options = self.options
        if options.no_cache or self.texts or current_tree() is not DISK:
            return None
        from .cache import CACHE_FOLDER, Cache
        from .cache_key import key_for, may_hold_cache

        folder = options.cache_dir
        if folder is None:
            if options.isolated or os.environ.get("CI"):
                return None
            home = self.home
            if not self.config.folder and not is_root(home):
                return None
            folder = os.path.join(home, CACHE_FOLDER)
        secret = key_for(folder, group.settings.root, options.cache_dir is not None)
        if secret is None or not may_hold_cache(folder):
            return None
        return Cache(folder, secret, group.settings, self.paths)

    @property
    def home(self) -> str:
        """The absolute folder of the call: that of its configuration, else the project's root."""
        if self.config.folder:
            return self.config.folder
        roots = {group.settings.root for group in self.groups}
        return roots.pop() if len(roots) == 1 else find_root(".")

    def baseline_path(self) -> str | None:
        """The path of the baseline: the one that is named, else the usual one if it exists."""
        return self.config.baseline or usual_baseline(self.home)

    def is_locked(self, code: str) -> bool:
        """Whether a configuration forbids to suppress findings of this code."""
        return any(group.settings.selection.is_locked(code) for group in self.groups)

    def apply_baseline(
        self,
        path: str,
        result: Result,
        *,
        prune: bool = False,
        linted: Collection[str] | None = None,
    ) -> None:
        """Suppress the findings that a baseline contains.

        Its entries without a finding are reported (LN030), or with ``prune`` removed from it.
        ``linted`` are the paths of the linted files if not all of them were.

        Raises:
            ConfigError: if the file is not a baseline.
            OSError: if it has to be written and cannot.
        """
        from ..rulebook.registry import listed_rules
        from ..suppression.baseline import (
            apply_baseline,
            load_baseline,
            prune_baseline,
            stale_diagnostics,
        )

        baseline = load_baseline(path)
        stale = apply_baseline(
            result,
            baseline,
            linted=self.linted if linted is None else linted,
            ran=lambda code: code in result.ran,
            locked=self.is_locked,
        )
        if stale and prune:
            prune_baseline(baseline, stale)
            return
        rule = next(rule for rule in listed_rules("linter") if rule.code == "LN030")
        selections = [group.settings.selection for group in self.groups]
        if stale and selections and selections[0].selects(rule):
            for finding in stale_diagnostics(baseline, stale):
                finding.declared_by(rule)
                finding.severity = selections[0].severity(rule)
                result.diagnostics.append(finding)


def open_workspace(
    paths: Sequence[str],
    options: Options,
    *,
    lenient: bool = False,
    config: Config | None = None,
) -> Workspace:
    """The files under ``paths`` (or the working folder, if there are none) and their settings.

    Args:
        lenient: leave out files whose configuration has errors, if others remain and it is not
            that of the working folder; the result of a check reports it.
        config: the configuration for all files, instead of that of the options.

    Raises:
        MissingPath: if a path does not exist.
        ConfigError: if a configuration has errors.
        UnknownSelector: if a rule or preset does not exist.
    """
    if not paths and options.stacks:
        paths = tuple(dict.fromkeys(file for stack in options.stacks for file in stack.split(":")))
    configs = Configs(options, lenient, config)
    files: dict[str, tuple[InputFile, str]] = {}
    for path in paths or (".",):
        root = tree_of(nearest_folder(path))
        for file in _files(path, options, configs):
            files.setdefault(file.path, (file, root))
    _check_env_files(options, ())
    workspace = _grouped(list(files.values()), options, configs)
    if configs.broken:
        if not workspace.groups:
            raise next(iter(configs.broken.values()))
        # The configuration of the working folder says what holds for the whole call.
        configs.of(".")
        workspace.broken = configs.broken
    workspace.paths = tuple(paths)
    return workspace


def open_texts(texts: Mapping[str, bytes], options: Options) -> Workspace:
    """Texts instead of the files at these paths, such as standard input, and their settings.

    Raises:
        UnknownKind: if the name of a path does not tell what the file is.
        ConfigError: if a configuration has errors.
        UnknownSelector: if a rule or preset does not exist.
    """
    files = []
    by_path = {tidy(path): data for path, data in texts.items()}
    for path, data in by_path.items():
        kind = kind_of_named(path)
        if kind is None:
            from ..files.content import kind_of_text

            kind = kind_of_text(data.decode("utf-8", "replace"))
        if kind is None:
            raise UnknownKind(path)
        files.append((InputFile(path, kind, True), tree_of(nearest_folder(path))))
    _check_env_files(options, by_path)
    workspace = _grouped(files, options, Configs(options))
    # What reads standard input, such as an editor, has the findings of that file in mind.
    workspace.groups = [
        group._replace(settings=group.settings._replace(elsewhere=False))
        for group in workspace.groups
    ]
    workspace.texts = by_path
    return workspace


def max_size_of(path: str, options: Options) -> int:
    """The most bytes that a file at this path may have.

    Raises:
        ConfigError: if a configuration has errors.
    """
    return Configs(options).of_file(tidy(path)).max_file_size


def _check_env_files(options: Options, texts: Collection[str]) -> None:
    """Raise an error for an env file of the call that does not exist, or is not a file."""
    for path in options.env_files:
        kind = current_tree().kind(path)
        if kind == "missing" and tidy(path) not in texts:
            raise MissingPath(path)
        if kind in ("folder", "other"):
            raise ConfigError.at(path, "an env file is expected, and this is not a regular file")


class UnknownKind(ValueError):
    """A path that is not that of a Compose file, a Dockerfile, an ignore file or an env file."""


def _files(path: str, options: Options, configs: Configs) -> Iterator[InputFile]:
    """The files under a path that neither the options nor a configuration excludes."""
    above = configs.usable(path, is_file=False)
    if above is None:
        return
    start = tidy(path)
    for file in discover(
        (path,),
        exclude=(*(options.exclude or ()), *options.extend_exclude),
        force_exclude=above.force_exclude,
        respect_gitignore=above.respect_gitignore,
    ):
        config = configs.usable(file.path)
        if config is None:
            continue
        if not file.named or config.force_exclude:
            if config.is_excluded(file.path):
                continue
            if config.is_vendored(file.path, "." if file.named else start):
                continue
            if file.named and in_excluded_folder(file.path):
                continue
        yield file


def _grouped(
    files: Sequence[tuple[InputFile, str]], options: Options, configs: Configs
) -> Workspace:
    """The workspace of some files, each with its root."""
    groups: dict[tuple[int, str], list[InputFile]] = {}
    by_id: dict[int, Config] = {}
    # The files of one stack stay together, whatever their nearest configurations are.
    first = configs.of(files[0][0].path) if files and options.stacks else None
    for file, root in files:
        config = first or configs.of_file(file.path)
        by_id[id(config)] = config
        groups.setdefault((id(config), root), []).append(file)
    listed: list[Group] = []
    for (number, root), group in groups.items():
        try:
            settings = _settings(by_id[number], root, options)
            if first is None:
                settings = settings._replace(settings_of=_settings_of(configs, root, options))
            listed.append(Group(settings, tuple(group)))
        except ConfigError as error:
            configs.drop(by_id[number], error)
    if configs.broken and not listed:
        return Workspace([], Config(), options)
    config = listed[0].config if len(by_id) == 1 else configs.of(".")
    if not listed:
        # An unknown rule is an error even if there is nothing to lint.
        _settings(config, "", options)
    return Workspace(listed, config, options)


def _settings(config: Config, root: str, options: Options) -> Settings:
    """The settings of a run.

    Raises:
        UnknownSelector: if a rule or preset does not exist.
    """
    if options.preset is not None:
        check_preset(options.preset)
    return Settings(
        selection=selection_of(
            config,
            options.preset,
            options.select,
            options.extend_select,
            options.ignore,
            fixable=options.fixable,
            unfixable=options.unfixable,
        ),
        config=config,
        root=root,
        stacks=options.stacks,
        profiles=options.profiles,
        env_files=options.env_files,
        debug=options.debug,
    )


def _settings_of(configs: Configs, root: str, options: Options) -> Callable[[str], Settings | None]:
    """The settings for any file of a root, None if its configuration is broken, as a function."""
    known: dict[int, Settings | None] = {}

    def settings_of(path: str) -> Settings | None:
        try:
            config = configs.of_file(path)
            if id(config) not in known:
                known[id(config)] = _settings(config, root, options)
            return known[id(config)]
        except (ConfigError, UnknownSelector):
            return None

    return settings_of


def check_preset(name: str) -> None:
    """Raise ``UnknownSelector`` if a preset does not exist."""
    if name not in PRESETS:
        from ..base.suggest import choice_hint
        from ..base.wording import and_list

        raise UnknownSelector(
            f'no preset is called "{name}"; there are {and_list(PRESETS, "")}'
            f"{choice_hint(name, PRESETS)}"
        )

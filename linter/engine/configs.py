"""The configurations of a call: for each file the nearest one above it."""

from __future__ import annotations

import os

from ..config.errors import ConfigError
from ..config.settings import Config
from ..config.trust import User, read_user
from ..files.disk import MAX_FILE_BYTES
from ..files.globs import Glob
from ..files.kinds import CONFIG_FILES
from ..files.paths import is_root, nearest_folder
from ..files.tree import current_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..config.options import Options


class Configs:
    """The configurations of a call: each is found and loaded once.

    Args:
        options: the options of the call.
        lenient: go on without configurations that have errors.
        config: the configuration for all files, if it is loaded.

    Attributes:
        broken: the errors of those that cannot be used, by the folder that each is for.
    """

    def __init__(
        self, options: Options, lenient: bool = False, config: Config | None = None
    ) -> None:
        self.broken: dict[str, ConfigError] = {}
        self._lenient = lenient
        self._options = options
        self._user = (
            User(everything=options.trust) if options.isolated else read_user(options.trust)
        )
        self._default = self._applied(Config())
        self._only: Config | None = None
        self._homes: dict[str, str] = {}
        self._loaded: dict[str, Config] = {}
        self._of_folders: dict[str, Config] = {}
        if config is not None:
            self._only = self._applied(config)
        elif options.config is not None or (options.isolated and options.overrides):
            self._only = self._load()
        elif options.isolated:
            self._only = self._default

    def _applied(self, config: Config) -> Config:
        """A configuration with the options of the call."""
        options = self._options
        config = options.applied_to(config)
        if options.exclude is None and not options.extend_exclude:
            return config
        kept = config.exclude if options.exclude is None else ()
        given = (*(options.exclude or ()), *options.extend_exclude)
        folder = os.getcwd()
        return config._replace(exclude=(*kept, *(Glob(pattern, folder) for pattern in given)))

    def of(self, path: str) -> Config:
        """The configuration for a file or folder."""
        return self._only or self._in(nearest_folder(path))

    def of_file(self, path: str) -> Config:
        """Like ``of`` for a path that is not a folder."""
        if self._only is not None:
            return self._only
        folder = os.path.dirname(path)
        if folder not in self._of_folders:
            self._of_folders[folder] = self._in(os.path.abspath(folder))
        return self._of_folders[folder]

    def usable(self, path: str, *, is_file: bool = True) -> Config | None:
        """Like ``of_file`` or ``of``; None if it has errors and the call goes on without it."""
        try:
            return self.of_file(path) if is_file else self.of(path)
        except ConfigError:
            if self._lenient and self._only is None:
                return None
            raise

    def drop(self, config: Config, error: ConfigError) -> None:
        """Note that a configuration cannot be used; raise its error if the call is not lenient."""
        if not self._lenient or self._only is not None:
            raise error
        self.broken[config.folder] = error

    def _in(self, folder: str) -> Config:
        home = self._home(folder)
        if not home and not self._options.overrides and self._user.document is None:
            return self._default
        if home in self.broken:
            raise self.broken[home]
        if home not in self._loaded:
            try:
                self._loaded[home] = self._load(home or folder)
            except ConfigError as error:
                self.broken[home or folder] = error
                raise
        return self._loaded[home]

    def _load(self, start: str = ".") -> Config:
        from ..rulebook.binding import load_config

        options = self._options
        config = load_config(
            options.config,
            start=start,
            isolated=options.isolated,
            overrides=options.overrides,
            user=self._user,
        )
        return self._applied(config)

    def _home(self, folder: str) -> str:
        """The nearest folder upwards with a configuration; empty if there is none."""
        home = self._homes.get(folder)
        if home is None:
            parent = os.path.dirname(folder)
            if any(_is_config(os.path.join(folder, name)) for name in CONFIG_FILES):
                home = folder
            elif parent == folder or is_root(folder):
                home = ""
            else:
                home = self._home(parent)
            self._homes[folder] = home
        return home


def _is_config(path: str) -> bool:
    """Whether a file is a configuration; a ``pyproject.toml`` may be none."""
    if current_tree().kind(path) != "file":
        return False
    if not path.endswith("pyproject.toml"):
        return True
    try:
        return b"composelint" in current_tree().read(path, MAX_FILE_BYTES)
    except OSError:
        return True

"""Keeps findings between runs, so that unchanged files are not linted again.

The cache is a folder with one file for each way of calling composelint. An entry contains the
result of linting a connected component, and everything that it depends on: the content of each
file that was read (as a hash), the kind of each path that was looked up, the names in each folder
that was listed, what was asked about other components. It is valid only while all of that is the
same, under the same settings and version, on the same day: a date can matter for suppressions
and for the age of images.

A cache is never needed. Files that are damaged or not ours are ignored without a message: each begins
with a hash of its content that is made with a secret of the user (see ``cache_key.py``). Files
are replaced in one step, so that several runs can share the folder; if two finish at the same
time, the file of the later one stays.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress

from ..base.package import FOLDER
from ..files.discovery import InputFile
from ..version import VERSION
from .cache_key import is_own_file, sealed, signature, unsealed
from .components import Trace
from .known import Entry, Facts, Known, digest
from .pack import may_hold_secrets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from .components import Component
    from .pack import Packed
    from .settings import Settings

CACHE_FOLDER = ".composelint_cache"
"""The name of the cache's folder, in the project's root or beside its configuration."""

MAX_FILE = 32 * 1024 * 1024
"""The most bytes of a file of the cache."""
MAX_BYTES = 100 * 1024 * 1024
MAX_FILES = 200
"""The most bytes and files of the cache; beyond, the oldest files are deleted."""
_LEFTOVER_SECONDS = 600.0
"""The age from which a temporary file is one that a broken run left."""

_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This folder holds what composelint remembers between runs; it can be deleted.\n"
    "# For the format of this file see https://bford.info/cachedir/\n"
)

_FORMAT = 8


class Cache(Known):
    """The entries for one way of calling composelint.

    Args:
        folder: the cache's folder.
        secret: the secret of the user.
        settings: the settings of the call.
        call: what distinguishes the call from others besides the settings, such as its paths.
    """

    def __init__(
        self, folder: str, secret: bytes, settings: Settings, call: Sequence[str] = ()
    ) -> None:
        self._folder = folder
        self._secret = secret
        key = repr((_stamp(), list(call), _identity(settings)))
        self._path = os.path.join(folder, f"{digest(key.encode('utf-8', 'surrogatepass'))}.json")
        super().__init__(settings)
        self._entries: dict[Component, Entry] = {}
        self._last: list[Component] = []
        self._load()

    @property
    def last(self) -> list[Component]:
        """The components of the last run; empty unless all its results were kept."""
        return self._last

    def valid(self, component: Component) -> Entry | None:
        """The entry of a component; None if anything that its result depends on has changed."""
        entry = self._entries.get(component)
        if entry is None:
            return None
        return entry if self.holds(entry.facts) else None

    def store(self, entries: Iterable[Entry], last: Sequence[Component]) -> None:
        """Keep these entries and no others; ``last`` are the components of this run."""
        fresh = {entry.component: entry for entry in entries}
        if list(last) == self._last and all(
            self._entries.get(component) is entry for component, entry in fresh.items()
        ):
            return
        import json

        number = {component: index for index, component in enumerate(fresh)}
        document = [
            _FORMAT,
            [self._dumped(entry) for entry in fresh.values()],
            [number[component] for component in last if component in number],
        ]
        data = json.dumps(document, separators=(",", ":")).encode("ascii")
        data = signature(data, self._secret) + b"\n" + data
        if len(data) <= MAX_FILE:
            with suppress(OSError):
                self._write(data)

    def _write(self, data: bytes) -> None:
        """Replace the file in one step, and delete old files of the folder."""
        if not _prepared(self._folder):
            return
        temporary = f"{self._path}.{os.getpid()}.tmp"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(temporary, flags, 0o600)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            os.replace(temporary, self._path)
        except BaseException:
            os.unlink(temporary)
            raise
        _prune(self._folder, self._path)

    def _load(self) -> None:
        try:
            data = _read_own(self._path)
        except OSError:
            return
        check, _, data = data.partition(b"\n")
        if check != signature(data, self._secret):
            return
        import json

        # By its name and its check, the file is one that this user wrote: its structure is known.
        _, entries, last = json.loads(data)
        loaded = [self._loaded(entry) for entry in entries]
        self._last = [loaded[index].component for index in last]
        self._entries = {entry.component: entry for entry in loaded}

    def _dumped(self, entry: Entry) -> Packed:
        import json

        trace = entry.trace
        result: Packed | str = entry.result
        if may_hold_secrets(entry.result):
            result = sealed(json.dumps(entry.result, separators=(",", ":")), self._secret)
        return [
            [list(file) for file in entry.component],
            list(entry.facts),
            [sorted(trace.read), sorted(map(list, trace.asked)), sorted(map(list, trace.built))],
            result,
        ]

    def _loaded(self, data: Any) -> Entry:
        component, facts, (read, asked, built), result = data
        if isinstance(result, str):
            import json

            result = json.loads(unsealed(result, self._secret))
        return Entry(
            tuple(InputFile(*file) for file in component),
            Facts(*facts),
            Trace(read, [*map(tuple, asked)], [*map(tuple, built)]),
            result,
        )


# --- what distinguishes calls ---


def _stamp() -> tuple[object, ...]:
    """This program and this day."""
    day = int(time.time()) // 86_400
    stamp: list[object] = [_FORMAT, VERSION, sys.version, sys.prefix, day, os.getcwd()]
    stamp.append(_stat(__file__))
    if os.path.exists(os.path.join(FOLDER, "pyproject.toml")):
        # A working copy: any file may have changed.
        stamp += _sources(FOLDER)
    return tuple(stamp)


def _stat(path: str) -> tuple[str, int, int]:
    """The size and the time of a file; zeros if it is missing."""
    try:
        status = os.stat(path)
    except OSError:
        return path, 0, 0
    return path, status.st_size, status.st_mtime_ns


def _sources(folder: str) -> list[tuple[str, int, int]]:
    """The files of a package of Python code with their sizes and times."""
    files = []
    for base, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "_", "tests", "build"))]
        files += [
            _stat(os.path.join(base, name))
            for name in names
            if name.endswith((".py", ".json", ".yaml"))
        ]
    return sorted(files)


def _identity(settings: Settings) -> tuple[object, ...]:
    """Values that are equal for two settings if these give the same results."""
    config = settings.config
    values: list[object] = [
        settings.selection.layers,
        settings.root,
        settings.profiles,
        settings.env_files,
        config.path,
        config.folder,
        config.settings,
        config.policies,
        config.inline_ignores,
        config.exclude,
        config.force_exclude,
        config.allow_outside,
        config.compose_version,
        config.max_file_size,
        config.vendored,
        sorted(os.environ.items()) if config.use_environment else None,
        _shellcheck(config.shellcheck),
    ]
    for rule in settings.selection.extra:
        from ..rulebook.plugins import is_found_by_path

        module = sys.modules.get(rule.check.__module__)
        file = getattr(module, "__file__", None)
        if file and not file.startswith(FOLDER):
            # A module beside a configuration is alone; what else is there may be a whole project.
            is_alone = is_found_by_path(rule) and not hasattr(module, "__path__")
            files = [_stat(file)] if is_alone else _sources(os.path.dirname(file))
            values += [rule.code, *files]
    return tuple(values)


def _shellcheck(setting: bool | str) -> object:
    """The size and the time of the program; None if it does not run."""
    if setting is False:
        return None
    from ..shellcheck.program import find_program

    program = setting if isinstance(setting, str) else find_program()
    return _stat(program) if program is not None else None


# --- the folder ---


def _prepared(folder: str) -> bool:
    """Make the folder if it is missing; returns whether it can be used."""
    if os.path.islink(folder):
        # A repository must not choose where on this machine files are written.
        return False
    os.makedirs(folder, exist_ok=True)
    for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
        path = os.path.join(folder, name)
        if not os.path.lexists(path):
            # Another run may be faster; it writes the same.
            with suppress(FileExistsError), open(path, "x", encoding="ascii") as stream:
                stream.write(text)
    return True


def _read_own(path: str) -> bytes:
    """The content of a file of the cache.

    Raises:
        OSError: if it cannot be read, is not a regular file or is too large.
    """
    handle = os.open(
        path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    )
    with os.fdopen(handle, "rb") as stream:
        status = os.fstat(handle)
        if not is_own_file(status) or status.st_size > MAX_FILE:
            raise OSError("not a file of the cache")
        return stream.read(MAX_FILE)


def _prune(folder: str, keep: str) -> None:
    """Delete the oldest files beyond the limits, and temporary files of broken runs."""
    now = time.time()
    files: list[tuple[float, int, str]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_file(follow_symlinks=False):
                continue
            status = entry.stat(follow_symlinks=False)
            if entry.name.endswith(".tmp"):
                if now - status.st_mtime > _LEFTOVER_SECONDS:
                    _delete(entry.path)
            elif entry.name.endswith(".json") and entry.path != keep:
                files.append((status.st_mtime, status.st_size, entry.path))
    files.sort(reverse=True)
    room = MAX_BYTES - os.path.getsize(keep)
    for count, (_, size, path) in enumerate(files, start=2):
        room -= size
        if room < 0 or count > MAX_FILES:
            _delete(path)


def _delete(path: str) -> None:
    with suppress(OSError):
        os.unlink(path)

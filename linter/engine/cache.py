"""Findings kept between runs, so that what did not change is not linted again.

The cache is a folder with one file for each way in which composelint is called. An entry
holds what linting an island found, and everything that was seen for it: the content of each
file that was read (as a hash), what stood at each path that was looked at, what lay in each
folder that was listed, what was asked about other islands. It counts only while all of that
is the same, under the same settings and version, on the same day: a date can matter for
suppressions and for the age of images.

A cache is never needed. What is damaged, foreign or in the way is passed over in silence.
Files are replaced in one step, so that several runs can share the folder; of two that
finish together, the later one's file stays.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from contextlib import suppress

from ..base.package import FOLDER
from ..base.records import NamedTuple
from ..base.text import BOM, SourceFile
from ..files.discovery import Found
from ..files.listing import list_folder
from ..files.paths import find_root
from ..files.reader import Reader
from ..version import VERSION
from .islands import Island, Trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from ..files.listing import Listing
    from ..model.project import Project
    from .pack import Packed
    from .settings import Settings

CACHE_FOLDER = ".composelint_cache"
"""Where the cache lies, in the project's root or beside its configuration."""

MAX_FILE = 32 * 1024 * 1024
"""How large one file of the cache may be, in bytes."""
MAX_BYTES = 100 * 1024 * 1024
"""How large the cache may be; the files that were written longest ago go first."""
MAX_FILES = 200
_LEFTOVER_SECONDS = 600.0

_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This folder holds what composelint remembers between runs; it can be deleted.\n"
    "# For the format of this file see https://bford.info/cachedir/\n"
)

_FORMAT = 2


class Facts(NamedTuple):
    """What was seen for an entry.

    ``texts`` are hashes of files by path, ``kinds`` what stood under names by folder,
    ``listings`` hashes of what lay in folders, ``tracked`` what git said about paths.
    """

    texts: dict[str, str]
    kinds: dict[str, dict[str, str]]
    listings: dict[str, str]
    tracked: dict[str, str]


class Entry(NamedTuple):
    """What is kept of linting an island."""

    island: Island
    facts: Facts
    trace: Trace
    result: Packed


def digest(data: bytes) -> str:
    """A hash of data, for comparing contents."""
    try:
        # hashlib loads OpenSSL with it, which takes longer than all the hashing.
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b

    return blake2b(data, digest_size=12).hexdigest()


def _text_digest(file: SourceFile) -> str:
    text = BOM + file.text if file.bom else file.text
    return digest(text.encode("utf-8", "surrogatepass"))


def _listing_digest(listing: Listing) -> str:
    parts = (*listing.files, "", *listing.folders, str(listing.complete))
    return digest("\0".join(parts).encode("utf-8", "surrogateescape"))


def facts_of(project: Project) -> Facts | None:
    """What was seen for a run; None where it cannot be told again by its content."""
    texts: dict[str, str] = {}
    for path, answer in project.reader.texts.items():
        if isinstance(answer, SourceFile):
            texts[path] = _text_digest(answer)
        elif answer.kind not in _TOLD_BY_KIND:
            return None
    kinds: dict[str, dict[str, str]] = {}
    for path, kind in project.reader.kinds.items():
        if path not in texts:
            folder, slash, name = path.rpartition("/")
            kinds.setdefault(folder or slash, {})[name] = kind
    listings = {path: _listing_digest(found) for path, found in project.listings.items()}
    tracked = {path: str(answer) for path, answer in project.reader.tracked.items()}
    return Facts(texts, kinds, listings, tracked)


_TOLD_BY_KIND = frozenset(("file-missing", "path-is-directory", "path-outside-project"))


class Cache:
    """The entries of one way of calling composelint.

    ``folder`` is the cache's folder, ``call`` whatever tells this call from others besides
    the settings, such as the paths that were given.
    """

    def __init__(self, folder: str, settings: Settings, call: Sequence[str] = ()) -> None:
        self._folder = folder
        key = digest(repr((_stamp(), list(call), _told(settings))).encode("utf-8", "surrogatepass"))
        self._path = os.path.join(folder, f"{key}.json")
        self._reader = Reader(
            settings.root or find_root("."),
            max_bytes=settings.config.max_file_size,
            allow_outside=settings.config.allow_outside,
        )
        self._digests: dict[str, str] = {}
        self._listings: dict[str, str] = {}
        self._entries: dict[Island, Entry] = {}
        self._last: list[Island] = []
        self._load()

    @property
    def last(self) -> list[Island]:
        """The islands of the last run, if all its findings were kept."""
        return self._last

    def valid(self, island: Island) -> Entry | None:
        """What is kept of an island; None where anything that was seen for it has changed."""
        entry = self._entries.get(island)
        if entry is None:
            return None
        facts, git = entry.facts, self._reader.is_tracked_by_git
        holds = (
            all(self._digest(path) == known for path, known in facts.texts.items())
            and all(self._reader.holds(folder, known) for folder, known in facts.kinds.items())
            and all(self._listing(path) == known for path, known in facts.listings.items())
            and all(str(git(path)) == known for path, known in facts.tracked.items())
        )
        return entry if holds else None

    def file(self, path: str) -> SourceFile | None:
        """The file at a path as it is now; None where it cannot be read."""
        answer = self._reader.read_text(path)
        return answer if isinstance(answer, SourceFile) else None

    def _digest(self, path: str) -> str:
        known = self._digests.get(path)
        if known is None:
            file = self.file(path)
            known = self._digests[path] = _text_digest(file) if file is not None else ""
        return known

    def _listing(self, path: str) -> str:
        known = self._listings.get(path)
        if known is None:
            known = self._listings[path] = _listing_digest(list_folder(self._reader, path))
        return known

    def store(self, entries: Iterable[Entry], last: Sequence[Island]) -> None:
        """Keep these entries and no others; ``last`` are the islands of this run."""
        fresh = {entry.island: entry for entry in entries}
        if list(last) == self._last and all(
            self._entries.get(island) is entry for island, entry in fresh.items()
        ):
            return
        import json

        number = {island: index for index, island in enumerate(fresh)}
        document = [
            _FORMAT,
            [_dumped(entry) for entry in fresh.values()],
            [number[island] for island in last if island in number],
        ]
        data = json.dumps(document, separators=(",", ":")).encode("ascii")
        data = digest(data).encode("ascii") + b"\n" + data
        if len(data) <= MAX_FILE:
            try:
                self._write(data)
            except OSError:
                return

    def _write(self, data: bytes) -> None:
        """Put the file in place in one step, and see to it that the folder does not grow."""
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
        if check != digest(data).encode("ascii"):
            return
        import json

        # What we wrote ourselves, as the file's name and the check say, needs no more looking at.
        _, entries, last = json.loads(data)
        loaded = [_loaded(entry) for entry in entries]
        self._last = [loaded[index].island for index in last]
        self._entries = {entry.island: entry for entry in loaded}


def _dumped(entry: Entry) -> Packed:
    trace = entry.trace
    return [
        [list(item) for item in entry.island],
        list(entry.facts),
        [sorted(trace.read), sorted(map(list, trace.asked)), sorted(map(list, trace.built))],
        entry.result,
    ]


def _loaded(data: Any) -> Entry:
    island, facts, (read, asked, built), result = data
    return Entry(
        tuple(Found(*item) for item in island),
        Facts(*facts),
        Trace(read, [*map(tuple, asked)], [*map(tuple, built)]),
        result,
    )


# --- what tells calls apart ---


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
    try:
        status = os.stat(path)
    except OSError:
        return path, 0, 0
    return path, status.st_size, status.st_mtime_ns


def _sources(folder: str) -> list[tuple[str, int, int]]:
    """The files of a package of Python code, as far as their sizes and times tell."""
    found = []
    for base, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "_", "tests", "build"))]
        found += [
            _stat(os.path.join(base, name))
            for name in names
            if name.endswith((".py", ".json", ".yaml"))
        ]
    return sorted(found)


def _told(settings: Settings) -> tuple[object, ...]:
    """The settings as something that is equal where they are."""
    config = settings.config
    told: list[object] = [
        settings.selection.layers,
        settings.root,
        settings.profiles,
        settings.env_files,
        config.path,
        config.folder,
        config.settings,
        config.policies,
        config.inline_ignores,
        config.allow_outside,
        config.max_file_size,
        sorted(os.environ.items()) if config.use_environment else None,
        _shellcheck(config.shellcheck),
    ]
    for rule in settings.selection.extra:
        module = sys.modules.get(rule.check.__module__)
        file = getattr(module, "__file__", None)
        if file and not file.startswith(FOLDER):
            told += [rule.code, *_sources(os.path.dirname(file))]
    return tuple(told)


def _shellcheck(setting: bool | str) -> object:
    if setting is False:
        return None
    from ..shellcheck.program import find_program

    program = setting if isinstance(setting, str) else find_program()
    return _stat(program) if program is not None else None


# --- the folder ---


def _prepared(folder: str) -> bool:
    """Make the folder if need be; whether it can be used."""
    if os.path.islink(folder):
        # A repository must not choose where on this machine files are written.
        return False
    os.makedirs(folder, exist_ok=True)
    for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
        path = os.path.join(folder, name)
        if not os.path.lexists(path):
            # Another run may be quicker; it writes the same.
            with suppress(FileExistsError), open(path, "x", encoding="ascii") as stream:
                stream.write(text)
    return True


def _read_own(path: str) -> bytes:
    """A file of the cache: a plain one, of bounded size.

    Raises:
        OSError: for anything else.
    """
    handle = os.open(
        path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    )
    with os.fdopen(handle, "rb") as stream:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE:
            raise OSError("no file of the cache")
        return stream.read(MAX_FILE)


def _prune(folder: str, keep: str) -> None:
    """Delete the oldest files beyond the bounds, and what broken runs left."""
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

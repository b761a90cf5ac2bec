"""Results that are known: what a result depends on, and whether that is still so."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import lru_cache

from ..base.records import NamedTuple
from ..base.text import BOM, SourceFile
from ..files.listing import list_folder
from ..files.paths import find_root
from ..files.reader import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..files.listing import Listing
    from ..model.project import Project
    from .components import Component, Trace
    from .pack import Packed
    from .settings import Settings


class Facts(NamedTuple):
    """Everything that a result depends on.

    ``texts`` are hashes of files by path, ``kinds`` the kinds of paths by folder and name,
    ``listings`` hashes of the names in folders, ``tracked`` the answers of git by path, ``plain``
    whether files cannot be executed, ``readers`` who alone may read files.
    """

    texts: dict[str, str]
    kinds: dict[str, dict[str, str]]
    listings: dict[str, str]
    tracked: dict[str, str]
    plain: dict[str, bool]
    readers: dict[str, int | None]


class Entry(NamedTuple):
    """The result of linting a component, and what it depends on.

    ``summary`` is what a call wanted to know besides; a file of the cache does not have it.
    """

    component: Component
    facts: Facts
    trace: Trace
    result: Packed
    summary: object = None


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


@lru_cache(maxsize=16)
def _listing_digest(listing: Listing) -> str:
    parts = (*listing.files, "", *listing.folders, str(listing.complete))
    return digest("\0".join(parts).encode("utf-8", "surrogateescape"))


def facts_of(project: Project) -> Facts | None:
    """Everything that the result of a run depends on; None if that cannot be compared later."""
    texts: dict[str, str] = {}
    for path, answer in project.reader.texts.items():
        if isinstance(answer, SourceFile):
            texts[path] = _text_digest(answer)
        elif answer.kind not in _DECIDED_BY_KIND:
            return None
    kinds: dict[str, dict[str, str]] = {}
    for path, kind in project.reader.kinds.items():
        if path not in texts:
            folder, slash, name = path.rpartition("/")
            kinds.setdefault(folder or slash, {})[name] = kind
    listings = {path: _listing_digest(listing) for path, listing in project.listings.items()}
    reader = project.reader
    tracked = {path: str(answer) for path, answer in reader.tracked.items()}
    return Facts(texts, kinds, listings, tracked, dict(reader.plain), dict(reader.sole_readers))


_DECIDED_BY_KIND = frozenset(("file-missing", "path-is-directory", "path-outside-project"))
"""The read problems that last as long as the kind of the path."""


class Known(ABC):
    """Results that are known, and the files as they are now.

    Args:
        settings: the settings of the call.
    """

    def __init__(self, settings: Settings) -> None:
        self._reader = Reader(
            settings.root or find_root("."),
            max_bytes=settings.config.max_file_size,
            allow_outside=settings.config.allow_outside,
        )
        self._digests: dict[str, str] = {}
        self._listings: dict[str, str] = {}

    @property
    def last(self) -> list[Component]:
        """The components of the last run; empty unless all its results were kept."""
        return []

    @abstractmethod
    def valid(self, component: Component) -> Entry | None:
        """The entry of a component; None if anything that its result depends on has changed."""

    @abstractmethod
    def store(self, entries: Iterable[Entry], last: Sequence[Component]) -> None:
        """Keep entries; ``last`` are the components of this run."""

    def holds(self, facts: Facts) -> bool:
        """Whether everything that a result depends on is as it was."""
        git = self._reader.is_tracked_by_git
        return (
            all(self.digest(path) == text for path, text in facts.texts.items())
            and all(self._reader.holds(folder, kinds) for folder, kinds in facts.kinds.items())
            and all(self._listing(path) == listing for path, listing in facts.listings.items())
            and all(str(git(path)) == answer for path, answer in facts.tracked.items())
            and all(self._reader.is_not_executable(path) is p for path, p in facts.plain.items())
            and all(self._reader.sole_reader(path) == uid for path, uid in facts.readers.items())
        )

    def file(self, path: str) -> SourceFile | None:
        """The current file at a path; None if it cannot be read."""
        answer = self._reader.read_text(path)
        return answer if isinstance(answer, SourceFile) else None

    def digest(self, path: str) -> str:
        """A hash of the text of the current file at a path; empty if it cannot be read."""
        if path not in self._digests:
            file = self.file(path)
            self._digests[path] = _text_digest(file) if file is not None else ""
        return self._digests[path]

    def _listing(self, path: str) -> str:
        if path not in self._listings:
            self._listings[path] = _listing_digest(list_folder(self._reader, path))
        return self._listings[path]

"""Reads the files of a project: each once, up to a size, and never outside of the project.

Paths are POSIX paths relative to the working folder, as ``SourceFile.path`` shows them. They are
joined and cleaned as text; symbolic links are only followed to decide whether a file is inside
the project.
"""

from __future__ import annotations

import os
import sys

from ..base.lazy import cached_property
from ..base.records import NamedTuple
from ..base.text import DecodeError, SourceFile, Span, undecoded
from .disk import MAX_FILE_BYTES
from .paths import below, clean_path, folder_of, is_within, join_path, seen_from
from .tree import current_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from ..source.yaml.nodes import YamlFile
    from .disk import Tree
    from .gitignore import GitPattern
    from .kept import Kept
    from .listing import Listing

_LOOKUPS = 3
"""The number of names that are looked up in a folder before it is listed."""
_MAX_LISTED = 1000
"""The most names of a folder that is listed."""
_MAX_SHARED = 16_000_000
"""How many characters of files the readers of one call keep together."""
_MAX_STEPS = 100
"""The most parts of a folder's path for its links to be followed part by part."""
_NAMES_ARE_EXACT = sys.platform == "linux"
"""Whether file names are case-sensitive."""


class ReadProblem(NamedTuple):
    """Why a file was not read.

    ``kind`` is one of ``file-missing``, ``path-is-directory``, ``unreadable-file``,
    ``file-too-large``, ``not-utf8``, ``utf-16`` (which Compose reads and this linter does
    not) and ``path-outside-project``.
    """

    kind: str
    message: str
    path: str
    span: Span | None = None
    """The place in the file, if its content is the reason."""


_PROBLEMS = {
    "outside": ("path-outside-project", "is outside of the project, so it is not read"),
    "missing": ("file-missing", "does not exist"),
    "folder": ("path-is-directory", "is a folder, not a file"),
    "other": ("unreadable-file", "is not a regular file"),
}
"""The problem and the message for each kind of path that is not a file."""


class Shared:
    """What the readers of one call know about the tree, which have one root and one base.

    Attributes:
        real: the real paths of folders.
        names: the kinds of the names in folders, or the number of lookups in one so far.
        listings: the listings of folders.
        chosen: the files in or below a folder that a question is about, by question and folder.
        texts: the texts of files that several parts search, up to a size.
        kept: what is kept from run to run; None in a call that makes only one.
    """

    __slots__ = ("chosen", "kept", "listings", "names", "real", "room", "texts")

    def __init__(self) -> None:
        self.real: dict[str, str] = {}
        self.names: dict[str, dict[str, str] | int | None] = {}
        self.listings: dict[str, Listing] = {}
        self.chosen: dict[tuple[str, str], list[str]] = {}
        self.texts: dict[str, SourceFile | ReadProblem] = {}
        self.room = _MAX_SHARED
        self.kept: Kept | None = None


class Reader:
    """Reads files of a tree, each once.

    Args:
        root: the folder outside of which nothing is read.
        base: the folder that relative paths start from; the working folder by default.
        allow_outside: read outside of ``root``, too.
        max_bytes: the most bytes of a file.
        overlay: texts instead of files, by path, such as standard input.
        ignored: whether git ignores a path; by default the .gitignore files decide.
        shared: what readers tell each other about the tree.
        tree: the files, instead of the tree that is linted.

    ``plain`` and ``sole_readers`` are the answers of ``is_not_executable`` and ``sole_reader`` by path.
    """

    def __init__(
        self,
        root: str = ".",
        *,
        base: str | None = None,
        allow_outside: bool = False,
        max_bytes: int = MAX_FILE_BYTES,
        overlay: Mapping[str, str] | None = None,
        ignored: Callable[[str], bool] | None = None,
        shared: Shared | None = None,
        tree: Tree | None = None,
    ) -> None:
        self._tree = tree = tree or current_tree()
        self.base = os.path.abspath(base if base is not None else os.getcwd())
        self.root = tree.real(os.path.join(self.base, root))
        self.allow_outside = allow_outside
        self.max_bytes = max_bytes
        self._overlay = {clean_path(path): text for path, text in (overlay or {}).items()}
        self._overlay_folders = {"."} if self._overlay else set()
        for path in self._overlay:
            while (path := folder_of(path)) not in self._overlay_folders and path != "/":
                self._overlay_folders.add(path)
        self._ignored = ignored
        self._texts: dict[str, SourceFile | ReadProblem] = {}
        self._files: dict[str, YamlFile | ReadProblem] = {}
        self._searched: set[str] = set()
        self._kinds: dict[str, str] = {}
        self.shared = shared or Shared()
        self._folders = self.shared.real
        self._tracked: dict[str, bool | None] = {}
        self.plain: dict[str, bool] = {}
        self.sole_readers: dict[str, int | None] = {}
        self._gitignores: dict[str, tuple[GitPattern, ...]] = {}
        self._listed = self.shared.names

    def read(self, path: str) -> YamlFile | ReadProblem:
        """A YAML file, parsed; its errors are in its ``problems``."""
        file = self._files.get(path)
        if file is None:
            path = clean_path(path)
            file = self._files.get(path)
        if file is None:
            from ..source.yaml.parser import parse_yaml

            text, kept = self.read_text(path), self.shared.kept
            parse = parse_yaml if kept is None else kept.parsed
            file = parse(text) if isinstance(text, SourceFile) else text
            self._files[path] = file
        return file

    def read_text(self, path: str) -> SourceFile | ReadProblem:
        """The text of a file."""
        text = self._texts.get(path)
        if text is None:
            path = clean_path(path)
            text = self._texts.get(path)
        if text is None:
            text = self._texts[path] = self._read_text(path)
        self._searched.discard(path)
        return text

    def search_text(self, path: str) -> SourceFile | ReadProblem:
        """The text of a file that is only searched: its own findings depend on nothing that asks.

        The readers of one call keep such a text together.
        """
        path = clean_path(path)
        text = self._texts.get(path)
        if text is not None:
            return text
        kept, shared = path not in self._overlay, self.shared
        text = shared.texts.get(path) if kept else None
        if text is None:
            text = self._read_text(path)
            if kept and shared.room > 0:
                shared.room -= len(text.text) if isinstance(text, SourceFile) else 0
                shared.texts[path] = text
        else:
            self.kind(path)  # An answer that depends on it.
        self._texts[path] = text
        self._searched.add(path)
        return text

    def read_env(self, path: str) -> SourceFile | ReadProblem:
        """The text of an env file, with bytes that are not UTF-8 replaced.

        Docker Compose reads such a file, because it reads byte by byte.
        """
        text = self.read_text(path)
        if isinstance(text, ReadProblem) and text.kind == "not-utf8" and text.span is not None:
            return text.span.file
        return text

    def _read_text(self, path: str) -> SourceFile | ReadProblem:
        if path in self._overlay:
            return SourceFile(path, self._overlay[path])
        if path == "/dev/null":
            return SourceFile(path, "")
        kind = self.kind(path)
        if kind != "file":
            problem, message = _PROBLEMS.get(kind, _PROBLEMS["other"])
            return ReadProblem(problem, f"{path} {message}", path)
        try:
            data = self._tree.read(os.path.join(self.base, path), self.max_bytes)
        except OSError as error:
            reason = error.strerror or "it cannot be opened"
            return ReadProblem("unreadable-file", f"{path}: {reason}", path)
        if len(data) > self.max_bytes:
            message = f"{path} is larger than {self.max_bytes:,} bytes"
            return ReadProblem("file-too-large", message, path)
        try:
            source, kept = SourceFile.from_bytes(path, data), self.shared.kept
            return source if kept is None else kept.source(source)
        except DecodeError as error:
            kind = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "not-utf8"
            return ReadProblem(kind, f"{path}: {error}", path, undecoded(path, data, error))

    def kind(self, path: str) -> str:
        """The kind of a path: ``file``, ``folder``, ``other``, ``missing`` or ``outside``."""
        kind = self._kinds.get(path)
        if kind is None:
            path = clean_path(path)
            kind = self._kinds.get(path)
        if kind is None:
            kind = self._kinds[path] = self._kind(path)
        return kind

    def holds(self, folder: str, kinds: Mapping[str, str]) -> bool:
        """Whether the names in a folder have these kinds."""
        names = self._names_in(folder, len(kinds))
        for name, kind in kinds.items():
            if names is None or names.get(name, "missing") != kind:
                # It may be a link, or lead out of the folder.
                path = f"{folder.rstrip('/')}/{name}" if folder else name
                if self.kind(path) != kind:
                    return False
        return True

    def _kind(self, path: str) -> str:
        if path in self._overlay or path == "/dev/null":
            return "file"
        if path in self._overlay_folders:
            return "folder"
        folder, slash, name = path.rpartition("/")
        names = self._names_in(folder or slash)
        if names is not None and name not in (".", ".."):
            kind = names.get(name, "missing")
            if kind != "link":
                return kind
        full = os.path.join(self.base, path)
        kind = self._tree.kind(full, follow=False)
        if not self.allow_outside and not self._is_inside(full, kind == "link"):
            return "outside"
        return self._tree.kind(full) if kind == "link" else kind

    def _names_in(self, folder: str, lookups: int = 1) -> dict[str, str] | None:
        """The kinds of the names in a folder; None if its names have to be looked up.

        For a stack, thirty names and more are looked up in one folder, and most do not exist.
        """
        names = self._listed.get(folder, 0)
        if isinstance(names, int):
            if names + lookups <= _LOOKUPS:
                self._listed[folder] = names + lookups
                return None
            names = self._listed[folder] = self._list(folder)
        return names

    def _list(self, folder: str) -> dict[str, str] | None:
        """The kinds of the names in a folder; None if it cannot or must not be listed."""
        full = os.path.join(self.base, folder)
        if not _NAMES_ARE_EXACT:
            return None
        if not self.allow_outside and not is_within(self.root, self._real(full)):
            return None
        names: dict[str, str] = {}
        try:
            for name, kind in self._tree.entries(full):
                if len(names) > _MAX_LISTED:
                    return None
                names[name] = kind
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            return None
        return names

    def _is_inside(self, full: str, is_link: bool) -> bool:
        """Whether an absolute path is inside the root."""
        folder, name = os.path.split(full)
        if is_link or name in ("", ".", ".."):
            real = self._tree.real(full)
        else:
            real = os.path.join(self._real(folder), name)
        return is_within(self.root, real)

    def _real(self, folder: str) -> str:
        """A folder's path without links; each part of it is followed once for all paths."""
        real = self._folders.get(folder)
        if real is None:
            above, name = os.path.split(folder)
            if name in ("", ".", "..") or folder.count(os.sep) > _MAX_STEPS:
                real = self._tree.real(folder)
            else:
                real = os.path.join(self._real(above), name)
                if self._tree.kind(real, follow=False) == "link":
                    real = self._tree.real(real)
            self._folders[folder] = real
        return real

    def entries(self, folder: str) -> Iterator[tuple[str, str]]:
        """The names in a folder, each with its kind; links are not followed.

        Raises:
            OSError: if it cannot be listed.
        """
        return self._tree.entries(os.path.join(self.base, folder))

    def exists(self, path: str) -> bool:
        """Whether a path exists; false if it is outside of the project."""
        return self.kind(path) in ("file", "folder", "other")

    def is_broken_link(self, path: str) -> bool:
        """Whether a path is a link to what does not exist."""
        full = os.path.join(self.base, path)
        return self.kind(path) == "missing" and self._tree.kind(full, follow=False) == "link"

    def is_ignored_by_git(self, path: str) -> bool:
        """Whether git ignores a path: by ``ignored``, else by the .gitignore files above it."""
        path = clean_path(path)
        if self._ignored is not None:
            return self._ignored(path)
        from .gitignore import is_ignored

        inside = self.below_root(path)
        files = self._gitignores_for(inside) if inside is not None else []
        return (
            bool(files)
            and inside is not None
            and is_ignored(files, inside, self.kind(path) == "folder")
        )

    def is_kept_by_gitignore(self, path: str) -> bool:
        """Whether a .gitignore says that git shall have a path (``!.env``)."""
        from .gitignore import is_kept

        path = clean_path(path)
        inside = self.below_root(path)
        return inside is not None and is_kept(
            self._gitignores_for(inside), inside, self.kind(path) == "folder"
        )

    def below_root(self, path: str) -> str | None:
        """A path relative to the root; None if it is outside."""
        return below(self.root, os.path.join(self._real_base, path))

    def _gitignores_for(self, inside: str) -> list[tuple[str, tuple[GitPattern, ...]]]:
        """The patterns that may match a path below the root, by folder, those of the root first."""
        folders = inside.split("/")[:-1]
        above = ("/".join(folders[:count]) for count in range(len(folders) + 1))
        return [(folder, patterns) for folder in above if (patterns := self._gitignore(folder))]

    @cached_property
    def _real_base(self) -> str:
        return self._tree.real(self.base)

    def _gitignore(self, folder: str) -> tuple[GitPattern, ...]:
        """The patterns of the .gitignore in a folder, which is relative to the root."""
        patterns = self._gitignores.get(folder)
        if patterns is None:
            from .gitignore import parse_gitignore

            up = seen_from(self._real_base, self.root)
            text = self.read_text(join_path(up, f"{folder}/.gitignore" if folder else ".gitignore"))
            patterns = parse_gitignore(text.text) if isinstance(text, SourceFile) else ()
            self._gitignores[folder] = patterns
        return patterns

    def is_tracked_by_git(self, path: str) -> bool | None:
        """Whether a path is in git's index, even if a .gitignore matches it. Runs git.

        None if git cannot tell: there is no repository, or git is missing or fails.
        """
        path = clean_path(path)
        if path not in self._tracked:
            self._tracked[path] = self._tree.is_tracked(self.base, path)
        return self._tracked[path]

    def is_not_executable(self, path: str) -> bool:
        """Whether neither the mode of a file nor the one in git's index lets it be executed.

        False where git does not have the file: archives and copies lose modes. Runs git.
        """
        path = clean_path(path)
        if path not in self.plain:
            on_disk = self._tree.is_executable(os.path.join(self.base, path))
            plain = on_disk is False and self.kind(path) == "file" and path not in self._overlay
            self.plain[path] = plain and self._tree.is_plain(self.base, path) is True
        return self.plain[path]

    def sole_reader(self, path: str) -> int | None:
        """The user id of a file's owner if only the owner may read it; None otherwise or if unknown.

        Git does not keep who may read a file: only that of the disk counts.
        """
        path = clean_path(path)
        if path not in self.sole_readers:
            is_file = self.kind(path) == "file" and path not in self._overlay
            full = os.path.join(self.base, path)
            self.sole_readers[path] = self._tree.sole_reader(full) if is_file else None
        return self.sole_readers[path]

    def folder_name(self, path: str) -> str:
        """The name of a folder, also of ``.``: the default name of a Compose project."""
        return os.path.basename(os.path.normpath(os.path.join(self.base, path)))

    @property
    def tracked(self) -> Mapping[str, bool | None]:
        """Each answer of ``is_tracked_by_git``, by path."""
        return self._tracked

    @property
    def texts(self) -> Mapping[str, SourceFile | ReadProblem]:
        """Each answer of ``read_text`` and ``search_text``, by path."""
        return self._texts

    def tell_apart(self, used: Iterable[str], searched: Iterable[str]) -> None:
        """Record which of the files that were read are used, and which were only searched."""
        self._searched.update(searched)
        self._searched.difference_update(used)

    @property
    def searched(self) -> Collection[str]:
        """The paths of which only ``search_text`` was asked."""
        return self._searched

    @property
    def kinds(self) -> Mapping[str, str]:
        """Each answer of ``kind``, by path."""
        return self._kinds

    def known_paths(self) -> Iterable[str]:
        """The paths of all files that were read so far, in the order of reading."""
        return [path for path, text in self._texts.items() if isinstance(text, SourceFile)]

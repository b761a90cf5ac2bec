"""The only way to a stack's files: cached, bounded, and kept inside the project.

Paths are POSIX paths relative to the working directory, as ``SourceFile.path`` shows
them; they are joined and tidied by their text alone. Only to decide whether a file lies
inside the project are symbolic links followed.
"""

from __future__ import annotations

import os
import sys
from functools import cached_property

from ..base.records import NamedTuple
from ..base.text import DecodeError, SourceFile, Span, undecoded
from .disk import DISK, MAX_FILE_BYTES
from .paths import below, clean_path, folder_of, is_within, join_path, seen_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ..source.yaml.nodes import YamlFile
    from .disk import Tree
    from .gitignore import GitPattern

_LOOKS = 3
"""How many names are looked up in a folder before it is listed."""
_MAX_LISTED = 1000
"""How many names a folder may have to be listed."""
_MAX_STEPS = 100
"""How deep a folder may lie for its way to be followed step by step."""
_NAMES_ARE_EXACT = sys.platform == "linux"
"""Whether a file is there only under exactly its name, letter case included."""


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
    """The place in the file, where the reason is what stands in it."""


class Reader:
    """Reads files of ``tree`` under ``root`` once each.

    ``base`` is the folder that relative paths start from (the working directory by
    default); ``root`` the folder that nothing may be read outside of, unless
    ``allow_outside`` says so. ``overlay`` holds texts that stand in for files, such as
    standard input. ``ignored`` tells whether git ignores a path. Readers of one run can share
    ``followed``: where folders lead when their links are followed.
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
        followed: dict[str, str] | None = None,
        tree: Tree = DISK,
    ) -> None:
        self.base = os.path.abspath(base if base is not None else os.getcwd())
        self.root = tree.real(os.path.join(self.base, root))
        self._tree = tree
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
        self._kinds: dict[str, str] = {}
        self._folders: dict[str, str] = {} if followed is None else followed
        self._tracked: dict[str, bool] = {}
        self._gitignores: dict[str, tuple[GitPattern, ...]] = {}
        self._listed: dict[str, dict[str, str] | int | None] = {}

    def read(self, path: str) -> YamlFile | ReadProblem:
        """A YAML file, parsed; what it lacks is in its ``problems``."""
        known = self._files.get(path)
        if known is None:
            path = clean_path(path)
            known = self._files.get(path)
        if known is None:
            from ..source.yaml.parser import parse_yaml

            text = self.read_text(path)
            known = parse_yaml(text) if isinstance(text, SourceFile) else text
            self._files[path] = known
        return known

    def read_text(self, path: str) -> SourceFile | ReadProblem:
        """A file's text."""
        known = self._texts.get(path)
        if known is None:
            path = clean_path(path)
            known = self._texts.get(path)
        if known is None:
            known = self._texts[path] = self._read_text(path)
        return known

    def read_env(self, path: str) -> SourceFile | ReadProblem:
        """The text of a file of variables, which Docker Compose reads byte by byte: what is
        not UTF-8 is replaced."""
        text = self.read_text(path)
        if isinstance(text, ReadProblem) and text.kind == "not-utf8" and text.span is not None:
            return text.span.file
        return text

    def _read_text(self, path: str) -> SourceFile | ReadProblem:
        shown = path
        if path in self._overlay:
            return SourceFile(shown, self._overlay[path])
        if path == "/dev/null":
            return SourceFile(shown, "")
        kind = self.kind(path)
        if kind == "outside":
            return ReadProblem(
                "path-outside-project", f"{shown} lies outside the project; it is not read", shown
            )
        if kind == "missing":
            return ReadProblem("file-missing", f"{shown} does not exist", shown)
        if kind == "folder":
            return ReadProblem("path-is-directory", f"{shown} is a folder, not a file", shown)
        if kind != "file":
            return ReadProblem("unreadable-file", f"{shown} is not a regular file", shown)
        try:
            data = self._tree.read(os.path.join(self.base, path), self.max_bytes)
        except OSError as error:
            reason = error.strerror or "it cannot be opened"
            return ReadProblem("unreadable-file", f"{shown}: {reason}", shown)
        if len(data) > self.max_bytes:
            return ReadProblem(
                "file-too-large", f"{shown} is larger than {self.max_bytes:,} bytes", shown
            )
        try:
            return SourceFile.from_bytes(shown, data)
        except DecodeError as error:
            kind = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "not-utf8"
            return ReadProblem(kind, f"{shown}: {error}", shown, undecoded(shown, data, error))

    def kind(self, path: str) -> str:
        """What stands at a path: ``file``, ``folder``, ``other``, ``missing`` or ``outside``."""
        known = self._kinds.get(path)
        if known is None:
            path = clean_path(path)
            known = self._kinds.get(path)
        if known is None:
            known = self._kinds[path] = self._kind(path)
        return known

    def holds(self, folder: str, kinds: Mapping[str, str]) -> bool:
        """Whether under each of these names in a folder stands what ``kinds`` says."""
        here = self._names_in(folder, len(kinds))
        for name, kind in kinds.items():
            if here is None or here.get(name, "missing") != kind:
                # It may be a link, or reach out of the folder.
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
            known = names.get(name, "missing")
            if known != "link":
                return known
        full = os.path.join(self.base, path)
        kind = self._tree.kind(full, follow=False)
        if not self.allow_outside and not self._inside(full, kind == "link"):
            return "outside"
        return self._tree.kind(full) if kind == "link" else kind

    def _names_in(self, folder: str, looks: int = 1) -> dict[str, str] | None:
        """What stands under each name in a folder; None where it is better looked up.

        For a stack, thirty names and more are looked for in one folder, and most are not there.
        """
        known = self._listed.get(folder, 0)
        if isinstance(known, int):
            if known + looks <= _LOOKS:
                self._listed[folder] = known + looks
                return None
            known = self._listed[folder] = self._list(folder)
        return known

    def _list(self, folder: str) -> dict[str, str] | None:
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

    def _inside(self, full: str, is_link: bool) -> bool:
        folder, name = os.path.split(full)
        if is_link or name in ("", ".", ".."):
            real = self._tree.real(full)
        else:
            real = os.path.join(self._real(folder), name)
        return is_within(self.root, real)

    def _real(self, folder: str) -> str:
        """A folder's path without links; each step of it is followed once for all paths."""
        known = self._folders.get(folder)
        if known is None:
            above, name = os.path.split(folder)
            if name in ("", ".", "..") or folder.count(os.sep) > _MAX_STEPS:
                known = self._tree.real(folder)
            else:
                known = os.path.join(self._real(above), name)
                if self._tree.kind(known, follow=False) == "link":
                    known = self._tree.real(known)
            self._folders[folder] = known
        return known

    def entries(self, folder: str) -> Iterator[tuple[str, str]]:
        """The names in a folder, each with its kind; links are not followed.

        Raises:
            OSError: where it cannot be listed.
        """
        return self._tree.entries(os.path.join(self.base, folder))

    def exists(self, path: str) -> bool:
        """Whether a file or folder stands at a path (false where it may not be looked at)."""
        return self.kind(path) in ("file", "folder", "other")

    def is_ignored_by_git(self, path: str) -> bool:
        """Whether a .gitignore between the root and the path leaves it out.

        Whoever made the reader may know better (``ignored``).
        """
        path = clean_path(path)
        if self._ignored is not None:
            return self._ignored(path)
        from .gitignore import is_ignored

        inside = below(self.root, os.path.join(self._real_base, path))
        if inside is None:
            return False
        folders = inside.split("/")[:-1]
        above = ("/".join(folders[:count]) for count in range(len(folders) + 1))
        files = [(folder, patterns) for folder in above if (patterns := self._gitignore(folder))]
        return bool(files) and is_ignored(files, inside, self.kind(path) == "folder")

    @cached_property
    def _real_base(self) -> str:
        return self._tree.real(self.base)

    def _gitignore(self, folder: str) -> tuple[GitPattern, ...]:
        """The patterns of the .gitignore in a folder, seen from the root."""
        known = self._gitignores.get(folder)
        if known is None:
            from .gitignore import parse_gitignore

            up = seen_from(self._real_base, self.root)
            text = self.read_text(join_path(up, f"{folder}/.gitignore" if folder else ".gitignore"))
            known = parse_gitignore(text.text) if isinstance(text, SourceFile) else ()
            self._gitignores[folder] = known
        return known

    def is_tracked_by_git(self, path: str) -> bool:
        """Whether the path is in git's index, though a .gitignore may name it. Runs git."""
        path = clean_path(path)
        known = self._tracked.get(path)
        if known is None:
            from .git import is_tracked

            known = self._tracked[path] = is_tracked(self.base, path)
        return known

    def folder_name(self, path: str) -> str:
        """The name of a folder, also of ``.``: a project's default name."""
        return os.path.basename(os.path.normpath(os.path.join(self.base, path)))

    @property
    def tracked(self) -> Mapping[str, bool]:
        """What git answered, by path."""
        return self._tracked

    @property
    def texts(self) -> Mapping[str, SourceFile | ReadProblem]:
        """The answer for every text that was asked for, by path."""
        return self._texts

    @property
    def kinds(self) -> Mapping[str, str]:
        """The answer for every path that was looked at."""
        return self._kinds

    def known_paths(self) -> Iterable[str]:
        """The paths of all texts read so far, in the order of reading."""
        return [path for path, text in self._texts.items() if isinstance(text, SourceFile)]

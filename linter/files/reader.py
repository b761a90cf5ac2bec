"""The only way to a stack's files: cached, bounded, and kept inside the project.

Paths are POSIX paths relative to the working directory, as ``SourceFile.path`` shows
them; they are joined and tidied by their text alone. Only to decide whether a file lies
inside the project are symbolic links followed.
"""

from __future__ import annotations

import os
import stat
import sys
from functools import cached_property

from ..base.records import NamedTuple
from ..base.text import DecodeError, SourceFile, Span, undecoded
from .paths import clean_path, folder_of, join_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ..source.yaml.nodes import YamlFile
    from .gitignore import GitPattern

MAX_BYTES = 8 * 1024 * 1024
"""How large a file may be, unless the caller says otherwise."""


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
    """Reads files under ``root`` once each.

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
        max_bytes: int = MAX_BYTES,
        overlay: Mapping[str, str] | None = None,
        ignored: Callable[[str], bool] | None = None,
        followed: dict[str, str] | None = None,
    ) -> None:
        self.base = os.path.abspath(base if base is not None else os.getcwd())
        self.root = os.path.realpath(os.path.join(self.base, root))
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
            with open(os.path.join(self.base, path), "rb") as stream:
                data = stream.read(self.max_bytes + 1)
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
        try:
            mode = os.lstat(full).st_mode
        except (OSError, ValueError):
            mode = 0
        try:
            is_link = stat.S_ISLNK(mode)
            if not self.allow_outside and not self._inside(full, is_link):
                return "outside"
            if is_link:
                mode = os.stat(full).st_mode
        except (OSError, ValueError):
            return "missing"
        if not mode:
            return "missing"
        if stat.S_ISREG(mode):
            return "file"
        return "folder" if stat.S_ISDIR(mode) else "other"

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
        if not self.allow_outside and not self._is_below_root(self._real(full)):
            return None
        names: dict[str, str] = {}
        try:
            with os.scandir(full) as entries:
                for entry in entries:
                    if len(names) > _MAX_LISTED:
                        return None
                    names[entry.name] = (
                        "link"
                        if entry.is_symlink()
                        else "folder"
                        if entry.is_dir(follow_symlinks=False)
                        else "file"
                        if entry.is_file(follow_symlinks=False)
                        else "other"
                    )
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            return None
        return names

    def _inside(self, full: str, is_link: bool) -> bool:
        folder, name = os.path.split(full)
        if is_link or name in ("", ".", ".."):
            real = os.path.realpath(full)
        else:
            real = os.path.join(self._real(folder), name)
        return self._is_below_root(real)

    def _is_below_root(self, real: str) -> bool:
        root = self.root
        return real == root or real.startswith(root if root.endswith("/") else root + "/")

    def _real(self, folder: str) -> str:
        """A folder's path without links; each step of it is followed once for all paths."""
        known = self._folders.get(folder)
        if known is None:
            above, name = os.path.split(folder)
            if name in ("", ".", "..") or folder.count(os.sep) > _MAX_STEPS:
                known = os.path.realpath(folder)
            else:
                known = os.path.join(self._real(above), name)
                if os.path.islink(known):
                    known = os.path.realpath(known)
            self._folders[folder] = known
        return known

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

        full = os.path.normpath(os.path.join(self._real_base, path))
        if not full.startswith(self.root + os.sep):
            return False
        inside = full[len(self.root) + 1 :].replace(os.sep, "/")
        folders = inside.split("/")[:-1]
        above = ("/".join(folders[:count]) for count in range(len(folders) + 1))
        files = [(folder, patterns) for folder in above if (patterns := self._gitignore(folder))]
        return bool(files) and is_ignored(files, inside, self.kind(path) == "folder")

    @cached_property
    def _real_base(self) -> str:
        return os.path.realpath(self.base)

    def _gitignore(self, folder: str) -> tuple[GitPattern, ...]:
        """The patterns of the .gitignore in a folder, seen from the root."""
        known = self._gitignores.get(folder)
        if known is None:
            from .gitignore import parse_gitignore

            up = os.path.relpath(self.root, self._real_base).replace(os.sep, "/")
            text = self.read_text(join_path(up, f"{folder}/.gitignore" if folder else ".gitignore"))
            known = parse_gitignore(text.text) if isinstance(text, SourceFile) else ()
            self._gitignores[folder] = known
        return known

    def is_tracked_by_git(self, path: str) -> bool:
        """Whether the path is in git's index, though a .gitignore may name it. Runs git."""
        path = clean_path(path)
        known = self._tracked.get(path)
        if known is None:
            known = self._tracked[path] = self._ask_git(path)
        return known

    def _ask_git(self, path: str) -> bool:
        import subprocess

        command = [
            "git",
            "-C",
            self.base,
            "-c",
            "core.fsmonitor=false",
            "--literal-pathspecs",
            "ls-files",
            "--error-unmatch",
            "--",
            path,
        ]
        try:
            answer = subprocess.run(command, capture_output=True, timeout=10, check=False)
        except (OSError, subprocess.SubprocessError):
            return False
        return answer.returncode == 0

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

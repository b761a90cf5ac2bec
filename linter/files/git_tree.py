"""States of a git repository as trees: a revision or the index, without a checkout.

git lists the paths of a state and gives the contents of the blobs that are asked for. What git does
not have is taken from the work tree, if there is one: files that git ignores, such as ``.env``, and
who may read a file. Submodules are read at the commit that the state names, where they are cloned.
"""

from __future__ import annotations

import os
import re

from ..base.lazy import cached_property
from .disk import DISK
from .git import bounded_git, git_call, git_environment
from .git_blobs import Blobs
from .git_index import LISTING, may_differ, parsed
from .listed import EXECUTABLE, FILE, LINK, MODULE, Entry, Listed, Place, TooManyFolders, is_safe
from .paths import find_root, is_root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .disk import Tree
    from .git_index import Tracked

INDEX = ":index"
"""The name of the state that is staged."""

_TYPES = {
    b"100644": FILE,
    b"100664": FILE,
    b"100755": EXECUTABLE,
    b"120000": LINK,
    b"160000": MODULE,
}
_MAX_LISTED = 128_000_000
"""The most bytes of a list of paths: some trees are small in git and endless in full."""
_OF_ONE_REPOSITORY = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")
_PARENT = re.compile(r"(.+?)(?:~1?|\^1?)\Z", re.DOTALL)
_MERGE_BASE = "merge-base:"
_LONGEST_HEAD = 4096
"""Characters of MERGE_HEAD that are read: more parents than any merge has."""
_SIDE = "GITHEAD_"


class StateError(ValueError):
    """A state of git that cannot be read, with a message that says why."""


class Repository:
    """A git repository.

    Args:
        root: the absolute path of the folder that paths start from: the top of the work tree, or
            the folder of a bare repository.
        is_bare: whether the repository has no work tree.
        environment: the variables that git is run with, instead of those of this process.
    """

    def __init__(
        self, root: str, is_bare: bool, environment: Mapping[str, str] | None = None
    ) -> None:
        self.root = root
        self.is_bare = is_bare
        # A relative path in GIT_INDEX_FILE, as hooks get it, starts from the top of the work tree.
        self._where = (f"--git-dir={root}",) if is_bare else ("-C", root)
        self._environment = environment
        self.blobs = Blobs(self.call)

    def ask(self, *command: str, seconds: float = 60) -> bytes:
        """The output of a command of git.

        Raises:
            StateError: if it fails.
        """
        answer = bounded_git(self._where, command, _MAX_LISTED, self._environment, seconds)
        if answer is None:
            raise StateError("git is missing, or did not answer in time")
        if len(answer.stdout) > _MAX_LISTED:
            raise StateError(f"git {command[0]}: its list is larger than {_MAX_LISTED:,} bytes")
        if answer.returncode:
            lines = answer.stderr.decode("utf-8", "replace").strip().splitlines() or ["it failed"]
            raise StateError(f"git {command[0]}: {lines[0]}")
        return answer.stdout

    def answers(self, *command: str) -> str:
        """The output of a command as a line; empty if it fails."""
        try:
            return self.ask(*command).decode("utf-8", "replace").strip()
        except StateError:
            return ""

    def call(self, *command: str) -> tuple[list[str] | None, dict[str, str]]:
        """The arguments and the variables for a command that goes on (None: no git)."""
        return git_call(self._where, command), git_environment(self._environment)

    def commit(self, revision: str, head: str = "HEAD") -> str:
        """The commit of a revision; empty if none was made before the first one.

        A ``merge-base:`` is where the commit ``head`` left the other one.

        Raises:
            StateError: if the clone does not have the commit.
        """
        if revision.startswith(_MERGE_BASE):
            return self._merge_base(revision, head)
        found = self._parsed(revision)
        if found:
            return found
        if (revision in ("HEAD", "@") and self._is_unborn()) or self._is_before_first(revision):
            return ""
        raise StateError(self._unknown(revision))

    def _parsed(self, revision: str) -> str:
        if not revision or revision.startswith("-"):
            return ""
        for name in (revision, f"refs/remotes/origin/{revision}"):
            found = self.answers("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
            if found:
                return found
        return ""

    def _is_unborn(self) -> bool:
        """Whether the branch has no commit yet; false where its commit cannot be read.

        Raises:
            StateError: if git refuses the repository.
        """
        self.ask("rev-parse", "--git-dir")
        return not self.answers("rev-parse", "--verify", "--quiet", "HEAD")

    def _is_before_first(self, revision: str) -> bool:
        """Whether a revision is the parent of the first commit, or on a branch without any."""
        match = _PARENT.match(revision)
        if match is None or self.is_shallow:
            return False
        child = self._parsed(match[1])
        if not child:
            return match[1] in ("HEAD", "@") and self._is_unborn()
        return not self._parsed(f"{child}^")

    def _merge_base(self, revision: str, head: str) -> str:
        ends = [self.commit(name) for name in (revision.removeprefix(_MERGE_BASE), head)]
        if not all(ends):
            return ""
        found = self.answers("merge-base", *ends)
        if not found:
            why = f"; {_SHALLOW}" if self.is_shallow else ""
            raise StateError(f"{revision}: there is no common ancestor with {head}{why}")
        return found

    @property
    def merged_commits(self) -> list[str]:
        """The commits that a merge in progress brings to the current one.

        git names them in variables before it writes MERGE_HEAD, which has a line for each:
        asked for the name, git answers with the first alone.
        """
        names = [name.removeprefix(_SIDE) for name in os.environ if name.startswith(_SIDE)]
        try:
            path = self.answers("rev-parse", "--git-path", "MERGE_HEAD")
            with open(os.path.join(self.root, path), encoding="ascii") as file:
                names += file.read(_LONGEST_HEAD).split()
        except (OSError, ValueError):
            pass
        found = [
            self.answers("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
            for name in filter(str.isalnum, names)
        ]
        return list(dict.fromkeys(filter(None, found)))

    @cached_property
    def is_shallow(self) -> bool:
        """Whether a part of the history is missing."""
        return self.answers("rev-parse", "--is-shallow-repository") == "true"

    def _unknown(self, revision: str) -> str:
        if self.is_shallow:
            return f'"{revision}" is not in this clone: {_SHALLOW}'
        if "@{u" in revision:
            return f'"{revision}": the branch has no upstream; name a branch, such as origin/main'
        # Where git refuses the repository, its own words say what to do.
        self.ask("rev-parse", "--git-dir")
        return f'git knows no commit called "{revision}"'

    @cached_property
    def ignored(self) -> tuple[frozenset[str], frozenset[str]]:
        """The files, and the folders as a whole, that git ignores in the work tree."""
        if self.is_bare:
            return frozenset(), frozenset()
        try:
            output = self.ask("ls-files", "-oiz", "--exclude-standard", "--directory")
        except StateError:
            return frozenset(), frozenset()
        paths = [os.fsdecode(path) for path in output.split(b"\0") if path]
        folders = frozenset(path[:-1] for path in paths if path.endswith("/"))
        return frozenset(path for path in paths if not path.endswith("/")), folders

    def listing(self, state: str) -> dict[str, Entry]:
        """What each path of a commit is, or of the index; nothing for an empty name.

        Raises:
            StateError: if git cannot list it.
        """
        if not state:
            return {}
        if state != INDEX:
            output = self.ask("ls-tree", "-rz", "--full-tree", state)
            return dict(_listed(output))
        if self.is_bare:
            raise StateError("a bare repository has no index")
        named = ((os.fsdecode(each.path), each) for each in self.index if not each.is_announced)
        return {
            path: Entry(_TYPES[each.mode], each.oid.decode("ascii"))
            for path, each in named
            if each.mode in _TYPES and is_safe(path)
        }

    @property
    def index(self) -> list[Tracked]:
        """The entries of the index.

        Raises:
            StateError: if git cannot list them.
        """
        entries = parsed(self.ask(*LISTING))
        if entries is None:
            raise StateError("git lists its index in a form that is not known")
        return entries

    def may_differ(self) -> Iterator[str]:
        """The paths of files that may not be in the work tree as they are in the index.

        Raises:
            StateError: if git cannot list its index.
        """
        index = os.path.join(self.root, self.answers("rev-parse", "--git-path", "index"))
        return may_differ(self.index, self.root, index, _head_of)


def _head_of(folder: str) -> str:
    """The commit that is checked out in a submodule; empty if it is not cloned."""
    if DISK.kind(os.path.join(folder, ".git")) == "missing":
        return ""
    return Repository(folder, False, _outside()).answers("rev-parse", "--verify", "-q", "HEAD")


def _outside() -> dict[str, str]:
    """The variables of this process without those that say which repository git is in."""
    return {name: text for name, text in os.environ.items() if name not in _OF_ONE_REPOSITORY}


_SHALLOW = (
    "it is a shallow one, so fetch more of its history (git fetch --unshallow; in CI, a checkout "
    "with fetch-depth: 0)"
)


def _listed(output: bytes) -> Iterable[tuple[str, Entry]]:
    """The paths in what git lists of a commit."""
    for record in output.split(b"\0"):
        fields, _, path = record.partition(b"\t")
        parts = fields.split()
        kind = _TYPES.get(parts[0]) if parts else None
        name = os.fsdecode(path)
        if kind is not None and is_safe(name):
            yield name, Entry(kind, parts[2].decode("ascii"))


class GitTree(Listed):
    """A state of a repository, as a ``Tree``.

    Args:
        repository: the repository.
        state: the name of a commit, ``INDEX``, or empty for a state without files.
    """

    def __init__(self, repository: Repository, state: str) -> None:
        around = None if repository.is_bare else DISK
        super().__init__(repository.root, repository.listing(state), around)
        self.repository = repository
        self.state = state
        self._modules: dict[str, GitTree | None] = {}

    def content(self, entry: Entry, path: str, most: int) -> bytes:
        return self.repository.blobs.read(entry.key, path, most)

    @cached_property
    def folders(self) -> dict[str, dict[str, str]]:
        try:
            folders = self._folders()
        except TooManyFolders as error:
            raise StateError(f"this state of the repository cannot be linted: {error}") from None
        folders[""].setdefault(".git", "folder")
        folders.setdefault(".git", {})
        return folders

    def _inside(self, inner: str) -> Place:
        if inner == ".git/config":
            # Its remote says what the repository is called.
            parts = ("config",) if self.repository.is_bare else (".git", "config")
            return Place(None, DISK, os.path.join(self.root, *parts))
        return super()._inside(inner)

    def beside(self, inner: str) -> Tree | None:
        above = inner
        while (above := above.rpartition("/")[0]) != "":
            entry = self.listed.get(above)
            if entry is not None:
                return self._module(above, entry) if entry.type == MODULE else None
        if self.repository.is_bare:
            return None
        files, folders = self.repository.ignored
        if inner in files or inner in self._laid_names:
            return DISK
        while inner:
            if inner in folders:
                return DISK
            inner = inner.rpartition("/")[0]
        return None

    @cached_property
    def _laid_names(self) -> dict[str, dict[str, str]]:
        """The names of ignored files and folders in each folder, with their kinds."""
        names: dict[str, dict[str, str]] = {}
        files, folders = self.repository.ignored
        for paths, kind in ((files, "file"), (folders, "folder")):
            for path in paths:
                inner, what = path, kind
                while inner:
                    folder, _, name = inner.rpartition("/")
                    siblings = names.setdefault(folder, {})
                    if name in siblings:
                        break
                    if what == "file":
                        what = DISK.kind(os.path.join(self.root, inner), follow=False)
                    siblings[name] = what
                    inner, what = folder, "folder"
        return names

    def more_entries(self, inner: str) -> Mapping[str, str]:
        return self._laid_names.get(inner, {})

    def _module(self, path: str, entry: Entry) -> GitTree | None:
        """The tree of a submodule; None if it is not cloned, or its commit is not there."""
        if path not in self._modules:
            root = os.path.realpath(os.path.join(self.root, path))
            tree = None
            if not self.repository.is_bare and DISK.kind(os.path.join(root, ".git")) != "missing":
                try:
                    tree = GitTree(Repository(root, False, _outside()), entry.key)
                except StateError:
                    tree = None
            self._modules[path] = tree
        return self._modules[path]

    def sole_reader(self, path: str) -> int | None:
        place = self._place(path)
        if place.inner is None or self.repository.is_bare:
            return super().sole_reader(path)
        return DISK.sole_reader(os.path.join(self.root, place.inner))

    def kept_files(self, folder: str) -> tuple[list[str], list[str]] | None:
        place = self._place(folder)
        if place.tree is not None:
            return place.tree.kept_files(place.path)
        entry = self._entry(place)
        if entry is not None and entry.type == MODULE and place.inner:
            module = self._module(place.inner, entry)
            return None if module is None else module.kept_files(module.root)
        return (self.below(place.inner), []) if place.inner is not None else None

    def is_tracked(self, folder: str, path: str) -> bool | None:
        inner = self.inner(folder, path)
        if inner is None:
            return None
        return inner in self.listed or any(name != ".git" for name in self.folders.get(inner, ()))

    def is_plain(self, folder: str, path: str) -> bool | None:
        inner = self.inner(folder, path)
        entry = None if inner is None else self.listed.get(inner)
        return None if entry is None else entry.type == FILE


def open_repository(folder: str) -> Repository:
    """The repository that a folder of the disk belongs to, or that it is (a bare one).

    Raises:
        StateError: if the folder is not part of a repository.
    """
    root = find_root(folder)
    if is_root(root):
        return Repository(os.path.realpath(root), False)
    kinds = {"HEAD": "file", "objects": "folder", "refs": "folder"}
    if all(DISK.kind(os.path.join(folder, name)) == kind for name, kind in kinds.items()):
        return Repository(os.path.realpath(folder), True)
    raise StateError("this folder is not in a git repository")

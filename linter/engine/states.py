"""The state of the files that a call lints: the disk, a state of git, or an archive."""

from __future__ import annotations

from ..files.disk import DISK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..config.options import Options
    from ..files.disk import Tree
    from ..files.git_tree import GitTree, Repository


def linted_tree(options: Options) -> Tree:
    """The tree that the options ask for.

    Raises:
        StateError: if git does not have the state.
        ArchiveError: if the archive cannot be read.
    """
    if options.archive is not None:
        from ..files.archive import open_archive

        return open_archive(options.archive, DISK.real("."))
    if options.at is None:
        return DISK
    from ..files.git_tree import open_repository

    return state_of(open_repository("."), options.at)


def state_of(repository: Repository, name: str) -> GitTree:
    """The tree of a commit, or of the index, by its name on the command line."""
    from ..files.git_tree import INDEX, GitTree

    return GitTree(repository, name if name == INDEX else repository.commit(name))

"""The files that an install needs, as they are in the build context."""

from __future__ import annotations

import posixpath

from ...linter.source.shell.packages import NODE_MANAGERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...linter.model.dockerfile import Dockerfile

_NODE_LOCKS = {
    "npm": ("package-lock.json", "npm-shrinkwrap.json"),
    "yarn": ("yarn.lock",),
    "pnpm": ("pnpm-lock.yaml",),
    "bun": ("bun.lock", "bun.lockb"),
}
_MANIFESTS = {
    "poetry": ("pyproject.toml", "poetry.lock"),
    "pipenv": ("Pipfile", "Pipfile.lock"),
    "uv": ("pyproject.toml", "uv.lock"),
    "bundle": ("Gemfile", "Gemfile.lock"),
    "composer": ("composer.json", "composer.lock"),
    "go": ("go.mod", "go.sum"),
    "cargo": ("Cargo.toml", "Cargo.lock"),
}
"""What each manager needs to know which dependencies to install: the manifest, then the lock file."""

_WORKSPACES = ("pnpm-workspace.yaml", "turbo.json", "nx.json", "lerna.json")


def advice_for(dockerfile: Dockerfile, manager: str) -> str:
    """What to copy before a manager installs; names only files that exist."""
    if manager == "pip":
        return "copy the requirements file first, install, then copy the rest"
    if manager in NODE_MANAGERS:
        root = workspace_of(dockerfile)
        if root is not None:
            return _workspace_advice(dockerfile, manager, root)
        every = [lock for locks in _NODE_LOCKS.values() for lock in locks]
        names = ("package.json", *_NODE_LOCKS.get(manager, ()), *every)
    else:
        names = _MANIFESTS.get(manager, ())
    found = [name for name in dict.fromkeys(names) if _exists(dockerfile, dockerfile.folder, name)]
    if not found or found[0] != names[0]:
        what = "the files that list the dependencies"
    else:
        what = " and ".join(found[:2])
    return f"copy {what} first, install, then copy the rest"


def _exists(dockerfile: Dockerfile, folder: str | None, name: str) -> bool:
    return folder is not None and dockerfile.project.exists(posixpath.join(folder, name))


def _workspace_advice(dockerfile: Dockerfile, manager: str, root: str) -> str:
    """What to copy first where one lock file serves the packages of several folders."""
    locks = [
        lock
        for lock in (*_NODE_LOCKS.get(manager, ()), *sum(_NODE_LOCKS.values(), ()))
        if _exists(dockerfile, root, lock)
    ]
    lock = locks[0] if locks else "the lock file"
    advice = f"copy {lock} and the package.json of each package of the workspace first, install, then copy the rest"
    if manager == "pnpm" and lock == "pnpm-lock.yaml":
        advice += "; `pnpm fetch` needs only the lock file"
    elif _exists(dockerfile, root, "turbo.json"):
        advice += "; `turbo prune --docker` collects them"
    return advice


def workspace_of(dockerfile: Dockerfile) -> str | None:
    """The root of the workspace of packages of Node that the context belongs to; None without one.

    Where a stack names the context, only that folder is asked, as nothing above it is sent.
    """
    folder = dockerfile.folder
    if folder is None:
        return None
    while True:
        if _is_workspace(dockerfile, folder):
            return folder
        if dockerfile.builds or folder in ("", ".", "/") or folder.startswith(".."):
            return None
        folder = posixpath.dirname(folder) or "."


def _is_workspace(dockerfile: Dockerfile, folder: str) -> bool:
    """Whether a folder is the root of a workspace."""
    if any(_exists(dockerfile, folder, name) for name in _WORKSPACES):
        return True
    text = dockerfile.project.text(posixpath.join(folder, "package.json"))
    return text is not None and '"workspaces"' in text

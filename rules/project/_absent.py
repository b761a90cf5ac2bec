"""Files that do not exist: which of them are missing in every fresh clone, and why."""

from __future__ import annotations

from ...linter.files.naming import from_root
from ...linter.files.paths import folders_above, is_inside, join_path, seen_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...linter.model.project import Project
    from ...linter.model.stack import Stack

_ENDINGS = (".example", ".sample", ".template", ".dist", ".default", ".tmpl", ".tpl", ".j2", ".in")
_WORDS = ("example", "sample", "template", "dist", "default")


def template_of(project: Project, path: str) -> str | None:
    """The template beside a missing file: ``.env.example`` for ``.env``; None if there is none."""
    folder, slash, name = path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    names = [name + template for template in _ENDINGS]
    if stem:
        names += [f"{stem}.{word}.{ending}" for word in _WORDS]
        names += [stem + template for template in _ENDINGS]
    else:
        names += [name[1:] + template for template in _ENDINGS]
    if dot:
        names += [f"{word}.{ending}" for word in _WORDS]
    names += [f"{word}-{name}" for word in _WORDS]
    paths = (folder + slash + candidate for candidate in dict.fromkeys(names) if candidate != name)
    return next(filter(project.exists, paths), None)


def excuse(project: Project, path: str) -> str:
    """Why a missing file is absent from every clone, as the end of a sentence; empty if it is not."""
    template = template_of(project, path)
    if template:
        return f" (to be created from {template})"
    # What is not there may have been a folder, which some patterns ask for.
    if _is_ignored(project, path):
        return " (git ignores it, so no clone has it)"
    if project.reader.is_broken_link(path):
        return " (it is a link to a file that does not exist)"
    if path.rpartition("/")[2] == "stack.env":
        return " (Portainer creates it)"
    for folder in project.submodules:
        if is_inside(folder, path):
            return f" (it belongs to the git submodule {folder}, which is not checked out)"
    from ...linter.analysis.documents import maker_of

    maker = maker_of(project, path)
    return f" ({maker} creates it)" if maker else ""


def is_left_out(project: Project, path: str) -> bool:
    """Whether every clone lacks a missing path on purpose: git ignores it, or the end of the link."""
    return _is_ignored(project, path) or project.reader.is_broken_link(path)


def _is_ignored(project: Project, path: str) -> bool:
    """Whether git ignores a missing file or folder."""
    ignored = project.reader.is_ignored_by_git
    return ignored(path) or ignored(f"{path}/any")


def is_installed(project: Project, path: str) -> bool:
    """Whether an install brings a missing path: its package is in the manifest beside the folder.

    ``composer install`` makes ``vendor/laravel/sail``, ``npm install`` the folders in ``node_modules``.
    """
    parts = path.split("/")
    for folder, manifest in _INSTALLED:
        if folder not in parts:
            continue
        at = parts.index(folder)
        inner = parts[at + 1 : at + 3]
        if folder == "node_modules" and inner and not inner[0].startswith("@"):
            inner = inner[:1]
        text = project.text(join_path("/".join(parts[:at]) or ".", manifest))
        if inner and text is not None and f'"{"/".join(inner)}"' in text:
            return True
    return False


_INSTALLED = (("vendor", "composer.json"), ("node_modules", "package.json"))


def elsewhere(project: Project, folder: str, path: str) -> str:
    """Where a missing path exists if it is seen from a folder above the stack's, as the end of a sentence.

    Such files are made for another project directory; empty if there is no such folder.
    """
    if folder in (".", "/"):
        return ""
    if not path.startswith(folder + "/"):
        return _from_beside(project, folder, path)
    rest = path[len(folder) + 1 :]
    for above in folders_above(folder):
        candidate = join_path(above, rest)
        if project.exists(candidate):
            return f" ({candidate} exists: correct only with --project-directory {above})"
    return ""


def _from_beside(project: Project, folder: str, path: str) -> str:
    """As ``elsewhere``, for a path that begins with ``..``: from a folder beside others."""
    written = seen_from(folder, path)
    rest = written.removeprefix("../")
    while rest.startswith("../"):
        rest = rest.removeprefix("../")
    if rest == written:
        return ""
    for above in folders_above(folder):
        candidate = join_path(above, rest)
        if candidate != path and project.exists(candidate):
            return f" ({candidate} exists: correct only with another --project-directory)"
    return ""


def run_from_elsewhere(stack: Stack) -> str:
    """As ``elsewhere``, where other paths of the stack show that it is for another folder."""
    project, folder = stack.project, stack.loaded.folder
    for service in stack.services.values():
        paths = [mount.source for mount in service.mounts if mount.type == "bind"]
        if service.build is not None:
            paths.append(service.build.context_folder or "")
        for path in paths:
            if not path or path.startswith(("/", "~")) or project.reader.kind(path) != "missing":
                continue
            if elsewhere(project, folder, path):
                return (
                    " (like other paths here, it may be correct with another --project-directory)"
                )
    return ""


_COMMON_NAMES = frozenset((".env", "app.env", "common.env", "config.env", "db.env", "default.env"))
"""Names of env files that different stacks of one repository have."""


def kept_elsewhere(project: Project, path: str) -> str:
    """Where another file of the same unusual name, or its template, is; empty if nowhere.

    Such stacks are put together from several folders before they are started.
    """
    name = path.rpartition("/")[2]
    if name in _COMMON_NAMES:
        return ""
    root = seen_from(project.reader.base, project.reader.root)
    names = {name, *(name + ending for ending in (*_ENDINGS, "_template", "-template"))}
    named = from_root(project.reader)
    for file in project.listing(root).files:
        if file.rpartition("/")[2] in names and (other := named(file)) != path:
            return f" ({other} exists: correct only where it is copied here)"
    return ""


def advice(project: Project, path: str, otherwise: str) -> str:
    """What to do about a missing file."""
    template = template_of(project, path)
    return f"copy {template} to {path}" if template else otherwise

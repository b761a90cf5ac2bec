"""Patterns that match at the root of a context only, unlike in .gitignore."""

from __future__ import annotations

import posixpath

from ...linter.base.text import Span
from ...linter.files.purpose import is_example
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Severity, rule
from ..dockerfile._secret_files import assigns_secret
from ._context import MAYBE, SOURCES, TEMPLATES, Context, always_made, copied_by_name, is_certain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.project import IgnoreFile
    from ...linter.source.ignore import IgnorePattern, IgnoreSyntax

_UNSAFE = Applicability.UNSAFE
_WORKSPACE = '{"name": "shop", "private": true, "workspaces": ["packages/*"]}\n'
_DOCKERFILE = 'FROM node:22-alpine\nWORKDIR /app\nCOPY . .\nCMD ["node", "packages/api/main.js"]\n'

# Names that mean the same in every folder.
_ANYWHERE = frozenset((
    ".cache", ".DS_Store", ".env", ".eslintcache", ".gradle", ".idea", ".mypy_cache", ".next",
    ".nuxt", ".output", ".parcel-cache", ".pytest_cache", ".ruff_cache", ".svelte-kit", ".tox",
    ".turbo", ".venv", ".vscode", "Thumbs.db", "__pycache__", "bower_components", "coverage",
    "htmlcov", "id_rsa", "node_modules", "npm-debug.log", "venv", "yarn-error.log",
))  # fmt: skip
_ENDINGS = (
    ".bak", ".class", ".key", ".log", ".o", ".orig", ".pem", ".pid", ".pyc", ".pyo", ".swp", ".tmp",
    ".tsbuildinfo",
)  # fmt: skip
# Made in each package of a project: what counts is that there are packages below the root.
_PER_PACKAGE = frozenset(("bin", "build", "dist", "obj", "out", "target", "vendor", "logs", "tmp"))


@rule(
    "DI005",
    "root-only-pattern",
    Severity.WARNING,
    category="reading",
    strict_in=("production", "hardened"),
    ignore_when="Where only the root has such files, and no part of the project will get some.",
    sources=SOURCES,
    examples=(
        Example(
            bad=".git\nnode_modules  # error: node_modules\n",
            good=".git\n**/node_modules\n",
            files={
                "Dockerfile": _DOCKERFILE,
                "package.json": _WORKSPACE,
                "packages/api/package.json": '{"name": "api"}\n',
            },
        ),
    ),
    fix=_UNSAFE,
)
def root_only_pattern(file: IgnoreFile) -> Iterator[Diagnostic]:
    """A pattern without `**/` matches only at the root of the context, unlike in .gitignore.

    Why: What was to stay out is sent to the build and copied.

    In a project of several packages each has its own `node_modules`, `dist` or `.env`, and those
    below the root are still copied. Reported are names that mean the same everywhere, where the
    context has deeper ones or packages that make them. What only some tools make
    (`.mypy_cache`, `.tox`, `coverage`) counts where a manifest names the tool. Log files that are not there are left to
    stricter presets, and those of a package manager that the project does not use are not expected,
    nor are settings of direnv (`.envrc`) without secrets. A pattern that begins with `/` says that it
    means the root, and names such as `docs` or `README.md` usually do.
    """
    for dockerfile in file.dockerfiles:
        if dockerfile.folder is None or not is_certain(dockerfile):
            continue
        copied = copied_by_name([dockerfile])
        context = Context(file.project, dockerfile.folder)
        for pattern in filter(_is_root_only, file.syntax.patterns):
            deeper = _deeper(file.syntax, pattern, context)
            if deeper is None or not any(_contains(source, deeper) for source in copied):
                continue
            verb = "is copied" if context.listing.has(deeper) else "would be copied"
            edit = Edit(Span(pattern.file, pattern.start, pattern.start), "**/")
            yield Diagnostic(
                pattern.span,
                f"`{pattern.raw}` matches only at the root: {deeper} {verb} nevertheless",
                help=f"write `**/{pattern.raw}`",
                evidence=pattern.raw,
                fix=Fix(f"Write **/{pattern.raw}", (edit,), _UNSAFE),
                strict=pattern.cleaned.endswith(".log") and not context.listing.has(deeper),
            )
        return


def _is_root_only(pattern: IgnorePattern) -> bool:
    """Whether a pattern matches at the root only, and means a name that is not only there."""
    name = pattern.cleaned
    if pattern.negated or not pattern.valid or "/" in name or name.startswith("**"):
        return False
    if pattern.raw.startswith(("/", "./")):
        return False
    return (
        name in _ANYWHERE
        or name in _PER_PACKAGE
        or name.startswith(".env")
        or (name.startswith("*") and name.endswith(_ENDINGS))
        or name.rstrip("*").rstrip(".") in _ANYWHERE
    )


def _deeper(ignore: IgnoreSyntax, pattern: IgnorePattern, context: Context) -> str | None:
    """A path below the root that the pattern is meant for and no pattern matches."""
    name = pattern.cleaned
    if name not in _PER_PACKAGE:
        for path in (*context.listing.files, *context.listing.folders):
            _, slash, tail = path.rpartition("/")
            is_template = is_example(tail)
            if not slash or is_template or not pattern.matches(tail) or ignore.matches(path):
                continue
            if tail == ".envrc" and not assigns_secret(context.read(path) or ""):
                continue
            return path
    for folder, manifests in sorted(context.packages.items()):
        if not folder or not _makes(pattern, manifests) or not _may_log(name, context):
            continue
        if not _has_tool(name, folder, manifests, context):
            continue
        if name.startswith(".env") and not any(
            context.listing.has(f"{folder}/.env{ending}") for ending in TEMPLATES
        ):
            continue
        shown = name if "*" not in name else name.replace("*", "debug" if "log" in name else "x")
        path = posixpath.join(folder, shown)
        if not ignore.matches(path) and not ignore.matches(f"{path}/x"):
            return path
    return None


_MANAGERS_LOGS = {
    "lerna-debug.log": ("lerna.json",),
    "npm-debug.log": (),
    "pnpm-debug.log": (),
    "yarn-debug.log": ("yarn.lock",),
    "yarn-error.log": ("yarn.lock",),
}
"""Log files that managers of packages write beside a manifest, and the files that show who uses them.

npm writes its log into the user's cache since npm 7, as pnpm does."""


_TOOLS = {
    ".cache": ("gatsby", "parcel", "babel-loader", "eslint --cache", "storybook"),
    ".eslintcache": ("eslint",),
    ".mypy_cache": ("mypy",),
    ".next": ("next",),
    ".nuxt": ("nuxt",),
    ".output": ("nuxt", "nitro", "vinxi", "@tanstack/"),
    ".parcel-cache": ("parcel",),
    ".pytest_cache": ("pytest",),
    ".ruff_cache": ("ruff",),
    ".svelte-kit": ("@sveltejs/kit",),
    ".tox": ("tox",),
    ".turbo": ("turbo",),
    "coverage": ("coverage", "Coverage", '"nyc"', '"c8"', "karma"),
    "htmlcov": ("cov",),
}
"""What shows in a manifest, or in one above it, that something makes a folder."""

_WRITTEN_IN = (
    ".pre-commit-config.yaml", "Makefile", "mypy.ini", "package.json", "pyproject.toml",
    "pytest.ini", "requirements-dev.txt", "requirements.txt", "setup.cfg", "tox.ini", "turbo.json",
)  # fmt: skip


def _has_tool(name: str, folder: str, manifests: list[str], context: Context) -> bool:
    """Whether a tool that makes a folder is named in the files of a package, or at the root."""
    tools = _TOOLS.get(name)
    if tools is None:
        return True
    paths = [posixpath.join(folder, manifest) for manifest in manifests]
    paths += [posixpath.join(place, file) for place in (folder, "") for file in _WRITTEN_IN]
    return any(
        tool in text
        for path in dict.fromkeys(paths)
        if (text := context.read(path)) is not None
        for tool in tools
    )


def _may_log(name: str, context: Context) -> bool:
    """Whether a name is not the log file of a package manager that the project does not use."""
    files = _MANAGERS_LOGS.get(name.rstrip("*").lstrip(".*"))
    return files is None or any(context.listing.has(file) for file in files)


_PYTHON = ("requirements.txt", "pyproject.toml", "Pipfile")
_ALSO: dict[str, tuple[str, ...]] = {
    "package.json": (".eslintcache", "out"),
    **dict.fromkeys(_PYTHON, (".mypy_cache", ".ruff_cache", ".tox", "build", "dist", "htmlcov")),
}
"""What a package may make besides what other rules expect of it, by its manifest."""


def _makes(pattern: IgnorePattern, manifests: list[str]) -> bool:
    """Whether a package with these manifests makes what the pattern is meant for."""
    name = pattern.cleaned
    if name.startswith(".env") or name.endswith(".log"):
        return True
    is_bytecode = name.endswith((".pyc", ".pyo"))
    return any(
        name in always_made(manifest)
        or name in MAYBE.get(manifest, ())
        or name in _ALSO.get(manifest, ())
        or (is_bytecode and manifest in _PYTHON)
        for manifest in manifests
    )


def _contains(source: str, path: str) -> bool:
    """Whether a source of COPY takes a path along."""
    return source == "" or "*" in source.split("/")[0] or path.startswith(source + "/")

"""What should be kept out of a build context, and is not."""

from __future__ import annotations

import posixpath

from ...linter.rule import Applicability, Create, Diagnostic, Example, Fix, Related, Severity, rule
from ..dockerfile._secret_files import is_harmless, secret_in
from ._context import (
    NOT_OURS,
    SOURCES,
    Context,
    RootCopy,
    append_lines,
    context_copies,
    end_of,
    is_certain,
    is_kept_out,
    relative,
    root_copies,
    root_copy,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import Dockerfile, IgnoreFile
    from ...linter.source.ignore import IgnoreSyntax

_UNSAFE = Applicability.UNSAFE
_DOCKERFILE = 'FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev && npm cache clean --force\nCOPY . .\nUSER node\nCMD ["node", "server.js"]\n'
_MARKED = _DOCKERFILE.replace("COPY . .\n", "COPY . .  # error: .\n")
_PACKAGE = '{"name": "app", "private": true}\n'


@rule(
    "DI001",
    "ignore-file-missing",
    Severity.WARNING,
    category="resources",
    sources=SOURCES,
    examples=(
        Example(
            bad=_MARKED,
            good=_DOCKERFILE.replace("COPY . .", "COPY server.js ./"),
            path="Dockerfile",
            files={"package.json": _PACKAGE, "server.js": "\n"},
        ),
    ),
    fix=_UNSAFE,
)
def ignore_file_missing(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """COPY takes the whole context, and no ignore file keeps anything out of the image.

    So the repository's history, local env files, and dependencies built for another system end up
    in the image, and every change of any of them builds it anew. Docker looks for
    `<Dockerfile>.dockerignore` beside the Dockerfile, then for `.dockerignore` in the context. The
    fix makes one with what the languages in the context call for; what the Dockerfile copies by
    name stays in.
    """
    if dockerfile.ignore is not None or dockerfile.folder is None:
        return
    found = next(root_copies(dockerfile), None)
    if found is None or not is_certain(dockerfile) or _has_one_above(dockerfile):
        return
    context = Context(dockerfile.project, dockerfile.folder)
    lines = _suggested(dockerfile, context)
    path = posixpath.normpath(posixpath.join(dockerfile.folder, ".dockerignore"))
    yield Diagnostic(
        found.word.span,
        f"`{found.text}` takes the whole context, and there is no {path}",
        help="keep out the repository, local settings and what is built: " + ", ".join(lines),
        evidence=path,
        fix=Fix(f"Make {path}", (Create(path, "".join(f"{line}\n" for line in lines)),), _UNSAFE),
    )


def _has_one_above(dockerfile: Dockerfile) -> bool:
    """Whether a folder above has an ignore file: the context may be that one."""
    if dockerfile.builds or dockerfile.folder is None:
        return False
    folder = dockerfile.folder
    while folder not in (".", "", "/"):
        folder = posixpath.dirname(folder) or "."
        if dockerfile.project.exists(posixpath.join(folder, ".dockerignore")):
            return True
    return False


def _suggested(dockerfile: Dockerfile, context: Context) -> list[str]:
    lines = [".git", "**/.env", "**/.env.*", "!**/.env.example"]
    for folder in sorted(context.packages):
        lines += [f"**/{name}" for name in context.outputs_of(folder)]
    wanted = [relative(word.value) for _, word in context_copies(dockerfile)]
    kept = []
    for line in dict.fromkeys(lines):
        name = line.removeprefix("!").removeprefix("**/").rstrip("*")
        if not any(name in path.split("/") or path.startswith(name) for path in wanted if path):
            kept.append(line)
    if "**/.env" not in kept and "!**/.env.example" in kept:
        kept.remove("!**/.env.example")
    return kept


@rule(
    "DI002",
    "secrets-not-ignored",
    Severity.WARNING,
    category="security",
    sources=SOURCES,
    examples=(
        Example(
            bad=".git\n**/node_modules  # error: **/node_modules\n",
            good=".git\n**/node_modules\n**/.env\n",
            files={
                "Dockerfile": _DOCKERFILE,
                "package.json": _PACKAGE,
                ".env.example": "DB_PASSWORD=\n",
            },
        ),
    ),
    fix=_UNSAFE,
    security_severity=6.0,
)
def secrets_not_ignored(file: IgnoreFile) -> Iterator[Diagnostic]:
    """COPY takes the whole context, and the ignore file leaves files with secrets in it.

    They become part of the image, where everyone who may pull it finds them. Reported are env
    files, private keys and credential files that lie in the context, and the env file that a
    template (`.env.example`) or Docker Compose's `env_file` tells people to make. Templates, env
    files without secrets in them and test data are left alone, and so is what a `!` pattern takes
    back in on purpose, or a Dockerfile copies by name.
    """
    found = root_copy(file.dockerfiles)
    if found is None or found.dockerfile.folder is None or not is_certain(found.dockerfile):
        return
    context = Context(file.project, found.dockerfile.folder)
    # What another Dockerfile of the context copies by name is needed there: secret-copied says so.
    named = {
        relative(word.value)
        for dockerfile in file.dockerfiles
        for _, word in context_copies(dockerfile)
    }
    paths = [
        path
        for path in _secrets(found, context)
        if path not in named and _is_open(file.syntax, path)
    ]
    if not paths:
        return
    lines = list(dict.fromkeys(f"**/{posixpath.basename(path)}" for path in paths))
    yield Diagnostic(
        end_of(file),
        f"`{found.text}` ({found.place}) puts {_listed(paths)} into the image: nothing here ignores {'them' if len(paths) > 1 else 'it'}",
        help=f"add {', '.join(lines)}",
        related=[Related(found.word.span, "everything is copied here")],
        evidence=" ".join(paths),
        fix=Fix(f"Add {', '.join(lines)}", (append_lines(file, lines),), _UNSAFE),
    )


def _secrets(found: RootCopy, context: Context) -> Iterator[str]:
    seen: set[str] = set()
    for path in context.listing.files:
        name = posixpath.basename(path)
        if not NOT_OURS.isdisjoint(path.split("/")[:-1]):
            continue
        if secret_in(path) and not is_harmless(found.dockerfile, path):
            seen.add(path)
            yield path
        elif name.startswith(".env") and name.endswith((".example", ".sample", ".template")):
            made = posixpath.join(posixpath.dirname(path), ".env")
            if made not in seen and not context.listing.has(made):
                seen.add(made)
                yield made
    for build in found.dockerfile.builds:
        for path in _env_files(build.service.get("env_file")):
            if path not in seen and secret_in(path) and not context.listing.has(path):
                seen.add(path)
                yield path


def _env_files(node: object) -> Iterator[str]:
    """The env files of a service as paths, where they are plain to see."""
    items = getattr(node, "items", None) or ([node] if node is not None else [])
    for item in items:
        entry = getattr(item, "entry", None)
        path = entry("path") if entry is not None else None
        value = getattr(path.value if path is not None else item, "value", None)
        if isinstance(value, str) and not value.startswith(("/", "..")):
            yield posixpath.normpath(value)


def _is_open(ignore: IgnoreSyntax, path: str) -> bool:
    """Whether nothing keeps a path out, and nothing takes it in on purpose."""
    if ignore.deciding(path) is not None:
        return False
    return "/" not in path or not _root_only(ignore, posixpath.basename(path))


def _root_only(ignore: IgnoreSyntax, name: str) -> bool:
    """Whether a pattern for the root is meant for this name (root-only-pattern says so)."""
    return any(
        not pattern.negated and "/" not in pattern.cleaned and pattern.matches(name)
        for pattern in ignore.patterns
    )


def _listed(paths: list[str]) -> str:
    if len(paths) < 4:
        return " and ".join(paths)
    return f"{', '.join(paths[:3])} and {len(paths) - 3} more"


@rule(
    "DI003",
    "vcs-not-ignored",
    Severity.WARNING,
    category="resources",
    sources=SOURCES,
    examples=(
        Example(
            bad="**/node_modules  # error: **/node_modules\n",
            good="**/node_modules\n.git\n",
            files={"Dockerfile": _DOCKERFILE, "package.json": _PACKAGE},
        ),
    ),
    fix=_UNSAFE,
)
def vcs_not_ignored(file: IgnoreFile) -> Iterator[Diagnostic]:
    """COPY takes the whole context with `.git` in it: the history ends up in the image.

    It is often larger than the program, may hold secrets that were removed long ago, and changes
    with every commit, so that nothing after it comes from the cache. A build that asks git for its
    version, or copies `.git` by name, is left alone.
    """
    found = root_copy(file.dockerfiles)
    if found is None or found.dockerfile.folder is None or not is_certain(found.dockerfile):
        return
    context = Context(file.project, found.dockerfile.folder)
    for name in (".git", ".hg", ".svn"):
        if not context.listing.has(name) or file.syntax.deciding(f"{name}/HEAD") is not None:
            continue
        if any(_needs_history(dockerfile, context) for dockerfile in file.dockerfiles):
            return
        yield Diagnostic(
            end_of(file),
            f"`{found.text}` ({found.place}) puts the whole history ({name}) into the image",
            help=f"add {name}",
            related=[Related(found.word.span, "everything is copied here")],
            evidence=name,
            fix=Fix(f"Add {name}", (append_lines(file, [name]),), _UNSAFE),
        )


_VERSION_TOOLS = ("setuptools_scm", "setuptools-scm", "hatch-vcs", "versioneer", "git-version")


def _needs_history(dockerfile: Dockerfile, context: Context) -> bool:
    for stage in dockerfile.all_stages:
        for _, command in stage.calls.get("git", ()):
            if any(
                word.value in ("describe", "rev-parse", "log", "show", "rev-list", "submodule")
                for word in command.args
            ):
                return True
    if any(".git" in word.value.split("/") for _, word in context_copies(dockerfile)):
        return True
    for name in ("pyproject.toml", "setup.py", "setup.cfg"):
        text = context.read(name)
        if text and any(tool in text for tool in _VERSION_TOOLS):
            return True
    return False


@rule(
    "DI004",
    "build-output-not-ignored",
    Severity.WARNING,
    category="resources",
    sources=SOURCES,
    examples=(
        Example(
            bad=".git  # error: .git\n",
            good=".git\n**/node_modules\n",
            files={"Dockerfile": _DOCKERFILE, "package.json": _PACKAGE},
        ),
    ),
    fix=_UNSAFE,
)
def build_output_not_ignored(file: IgnoreFile) -> Iterator[Diagnostic]:
    """COPY takes the whole context, with dependencies and results that were built outside.

    They replace what the image has built for itself, often for another system, make each build
    send them anew, and empty the cache. What is expected depends on the languages in the context:
    `node_modules`, `__pycache__` and `target` always, `dist`, `coverage`, `.venv` and others where
    they are there or `.gitignore` names them. What the Dockerfile copies by name is left alone.
    """
    found = root_copy(file.dockerfiles)
    if found is None or found.dockerfile.folder is None or not is_certain(found.dockerfile):
        return
    context = Context(file.project, found.dockerfile.folder)
    wanted = [
        relative(word.value)
        for dockerfile in file.dockerfiles
        for _, word in context_copies(dockerfile)
    ]
    paths = []
    for folder in sorted(context.packages):
        for name in context.outputs_of(folder):
            path = posixpath.join(folder, name)
            if is_kept_out(file.syntax, f"{path}/x") or not _is_open(file.syntax, path):
                continue
            if file.syntax.deciding(f"{path}/x") is not None:
                continue
            if not any(name in item.split("/") for item in wanted):
                paths.append(path)
    if not paths:
        return
    lines = list(dict.fromkeys(f"**/{posixpath.basename(path)}" for path in paths))
    yield Diagnostic(
        end_of(file),
        f"`{found.text}` ({found.place}) takes {_listed(paths)} along, as built outside",
        help=f"add {', '.join(lines)}",
        related=[Related(found.word.span, "everything is copied here")],
        evidence=" ".join(lines),
        fix=Fix(f"Add {', '.join(lines)}", (append_lines(file, lines),), _UNSAFE),
    )

"""What should be kept out of a build context, and is not."""

from __future__ import annotations

import posixpath
from itertools import islice

from ...linter.analysis.development import is_for_developers, is_throwaway
from ...linter.base.text import Span
from ...linter.files.paths import beside, is_inside
from ...linter.files.purpose import is_trial
from ...linter.rule import Applicability, Create, Diagnostic, Example, Fix, Related, Severity, rule
from ..dockerfile._secret_files import is_harmless, secret_in
from ._context import (
    NOT_OURS,
    SOURCES,
    TEMPLATES,
    Context,
    RootCopy,
    always_made,
    append_lines,
    copied_by_name,
    is_certain,
    root_copies,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...linter.model.dockerfile import Dockerfile
    from ...linter.model.project import IgnoreFile
    from ...linter.source.ignore import IgnoreSyntax

_MOST_COPIES = 50
_UNSAFE = Applicability.UNSAFE
_DOCKERFILE = 'FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev && npm cache clean --force\nCOPY . .\nUSER node\nCMD ["node", "server.js"]\n'
_MARKED = _DOCKERFILE.replace("COPY . .\n", "COPY . .  # error: .\n")
_PACKAGE = '{"name": "app", "private": true}\n'


@rule(
    "DI001",
    "ignore-file-missing",
    Severity.WARNING,
    category="resources",
    strict_in=("production", "hardened"),
    ignore_when="Where the context contains only what the image needs.",
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
    """COPY copies the whole context, and there is no ignore file.

    Why: The repository's history, local env files, and dependencies built for another system
    become part of the build, often of the image too, and every change of any of them builds it
    anew.

    It is reported once for a context. Where every service mounts a folder over what a
    Dockerfile for development copies, that is left to stricter presets. Docker looks for
    `<Dockerfile>.dockerignore` beside the Dockerfile, then for `.dockerignore` in the context.
    The fix makes one with what the languages in the context call for; what the Dockerfile
    copies by name stays in, and so do env files that git has, or that the build of a front end
    reads (Vite, Next.js and the like, where no ARG or ENV gives it the values).
    """
    if dockerfile.ignore is not None or dockerfile.folder is None:
        return
    copy = next(root_copies([dockerfile]), None)
    if copy is None or not is_certain(dockerfile) or _has_one_above(dockerfile):
        return
    first, *others = _alike(dockerfile)
    if first is not dockerfile:
        return  # reported there, for all of them
    context = Context(dockerfile.project, dockerfile.folder)
    lines = _suggested(dockerfile, context)
    from ._needed import needs_env_files  # for findings only

    needed = needs_env_files([dockerfile], context)
    if needed:
        lines = [line for line in lines if ".env" not in line]
    has_settings = any(
        posixpath.basename(path).startswith(".env") for path in context.listing.files
    )
    if (needed or not has_settings) and all(".env" in line for line in lines):
        return  # nothing there is known to be unwanted
    path = posixpath.normpath(posixpath.join(dockerfile.folder, ".dockerignore"))
    yield Diagnostic(
        copy.word.span,
        f"`{copy.text}` copies the whole context, and there is no {path}",
        help=(
            f"ignore the repository and build output: {', '.join(lines)}; not .env files: {needed}"
            if needed
            else "ignore the repository, local settings and build output: " + ", ".join(lines)
        ),
        related=[Related(other.word.span, "and here") for other in root_copies(others)],
        evidence=beside(dockerfile.path, path),
        strict=_is_hidden(dockerfile, copy),
        fix=Fix(f"Create {path}", (Create(path, "".join(f"{line}\n" for line in lines)),), _UNSAFE),
    )


def _alike(dockerfile: Dockerfile) -> list[Dockerfile]:
    """The Dockerfiles that take the same context without an ignore file; those for production first."""
    alike = [
        other
        for other in dockerfile.project.all_dockerfiles()
        if other is dockerfile
        or (
            other.folder == dockerfile.folder
            and other.ignore is None
            and next(root_copies([other]), None) is not None
            and is_certain(other)
        )
    ]
    return sorted(alike, key=lambda one: (is_throwaway(one), is_for_developers(one)))


def _is_hidden(dockerfile: Dockerfile, copy: RootCopy) -> bool:
    """Whether every service that builds an image for developers mounts a folder over what is copied."""
    target = copy.copy.target
    if target is None or not dockerfile.builds or not is_for_developers(dockerfile):
        return False
    return all(
        any(
            mount.type == "bind" and is_inside(posixpath.normpath(mount.target), target)
            for mount in build.service.mounts
            if mount.target.startswith("/")
        )
        for build in dockerfile.builds
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
    """The patterns for a new ignore file, without those that keep out what is copied by name."""
    is_root = dockerfile.folder in (None, "", ".") or context.listing.has(".git")
    from ._history import needs_history

    history = [".git"] if is_root and not needs_history(dockerfile, context) else []
    lines = [*history, "**/.env", "**/.env.*", "!**/.env.example"]
    for folder in sorted(context.packages):
        lines += [f"**/{name}" for name in context.outputs_of(folder, True)]
    paths = list(filter(None, copied_by_name([dockerfile])))
    suggested = []
    for line in dict.fromkeys(lines):
        name = line.removeprefix("!").removeprefix("**/").rstrip("*")
        if not any(name in path.split("/") or path.startswith(name) for path in paths):
            suggested.append(line)
    if "**/.env" not in suggested and "!**/.env.example" in suggested:
        suggested.remove("!**/.env.example")
    return suggested


def _copied_context(file: IgnoreFile) -> tuple[list[RootCopy], Context] | None:
    """The instructions that take the whole context of an ignore file, and that context."""
    copies = list(islice(root_copies(file.dockerfiles), _MOST_COPIES))
    if not copies:
        return None
    dockerfile = copies[0].dockerfile
    if dockerfile.folder is None or not is_certain(dockerfile):
        return None
    return copies, Context(file.project, dockerfile.folder)


def _not_ignored(
    file: IgnoreFile, copy: RootCopy, message: str, lines: list[str], evidence: str
) -> Diagnostic:
    """The finding that a copy of the context takes along what these lines would keep out."""
    patterns = file.syntax.patterns
    return Diagnostic(
        patterns[-1].span if patterns else Span(file.syntax.file, 0, 0),
        f"`{copy.text}` ({copy.place}) {message}",
        help=f"add {', '.join(lines)}",
        related=[Related(copy.word.span, "everything is copied here")],
        evidence=evidence,
        fix=Fix(f"Add {', '.join(lines)}", (append_lines(file, lines),), _UNSAFE),
    )


@rule(
    "DI002",
    "secrets-not-ignored",
    Severity.WARNING,
    category="security",
    ignore_when="Where the file holds no secrets, although it is called like one that does.",
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
    fix=(_UNSAFE, Applicability.SUGGESTION),
    security_severity=6.0,
)
def secrets_not_ignored(file: IgnoreFile) -> Iterator[Diagnostic]:
    """COPY copies the whole context, and the ignore file does not exclude files with secrets.

    They become part of the image, where everyone who may pull it finds them. Reported are env
    files, private keys and credential files that lie in the context, and the env file that a
    template (`.env.example`) or Docker Compose's `env_file` tells people to make. Templates, env
    files without secrets in them and test data are left alone, and so is what a `!` pattern takes
    back in on purpose, or a Dockerfile copies by name. A copy in a stage of which the image takes
    only something else (`COPY --from=build /app/dist`) is left alone. Where git has the file, or
    the build of a front end reads an env file (Vite, Next.js and the like, where no ARG or ENV gives it
    the values), keeping it out may break the build: there the pattern is a suggestion. The `.env` of a
    Symfony project that git has is left alone: the program does not start without it.
    """
    if (copied := _copied_context(file)) is None:
        return
    copies, context = copied
    # What another Dockerfile of the context copies by name is needed there: secret-copied says so.
    named = set(copied_by_name(file.dockerfiles))
    paths = [
        path
        for path in _secrets(copies[0].dockerfile, context)
        if path not in named
        and _is_open(file.syntax, path)
        and not _is_read_by_symfony(context, path)
        and any(copy.brings(path) for copy in copies)
    ]
    if paths:
        copy = next(copy for copy in copies if copy.brings(paths[0]))
        them = "them" if len(paths) > 1 else "it"
        message = f"puts {_listed(paths)} into the image: no pattern ignores {them}"
        diagnostic = _not_ignored(file, copy, message, _anywhere(paths), " ".join(paths))
        from ._needed import needs_env_files, needs_files

        is_env = any(posixpath.basename(path).startswith(".env") for path in paths)
        needed = needs_env_files(file.dockerfiles, context, paths) if is_env else ""
        needed = needed or needs_files(context, paths)
        if needed and diagnostic.fix is not None:
            lines = ", ".join(_anywhere(paths))
            diagnostic.help = f"{needed}: pass the values by ARG, by a build secret or at run time, then add {lines}"
            diagnostic.fix = Fix(
                f"Add {lines}, once nothing needs {them}",
                diagnostic.fix.edits,
                Applicability.SUGGESTION,
            )
        yield diagnostic


def _secrets(dockerfile: Dockerfile, context: Context) -> list[str]:
    """The files with secrets that are in the context, or that people are told to make there."""
    secrets: dict[str, None] = {}
    for path in context.listing.files:
        *folders, name = path.split("/")
        if not NOT_OURS.isdisjoint(folders) or is_trial("/".join(folders)):
            continue
        if secret_in(path) and not is_harmless(dockerfile, path):
            secrets[path] = None
        elif name.startswith(".env") and name.endswith(TEMPLATES):
            made = "/".join((*folders, ".env"))
            if not context.listing.has(made):
                secrets[made] = None
    for build in dockerfile.builds:
        for file in build.service.env_files:
            path = posixpath.relpath(file.path, context.folder or ".")
            is_inside = not file.path.startswith("~") and not path.startswith("..")
            if is_inside and secret_in(path) and not context.listing.has(path):
                secrets[path] = None
    return list(secrets)


_SYMFONY = ('"symfony/dotenv"', '"symfony/runtime"', '"symfony/framework-bundle"')


def _is_read_by_symfony(context: Context, path: str) -> bool:
    """Whether a file is the ``.env`` with the defaults of a Symfony project, which belongs to git."""
    folder, _, name = path.rpartition("/")
    if name != ".env" or not context.project.tracked_by_git(posixpath.join(context.folder, path)):
        return False
    manifest = context.read(posixpath.join(folder, "composer.json")) or ""
    return any(package in manifest for package in _SYMFONY)


def _anywhere(paths: list[str]) -> list[str]:
    """The patterns that match the names of paths in every folder."""
    return list(dict.fromkeys(f"**/{posixpath.basename(path)}" for path in paths))


def _is_open(ignore: IgnoreSyntax, path: str) -> bool:
    """Whether no pattern keeps a path out, and none takes it in on purpose."""
    if ignore.deciding(path) is not None:
        return False
    name = posixpath.basename(path)
    # A pattern for the root that is meant for this name is root-only-pattern's.
    return name == path or not any(
        not pattern.negated and "/" not in pattern.cleaned and pattern.matches(name)
        for pattern in ignore.patterns
    )


def _listed(paths: list[str]) -> str:
    """Up to three paths for a message, and how many more there are."""
    if len(paths) < 4:
        return " and ".join(paths)
    return f"{', '.join(paths[:3])} and {len(paths) - 3} more"


@rule(
    "DI003",
    "vcs-not-ignored",
    Severity.WARNING,
    category="resources",
    ignore_when=(
        "Where a program of the build asks git for the version, and nothing in sight shows that."
    ),
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
    """COPY copies the whole context with `.git` in it: the history becomes part of the image.

    It is often larger than the program, may hold secrets that were removed long ago, and changes
    with every commit, so that nothing after it comes from the cache. Where the image takes only
    something else from the stage (`COPY --from=build /app/dist`), the cache is what is left to win:
    that is a hint only (info). A build that asks git for its version, itself or by a tool such as
    setuptools-scm, or copies `.git` by name, is left alone.
    """
    if (copied := _copied_context(file)) is None:
        return
    copies, context = copied
    for name in (".git", ".hg", ".svn"):
        if not context.listing.has(name) or file.syntax.deciding(f"{name}/HEAD") is not None:
            continue
        from ._history import needs_history

        if any(needs_history(dockerfile, context) for dockerfile in file.dockerfiles):
            return
        copy = next((copy for copy in copies if copy.brings(f"{name}/HEAD")), None)
        if copy is not None:
            message = f"puts the whole history ({name}) into the image"
            yield _not_ignored(file, copy, message, [name], name)
        else:
            message = f"copies the whole history ({name}): it runs again after each commit"
            diagnostic = _not_ignored(file, copies[0], message, [name], name)
            diagnostic.severity = Severity.INFO
            yield diagnostic


@rule(
    "DI004",
    "build-output-not-ignored",
    Severity.WARNING,
    category="resources",
    ignore_when=(
        "Where the files are built outside on purpose, such as in an earlier step of a pipeline."
    ),
    sources=SOURCES,
    examples=(
        Example(
            bad=".git  # error: .git\n",
            good=".git\n**/node_modules\n",
            files={"Dockerfile": _DOCKERFILE, "package.json": _PACKAGE},
        ),
    ),
    fix=_UNSAFE,
    strict_in=("production", "hardened"),
)
def build_output_not_ignored(file: IgnoreFile) -> Iterator[Diagnostic]:
    """COPY copies the whole context, with dependencies and results that were built outside.

    Why: They replace what the image has built for itself, often for another system, make each
    build send them anew, and empty the cache.

    What is expected depends on the languages in the context: `node_modules` and `target`
    always, `__pycache__` for packages and folders with several modules, `dist`, `coverage`,
    `.venv` and others where they are there, or `.gitignore` names them and a tool or a script
    of the manifest makes them. What the Dockerfile copies by name is left alone. Results that
    do not reach the image, because it takes something else from the stage, are left to stricter
    presets; dependencies are not. So are folders that are not there and that not every project
    of its kind makes.
    """
    if (copied := _copied_context(file)) is None:
        return
    copies, context = copied
    copy = copies[0]
    named = {part for path in copied_by_name(file.dockerfiles) for part in path.split("/")}
    paths = [
        path
        for folder in sorted(context.packages)
        for name in context.outputs_of(folder)
        if name not in named
        and _is_open(file.syntax, path := posixpath.join(folder, name))
        and file.syntax.deciding(f"{path}/x") is None
    ]
    if paths:
        lines = _anywhere(paths)
        message = f"copies {_listed(paths)}, as built outside of the image"
        diagnostic = _not_ignored(file, copy, message, lines, " ".join(lines))
        made = {name for names in context.packages.values() for name in _always(names)}
        diagnostic.strict = not any(
            (context.listing.has(path) or posixpath.basename(path) in made)
            and (posixpath.basename(path) in _REPLACES or any(copy.brings(path) for copy in copies))
            for path in paths
        )
        yield diagnostic


def _always(manifests: Iterable[str]) -> Iterator[str]:
    for manifest in manifests:
        yield from always_made(manifest)


_REPLACES = frozenset(("node_modules", "bin", "obj", ".venv", "venv", "env", "vendor", "bundle"))
"""What takes the place of what a stage has installed itself, also where only the build needs it."""

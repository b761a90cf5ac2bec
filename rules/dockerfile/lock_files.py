"""npm ci without the lock file that it reads, or in a folder that it cannot write."""

from __future__ import annotations

import posixpath

from ...linter.base.names import is_root_user
from ...linter.files.paths import is_inside
from ...linter.rule import Diagnostic, Example, Severity, rule
from ._pulled import is_left_out
from ._runs import call_span, call_text, chain_of, packages_of
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Copy, Dockerfile, Run, Stage
    from ...linter.source.shell.packages import PackageCommand

_LOCKS = ("package-lock.json", "npm-shrinkwrap.json")
_ELSEWHERE = ("-g", "--global", "--prefix", "-C", "--help", "-w", "--workspace", "--workspaces")
_SEEN = frozenset(
    ("npm", "node", "echo", "apk", "apt-get", "rm", "mkdir", "chown", "set", "corepack")
)
"""Programs that make no lock file."""


@rule(
    "DF133",
    "lock-file-missing",
    Severity.ERROR,
    category="build",
    words=("npm",),
    since="0.2",
    sources=("https://docs.npmjs.com/cli/v11/commands/npm-ci",),
    examples=(
        Example(
            bad='FROM node:22-alpine\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci --omit=dev && npm cache clean --force  # error: npm ci\nUSER node\nCMD ["node", "main.js"]\n',
            good='FROM node:22-alpine\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci --omit=dev && npm cache clean --force\nUSER node\nCMD ["node", "main.js"]\n',
        ),
    ),
)
def lock_file_missing(stage: Stage) -> Iterator[Diagnostic]:
    """`npm ci` runs where no lock file was copied, and fails without one.

    Why: The build fails.

    COPY names package.json alone, or the ignore file keeps package-lock.json out of the context.
    Patterns (`package*.json`), whole folders whose content is not known, other stages and mounts keep
    the rule silent.
    """
    for run, call in packages_of(stage, "npm"):
        if call.action != "ci" or call.options.has(*_ELSEWHERE) or call.operands or run.mounts:
            continue
        if is_left_out(stage) or not surely_runs(run, call.command):
            continue
        reason = _reason(stage, run, call)
        if reason is None:
            continue
        message, advice, is_certain = reason
        yield Diagnostic(
            call_span(call),
            f"`{call_text(call)}` needs a lock file, and {message}",
            help=advice,
            severity=None if is_certain and fails_build(run, call.command) else Severity.WARNING,
            evidence=call_text(call),
        )
        return


def _reason(stage: Stage, run: Run, call: PackageCommand) -> tuple[str, str, bool] | None:
    """Why there is no lock file, what to do, and whether that is certain; None if there may be one."""
    from fnmatch import fnmatchcase

    if run.workdir is None or not _only_known(stage, run, call) or not _base_has_none(stage):
        return None
    copied: list[tuple[Copy, str]] = []
    for part in chain_of(stage):
        for copy in part.copies:
            if part is stage and copy.instruction.start > run.instruction.start:
                continue
            instruction = copy.instruction
            if copy.source_stage or copy.target is None or instruction.heredocs:
                return None
            if instruction.name == "ADD" or instruction.flag("parents") is not None:
                return None
            copied += [(copy, word.value) for word in copy.sources]
    names = {posixpath.basename(source.rstrip("/")) for _, source in copied}
    if not any("package" in name for name in names) and not any(
        source.rstrip("/") in (".", "") for _, source in copied
    ):
        return None
    if any(name in _LOCKS for name in names):
        return _kept_out(stage.dockerfile, copied)
    for copy, source in copied:
        if "$" in source or "://" in source:
            return None
        name = posixpath.basename(source.rstrip("/"))
        if any(fnmatchcase(lock, name) for lock in _LOCKS) and name not in _LOCKS:
            return _kept_out(stage.dockerfile, copied)
        if name in ("", ".", ".."):
            # What is in the context decides.
            return _kept_out(stage.dockerfile, copied)
        if posixpath.basename(copy.target or "") in _LOCKS:
            return None  # it is called otherwise in the context
        if _may_be_folder(stage.dockerfile, source) and is_inside(
            (copy.target or "").rstrip("/"), run.workdir
        ):
            return None
    places = {copy.target for copy, source in copied if source.endswith("package.json")}
    if not any(
        target == run.workdir or posixpath.dirname(target or "") == run.workdir for target in places
    ):
        return None
    return "no COPY brings one", "copy it too: `COPY package.json package-lock.json ./`", True


def _base_has_none(stage: Stage) -> bool:
    """Whether the base is an image that is known, and so surely without files of a project."""
    from ...linter.analysis.base_image import bases_of

    bases = bases_of(stage)
    return bases is not None and all(
        facts.kind in ("base", "build-tool", "runtime") and "onbuild" not in facts.tag
        for facts in bases.facts
    )


def _may_be_folder(dockerfile: Dockerfile, source: str) -> bool:
    """Whether a source of COPY may be a folder of the context."""
    name = posixpath.basename(source.rstrip("/"))
    if "." not in name or source.endswith("/") or "*" in source:
        return True
    folder = dockerfile.folder
    path = posixpath.normpath(posixpath.join(folder or ".", source.lstrip("/")))
    return folder is not None and dockerfile.project.reader.kind(path) == "folder"


def _kept_out(
    dockerfile: Dockerfile, copied: list[tuple[Copy, str]]
) -> tuple[str, str, bool] | None:
    """The reason where the ignore file keeps the lock files of the folders that are copied out."""
    ignore, folder = dockerfile.ignore, dockerfile.folder
    if ignore is None or folder is None:
        return None
    for lock in _LOCKS:
        path = posixpath.join(folder, lock)
        pattern = ignore.deciding(lock)
        if not dockerfile.project.exists(path) or pattern is None or pattern.negated:
            continue
        roots = (".", "", "package*.json", "*.json", "package*", "*")
        if not any(source.removeprefix("./").rstrip("/") in roots for _, source in copied):
            continue
        if any(
            dockerfile.project.exists(posixpath.join(folder, other))
            for other in _LOCKS
            if other != lock
        ):
            continue
        place = f"{ignore.file.path}:{pattern.line}"
        return (
            f"`{pattern.raw}` ({place}) keeps {lock} out of the context",
            f"delete that line, or add !{lock} below it",
            bool(dockerfile.builds),
        )
    return None


def _only_known(stage: Stage, run: Run, call: PackageCommand) -> bool:
    """Whether no command before may have brought a lock file."""
    for part in chain_of(stage):
        for other in part.runs:
            if part is stage and other.instruction.start > run.instruction.start:
                continue
            if not other.script.complete or other.mounts:
                return False
            for command in other.script.commands:
                if other is run and command.at >= call.command.at:
                    break
                if command.name not in _SEEN or any(
                    item.operator.startswith(">") for item in command.redirections
                ):
                    return False
                if command.name == "npm" and any(
                    word.value in ("install", "i", "init", "shrinkwrap") for word in command.args
                ):
                    return False
    return True


@rule(
    "DF134",
    "npm-cannot-write",
    Severity.WARNING,
    category="build",
    words=("npm",),
    since="0.2",
    sources=(
        "https://docs.docker.com/reference/dockerfile/#workdir",
        "https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#non-root-user",
    ),
    examples=(
        Example(
            bad='FROM node:22-alpine\nWORKDIR /usr/src/app\nCOPY package.json package-lock.json ./\nUSER node\nRUN npm ci --omit=dev && npm cache clean --force  # error: npm ci\nCMD ["node", "main.js"]\n',
            good='FROM node:22-alpine\nWORKDIR /usr/src/app\nRUN chown node:node .\nCOPY package.json package-lock.json ./\nUSER node\nRUN npm ci --omit=dev && npm cache clean --force\nCMD ["node", "main.js"]\n',
        ),
    ),
)
def npm_cannot_write(stage: Stage) -> Iterator[Diagnostic]:
    """npm installs as the user node into a folder that belongs to root: it fails with EACCES.

    WORKDIR makes its folder for the user of that point, which is root before USER. Change the
    folder's owner before USER, write USER above WORKDIR, or install before USER. Only the
    official node images are judged, where no chown, mkdir or chmod names the folder and no COPY
    may have made it.
    """
    for run, call in packages_of(stage, "npm"):
        if call.action not in ("install", "ci") or call.options.has(*_ELSEWHERE) or run.mounts:
            continue
        user, workdir = run.user, run.workdir
        if user is None or not user.value or is_root_user(user.value.partition(":")[0]):
            continue
        if user.value.partition(":")[0] not in ("node", "1000") or workdir is None:
            continue
        facts = stage.facts
        if facts is None or facts.name != "node" or is_left_out(stage):
            continue
        if workdir == "/home/node" or not surely_runs(run, call.command):
            continue
        if (
            "--prefix" in run.script.text
            or "cd " in run.script.text
            or _may_own(stage, run, workdir)
        ):
            continue
        yield Diagnostic(
            call_span(call),
            f"`{call_text(call)}` runs as {user.value} in {workdir}, which belongs to root: it may fail with EACCES",
            help=f"add `RUN chown {user.value} {workdir}` before USER",
            evidence=workdir,
        )
        return


def _may_own(stage: Stage, run: Run, workdir: str) -> bool:
    """Whether an instruction before may give the folder to the user, or make it for the user."""
    for part in chain_of(stage):
        for instruction in part.instructions:
            if part is stage and instruction.start >= run.instruction.start:
                break
            inner = instruction.inner or instruction
            if inner.name == "RUN" and any(
                word in inner.text for word in ("chown", "mkdir", "chmod", "install ", "sh", "cp ")
            ):
                return True
        for copy in part.copies:
            if part is stage and copy.instruction.start >= run.instruction.start:
                continue
            if copy.target is None or (copy.target != workdir and workdir.startswith(copy.target)):
                return True
            if copy.instruction.flag("chown") and not _is_made(part, copy, workdir):
                return True
    return not _is_workdir(stage, run, workdir)


def _is_made(stage: Stage, copy: Copy, workdir: str) -> bool:
    """Whether WORKDIR has made the folder before a COPY."""
    return (
        any(
            instruction.name == "WORKDIR" and instruction.start < copy.instruction.start
            for instruction in stage.instructions
        )
        and copy.workdir == workdir
    )


def _is_workdir(stage: Stage, run: Run, workdir: str) -> bool:
    """Whether a WORKDIR of the stages makes the folder, while root is the user.

    WORKDIR makes a folder for the user that is set at that point.
    """
    for part in reversed(list(chain_of(stage))):
        for instruction, state in part.syntax.walk():
            if part is stage and instruction.start >= run.instruction.start:
                break
            if instruction.name == "WORKDIR" and instruction.words:
                path = state.scope.expand(instruction.words[0])
                if path is not None and path.rstrip("/") == workdir:
                    user = state.user.value if state.user is not None else "root"
                    return user is not None and is_root_user(user.partition(":")[0])
    return False

"""What the order and the form of instructions cost: cache misses, doubled files, large layers."""

from __future__ import annotations

import posixpath
from itertools import islice

from ...linter.analysis.development import is_development_stage
from ...linter.files.paths import is_inside
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.shell.packages import NODE_MANAGERS, SYSTEM_MANAGERS
from .._sources import REFERENCE
from ._building import build_steps
from ._copies import TAR_ARCHIVES, is_archive, is_url, takes_root
from ._manifests import advice_for
from ._runs import call_span, call_text, chain_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Dockerfile, Run, Stage
    from ...linter.source.dockerfile.instruction import Instruction
    from ...linter.source.dockerfile.parts import Word
    from ...linter.source.shell.packages import PackageCommand
    from ...linter.source.shell.syntax import SimpleCommand

CACHE = "https://docs.docker.com/build/cache/optimize/#order-your-layers"


def installs_manifest(call: PackageCommand) -> bool:
    """Whether a call installs what a file of the project lists (and not the project itself)."""
    manager, action, options = call.manager, call.action, call.options
    if manager in NODE_MANAGERS:
        return (
            action in ("install", "ci", "fetch")
            and not call.operands
            and not options.has("-g", "--global")
        )
    if manager == "pip":
        local = any(
            word.value.startswith((".", "/")) or "[" in word.value.partition(".")[0]
            for word in call.operands
        ) or options.has("-e", "--editable")
        return action in ("install", "sync") and options.has("-r", "--requirement") and not local
    if manager in ("poetry", "pipenv"):
        return action in ("install", "sync") and not call.operands
    if manager in ("bundle", "composer"):
        return action == "install" and not call.operands
    return (manager, action) in (("uv", "sync"), ("go", "mod-download"), ("cargo", "fetch"))


def _installs_system(call: PackageCommand) -> bool:
    """Whether a call installs packages of the distribution by name."""
    return (
        call.manager in SYSTEM_MANAGERS
        and call.action == "install"
        and bool(call.operands)
        and not any("/" in word.value or word.value.startswith(".") for word in call.operands)
    )


@rule(
    "DF202",
    "copy-before-install",
    Severity.WARNING,
    category="resources",
    strict_in=("production", "hardened"),
    ignore_when="Where the install takes a moment only, or reads the sources.",
    sources=(CACHE,),
    examples=(
        Example(
            bad='FROM node:22-alpine\nWORKDIR /app\nCOPY . .  # error: COPY . .\nRUN npm ci --omit=dev && npm cache clean --force\nUSER node\nCMD ["node", "server.js"]\n',
            good='FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev && npm cache clean --force\nCOPY . .\nUSER node\nCMD ["node", "server.js"]\n',
        ),
    ),
)
def copy_before_install(stage: Stage) -> Iterator[Diagnostic]:
    """The whole context is copied before dependencies are installed: each change reinstalls them.

    Docker builds every instruction anew that follows one whose files have changed. Copy the files
    that list the dependencies first, install, and copy the sources then. A RUN with a cache mount
    is left alone, and so is an install that needs the sources (`pip install .`) or one that
    follows an earlier install from the manifest alone. Stages for development are left to stricter
    presets.
    """
    copied = next((copy.instruction for copy in stage.copies if takes_root(copy)), None)
    if copied is None:
        return
    installed = {
        call.manager
        for part in islice(chain_of(stage), 1, None)
        for run in part.runs
        for call in run.packages
        if installs_manifest(call)
    }
    calls: list[PackageCommand] = []
    for run in stage.runs:
        for call in run.packages:
            if run.instruction.start < copied.start:
                if installs_manifest(call):
                    installed.add(call.manager)
            elif all(mount.type != "cache" for mount in run.mounts) and (
                _installs_system(call)
                or (installs_manifest(call) and call.manager not in installed)
            ):
                calls.append(call)
    if not calls:
        return
    first = next((call for call in calls if installs_manifest(call)), calls[0])
    place, text = call_span(first), call_text(first)
    line = place.file.line_of(place.start)
    packages = "its dependencies" if installs_manifest(first) else "the packages"
    yield Diagnostic(
        copied.span,
        f"`{' '.join(copied.text.split())}` comes before `{text}` (line {line}): each change of a file installs {packages} again",
        help=advice_for(stage.dockerfile, first.manager)
        if installs_manifest(first)
        else f"move `{text}` above it",
        related=[Related(call_span(call), f"`{call_text(call)}` runs again") for call in calls],
        evidence=text,
        strict=is_development_stage(stage),
    )


@rule(
    "DF208",
    "archive-copied",
    Severity.INFO,
    category="resources",
    words=("copy",),
    equivalents=(
        "hadolint:DL3010",
        "binnacle:tarSomethingRmTheSomething",
        "parfum:tarSomethingRmTheSomething",
    ),
    sources=(REFERENCE + "#adding-local-tar-archives",),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nCOPY rootfs.tar.gz /tmp/  # error: rootfs.tar.gz\nRUN tar -xzf /tmp/rootfs.tar.gz -C /opt\n",
            good="FROM debian:trixie-slim\nADD rootfs.tar.gz /opt/\n",
        ),
    ),
)
def archive_copied(stage: Stage) -> Iterator[Diagnostic]:
    """A local tar archive is copied in one layer and unpacked in the next, so it is stored twice.

    The archive stays in its layer, even if the second RUN deletes it. ADD unpacks a local tar
    archive on its way in. Other formats (`zip`, a lone `gz`) it leaves packed, so these are not
    reported, nor is an archive that comes from another stage.
    """
    unpacked = _unpacked(stage)
    if not unpacked:
        return
    for copy in stage.copies:
        if copy.instruction.name != "COPY" or copy.source_stage:
            continue
        for word in copy.sources:
            name = posixpath.basename(word.value)
            if not name.lower().endswith(TAR_ARCHIVES) or "*" in name:
                continue
            renamed = posixpath.basename(copy.target or "")
            for start, command in (*unpacked.get(name, ()), *unpacked.get(renamed, ())):
                if start > word.start:
                    yield Diagnostic(
                        word.span,
                        f"{name} is copied in one layer and unpacked in another",
                        help="use ADD, which unpacks a local tar archive itself",
                        related=[Related(command.span, "unpacked here")],
                        evidence=name,
                    )
                    break


def _unpacked(stage: Stage) -> dict[str, list[tuple[int, SimpleCommand]]]:
    """The archives that RUN unpacks by name: where each RUN begins, and its command."""
    unpacked: dict[str, list[tuple[int, SimpleCommand]]] = {}
    for run, command in (*stage.calls.get("tar", ()), *stage.calls.get("bsdtar", ())):
        for word in command.args if _extracts(command) else ():
            if word.value.lower().endswith(TAR_ARCHIVES):
                name = posixpath.basename(word.value)
                unpacked.setdefault(name, []).append((run.instruction.start, command))
    return unpacked


def _extracts(command: SimpleCommand) -> bool:
    """Whether a tar command unpacks."""
    first = command.args[0].value if command.args else ""
    return (first.isalpha() and "x" in first) or any(
        word.value in ("--extract", "--get")
        or (word.value.startswith("-") and word.value[1:2] != "-" and "x" in word.value)
        for word in command.args
    )


@rule(
    "DF209",
    "add-for-local",
    Severity.INFO,
    category="style",
    words=("add",),
    equivalents=(
        "hadolint:DL3020",
        "trivy:DS-0005",
        "checkov:CKV_DOCKER_4",
        "parfum:DL3020",
    ),
    sources=("https://docs.docker.com/build/building/best-practices/#add-or-copy",),
    examples=(
        Example(
            bad="FROM nginx:1.30-alpine\nADD dist/ /usr/share/nginx/html/  # error: ADD\n",
            good="FROM nginx:1.30-alpine\nCOPY dist/ /usr/share/nginx/html/\n",
        ),
    ),
    fix=(Applicability.SAFE, Applicability.UNSAFE),
)
def add_for_local(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """ADD copies plain files of the context, for which COPY is clearer.

    Why: ADD also fetches addresses and unpacks tar archives, so that the reader, and a later
    rename of a file, may be in for a surprise.

    Addresses, git repositories, archives, sources with variables that are not known, and ADD
    with `--checksum`, `--unpack` or `--keep-git-dir` are left alone. The fix is safe unless a
    source without an ending might be an archive after all.
    """
    for stage in dockerfile.all_stages:
        for copy in stage.copies:
            instruction = copy.instruction
            if instruction.name != "ADD" or not instruction.sources:
                continue
            if any(instruction.flag(name) for name in ("checksum", "unpack", "keep-git-dir")):
                continue
            words = copy.sources
            values = [
                word.value if word.value.startswith(_HERE) else value
                for word, value in zip(words, copy.values, strict=True)
            ]
            if any(value is None or is_url(value) or is_archive(value) for value in values):
                continue
            keyword = "COPY" if instruction.raw_name.isupper() else "copy"
            certain = all(_is_plain(dockerfile, word) for word in words)
            yield Diagnostic(
                instruction.name_span,
                f"ADD copies {_named(words)}" + (" from the context" if words else ""),
                help="use COPY instead",
                evidence=" ".join(word.value for word in words),
                fix=Fix(
                    f"Change {instruction.raw_name} to {keyword}",
                    (Edit(instruction.name_span, keyword),),
                    Applicability.SAFE if certain else Applicability.UNSAFE,
                ),
            )


_HERE = ("$PWD/", "${PWD}/")
"""A folder, whatever it is; nothing sets it in a build."""


def _named(words: list[Word]) -> str:
    """The sources of an ADD, for a message."""
    if not words:
        return "a heredoc"
    more = f" and {len(words) - 1} more" if len(words) > 1 else ""
    return words[0].value + more


def _is_plain(dockerfile: Dockerfile, word: Word) -> bool:
    """Whether a source cannot be a tar archive: a folder, or a file with some other ending."""
    path = word.value
    if word.has_variable:
        return False
    name = posixpath.basename(path)
    if path.endswith("/") or name in (".", "..", ""):
        return True
    if "*" in name.rpartition(".")[2] or "?" in name:
        return False
    if "." in name[1:] or name.startswith("."):
        return True
    folder = dockerfile.folder
    if folder is None:
        return False
    return dockerfile.project.reader.kind(f"{folder}/{path.lstrip('/')}") == "folder"


_ROOT = frozenset(("root", "root:", "root:root", "root:0", "0", "0:", "0:0", "0:root"))
"""Ways to write root as owner and group."""


@rule(
    "DF215",
    "chown-layer",
    Severity.WARNING,
    category="resources",
    words=("chown",),
    strict_in=("production", "hardened"),
    ignore_when="Where the copied files are few and small.",
    sources=(REFERENCE + "#copy---chown---chmod",),
    examples=(
        Example(
            bad='FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev && npm cache clean --force\nCOPY . .\nRUN chown -R node:node /app  # error: chown\nUSER node\nCMD ["node", "server.js"]\n',
            good='FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev && npm cache clean --force\nCOPY --chown=node:node . .\nUSER node\nCMD ["node", "server.js"]\n',
        ),
    ),
)
def chown_layer(stage: Stage) -> Iterator[Diagnostic]:
    """A RUN changes the owner of files that COPY has copied, and so stores all of them a second time.

    Why: Layers hold whole files: a new owner means a new copy.

    `COPY --chown` sets the owner in the first place. Only recursive changes count, in a stage
    that is part of the image that runs; files that a RUN makes and gives away itself are left
    alone, and so is a change to root, which what COPY brings does not need, or one beside a
    recursive `chmod`, which stores the files again anyway. Where only a few files of the
    context are copied, their second copy is small: stricter presets report that, too.
    """
    if not stage.ships:
        return
    for run, command in stage.calls.get("chown", ()):
        options = command.options()
        if not options.has("-R", "--recursive"):
            continue
        for word in options.operands[1:]:
            folder = _absolute(word.literal, run.workdir)
            instruction = _copied_into(run, folder) if folder else None
            if instruction is not None:
                owner = options.operands[0].value
                mode = _new_mode(stage, run, folder or "")
                if mode and not (mode.isdigit() and _fills(stage, instruction, folder)):
                    continue  # the files are stored again all the same
                if owner in _ROOT:
                    continue  # for what was unpacked or built there: COPY gives its own to root
                help = f"set the owner when copying: `COPY --chown={owner}`"
                if _made_between(run, instruction, owner.partition(":")[0]):
                    help = f"create the user above that line, and copy with `--chown={owner}`"
                if mode:
                    help += f" --chmod={mode}"
                yield Diagnostic(
                    command.span,
                    f"changing the owner of {folder} stores a second time what line {instruction.start_line} copied",
                    help=help,
                    related=[Related(instruction.span, "copied here")],
                    evidence=shown(command),
                    strict=not _is_large(run, folder or "", instruction),
                )
                break


_PROJECT_MANAGERS = NODE_MANAGERS | {"bundle", "cargo", "composer", "go", "uv"}
"""Managers that install below the folder that they run in."""


def _new_mode(stage: Stage, chowning: Run, folder: str) -> str:
    """The mode that a RUN from there on gives to all files in a folder as well; empty without one."""
    for run, command in stage.calls.get("chmod", ()):
        options = command.options()
        if run.instruction.start < chowning.instruction.start or not options.has(
            "-R", "--recursive"
        ):
            continue
        paths = (_absolute(word.literal, run.workdir) for word in options.operands[1:])
        if any(path is not None and is_inside(path, folder) for path in paths):
            return options.operands[0].value
    return ""


def _fills(stage: Stage, copied: Instruction, folder: str | None) -> bool:
    """Whether a folder is the target of one COPY, which can give the mode as well."""
    return any(copy.instruction is copied and copy.target == folder for copy in stage.copies)


def _is_large(chowning: Run, folder: str, copied: Instruction) -> bool:
    """Whether more than sources is in a folder: dependencies, what was built, another stage's result."""
    if copied.flag("from"):
        return True
    for stage in chain_of(chowning.stage):
        built = {id(step.command) for step in build_steps(stage)}
        for run in stage.runs:
            if stage is chowning.stage and run.instruction.start >= chowning.instruction.start:
                break
            if run.workdir is not None and not is_inside(folder, run.workdir):
                continue
            if any(_fills_folder(run, call, folder) for call in run.packages) or any(
                id(command) in built for command in run.script.commands
            ):
                return True
    return False


def _fills_folder(run: Run, call: PackageCommand, folder: str) -> bool:
    """Whether a call installs packages below the folder that it runs in."""
    if call.manager in _PROJECT_MANAGERS:
        is_global = call.options.has("-g", "--global") or call.action.startswith("global-")
        return call.action in ("install", "ci", "add", "sync") and not is_global
    if call.manager not in ("pip", "poetry", "pipenv"):
        return False
    if call.options.has("-t", "--target"):
        return True
    variable = run.variable("VIRTUAL_ENV")
    return f"{folder}/" in run.script.text or (
        variable is not None and is_inside(folder, variable.value or "/")
    )


_MAKE_USERS = ("useradd", "adduser", "groupadd", "addgroup")


def _made_between(run: Run, copied: Instruction, user: str) -> bool:
    """Whether a user is made below a COPY, so that the COPY cannot name it."""
    return any(
        other.instruction.start > copied.start
        for name in _MAKE_USERS
        for other, command in run.stage.calls.get(name, ())
        if other.instruction.start <= run.instruction.start
        and any(word.value == user for word in command.args)
    )


def _absolute(path: str | None, workdir: str | None) -> str | None:
    """A path of the image from its root, as far as it is known."""
    if not path or (workdir is None and not path.startswith("/")):
        return None
    return posixpath.normpath(posixpath.join(workdir or "", path))


def _copied_into(run: Run, folder: str) -> Instruction | None:
    """The COPY above a RUN that fills a folder and sets no owner, if any.

    Single files do not count: they are small.
    """
    inside = folder.rstrip("/") + "/"
    for copy in run.stage.copies:
        target, instruction = copy.target or "/", copy.instruction
        if (
            instruction.start < run.instruction.start
            and not instruction.flag("chown")
            and target != "/"
            and (target == folder or target.startswith(inside))
            and any(
                not posixpath.splitext(word.value.rstrip("/"))[1] or word.value.endswith("/")
                for word in copy.sources
            )
        ):
            return instruction
    return None

"""What the order and the form of instructions cost: cache misses, doubled files, large layers."""

from __future__ import annotations

import posixpath

from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.packages import NODE_MANAGERS, RPM_MANAGERS
from ._copies import TAR_ARCHIVES, is_archive, is_url, takes_root
from ._runs import call_span, call_text, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import Copy, Dockerfile, Stage
    from ...linter.source.dockerfile_parts import Word
    from ...linter.source.packages import PackageCommand
    from ...linter.source.shell import SimpleCommand

CACHE = "https://docs.docker.com/build/cache/optimize/#order-your-layers"
REFERENCE = "https://docs.docker.com/reference/dockerfile/"

MANIFESTS = {
    "npm": "package.json and package-lock.json",
    "yarn": "package.json and yarn.lock",
    "pnpm": "package.json and pnpm-lock.yaml",
    "bun": "package.json and bun.lock",
    "pip": "the requirements file",
    "poetry": "pyproject.toml and poetry.lock",
    "pipenv": "Pipfile and Pipfile.lock",
    "uv": "pyproject.toml and uv.lock",
    "bundle": "Gemfile and Gemfile.lock",
    "composer": "composer.json and composer.lock",
    "go": "go.mod and go.sum",
    "cargo": "Cargo.toml and Cargo.lock",
}
"""What each manager needs to know which dependencies to install."""


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


_SYSTEM = RPM_MANAGERS | {"apt", "apk", "zypper"}


def _installs_system(call: PackageCommand) -> bool:
    return (
        call.manager in _SYSTEM
        and call.action == "install"
        and bool(call.operands)
        and not any("/" in word.value or word.value.startswith(".") for word in call.operands)
    )


@rule(
    "DF202",
    "copy-before-install",
    Severity.WARNING,
    category="resources",
    sources=(CACHE,),
    examples=(
        Example(
            bad='FROM node:22-alpine\nWORKDIR /app\nCOPY . .  # error: COPY . .\nRUN npm ci --omit=dev\nUSER node\nCMD ["node", "server.js"]\n',
            good='FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY . .\nUSER node\nCMD ["node", "server.js"]\n',
        ),
    ),
)
def copy_before_install(stage: Stage) -> Iterator[Diagnostic]:
    """The whole context is copied before dependencies are installed: each change reinstalls them.

    Docker builds every instruction anew that follows one whose files have changed. Copy the files
    that list the dependencies first, install, and copy the sources then. A RUN with a cache mount
    is left alone, and so is an install that needs the sources (`pip install .`) or one that
    follows an earlier install from the manifest alone.
    """
    copied: Copy | None = None
    installed: set[str] = set()
    runs = {run.instruction.start: run for run in stage.runs}
    copies = {copy.instruction.start: copy for copy in stage.copies}
    found: list[PackageCommand] = []
    for instruction in stage.instructions:
        inner = instruction.inner or instruction
        run = runs.get(inner.start)
        if run is not None:
            for call in run.packages:
                manifest = installs_manifest(call)
                if copied is None:
                    if manifest:
                        installed.add(call.manager)
                elif any(mount.type == "cache" for mount in run.mounts):
                    continue
                elif (manifest and call.manager not in installed) or _installs_system(call):
                    found.append(call)
        elif copied is None and inner.start in copies and takes_root(copies[inner.start]):
            copied = copies[inner.start]
    if copied is None or not found:
        return
    first = next((call for call in found if installs_manifest(call)), found[0])
    span = copied.instruction.span
    line = call_span(first).file.position(call_span(first).start).line
    what = "its dependencies" if installs_manifest(first) else "the packages"
    manifest_name = MANIFESTS.get(first.manager)
    yield Diagnostic(
        span,
        f"`{' '.join(copied.instruction.text.split())}` comes before `{call_text(first)}` (line {line}): each change of a file installs {what} again",
        help=f"copy {manifest_name} first, install, then copy the rest"
        if manifest_name
        else f"move `{call_text(first)}` above it",
        related=[Related(call_span(call), f"`{call_text(call)}` runs again") for call in found],
        evidence=call_text(first),
    )


_UNPACKERS = frozenset(("tar", "bsdtar"))


@rule(
    "DF208",
    "archive-copied",
    Severity.INFO,
    category="resources",
    equivalents=("hadolint:DL3010",),
    sources=(REFERENCE + "#adding-local-tar-archives",),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nCOPY rootfs.tar.gz /tmp/  # error: rootfs.tar.gz\nRUN tar -xzf /tmp/rootfs.tar.gz -C /opt\n",
            good="FROM debian:trixie-slim\nADD rootfs.tar.gz /opt/\n",
        ),
    ),
)
def archive_copied(stage: Stage) -> Iterator[Diagnostic]:
    """A local tar archive is copied into one layer and unpacked into the next.

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
            command = next(
                (
                    command
                    for key in (name, renamed)
                    for start, command in unpacked.get(key, ())
                    if start > word.start
                ),
                None,
            )
            if command is not None:
                yield Diagnostic(
                    word.span,
                    f"{name} is copied into one layer and unpacked into another",
                    help="ADD unpacks a local tar archive itself",
                    related=[Related(command.span, "unpacked here")],
                    evidence=name,
                )


def _unpacked(stage: Stage) -> dict[str, list[tuple[int, SimpleCommand]]]:
    """The archives that RUN unpacks: where, by name."""
    found: dict[str, list[tuple[int, SimpleCommand]]] = {}
    for name in _UNPACKERS:
        for run, command in stage.calls.get(name, ()):
            if not _extracts(command):
                continue
            for word in command.args:
                if word.value.lower().endswith(TAR_ARCHIVES):
                    key = posixpath.basename(word.value)
                    found.setdefault(key, []).append((run.instruction.start, command))
    return found


def _extracts(command: SimpleCommand) -> bool:
    first = command.args[0].value if command.args else ""
    return (first.isalpha() and "x" in first) or any(
        word.value in ("--extract", "--get")
        or (word.value.startswith("-") and word.value[1:2] != "-" and "x" in word.value)
        for word in command.args
    )


@rule(
    "DF209",
    "add-for-local",
    Severity.WARNING,
    category="style",
    equivalents=("hadolint:DL3020", "trivy:DS-0005", "checkov:CKV_DOCKER_4"),
    sources=("https://docs.docker.com/build/building/best-practices/#add-or-copy",),
    examples=(
        Example(
            bad="FROM nginx:1.29-alpine\nADD dist/ /usr/share/nginx/html/  # error: ADD\n",
            good="FROM nginx:1.29-alpine\nCOPY dist/ /usr/share/nginx/html/\n",
        ),
    ),
    fix=Applicability.SAFE,
)
def add_for_local(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """ADD copies plain files of the context, which COPY says more clearly.

    ADD also fetches addresses and unpacks tar archives, so that the reader, and a later rename of a
    file, may be in for a surprise. Addresses, git repositories, archives, sources with variables
    and ADD with `--checksum`, `--unpack` or `--keep-git-dir` are left alone. The fix is safe unless
    a source without an ending might be an archive after all.
    """
    for stage in dockerfile.all_stages:
        for copy in stage.copies:
            instruction = copy.instruction
            if instruction.name != "ADD" or not instruction.sources:
                continue
            if any(instruction.flag(name) for name in ("checksum", "unpack", "keep-git-dir")):
                continue
            words = copy.sources
            if any(
                word.has_variable or is_url(word.value) or is_archive(word.value) for word in words
            ):
                continue
            keyword = "COPY" if instruction.raw_name.isupper() else "copy"
            certain = all(_is_plain(dockerfile, word) for word in words)
            yield Diagnostic(
                instruction.name_span,
                f"ADD copies {_named(words)} from the context",
                help="use COPY",
                evidence=" ".join(word.value for word in words),
                fix=Fix(
                    f"Change {instruction.raw_name} to {keyword}",
                    (Edit(instruction.name_span, keyword),),
                    Applicability.SAFE if certain else Applicability.UNSAFE,
                ),
            )


def _named(words: list[Word]) -> str:
    if not words:
        return "a heredoc"
    if len(words) == 1:
        return words[0].value
    return f"{words[0].value} and {len(words) - 1} more"


def _is_plain(dockerfile: Dockerfile, word: Word) -> bool:
    """Whether a source cannot be a tar archive: a folder, or a file with some other ending."""
    path = word.value
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


@rule(
    "DF215",
    "chown-layer",
    Severity.WARNING,
    category="resources",
    sources=(REFERENCE + "#copy---chown---chmod",),
    examples=(
        Example(
            bad='FROM node:22-alpine\nWORKDIR /app\nCOPY . .\nRUN chown -R node:node /app  # error: chown\nUSER node\nCMD ["node", "server.js"]\n',
            good='FROM node:22-alpine\nWORKDIR /app\nCOPY --chown=node:node . .\nUSER node\nCMD ["node", "server.js"]\n',
        ),
    ),
)
def chown_layer(stage: Stage) -> Iterator[Diagnostic]:
    """A RUN changes the owner of what COPY has put there, and so stores all of it a second time.

    Layers hold whole files: a new owner means a new copy. `COPY --chown` sets the owner in the
    first place. Only recursive changes count, in a stage that is part of the image that runs;
    files that a RUN makes and gives away itself are left alone.
    """
    if not stage.ships:
        return
    chowns = [*stage.calls.get("chown", ()), *stage.calls.get("chgrp", ())]
    if not chowns:
        return
    copies = [copy for copy in stage.copies if copy.target and copy.target != "/"]
    for run, command in chowns:
        options = command.options()
        if not options.has("-R", "--recursive") or len(options.operands) < 2:
            continue
        for word in options.operands[1:]:
            folder = _absolute(word.literal, run.workdir)
            copy = next(
                (
                    copy
                    for copy in copies
                    if copy.instruction.start < run.instruction.start
                    and not copy.instruction.flag("chown")
                    and folder
                    and _inside(copy.target or "", folder)
                    and _is_large(copy)
                ),
                None,
            )
            if copy is not None and command.name == "chown":
                owner = options.operands[0].value
                yield Diagnostic(
                    command.span,
                    f"changing the owner of {folder} stores what line {copy.instruction.start_line} copied a second time",
                    help=f"give the owner when copying: COPY --chown={owner}",
                    related=[Related(copy.instruction.span, "copied here")],
                    evidence=shown(command),
                )
                break


def _is_large(copy: Copy) -> bool:
    """Whether more than single files is copied: those weigh little."""
    return any(
        not posixpath.splitext(word.value.rstrip("/"))[1] or word.value.endswith("/")
        for word in copy.sources
    )


def _absolute(path: str | None, workdir: str | None) -> str | None:
    if not path:
        return None
    if not path.startswith("/"):
        if workdir is None:
            return None
        path = posixpath.join(workdir, path)
    return posixpath.normpath(path)


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")

"""Permissions, ports, folders and commands that do not belong in an image."""

from __future__ import annotations

import re

from ...linter.images import facts_for, parse_reference
from ...linter.rule import Diagnostic, Example, Severity, rule
from .._sources import CHEATSHEET, REFERENCE
from ._runs import effective, is_explained, name_span, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.syntax import SimpleCommand


def is_world_writable(mode: str) -> bool:
    """Whether a mode of chmod allows every user to write (a sticky folder such as /tmp does no harm)."""
    if mode.isdigit():
        special = mode[-4:-3] or "0"
        return len(mode) in (3, 4, 5) and mode[-1] in "2367" and special not in "1357"
    clauses = mode.split(",")
    if any(clause.partition("+")[2].startswith("t") for clause in clauses):
        return False
    for clause in clauses:
        who, sign, rights = clause.partition("+" if "+" in clause else "=")
        is_everybody = sign and set(who) <= set("ugoa") and not set("oa").isdisjoint(who)
        if is_everybody and "w" in rights and "t" not in rights:
            return True
    return False


@rule(
    "DF308",
    "world-writable",
    Severity.WARNING,
    category="security",
    words=("chmod", "mkdir", "install"),
    ignore_when=(
        "Where the container runs under a user whose number is not known before, as on OpenShift."
    ),
    sources=("https://owasp.org/www-community/vulnerabilities/Insecure_Permissions",),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN mkdir /data && chmod 777 /data  # error: chmod 777\n",
            good="FROM debian:trixie-slim\nRUN mkdir /data && chown 1000:1000 /data && chmod 750 /data\n",
        ),
    ),
    security_severity=4.0,
)
def world_writable(stage: Stage) -> Iterator[Diagnostic]:
    """Every user in the container may change these files, programs and configuration included.

    Why: A program that is taken over, under whichever user, can then replace what other users
    run.

    Give them to the user that needs them (`chown`, `COPY --chown`). Folders with the sticky bit,
    like `/tmp` (mode 1777), are left alone, and so are stages that are not part of the image that
    runs.
    """
    if not stage.ships:
        return
    for name in ("chmod", "mkdir", "install"):
        for run, command in stage.calls.get(name, ()):
            if name == "chmod":
                mode = next((arg.value for arg in command.args if arg.value[:1] != "-"), "")
                advice = "change the owner to the user that needs the files"
            else:
                mode = command.options(_WITH_MODE).get("-m", "--mode") or ""
                advice = "change the owner to the user that needs it"
            if not is_world_writable(mode) or _is_temporary(command):
                continue
            if not is_explained(run, command, *_REASONS):
                yield Diagnostic(
                    command.span,
                    f"`{shown(command)}` allows every user to write",
                    help=advice,
                    evidence=shown(command),
                )
    for instruction in effective(stage):
        flag = instruction.flag("chmod") if instruction.name in ("COPY", "ADD") else None
        if flag is not None and flag.value and is_world_writable(flag.value):
            yield Diagnostic(
                flag.span,
                f"--chmod={flag.value} allows every user to write",
                help="use `--chown` for the user that needs them",
                evidence=flag.value,
            )


_REASONS = (
    "(?:any|all|arbitrary|every|other|random|unknown)[- ](?:non-?root )?(?:users?|uids?|body|one)",
    "every(?:one|body)", "any(?:one|body)", "openshift", "rootless", "world[- ]?writ",
    "writ(?:e?able|ten) (?:by|for|to)",
)  # fmt: skip
"""Words of comments that say why everybody may write."""


def _is_temporary(command: SimpleCommand) -> bool:
    """Whether a command only changes what ``mktemp`` has made in the same script."""
    targets = [word for word in command.args if word.value[:1] != "-"][1:]
    return (
        bool(targets)
        and "mktemp" in command.script.text
        and all(word.value.startswith("$") for word in targets)
    )


_WITH_MODE = frozenset(("-m", "--mode", "-o", "-g", "--owner", "--group", "-t"))


_SSH = frozenset((
    "bastion", "forgejo", "gerrit", "git", "gitea", "gitlab", "gitserver", "gogs", "jumphost",
    "openssh", "rsync", "sftp", "ssh", "sshd", "tunnel",
))  # fmt: skip
"""Words in the paths of images that serve SSH."""


@rule(
    "DF309",
    "ssh-port",
    Severity.WARNING,
    category="security",
    words=("22",),
    equivalents=("trivy:DS-0004", "checkov:CKV_DOCKER_1"),
    ignore_when="Where logging in over SSH is what the image is for.",
    sources=(CHEATSHEET,),
    examples=(
        Example(
            bad="FROM nginx:1.30-alpine\nEXPOSE 80 22  # error: 22\n",
            good="FROM nginx:1.30-alpine\nEXPOSE 80\n",
        ),
    ),
    security_severity=4.0,
)
def ssh_port(stage: Stage) -> Iterator[Diagnostic]:
    """The image exposes port 22, but `docker exec` gives access without an SSH server.

    Why: An SSH server in a container is another service with keys, passwords and flaws of its
    own.

    Left alone are images whose own command is an SSH server, and those whose folder or file is
    called after one.
    """
    if "22" not in stage.dockerfile.source.text or not stage.ships:
        return
    if not _SSH.isdisjoint(re.split(r"[^a-z]+", stage.dockerfile.path.lower())):
        return
    for command in (stage.syntax.final.entrypoint, stage.syntax.final.cmd):
        if command is not None and re.search(r"\b(?:sshd|dropbear|sftp|git)\b", command.command):
            return
    for instruction in effective(stage):
        if instruction.name != "EXPOSE":
            continue
        for word in instruction.words:
            if word.value.lower() in ("22", "22/tcp", "22/udp"):
                yield Diagnostic(
                    word.span,
                    "port 22 is the port of SSH",
                    help="use `docker exec`, and remove the SSH server",
                    evidence=word.value,
                )


@rule(
    "DF310",
    "whole-filesystem-copy",
    Severity.WARNING,
    category="build",
    words=("from=",),
    equivalents=("hadolint:DL3067",),
    sources=(REFERENCE + "#copy---from",),
    examples=(
        Example(
            bad="FROM debian:trixie AS build\nRUN make\n\nFROM debian:trixie-slim\nCOPY --from=build / /  # error: COPY\n",
            good="FROM debian:trixie AS build\nRUN make\n\nFROM debian:trixie-slim\nCOPY --from=build /usr/local/bin/app /usr/local/bin/\n",
        ),
    ),
)
def whole_filesystem_copy(stage: Stage) -> Iterator[Diagnostic]:
    """A stage's whole file system is copied over another one, build tools and caches included.

    Why: The second system is mixed with the first one, whose package lists no longer fit.

    Copy what is needed. Into an empty stage (`FROM scratch`) it makes one layer of many, which
    is fine, and so is a source that holds no system of its own: a stage from scratch, or an
    image that is not known (some are made to be copied whole). Stages that are not part of the
    image that runs are left alone.
    """
    if stage.syntax.from_scratch:
        return
    if not stage.ships:
        from ...linter.analysis.image_contents import layers_ship

        if not layers_ship(stage):
            return
    for copy in stage.copies:
        if (
            copy.target == "/"
            and any(word.value in ("/", "/.", "/*") for word in copy.sources)
            and _is_system(stage, copy.source_stage)
        ):
            yield Diagnostic(
                copy.instruction.span,
                f'the whole file system of stage "{copy.source_stage}" is copied over this image',
                help="copy only what is needed",
                evidence=copy.source_stage,
            )


def _is_system(stage: Stage, source: str) -> bool:
    """Whether what ``--from`` names contains a whole system."""
    if not source:
        return False
    source_stage = stage.syntax.stages.resolve(source)
    if source_stage is not None:
        source = source_stage.root.base_name or ""
    reference = parse_reference(source) if source and source != "scratch" else None
    facts = facts_for(reference) if reference else None
    return facts is not None and facts.os not in (None, "", "scratch")


_SYSTEM_FOLDERS = ("/proc/", "/dev/", "/boot/", "/sys/")


@rule(
    "DF311",
    "workdir-system-dir",
    Severity.WARNING,
    category="build",
    words=("proc", "dev", "boot", "sys"),
    equivalents=("trivy:DS-0030",),
    sources=(REFERENCE + "#workdir",),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nWORKDIR /dev/app  # error: /dev/app\n",
            good="FROM debian:trixie-slim\nWORKDIR /app\n",
        ),
    ),
)
def workdir_system_dir(stage: Stage) -> Iterator[Diagnostic]:
    """A working folder or volume is inside a folder that the kernel provides: no files can be stored there.

    The container's own `/proc`, `/sys` and `/dev` are mounted over what the image holds.
    """
    for outer, state in stage.syntax.walk():
        instruction = outer.inner or outer
        if instruction.name not in ("WORKDIR", "VOLUME"):
            continue
        for word in instruction.words:
            path = state.scope.expand(word)
            if path and f"{path}/".startswith(_SYSTEM_FOLDERS):
                yield Diagnostic(
                    word.span,
                    f"{path} is inside a folder that the kernel provides",
                    help="use a folder such as /app or /srv",
                    evidence=path,
                )


_NEEDLESS = {
    "free": "shows the memory of the machine that builds",
    "ifconfig": "shows the network of the build",
    "kill": "ends a process of this RUN, which ends with it anyway",
    "mount": "needs privileges that a build does not have, and ends with the RUN",
    "ps": "shows the processes of this RUN",
    "reboot": "has no machine to restart",
    "service": "starts a service that ends with the RUN",
    "shutdown": "has no machine to stop",
    "ssh": "opens a connection that ends with the RUN",
    "top": "waits for input, which a build does not have",
    "vim": "waits for input, which a build does not have",
}


@rule(
    "DF312",
    "needless-command",
    Severity.INFO,
    category="build",
    words=(
        "free",
        "ifconfig",
        "kill",
        "mount",
        "ps",
        "reboot",
        "service",
        "shutdown",
        "ssh",
        "top",
        "vim",
    ),
    equivalents=("hadolint:DL3001",),
    sources=("https://docs.docker.com/build/building/best-practices/#decouple-applications",),
    examples=(
        Example(
            bad="FROM nginx:1.30\nRUN service nginx start  # error: service\n",
            good='FROM nginx:1.30\nCMD ["nginx", "-g", "daemon off;"]\n',
        ),
    ),
)
def needless_command(stage: Stage) -> Iterator[Diagnostic]:
    """A command in RUN has no lasting effect on an image, or waits for input.

    What RUN starts ends with it. Starting a service, using it and stopping it within one RUN is
    left alone, as are `kill` for a process of the same RUN and `ssh` with `--mount=type=ssh`.
    """
    for name, why in _NEEDLESS.items():
        for run, command in stage.calls.get(name, ()):
            if not _has_reason(run, command):
                yield Diagnostic(
                    name_span(command),
                    f"`{shown(command)}` {why}",
                    help="delete it",
                    evidence=shown(command),
                )


def _has_reason(run: Run, command: SimpleCommand) -> bool:
    """Whether a command that has no lasting effect may still be of use in its RUN."""
    name = command.name
    if any(word.value in ("--version", "--help", "-V") for word in command.args):
        return True
    outer = [other for other in run.script.commands if not other.nesting]
    if name == "service":
        return len(outer) > 1
    if name in ("kill", "ps"):
        return len(outer) > 1 or any(other.after == "&" for other in outer)
    if name == "ssh":
        return any(mount.type in ("ssh", "secret") for mount in run.mounts)
    if name == "mount":
        return any(flag.value == "insecure" for flag in run.instruction.flags)
    return command.in_pipeline

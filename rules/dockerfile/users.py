"""Who the image's processes run as."""

from __future__ import annotations

import posixpath
import re

from ...linter.analysis.development import is_development_stage
from ...linter.base.names import is_root_user
from ...linter.base.patterns import on_demand
from ...linter.base.text import Span
from ...linter.edits.scripts import can_edit
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ._building import is_base_image
from ._runs import chain_of, effective, shown
from .exec_form import INSTANT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Dockerfile, Run, Stage
    from ...linter.source.dockerfile.scope import Setting
    from ...linter.source.shell.syntax import SimpleCommand

USER = "https://docs.docker.com/build/building/best-practices/#user"

_DROPPERS = ("gosu", "su-exec", "setpriv", "runuser", "s6-", "setuidgid", "suexec", "step-down")
_DROPPING_SERVERS = frozenset((
    "apache2-foreground", "apache2ctl", "apachectl", "cron", "crond", "dockerd", "haproxy", "httpd",
    "httpd-foreground", "init", "nginx", "php-fpm", "postfix", "sshd", "supervisord", "systemd",
))  # fmt: skip
_NAMED_USERS = {
    "node": "node",
    "ghost": "node",
    "php": "www-data",
    "elasticsearch": "elasticsearch",
}


@rule(
    "DF301",
    "image-runs-as-root",
    Severity.WARNING,
    category="security",
    strict_in=("production", "hardened"),
    equivalents=(
        "hadolint:DL3002",
        "trivy:DS-0002",
        "checkov:CKV_DOCKER_3",
        "checkov:CKV_DOCKER_8",
        "parfum:DL3002",
    ),
    ignore_when=(
        "Where the program needs root to start, or whoever runs the image sets the user, "
        "such as `runAsUser` in Kubernetes."
    ),
    sources=(
        USER,
        "https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html#rule-2-set-a-user",
    ),
    examples=(
        Example(
            bad='FROM node:22-alpine  # error: node:22-alpine\nWORKDIR /app\nCOPY . .\nCMD ["node", "server.js"]\n',
            good='FROM node:22-alpine\nWORKDIR /app\nCOPY . .\nUSER node\nCMD ["node", "server.js"]\n',
        ),
        Example(
            bad='FROM python:3.13-slim\nWORKDIR /app\nRUN useradd app\nUSER app\nCOPY . .\nUSER root  # error: root\nCMD ["python", "main.py"]\n',
            good='FROM python:3.13-slim\nWORKDIR /app\nRUN useradd app\nCOPY . .\nUSER app\nCMD ["python", "main.py"]\n',
        ),
    ),
    security_severity=6.0,
)
def image_runs_as_root(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """The image runs its process as root, because no USER is set.

    An attacker who takes over the process is then root in the container, one flaw or one careless mount
    away from the host. Only the stage that runs counts, not those that build. Left alone are base
    images that are known to run as another user or that are not known at all, images that start as
    root and hand over to another user themselves (gosu, su-exec, nginx, …), stages that Docker
    Compose runs with `user:` (root too, which is then intended), and files that are called a base (`Dockerfile.base`). Dockerfiles and
    stages for development (`Dockerfile.dev`) are left to stricter presets, and so are images that
    only copy files to a volume and end.
    """
    for stage in dockerfile.final_stages:
        if stage.syntax.windows or is_base_image(stage) or _compose_sets_user(dockerfile, stage):
            continue
        user = stage.syntax.final.user
        diagnostic = _inherited(stage) if user is None else _explicit(user)
        if diagnostic is not None and not _drops(stage):
            diagnostic.owner = ("stage", stage.label)
            diagnostic.strict = is_development_stage(stage) or _only_copies(stage)
            yield diagnostic


def _only_copies(stage: Stage) -> bool:
    """Whether the image's command does no more than copy files, so that the container ends at once."""
    final = stage.syntax.final
    if final.cmd is None or final.entrypoint is not None:
        return False
    if any(build.service.get("entrypoint") is not None for build in stage.dockerfile.builds):
        return False
    script = next(filter(None, (part.scripts.get(final.cmd) for part in chain_of(stage))), None)
    commands = script.commands if script is not None and script.complete else []
    return any(command.name == "cp" for command in commands) and all(
        command.name in INSTANT for command in commands
    )


def _explicit(user: Setting) -> Diagnostic | None:
    """The finding on a USER that is root."""
    if user.value is None or not is_root_user(user.value):
        return None
    words = user.instruction.words
    return Diagnostic(
        words[0].span if words else user.instruction.span,
        "the last USER is root, so the image runs as root",
        help="set USER to another user after the steps that need root",
        evidence=user.value,
    )


def _inherited(stage: Stage) -> Diagnostic | None:
    """The finding on a stage without USER whose base image runs as root."""
    root, word, final = stage.syntax.root, stage.syntax.base, stage.syntax.final
    if word is None:
        return None
    if root.from_scratch:
        if final.cmd is None and final.entrypoint is None:
            # A build's output to be written to a folder: nothing in it runs.
            return None
        return Diagnostic(
            word.span,
            "USER is not set, and an image from scratch runs as root",
            help="add a number: `USER 65532`",
            evidence="scratch",
        )
    facts = stage.facts
    if facts is None or not facts.runs_as_root:
        return None
    if facts.drops_privileges and final.entrypoint is None:
        return None
    name = "nonroot" if facts.os == "distroless" else _NAMED_USERS.get(facts.name)
    base = (root.base_name or facts.name).partition("@")[0]
    return Diagnostic(
        word.span,
        f"USER is not set, and {base} runs as root",
        help=(
            f"make a user the owner of what the program writes, and set it with USER (the image has {name})"
            if name
            else "create a user that owns what the program writes, and set it with USER"
        ),
        evidence=base,
    )


def _compose_sets_user(dockerfile: Dockerfile, stage: Stage) -> bool:
    """Whether every service that runs the stage is given a user; root is then intended."""
    builds = [
        build
        for build in dockerfile.builds
        if (dockerfile.stages.resolve(build.target) if build.target else dockerfile.stages.last)
        is stage.syntax
    ]
    return bool(builds) and all(build.service.get("user") is not None for build in builds)


def _drops(stage: Stage) -> bool:
    """Whether something in the image starts as root in order to become another user."""
    final = stage.syntax.final
    for part in chain_of(stage):
        for instruction in (final.entrypoint, final.cmd):
            script = part.scripts.get(instruction) if instruction is not None else None
            for command in script.commands if script is not None else ():
                if command.name in _DROPPING_SERVERS:
                    return True
        for instruction in effective(part):
            if instruction.name in ("RUN", "COPY", "ADD", "ENTRYPOINT", "CMD"):
                texts = [instruction.text, *(heredoc.body for heredoc in instruction.heredocs)]
                if any(name in text for name in _DROPPERS for text in texts):
                    return True
    return _script_drops(stage)


def _script_drops(stage: Stage) -> bool:
    """Whether an entry script of the context calls one of the tools that change the user."""
    folder, project = stage.dockerfile.folder, stage.dockerfile.project
    if folder is None:
        return False
    tools = (*_DROPPERS, "su -s", "su -c", "su - ")
    copies = [copy for part in chain_of(stage) for copy in part.copies if not copy.source_stage]
    for word in (word for copy in copies for word in copy.sources):
        name = posixpath.basename(word.value)
        if (name.endswith(".sh") or "entrypoint" in name) and "*" not in name:
            text = project.text(posixpath.join(folder, word.value.lstrip("/"))) or ""
            if any(tool in text for tool in tools) or _STARTS_SERVER.search(text):
                return True
    return False


_STARTS_SERVER = on_demand(
    r"^[ \t]*(?:exec[ \t]+)?(?:/[\w./]*/)?(?:php-fpm[\d.]*|nginx|apache2-foreground|apache2ctl|apachectl|httpd"
    r"|httpd-foreground|supervisord)(?:[ \t]+(?!-[tvV]\b)[^\n|]*)?$",
    re.MULTILINE,
)
"""Servers that start as root and give their workers to another user."""


@rule(
    "DF302",
    "non-numeric-user",
    Severity.INFO,
    category="security",
    presets=(),
    equivalents=("hadolint:DL3066",),
    sources=("https://kubernetes.io/docs/concepts/security/pod-security-standards/",),
    examples=(
        Example(
            bad='FROM node:22-alpine\nUSER node  # error: node\nCMD ["node", "server.js"]\n',
            good='FROM node:22-alpine\nUSER 1000\nCMD ["node", "server.js"]\n',
        ),
    ),
)
def non_numeric_user(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """USER is a name, and Kubernetes can verify only for a number that it is not root.

    Off by default: it matters where pods demand `runAsNonRoot`. The last USER of the image that
    runs counts; root itself is reported as `image-runs-as-root`.
    """
    for stage in dockerfile.final_stages:
        user = stage.syntax.final.user
        if user is None or not user.value or stage.syntax.windows:
            continue
        name = user.value.partition(":")[0]
        if name.isdigit() or is_root_user(name) or not user.instruction.words:
            continue
        yield Diagnostic(
            user.instruction.words[0].span,
            f"USER {name} is a name, not a number",
            help=f"write the number of {name}",
            evidence=name,
        )


@rule(
    "DF303",
    "sudo",
    Severity.WARNING,
    category="security",
    words=("sudo",),
    equivalents=(
        "hadolint:DL3004",
        "trivy:DS-0010",
        "checkov:CKV2_DOCKER_1",
        "parfum:DL3004",
    ),
    sources=(USER,),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN sudo mkdir /data  # error: sudo\n",
            good="FROM debian:trixie-slim\nRUN mkdir /data\n",
        ),
    ),
    fix=Applicability.UNSAFE,
    security_severity=4.0,
)
def sudo(stage: Stage) -> Iterator[Diagnostic]:
    """A RUN uses sudo, which either does nothing or lets the image's user become root.

    Instructions run as root until USER says otherwise, so sudo is needed only where a user may
    become root without a password, and then an attacker in the container may too. Switch with
    `USER root` and back instead. Installing sudo is not reported. The fix drops a plain `sudo`
    where the RUN is known to be root's.
    """
    for run in stage.runs:
        commands = [
            command
            for command in run.script.commands
            if "sudo" in command.wrappers or command.name == "sudo"
        ]
        if not commands:
            continue
        words = [
            next((word for word in command.words if _is_sudo(word.value)), command.words[0])
            for command in commands
        ]
        edits = _drop(run, commands) if _runs_as_root(run) else None
        yield Diagnostic(
            words[0].span,
            f"`{shown(commands[0])}` uses sudo",
            help="delete it, or switch with `USER root` and back",
            related=[Related(word.span, "and here") for word in words[1:]],
            evidence=shown(commands[0]),
            fix=Fix("Delete sudo", tuple(edits), Applicability.UNSAFE) if edits else None,
        )


def _is_sudo(text: str) -> bool:
    return text.rpartition("/")[2] == "sudo"


def _runs_as_root(run: Run) -> bool:
    """Whether a RUN is known to be executed by root."""
    user = run.user
    if user is not None:
        return user.value is not None and is_root_user(user.value)
    facts = run.stage.facts
    return facts is not None and bool(facts.runs_as_root)


def _drop(run: Run, commands: list[SimpleCommand]) -> list[Edit] | None:
    """The edits that take sudo away; None where one of the commands has to keep it."""
    edits = []
    for command in commands:
        words = command.words
        if len(words) < 2 or not _is_sudo(words[0].value) or not can_edit(run, command):
            return None
        following = words[1]
        if following.value.startswith("-") or "=" in following.value:
            return None
        file, place, end = run.script.file, words[0].span, following.span.start
        if file.text[place.end : end].strip(" \t"):
            return None
        edits.append(Edit(Span(file, place.start, end), ""))
    return edits

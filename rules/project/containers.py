"""What a service says about its container, against what is in it."""

from __future__ import annotations

from ...linter.analysis.container import container_of
from ...linter.analysis.listening import listening_ports
from ...linter.base.names import is_root_user
from ...linter.files.paths import is_inside
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from .._sources import REFERENCE, SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.base.text import Span
    from ...linter.model.service import Service
    from ...linter.source.dockerfile.stages import Stage
    from ...linter.source.shell.syntax import Script


@rule(
    "XF106",
    "port-mismatch",
    Severity.INFO,
    category="connect",
    words=("ports",),
    ignore_when=(
        "Where the program takes its port from something that no file of the repository shows."
    ),
    sources=(SPEC + "services/#ports", REFERENCE + "#expose"),
    examples=(
        Example(
            bad='services:\n  api:\n    build: .\n    ports:\n      - "127.0.0.1:8080:8080"  # error: "127.0.0.1:8080:8080"\n',
            good='services:\n  api:\n    build: .\n    ports:\n      - "127.0.0.1:8080:3000"\n',
            files={
                "Dockerfile": 'FROM node:24-alpine\nEXPOSE 3000\nUSER node\nCMD ["node", "server.js"]\n'
            },
        ),
    ),
)
def port_mismatch(service: Service) -> Iterator[Diagnostic]:
    """A published port leads to a port of the container that the image does not expose.

    Why: If nothing listens there, the published port answers nobody.

    The ports that the Dockerfile or the image exposes, and every number in the service's variables and
    command, count. Where a mounted file may configure the port nothing is said.
    """
    container = container_of(service)
    listening = listening_ports(service)
    if not service.ports or not listening.exposed or not service.runs_here:
        return
    ports = [
        port
        for port in service.ports
        if port.target is not None
        and not port.unknown
        and listening.exclude(port.target, count_declared=False)
    ]
    if not ports:
        return
    first, *others = ports
    exposed = sorted(listening.exposed)
    listed = ", ".join(map(str, exposed[:6])) + (", …" if len(exposed) > 6 else "")
    image = container.dockerfile.path if container.dockerfile else service.image or "the image"
    targets = ", ".join(str(port.target) for port in ports)
    yield Diagnostic(
        first.node,
        f'service "{service.name}" publishes port {targets} of its container, but {image} exposes {listed}',
        help="publish the port that the service listens on, or expose this one",
        subject=f"{service.path}.ports",
        evidence=targets,
        related=[Related(port.node.span, "the same here") for port in others],
    )


@rule(
    "XF109",
    "mount-hides-build",
    Severity.INFO,
    category="start",
    words=("volumes",),
    presets=("production",),
    ignore_when=(
        "Where the stack is for development and nothing shows it. A name such as "
        "`compose.dev.yaml` tells all rules so."
    ),
    sources=(SPEC + "services/#volumes", "https://docs.docker.com/engine/storage/bind-mounts/"),
    examples=(
        Example(
            bad="services:\n  api:\n    build: .\n    init: true\n    volumes:\n      - .:/app  # error: .:/app\n",
            good="services:\n  api:\n    build: .\n    init: true\n",
            preset="production",
            files={
                "Dockerfile": 'FROM node:24-alpine\nWORKDIR /app\nCOPY package.json .\nRUN npm install && npm cache clean --force\nCOPY server.js .\nUSER node\nCMD ["node", "server.js"]\n',
                "package.json": "{}\n",
                "server.js": "",
            },
        ),
    ),
)
def mount_hides_build(service: Service) -> Iterator[Diagnostic]:
    """A bind mount hides the folder of the image that contains the built files.

    What runs then is the host's copy, without the dependencies and build output of the image. That is
    how people work on code; in production the image must be enough. A volume for `node_modules` below
    it keeps those, not what was built. Overlays, profiles and services for development are left
    alone, and so are folders that the image declares as volumes.
    """
    stage, dockerfile = container_of(service).stage, container_of(service).dockerfile
    if stage is None or service.stack.is_test or not service.runs_here:
        return
    path = stage.final.workdir.value if stage.final.workdir else None
    if path is None or path == "/" or not _is_built(stage, path):
        return
    builder = dockerfile.path if dockerfile and not dockerfile.inline else "the Dockerfile"
    for mount in service.mounts:
        target = mount.target.rstrip("/")
        if mount.type != "bind" or mount.unknown or not target:
            continue
        if is_inside(target, path) and not (
            _is_a_volume(stage, target) or _is_for_development(service, mount.node.span)
        ):
            yield Diagnostic(
                mount.node,
                f"the bind mount {mount.source} hides {target}, where {builder} puts what it builds",
                help="move the mount to an override file for development",
                subject=f"{service.path}.volumes",
                evidence=target,
            )


def _is_for_development(service: Service, place: Span) -> bool:
    """Whether the stack, the service or the file with the place is for development."""
    from ...linter.analysis.development import is_for_development

    return is_for_development(service, place)


def _is_a_volume(stage: Stage, folder: str) -> bool:
    """Whether the image declares a folder as a volume, so that something is mounted there."""
    return any(
        (state.scope.expand(word) or "").rstrip("/") == folder
        for part in stage.chain()
        for instruction, state in part.walk()
        if instruction.name == "VOLUME"
        for word in instruction.words
    )


def _is_built(stage: Stage, path: str) -> bool:
    """Whether the chain of a stage copies or runs something in a folder."""
    for part in stage.chain():
        for instruction, state in part.walk():
            workdir = state.workdir.value if state.workdir else None
            if workdir == path and instruction.name in ("ADD", "COPY", "RUN"):
                return True
            if instruction.name in ("ADD", "COPY") and instruction.destination is not None:
                target = state.scope.expand(instruction.destination)
                if target is not None and target.rstrip("/.") == path:
                    return True
    return False


@rule(
    "XF112",
    "user-cannot-write",
    Severity.INFO,
    category="start",
    words=("build",),
    presets=("production",),
    sources=(
        "https://docs.docker.com/engine/storage/volumes/#populate-a-volume-using-a-container",
        REFERENCE + "#user",
    ),
    examples=(
        Example(
            bad="services:\n  api:\n    build: .\n    init: true\n    volumes:\n      - uploads:/data  # error: uploads:/data\nvolumes:\n  uploads:\n",
            good="services:\n  api:\n    build: .\n    init: true\n    volumes:\n      - uploads:/app/uploads\nvolumes:\n  uploads:\n",
            preset="production",
            files={
                "Dockerfile": 'FROM node:24-alpine\nWORKDIR /app\nRUN mkdir uploads && chown node uploads\nUSER node\nCMD ["node", "server.js"]\n'
            },
        ),
    ),
)
def user_cannot_write(service: Service) -> Iterator[Diagnostic]:
    """A service does not run as root, and the volume that it writes to belongs to root.

    Why: Writing fails with "permission denied": a new volume takes owner and content from the
    folder of the image that it is mounted over, and where the image has no such folder, root
    owns it.

    Make the folder in the Dockerfile and give it to the user before `USER`. Volumes that are
    mounted read-only are left alone.
    """
    container = container_of(service)
    stage = container.stage
    if stage is None or service.get("user") is not None or not service.runs_here:
        return
    user = stage.final.user
    name = (user.value or "").partition(":")[0] if user else ""
    if user is None or not name or is_root_user(name):
        return
    facts = container.facts
    # Web servers and proxies read what others write into the volume.
    if facts is None or facts.data_paths or facts.kind in ("proxy", "web-server"):
        return
    for mount in service.mounts:
        if mount.type != "volume" or mount.read_only or mount.unknown or not mount.target:
            continue
        if _may_be_given_away(stage, mount.target.rstrip("/")):
            continue
        yield Diagnostic(
            mount.node,
            f'service "{service.name}" runs as {user.value}, and a new volume at {mount.target} belongs '
            "to root",
            help=f"add to the Dockerfile, before USER: `RUN mkdir -p {mount.target} && chown "
            f"{user.value} {mount.target}`",
            subject=f"{service.path}.volumes",
            evidence=mount.target,
            related=[Related(user.instruction.span, "the user is set here")],
        )


_OWNING = ("adduser", "chgrp", "chmod", "chown", "install", "useradd")


def _may_be_given_away(stage: Stage, folder: str) -> bool:
    """Whether something in the stages may make a folder that another user than root owns."""
    # Needed for few stacks, and slow to load.
    from ...linter.source.dockerfile.scripts import scripts_of

    for part in stage.chain():
        for instruction, state in part.walk():
            other_user = state.user is not None and not is_root_user(state.user.value or "")
            if instruction.name == "RUN":
                if _may_make(scripts_of(part).get(instruction), folder, other_user):
                    return True
                continue
            if instruction.name == "WORKDIR":
                word = instruction.words[0] if instruction.words and other_user else None
            else:
                word = instruction.destination if instruction.flag("chown") else None
            if word is None:
                continue
            path = state.scope.expand(word)
            if path is None:
                return True
            if not path.startswith("/"):
                path = f"{state.workdir.value if state.workdir else ''}/{path}"
            path = path.removesuffix("/.").rstrip("/")
            if is_inside(path, folder):
                return True
    return False


def _may_make(script: Script | None, folder: str, other_user: bool) -> bool:
    """Whether a RUN may make a folder for another user than root, or give it to one."""
    if script is None or not script.complete:
        return True
    owns = any(True for _ in script.find(*_OWNING))
    if folder.rpartition("/")[2] in script.text and (owns or other_user):
        return True
    if owns and "/" + folder.strip("/").partition("/")[0] in script.text:
        return True
    return any(command.argv and "/" in command.argv[0] for command in script.commands)

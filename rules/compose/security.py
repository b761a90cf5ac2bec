"""What a service may do to its host."""

from __future__ import annotations

from ...linter.analysis.development import needs_engine
from ...linter.compose.nodes import in_either_form, value_at
from ...linter.model.values import text_of
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from .._sources import CHEATSHEET, SERVICES
from ._nodes import host_path, is_monitoring_agent, is_true, nodes_of, source_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service
    from ...linter.source.yaml.nodes import Node

PROTECT = "https://docs.docker.com/engine/security/protect-access/"


@rule(
    "CF310",
    "privileged-service",
    Severity.WARNING,
    category="security",
    words=("privileged",),
    strict_in=("hardened",),
    equivalents=("compose-lint:CL-0002", "kics:privileged_containers_enabled"),
    ignore_when=(
        "Where the service has to control the host's devices or kernel and no list of "
        "capabilities is enough, such as Docker in Docker."
    ),
    sources=(SERVICES + "#privileged", CHEATSHEET),
    examples=(
        Example(
            bad="services:\n  agent:\n    image: acme/agent:1.4\n    privileged: true  # error: true\n",
            good="services:\n  agent:\n    image: acme/agent:1.4\n    devices: [/dev/kvm]\n",
        ),
    ),
    security_severity=9.0,
)
def privileged_service(service: Service) -> Iterator[Diagnostic]:
    """A privileged container is root on the host: every device, every capability, no confinement.

    An attacker in the service owns the machine. Give it the capability or the device that it
    needs instead. Docker in Docker cannot do without, and known monitoring agents such as cAdvisor ask for it:
    both are graded lower, and agents are only reported under `hardened`.
    """
    node = service.get("privileged")
    if not is_true(node):
        return
    nested = service.reference is not None and service.reference.name == "docker"
    watches = service.facts is not None and service.facts.kind == "monitoring"
    yield Diagnostic(
        node,
        f'service "{service.name}" runs privileged: it has root access to the host',
        help="use the rootless variant of Docker in Docker (docker:<version>-dind-rootless), or a machine of its own"
        if nested
        else "list the capabilities (`cap_add`) or devices that it needs instead",
        severity=Severity.INFO if nested or watches else None,
        strict=watches,
        subject=f"{service.path}.privileged",
    )


SOCKETS = (
    "docker.sock", "podman.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock", "docker_engine", "buildkitd.sock",
)  # fmt: skip
_MANAGERS = frozenset(
    [
        "portainer",
        "portainer-ce",
        "portainer-ee",
        "agent",
        "watchtower",
        "dockge",
        "komodo-periphery",
        "yacht",
        "dozzle",
        "diun",
        "ofelia",
        "docker-autoheal",
        "autoheal",
        "ouroboros",
        "shepherd",
        "docker-gen",
        "act_runner",
        "gitlab-runner",
        "drone-runner-docker",
        "woodpecker-agent",
        "docker-gc",
        "swarmpit",
        "lazydocker",
        "dive",
        "grype",
        "trivy",
    ]
)
"""The last parts of the names of images whose program manages containers, or scans images, and
does nothing else."""
_LOCALSTACK = frozenset(("batch", "codebuild", "ecs", "eks", "lambda"))
"""Services of AWS for which LocalStack starts containers."""
_PROXIES = ("docker-socket-proxy", "socket-proxy", "dockerproxy", "docker-proxy")


@rule(
    "CF311",
    "docker-socket",
    Severity.WARNING,
    category="security",
    strict_in=("hardened",),
    equivalents=("compose-lint:CL-0001", "kics:docker_socket_mounted_in_container"),
    ignore_when=(
        "Where managing containers is what the service is for, and its image is trusted like "
        "root on the host."
    ),
    sources=(CHEATSHEET, PROTECT),
    examples=(
        Example(
            bad="services:\n  proxy:\n    image: traefik:v3.7\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock:ro  # error: /var/run/docker.sock\n",
            good="services:\n  proxy:\n    image: traefik:v3.7\n    environment:\n      DOCKER_HOST: tcp://socket-proxy:2375\n",
        ),
    ),
    security_severity=8.5,
)
def docker_socket(service: Service) -> Iterator[Diagnostic]:
    """The container engine's socket is mounted: a program that uses it can start containers as root.

    Why: Such a container can mount the whole disk of the host: an attacker who takes over the
    service owns the machine.

    Read-only does not help, since it protects the socket's file and not what is said through it. A
    socket proxy that lets only some requests through does, and so does rootless Docker. Services
    that are such a proxy are left alone, and programs that manage containers or scan images, such as
    Portainer, Watchtower, Trivy and runners of CI systems, are graded lower and left to `hardened`:
    that is their purpose. So are LocalStack where it starts containers (`SERVICES: lambda`), a
    developer's tool box that has Docker's client, and stacks for tests and benchmarks. A source that only a variable tells counts by its target.
    """
    reference = service.reference
    if reference is not None and reference.name.endswith(_PROXIES):
        return
    findings: list[tuple[Node, str]] = []
    for mount in service.mounts:
        path = host_path(service, mount)
        if path is not None and _name(path) in SOCKETS:
            findings.append((source_of(mount), path))
        elif mount.unknown and not mount.source and _name(mount.target) in SOCKETS:
            findings.append((mount.node, mount.target))
    stack = service.stack
    for kind, defined in (("secrets", stack.secrets), ("configs", stack.configs)):
        for item in nodes_of(service.get(kind)):
            name = text_of(in_either_form(item, "source"))
            resource = defined.get(name or "")
            file = text_of(value_at(resource and resource.node, "file"))
            if file and _name(file) in SOCKETS:
                findings.append((item, file))
    if not findings:
        return
    (first, path), *others = findings
    manages = _manages_containers(service) or needs_engine(service)
    yield Diagnostic(
        first,
        f'service "{service.name}" mounts {path}, which controls the container engine',
        help="use a socket proxy that allows only the requests it needs",
        severity=Severity.INFO if manages else None,
        strict=manages or service.stack.is_throwaway,
        subject=f"{service.path}.volumes",
        evidence=path,
        related=[Related(node.span, "mounted here too") for node, _ in others],
    )


def _manages_containers(service: Service) -> bool:
    """Whether the service runs a program that does nothing without the socket."""
    reference = service.reference
    if reference is None:
        return False
    folder, _, name = reference.name.rpartition("/")
    if folder == "localstack":
        services = service.environment.get("SERVICES")
        asked = (services.value or "") if services is not None else ""
        return not _LOCALSTACK.isdisjoint(asked.lower().replace(",", " ").split())
    return name in _MANAGERS and (name != "agent" or folder.endswith("portainer"))


def _name(path: str) -> str:
    """The last part of a path of Linux or Windows."""
    return path.rstrip("/").replace("\\", "/").rpartition("/")[2]


_W, _I = Severity.WARNING, Severity.INFO
_NAMESPACES = (
    ("network_mode", "the network of the host and all its ports", _W),
    ("pid", "the host's processes", _W),
    ("ipc", "the host's shared memory", _W),
    ("cgroup", "the host's control groups", _I),
    ("userns_mode", "the host's users", _I),
    ("uts", "the host's name", _I),
)


@rule(
    "CF318",
    "host-namespace",
    Severity.WARNING,
    category="security",
    words=("network_mode", "pid", "ipc", "cgroup", "userns_mode", "uts"),
    strict_in=("production", "hardened"),
    equivalents=(
        "compose-lint:CL-0008",
        "compose-lint:CL-0010",
        "kics:host_namespace_is_shared",
        "kics:shared_host_network_namespace",
        "kics:shared_host_ipc_namespace",
        "kics:shared_host_user_namespace",
        "kics:cgroup_not_default",
    ),
    ignore_when=(
        "Where the service has to see the host, such as one that searches the network for devices."
    ),
    sources=(SERVICES + "#network_mode", CHEATSHEET),
    examples=(
        Example(
            bad="services:\n  app:\n    image: acme/app:2.1\n    pid: host  # error: host\n",
            good="services:\n  app:\n    image: acme/app:2.1\n",
        ),
        Example(
            bad="services:\n  app:\n    image: acme/app:2.1\n    network_mode: host  # error: host\n",
            good='services:\n  app:\n    image: acme/app:2.1\n    ports:\n      - "127.0.0.1:8080:8080"\n',
            preset="production",
        ),
    ),
    security_severity=6.5,
)
def host_namespace(service: Service) -> Iterator[Diagnostic]:
    """The service shares a namespace with the host: its network, processes or memory.

    With `network_mode: host` it reaches services that listen on the host's 127.0.0.1 only, and
    every port it opens is open on the host; with `pid: host` it sees and signals the host's
    processes. Sharing the name, the control groups or the users changes nothing by itself and is
    graded lower. `recommended` asks about `pid: host` only, except of monitoring agents: much that
    looks for devices in the network (home automation, media servers) needs the host's network.
    """
    findings: list[tuple[Node, str, str, Severity]] = []
    for key, shared, severity in _NAMESPACES:
        node = service.get(key)
        if node is not None and text_of(node) == "host":
            findings.append((node, key, shared, severity))
    parent = service.get("cgroup_parent")
    if parent is not None and text_of(parent):
        findings.append((parent, "cgroup_parent", "control groups of your choice", _I))
    if not findings:
        return
    (first, key, shared, severity), *others = findings
    shown = "sets cgroup_parent" if key == "cgroup_parent" else f"shares {shared} ({key}: host)"
    yield Diagnostic(
        first,
        f'service "{service.name}" {shown}',
        help="publish the ports that it serves instead"
        if key == "network_mode"
        else f"delete `{key}`",
        severity=severity,
        subject=f"{service.path}.{key}",
        evidence=", ".join(key for _, key, _, _ in findings),
        related=[Related(node.span, f"{other}: {shared}") for node, other, shared, _ in others],
        strict=all(key != "pid" for _, key, _, _ in findings) or is_monitoring_agent(service),
    )


@rule(
    "CF323",
    "api-socket",
    Severity.WARNING,
    category="security",
    words=("use_api_socket", "privileged", "entitlements", "security_opt"),
    sources=(
        SERVICES + "#use_api_socket",
        "https://docs.docker.com/reference/compose-file/build/#entitlements",
        PROTECT,
    ),
    examples=(
        Example(
            bad="services:\n  ci:\n    image: acme/ci:3.2\n    use_api_socket: true  # error: true\n",
            good="services:\n  ci:\n    image: acme/ci:3.2\n    environment:\n      DOCKER_HOST: tcp://socket-proxy:2375\n",
        ),
        Example(
            bad="services:\n  app:\n    build:\n      context: .\n      entitlements:\n        - security.insecure  # error: security.insecure\n",
            good="services:\n  app:\n    build:\n      context: .\n",
            files={"Dockerfile": "FROM alpine:3.22\nUSER nobody\n"},
        ),
    ),
    security_severity=8.5,
)
def api_socket(service: Service) -> Iterator[Diagnostic]:
    """The service gets the engine's socket, or privileges, by a key that is easy to overlook.

    `use_api_socket` mounts the socket and your registry credentials. Privileged hooks, privileged
    builds and insecure entitlements run as root on the host, and `systempaths=unconfined` uncovers
    the kernel's settings under `/proc` and `/sys`.
    """
    switches = [
        (service.get("use_api_socket"), "gets the engine's socket and your registry credentials")
    ]
    for hook in ("pre_start", "post_start", "pre_stop"):
        switches += [
            (value_at(item, "privileged"), f"runs a privileged hook ({hook})")
            for item in nodes_of(service.get(hook))
        ]
    switches += [
        (value_at(item, "exec", "privileged"), "runs a privileged command while it is watched")
        for item in nodes_of(service.get("develop", "watch"))
    ]
    switches.append((service.get("build", "privileged"), "is built with privileges of the host"))
    findings: list[tuple[Node, str]] = [
        (node, effect) for node, effect in switches if is_true(node)
    ]
    findings += [
        (item, f"is built with {text_of(item)}")
        for item in nodes_of(service.get("build", "entitlements"))
        if text_of(item) in ("security.insecure", "network.host")
    ]
    findings += [
        (item, "can read and change the kernel's settings")
        for item in nodes_of(service.get("security_opt"))
        if (text_of(item) or "").replace(":", "=", 1) == "systempaths=unconfined"
    ]
    if not findings:
        return
    (first, effect), *others = findings
    advice = "remove it"
    if "socket" in effect:
        advice += ", or use a socket proxy that allows only what it needs"
    yield Diagnostic(
        first,
        f'service "{service.name}" {effect}',
        help=advice,
        subject=service.path,
        evidence=first.span.text,
        related=[Related(node.span, f"it {other}") for node, other in others],
    )

"""What a service may do to its host, and who can reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...linter.rule import Applicability, Diagnostic, Example, Severity, rule
from ...linter.source.yaml import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import Port, Service

SPEC = "https://docs.docker.com/reference/compose-file/services/"
CHEATSHEET = "https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html"


@rule(
    "CF310",
    "privileged-service",
    Severity.ERROR,
    presets=("recommended",),
    equivalents=("compose-lint:CL-0002", "kics:privileged_containers_enabled"),
    sources=(SPEC + "#privileged", CHEATSHEET),
    examples=(
        Example(
            bad="services:\n  agent:\n    image: netdata/netdata:v2.7.0\n    privileged: true  # error: true\n",
            good="services:\n  agent:\n    image: netdata/netdata:v2.7.0\n    cap_add: [SYS_PTRACE]\n",
        ),
    ),
    security_severity=9.0,
)
def privileged_service(service: Service) -> Iterator[Diagnostic]:
    """A privileged container is root on the host: every device, every capability, no confinement.

    Whoever gets into the service owns the machine. Give it the capability or the device that it
    needs instead.
    """
    node = service.get("privileged")
    if isinstance(node, Scalar) and node.value is True and not node.unknown:
        yield Diagnostic(
            node,
            f'service "{service.name}" runs privileged: it is root on the host',
            help="name the capabilities (cap_add) or devices it needs instead",
            subject=f"{service.path}.privileged",
        )


_SOCKETS = ("docker.sock", "podman.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock")


@rule(
    "CF311",
    "docker-socket",
    Severity.WARNING,
    presets=("recommended",),
    equivalents=("compose-lint:CL-0001", "kics:docker_socket_mounted_in_container"),
    sources=(CHEATSHEET, "https://docs.docker.com/engine/security/protect-access/"),
    examples=(
        Example(
            bad="services:\n  proxy:\n    image: traefik:v3.5\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock:ro  # error: /var/run/docker.sock\n",
            good="services:\n  proxy:\n    image: traefik:v3.5\n    environment:\n      DOCKER_HOST: tcp://socket-proxy:2375\n",
        ),
    ),
    security_severity=8.5,
)
def docker_socket(service: Service) -> Iterator[Diagnostic]:
    """The container engine's socket is mounted: whoever uses it can start containers as root.

    Read-only does not help, since it protects the socket's file and not what is said through it. A
    socket proxy that lets only some requests through does, and so does rootless Docker.
    """
    for mount in service.mounts:
        name = mount.source.rstrip("/").rpartition("/")[2]
        if mount.source.startswith(("/", "~", "$", ".")) and name in _SOCKETS:
            node = mount.node.get("source") or mount.node
            yield Diagnostic(
                node,
                f'service "{service.name}" mounts {mount.source}: it controls the container engine',
                help="put a socket proxy between that allows only the requests it needs",
                subject=f"{service.path}.volumes",
                evidence=mount.source,
            )


_INNER_KINDS = (
    "database",
    "cache",
    "broker",
    "search",
    "object-store",
    "admin-panel",
    "coordination",
)
_INNER_PORTS = {
    1433: "SQL Server", 1521: "Oracle", 2375: "the Docker API", 2379: "etcd", 3306: "MySQL", 5432: "PostgreSQL",
    5672: "AMQP", 5984: "CouchDB", 6379: "Redis", 7474: "Neo4j", 7687: "Neo4j", 8086: "InfluxDB", 8123: "ClickHouse",
    9042: "Cassandra", 9092: "Kafka", 9200: "Elasticsearch", 9300: "Elasticsearch", 11211: "memcached",
    15672: "RabbitMQ's management", 27017: "MongoDB",
}  # fmt: skip


@rule(
    "CF330",
    "port-on-all-interfaces",
    Severity.WARNING,
    presets=("recommended",),
    equivalents=(
        "compose-lint:CL-0005",
        "dclint:no-unbound-port-interfaces",
        "kics:container_traffic_not_bound_to_host_interface",
    ),
    sources=("https://docs.docker.com/engine/network/packet-filtering-firewalls/", SPEC + "#ports"),
    examples=(
        Example(
            bad='services:\n  db:\n    image: postgres:17\n    ports:\n      - "5432:5432"  # error: "5432:5432"\n',
            good='services:\n  db:\n    image: postgres:17\n    ports:\n      - "127.0.0.1:5432:5432"\n',
        ),
    ),
    fix=Applicability.UNSAFE,
    security_severity=6.5,
)
def port_on_all_interfaces(service: Service) -> Iterator[Diagnostic]:
    """A database, cache, broker or admin panel is published on every address of the machine.

    Docker opens the port in front of the firewall: rules of ufw or firewalld do not apply to it.
    Other containers reach the service without any published port; a client on the same machine needs
    127.0.0.1 only. Web ports and reverse proxies are meant to be reached and are left alone.
    """
    if service.text("network_mode") == "host":
        return
    facts = service.facts
    kind = facts.kind if facts is not None else None
    for port in service.ports:
        if port.unknown or port.target is None or not port.all_interfaces or port.mode == "none":
            continue
        known = _INNER_PORTS.get(port.target)
        inner = kind in _INNER_KINDS if kind else known is not None and service.build is None
        if not inner or (kind and kind != "admin-panel" and port.target in (80, 443)):
            continue
        what = known if kind is None else service.image
        shown = port.published or "a random port"
        yield Diagnostic(
            port.node,
            f'port {port.target} of service "{service.name}" ({what}) is published on all interfaces ({shown})',
            help=_bound(port),
            subject=f"{service.path}.ports",
            evidence=f"{port.published}:{port.target}/{port.protocol}",
        )


def _bound(port: Port) -> str:
    local = (
        f"127.0.0.1:{port.published}:{port.target}"
        if port.published
        else f"127.0.0.1::{port.target}"
    )
    return f'bind it to this machine ("{local}"), or leave the port out if only containers use it'

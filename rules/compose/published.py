"""Which ports of a service are open, and to whom."""

from __future__ import annotations

import re

from ...linter.analysis.service_secrets import secrets_of
from ...linter.analysis.shared import sharing
from ...linter.base.names import STRATEGIES
from ...linter.compose.nodes import unset_names
from ...linter.edits.yaml import quoted
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Severity, rule
from ...linter.source.yaml.nodes import Mapping, Scalar
from .._sources import FIREWALL, INTERPOLATION, SERVICES
from ._nodes import append_to_mapping
from ._ports import inner, open_ports
from .exposure import published_without_password

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.fields import Port
    from ...linter.model.service import Service
    from ...linter.source.yaml.nodes import Node

PEERS = (
    "compose-lint:CL-0005",
    "dclint:no-unbound-port-interfaces",
    "kics:container_traffic_not_bound_to_host_interface",
)


@rule(
    "CF330",
    "port-on-all-interfaces",
    Severity.WARNING,
    category="security",
    words=("ports",),
    strict_in=(*STRATEGIES, "hardened"),
    equivalents=PEERS,
    ignore_when=(
        "Where other machines have to reach the service, and a firewall in front of the "
        "host, such as that of the cloud, says which."
    ),
    sources=(FIREWALL, SERVICES + "#ports"),
    examples=(
        Example(
            bad='services:\n  db:\n    image: postgres:17\n    ports:\n      - "5432:5432"  # error: "5432:5432"\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n',
            good='services:\n  db:\n    image: postgres:17\n    ports:\n      - "127.0.0.1:5432:5432"\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n',
        ),
        Example(
            bad='services:\n  cache:\n    image: redis:7.4\n    ports:\n      - target: 6379  # error: target\n        published: "6379"\n',
            good='services:\n  cache:\n    image: redis:7.4\n    ports:\n      - target: 6379\n        published: "6379"\n        host_ip: 127.0.0.1\n',
        ),
    ),
    fix=Applicability.UNSAFE,
    security_severity=6.5,
)
def port_on_all_interfaces(service: Service) -> Iterator[Diagnostic]:
    """A database, cache, broker or admin panel is published on every address of the machine.

    Why: Docker opens the port in front of the firewall: rules of ufw or firewalld do not apply
    to it.

    Other containers reach the service without any published port; a client on the same machine
    needs 127.0.0.1 only. Web ports, reverse proxies and MQTT are meant to be reached and are
    left alone, and so are the ports of mail catchers that take mail, what you build yourself,
    and services whose networks are all `internal`, of which Docker publishes nothing. Stacks
    for tests and benchmarks are reported by the presets for servers only. The fix binds the
    port to 127.0.0.1.
    """
    for port in open_ports(service):
        program = inner(service, port)
        if program is not None:
            if published_without_password(service):
                program += ", which requires no password"
            elif any(held.guessable for held in secrets_of(service)):
                program += ", whose password is easy to guess"
            finding = _unbound(service, port, f"({program}) ", Applicability.UNSAFE)
            finding.strict = service.stack.is_throwaway
            yield finding


@rule(
    "CF332",
    "unbound-port",
    Severity.INFO,
    category="security",
    words=("ports",),
    presets=("hardened",),
    equivalents=PEERS,
    ignore_when=(
        "Where other machines have to reach the port, and a firewall in front of the host "
        "says which."
    ),
    sources=(FIREWALL, SERVICES + "#ports"),
    examples=(
        Example(
            bad='services:\n  shop:\n    image: acme/shop:2.1\n    ports:\n      - "8080:8080"  # error: "8080:8080"\n',
            good='services:\n  shop:\n    image: acme/shop:2.1\n    ports:\n      - "127.0.0.1:8080:8080"\n',
            preset="hardened",
        ),
    ),
    fix=(Applicability.UNSAFE, Applicability.SUGGESTION),
    security_severity=4.0,
)
def unbound_port(service: Service) -> Iterator[Diagnostic]:
    """A port is published on every address of the machine, bypassing its firewall.

    Why: Whatever listens there can be attacked from the network, also where a rule of ufw or
    firewalld seems to forbid it.

    Let a reverse proxy be the only service that is reached from outside, and bind the others to
    127.0.0.1 or leave their ports out. Who has to reach the port is not known here: the fix is a
    suggestion unless `[fix]` has a `bind-address`. Ports 80 and 443 are left alone, and so are the databases,
    caches, brokers and admin panels that `port-on-all-interfaces` reports.
    """
    for port in open_ports(service):
        published = port.published_range
        web = published is not None and published[0] in (80, 443)
        if not web and inner(service, port) is None:
            known = service.stack.project.fix_values.bind_address is not None
            yield _unbound(
                service, port, "", Applicability.UNSAFE if known else Applicability.SUGGESTION
            )


def _unbound(
    service: Service, port: Port, program: str, applicability: Applicability
) -> Diagnostic:
    """The finding about a port; ``program`` is put before what is wrong with it."""
    published = port.published
    kind = "ports" if "-" in published else "port"
    shown = f"{kind} {published}" if published else "a random port"
    return Diagnostic(
        port.node,
        f'port {port.target} of service "{service.name}" {program}is published on all interfaces, as {shown}',
        help=f'bind it to this machine (`"127.0.0.1:{port.published}:{port.target}"`), or delete '
        "the port if only containers use it",
        subject=f"{service.path}.ports",
        evidence=f"{port.published}:{port.target}/{port.protocol}",
        fix=_bind(service, port, applicability),
    )


_SHORT = (
    r"(?P<ip>(?:0\.0\.0\.0|\[?::0?\]?|\*|\[(?:0:){7}0\]):)?"
    r"(?P<host>\d+(?:-\d+)?|\$\{[A-Za-z_]*PORT[A-Za-z_0-9]*:?-\d+\}|)"
    r"(?P<rest>:?(?:\d+(?:-\d+)?|\$\{[A-Za-z_]\w*:?-\d+\})(?:/[a-z]+)?)\Z"
)
"""A port in its short form. The host's port may be a variable only if it is named like a port:
any other may contain an address as well."""


def _bind(service: Service, port: Port, applicability: Applicability) -> Fix | None:
    """The fix that publishes a port on one address, for every service that has it from the same place.

    The address is the configured one, else that of the machine itself.
    """
    node = port.node
    address = (service.stack.project.fix_values.bind_address or "").strip("[]")
    edit = _bound_short(node, address) if _is_short(node) else _bound_long(node, address)
    if edit is None:
        return None
    return Fix(
        f"Bind port {port.published or port.target} to {address or '127.0.0.1'}",
        (edit,),
        applicability,
        sharing(service, node),
    )


def _is_short(node: Node) -> bool:
    """Whether the file has a port in its short form."""
    shown = node.span.text
    return "\n" not in shown and not shown.startswith("{") and "target" not in shown


def _bound_short(node: Node, address: str) -> Edit | None:
    """The edit of a port in its short form; without an address, that of the machine itself."""
    shown = node.span.text
    quote = shown[0] if shown[:1] in ("'", '"') else ""
    text = shown[1:-1] if quote else shown
    match = re.match(_SHORT, text, re.IGNORECASE)
    if match is None:
        return None
    host, rest = match["host"], match["rest"]
    if not rest.startswith(":"):
        # Without a colon there is only the container's port, which the pattern may have cut in two.
        host, rest = "", ":" + host + rest
    was_ipv6 = (match["ip"] or "").startswith(("[", ":"))
    address = address or ("::1" if was_ipv6 else "127.0.0.1")
    if ":" in address:
        # Some YAML readers misread a plain "::" inside [ ].
        address, quote = f"[{address}]", quote or '"'
    return Edit(node.span, f"{quote}{address}:{host}{rest}{quote}")


def _bound_long(node: Node, address: str) -> Edit | None:
    """The edit of a port in its long form; without an address, that of the machine itself."""
    if not isinstance(node, Mapping):
        return None
    host_ip = node.get("host_ip")
    if isinstance(host_ip, Scalar) and host_ip.span.text:
        address = address or ("::1" if ":" in host_ip.raw else "127.0.0.1")
        quote = host_ip.style if host_ip.style in ("'", '"') else '"' if ":" in address else ""
        return Edit(host_ip.span, f"{quote}{address}{quote}")
    address = address or "127.0.0.1"
    return append_to_mapping(node, "host_ip", quoted(address) if ":" in address else address)


@rule(
    "CF331",
    "privileged-port",
    Severity.INFO,
    category="security",
    words=("ports",),
    presets=("hardened",),
    equivalents=("kics:privileged_ports_mapped_in_container",),
    sources=(SERVICES + "#ports", "https://docs.docker.com/engine/security/rootless/tips/"),
    examples=(
        Example(
            bad='services:\n  mail:\n    image: acme/mail:1.3\n    ports:\n      - "127.0.0.1:25:25"  # error: "127.0.0.1:25:25"\n',
            good='services:\n  mail:\n    image: acme/mail:1.3\n    ports:\n      - "127.0.0.1:2525:25"\n',
            preset="hardened",
        ),
    ),
    security_severity=2.0,
)
def privileged_port(service: Service) -> Iterator[Diagnostic]:
    """A port below 1024 of the host is published, which needs root and takes it from the host.

    Rootless Docker cannot open it. Ports 80 and 443 are left alone.
    """
    if service.text("network_mode") == "host":
        return
    for port in service.ports:
        published = port.published_range
        if published is None or port.unknown or not 0 < published[0] < 1024:
            continue
        if published[0] not in (22, 80, 443):
            yield Diagnostic(
                port.node,
                f'service "{service.name}" uses the privileged port {port.published} of the host',
                help="publish a port from 1024 up, or let a reverse proxy forward it",
                subject=f"{service.path}.ports",
                evidence=port.published,
            )


@rule(
    "CF333",
    "ssh-port-taken",
    Severity.WARNING,
    category="security",
    words=("ports",),
    equivalents=("kics:privileged_ports_mapped_in_container",),
    sources=(SERVICES + "#ports",),
    examples=(
        Example(
            bad='services:\n  git:\n    image: acme/git:1.4\n    ports:\n      - "22:22"  # error: "22:22"\n',
            good='services:\n  git:\n    image: acme/git:1.4\n    ports:\n      - "2222:22"\n',
        ),
    ),
    security_severity=3.0,
)
def ssh_port_taken(service: Service) -> Iterator[Diagnostic]:
    """Port 22 of the host is published, where the host's own SSH server listens.

    The container does not start while that server runs, and where it does start, it is what answers
    those who want to repair the machine. A port bound to an address of its own is left alone.
    """
    for port in open_ports(service):
        published = port.published_range
        if published is not None and published[0] <= 22 <= published[1] and port.protocol == "tcp":
            yield Diagnostic(
                port.node,
                f'service "{service.name}" uses port 22, where the host\'s own SSH server listens',
                help=f'publish another port, such as `"2222:{port.target}"`',
                subject=f"{service.path}.ports",
                evidence=port.published,
            )


@rule(
    "CF162",
    "random-port-by-variable",
    Severity.WARNING,
    category="connect",
    words=("$",),
    sources=("https://docs.docker.com/reference/compose-file/services/#ports", INTERPOLATION),
    examples=(
        Example(
            bad='services:\n  web:\n    image: nginx:1.30\n    ports:\n      - "${WEB_PORT}:80"  # error: "${WEB_PORT}:80"\n',
            good='services:\n  web:\n    image: nginx:1.30\n    ports:\n      - "${WEB_PORT:-8080}:80"\n',
            files={".env": "OTHER=1\n"},
        ),
    ),
)
def random_port_by_variable(service: Service) -> Iterator[Diagnostic]:
    """A published port comes from a variable alone; without it the service gets a random public port.

    Why: Clients do not find the service, and others do: `:80` publishes on all interfaces under
    a number that Docker chooses.

    A default, or `${VAR:?}`, keeps that from happening unnoticed. Nothing is reported where
    `.env.example` lists the variable, or the repository sets it otherwise (`unset-variable`
    says where).
    """
    for port in service.ports:
        if not port.unknown:
            continue
        text = port.node.span.text.strip("\"'")
        match = re.match(r"(?:[\d.]+:)?\$\{?([A-Za-z_]\w*)\}?:(?:\$\{?(\w+)\}?(?:/\w+)?$)?", text)
        name, target = match.groups() if match else ("", "")
        unset = unset_names(port.node)
        if name in unset and target not in unset:  # Without a container port, it is refused.
            finding = Diagnostic(
                port.node,
                f"when {name} is unset, this publishes a random port on all interfaces",
                help=f"add a default (`${{{name}:-8080}}`) or require it (`${{{name}:?}}`)",
                subject=f"{service.path}.ports",
                evidence=text,
            )
            from .unset import reported  # needed for findings only

            yield from reported(service.stack, finding, name)

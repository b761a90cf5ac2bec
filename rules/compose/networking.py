"""Ports and addresses that cannot work when the stack starts."""

from __future__ import annotations

from ...linter.base.records import NamedTuple
from ...linter.compose.nodes import entries_of, items_of, value_at
from ...linter.model.values import text_of
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ...linter.source.yaml.nodes import Mapping
from .._sources import SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    from ...linter.model.fields import Port, Resource
    from ...linter.model.service import Service
    from ...linter.model.stack import Stack
    from ...linter.source.yaml.nodes import Node


@rule(
    "CF155",
    "ports-with-host-network",
    Severity.WARNING,
    category="connect",
    words=("network_mode",),
    sources=(SPEC + "services/#network_mode",),
    examples=(
        Example(
            bad='services:\n  web:\n    image: nginx:1.30\n    network_mode: host\n    ports: ["80:80"]  # error: ports\n',
            good='services:\n  web:\n    image: nginx:1.30\n    ports: ["80:80"]\n',
        ),
    ),
)
def ports_with_host_network(service: Service) -> Iterator[Diagnostic]:
    """A service in the host's network publishes ports, which Docker ignores without a warning.

    Why: The service is reached at the port that it chooses itself, not at the one that is
    written here.

    The service listens on the host's own ports already.
    """
    field = service.field("ports")
    mode = service.field("network_mode")
    if field and mode and service.ports and text_of(mode.value) == "host":
        yield Diagnostic(
            field.key,
            f'the ports of service "{service.name}" are ignored: it uses the host\'s network',
            help="delete them, or remove `network_mode: host`",
            subject=f"{service.path}.ports",
            related=[Related(mode.value.span, "it uses the host's network here")],
        )


@rule(
    "CF156",
    "address-outside-subnet",
    Severity.WARNING,
    category="connect",
    words=("ipv4_address", "ipv6_address"),
    sources=(SPEC + "services/#ipv4_address-ipv6_address",),
    examples=(
        Example(
            bad="services:\n  dns:\n    image: coredns/coredns:1.13.0\n    networks:\n      lan:\n        ipv4_address: 172.30.0.5  # error: 172.30.0.5\nnetworks:\n  lan:\n    ipam:\n      config:\n        - subnet: 172.20.0.0/24\n",
            good="services:\n  dns:\n    image: coredns/coredns:1.13.0\n    networks:\n      lan:\n        ipv4_address: 172.20.0.5\nnetworks:\n  lan:\n    ipam:\n      config:\n        - subnet: 172.20.0.0/24\n",
        ),
    ),
)
def address_outside_subnet(service: Service) -> Iterator[Diagnostic]:
    """A fixed address is in no subnet that its network declares, so the container does not start.

    Why: Docker refuses such an address, and accepts fixed ones only in networks with a subnet
    of their own.

    External networks are left alone, since their subnets are not known here.
    """
    for name, key, node, text in _fixed_addresses(service):
        network = service.stack.networks.get(name)
        if network is None and name != "default":
            continue  # CF101 says that it is not defined
        address = _address(text)
        if address is None or (network is not None and network.external):
            continue
        given = (_network(text_of(item.get("subnet"))) for item in _ranges(network))
        subnets = [subnet for subnet in given if subnet is not None]
        if any(address.version == net.version and address in net for net in subnets):
            continue
        declared = ", ".join(map(str, subnets)) or "it declares none"
        yield Diagnostic(
            node,
            f'{text} is in no subnet of the network "{name}" ({declared})',
            help="declare a subnet for it under `networks.…ipam.config`, or use an address inside one",
            subject=f"{service.path}.networks.{name}.{key}",
            evidence=text,
        )


def _fixed_addresses(service: Service) -> Iterator[tuple[str, str, Node, str]]:
    """The network, key, node and text of each address that a service asks for."""
    for entry in entries_of(service.get("networks")):
        for key in ("ipv4_address", "ipv6_address"):
            node = value_at(entry.value, key)
            text = text_of(node)
            if node is not None and text:
                yield entry.name, key, node, text


def _ranges(network: Resource | None) -> list[Mapping]:
    """The ranges of addresses that a network declares."""
    config = value_at(network and network.node, "ipam", "config")
    return [item for item in items_of(config) if isinstance(item, Mapping)]


def _address(text: str) -> IPv4Address | IPv6Address | None:
    # Few files have addresses, and the module takes long to load.
    from ipaddress import ip_address

    try:
        return ip_address(text)
    except ValueError:
        return None


def _network(text: str | None) -> IPv4Network | IPv6Network | None:
    from ipaddress import ip_network

    try:
        return ip_network(text, strict=False) if text else None
    except ValueError:
        return None


_RANGE_KEYS = (
    ("subnet", "subnet", "172.20.0.0/24"),
    ("ip_range", "subnet", "172.20.0.0/24"),
    ("gateway", "address", "172.20.0.1"),
)
"""Keys of a range of addresses, what each must be, and an example."""


@rule(
    "CF157",
    "invalid-address",
    Severity.WARNING,
    category="connect",
    words=("ipam", "ipv4_address", "ipv6_address"),
    sources=(SPEC + "networks/#ipam",),
    examples=(
        Example(
            bad="services:\n  dns:\n    image: coredns/coredns:1.13.0\n    networks: [lan]\nnetworks:\n  lan:\n    ipam:\n      config:\n        - subnet: 172.20.0/24  # error: 172.20.0/24\n",
            good="services:\n  dns:\n    image: coredns/coredns:1.13.0\n    networks: [lan]\nnetworks:\n  lan:\n    ipam:\n      config:\n        - subnet: 172.20.0.0/24\n",
        ),
    ),
)
def invalid_address(stack: Stack) -> Iterator[Diagnostic]:
    """An address or a subnet cannot be read, which shows only when the stack starts.

    `docker compose config` passes on what stands here unread; creating the network or the container
    then fails.
    """
    for name, network in stack.networks.items():
        for item in _ranges(network):
            for key, kind, example in _RANGE_KEYS:
                value = item.get(key)
                text = text_of(value)
                read = _address if kind == "address" else _network
                if value is not None and text and read(text) is None:
                    yield Diagnostic(
                        value,
                        f'"{text}" is not a valid {kind}',
                        help=f"write it as {example}",
                        subject=f"networks.{name}.ipam.config",
                        evidence=text,
                    )
    for service in stack.services.values():
        for name, key, node, text in _fixed_addresses(service):
            address = _address(text)
            version = 4 if key == "ipv4_address" else 6
            if address is None or address.version != version:
                yield Diagnostic(
                    node,
                    f'"{text}" is not an IPv{version} address',
                    subject=f"{service.path}.networks.{name}.{key}",
                    evidence=text,
                )


@rule(
    "CF163",
    "port-published-twice",
    Severity.WARNING,
    category="connect",
    words=("ports",),
    equivalents=("dclint:no-duplicate-exported-ports",),
    ignore_when="Where the two services are never started together, though no profile says so.",
    sources=(SPEC + "services/#ports",),
    examples=(
        Example(
            bad='services:\n  web:\n    image: nginx:1.30\n    ports: ["80:80"]\n  proxy:\n    image: shop/proxy:2.1\n    ports: ["80:8080"]  # error: "80:8080"\n',
            good='services:\n  web:\n    image: nginx:1.30\n    ports: ["80:80"]\n  proxy:\n    image: shop/proxy:2.1\n    ports: ["81:8080"]\n',
        ),
    ),
)
def port_published_twice(stack: Stack) -> Iterator[Diagnostic]:
    """Two services that run together publish the same port of the host; the second does not start.

    The address, the protocol and whole ranges count: 127.0.0.1:80 and 192.0.2.1:80 get along. Services
    of different profiles need not run together and are compared only where one always runs. A stack
    with more than five such ports is a catalogue of services to choose from: that is said once.
    """
    clashes = list(_clashes(stack))
    if len(clashes) <= _MOST_CLASHES:
        yield from clashes
        return
    first, *others = clashes
    yield Diagnostic(
        first.span,
        f"{len(clashes)} ports of the host are published by several services, which cannot all run "
        "together",
        help="put services that exclude each other into profiles, or start by name those that are needed",
        severity=Severity.INFO,
        subject="services",
        related=[
            Related(other.span, "published several times too") for other in others[:_MOST_CLASHES]
        ],
    )


_MOST_CLASHES = 5

_MOST_COMPARED = 100
"""How many of the ports with one number and address, and of the ranges, are compared with another."""


class _Taken(NamedTuple):
    """A published port; ``number`` counts all of the stack."""

    number: int
    service: Service
    port: Port
    span: tuple[int, int]


class _Published:
    """The ports that services publish, found by number and address: there may be thousands."""

    def __init__(self) -> None:
        self.all: list[_Taken] = []
        self.ranges: list[_Taken] = []
        self.by_place: dict[tuple[str, int, str | None], list[_Taken]] = {}

    def add(self, service: Service, port: Port, span: tuple[int, int]) -> None:
        taken = _Taken(len(self.all), service, port, span)
        self.all.append(taken)
        if span[0] != span[1]:
            self.ranges.append(taken)
            return
        for address in (None, "" if port.all_interfaces else port.host_ip):
            self.by_place.setdefault((port.protocol, span[0], address), []).append(taken)

    def clash(self, service: Service, port: Port, span: tuple[int, int]) -> _Taken | None:
        """The first port that cannot be published together with this one."""
        if span[0] != span[1]:
            candidates = self.all if len(self.ranges) < _MOST_COMPARED else []
        else:
            addresses = (None,) if port.all_interfaces else (port.host_ip, "")
            candidates = self.ranges[:_MOST_COMPARED]
            for address in addresses:
                place = self.by_place.get((port.protocol, span[0], address), ())
                candidates += place[:_MOST_COMPARED]
            candidates.sort(key=_number)
        return next(
            (
                taken
                for taken in candidates
                if taken.span[0] <= span[1]
                and span[0] <= taken.span[1]
                and taken.port.protocol == port.protocol
                and _addresses_meet(taken.port, port)
                and _run_together(taken.service, service)
                and taken.port.node.span != port.node.span
            ),
            None,
        )


def _number(taken: _Taken) -> int:
    return taken.number


def _clashes(stack: Stack) -> Iterator[Diagnostic]:
    """A finding for each port that an earlier service publishes already."""
    published = _Published()
    for service in stack.services.values():
        if service.replicas == 0 or service.text("network_mode") == "host":
            continue
        for port in service.ports:
            span = port.published_range
            if port.unknown or span is None or span == (0, 0):
                continue
            clash = published.clash(service, port, span)
            if clash is not None:
                other, earlier = clash.service, clash.port
                whose = (
                    "twice by service" if other is service else f'by services "{other.name}" and'
                )
                yield Diagnostic(
                    port.node,
                    f'port {port.published} of the host is published {whose} "{service.name}"',
                    help="choose another port for one of them",
                    subject=f"{service.path}.ports",
                    evidence=f"{port.host_ip}:{port.published}/{port.protocol}",
                    related=[Related(earlier.node.span, "published here first")],
                )
            published.add(service, port, span)


def _addresses_meet(one: Port, other: Port) -> bool:
    return one.all_interfaces or other.all_interfaces or one.host_ip == other.host_ip


def _run_together(one: Service, other: Service) -> bool:
    if one is other or not one.profiles or not other.profiles:
        return True
    return not set(one.profiles).isdisjoint(other.profiles)


@rule(
    "CF164",
    "fixed-port-scaled",
    Severity.WARNING,
    category="connect",
    words=("replicas", "scale"),
    sources=(SPEC + "deploy/#replicas",),
    examples=(
        Example(
            bad='services:\n  app:\n    image: shop/app:2.1\n    ports: ["2368:2368"]  # error: "2368:2368"\n    deploy:\n      replicas: 2\n',
            good='services:\n  app:\n    image: shop/app:2.1\n    ports: ["2368-2369:2368"]\n    deploy:\n      replicas: 2\n',
        ),
    ),
)
def fixed_port_scaled(service: Service) -> Iterator[Diagnostic]:
    """A service runs several times and publishes one fixed port, which only one container can have.

    Why: The first container takes the port, and the others do not start.

    A range as wide as the number of containers works, and so does no published port behind a proxy.
    Swarm publishes the port once for all of them: stacks that are written for it are left alone
    (`replicas` beside `restart_policy` or `update_config`, and no `build`, `restart` or
    `container_name` in the stack).
    """
    if service.replicas < 2 or service.stack.is_swarm:
        return
    for port in service.ports:
        span = port.published_range
        if port.unknown or span is None or span[1] - span[0] + 1 >= service.replicas:
            continue
        if _is_for_swarm(service):
            return
        yield Diagnostic(
            port.node,
            f'service "{service.name}" runs {service.replicas} times, but only one container can publish port {port.published}',
            help="publish only a proxy on the same network, which balances between the containers",
            subject=f"{service.path}.ports",
            evidence=port.published,
        )


def _is_for_swarm(service: Service) -> bool:
    """Whether the service, or what is said about its files, shows that Swarm runs it."""
    from ...linter.analysis.swarm import is_deployed_to_swarm, is_said_for_swarm

    stack = service.stack
    return is_deployed_to_swarm(service) or any(
        is_said_for_swarm(stack.project, document.source)
        for document in stack.loaded.documents.values()
    )


@rule(
    "CF265",
    "port-added-by-override",
    Severity.INFO,
    category="connect",
    words=("ports",),
    since="0.2",
    sources=(
        "https://docs.docker.com/reference/compose-file/merge/#sequence",
        SPEC + "merge/#replace-value",
    ),
    examples=(
        Example(
            bad='services:\n  web:\n    ports:\n      - "6081:80"  # error: "6081:80"\n',
            good='services:\n  web:\n    ports: !override\n      - "6081:80"\n',
            path="compose.override.yaml",
            files={
                "compose.yaml": 'services:\n  web:\n    image: nginx:1.30\n    ports:\n      - "6080:80"\n'
            },
        ),
    ),
)
def port_added_by_override(service: Service) -> Iterator[Diagnostic]:
    """A file publishes a port of the container that another file of the stack publishes elsewhere; both stay.

    Why: The port that was to be replaced stays open as well.

    Lists of ports are added up when files are merged. `ports: !override` takes the place of the list
    before.
    """
    first: dict[tuple[int, str], Port] = {}
    for port in service.ports:
        if port.unknown or port.target is None or not port.published:
            continue
        key = (port.target, port.protocol)
        earlier = first.setdefault(key, port)
        if earlier.node.file is port.node.file or earlier.published == port.published:
            continue
        yield Diagnostic(
            port.node,
            f'port {port.target} of service "{service.name}" is published as {earlier.published} and as '
            f"{port.published}: this file adds a port and does not replace the other",
            help="write `ports: !override`, unless both are wanted",
            subject=f"{service.path}.ports",
            evidence=f"{port.published}:{port.target}",
            related=[Related(earlier.node.span, "published here too")],
        )

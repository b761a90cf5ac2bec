"""Who is reached under which name and port inside a stack's networks."""

from __future__ import annotations

from ..base.names import STORES
from ..base.text import Span
from ..compose.nodes import entries_of
from ..model.values import is_unknown, text_list
from .container import container_of
from .listening import listening_ports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..base.text import Span
    from ..model.service import Service
    from ..model.stack import Stack

LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1", "0.0.0.0"))
"""Host names and addresses that mean the container itself."""


class Peers:
    """The services of a stack by the names under which others reach them."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.by_name: dict[str, Service] = {}
        self.sharing: set[str] = set()
        """Services whose network others share, and those others: localhost is several of them."""
        for service in stack.services.values():
            for name in _names(service):
                self.by_name.setdefault(name.lower(), service)
        self.by_name.update((name.lower(), each) for name, each in stack.services.items())
        for service in stack.services.values():
            kind, colon, name = (service.text("network_mode") or "").partition(":")
            if colon:
                self.sharing.add(service.name)
                owner = self.by_name.get(name.lower()) if kind in ("service", "container") else None
                if owner is not None:
                    self.sharing.add(owner.name)

    def named(self, host: str, caller: Service) -> Service | None:
        """The service that a name means for another one; None for other hosts."""
        host = host.lower()
        if host in _names_of_caller(caller):
            return None
        return self.by_name.get(host)

    def is_known(self, host: str, caller: Service) -> bool:
        """Whether a name is that of a service, or one that the caller gives to a host."""
        return host in self.by_name or host in _names_of_caller(caller)


def peers_of(stack: Stack) -> Peers:
    """The services of a stack by the names under which others reach them."""
    peers: Peers | None = stack.conclusions.get(Peers)
    if peers is None:
        peers = stack.conclusions[Peers] = Peers(stack)
    return peers


def _names(service: Service) -> Iterator[str]:
    """The names that a service has besides its own."""
    for key in ("container_name", "hostname"):
        name = service.text(key)
        if name:
            yield name
    for entry in entries_of(service.get("networks")):
        for alias in entries_of(entry.value):
            if alias.name == "aliases":
                yield from text_list(alias.value) or ()


def _names_of_caller(service: Service) -> set[str]:
    """The names that a service alone gives to hosts: ``extra_hosts``, ``links``, ``external_links``."""
    names: set[str] = set()
    for key in ("extra_hosts", "links", "external_links"):
        node = service.get(key)
        names.update(entry.name.lower() for entry in entries_of(node))
        for text in text_list(node) or ():
            first, _, last = text.replace("=", ":", 1).partition(":")
            names.add((first if key == "extra_hosts" else last or "").lower())
    return names - {""}


def knows_all_names(service: Service) -> bool:
    """Whether all hosts that a service can reach by a plain name are those of its stack."""
    if service.get("network_mode") is not None or is_unknown(service.get("extra_hosts")):
        return False
    stack = service.stack
    names = service.networks or ["default"]
    for name in names:
        network = stack.networks.get(name)
        if network is not None and (
            network.external or (network.node is not None and network.node.get("name") is not None)
        ):
            return False
    return all(service.get(key) is None for key in ("external_links", "dns", "dns_search"))


def share_network(one: Service, other: Service) -> bool:
    """Whether two services are in one network of the stack."""
    if one.get("network_mode") is not None or other.get("network_mode") is not None:
        return False
    return not set(one.networks or ["default"]).isdisjoint(other.networks or ["default"])


def container_port(service: Service, published: int) -> int | None:
    """The port of the container that a port of the host leads to, if that is not the same one."""
    targets = set()
    for port in service.ports:
        span = port.published_range
        if port.unknown or port.target is None or span is None or port.protocol != "tcp":
            continue
        if span[0] == span[1] == published:
            targets.add(port.target)
        elif span[0] <= published <= span[1]:
            return None
    return targets.pop() if len(targets) == 1 and published not in targets else None


def published_at(service: Service, published: int) -> Span:
    """The place where a service publishes a port."""
    return next(
        port.node.span for port in service.ports if port.published_range == (published, published)
    )


def may_listen_at(service: Service, number: int) -> bool:
    """Whether something says, or may say unseen, that a service listens at a port of its container."""
    ports = listening_ports(service)
    if number in ports.exposed or ports.is_named(number):
        return True
    if container_of(service).kind in STORES:
        return False
    from .mounted import configuration_of

    return (
        any(file.syntax is None for file in service.env_files)
        or not configuration_of(service).complete
    )

"""What an address that leads nowhere was meant to be."""

from __future__ import annotations

import re

from ..base.suggest import distance
from .addresses import DATABASE, DATABASES, addresses_of, family_of
from .container import container_of
from .listening import listening_ports
from .peers import LOOPBACK, knows_all_names, peers_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..base.text import Span
    from ..model.service import Service
    from ..model.stack import Stack
    from .addresses import Address

_TUNNELS = r"\bssh\b|socat|stunnel|proxy|tunnel|supervisord|s6-|runit|port-forward|localhost"
"""What a command or a Dockerfile contains where something else may listen in the container."""

_SERVERS = r"redis-server|postgresql-\d|postgresql-server|(?:mysql|mariadb|mongodb-org|rabbitmq|nats|memcached)-server|supervisor"


_MOST_EDITS = 2


def stores_meant(service: Service, address: Address) -> list[Service]:
    """The services that an address at localhost must mean; empty where it may be right."""
    if address.host.lower() not in LOOPBACK or _may_be_right(service, address):
        return []
    stores = [
        other
        for other in service.stack.services.values()
        if other is not service and other.runs_here and _is_meant(address.family, other)
    ]
    peers = peers_of(service.stack)
    if any(
        store.get("network_mode") is not None or store.name in peers.sharing for store in stores
    ):
        return []
    for other in addresses_of(service):
        target = peers.named(other.host, service)
        if target is not None and target in stores:
            return []  # it knows where the store is; this address is for something else
    return stores


def _is_meant(family: str, other: Service) -> bool:
    runs = family_of(other)
    return runs is not None and (runs == family or (family == DATABASE and runs in DATABASES))


def _may_be_right(service: Service, address: Address) -> bool:
    """Whether a server may listen in the container of a service, or the value does not count."""
    container = container_of(service)
    if service.name in peers_of(service.stack).sharing or family_of(service) is not None:
        return True
    node = service.get("extra_hosts")
    if node is not None and address.host in node.span.text:
        return True
    ports = listening_ports(service)
    if address.port is not None and (
        address.port in ports.exposed or any(port.target == address.port for port in service.ports)
    ):
        return True
    if address.key in ("environment", "env_file") and re.search(_TUNNELS, container.command_text):
        return True
    for stage in container.chain:
        text = stage.instructions[0].span.file.text if stage.instructions else ""
        if re.search(_SERVERS, text):
            return True
    return is_set_elsewhere(service.stack, address.span)


def is_set_elsewhere(stack: Stack, place: Span) -> bool:
    """Whether the value is the default of a variable that something else than Compose's files sets."""
    text = place.text
    if "$" not in text:
        return False
    given = {entry.key for syntax in stack.env_syntaxes for entry in syntax.entries}
    names = set(re.findall(r"\$\{?([A-Za-z_]\w*)", text))
    return any(name not in given and stack.is_set_elsewhere(name) for name in names)


def meant_host(service: Service, address: Address) -> str | None:
    """The service whose name an unknown host almost is; None if the host may exist."""
    host = address.host.lower()
    peers = peers_of(service.stack)
    if host in LOOPBACK or host.startswith("host") or not knows_all_names(service):
        return None
    if peers.is_known(host, service):
        return None
    size = len(host)
    found = [
        name
        for name in _with_digits(service.stack, _digits(host))
        if -_MOST_EDITS <= len(name) - size <= _MOST_EDITS and _is_near(host, name.lower())
    ]
    return (
        found[0] if len(found) == 1 and not is_set_elsewhere(service.stack, address.span) else None
    )


def _is_near(host: str, name: str) -> bool:
    """Whether a host is a service's name with one or two letters wrong, if their digits are equal."""
    if host.replace("_", "-") == name.replace("_", "-"):
        return True
    limit = _MOST_EDITS if min(len(host), len(name)) >= 8 else 1
    return min(len(host), len(name)) > 1 and distance(host, name, limit) <= limit


class _ByDigits(dict[str, list[str]]):
    """The names of a stack's services by the digits in them."""


def _with_digits(stack: Stack, digits: str) -> Sequence[str]:
    """The services whose names have these digits: redis1 and redis2 are different hosts."""
    names: _ByDigits | None = stack.conclusions.get(_ByDigits)
    if names is None:
        names = stack.conclusions[_ByDigits] = _ByDigits()
        for name in stack.services:
            names.setdefault(_digits(name), []).append(name)
    return names.get(digits, ())


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))

"""Addresses by which services reach each other: the own container, published ports, unknown hosts."""

from __future__ import annotations

from ...linter.base.wording import and_list, or_list
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ._secrets import in_service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.analysis.addresses import Address
    from ...linter.base.text import Span
    from ...linter.model.service import Service
    from ...linter.model.stack import Stack

ADDRESS_WORDS = (
    "://", "host", "server", "addr", "broker", "@tcp(", "data source", "datasource", "env_file",
)  # fmt: skip
"""Words of which one stands where an address does, or where the file is named that has it."""

NETWORKING = "https://docs.docker.com/compose/how-tos/networking/"


def each_address(stack: Stack) -> Iterator[tuple[Service, Address]]:
    """The addresses of the services that run here, each place once."""
    if len(stack.services) < 2:
        return
    from ...linter.analysis.addresses import addresses_of

    seen: set[tuple[Span, Span]] = set()
    for service in stack.services.values():
        if not service.runs_here or service.get("network_mode") is not None:
            continue
        for address in addresses_of(service):
            place = address.span, address.place
            if place not in seen or address.place == address.span:
                seen.add(place)
                yield service, address


def what_of(service: Service, address: Address) -> str:
    """The subject of a sentence about an address."""
    if address.key in ("command", "entrypoint"):
        return f'the {address.key} of service "{service.name}"'
    return f'{address.name} of service "{service.name}"'


def finding_at(
    service: Service,
    address: Address,
    message: str,
    help: str,
    evidence: str,
    severity: Severity | None = None,
    related: tuple[Related, ...] = (),
) -> Diagnostic:
    """A finding about an address, at its host and port."""
    inner = f".{address.name}" if address.key in ("environment", "env_file") else ""
    return in_service(
        Diagnostic(
            address.place,
            message,
            help=help,
            severity=severity,
            subject=f"{service.path}.{address.key}{inner}",
            evidence=evidence,
            related=related,
        ),
        service,
    )


@rule(
    "CF172",
    "localhost-between-services",
    Severity.WARNING,
    category="connect",
    words=ADDRESS_WORDS,
    since="0.2",
    ignore_when="Where something outside of the container reads the address, such as a browser.",
    sources=(NETWORKING,),
    examples=(
        Example(
            bad="services:\n  web:\n    image: shop/web:2.1\n    environment:\n      CACHE_URL: redis://localhost:6379/0  # error: localhost:6379\n  cache:\n    image: redis:7.4\n",
            good="services:\n  web:\n    image: shop/web:2.1\n    environment:\n      CACHE_URL: redis://cache:6379/0\n    depends_on:\n      cache:\n        condition: service_healthy\n  cache:\n    image: redis:7.4\n    healthcheck:\n      test: [CMD, redis-cli, ping]\n",
        ),
        Example(
            bad="services:\n  web:\n    image: shop/web:2.1\n    environment:\n      REDIS_HOST: 127.0.0.1  # error: 127.0.0.1\n  cache:\n    image: redis:7.4\n",
            good="services:\n  web:\n    image: shop/web:2.1\n    environment:\n      REDIS_HOST: cache\n    depends_on:\n      cache:\n        condition: service_healthy\n  cache:\n    image: redis:7.4\n    healthcheck:\n      test: [CMD, redis-cli, ping]\n",
        ),
    ),
)
def localhost_between_services(stack: Stack) -> Iterator[Diagnostic]:
    """A service connects to a database, cache or broker at localhost, which is its own container.

    Why: In the service's own container nothing listens there, so the connection is refused.

    Reported where another service of the stack runs one of that kind, which is reached by its
    name. Services in the host's network or in that of another service are left alone, and so
    are those that may run such a server themselves, addresses over HTTP (a browser may open
    them), and values that only stand in for a variable that is set elsewhere.
    """
    reported: set[Span] = set()
    for service, address in each_address(stack):
        if not address.family or address.place in reported:
            continue
        from ...linter.analysis.local_addresses import stores_meant

        stores = stores_meant(service, address)
        if not stores:
            continue
        reported.add(address.place)
        from ...linter.analysis.addresses import FAMILIES, family_of

        names = [store.name for store in stores]
        what = FAMILIES.get(family_of(stores[0]) or "", "the database")
        its = f"service{'' if len(names) == 1 else 's'} {and_list(names, most=3)}"
        yield finding_at(
            service,
            address,
            f"{what_of(service, address)} points to {address.host}, which is the container itself; "
            f"{what} runs in {its}",
            f"write {or_list(names, '`', most=3)} instead of `{address.host}`"
            + _port_advice(stores, address),
            address.host,
            related=tuple(Related(store.key.span, f"{what} runs here") for store in stores[:3]),
        )


def _port_advice(stores: list[Service], address: Address) -> str:
    """What to write instead of a port that is only published; empty if the port is right."""
    from ...linter.analysis.peers import container_port

    if len(stores) != 1 or address.port is None:
        return ""
    port = container_port(stores[0], address.port)
    return f", and port {port} instead of {address.port}" if port is not None else ""


@rule(
    "CF173",
    "published-port-between-services",
    Severity.WARNING,
    category="connect",
    words=ADDRESS_WORDS,
    since="0.2",
    sources=(NETWORKING,),
    examples=(
        Example(
            bad='services:\n  web:\n    image: shop/web:2.1\n    environment:\n      DB_HOST: db\n      DB_PORT: "5433"  # error: "5433"\n  db:\n    image: postgres:17\n    ports: ["127.0.0.1:5433:5432"]\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n',
            good='services:\n  web:\n    image: shop/web:2.1\n    environment:\n      DB_HOST: db\n      DB_PORT: "5432"\n    depends_on:\n      db:\n        condition: service_healthy\n  db:\n    image: postgres:17\n    healthcheck:\n      test: [CMD, pg_isready]\n    ports: ["127.0.0.1:5433:5432"]\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n',
        ),
        Example(
            bad='services:\n  web:\n    image: shop/web:2.1\n    environment:\n      CACHE_URL: redis://cache:6380/0  # error: cache:6380\n  cache:\n    image: redis:7.4\n    ports: ["127.0.0.1:6380:6379"]\n',
            good='services:\n  web:\n    image: shop/web:2.1\n    environment:\n      CACHE_URL: redis://cache:6379/0\n    depends_on:\n      cache:\n        condition: service_healthy\n  cache:\n    image: redis:7.4\n    healthcheck:\n      test: [CMD, redis-cli, ping]\n    ports: ["127.0.0.1:6380:6379"]\n',
        ),
    ),
)
def published_port_between_services(stack: Stack) -> Iterator[Diagnostic]:
    """A service connects to another one at the port that is published on the host, which only the host has.

    Why: Nothing listens at that port in the other container, so the connection is refused.

    Between services the port of the container counts, that behind the colon in `ports`. Where
    anything says that the other service listens on the published number too, nothing is reported.
    """
    reported: set[Span] = set()
    for service, address in each_address(stack):
        if address.port is None:
            continue
        from ...linter.analysis.peers import (
            container_port,
            may_listen_at,
            peers_of,
            published_at,
            share_network,
        )

        other = peers_of(stack).named(address.host, service)
        if other is None or other is service or not share_network(service, other):
            continue
        port = container_port(other, address.port)
        if port is None or may_listen_at(other, address.port):
            continue
        place = address.port_place or address.place
        if place in reported:
            continue
        reported.add(place)
        yield finding_at(
            service,
            address._replace(place=place),
            f'{what_of(service, address)} leads to port {address.port} of "{other.name}", which only '
            f"the host has: the container listens on {port}",
            f"write port {port}: between services the container's port counts",
            f"{address.host}:{address.port}",
            related=(
                Related(
                    published_at(other, address.port),
                    f"port {address.port} of the host leads to port {port} of the container",
                ),
            ),
        )


@rule(
    "CF174",
    "unknown-host",
    Severity.WARNING,
    category="connect",
    words=ADDRESS_WORDS,
    since="0.2",
    sources=(NETWORKING,),
    examples=(
        Example(
            bad="services:\n  web:\n    image: shop/web:2.1\n    environment:\n      SEARCH_URL: http://serch:7700/  # error: serch:7700\n  search:\n    image: shop/search:1.4\n",
            good="services:\n  web:\n    image: shop/web:2.1\n    environment:\n      SEARCH_URL: http://search:7700/\n  search:\n    image: shop/search:1.4\n",
        ),
    ),
)
def unknown_host(stack: Stack) -> Iterator[Diagnostic]:
    """A service connects to a host that does not exist, and whose name is almost a service's.

    Why: The name cannot be resolved, and the connection fails.

    Names with a dot, aliases, container names, `extra_hosts`, links, and services in networks that other
    stacks may join are left alone.
    """
    reported: set[Span] = set()
    for service, address in each_address(stack):
        if "." in address.host or ":" in address.host or address.place in reported:
            continue
        from ...linter.analysis.local_addresses import meant_host

        name = meant_host(service, address)
        if name is None:
            continue
        reported.add(address.place)
        yield finding_at(
            service,
            address,
            f'{what_of(service, address)} names the host "{address.host}", which is not in the stack',
            f'did you mean "{name}"?',
            address.host,
            related=(Related(stack.services[name].key.span, f'the service "{name}"'),),
        )

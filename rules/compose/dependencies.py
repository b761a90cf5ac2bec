"""What services wait for, and what they depend on without saying so."""

from __future__ import annotations

import re

from ...linter.analysis.container import container_of
from ...linter.analysis.one_shot import is_test
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from .._sources import SPEC
from .addresses import ADDRESS_WORDS, each_address, finding_at, what_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.analysis.addresses import Address
    from ...linter.model.service import Service
    from ...linter.model.stack import Stack


@rule(
    "CF176",
    "network-of-container",
    Severity.WARNING,
    category="start",
    words=("network_mode",),
    since="0.2",
    sources=(SPEC + "services/#network_mode",),
    examples=(
        Example(
            bad="services:\n  vpn:\n    image: shop/vpn:1.4\n  mail:\n    image: shop/mail:2.1\n    network_mode: container:vpn  # error: container:vpn\n",
            good="services:\n  vpn:\n    image: shop/vpn:1.4\n  mail:\n    image: shop/mail:2.1\n    network_mode: service:vpn\n",
        ),
    ),
)
def network_of_container(service: Service) -> Iterator[Diagnostic]:
    """A service joins the network of a container by name, where a service of the stack is meant.

    `container:` waits for nothing and takes the name of a container, which is not that of the service
    unless `container_name` says so; `service:` starts the other service first, and joins the new
    container when that is made again. A service that depends on the other one besides is left alone.
    """
    field = service.field("network_mode")
    kind, _, name = (service.text("network_mode") or "").partition(":")
    if field is None or kind != "container" or not name:
        return
    for other in service.stack.services.values():
        own = other.text("container_name")
        if other is service or (other.get("container_name") is not None and own is None):
            continue
        is_named = own == name
        if not is_named and own is None:
            is_named = re.fullmatch(rf"[\w-]+[-_]{re.escape(other.name)}[-_]1", name) is not None
        if not is_named and other.name != name:
            continue
        if is_named and other.name in service.depends_on:
            return
        called = f'the name "{own}"' if own else "no fixed name"
        fact = (
            "but does not start after it"
            if is_named
            else f'but the container of service "{other.name}" has {called}'
        )
        yield Diagnostic(
            field.value,
            f'service "{service.name}" joins the network of the container "{name}", {fact}',
            help=f'write `network_mode: "service:{other.name}"`',
            severity=Severity.INFO if is_named else None,
            subject=f"{service.path}.network_mode",
            evidence=name,
            related=[Related(other.key.span, f'service "{other.name}"')],
        )
        return


@rule(
    "CF177",
    "start-of-job-awaited",
    Severity.WARNING,
    category="start",
    words=("depends_on",),
    since="0.2",
    sources=(SPEC + "services/#depends_on",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: shop/web:2.1\n    depends_on: [migrate]  # error: migrate\n  migrate:\n    image: shop/web:2.1\n    command: alembic upgrade head\n",
            good="services:\n  web:\n    image: shop/web:2.1\n    depends_on:\n      migrate:\n        condition: service_completed_successfully\n  migrate:\n    image: shop/web:2.1\n    command: alembic upgrade head\n",
        ),
    ),
)
def start_of_job_awaited(service: Service) -> Iterator[Diagnostic]:
    """A service waits until a job has started, not until it has ended.

    Why: What the job prepares, such as the tables of a database, is not there yet when the
    service starts.

    Only commands that are known to end count as jobs, and those that run tests prepare nothing.
    """
    if not service.runs_here or service.stack.is_swarm:
        return
    for name, dependency in service.depends_on.items():
        other = service.stack.services.get(name)
        if (
            other is None
            or dependency.condition not in ("service_started", "service_healthy")
            or not other.runs_here
            or other.text("restart") in ("always", "unless-stopped")
            or not container_of(other).is_task
            or is_test(container_of(other).command_text)
        ):
            continue
        state = "has started" if dependency.condition == "service_started" else "is healthy"
        yield Diagnostic(
            service.get("depends_on", name, "condition") or dependency.node,
            f'service "{service.name}" waits until the job "{name}" {state}, not until it has ended',
            help="set `condition: service_completed_successfully`",
            subject=f"{service.path}.depends_on.{name}",
            related=[Related((other.get("command") or other.key).span, f'the job "{name}"')],
        )


@rule(
    "CF178",
    "missing-dependency",
    Severity.INFO,
    category="start",
    words=ADDRESS_WORDS,
    since="0.2",
    ignore_when=(
        "Where the program tries again until the other service answers, or the two are "
        "started apart on purpose."
    ),
    sources=(SPEC + "services/#depends_on",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: shop/web:2.1\n    environment:\n      REDIS_HOST: cache  # error: cache\n  cache:\n    image: redis:7.4\n",
            good="services:\n  web:\n    image: shop/web:2.1\n    environment:\n      REDIS_HOST: cache\n    depends_on:\n      cache:\n        condition: service_healthy\n  cache:\n    image: redis:7.4\n    healthcheck:\n      test: [CMD, redis-cli, ping]\n",
        ),
    ),
)
def missing_dependency(stack: Stack) -> Iterator[Diagnostic]:
    """A service uses a database, cache or broker of the stack, and does not depend on it.

    Both start at the same time then, and `docker compose up web` starts the first one alone. What
    `depends_on` brings through other services counts. Stacks for Swarm, which ignores it, stores
    of other profiles, variables that many services share, and hosts that a variable gives are left alone.
    """
    if stack.is_swarm:
        return
    reported: set[tuple[str, str]] = set()
    for service, address in each_address(stack):
        if not address.family:
            continue
        from ...linter.analysis.addresses import family_of
        from ...linter.analysis.peers import peers_of, share_network

        store = peers_of(stack).named(address.host, service)
        if store is None or store is service or (service.name, store.name) in reported:
            continue
        if family_of(store) is None or not store.runs_here or not share_network(service, store):
            continue
        if store.profiles and not set(service.profiles) & set(store.profiles):
            continue
        if not _is_needed_for_sure(service, address, store):
            continue
        if store.name in _needed(service) or service.name in _needed(store):
            continue
        reported.add((service.name, store.name))
        yield finding_at(
            service,
            address,
            f'{what_of(service, address)} names service "{store.name}", which is not in its depends_on',
            f"add {store.name} to `depends_on`, with `condition: service_healthy` if it has a healthcheck",
            store.name,
            related=(Related(store.key.span, f'service "{store.name}"'),),
        )


_MOST_COPIES = 3
"""A variable that more services have alike is one that they all get, whether they need it or not."""


def _is_needed_for_sure(service: Service, address: Address, store: Service) -> bool:
    """Whether a service needs a store: not only because of variables that it shares with others.

    A job may only need the database, and a host that a variable gives may be elsewhere.
    """
    node, place = service.node, address.span
    if place.file is not node.file or not node.start <= place.start < node.end:
        return False
    if address.host not in re.sub(r"\$\{[^}]*\}|\$\w+", "", place.text):
        return False
    if container_of(store).kind != "database" and container_of(service).runs_once:
        return False
    own = service.environment.get(address.name)
    copies = [
        each
        for each in service.stack.services.values()
        if own is not None
        and (other := each.environment.get(address.name)) is not None
        and other.value == own.value
    ]
    return len(copies) <= _MOST_COPIES


def _needed(service: Service) -> set[str]:
    """The names of the services that Compose starts before a service."""
    services = service.stack.services
    pending, needed = [service], set[str]()
    while pending:
        each = pending.pop()
        names = set(each.depends_on)
        for key in ("network_mode", "ipc", "pid"):
            kind, _, name = (each.text(key) or "").partition(":")
            names |= {name} if kind == "service" else set()
        for key in ("links", "volumes_from"):
            node = each.get(key)
            names |= {text.partition(":")[0] for text in _texts(node)}
        new = (names & services.keys()) - needed
        needed |= new
        pending += (services[name] for name in new)
    return needed


def _texts(node: object) -> list[str]:
    from ...linter.model.values import text_list
    from ...linter.source.yaml.nodes import Node

    return text_list(node) or [] if isinstance(node, Node) else []

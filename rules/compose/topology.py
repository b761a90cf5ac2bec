"""How services are named and separated from each other."""

from __future__ import annotations

from ...linter.analysis.container import container_of
from ...linter.base.names import STORES
from ...linter.base.wording import and_list
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from .._sources import SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service
    from ...linter.model.stack import Stack

FRONT = ("proxy", "web-server")


@rule(
    "CF280",
    "fixed-container-name",
    Severity.INFO,
    category="maintenance",
    words=("container_name",),
    presets=("production",),
    ignore_when=(
        "Where scripts call the container by this name, and one copy of the stack is enough."
    ),
    sources=(SPEC + "services/#container_name",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    container_name: shop-app  # error: shop-app\n",
            good="services:\n  app:\n    image: shop/app:2.1\n",
            preset="production",
        ),
    ),
)
def fixed_container_name(service: Service) -> Iterator[Diagnostic]:
    """A fixed `container_name` allows only one container of the service on the whole machine.

    The service cannot be scaled, a second copy of the stack (a test, the next version) cannot run
    beside the first, and `docker compose` finds its containers without it.
    """
    field = service.field("container_name")
    name = service.text("container_name")
    if field is None or not name:
        return
    yield Diagnostic(
        field.value,
        f'service "{service.name}" cannot be scaled: its container is always called "{name}"',
        help="delete `container_name`; `docker compose exec` accepts the service's name",
        subject=f"{service.path}.container_name",
        evidence=name,
    )


@rule(
    "CF281",
    "flat-network",
    Severity.INFO,
    category="connect",
    presets=("production",),
    equivalents=("kics:networks_not_set",),
    ignore_when=(
        "Where the front end is trusted with the database anyway, such as a panel that only "
        "administrators reach."
    ),
    sources=("https://docs.docker.com/compose/how-tos/networking/#specify-custom-networks",),
    examples=(
        Example(
            bad="services:\n  proxy:  # error: proxy\n    image: nginx:1.30\n    ports: ['80:80']\n    depends_on: [app]\n  app:\n    image: shop/app:2.1\n    environment:\n      CACHE_HOST: cache\n  cache:\n    image: redis:7.4\n",
            good="services:\n  proxy:\n    image: nginx:1.30\n    ports: ['80:80']\n    depends_on: [app]\n    networks: [front]\n  app:\n    image: shop/app:2.1\n    environment:\n      CACHE_HOST: cache\n    networks: [front, back]\n  cache:\n    image: redis:7.4\n    networks: [back]\nnetworks:\n  front:\n  back:\n    internal: true\n",
            preset="production",
        ),
    ),
)
def flat_network(stack: Stack) -> Iterator[Diagnostic]:
    """A published front end shares a network with a database that it does not use.

    Why: An attacker in the front end reaches the database at once.

    Two networks, with the application in both, keep them apart; `internal: true` also keeps the
    database off the internet. A front end that uses the database itself is left alone.
    """
    running = [service for service in stack.services.values() if service.runs_here]
    if len(running) < 3:
        return
    stores = [service for service in running if container_of(service).kind in STORES]
    fronts = [
        service for service in running if service.ports and container_of(service).kind in FRONT
    ]
    for front in fronts:
        near = [
            store
            for store in stores
            if not _uses(front, store)
            and _share(front, store)
            and any(_uses(middle, store) for middle in running if middle not in (front, store))
        ]
        if not near:
            continue
        names = and_list(store.name for store in near)
        them = "them" if len(near) > 1 else "it"
        yield Diagnostic(
            front.key,
            f'the published service "{front.name}" shares the network "{_networks(front)[0]}" with {names}, '
            "which it does not use",
            help=f"put {names} into a separate network, with the services that use {them}",
            subject="networks",
            evidence=names,
            related=[
                Related(store.key.span, f'reachable from service "{front.name}"') for store in near
            ],
        )
        return


def _share(one: Service, other: Service) -> bool:
    """Whether two services are in one network."""
    mode = one.text("network_mode") or other.text("network_mode")
    return not mode and not set(_networks(one)).isdisjoint(_networks(other))


def _networks(service: Service) -> list[str]:
    return service.networks or ["default"]


def _uses(service: Service, store: Service) -> bool:
    """Whether a service names another one in its dependencies, its variables or its command."""
    if store.name in service.depends_on:
        return True
    texts = [variable.value or "" for variable in service.environment.values()]
    texts.append(container_of(service).command_text)
    return any(_names(text, store.name) for text in texts)


def _names(text: str, name: str) -> bool:
    """Whether a text contains a name that is not part of a longer one."""
    at = text.find(name)
    while at >= 0:
        around = text[max(at - 1, 0) : at] + text[at + len(name) : at + len(name) + 1]
        if not any(char.isalnum() or char in "-_" for char in around):
            return True
        at = text.find(name, at + 1)
    return False

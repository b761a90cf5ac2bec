"""The memory and CPUs that the services of a stack may use: sums of limits and reservations.

Limits count once for each container (``scale``, ``deploy.replicas``). Services that are
meant to end are listed but not counted: they have ended when the others run. Sizes are bytes.
"""

from __future__ import annotations

from ..base.names import STORES, STRATEGIES
from ..base.records import NamedTuple
from ..base.units import parse_size
from .container import container_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..model.host import Host
    from ..model.service import Service
    from ..model.stack import Stack

INFRASTRUCTURE = STORES | {"object-store"}
"""Kinds of images that the strategy ``infrastructure`` keeps in containers."""


class Demand(NamedTuple):
    """The memory and CPUs that one service may use.

    ``memory``, ``cpus`` and ``reservation`` are those of one container, None if nothing
    limits them or they are unknown. ``suggested_memory`` and ``suggested_cpus`` suit its
    image. ``task`` tells whether it is meant to end, ``strategy`` is the first of
    ``STRATEGIES`` that runs it in a container.
    """

    service: Service
    replicas: int
    memory: int | None
    cpus: float | None
    reservation: int | None
    suggested_memory: int
    suggested_cpus: float
    task: bool
    strategy: str

    @property
    def name(self) -> str:
        return self.service.name

    @property
    def all_memory(self) -> int | None:
        """The memory of all its containers; None if unlimited or unknown."""
        return None if self.memory is None else self.memory * self.replicas

    @property
    def all_cpus(self) -> float | None:
        """The CPUs of all its containers; None if unlimited or unknown."""
        return None if self.cpus is None else self.cpus * self.replicas


class Load(NamedTuple):
    """The sums over several services; ``estimate`` also counts the memory that suits those
    without a limit."""

    demands: tuple[Demand, ...]
    memory: int
    cpus: float
    reservation: int
    estimate: int

    @property
    def unbounded(self) -> list[Demand]:
        """The counted demands without a memory limit."""
        return [demand for demand in self.counted if demand.memory is None]

    @property
    def counted(self) -> list[Demand]:
        """The demands of services that are not meant to end."""
        return [demand for demand in self.demands if not demand.task]


def demand_of(service: Service, critical: Iterable[str] = ()) -> Demand:
    """The demand of a service; ``critical`` names the services that others cannot do without."""
    container = container_of(service)
    memory, cpus = container.suggested_memory, container.suggested_cpus
    return Demand(
        service,
        service.replicas,
        service.memory_limit,
        service.cpu_limit,
        service.memory_reservation,
        parse_size(memory) or 0,
        float(cpus),
        container.runs_once,
        _strategy(service, frozenset(critical)),
    )


def _strategy(service: Service, critical: frozenset[str]) -> str:
    """The first strategy that runs a service in a container."""
    if container_of(service).kind in INFRASTRUCTURE:
        return "infrastructure"
    if critical:
        return "hybrid" if service.name in critical else "production"
    return "hybrid" if service.name in service.stack.dependants or service.ports else "production"


def load_of(demands: Iterable[Demand]) -> Load:
    """The sums over some services."""
    demands = tuple(demands)
    counted = [demand for demand in demands if not demand.task]
    memory = sum(demand.all_memory or 0 for demand in counted)
    unlimited = (demand for demand in counted if demand.memory is None)
    return Load(
        demands,
        memory,
        round(sum(demand.all_cpus or 0.0 for demand in counted), 4),
        sum((demand.reservation or 0) * demand.replicas for demand in counted),
        memory + sum(demand.suggested_memory * demand.replicas for demand in unlimited),
    )


def under(load: Load, strategy: str) -> Load:
    """The load of those services that a strategy runs in containers."""
    allowed = STRATEGIES[: STRATEGIES.index(strategy) + 1]
    return load_of(demand for demand in load.demands if demand.strategy in allowed)


def running_sets(stack: Stack) -> list[tuple[tuple[str, ...], list[Service]]]:
    """The sets of services that run together, each with its profiles.

    There is one set for the profiles that the user asked for; else one without any profile,
    and one more for each profile.
    """
    services = [service for service in stack.services.values() if service.runs_here]
    asked = tuple(profile for profile in stack.loaded.profiles_asked if profile)
    choices: list[tuple[str, ...]] = (
        [asked] if asked else [(), *((profile,) for profile in stack.loaded.profiles)]
    )
    sets = []
    for profiles in choices:
        disabled = stack.loaded.disabled(profiles)
        enabled = [service for service in services if service.name not in disabled]
        sets.append((profiles, enabled))
    return sets


def loads(stack: Stack, critical: Sequence[str] = ()) -> list[tuple[tuple[str, ...], Load]]:
    """The load of each set of services that run together."""
    demands: dict[str, Demand] = {}
    result = []
    for profiles, services in running_sets(stack):
        for service in services:
            if service.name not in demands:
                demands[service.name] = demand_of(service, critical)
        result.append((profiles, load_of(demands[service.name] for service in services)))
    return result


def uses_of(stack: Stack, host: Host) -> tuple[tuple[str, float, float], ...]:
    """What the limits of a stack's usual services add up to on a machine: "memory" in bytes or
    "CPUs", the sum, and what the machine has; without what nothing limits or is not known."""
    services = running_sets(stack)[0][1]
    load = load_of(demand_of(service) for service in services)
    uses = (("memory", load.memory, host.available_memory), ("CPUs", load.cpus, host.cpus))
    return tuple((title, used, most) for title, used, most in uses if used and most)

"""What the services of a stack may take of a machine: sums of their limits and reservations.

Limits count once for each container (``scale``, ``deploy.replicas``). Services that are
meant to end are shown and not counted: they are gone when the others run. Sizes are bytes.
"""

from __future__ import annotations

from ..analysis.container import container_of
from ..base.records import NamedTuple
from ..base.units import parse_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..model.service import Service
    from ..model.stack import Stack

STRATEGIES = ("infrastructure", "hybrid", "production")
"""What runs in containers: stores only; also what others rely on or reach; everything."""

INFRASTRUCTURE = frozenset(("broker", "cache", "database", "object-store", "search"))
"""Kinds of images that the strategy ``infrastructure`` keeps in containers."""


class Demand(NamedTuple):
    """What one service may take.

    ``memory``, ``cpus`` and ``reservation`` are those of one container, None where nothing
    limits them or it is not known. ``suggested_memory`` and ``suggested_cpus`` would suit its
    image. ``strategy`` is the first of ``STRATEGIES`` that has it in a container.
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
        """The memory of all its containers."""
        return None if self.memory is None else self.memory * self.replicas

    @property
    def all_cpus(self) -> float | None:
        """The CPUs of all its containers."""
        return None if self.cpus is None else self.cpus * self.replicas


class Load(NamedTuple):
    """What several services may take together; ``estimate`` also counts what would suit those
    without a memory limit."""

    demands: tuple[Demand, ...]
    memory: int
    cpus: float
    reservation: int
    estimate: int

    @property
    def unbounded(self) -> list[Demand]:
        """Those without a memory limit."""
        return [demand for demand in self.counted if demand.memory is None]

    @property
    def counted(self) -> list[Demand]:
        return [demand for demand in self.demands if not demand.task]


def demand_of(service: Service, critical: Iterable[str] = ()) -> Demand:
    """What a service may take; ``critical`` names services that others cannot do without."""
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
    if container_of(service).kind in INFRASTRUCTURE:
        return "infrastructure"
    if critical:
        return "hybrid" if service.name in critical else "production"
    needed = any(service.name in other.depends_on for other in service.stack.services.values())
    return "hybrid" if needed or service.ports else "production"


def load_of(demands: Iterable[Demand]) -> Load:
    """The sums over some services."""
    listed = tuple(demands)
    memory, cpus, reservation, estimate = 0, 0.0, 0, 0
    for demand in listed:
        if demand.task:
            continue
        memory += demand.all_memory or 0
        cpus += demand.all_cpus or 0.0
        reservation += (demand.reservation or 0) * demand.replicas
        estimate += (
            demand.all_memory
            if demand.all_memory is not None
            else demand.suggested_memory * demand.replicas
        )
    return Load(listed, memory, round(cpus, 4), reservation, estimate)


def under(load: Load, strategy: str) -> Load:
    """Of some services, those that a strategy has in containers."""
    allowed = STRATEGIES[: STRATEGIES.index(strategy) + 1]
    return load_of(demand for demand in load.demands if demand.strategy in allowed)


def running_sets(stack: Stack) -> list[tuple[tuple[str, ...], list[Service]]]:
    """Which services run together, with which profiles.

    With the profiles that were asked for there is one such set; else there is one without
    any profile, and one more for each profile.
    """
    services = [service for service in stack.services.values() if service.runs_here]
    asked = tuple(profile for profile in stack.loaded.profiles_asked if profile)
    choices: list[tuple[str, ...]] = (
        [asked] if asked else [(), *((profile,) for profile in stack.loaded.profiles)]
    )
    found = []
    for profiles in choices:
        off = stack.loaded.disabled(profiles)
        found.append((profiles, [service for service in services if service.name not in off]))
    return found


def loads(stack: Stack, critical: Sequence[str] = ()) -> list[tuple[tuple[str, ...], Load]]:
    """The load of each set of services that run together."""
    known: dict[str, Demand] = {}
    found = []
    for profiles, services in running_sets(stack):
        demands = []
        for service in services:
            demand = known.get(service.name)
            if demand is None:
                demand = known[service.name] = demand_of(service, critical)
            demands.append(demand)
        found.append((profiles, load_of(demands)))
    return found

"""The limits that a service without them may get, and how far each can be trusted.

A value is evident where the configuration gives it (``[fix]``), where the machine does (``[host]``:
what the other limits leave is divided), or where the file says how much memory the program may use
(``maxmemory``, ``shared_buffers``, ``-Xmx``). Otherwise it is a suggestion: what a database needs
depends on its data, and a limit that is too small stops it.
"""

from __future__ import annotations

import re

from ..base.names import STORES
from ..base.records import NamedTuple
from ..base.units import format_size, parse_size
from .capacity import Demand, demand_of, load_of, running_sets
from .container import container_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..model.service import Service
    from ..model.stack import Stack

_MB = 1024 * 1024
_STEP = 16 * _MB
_LEAST_MEMORY = 64 * _MB
"""With less memory hardly any program starts: a smaller share is not offered."""

_LEAST_CPUS = 0.1

_HEAP = (
    r"(?:-Xmx|-XX:MaxHeapSize=|--max[-_]old[-_]space[-_]size[= ]|maxmemory[= ]|"
    r"shared_buffers=|innodb[-_]buffer[-_]pool[-_]size=)\s*[\"']?(\d+(?:\.\d+)?\s?[kKmMgGtT]?)[bB]?\b"
)
"""Options that give a program an amount of memory for one of its parts."""


class Advice(NamedTuple):
    """A value for a limit, and whether there is evidence for it."""

    value: str
    evident: bool


def advised_memory(service: Service) -> Advice | None:
    """The memory limit for a service without one; None where the machine has no room for it."""
    project, container = service.stack.project, container_of(service)
    if project.fix_values.memory:
        return Advice(project.fix_values.memory, True)
    suggested = parse_size(container.suggested_memory) or 0
    heap = max(_heaps(service), default=0)
    known = container.has_known_size and 2 * heap <= suggested and not _is_hidden(service)
    wanted = max(suggested, 2 * heap)
    available = project.host.available_memory if project.host else None
    if available is None or container.runs_once:
        evident = known and container.kind in STORES and heap > 0
        return Advice(format_size(wanted), evident)
    share = _shares_of(service.stack).memory.get(service.name, 0.0)
    facts = container.facts
    least = (facts.min_memory if facts is not None and known else None) or _LEAST_MEMORY
    size = min(share, wanted) if known else share
    size = int(size) // _STEP * _STEP
    return Advice(format_size(size), True) if size >= max(least, 2 * heap) else None


def advised_cpus(service: Service) -> Advice | None:
    """The CPU limit for a service without one, as Compose writes it; None if there is no room."""
    project, container = service.stack.project, container_of(service)
    if project.fix_values.cpus:
        return Advice(f"{project.fix_values.cpus:g}", True)
    known = container.has_known_size
    available = project.host.cpus if project.host else None
    if available is None or container.runs_once:
        return Advice(container.suggested_cpus, False)
    share = _shares_of(service.stack).cpus.get(service.name, 0.0)
    cpus = min(share, float(container.suggested_cpus)) if known else share
    cpus = int(cpus * 20 + 1e-9) / 20
    return Advice(f"{cpus:g}", True) if cpus >= _LEAST_CPUS else None


class _Shares(NamedTuple):
    """What the machine has for one container of each service without a limit, by name."""

    memory: dict[str, float]
    cpus: dict[str, float]


def _shares_of(stack: Stack) -> _Shares:
    """The shares of the services of a stack, of each in the fullest set that it runs in."""
    shares: _Shares | None = stack.conclusions.get(_Shares)
    if shares is None:
        shares = stack.conclusions[_Shares] = _Shares({}, {})
        host = stack.project.host
        for _, services in running_sets(stack):
            demands = load_of(map(demand_of, services)).counted
            for available, of_cpus, smallest in (
                (host.available_memory if host else None, False, shares.memory),
                (host.cpus if host else None, True, shares.cpus),
            ):
                if available is not None:
                    for name, share in _divided(demands, available, of_cpus).items():
                        smallest[name] = min(share, smallest.get(name, share))
    return shares


def _divided(demands: Iterable[Demand], available: float, of_cpus: bool) -> dict[str, float]:
    """What is left of memory or CPUs, divided among the containers without a limit.

    A container gets no more than its image is known to need; the others share the rest evenly.
    """
    demands = list(demands)
    taken = (demand.all_cpus if of_cpus else demand.all_memory for demand in demands)
    left = available - sum(amount or 0 for amount in taken)
    open_demands = [
        demand for demand in demands if (demand.cpus if of_cpus else demand.memory) is None
    ]
    shares: dict[str, float] = {}
    pending = sorted(open_demands, key=lambda demand: _need(demand, of_cpus))
    containers = sum(demand.replicas for demand in pending)
    for demand in pending:
        even = max(left, 0) / containers if containers else 0
        shares[demand.name] = min(even, _need(demand, of_cpus))
        left -= shares[demand.name] * demand.replicas
        containers -= demand.replicas
    return shares


def _need(demand: Demand, of_cpus: bool) -> float:
    """What one container of a demand is known to need; infinite if nothing is known."""
    if not container_of(demand.service).has_known_size:
        return float("inf")
    return demand.suggested_cpus if of_cpus else demand.suggested_memory


def _is_configured(service: Service) -> bool:
    """Whether it is a program of a known size that may get a file of configuration."""
    if not container_of(service).has_known_size:
        return False
    return bool(service.mounts) or service.get("configs") is not None


def _is_hidden(service: Service) -> bool:
    """Whether a configuration that cannot be read may give the program more memory."""
    if not _is_configured(service):
        return False
    from .mounted import configuration_of

    return not configuration_of(service).complete


def _heaps(service: Service) -> Iterator[int]:
    """The amounts of memory that variables and arguments give to parts of the program."""
    texts = [variable.value or "" for variable in service.environment.values()]
    texts.append(container_of(service).command_text)
    if _is_configured(service):
        from .mounted import configuration_of
        from .settings import plain_lines

        lines = plain_lines(configuration_of(service).text)
        texts += [re.sub(r"\s*=\s*", "=", line) for line in lines]
    for text in texts:
        for amount in re.findall(_HEAP, text):
            size = parse_size(amount)
            # Node.js counts in megabytes.
            if size is not None:
                yield size * _MB if amount.strip().isdigit() and size < _MB else size

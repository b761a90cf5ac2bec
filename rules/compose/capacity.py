"""Whether the services fit the machine that the configuration declares."""

from __future__ import annotations

from ...linter.budget import loads
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ...linter.units import format_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...linter.budget import Demand, Load
    from ...linter.model import Stack
    from ...linter.source.text import Span

CONSTRAINTS = "https://docs.docker.com/engine/containers/resource_constraints/"
_HOST = '[host]\nmemory = "4G"\ncpus = 2\nreserve = "512M"\n'

_FITTING = """\
services:
  db:
    image: postgres:17
    deploy:
      resources:
        limits:
          memory: 2G
          cpus: "1"
  app:
    image: shop/app:2.1
    deploy:
      replicas: 2
      resources:
        limits:
          memory: 512M
          cpus: "0.5"
"""


@rule(
    "CF501",
    "over-memory",
    Severity.WARNING,
    category="resources",
    sources=(CONSTRAINTS,),
    examples=(
        Example(
            bad=_FITTING.replace("512M", "1G").replace("memory: 2G", "memory: 2G  # error: 2G"),
            good=_FITTING,
            files={"composelint.toml": _HOST},
        ),
    ),
)
def over_memory(stack: Stack) -> Iterator[Diagnostic]:
    """The memory limits of services that run together come to more than the machine has.

    When all of them need what they may take, the kernel kills one. Counted are the limits of all
    containers, replicas included, against `host.memory` less `host.reserve` of the configuration;
    with profiles, each on its own. One service whose limit alone exceeds the machine has no limit
    at all: that is an error. Without a declared host nothing is said.
    """
    host = stack.project.host
    if host is None or host.memory is None:
        return
    alone = _alone(stack, lambda demand: demand.memory, host.memory)
    for demand, span in alone:
        yield Diagnostic(
            span,
            f'service "{demand.name}" may take {format_size(demand.memory or 0)}, more than the whole '
            f"host has ({format_size(host.memory)})",
            help="lower its limit",
            severity=Severity.ERROR,
            subject=f"services.{demand.name}",
            evidence=format_size(demand.memory or 0),
        )
    available = host.available_memory
    if alone or available is None:
        return
    for profiles, load in loads(stack):
        if load.memory <= available:
            continue
        yield _over(
            load,
            _limit_span("memory"),
            lambda demand: demand.all_memory or 0,
            f"the memory limits{_with(profiles)} come to {format_size(load.memory)}, more than the "
            f"{format_size(available)} that the host has for services: {load.sum_shown}",
            "lower limits or replicas, run less on this host, or take a larger one",
        )
        return


@rule(
    "CF502",
    "over-cpu",
    Severity.INFO,
    category="resources",
    sources=(CONSTRAINTS,),
    examples=(
        Example(
            bad=_FITTING.replace('cpus: "1"', 'cpus: "1.5"  # error: "1.5"'),
            good=_FITTING,
            files={"composelint.toml": _HOST},
        ),
    ),
)
def over_cpu(stack: Stack) -> Iterator[Diagnostic]:
    """The CPU limits of services that run together come to more than the machine has.

    CPU time is shared, so this slows things down and breaks nothing: advice. A service that may take
    more CPUs than there are is refused by Docker: an error.
    """
    host = stack.project.host
    if host is None or host.cpus is None:
        return
    alone = _alone(stack, lambda demand: demand.cpus, host.cpus, "cpus")
    for demand, span in alone:
        yield Diagnostic(
            span,
            f'service "{demand.name}" may take {demand.cpus:g} CPUs, the host has {host.cpus:g}: Docker '
            "refuses to create it",
            help="lower its limit",
            severity=Severity.ERROR,
            subject=f"services.{demand.name}",
            evidence=f"{demand.cpus:g}",
        )
    if alone:
        return
    for profiles, load in loads(stack):
        if load.cpus <= host.cpus:
            continue
        parts = " + ".join(
            f"{demand.name} {demand.replicas} × {demand.cpus:g}"
            if demand.replicas > 1
            else f"{demand.name} {demand.cpus:g}"
            for demand in load.counted
            if demand.cpus
        )
        yield _over(
            load,
            _limit_span("cpus"),
            lambda demand: demand.all_cpus or 0,
            f"the CPU limits{_with(profiles)} come to {load.cpus:g}, the host has {host.cpus:g}: {parts}",
            "lower limits where a service can wait",
        )
        return


@rule(
    "CF503",
    "over-reservation",
    Severity.WARNING,
    category="resources",
    sources=(CONSTRAINTS,),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:17\n    mem_limit: 3G\n    mem_reservation: 3G  # error: 3G\n  app:\n    image: shop/app:2.1\n    mem_limit: 512M\n    mem_reservation: 1G\n",
            good="services:\n  db:\n    image: postgres:17\n    mem_limit: 3G\n    mem_reservation: 2G\n  app:\n    image: shop/app:2.1\n    mem_limit: 512M\n    mem_reservation: 256M\n",
            files={"composelint.toml": _HOST},
        ),
    ),
)
def over_reservation(stack: Stack) -> Iterator[Diagnostic]:
    """More memory is reserved for services that run together than the machine has.

    A reservation is what a service is to keep when memory is short; promises that add up to more than
    there is cannot be kept.
    """
    host = stack.project.host
    if host is None or host.memory is None:
        return
    alone = _alone(stack, lambda demand: demand.reservation, host.memory, "reservation")
    for demand, span in alone:
        yield Diagnostic(
            span,
            f'service "{demand.name}" reserves {format_size(demand.reservation or 0)}, more than the '
            f"whole host has ({format_size(host.memory)})",
            help="lower its reservation",
            severity=Severity.ERROR,
            subject=f"services.{demand.name}",
            evidence=format_size(demand.reservation or 0),
        )
    available = host.available_memory
    if alone or available is None:
        return
    for profiles, load in loads(stack):
        if load.reservation <= available:
            continue
        parts = " + ".join(
            f"{demand.name} {demand.replicas} × {format_size(demand.reservation)}"
            if demand.replicas > 1
            else f"{demand.name} {format_size(demand.reservation)}"
            for demand in load.counted
            if demand.reservation
        )
        yield _over(
            load,
            _reservation_span,
            lambda demand: (demand.reservation or 0) * demand.replicas,
            f"the memory reservations{_with(profiles)} come to {format_size(load.reservation)}, more "
            f"than the {format_size(available)} that the host has for services: {parts}",
            "lower reservations or replicas",
        )
        return


@rule(
    "CF504",
    "unbounded-service",
    Severity.WARNING,
    category="resources",
    sources=(CONSTRAINTS,),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:17\n    mem_limit: 1G\n  cache:  # error: cache\n    image: redis:7.4\n",
            good="services:\n  db:\n    image: postgres:17\n    mem_limit: 1G\n  cache:\n    image: redis:7.4\n    mem_limit: 256M\n",
            files={"composelint.toml": _HOST},
        ),
    ),
)
def unbounded_service(stack: Stack) -> Iterator[Diagnostic]:
    """A machine is declared, and services without a memory limit may take all of it.

    The sum of the others' limits then says nothing. Services that are meant to end are left alone.
    """
    host = stack.project.host
    if host is None or host.memory is None:
        return
    found: dict[str, Demand] = {
        demand.name: demand for _, load in loads(stack) for demand in load.unbounded
    }
    unknown = {name for name in found if stack.services[name].limit("memory") is not None}
    names = [name for name in found if name not in unknown]
    if not names:
        return
    first, *others = [stack.services[name] for name in names]
    shown = ", ".join(f'"{name}"' for name in names)
    total = loads(stack)[0][1].memory
    yield Diagnostic(
        first.key,
        f"{shown} may take all of the host's {format_size(host.memory)}: no memory limit; the "
        f"others come to {format_size(total)}",
        help="set deploy.resources.limits.memory (or mem_limit) for each service",
        subject="services",
        evidence=shown,
        related=[Related(service.key.span, "no memory limit either") for service in others],
    )


def _with(profiles: tuple[str, ...]) -> str:
    return f" with the profile {', '.join(profiles)}" if profiles else ""


def _alone(
    stack: Stack,
    amount: Callable[[Demand], float | None],
    most: float,
    kind: str = "memory",
) -> list[tuple[Demand, Span]]:
    """The services of which one container exceeds the whole machine."""
    found: dict[str, tuple[Demand, Span]] = {}
    span_of = _reservation_span if kind == "reservation" else _limit_span(kind)
    for _, load in loads(stack):
        for demand in load.counted:
            size = amount(demand)
            if size is not None and size > most:
                found[demand.name] = (demand, span_of(demand))
    return list(found.values())


def _limit_span(kind: str) -> Callable[[Demand], Span]:
    def span(demand: Demand) -> Span:
        field = demand.service.limit(kind)
        return field.value.span if field else demand.service.key.span

    return span


def _reservation_span(demand: Demand) -> Span:
    service = demand.service
    node = service.get("mem_reservation") or service.get(
        "deploy", "resources", "reservations", "memory"
    )
    return (node or service.key).span


def _over(
    load: Load,
    span_of: Callable[[Demand], Span],
    amount: Callable[[Demand], float],
    message: str,
    help: str,
) -> Diagnostic:
    """A sum that is too large, at its largest part."""
    parts = sorted((d for d in load.counted if amount(d)), key=lambda d: -amount(d))
    first, *others = parts
    return Diagnostic(
        span_of(first),
        message,
        help=help,
        subject="services",
        evidence=message.partition(":")[0],
        related=[Related(span_of(demand), f'"{demand.name}" adds to it') for demand in others],
    )

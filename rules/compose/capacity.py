"""Whether the services fit the machine that the configuration declares."""

from __future__ import annotations

from ...linter.base.records import NamedTuple
from ...linter.base.units import format_size
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from .._sources import CONSTRAINTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from ...linter.analysis.capacity import Demand, Load
    from ...linter.base.text import Span
    from ...linter.model.stack import Stack

_HOST = '[host]\nmemory = "4G"\ncpus = 2\nreserve = "512M"\n'

_FITTING = """\
services:
  db:
    image: shop/db:2.1
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


def _loads(stack: Stack) -> list[tuple[tuple[str, ...], Load]]:
    """The loads of a stack; asked for only where a machine is declared."""
    from ...linter.analysis.capacity import loads

    return loads(stack)


@rule(
    "CF501",
    "over-memory",
    Severity.WARNING,
    category="resources",
    words=("host:known",),
    ignore_when=(
        "Where the services never need their most at the same time, and somebody has measured that."
    ),
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
    """The memory limits of services that run together add up to more than the machine has.

    Why: When all of them need what they may take, the kernel kills one.

    Counted are the limits of all containers, replicas included, against `host.memory` less
    `host.reserve` of the configuration; with profiles, each on its own. One service whose limit
    alone exceeds the machine has no limit at all. Without a declared host nothing is said.
    """
    host = stack.project.host
    if host is not None and host.memory is not None:
        yield from _exceeding(stack, "memory", host.memory, host.available_memory)


@rule(
    "CF502",
    "over-cpu",
    Severity.INFO,
    category="resources",
    words=("host:known",),
    ignore_when="Where services may share idle CPUs: limits above the sum only slow things down.",
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
    """The CPU limits of services that run together add up to more than the machine has.

    Why: When all of them are busy, each gets less than its limit and is slower.

    CPU time is shared, so this slows things down and breaks nothing: advice. A service that may take
    more CPUs than there are is refused by Docker: an error.
    """
    host = stack.project.host
    if host is not None and host.cpus is not None:
        yield from _exceeding(stack, "cpus", host.cpus, host.cpus)


@rule(
    "CF503",
    "over-reservation",
    Severity.WARNING,
    category="resources",
    words=("host:known",),
    sources=(CONSTRAINTS,),
    examples=(
        Example(
            bad="services:\n  db:\n    image: shop/db:2.1\n    mem_limit: 3G\n    mem_reservation: 3G  # error: 3G\n  app:\n    image: shop/app:2.1\n    mem_limit: 1G\n    mem_reservation: 1G\n",
            good="services:\n  db:\n    image: shop/db:2.1\n    mem_limit: 2G\n    mem_reservation: 2G\n  app:\n    image: shop/app:2.1\n    mem_limit: 1G\n    mem_reservation: 1G\n",
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
    if host is not None and host.memory is not None:
        yield from _exceeding(stack, "reservation", host.memory, host.available_memory)


@rule(
    "CF504",
    "unbounded-service",
    Severity.WARNING,
    category="resources",
    words=("host:known",),
    sources=(CONSTRAINTS,),
    examples=(
        Example(
            bad="services:\n  db:\n    image: shop/db:2.1\n    mem_limit: 1G\n  cache:  # error: cache\n    image: redis:7.4\n",
            good="services:\n  db:\n    image: shop/db:2.1\n    mem_limit: 1G\n  cache:\n    image: redis:7.4\n    mem_limit: 256M\n",
            files={"composelint.toml": _HOST},
        ),
    ),
)
def unbounded_service(stack: Stack) -> Iterator[Diagnostic]:
    """The machine's memory is declared, and services without a memory limit can use all of it.

    The sum of the others' limits then says nothing. Services that are meant to end are left alone.
    """
    host = stack.project.host
    if host is None or host.memory is None:
        return
    sets = _loads(stack)
    unbounded = dict.fromkeys(demand.name for _, load in sets for demand in load.unbounded)
    # A limit that depends on a variable without a value is a limit all the same.
    names = [name for name in unbounded if stack.services[name].limit("memory") is None]
    if not names:
        return
    first, *others = [stack.services[name] for name in names]
    shown = ", ".join(f'"{name}"' for name in names)
    # Stacks of several files may share the one that the finding is in.
    is_file = stack.name == first.key.span.origin.file.path
    of_stack = "" if is_file else f' of stack "{stack.name}"'
    limited = sets[0][1].memory
    sum_of_others = f" (the others add up to {format_size(limited)})" if limited else ""
    yield Diagnostic(
        first.key,
        f"service{'s' if others else ''} {shown}{of_stack} can use all {format_size(host.memory)} of "
        f"the host: no memory limit{sum_of_others}",
        help="set `deploy.resources.limits.memory` (or `mem_limit`) for each service",
        subject="services",
        evidence=shown,
        related=[Related(service.key.span, "no memory limit either") for service in others],
    )


class _Wording(NamedTuple):
    """How the findings about one kind of resource are worded."""

    alone: str
    alone_help: str
    together: str
    together_help: str
    show: Callable[[Any], str]
    alone_severity: Severity | None = None


_WORDING = {
    "memory": _Wording(
        "has a memory limit of {size}, more than the host has ({host})",
        "lower the limit",
        "the memory limits{profiles} add up to {size}, more than the {host} available for services: "
        "{sum}",
        "lower limits or replicas, run less on this host, or use a larger one",
        format_size,
    ),
    "cpus": _Wording(
        "has a limit of {size} CPUs, more than the host has ({host}): Docker refuses to create it",
        "lower the limit",
        "the CPU limits{profiles} add up to {size}, more than the {host} of the host: {sum}",
        "lower the limits of services that can wait",
        "{:g}".format,
        Severity.ERROR,
    ),
    "reservation": _Wording(
        "reserves {size}, more than the host has ({host})",
        "lower the reservation",
        "the memory reservations{profiles} add up to {size}, more than the {host} available for "
        "services: {sum}",
        "lower reservations or replicas",
        format_size,
    ),
}
"""By the field of a demand and of a load that says how much it is."""


def _exceeding(
    stack: Stack, kind: str, host: float, available: float | None
) -> Iterator[Diagnostic]:
    """Findings about services that exceed the host, each alone; if none does, all together."""
    wording = _WORDING[kind]
    sets = _loads(stack)
    alone = {
        demand.name: demand
        for _, load in sets
        for demand in load.counted
        if (getattr(demand, kind) or 0) > host
    }
    for demand in alone.values():
        size = wording.show(getattr(demand, kind))
        yield Diagnostic(
            _span(demand, kind),
            f'service "{demand.name}" {wording.alone.format(size=size, host=wording.show(host))}',
            help=wording.alone_help,
            severity=wording.alone_severity,
            subject=f"services.{demand.name}",
            evidence=size,
        )
    if alone or available is None:
        return
    for profiles, load in sets:
        if getattr(load, kind) > available:
            yield _together(load, kind, available, profiles)
            return


def _together(load: Load, kind: str, available: float, profiles: tuple[str, ...]) -> Diagnostic:
    """The finding about a sum that is too large, at its largest part."""
    wording = _WORDING[kind]
    parts = [demand for demand in load.counted if getattr(demand, kind)]
    first, *others = sorted(parts, key=lambda part: -getattr(part, kind) * part.replicas)
    message = wording.together.format(
        profiles=f" with the profile {', '.join(profiles)}" if profiles else "",
        size=wording.show(getattr(load, kind)),
        host=wording.show(available),
        sum=" + ".join(
            f"{part.name} {f'{part.replicas} × ' if part.replicas > 1 else ''}"
            f"{wording.show(getattr(part, kind))}"
            for part in ([first, *others] if kind == "memory" else parts)
        ),
    )
    return Diagnostic(
        _span(first, kind),
        message,
        help=wording.together_help,
        subject="services",
        evidence=f"{kind} {wording.show(getattr(load, kind))} {', '.join(profiles)}",
        related=[
            Related(_span(part, kind), f'service "{part.name}" is counted too') for part in others
        ],
    )


def _span(demand: Demand, kind: str) -> Span:
    """Where a service says how much it may take, else its name."""
    service = demand.service
    if kind == "reservation":
        node = service.get("mem_reservation") or service.get(
            "deploy", "resources", "reservations", "memory"
        )
    else:
        field = service.limit(kind)
        node = field.value if field else None
    return (node or service.key).span

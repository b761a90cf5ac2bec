"""Limits of memory, CPU and processes: whether a service leaves room for its neighbours."""

from __future__ import annotations

import re

from ...linter.analysis.container import container_of
from ...linter.analysis.overlay import base_sets
from ...linter.base.names import STORES, STRATEGIES
from ...linter.base.units import format_size
from ...linter.edits.yaml import insertion, quoted
from ...linter.model.values import text_list, text_of
from ...linter.rule import Applicability, Diagnostic, Example, Fix, Related, Severity, rule
from ...linter.source.yaml.nodes import Scalar
from .._sources import CONSTRAINTS, SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service
    from ...linter.model.stack import Stack
    from ...linter.source.yaml.nodes import Node

SMALLEST_MEMORY = 6 * 1024 * 1024
"""The smallest memory limit that the Docker daemon accepts, in bytes."""

SMALLEST_CPUS = 0.01
"""The smallest CPU limit that the Docker daemon accepts."""

TAKES_WHAT_IS_THERE = frozenset(
    (
        "bitnami/elasticsearch",
        "bitnami/mongodb",
        "cassandra",
        "clickhouse",
        "docker.dragonflydb.io/dragonflydb/dragonfly",
        "elasticsearch",
        "mcr.microsoft.com/azure-sql-edge",
        "mcr.microsoft.com/mssql/server",
        "mongo",
        "mongodb/mongodb-community-server",
        "neo4j",
        "percona/percona-server-mongodb",
        "redpandadata/redpanda",
        "scylladb/scylla",
    )
)
"""Images whose program takes a share of the memory that it sees, by its own documentation."""

_SHORT = {"memory": "mem_limit", "cpus": "cpus", "pids": "pids_limit"}
_SHORT_FORM = (*_SHORT.values(), "mem_reservation", "memswap_limit", "cpu_quota", "cpu_shares")


@rule(
    "CF201",
    "missing-memory-limit",
    Severity.WARNING,
    category="resources",
    strict_in=(*STRATEGIES, "hardened"),
    severity_in={"development": Severity.INFO},
    equivalents=("compose-lint:CL-0026", "kics:memory_not_limited"),
    ignore_when=(
        "Where the service may use the whole machine, such as the only database on a server "
        "of its own."
    ),
    sources=(SPEC + "deploy/#resources", CONSTRAINTS),
    examples=(
        Example(
            bad="services:\n  db:  # error: db\n    image: mongo:8.0\n    volumes: [data:/data/db]\nvolumes:\n  data:\n",
            good="services:\n  db:\n    image: mongo:8.0\n    volumes: [data:/data/db]\n    deploy:\n      resources:\n        limits:\n          memory: 1G\nvolumes:\n  data:\n",
        ),
        Example(
            bad="services:\n  shop:  # error: shop\n    image: shop/web:2.1\n    cpus: 0.5\n",
            good="services:\n  shop:\n    image: shop/web:2.1\n    cpus: 0.5\n    mem_limit: 512M\n",
        ),
    ),
    fix=(Applicability.UNSAFE, Applicability.SUGGESTION),
)
def missing_memory_limit(service: Service) -> Iterator[Diagnostic]:
    """A service has no memory limit, so it can use all memory of the machine.

    One leak then makes the kernel kill whatever it chooses, a database as likely as the culprit.
    Under `recommended` and `development` only services are reported that are likely to do so or were
    left out: of images that take a share of all the memory that they see (MongoDB, Elasticsearch,
    ClickHouse, SQL Server, Cassandra and the like), in stacks where another service has a limit or
    that have a machine (`[host]`), and those that have a CPU limit only. A heap or cache that the
    command or the environment caps (`-Xmx`, `--wiredTigerCacheSizeGB`) takes no share. A cache is not
    asked for one where only few others have one. Stacks for development and
    tests, jobs and what a profile starts are left alone there.
    Either `mem_limit` or `deploy.resources.limits.memory` counts; Docker Compose honours both.
    `0` and an empty value mean no limit; a reservation is none. The fix uses the form that the
    service uses already. Its value is what `[fix]` says, a share of the memory that the other limits
    leave of the machine (`[host]`), or twice what the configuration of a known database, cache, broker or
    search engine gives it (`maxmemory`, `shared_buffers`, `-Xmx`). Otherwise it is a suggestion, which is
    never applied: what such a program needs depends on its data, and a limit that is too small stops it.
    """
    if not service.runs_here or service.limit("memory") or base_sets(service, *_paths("memory")):
        return
    yield Diagnostic(
        *_no_limit(service, "memory", "memory"),
        help="set `deploy.resources.limits.memory` (or `mem_limit`) to what it needs at its peak",
        fix=lambda: _memory_limit(service),
        strict=not _should_be_limited(service),
    )


def _memory_limit(service: Service) -> Fix | None:
    """The fix that sets a memory limit."""
    from ...linter.analysis.sizing import advised_memory

    return _limit(service, "memory", advised_memory(service))


def _should_be_limited(service: Service) -> bool:
    """Whether a service needs a memory limit in any stack, not only in one that is operated."""
    stack = service.stack
    if stack.is_for_developers or service.profiles or container_of(service).runs_once:
        return False
    host = stack.project.host
    if service.limit("cpus") or (host and host.memory):
        return True
    if stack.limits_memory and (container_of(service).kind != "cache" or _most_are_limited(stack)):
        return True
    if any(service.get(*path) is not None for path in _paths("memory")):
        return True
    facts = container_of(service).facts
    return facts is not None and facts.name in TAKES_WHAT_IS_THERE and not _limits_itself(service)


class _Limited:
    """Whether most services of a stack that run all the time have a memory limit."""

    def __init__(self, stack: Stack) -> None:
        running = [
            service
            for service in stack.services.values()
            if service.runs_here and not container_of(service).runs_once
        ]
        limited = sum(service.limit("memory") is not None for service in running)
        self.are_most = 2 * limited >= len(running) - 1


def _most_are_limited(stack: Stack) -> bool:
    """Whether most services of a stack that run all the time have a memory limit."""
    if _Limited not in stack.conclusions:
        stack.conclusions[_Limited] = _Limited(stack)
    return bool(stack.conclusions[_Limited].are_most)


_CAPS = r"-Xmx\d|-XX:MaxRAM(?:Percentage)?=|--max-old-space-size[= ]|--wiredTigerCacheSizeGB|--memory[= ]\d"
_CAPPING = frozenset((
    "MAX_HEAP_SIZE", "MSSQL_MEMORY_LIMIT_MB", "NEO4J_server_memory_heap_max__size",
    "NEO4J_dbms_memory_heap_max__size",
))  # fmt: skip
"""Arguments, and variables of images, that cap the memory of a program."""


def _limits_itself(service: Service) -> bool:
    """Whether the command or the environment gives the program a limit of its own."""
    texts = [variable.value or "" for variable in service.environment.values()]
    for key in ("command", "entrypoint"):
        texts += text_list(service.get(key)) or []
    return (
        not _CAPPING.isdisjoint(service.environment)
        or re.search(_CAPS, " ".join(texts)) is not None
    )


@rule(
    "CF202",
    "missing-cpu-limit",
    Severity.INFO,
    category="resources",
    presets=("production", "hardened"),
    severity_in={"production": Severity.WARNING},
    equivalents=("kics:cpus_not_limited",),
    ignore_when=(
        "Where a service may use all CPUs that are idle, such as one that encodes videos at night."
    ),
    sources=(SPEC + "deploy/#resources", CONSTRAINTS),
    examples=(
        Example(
            bad="services:\n  cache:  # error: cache\n    image: redis:7.4\n    mem_limit: 256M\n",
            good="services:\n  cache:\n    image: redis:7.4\n    mem_limit: 256M\n    cpus: 0.5\n",
            preset="production",
        ),
    ),
    fix=(Applicability.UNSAFE, Applicability.SUGGESTION),
)
def missing_cpu_limit(service: Service) -> Iterator[Diagnostic]:
    """A service has no CPU limit, so it can use all CPUs of the machine.

    A busy loop in one container slows its neighbours down; on a small server that includes the
    database and the shell that you would repair it with. `cpus`, `cpu_quota` and
    `deploy.resources.limits.cpus` count. The value is a suggestion unless `[fix]` or the CPUs of the
    machine (`[host]`) give it.
    """
    if not service.runs_here or service.limit("cpus") or base_sets(service, *_paths("cpus")):
        return
    from ...linter.analysis.sizing import advised_cpus

    yield Diagnostic(
        *_no_limit(service, "cpus", "CPU"),
        help="set `deploy.resources.limits.cpus` (or `cpus`), in CPUs: 0.5 is half of one",
        fix=lambda: _limit(service, "cpus", advised_cpus(service)),
    )


@rule(
    "CF203",
    "missing-pids-limit",
    Severity.INFO,
    category="resources",
    presets=("hardened",),
    equivalents=("kics:pids_limit_not_set",),
    ignore_when="Where the number of processes depends on the load and nobody has measured it yet.",
    sources=(SPEC + "services/#pids_limit",),
    examples=(
        Example(
            bad="services:\n  cache:  # error: cache\n    image: redis:7.4\n    mem_limit: 256M\n",
            good="services:\n  cache:\n    image: redis:7.4\n    mem_limit: 256M\n    pids_limit: 256\n",
        ),
    ),
    fix=(Applicability.UNSAFE, Applicability.SUGGESTION),
)
def missing_pids_limit(service: Service) -> Iterator[Diagnostic]:
    """A service has no process limit, so it can start processes until the machine can start no more.

    A fork bomb, or a bug that leaks processes or threads, then stops every other service too.
    `pids_limit` and `deploy.resources.limits.pids` count; `-1` and `0` mean no limit. Nothing tells
    how many processes and threads a program needs, so the value is a suggestion unless `[fix]` has it.
    """
    if not service.runs_here or service.limit("pids") or base_sets(service, *_paths("pids")):
        return
    values = service.stack.project.fix_values
    kind = container_of(service).kind
    suggested = 512 if kind in STORES and kind != "cache" else 256
    number = values.pids or suggested
    yield Diagnostic(
        *_no_limit(service, "pids", "process"),
        help="set `pids_limit` (or `deploy.resources.limits.pids`)",
        fix=lambda: _limit(service, "pids", (str(number), values.pids is not None)),
    )


def _no_limit(service: Service, kind: str, shown: str) -> tuple[Node, str]:
    """The place and the message of a limit that is missing, or is set to no limit."""
    for path in _paths(kind):
        node = service.get(*path)
        if isinstance(node, Scalar):
            text = text_of(node) or "an empty value"
            return node, f'{text} does not limit {shown}: service "{service.name}" has no limit'
    return service.key, f'service "{service.name}" has no {shown} limit'


def _paths(kind: str) -> tuple[tuple[str, ...], ...]:
    """The keys that set a limit."""
    return (_SHORT[kind],), ("deploy", "resources", "limits", kind)


def _limit(service: Service, kind: str, advice: tuple[str, bool] | None) -> Fix | None:
    """Set a limit where it is missing; a suggestion where there is no evidence for the value.

    Compose rejects `mem_limit` beside a `deploy.resources.limits` with another memory limit or
    without one, so the two forms are never mixed.
    """
    if advice is None:
        return None
    value, is_evident = advice
    names: tuple[str, ...] = (_SHORT[kind],)
    if service.get("deploy", "resources", "limits") is not None or all(
        service.get(name) is None for name in _SHORT_FORM
    ):
        names = ("deploy", "resources", "limits", kind)
        if kind == "cpus":
            value = quoted(value)
    if service.get(*names) is not None:
        return None
    title = f"Set {names[-1]} to {value.strip(chr(34))}"
    return insertion(
        service,
        names,
        value,
        title,
        Applicability.UNSAFE if is_evident else Applicability.SUGGESTION,
    )


@rule(
    "CF204",
    "reservation-above-limit",
    Severity.ERROR,
    category="resources",
    sources=(SPEC + "deploy/#resources", CONSTRAINTS),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    deploy:\n      resources:\n        limits:\n          memory: 256M\n        reservations:\n          memory: 512M  # error: 512M\n",
            good="services:\n  app:\n    image: shop/app:2.1\n    deploy:\n      resources:\n        limits:\n          memory: 512M\n        reservations:\n          memory: 256M\n",
        ),
    ),
)
def reservation_above_limit(service: Service) -> Iterator[Diagnostic]:
    """A service reserves more memory than its limit allows, so Docker refuses to create it.

    The reservation is what it gets when memory is short, the limit what it may never exceed.
    """
    limit, reserved = service.memory_limit, service.memory_reservation
    field = service.limit("memory")
    if limit is None or reserved is None or field is None or reserved <= limit:
        return
    node = service.get("mem_reservation") or service.get(
        "deploy", "resources", "reservations", "memory"
    )
    yield Diagnostic(
        node or field.value,
        f'service "{service.name}" reserves {format_size(reserved)}, more than its limit of '
        f"{format_size(limit)}: Docker refuses to create it",
        help="raise the limit or lower the reservation",
        related=[Related(field.value.span, f"the limit is {format_size(limit)}")],
        evidence=format_size(reserved),
    )


@rule(
    "CF205",
    "limit-too-low",
    Severity.ERROR,
    category="resources",
    sources=(CONSTRAINTS,),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    mem_limit: 512  # error: 512\n",
            good="services:\n  app:\n    image: shop/app:2.1\n    mem_limit: 512M\n",
        ),
    ),
)
def limit_too_low(service: Service) -> Iterator[Diagnostic]:
    """A limit is below what Docker accepts, or below what the image needs to start.

    Docker refuses less than 6 MB of memory and less than 0.01 CPUs. A number without a unit counts
    bytes: `512` is half a kilobyte. What well-known images need at least is reported as advice.
    """
    limit, field = service.memory_limit, service.limit("memory")
    if limit is not None and field is not None:
        shown = text_of(field.value) or ""
        facts = None if service.build else container_of(service).facts
        if limit < SMALLEST_MEMORY:
            in_bytes = shown.strip().isdigit()
            yield Diagnostic(
                field.value,
                f'the memory limit of service "{service.name}" is '
                f"{f'{limit:,} bytes' if in_bytes else shown}: Docker requires at least 6M",
                help=f"write `{shown.strip()}M` for megabytes" if in_bytes else "raise it",
                evidence=shown,
            )
        elif facts is not None and facts.min_memory is not None and limit < facts.min_memory:
            least = format_size(facts.min_memory)
            yield Diagnostic(
                field.value,
                f'the memory limit of service "{service.name}" is {shown}, but {facts.name} needs at '
                f"least {least} to start",
                help=f"set {least} or more",
                severity=Severity.INFO,
                evidence=shown,
            )
    cpus, field = service.cpu_limit, service.limit("cpus")
    if cpus is not None and field is not None and cpus < SMALLEST_CPUS:
        yield Diagnostic(
            field.value,
            f'the CPU limit of service "{service.name}" is {cpus:g}: Docker requires at least '
            f"{SMALLEST_CPUS}",
            help="raise it: 1 is one whole CPU",
            evidence=f"{cpus:g}",
        )

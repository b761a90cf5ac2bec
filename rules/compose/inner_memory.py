"""Memory that a program is given inside, against what its container may have."""

from __future__ import annotations

from ...linter.base.units import format_size, parse_size
from ...linter.model.values import text_of
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from .._sources import SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service

_APP = "services:\n  app:\n    image: shop/app:2.1\n"
_RESOURCES = "https://docs.docker.com/engine/containers/resource_constraints/"


@rule(
    "CF167",
    "swap-below-memory",
    Severity.ERROR,
    category="start",
    words=("memswap_limit",),
    since="0.2",
    sources=(SPEC + "services/#memswap_limit", _RESOURCES),
    examples=(
        Example(
            bad=f"{_APP}    mem_limit: 2g\n    memswap_limit: 1g  # error: 1g\n",
            good=f"{_APP}    mem_limit: 2g\n    memswap_limit: 3g\n",
        ),
    ),
)
def swap_below_memory(service: Service) -> Iterator[Diagnostic]:
    """`memswap_limit` is less than the memory limit, or there is no memory limit: the engine refuses that.

    `memswap_limit` counts memory and swap together. The same value as the limit means no swap,
    -1 as much as there is.
    """
    node = service.get("memswap_limit")
    text = text_of(node)
    swap = parse_size(text) if text else None
    if node is None or not swap or service.stack.is_swarm or not service.is_complete:
        return
    field = service.limit("memory")
    if field is None:
        yield Diagnostic(
            node,
            f'service "{service.name}" sets memswap_limit without a memory limit: the engine refuses that',
            help="set `mem_limit` too",
            subject=f"{service.path}.memswap_limit",
            evidence=text or "",
        )
        return
    memory = service.memory_limit
    if memory is not None and swap < memory:
        yield Diagnostic(
            node,
            f"memswap_limit ({format_size(swap)}) is less than the memory limit ({format_size(memory)}): "
            "the engine refuses that",
            help="set `memswap_limit` to the memory limit or more: it counts memory and swap together",
            subject=f"{service.path}.memswap_limit",
            evidence=text or "",
            related=[Related(field.value.span, "the memory limit")],
        )


@rule(
    "CF168",
    "memory-above-limit",
    Severity.WARNING,
    category="resources",
    words=("mem_limit", "memory"),
    since="0.2",
    sources=(
        _RESOURCES,
        "https://docs.oracle.com/en/java/javase/21/docs/specs/man/java.html",
        "https://nodejs.org/api/cli.html#--max-old-space-sizesize-in-mib",
        "https://www.postgresql.org/docs/current/runtime-config-resource.html",
        "https://redis.io/docs/latest/operate/oss_and_stack/management/config/",
    ),
    examples=(
        Example(
            bad=f"{_APP}    mem_limit: 1g\n    environment:\n      JAVA_OPTS: -Xmx2g  # error: -Xmx2g\n",
            good=f"{_APP}    mem_limit: 1g\n    environment:\n      JAVA_OPTS: -Xmx700m\n",
        ),
    ),
)
def memory_above_limit(service: Service) -> Iterator[Diagnostic]:
    """A program is set to use as much memory as its container may have, or more: the kernel kills it.

    Why: A program needs more memory than its heap or cache, so that the limit is reached in
    normal work.

    Read are `-Xmx`, `--max-old-space-size`, `shared_buffers`, `--maxmemory`,
    `--innodb-buffer-pool-size` and `--wiredTigerCacheSizeGB` in variables, env files and
    commands. Leave a quarter or more of the limit for what is not heap or cache.
    """
    limit = service.memory_limit
    field = service.limit("memory")
    if limit is None or field is None:
        return
    from ...linter.analysis.inner_memory import memory_settings

    for setting in memory_settings(service):
        if setting.size < limit:
            continue
        than = "is" if setting.size == limit else "is more than"
        place = setting.span or field.value.span
        yield Diagnostic(
            place,
            f"{setting.option} {than} the memory limit of service "
            f'"{service.name}" ({format_size(limit)}): the kernel kills it when it uses that much',
            help="raise the limit, or give the program three quarters of it or less",
            subject=f"{service.path}.{setting.key}",
            evidence=setting.option,
            related=[Related(field.value.span, "the memory limit")] if setting.span else [],
        )

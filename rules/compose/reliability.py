"""Whether services stay up, and whether anyone notices when they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...linter.rule import Applicability, Diagnostic, Example, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import Service

SPEC = "https://docs.docker.com/reference/compose-file/"
STRATEGIES = ("production", "infrastructure", "hybrid")
ALL_STRATEGIES = dict.fromkeys(STRATEGIES, Severity.WARNING)


@rule(
    "CF201",
    "missing-memory-limit",
    Severity.WARNING,
    presets=("recommended",),
    equivalents=("compose-lint:CL-0026", "kics:memory_not_limited"),
    sources=(
        SPEC + "deploy/#resources",
        "https://docs.docker.com/engine/containers/resource_constraints/",
    ),
    examples=(
        Example(
            bad="services:\n  cache:  # error: cache\n    image: redis:7.4\n",
            good="services:\n  cache:\n    image: redis:7.4\n    mem_limit: 256M\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def missing_memory_limit(service: Service) -> Iterator[Diagnostic]:
    """Nothing keeps a service from taking all memory of the machine.

    One leak then makes the kernel kill whatever it chooses, a database as likely as the culprit.
    Either `mem_limit` or `deploy.resources.limits.memory` counts; Docker Compose honours both.
    `0` and an empty value mean no limit; a reservation is none.
    """
    if not _runs_here(service) or service.limit("memory"):
        return
    yield Diagnostic(
        service.key,
        f'service "{service.name}" has no memory limit',
        help="set deploy.resources.limits.memory (or mem_limit) to what it needs at its peak",
    )


@rule(
    "CF202",
    "missing-cpu-limit",
    Severity.INFO,
    presets=("recommended",),
    severity_in=ALL_STRATEGIES,
    equivalents=("kics:cpus_not_limited",),
    sources=(SPEC + "deploy/#resources",),
    examples=(
        Example(
            bad="services:\n  cache:  # error: cache\n    image: redis:7.4\n",
            good='services:\n  cache:\n    image: redis:7.4\n    cpus: "0.5"\n',
        ),
    ),
    fix=Applicability.UNSAFE,
)
def missing_cpu_limit(service: Service) -> Iterator[Diagnostic]:
    """Nothing keeps a service from taking all CPUs of the machine.

    A busy loop in one container slows its neighbours down; on a small server that includes the
    database and the shell that you would repair it with. `cpus`, `cpu_quota` and
    `deploy.resources.limits.cpus` count.
    """
    if not _runs_here(service) or service.limit("cpus"):
        return
    yield Diagnostic(
        service.key,
        f'service "{service.name}" has no CPU limit',
        help="set deploy.resources.limits.cpus (or cpus), in CPUs: 0.5 is half of one",
    )


@rule(
    "CF210",
    "missing-healthcheck",
    Severity.WARNING,
    presets=("recommended",),
    equivalents=("kics:healthcheck_not_set", "hadolint:DL3057", "trivy:DS-0026"),
    sources=(SPEC + "services/#healthcheck",),
    examples=(
        Example(
            bad="services:\n  db:  # error: db\n    image: postgres:17\n",
            good='services:\n  db:\n    image: postgres:17\n    healthcheck:\n      test: [CMD-SHELL, "pg_isready -U $$POSTGRES_USER"]\n',
        ),
    ),
    fix=Applicability.UNSAFE,
)
def missing_healthcheck(service: Service) -> Iterator[Diagnostic]:
    """Nothing tells whether a long-running service works, only that its process exists.

    Dependants cannot wait for it, and a hung service looks like a healthy one. A check in the
    Compose file counts, so does one in the Dockerfile or in a well-known image. Services that are
    meant to end (others wait for their completion, `restart: "no"`, a tools profile) are left alone.
    """
    if not _runs_here(service) or service.healthcheck or service.runs_once:
        return
    if service.get("healthcheck") is not None:
        return
    facts = service.facts
    if facts is not None and facts.image_healthcheck:
        return
    if service.build is not None:
        return
    yield Diagnostic(
        service.key,
        f'service "{service.name}" has no healthcheck',
        help="add a healthcheck whose test fails when the service does not answer",
    )


@rule(
    "CF220",
    "missing-restart-policy",
    Severity.WARNING,
    presets=STRATEGIES,
    sources=(SPEC + "services/#restart",),
    examples=(
        Example(
            bad="services:\n  cache:  # error: cache\n    image: redis:7.4\n",
            good="services:\n  cache:\n    image: redis:7.4\n    restart: unless-stopped\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def missing_restart_policy(service: Service) -> Iterator[Diagnostic]:
    """A service stays down after a crash or a reboot of the machine.

    Docker restarts nothing unless told to. `restart` and `deploy.restart_policy` count. Services
    that are meant to end are left alone.
    """
    if not _runs_here(service) or service.runs_once:
        return
    if service.get("restart") is not None or service.get("deploy", "restart_policy") is not None:
        return
    yield Diagnostic(
        service.key,
        f'service "{service.name}" has no restart policy',
        help='set "restart: unless-stopped"',
    )


def _runs_here(service: Service) -> bool:
    """Whether a container of this service runs under this stack at all."""
    return service.is_container and service.replicas != 0

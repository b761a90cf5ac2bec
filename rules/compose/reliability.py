"""Restarts and logs: whether a service comes back, and leaves the disk alone."""

from __future__ import annotations

from ...linter.analysis.container import container_of
from ...linter.analysis.overlay import base_sets
from ...linter.base.names import STRATEGIES
from ...linter.base.suggest import QUESTION, hint
from ...linter.edits.yaml import insertion, is_written_in, quoted
from ...linter.model.values import text_of
from ...linter.rule import Applicability, Diagnostic, Example, Related, Severity, rule
from ...linter.source.yaml.nodes import Mapping, Scalar
from .._sources import SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.edits.yaml import Tree
    from ...linter.model.service import Service
    from ...linter.source.yaml.nodes import Node


@rule(
    "CF220",
    "missing-restart-policy",
    Severity.WARNING,
    category="start",
    presets=STRATEGIES,
    ignore_when=(
        "Where systemd or another program starts the stack again, or the service is only "
        "started by hand."
    ),
    sources=(SPEC + "services/#restart",),
    examples=(
        Example(
            bad="services:\n  cache:  # error: cache\n    image: redis:7.4\n",
            good="services:\n  cache:\n    image: redis:7.4\n    restart: unless-stopped\n",
        ),
    ),
    fix=(Applicability.UNSAFE, Applicability.SUGGESTION),
)
def missing_restart_policy(service: Service) -> Iterator[Diagnostic]:
    """A service stays down after a crash or a reboot of the machine.

    Docker restarts nothing unless told to. `restart` and `deploy.restart_policy` count, also those of
    the same service in `compose.yaml` beside the file, which may be laid over it. Services that are
    meant to end are left alone. Where nothing tells that a service keeps running (a port, a health
    check, another service that needs it, an image that is known), the policy is a suggestion.
    """
    if not service.runs_here or container_of(service).runs_once:
        return
    paths = (("restart",), ("deploy", "restart_policy"))
    if any(service.get(*path) is not None for path in paths) or base_sets(service, *paths):
        return
    values = service.stack.project.fix_values
    policy = values.restart or "unless-stopped"
    yield Diagnostic(
        service.key,
        f'service "{service.name}" has no restart policy',
        help=f"set `restart: {policy}`",
        fix=lambda: insertion(
            service,
            ("restart",),
            policy,
            f"Set restart to {policy}",
            Applicability.UNSAFE if _keeps_running(service) else Applicability.SUGGESTION,
        ),
    )


def _keeps_running(service: Service) -> bool:
    """Whether something tells that a service is not meant to end: a task would start for ever."""
    return bool(
        service.stack.project.fix_values.restart
        or container_of(service).is_known_program
        or service.ports
        or service.get("expose") is not None
        or service.healthcheck is not None
        or any(
            dependency.condition == "service_started" or dependency.condition == "service_healthy"
            for dependency in service.stack.dependants.get(service.name, ())
        )
    )


_CONDITIONS = {
    **dict.fromkeys(("no", "false", "none"), "none"),
    "on-failure": "on-failure",
    **dict.fromkeys(("always", "unless-stopped", "any"), "any"),
}
"""The values of `restart` and of `deploy.restart_policy.condition`, as the latter."""


@rule(
    "CF221",
    "restart-conflict",
    Severity.WARNING,
    category="start",
    words=("restart",),
    sources=(SPEC + "services/#restart", SPEC + "deploy/#restart_policy"),
    examples=(
        Example(
            bad='services:\n  app:\n    image: shop/app:2.1\n    restart: "no"  # error: "no"\n    deploy:\n      restart_policy:\n        condition: any\n',
            good="services:\n  app:\n    image: shop/app:2.1\n    deploy:\n      restart_policy:\n        condition: any\n",
        ),
        Example(
            bad="services:\n  migrate:\n    image: flyway/flyway:11\n    restart: always  # error: always\n",
            good='services:\n  migrate:\n    image: flyway/flyway:11\n    restart: "no"\n',
        ),
    ),
)
def restart_conflict(service: Service) -> Iterator[Diagnostic]:
    """The restart policy contradicts `deploy.restart_policy`, or a job that ends is restarted forever.

    Where both are set, Docker Compose follows `deploy.restart_policy`. A migration or a command-line
    tool under `always` or `unless-stopped` is started again whenever it has finished.
    """
    field = service.field("restart")
    restart = service.text("restart")
    if field is None or restart is None or not service.is_container:
        return
    policy = service.field("deploy", "restart_policy")
    own = _CONDITIONS.get(restart.partition(":")[0])
    if policy is not None and isinstance(policy.value, Mapping):
        node = policy.value.get("condition")
        condition = text_of(node) if node is not None else "any"
        other = _CONDITIONS.get(condition or "")
        if own and other and own != other:
            yield Diagnostic(
                field.value,
                f'service "{service.name}" sets restart: {restart}, but Docker Compose uses '
                f"its deploy.restart_policy ({condition})",
                help="keep one of them",
                related=[Related((node or policy.key).span, "Docker Compose uses this policy")],
                evidence=f"{restart}/{condition}",
            )
            return
    if (
        own == "any"
        and policy is None
        and container_of(service).is_task
        and not container_of(service).is_awaited  # that is `completion-of-restarting-service`
    ):
        yield Diagnostic(
            field.value,
            f'service "{service.name}" runs a job that ends, and restart: {restart} starts it again',
            help='set `restart: "no"` or `restart: on-failure`',
            evidence=restart,
        )


@rule(
    "CF222",
    "unbounded-restarts",
    Severity.INFO,
    category="start",
    presets=("hardened",),
    equivalents=("kics:restart_policy_on_failure_not_set_to_5",),
    ignore_when=(
        "Where the service waits for something that comes back by itself, such as a "
        "connection to another site."
    ),
    sources=("https://docs.docker.com/engine/containers/start-containers-automatically/",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    restart: on-failure  # error: on-failure\n",
            good="services:\n  app:\n    image: shop/app:2.1\n    restart: on-failure:5\n",
        ),
    ),
)
def unbounded_restarts(service: Service) -> Iterator[Diagnostic]:
    """A service that fails at its start is restarted forever, which costs CPU and hides the error.

    Why: Each attempt takes CPU time and the log fills with the same error, which looks like a
    service that starts slowly.

    `on-failure:5`, or `max_attempts` in `deploy.restart_policy`, gives up after some attempts. The CIS
    benchmark asks for five.
    """
    policy = service.get("deploy", "restart_policy")
    if isinstance(policy, Mapping):
        node = policy.get("condition") if policy.get("max_attempts") is None else None
    else:
        node = service.get("restart")
    if node is not None and text_of(node) == "on-failure":
        yield Diagnostic(
            node,
            f'service "{service.name}" is restarted forever when it fails',
            help="set a limit: `restart: on-failure:5`, or `max_attempts: 5`",
            evidence="on-failure",
        )


@rule(
    "CF240",
    "missing-log-rotation",
    Severity.WARNING,
    category="resources",
    presets=STRATEGIES,
    equivalents=("compose-lint:CL-0014",),
    ignore_when=(
        "Where the daemon's own configuration (`log-opts` in daemon.json) rotates the logs "
        "of all containers."
    ),
    sources=(
        "https://docs.docker.com/engine/logging/drivers/json-file/",
        "https://docs.docker.com/engine/logging/configure/",
    ),
    examples=(
        Example(
            bad="services:\n  cache:  # error: cache\n    image: redis:7.4\n",
            good='services:\n  cache:\n    image: redis:7.4\n    logging:\n      driver: json-file\n      options:\n        max-size: "10m"\n        max-file: "3"\n',
            preset="production",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def missing_log_rotation(service: Service) -> Iterator[Diagnostic]:
    """The log of a service is never rotated, so it grows until the disk is full.

    Docker's default driver, `json-file`, keeps everything unless `max-size` is set; `local` rotates by
    itself, and the others hand logs on. `driver: none` is reported as advice: when the service fails,
    nothing tells why. A daemon whose own configuration sets `log-opts` needs none of this: ignore the
    rule there.
    """
    if not service.runs_here or container_of(service).runs_once:
        return
    field = service.field("logging")
    if field is None and base_sets(service, ("logging",)):
        return
    own = field is None or is_written_in(service, field.key)
    where = field.key if field is not None else service.key
    # What an anchor shares is reported once, not for each service that has it.
    whose = (
        f'the log of service "{service.name}" is' if own else "the logs of the services here are"
    )
    driver = "json-file"
    names: tuple[str, ...] = ("logging",)
    values = service.stack.project.fix_values
    size = values.log_max_size or "10m"
    files = values.log_max_file or 3
    options: dict[str, Tree] = {"max-size": quoted(size), "max-file": quoted(str(files))}
    tree: Tree = {"driver": "json-file", "options": options}
    if field is not None:
        if not isinstance(field.value, Mapping):
            return
        node = field.value.get("driver")
        if node is not None and (node.unknown or not isinstance(node, Scalar)):
            return
        driver = text_of(node) or driver
        if driver == "none" and node is not None:
            yield Diagnostic(
                node,
                f'service "{service.name}" keeps no log, so the cause of a failure cannot be found',
                help="use the driver `local`, which rotates the log",
                severity=Severity.INFO,
                evidence=driver,
            )
        given = field.value.get("options")
        if driver != "json-file" or (isinstance(given, Mapping) and given.entry("max-size")):
            return
        names = ("logging", "options")
        tree = options
        if isinstance(given, Mapping) and given.entries:
            names, tree = ("logging", "options", "max-size"), options["max-size"]
    yield Diagnostic(
        where,
        f"{whose} never rotated (no max-size)",
        help="set `max-size` and `max-file` under `logging.options`, or use the driver `local`",
        fix=lambda: insertion(service, names, tree, f"Rotate the log at {size}"),
        evidence=driver,
    )


_RESTART_POLICIES = ("no", "always", "on-failure", "unless-stopped")
_POLICY_CONDITIONS = ("none", "on-failure", "any", "no", "always", "unless-stopped")


@rule(
    "CF184",
    "unknown-restart-policy",
    Severity.ERROR,
    category="start",
    words=("restart", "restart_policy"),
    since="0.2",
    sources=(SPEC + "services/#restart", SPEC + "deploy/#restart_policy"),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    restart: unless-stoped  # error: unless-stoped\n",
            good="services:\n  app:\n    image: shop/app:2.1\n    restart: unless-stopped\n",
        ),
    ),
)
def unknown_restart_policy(service: Service) -> Iterator[Diagnostic]:
    """A restart policy does not exist, so the engine refuses to create the container.

    `docker compose config` accepts any text. The policies are `no`, `always`, `on-failure[:NUMBER]` and
    `unless-stopped`; under `deploy` they are called `none`, `on-failure` and `any`.
    """
    node = service.get("restart")
    text = text_of(node)
    if node is not None and text:
        name, colon, count = text.partition(":")
        if name not in _RESTART_POLICIES and name not in ("false", "true"):
            yield _unknown_policy(service, "restart", node, name, _RESTART_POLICIES)
        elif colon and name != "on-failure":
            yield Diagnostic(
                node,
                f'the engine refuses "{text}": only on-failure accepts a number of attempts',
                help=f"use `{name}` or `on-failure:{count}`",
                subject=f"{service.path}.restart",
                evidence=text,
            )
    node = service.get("deploy", "restart_policy", "condition")
    text = text_of(node)
    if (
        node is not None
        and text
        and text not in _POLICY_CONDITIONS
        and text not in ("false", "true")
    ):
        yield _unknown_policy(service, "deploy.restart_policy", node, text, _POLICY_CONDITIONS[:3])


def _unknown_policy(
    service: Service, key: str, node: Node, name: str, known: tuple[str, ...]
) -> Diagnostic:
    return Diagnostic(
        node,
        f'the restart policy "{name}" does not exist: the engine refuses it',
        help=hint(name, known, QUESTION) or f"use one of {', '.join(known)}",
        subject=f"{service.path}.{key}",
        evidence=name,
    )

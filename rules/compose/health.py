"""Health checks: whether a service has one, whether it can work, and who relies on it."""

from __future__ import annotations

from ...linter.analysis.container import container_of
from ...linter.analysis.development import is_for_development
from ...linter.analysis.health_script import healthcheck_script
from ...linter.analysis.listening import listening_ports, local_ports
from ...linter.analysis.overlay import base_sets
from ...linter.base.names import STORES
from ...linter.edits.yaml import insertion, quoted
from ...linter.model.values import text_list, text_of, word_in
from ...linter.rule import Applicability, Diagnostic, Example, Fix, Related, Severity, rule
from ...linter.source.yaml.nodes import Node, Sequence
from .._sources import REFERENCE, SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.edits.yaml import Tree
    from ...linter.model.service import Service


_POSTGRES = """\
services:
  db:
    image: postgres:17
    volumes: [data:/var/lib/postgresql/data]
    healthcheck:
      test: ["CMD-SHELL", 'pg_isready -U "$${POSTGRES_USER:-postgres}" -d "$${POSTGRES_DB:-$${POSTGRES_USER:-postgres}}"']
      interval: 10s
      timeout: 5s
      retries: 5
  api:
    image: shop/api:2.1
    healthcheck: {test: [CMD, /bin/check]}
    depends_on:
      db: {condition: service_started}
volumes:
  data:
"""


@rule(
    "CF210",
    "missing-healthcheck",
    Severity.WARNING,
    category="start",
    strict_in=("production", "hardened"),
    severity_in={"development": Severity.INFO},
    equivalents=("kics:healthcheck_not_set", "hadolint:DL3057", "trivy:DS-0026"),
    ignore_when=(
        "Where nothing waits for the service, and monitoring from outside notices when it hangs."
    ),
    sources=(SPEC + "services/#healthcheck", REFERENCE + "#healthcheck"),
    examples=(
        Example(
            bad="services:\n  db:  # error: db\n    image: postgres:17\n    volumes: [data:/var/lib/postgresql/data]\n  api:\n    image: shop/api:2.1\n    healthcheck: {test: [CMD, /bin/check]}\n    depends_on:\n      db: {condition: service_started}\nvolumes:\n  data:\n",
            good=_POSTGRES,
        ),
        Example(
            bad="services:\n  api:  # error: api\n    build: .\n  web:\n    image: shop/web:2.1\n    healthcheck: {test: [CMD, /bin/check]}\n    depends_on: [api]\n",
            good="services:\n  api:\n    build: .\n    init: true\n    healthcheck:\n      test: [CMD, wget, -q, -O, /dev/null, http://127.0.0.1:3000/health]\n  web:\n    image: shop/web:2.1\n    healthcheck: {test: [CMD, /bin/check]}\n    depends_on:\n      api: {condition: service_healthy}\n",
            files={
                "Dockerfile": 'FROM node:24-alpine\nWORKDIR /app\nCOPY server.js .\nUSER node\nCMD ["node", "server.js"]\n',
                "server.js": "",
            },
            preset="production",
        ),
    ),
    fix=(Applicability.UNSAFE, Applicability.SUGGESTION),
)
def missing_healthcheck(service: Service) -> Iterator[Diagnostic]:
    """A long-running service has no healthcheck, so nothing notices when it hangs.

    Dependants cannot wait for it, and a hung service looks like a healthy one. A check in the
    Compose file counts, so does one in the Dockerfile that it builds or in a well-known image.
    Services that are meant to end (others wait for their completion, a task, a tools profile) are
    left alone. The fix knows the right command for well-known images; where a variable, an argument
    or a mounted configuration may change the port, or ask for TLS or a password, it is shown and not
    applied.

    `recommended` asks only of databases, caches, brokers and search engines, on which others
    depend, and not in stacks for development. `production` and `hardened` ask of all services, also of
    images that are not known here: of those nothing is certain, so that is advice.
    """
    if not service.runs_here or service.on_windows:
        return
    container, check = container_of(service), service.healthcheck
    has = container.has_healthcheck
    if has or (check and check.disabled) or container.runs_once:
        return
    if check is None and base_sets(service, ("healthcheck",)):
        return
    severity = None
    if has is None:
        if service.get("healthcheck") is not None:
            return
        if service.build is None or not (container.chain or container.dockerfile_missing):
            severity = Severity.INFO
    if container.may_run_once and container.kind is None:
        severity = Severity.INFO
    if check is not None:
        where = check.key
        message = f'the healthcheck of service "{service.name}" has no test, and its image has none'
    else:
        where = service.key
        message = f'service "{service.name}" has no healthcheck'
        if service.build is not None and container.dockerfile is not None:
            other = "its Dockerfile" if container.dockerfile.inline else container.dockerfile.path
            message += f", and {other} has no HEALTHCHECK"
    yield Diagnostic(
        where,
        message,
        help="add a healthcheck whose test fails when the service does not answer",
        severity=severity,
        fix=lambda: _add_check(service),
        strict=has is None
        or container.kind not in STORES
        or service.name not in service.stack.dependants
        or (container.facts is not None and container.facts.name in _UP_AT_ONCE)
        or is_for_development(service, where.span),
    )


_UP_AT_ONCE = frozenset(("bitnami/memcached", "memcached"))
"""Caches that read nothing when they start, and that programs do without."""


def _add_check(service: Service) -> Fix | None:
    """The fix that adds the check known for the image."""
    from ...linter.analysis.known_check import known_check

    probe = known_check(service)
    if probe is None:
        return None
    check = probe.check
    facts = container_of(service).facts
    program = check.test[1].split()[0]
    if "=" in program:
        program = program.rpartition("/")[2].rstrip(";")
    title = f"Check {facts.name if facts else ''} with {program}"
    if probe.doubt:
        title += f" ({probe.doubt})"
    test = [quoted(part) for part in check.test]
    if service.healthcheck is not None:
        return insertion(service, ("healthcheck", "test"), test, title, probe.applicability)
    values = service.stack.project.fix_values
    tree: dict[str, Tree] = {
        "test": test,
        "interval": values.interval or "10s",
        "timeout": values.timeout or "5s",
        "retries": str(values.retries or 5),
    }
    start = values.start_period or check.start_period
    if start:
        tree["start_period"] = start
    return insertion(service, ("healthcheck",), tree, title, probe.applicability)


@rule(
    "CF211",
    "healthcheck-disabled",
    Severity.INFO,
    category="start",
    words=("healthcheck",),
    presets=("production",),
    sources=(SPEC + "services/#healthcheck",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: shop/web:2.1\n    healthcheck:\n      disable: true  # error: disable\n",
            good="services:\n  web:\n    image: shop/web:2.1\n    healthcheck:\n      test: [CMD, wget, -q, -O, /dev/null, http://127.0.0.1/]\n",
            preset="production",
        ),
    ),
)
def healthcheck_disabled(service: Service) -> Iterator[Diagnostic]:
    """The healthcheck of a service is disabled, so nothing notices when it hangs.

    Why: A service that hangs looks like one that works, and no other one can wait for its
    health.

    `disable: true` and `test: [NONE]` also switch off the check that the image brings. A check that
    is too slow or too strict is better made right: see `interval`, `timeout` and `start_period`.
    """
    check = service.healthcheck
    if (
        check is None
        or not check.disabled
        or not service.runs_here
        or container_of(service).runs_once
    ):
        return
    entry = check.node.entry("disable") or check.node.entry("test")
    yield Diagnostic(
        entry.key if entry else check.key,
        f'the healthcheck of service "{service.name}" is disabled',
        help="write a test that works for this service",
    )


@rule(
    "CF213",
    "healthcheck-timing",
    Severity.WARNING,
    category="start",
    words=("healthcheck",),
    sources=(SPEC + "services/#healthcheck", REFERENCE + "#healthcheck"),
    examples=(
        Example(
            bad="services:\n  web:\n    image: shop/web:2.1\n    healthcheck:\n      test: [CMD, /bin/check]\n      interval: 30s\n      retries: 0  # error: 0\n",
            good="services:\n  web:\n    image: shop/web:2.1\n    healthcheck:\n      test: [CMD, /bin/check]\n      interval: 30s\n      retries: 3\n",
        ),
        Example(
            bad="services:\n  search:\n    image: elasticsearch:9.5.0\n    mem_limit: 2G\n    healthcheck:\n      test: [CMD, curl, -f, http://127.0.0.1:9200]\n      interval: 5s  # error: 5s\n      retries: 3\n    volumes: [data:/usr/share/elasticsearch/data]\nvolumes:\n  data:\n",
            good="services:\n  search:\n    image: elasticsearch:9.5.0\n    mem_limit: 2G\n    healthcheck:\n      test: [CMD, curl, -f, http://127.0.0.1:9200]\n      interval: 5s\n      retries: 3\n      start_period: 60s\n    volumes: [data:/usr/share/elasticsearch/data]\nvolumes:\n  data:\n",
        ),
    ),
)
def healthcheck_timing(service: Service) -> Iterator[Diagnostic]:
    """The times of a healthcheck do not have the effect that they seem to have.

    Why: A service then counts as unhealthy while it still starts, or the check runs at other
    times than those that were meant.

    `retries: 0` means the default, three. An interval under a second keeps the machine busy with
    checking. Without `start_period`, a service that starts slowly counts as unhealthy before it is
    up: known slow starters are reported when all retries fit into their first 30 seconds, unless
    their image may bring a health check of its own, from which the engine takes what is not set.
    `start_interval` without `start_period` has no effect.
    """
    check = service.healthcheck
    if check is None or check.disabled or not service.is_container:
        return
    path = f"{service.path}.healthcheck"
    node = check.node.get("retries")
    retries = check.retries
    if node is not None and not node.unknown and retries == 0:
        yield Diagnostic(
            node,
            "retries: 0 does not mean no retries: Docker uses the default, 3",
            help="set `retries` to 1 or more, or delete it",
            subject=f"{path}.retries",
        )
    interval, node = check.seconds("interval"), check.node.get("interval")
    if interval is not None and node is not None and 0 < interval < 1:
        yield Diagnostic(
            node,
            f'the healthcheck of service "{service.name}" runs every {text_of(node)}, and each run starts a process',
            help="set 5s or more; `start_interval` can be shorter while the service starts",
            subject=f"{path}.interval",
        )
    start = check.node.get("start_period")
    fast = check.node.entry("start_interval")
    if fast is not None and (start is None or check.seconds("start_period") == 0):
        yield Diagnostic(
            fast.key,
            "start_interval only applies during start_period, which is "
            + ("not set" if start is None else f"{text_of(start)}"),
            help="set `start_period` to the time that the service needs to start",
            subject=f"{path}.start_interval",
        )
    facts = container_of(service).facts if service.build is None else None
    # The engine takes what the Compose file does not set from the image's own health check.
    is_slow = facts is not None and facts.slow_start and facts.image_healthcheck is False
    if start is None and facts is not None and is_slow and node is not None:
        tries = retries or 3
        if interval is not None and interval > 0 and interval * tries < 30:
            yield Diagnostic(
                node,
                f"{facts.name} starts slowly, and {tries} checks every {text_of(node)} without a "
                "start_period call it unhealthy before it is up",
                help="set `start_period: 60s`",
                subject=f"{path}.start_period",
            )


@rule(
    "CF214",
    "healthcheck-port",
    Severity.INFO,
    category="start",
    words=("healthcheck",),
    sources=(SPEC + "services/#healthcheck",),
    examples=(
        Example(
            bad='services:\n  web:\n    build: .\n    healthcheck:\n      test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"]  # error: "http\n',
            good='services:\n  web:\n    build: .\n    healthcheck:\n      test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3000/"]\n',
            files={
                "Dockerfile": 'FROM node:24-alpine\nUSER node\nEXPOSE 3000\nCMD ["node", "server.js"]\n',
            },
        ),
    ),
)
def healthcheck_port(service: Service) -> Iterator[Diagnostic]:
    """The healthcheck uses a port that the service neither exposes nor is set to use.

    Why: A check of a port where nothing listens always fails, and the service stays unhealthy.

    The ports that the image exposes, the Compose file's own, and every number in the service's
    variables and command count. Where a mounted file may configure the port, or where nothing is
    known about the service's ports, nothing is said.
    """
    check = service.healthcheck
    node = check.test_node if check and not check.disabled else None
    ports = listening_ports(service)
    if node is None or not ports.exposed:
        return
    script = healthcheck_script(service)
    exposed = ", ".join(map(str, sorted(ports.exposed)))
    for command in script.commands if script else ():
        for word in command.args:
            for port in local_ports(word.value):
                if ports.exclude(port):
                    yield Diagnostic(
                        word_in(node, _shown(node, port)),
                        f'the healthcheck of service "{service.name}" uses port {port}, which '
                        f"the service does not expose (known: {exposed})",
                        help="use the port that the service listens on",
                        subject=f"{service.path}.healthcheck.test",
                        evidence=str(port),
                    )
                    return


def _shown(node: Node, port: int) -> str:
    """The item of a test's list that names a port; the port where the test is one text."""
    texts = text_list(node) or [] if isinstance(node, Sequence) else []
    return next((text for text in texts if port in local_ports(text)), str(port))


@rule(
    "CF231",
    "condition-without-healthcheck",
    Severity.ERROR,
    category="start",
    words=("depends_on",),
    sources=(SPEC + "services/#depends_on",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: shop/web:2.1\n    depends_on:\n      cache:\n        condition: service_healthy  # error: service_healthy\n  cache:\n    image: redis:7.4\n",
            good="services:\n  web:\n    image: shop/web:2.1\n    depends_on:\n      cache:\n        condition: service_healthy\n  cache:\n    image: redis:7.4\n    healthcheck:\n      test: [CMD, redis-cli, ping]\n",
        ),
    ),
)
def condition_without_healthcheck(service: Service) -> Iterator[Diagnostic]:
    """A service waits for the health of one that is never checked, so `docker compose up` fails.

    That is so where the check is switched off, and where neither the Compose file nor the Dockerfile
    nor a well-known image has one. Images that are not known here are left alone.
    """
    for name, dependency in service.depends_on.items():
        if dependency.condition != "service_healthy":
            continue
        other = service.stack.services.get(name)
        if other is None or not other.runs_here or container_of(other).has_healthcheck is not False:
            continue
        check = other.healthcheck
        if check is not None and check.disabled:
            note = f'the healthcheck of service "{name}" is disabled'
        else:
            note = f'service "{name}" has no healthcheck'
        yield Diagnostic(
            service.get("depends_on", name, "condition") or dependency.node,
            f'service "{service.name}" waits until "{name}" is healthy, but {note}: '
            "`docker compose up` fails",
            help=f'add a healthcheck to service "{name}", or set `condition: service_started`',
            subject=f"{service.path}.depends_on.{name}",
            related=[Related((check or other).key.span, note)],
        )

"""How services start, stop and find each other."""

from __future__ import annotations

from ...linter.analysis.container import container_of
from ...linter.analysis.development import is_for_development
from ...linter.analysis.health_script import can_check_health
from ...linter.base.names import STORES, STRATEGIES
from ...linter.base.text import SourceFile
from ...linter.base.wording import and_list
from ...linter.compose.nodes import entries_of, items_of
from ...linter.edits.yaml import (
    insertion,
    is_written_in,
    remove_entry,
    replace_list,
    written_service,
)
from ...linter.files.paths import join_path
from ...linter.model.values import text_list, text_of
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.shell.tokens import SHELLS
from ...linter.source.yaml.nodes import Mapping, Scalar, Sequence
from .._sources import SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.edits.yaml import Tree
    from ...linter.model.service import Service
    from ...linter.source.yaml.nodes import Node

_CHECKED = """\
  cache:
    image: redis:7.4
    healthcheck:
      test: [CMD, redis-cli, ping]
"""


@rule(
    "CF230",
    "depends-without-condition",
    Severity.WARNING,
    category="start",
    words=("depends_on",),
    strict_in=(*STRATEGIES, "hardened"),
    ignore_when="Where the program tries again until the other service answers.",
    sources=(
        SPEC + "services/#depends_on",
        "https://docs.docker.com/compose/how-tos/startup-order/",
    ),
    examples=(
        Example(
            bad=f"services:\n  app:\n    image: shop/app:2.1\n    depends_on:\n      - cache  # error: cache\n{_CHECKED}",
            good=f"services:\n  app:\n    image: shop/app:2.1\n    depends_on:\n      cache:\n        condition: service_healthy\n{_CHECKED}",
        ),
        Example(
            bad=f"services:\n  app:\n    image: shop/app:2.1\n    depends_on:\n      cache:\n        condition: service_started  # error: service_started\n{_CHECKED}",
            good=f"services:\n  app:\n    image: shop/app:2.1\n    depends_on:\n      cache:\n        condition: service_healthy\n{_CHECKED}",
            preset="infrastructure",
        ),
    ),
    fix=(Applicability.UNSAFE, Applicability.SUGGESTION),
)
def depends_without_condition(service: Service) -> Iterator[Diagnostic]:
    """A service waits until another one has started, not until it is ready.

    The short form of `depends_on` and `service_started` wait for the container only: a database takes
    no connections for some seconds more, and a client that comes earlier fails. Reported where the other
    one has a health check to wait for, or is a database, cache or broker and should get one. Services
    whose command or entry script waits by itself are left alone, and so are proxies, web servers,
    monitoring and admin panels, which connect on request and try again. The fix needs a health check
    whose programs are in the image: it is a suggestion where that is not known.

    `recommended` and `development` ask only for a database, cache, broker or search engine that has a
    health check, and not where `service_started` is written: that is somebody's choice. Stricter
    presets ask for all.
    """
    if not service.depends_on or not service.runs_here:
        return
    awaited: dict[str, tuple[Node, bool]] = {}  # where it is named, and whether it is checked
    is_overlooked = False
    for name, dependency in service.depends_on.items():
        if dependency.condition != "service_started":
            continue
        other = service.stack.services.get(name)
        if other is None or not other.runs_here or container_of(other).runs_once:
            continue
        checked = container_of(other).has_healthcheck is True
        # Stores take connections some time after they have started.
        if checked or container_of(other).kind in STORES:
            condition = service.get("depends_on", name, "condition")
            is_chosen = condition is not None and "service_started" in condition.span.text
            is_store = container_of(other).kind in STORES
            is_overlooked = is_overlooked or (checked and is_store and not is_chosen)
            awaited[name] = condition or dependency.node, checked
    if not awaited or container_of(service).kind in _RETRYING or _waits(service):
        return
    names = and_list(awaited)
    checked_names = [name for name, (_, checked) in awaited.items() if checked]
    unchecked = [name for name in awaited if name not in checked_names]
    help_text = f"set `condition: service_healthy` for {names}"
    if unchecked:
        help_text = (
            f"add a healthcheck to {and_list(unchecked)}, then set `condition: service_healthy`"
        )
    where, *others = [node for node, _ in awaited.values()]
    # What an anchor shares is reported once, not for each service that has it.
    waits = (
        f'service "{service.name}" waits'
        if is_written_in(service, where)
        else "the services here wait"
    )
    have, they, are = ("has", "it", "is") if len(awaited) == 1 else ("have", "they", "are")
    yield Diagnostic(
        where,
        f"{waits} until {names} {have} started, not until {they} {are} ready",
        help=help_text,
        subject=f"{service.path}.depends_on",
        evidence=names,
        related=[Related(node.span, "the same here") for node in others],
        fix=_wait_for_health(service, checked_names),
        strict=not is_overlooked or is_for_development(service, where.span),
    )


_RETRYING = frozenset(("admin-panel", "monitoring", "proxy", "web-server"))
"""Kinds of programs that connect on request, and try again."""


_WAITING = (
    "wait-for", "wait_for", "waitfor", "dockerize", "wait-on", "until ", "nc -z", "while !",
)  # fmt: skip


def _waits(service: Service) -> bool:
    """Whether the command of a service, or a script that it runs, waits for others by itself."""
    text = container_of(service).command_text
    if any(mark in text for mark in _WAITING):
        return True
    build = service.build
    folder = build.context_folder if build is not None else None
    if folder is None:
        return False
    project = service.stack.project
    names = {
        word.rpartition("/")[2] for word in text.split() if "entrypoint" in word or ".sh" in word
    }
    for path in project.listing(folder).files if names else ():
        if path.rpartition("/")[2] in names:
            script = project.reader.read_text(join_path(folder, path))
            if isinstance(script, SourceFile) and any(mark in script.text for mark in _WAITING):
                return True
    return False


def _wait_for_health(service: Service, names: list[str]) -> Fix | None:
    """The fix that waits until the services of these names are healthy.

    None where one of them never gets healthy, as its image lacks a program that the check calls.
    """
    answers = [can_check_health(service.stack.services[name]) for name in names]
    if False in answers:
        return None
    kind = Applicability.SUGGESTION if None in answers else Applicability.UNSAFE
    block = written_service(service)
    entry = block.entry("depends_on") if block is not None else None
    if entry is None or not names or entry.value.anchor:
        return None
    edits: list[Edit] = []
    if isinstance(entry.value, Sequence):
        listed = [item.raw for item in entry.value.items if isinstance(item, Scalar)]
        if set(listed) != set(service.depends_on) or len(listed) != len(entry.value.items):
            return None
        tree: dict[str, Tree] = {
            name: {"condition": "service_healthy" if name in names else "service_started"}
            for name in listed
        }
        edit = replace_list(entry, tree)
        edits = [edit] if edit else []
    elif isinstance(entry.value, Mapping):
        for name in names:
            inner = entry.value.get(name)
            node = inner.get("condition") if isinstance(inner, Mapping) else None
            if inner is None or inner.anchor or not isinstance(node, Scalar) or node.anchor:
                return None
            edits.append(Edit(node.span, "service_healthy"))
    if not edits:
        return None
    shown = and_list(sorted(names), "")
    title = f"Wait until {shown} {'is' if len(names) == 1 else 'are'} healthy"
    if kind is Applicability.SUGGESTION:
        title += ", if the image has what the health check calls"
    return Fix(title, tuple(edits), kind, (f"{service.path}.depends_on",))


_INITS = frozenset(
    (
        "catatonit", "docker-init", "dumb-init", "init", "my_init", "pid1", "runsvdir", "s6-svscan",
        "supervisord", "systemd", "tini", "tini-static",
    )
)  # fmt: skip
_NODE = frozenset(("node", "nodejs", "ts-node", "tsx", "nodemon"))
_MANAGERS = frozenset(("npm", "npx", "yarn", "pnpm"))


@rule(
    "CF260",
    "missing-init",
    Severity.INFO,
    category="start",
    presets=("production",),
    ignore_when="Where the program handles SIGTERM itself and starts no child processes.",
    sources=(
        SPEC + "services/#init",
        "https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#handling-kernel-signals",
    ),
    examples=(
        Example(
            bad="services:\n  api:\n    image: node:24-alpine\n    user: node\n    command: [node, server.js]  # error: [node, server.js]\n",
            good="services:\n  api:\n    image: node:24-alpine\n    user: node\n    command: [node, server.js]\n    init: true\n",
            preset="production",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def missing_init(service: Service) -> Iterator[Diagnostic]:
    """Node.js, Python or a shell runs as process 1, where signals are not delivered as usual.

    Why: The kernel gives process 1 no default reaction to SIGTERM: without a handler of its own
    such a service is killed hard after ten seconds at every stop, and children that end stay as
    zombies.

    The signal that counts is that of `stop_signal` or of STOPSIGNAL in the Dockerfile, where
    one is set; Python handles SIGINT by itself. `init: true` puts a tiny init in front, so does
    `tini` or `dumb-init` in the image. Servers that handle signals themselves (gunicorn,
    uvicorn, nginx) and images whose entry point is not known are left alone.
    """
    if not service.runs_here or service.on_windows or service.get("init") is not None:
        return
    container = container_of(service)
    program = _first_process(service)
    if program is None or container.runs_once:
        return
    signal = container.stop_signal
    if signal is None or signal == "SIGKILL" or (signal == "SIGINT" and "python" in program):
        return
    grace = service.text("stop_grace_period")
    node = service.get("command") or service.get("entrypoint")
    yield Diagnostic(
        node if node is not None and is_written_in(service, node) else service.key,
        f'service "{service.name}" runs {program} as process 1: unless it handles {signal} itself, '
        f"it is killed after {grace or '10 s'} instead of stopping cleanly",
        help="set `init: true`, or start the program with tini in the image",
        evidence=program,
        fix=insertion(service, ("init",), "true", "Set init: true"),
    )


def _first_process(service: Service) -> str | None:
    """The program of process 1 where it needs an init in front of it."""
    container = container_of(service)
    facts = container.facts
    entry, command = container.entrypoint, container.command
    if entry is None:
        # Images of languages have an entrypoint that only runs the command.
        if facts is None or facts.kind not in ("runtime", "base"):
            return None
        if command is None and service.build is None:
            return None
    return _needs_init([*(entry or ()), *(command or ())])


def _needs_init(words: list[str]) -> str | None:
    """The program of a command where it needs an init in front of it."""
    program = words[0].rpartition("/")[2] if words else ""
    if program in _INITS:
        return None
    if program in SHELLS:
        if "-c" not in words or words.index("-c") + 1 >= len(words):
            return None
        text = words[words.index("-c") + 1].strip()
        if any(mark in text for mark in ("exec ", "tini", "dumb-init", "trap ")):
            return None
        if any(mark in text for mark in ("&&", ";", "|", "\n")):
            return "a shell"
        return _needs_init(text.split())
    if program in _NODE or program in _MANAGERS:
        return program
    if program.rstrip("0123456789.") == "python":
        module = next((word for word in words[1:] if not word.startswith("-")), "")
        if module not in ("gunicorn", "uvicorn", "hypercorn", "celery", "daphne"):
            return program
    return None


@rule(
    "CF270",
    "links",
    Severity.INFO,
    category="maintenance",
    words=("links",),
    ignore_when="Where programs use the names that `links` gives, until `aliases` takes over.",
    sources=(SPEC + "services/#links", "https://docs.docker.com/engine/network/links/"),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    links:  # error: links\n      - mail\n  mail:\n    image: acme/mail:1.3\n",
            good="services:\n  app:\n    image: shop/app:2.1\n    depends_on:\n      - mail\n  mail:\n    image: acme/mail:1.3\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def links(service: Service) -> Iterator[Diagnostic]:
    """`links` is obsolete: services on the same network reach each other by name without it.

    All that remains of it is an order of starting, which `depends_on` states plainly, and other names
    for services, which `networks.….aliases` gives. On the old default bridge (`network_mode: bridge`)
    it still is the only way and is left alone.
    """
    if service.text("network_mode") == "bridge":
        return
    for name in ("links", "external_links"):
        field = service.field(name)
        if field is None or not isinstance(field.value, Sequence) or not field.value.items:
            continue
        listed = text_list(field.value) or []
        renamed = [
            item for item in listed if item.partition(":")[2] not in ("", item.partition(":")[0])
        ]
        names = and_list(dict.fromkeys(item.rpartition(":")[2] for item in listed)) or "names"
        yield Diagnostic(
            field.key,
            f"{name} is obsolete: services on the same network reach {names} without it",
            help="set a network alias for the other service"
            if renamed
            else "delete it, and set the order of starting with `depends_on`"
            if name == "links"
            else "connect both to one external network",
            subject=f"{service.path}.{name}",
            fix=None if renamed or name != "links" else _without_links(service, listed),
        )


def _without_links(service: Service, listed: list[str]) -> Fix | None:
    """Rename the links to dependencies, or delete them where those exist already."""
    block = written_service(service)
    entry = block.entry("links") if block is not None else None
    if block is None or entry is None or not isinstance(entry.value, Sequence):
        return None
    names = {item.partition(":")[0] for item in listed}
    if any(":" in item for item in listed) or len(listed) != len(entry.value.items):
        return None
    written = block.entry("depends_on")
    changes = (f"{service.path}.links", f"{service.path}.depends_on")
    if written is None and all(
        dependency.condition == "service_started" for dependency in service.depends_on.values()
    ):
        edit = Edit(entry.key.span, "depends_on")
        return Fix("Replace links by depends_on", (edit,), Applicability.UNSAFE, changes)
    own = written.value if written is not None else None
    dependencies = {item.name for item in entries_of(own)} | {
        item.raw for item in items_of(own) if isinstance(item, Scalar)
    }
    removal = remove_entry(block, entry) if names <= dependencies else None
    return Fix("Delete links", (removal,), Applicability.UNSAFE, changes) if removal else None


@rule(
    "CF271",
    "volumes-from",
    Severity.WARNING,
    category="maintenance",
    words=("volumes_from",),
    sources=(SPEC + "services/#volumes_from",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    volumes: [uploads:/srv/uploads]\n  web:\n    image: nginx:1.30\n    volumes_from:  # error: volumes_from\n      - app:ro\nvolumes:\n  uploads:\n",
            good="services:\n  app:\n    image: shop/app:2.1\n    volumes: [uploads:/srv/uploads]\n  web:\n    image: nginx:1.30\n    volumes: [uploads:/srv/uploads:ro]\nvolumes:\n  uploads:\n",
        ),
    ),
)
def volumes_from(service: Service) -> Iterator[Diagnostic]:
    """`volumes_from` gives a service all mounts of another one, secrets and sockets included.

    It is a leftover from before named volumes: a reader of the service cannot see what it mounts, and
    a mount added to the other one appears here too. Name the volumes that are shared.
    """
    field = service.field("volumes_from")
    if field is None or not isinstance(field.value, Sequence) or not field.value.items:
        return
    shown = ", ".join(text_list(field.value) or ())
    yield Diagnostic(
        field.key,
        f'service "{service.name}" gets all mounts of {shown}',
        help="mount only the named volumes that it needs",
        subject=f"{service.path}.volumes_from",
        evidence=shown,
    )


@rule(
    "CF272",
    "expose-as-mapping",
    Severity.WARNING,
    category="connect",
    words=("expose",),
    sources=(SPEC + "services/#expose",),
    examples=(
        Example(
            bad='services:\n  web:\n    image: shop/web:2.1\n    expose:\n      - "8080:80"  # error: "8080:80"\n',
            good='services:\n  web:\n    image: shop/web:2.1\n    ports:\n      - "8080:80"\n',
        ),
    ),
)
def expose_as_mapping(service: Service) -> Iterator[Diagnostic]:
    """An entry of `expose` looks like a published port, and publishes nothing.

    Why: The host cannot reach the service: `expose` only names ports of the container, which
    its networks reach anyway.

    `ports` publishes.
    """
    for item in items_of(service.get("expose")):
        text = text_of(item) or ""
        if ":" in text:
            yield Diagnostic(
                item,
                f'"{text}" under expose of service "{service.name}" publishes nothing',
                help="move it to `ports` to publish it, or write only the container's port",
                subject=f"{service.path}.expose",
                evidence=text,
            )

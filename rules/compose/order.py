"""The order of keys, services, ports and dependencies. Off by default: see the `style` preset."""

from __future__ import annotations

from ...linter.base.units import whole_number
from ...linter.model.values import text_of
from ...linter.rule import Applicability, Diagnostic, Example, Fix, Severity, rule
from ...linter.source.yaml.nodes import Mapping, Sequence
from .._sources import SPEC
from ._nodes import each_service, lists_in, written_services

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ...linter.model.stack import ComposeFile
    from ...linter.source.yaml.nodes import Node

STYLE = ("style",)

# fmt: off
TOP_LEVEL = (
    "version", "name", "include", "x-", "services", "jobs", "models", "networks", "volumes", "configs", "secrets",
)
SERVICE_KEYS = (
    "extends", "image", "build", "provider", "container_name", "platform", "pull_policy", "pull_refresh_after", "profiles",
    "depends_on", "links", "external_links", "models", "develop",
    "entrypoint", "command", "working_dir", "user", "group_add", "umask", "init", "tty", "stdin_open",
    "pre_start", "post_start", "pre_stop",
    "privileged", "cap_add", "cap_drop", "security_opt", "credential_spec", "userns_mode", "use_api_socket", "read_only",
    "env_file", "environment", "label_file", "labels", "annotations", "configs", "secrets",
    "volumes", "volumes_from", "tmpfs", "shm_size", "storage_opt", "devices", "device_cgroup_rules", "gpus",
    "network_mode", "networks", "mac_address", "hostname", "domainname", "dns", "dns_opt", "dns_search", "extra_hosts",
    "ports", "expose",
    "runtime", "isolation", "ipc", "pid", "uts", "cgroup", "cgroup_parent", "sysctls",
    "healthcheck", "restart", "stop_signal", "stop_grace_period", "deploy", "scale",
    "cpus", "cpu_count", "cpu_percent", "cpu_shares", "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpuset",
    "mem_limit", "mem_reservation", "memswap_limit", "mem_swappiness", "oom_kill_disable", "oom_score_adj",
    "pids_limit", "ulimits", "blkio_config",
    "logging", "attach",
)
# fmt: on
_RANK = {name: rank for rank, name in enumerate(SERVICE_KEYS)}


def _disorder(
    parent: Mapping | Sequence, ranks: list[Any], title: str, changes: tuple[str, ...] = ()
) -> tuple[int, Fix | None] | None:
    """The index of the first part that is to move, and the fix that orders all parts by rank.

    None if they are in order.
    """
    order = sorted(range(len(ranks)), key=ranks.__getitem__)
    moved = next((index for place, index in enumerate(order) if place != index), None)
    if moved is None:
        return None
    from ...linter.edits.reorder import reordered

    edit = reordered(parent, order)
    kind = Applicability.UNSAFE if changes else Applicability.SAFE
    return moved, Fix(title, (edit,), kind, changes) if edit else None


@rule(
    "CF901",
    "service-key-order",
    Severity.INFO,
    category="style",
    presets=STYLE,
    equivalents=("dclint:service-keys-order",),
    sources=(SPEC + "services/",),
    examples=(
        Example(
            bad="services:\n  web:\n    ports:\n      - 80:80\n    image: nginx:1.30  # error: image\n",
            good="services:\n  web:\n    image: nginx:1.30\n    ports:\n      - 80:80\n",
        ),
    ),
    fix=Applicability.SAFE,
)
def service_key_order(file: ComposeFile) -> Iterator[Diagnostic]:
    """The keys of a service are not in the usual order: what runs, how, with what, where, how reliably.

    Keys that are not Docker's (`x-…`, `<<`) stay behind the key that they follow.
    """
    for name, service in each_service(file):
        ranks = []
        last = -1
        for entry in service.entries:
            last = _RANK.get(entry.name, last)
            ranks.append(last)
        if disorder := _disorder(service, ranks, f'Order the keys of service "{name}"'):
            index, fix = disorder
            moved = service.entries[index]
            yield Diagnostic(
                moved.key,
                f'"{moved.name}" of service "{name}" comes after keys that usually follow it',
                help="order the keys: image and build, then dependencies, command, environment, volumes, network, healthcheck, limits",
                subject=f"services.{name}",
                evidence=moved.name,
                fix=fix,
            )


def _top_rank(name: str) -> int:
    """The place of a top-level key; keys that are not known come last."""
    name = "x-" if name.startswith("x-") else name
    return TOP_LEVEL.index(name) if name in TOP_LEVEL else len(TOP_LEVEL)


@rule(
    "CF902",
    "top-level-order",
    Severity.INFO,
    category="style",
    presets=STYLE,
    equivalents=("dclint:top-level-properties-order",),
    sources=(SPEC,),
    examples=(
        Example(
            bad="networks:\n  front:\nservices:  # error: services\n  web:\n    image: nginx:1.30\n    networks: [front]\n",
            good="services:\n  web:\n    image: nginx:1.30\n    networks: [front]\nnetworks:\n  front:\n",
        ),
    ),
    fix=Applicability.SAFE,
)
def top_level_order(file: ComposeFile) -> Iterator[Diagnostic]:
    """The top-level keys are not in the usual order: name, include, extensions, services, resources."""
    for document in file.documents:
        if not isinstance(document, Mapping):
            continue
        ranks = [_top_rank(entry.name) for entry in document.entries]
        if disorder := _disorder(document, ranks, "Order the top-level keys"):
            index, fix = disorder
            moved = document.entries[index]
            yield Diagnostic(
                moved.key,
                f'"{moved.name}" comes after keys that usually follow it',
                help=f"order them: {', '.join(TOP_LEVEL)}",
                subject=moved.name,
                fix=fix,
            )


@rule(
    "CF903",
    "service-order",
    Severity.INFO,
    category="style",
    presets=STYLE,
    equivalents=("dclint:services-alphabetical-order",),
    sources=(SPEC + "services/",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.30\n  api:  # error: api\n    image: shop/api:2.1\n",
            good="services:\n  api:\n    image: shop/api:2.1\n  web:\n    image: nginx:1.30\n",
        ),
    ),
    fix=Applicability.SAFE,
)
def service_order(file: ComposeFile) -> Iterator[Diagnostic]:
    """The services are not in alphabetical order."""
    for services in written_services(file):
        names = [entry.name for entry in services.entries]
        if disorder := _disorder(services, names, "Sort the services"):
            index, fix = disorder
            moved = services.entries[index]
            yield Diagnostic(
                moved.key,
                f'service "{moved.name}" is not in alphabetical order',
                help="sort the services",
                subject=f"services.{moved.name}",
                fix=fix,
            )


def _port_rank(item: Node) -> tuple[int, str]:
    """The number that a port is sorted by: that of the host, else that of the container."""
    node: Node | None = item
    if isinstance(item, Mapping):
        node = item.get("published") or item.get("target")
    text = text_of(node) or ""
    parts = text.partition("/")[0].rsplit(":", 2)
    digits = parts[-2 if len(parts) > 1 else -1].partition("-")[0]
    number = whole_number(digits)
    return (1 << 20 if number is None else number, text)


@rule(
    "CF904",
    "port-order",
    Severity.INFO,
    category="style",
    presets=STYLE,
    equivalents=("dclint:service-ports-alphabetical-order",),
    sources=(SPEC + "services/#ports",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: shop/web:2.1\n    ports:\n      - 443:443\n      - 80:80  # error: 80:80\n",
            good="services:\n  web:\n    image: shop/web:2.1\n    ports:\n      - 80:80\n      - 443:443\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def port_order(file: ComposeFile) -> Iterator[Diagnostic]:
    """The ports of a service are not in numeric order.

    Docker Compose publishes them in the order of the list, so the fix counts as unsafe, little as it
    matters.
    """
    for name, ports in lists_in(file, "ports"):
        subject = f"services.{name}.ports"
        ranks = [_port_rank(item) for item in ports.items]
        if disorder := _disorder(ports, ranks, f'Sort the ports of service "{name}"', (subject,)):
            index, fix = disorder
            yield Diagnostic(
                ports.items[index],
                f'this port of service "{name}" is not in numeric order',
                help="sort the ports",
                subject=subject,
                evidence=ports.items[index].span.text,
                fix=fix,
            )


@rule(
    "CF905",
    "depends-order",
    Severity.INFO,
    category="style",
    presets=STYLE,
    equivalents=("dclint:service-dependencies-alphabetical-order",),
    sources=(SPEC + "services/#depends_on",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    depends_on:\n      - mail\n      - db  # error: db\n  db:\n    image: shop/db:2.1\n  mail:\n    image: acme/mail:1.3\n",
            good="services:\n  app:\n    image: shop/app:2.1\n    depends_on:\n      - db\n      - mail\n  db:\n    image: shop/db:2.1\n  mail:\n    image: acme/mail:1.3\n",
        ),
    ),
    fix=Applicability.SAFE,
)
def depends_order(file: ComposeFile) -> Iterator[Diagnostic]:
    """The dependencies of a service are not in alphabetical order."""
    for name, service in each_service(file):
        node = service.get("depends_on")
        if not isinstance(node, (Mapping, Sequence)):
            continue
        if isinstance(node, Mapping):
            names = [entry.name for entry in node.entries]
            nodes: list[Node] = [entry.key for entry in node.entries]
        else:
            names = [text_of(item) or "" for item in node.items]
            nodes = node.items
        if disorder := _disorder(node, names, f'Sort the dependencies of service "{name}"'):
            index, fix = disorder
            yield Diagnostic(
                nodes[index],
                f'the dependency "{names[index]}" of service "{name}" is not in alphabetical order',
                help="sort the dependencies",
                subject=f"services.{name}.depends_on",
                evidence=names[index],
                fix=fix,
            )

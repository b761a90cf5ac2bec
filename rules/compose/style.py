"""Order, quotes and forms. Off by default: the `style` preset has them."""

from __future__ import annotations

from ...linter.base.patterns import on_demand
from ...linter.base.units import whole_number
from ...linter.model.values import text_of
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.yaml.nodes import Mapping, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ...linter.model.stack import ComposeFile, Stack
    from ...linter.source.yaml.nodes import Entry, Node

SPEC = "https://docs.docker.com/reference/compose-file/"
STYLE = ("style",)

# fmt: off
TOP_LEVEL = ("version", "name", "include", "x-", "services", "models", "networks", "volumes", "configs", "secrets")
SERVICE_KEYS = (
    "extends", "image", "build", "provider", "container_name", "platform", "pull_policy", "profiles",
    "depends_on", "links", "external_links", "models", "develop",
    "entrypoint", "command", "working_dir", "user", "group_add", "init", "tty", "stdin_open", "post_start", "pre_stop",
    "env_file", "environment", "label_file", "labels", "annotations", "configs", "secrets",
    "volumes", "volumes_from", "tmpfs", "devices", "gpus",
    "network_mode", "networks", "hostname", "domainname", "dns", "dns_opt", "dns_search", "extra_hosts", "ports", "expose",
    "healthcheck", "restart", "stop_signal", "stop_grace_period", "deploy", "scale", "logging",
)
# fmt: on
_RANK = {name: rank for rank, name in enumerate(SERVICE_KEYS)}


def _services(file: ComposeFile) -> Iterator[Mapping]:
    """The mappings under ``services`` of a file's documents."""
    for document in file.documents:
        services = document.get("services") if isinstance(document, Mapping) else None
        if isinstance(services, Mapping):
            yield services


def _each_service(file: ComposeFile) -> Iterator[tuple[str, Mapping]]:
    """The name and the body of each service of a file."""
    for services in _services(file):
        for entry in services.entries:
            if isinstance(entry.value, Mapping):
                yield entry.name, entry.value


def _lists(file: ComposeFile, key: str) -> Iterator[tuple[str, Sequence]]:
    """The name of each service whose ``key`` is a list, and this list."""
    for name, service in _each_service(file):
        node = service.get(key)
        if isinstance(node, Sequence):
            yield name, node


def _disorder(
    parent: Mapping | Sequence, ranks: list[Any], title: str, changes: tuple[str, ...] = ()
) -> tuple[int, Fix | None] | None:
    """The index of the first part that is to move, and the fix that orders all parts by rank.

    None where they are in order.
    """
    order = sorted(range(len(ranks)), key=ranks.__getitem__)
    for place, index in enumerate(order):
        if place != index:
            from ...linter.edits.reorder import reordered

            edit = reordered(parent, order)
            kind = Applicability.UNSAFE if changes else Applicability.SAFE
            return index, Fix(title, (edit,), kind, changes) if edit else None
    return None


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
    """The keys of a service stand in no usual order: what runs, how, with what, where, how reliably.

    Keys that the order does not name stay where they are relative to their neighbours.
    """
    for name, service in _each_service(file):
        ranks = []
        last = -1
        for entry in service.entries:
            last = _RANK.get(entry.name, last)
            ranks.append(last)
        if disorder := _disorder(service, ranks, f'Order the keys of "{name}"'):
            index, fix = disorder
            moved = service.entries[index]
            yield Diagnostic(
                moved.key,
                f'"{moved.name}" of service "{name}" stands behind keys that usually follow it',
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
    """The top-level keys stand in no usual order: name, include, extensions, services, then resources."""
    for document in file.documents:
        if not isinstance(document, Mapping):
            continue
        ranks = [_top_rank(entry.name) for entry in document.entries]
        if disorder := _disorder(document, ranks, "Order the top-level keys"):
            index, fix = disorder
            moved = document.entries[index]
            yield Diagnostic(
                moved.key,
                f'"{moved.name}" stands behind keys that usually follow it',
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
    """The services do not stand in the order of their names."""
    for services in _services(file):
        names = [entry.name for entry in services.entries]
        if disorder := _disorder(services, names, "Sort the services"):
            index, fix = disorder
            moved = services.entries[index]
            yield Diagnostic(
                moved.key,
                f'service "{moved.name}" does not stand in the order of the names',
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
    """The ports of a service do not stand in the order of their numbers.

    Docker Compose publishes them in the order of the list, so the fix counts as unsafe, little as it
    matters.
    """
    for name, ports in _lists(file, "ports"):
        subject = f"services.{name}.ports"
        ranks = [_port_rank(item) for item in ports.items]
        if disorder := _disorder(ports, ranks, f'Sort the ports of "{name}"', (subject,)):
            index, fix = disorder
            yield Diagnostic(
                ports.items[index],
                f'this port of "{name}" does not stand in the order of the numbers',
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
    """The dependencies of a service do not stand in the order of their names."""
    for name, service in _each_service(file):
        node = service.get("depends_on")
        if not isinstance(node, (Mapping, Sequence)):
            continue
        if isinstance(node, Mapping):
            names = [entry.name for entry in node.entries]
            nodes: list[Node] = [entry.key for entry in node.entries]
        else:
            names = [text_of(item) or "" for item in node.items]
            nodes = node.items
        if disorder := _disorder(node, names, f'Sort the dependencies of "{name}"'):
            index, fix = disorder
            yield Diagnostic(
                nodes[index],
                f'the dependency "{names[index]}" of "{name}" does not stand in the order of the names',
                help="sort the dependencies",
                subject=f"services.{name}.depends_on",
                evidence=names[index],
                fix=fix,
            )


@rule(
    "CF906",
    "port-quotes",
    Severity.INFO,
    category="style",
    presets=STYLE,
    equivalents=("dclint:require-quotes-in-ports",),
    sources=(SPEC + "services/#ports",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.30\n    ports:\n      - 8080:80  # error: 8080:80\n",
            good='services:\n  web:\n    image: nginx:1.30\n    ports:\n      - "8080:80"\n',
        ),
    ),
    fix=Applicability.SAFE,
)
def port_quotes(file: ComposeFile) -> Iterator[Diagnostic]:
    """A port mapping is not quoted; the ones that other YAML readers misread are `scalar-surprise`."""
    for name, ports in _lists(file, "ports"):
        for item in ports.items:
            if isinstance(item, Scalar) and not item.style and ":" in item.raw and not item.tag:
                yield Diagnostic(
                    item,
                    f"the port {item.raw} is not quoted",
                    help=f'write "{item.raw}"',
                    subject=f"services.{name}.ports",
                    evidence=item.raw,
                    fix=Fix(
                        f"Quote {item.raw}", (Edit(item.span, f'"{item.raw}"'),), Applicability.SAFE
                    )
                    if item.span.text == item.raw and '"' not in item.raw
                    else None,
                )


_PLAIN = on_demand(r"[A-Za-z0-9./~_$][A-Za-z0-9./~_:@+=,${}-]*\Z")


@rule(
    "CF907",
    "volume-quotes",
    Severity.INFO,
    category="style",
    presets=STYLE,
    equivalents=("dclint:no-quotes-in-volumes",),
    sources=(SPEC + "services/#volumes",),
    examples=(
        Example(
            bad='services:\n  web:\n    image: nginx:1.30\n    volumes:\n      - "./site:/usr/share/nginx/html:ro"  # error: \n',
            good="services:\n  web:\n    image: nginx:1.30\n    volumes:\n      - ./site:/usr/share/nginx/html:ro\n",
            files={"site/index.html": ""},
        ),
    ),
    fix=Applicability.SAFE,
)
def volume_quotes(file: ComposeFile) -> Iterator[Diagnostic]:
    """A volume is quoted without need."""
    for name, volumes in _lists(file, "volumes"):
        for item in volumes.items:
            if (
                isinstance(item, Scalar)
                and item.style in ("'", '"')
                and _PLAIN.match(item.raw)
                and not item.raw.endswith(":")
                and item.span.text[1:-1] == item.raw
            ):
                yield Diagnostic(
                    item,
                    "these quotes are not needed",
                    help=f"write {item.raw}",
                    subject=f"services.{name}.volumes",
                    evidence=item.raw,
                    fix=Fix("Drop the quotes", (Edit(item.span, item.raw),), Applicability.SAFE)
                    if not volumes.flow
                    else None,
                )


@rule(
    "CF908",
    "name-missing",
    Severity.INFO,
    category="maintenance",
    presets=STYLE,
    equivalents=("dclint:require-project-name-field",),
    sources=(SPEC + "version-and-name/",),
    examples=(
        Example(
            bad="services:  # error: services\n  web:\n    image: nginx:1.30\n",
            good="name: shop\nservices:\n  web:\n    image: nginx:1.30\n",
        ),
    ),
)
def name_missing(stack: Stack) -> Iterator[Diagnostic]:
    """The stack has no `name`, so it is called after the folder that it happens to lie in.

    A clone under another name then makes new containers and empty volumes beside the old ones.
    """
    if stack.tree.get("name") is not None or not stack.services:
        return
    document = stack.loaded.documents.get(stack.loaded.files[0]) if stack.loaded.files else None
    for root in document.documents if document else ():
        entry = root.entry("services") if isinstance(root, Mapping) else None
        if entry is not None and isinstance(root, Mapping) and root.get("name") is None:
            yield Diagnostic(
                entry.key,
                "the stack has no name: it is called after its folder",
                help='set "name:" at the top, to what it is called today',
                subject="name",
            )
            return


@rule(
    "CF909",
    "file-name",
    Severity.INFO,
    category="style",
    presets=STYLE,
    sources=("https://docs.docker.com/compose/intro/compose-application-model/#the-compose-file",),
    examples=(
        Example(
            bad="services:  # error: services\n  web:\n    image: nginx:1.30\n",
            path="docker-compose.yml",
        ),
    ),
)
def file_name(file: ComposeFile) -> Iterator[Diagnostic]:
    """A Compose file has an old name; `compose.yaml` is the one that Docker prefers."""
    name = file.source.path.rpartition("/")[2]
    if not name.startswith("docker-compose") and not name.endswith(".yml"):
        return
    for document in file.documents[:1]:
        if isinstance(document, Mapping) and document.entries:
            better = name.replace("docker-compose", "compose").replace(".yml", ".yaml")
            yield Diagnostic(
                document.entries[0].key,
                f"{name} is an old name for a Compose file",
                help=f"rename it to {better}, and what refers to it",
                subject="file",
                evidence=name,
            )


@rule(
    "CF910",
    "env-form",
    Severity.INFO,
    category="style",
    presets=STYLE,
    sources=(SPEC + "services/#environment",),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:17\n    environment:\n      PGDATA: /data\n  app:\n    image: shop/app:2.1\n    environment:  # error: environment\n      - NODE_ENV=production\n",
            good="services:\n  db:\n    image: postgres:17\n    environment:\n      PGDATA: /data\n  app:\n    image: shop/app:2.1\n    environment:\n      NODE_ENV: production\n",
        ),
    ),
)
def env_form(file: ComposeFile) -> Iterator[Diagnostic]:
    """Some services give their environment as a list and others as a mapping."""
    first: tuple[str, Entry] | None = None
    for name, service in _each_service(file):
        entry = service.entry("environment")
        if entry is None or not isinstance(entry.value, (Mapping, Sequence)):
            continue
        if first is None:
            first = (name, entry)
        elif type(entry.value) is not type(first[1].value):
            form = "mapping" if isinstance(first[1].value, Mapping) else "list"
            yield Diagnostic(
                entry.key,
                f'the environment of "{name}" is a {entry.value.kind}, that of "{first[0]}" a {form}',
                help=f"write it as a {form} too",
                subject=f"services.{name}.environment",
                related=[Related(first[1].key.span, f"a {form} here")],
            )

"""Quotes, names and forms. Off by default: see the `style` preset."""

from __future__ import annotations

from ...linter.base.patterns import on_demand
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.yaml.nodes import Mapping, Scalar, Sequence
from .._sources import SPEC
from ._nodes import each_service, lists_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.stack import ComposeFile, Stack
    from ...linter.source.yaml.nodes import Entry

STYLE = ("style",)


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
    """A port mapping is not quoted; those that other YAML parsers misread are `scalar-surprise`."""
    for name, ports in lists_in(file, "ports"):
        for item in ports.items:
            if isinstance(item, Scalar) and not item.style and ":" in item.raw and not item.tag:
                yield Diagnostic(
                    item,
                    f"the port {item.raw} is not quoted",
                    help=f'write `"{item.raw}"`',
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
    for name, volumes in lists_in(file, "volumes"):
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
                    help=f"write `{item.raw}`",
                    subject=f"services.{name}.volumes",
                    evidence=item.raw,
                    fix=Fix("Remove the quotes", (Edit(item.span, item.raw),), Applicability.SAFE)
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
    """The stack has no `name`, so it is named after the folder that contains it.

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
                "the stack has no name, so it is named after its folder",
                help="set `name:` to the name that it has today",
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
                help=f"rename it to {better}, and update what refers to it",
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
    """Some services write their environment as a list and others as a mapping."""
    first: tuple[str, Entry] | None = None
    for name, service in each_service(file):
        entry = service.entry("environment")
        if entry is None or not isinstance(entry.value, (Mapping, Sequence)):
            continue
        if first is None:
            first = (name, entry)
        elif type(entry.value) is not type(first[1].value):
            form = "mapping" if isinstance(first[1].value, Mapping) else "list"
            yield Diagnostic(
                entry.key,
                f'the environment of service "{name}" is a {entry.value.kind}, that of service "{first[0]}" a {form}',
                help=f"write it as a {form} too",
                subject=f"services.{name}.environment",
                related=[Related(first[1].key.span, f"a {form} here")],
            )

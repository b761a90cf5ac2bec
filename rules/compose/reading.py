"""Whether a Compose file can be read, and its obsolete, unused, empty and ambiguous parts."""

from __future__ import annotations

from ...linter.base.patterns import on_demand
from ...linter.base.text import Span
from ...linter.compose.nodes import entries_of, in_either_form, is_null, items_of, value_at
from ...linter.edits.yaml import quote, remove_entry
from ...linter.files.kinds import COMPOSE, kind_of
from ...linter.files.paths import folder_of, join_path
from ...linter.rule import Applicability, Diagnostic, Example, Fix, Severity, rule
from ...linter.source.yaml.nodes import Mapping, Scalar, YamlFile
from .._sources import SPEC
from ._compose_1 import asks_for_old_compose
from ._nodes import written_services
from ._problems import DOCKERFILE, WEB, in_block, problem_rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service
    from ...linter.model.stack import ComposeFile, Stack
    from ...linter.source.yaml.nodes import Node


@rule(
    "CF001",
    "yaml-syntax",
    Severity.ERROR,
    category="reading",
    equivalents=("dclint:invalid-yaml",),
    sources=("https://yaml.org/spec/1.2.2/",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.30\n     read_only: true  # error\n",
            good="services:\n  web:\n    image: nginx:1.30\n    read_only: true\n",
        ),
    ),
)
def yaml_syntax(file: ComposeFile) -> Iterator[Diagnostic]:
    """The file is not YAML, so neither Docker Compose nor this linter can read on.

    Most often a tab indents, a colon or a quote is missing, or a line is indented too far.
    """
    for problem in file.yaml.problems:
        if problem.kind == "syntax":
            from ...linter.secrets.unparsed import unread_secrets

            span = Span(file.source, problem.start, problem.end)
            yield Diagnostic(
                span, problem.message, evidence=span.text[:100], sensitive=unread_secrets(span)
            )


problem_rule(
    "CF002",
    "duplicate-key",
    "A mapping has the same key twice, so Docker Compose refuses the file.",
    in_block(WEB, bad="image: nginx:1.28  # error: image", good=""),
    kinds=("duplicate-key", "merge-key", "alias-cycle"),
    sources=("https://yaml.org/spec/1.2.2/#mapping",),
)

problem_rule(
    "CF003",
    "schema",
    """A key is unknown, a value has the wrong shape, or something is missing; Compose refuses the file.

    Keys that begin with `x-` are free. What only older releases of Docker Compose refuse is
    reported by [other-compose-release](other-compose-release.md).
    """,
    Example(
        bad="services:\n  web:\n    imag: shop/web:2.1  # error: imag\n    build: .\n",
        good="services:\n  web:\n    image: shop/web:2.1\n    build: .\n",
        files=DOCKERFILE,
    ),
    in_block(WEB, bad='ports: "80:80"  # error: "80:80"', good='ports: ["80:80"]'),
    kinds=(
        "schema-duplicate-item",
        "schema-empty",
        "schema-enum",
        "schema-misplaced-property",
        "schema-missing-property",
        "schema-pattern",
        "schema-range",
        "schema-type",
        "schema-unknown-property",
    ),
    equivalents=("dclint:invalid-schema",),
    sources=(SPEC,),
)


problem_rule(
    "CF009",
    "other-compose-release",
    """Another release of Docker Compose refuses this, while the one that is used here accepts it.

    Why: People and machines with the other release cannot start the stack.

    Verdicts are those of Docker Compose 5.6, or of 2.40 with `compose-version = "2.40"`. Between them
    keys were added (`pre_start`, `jobs`), dates and `memory: "-1"` became valid, a file may change
    what it includes, repeated items of two merged lists count once; numbers such as `.inf` and
    odd values of `pull_policy` became errors. Who runs one release only can ignore this rule.
    """,
    in_block(
        WEB,
        bad="pre_start:  # error: pre_start\n  - command: [nginx, -t]",
        good="post_start:\n  - command: [nginx, -t]",
    ),
    kinds=("other-release",),
    severity=Severity.INFO,
    since="0.2",
    sources=("https://github.com/docker/compose/releases",),
)


@rule(
    "CF004",
    "obsolete-version",
    Severity.WARNING,
    category="maintenance",
    equivalents=("dclint:no-version-field",),
    ignore_when=(
        "Where people still start the stack with a docker-compose before 1.27, which needs "
        "the line."
    ),
    sources=(SPEC + "version-and-name/",),
    examples=(
        Example(
            bad='version: "3.8"  # error: version\n\nservices:\n  web:\n    image: nginx:1.30\n',
            good="services:\n  web:\n    image: nginx:1.30\n",
        ),
    ),
    fix=(Applicability.SAFE, Applicability.SUGGESTION),
)
def obsolete_version(file: ComposeFile) -> Iterator[Diagnostic]:
    """The top-level `version` is obsolete: Docker Compose ignores it, and every command warns about it.

    It once chose between file formats; the Compose Specification has only one. A `version` key
    deeper in the file (a label, a variable) is something else and is left alone. `docker stack deploy`
    reads `version`: files for it are left alone, by their name (`docker-stack.yml`), the comment at
    their top, or a command in the repository's scripts and documentation. Where a README or a script
    tells people to install a docker-compose before 1.27, which needs the line, deleting it is only a
    suggestion.
    """
    kind, help_text, title = Applicability.SAFE, "delete the line", 'Delete "version"'
    for document in file.documents:
        if not isinstance(document, Mapping):
            continue
        entry = document.entry("version")
        if entry is None or not isinstance(entry.value, Scalar):
            continue
        # Needed for findings only.
        from ...linter.analysis.swarm import is_for_swarm

        if is_for_swarm(file):
            return
        edit = remove_entry(document, entry)
        old = asks_for_old_compose(file.project, folder_of(file.source.path))
        if old is not None:
            kind = Applicability.SUGGESTION
            help_text = f"{old} requires a docker-compose that needs the line: require Docker Compose 2 there, then delete the line"
            title = f'Delete "version" once {old} requires Docker Compose 2'
        yield Diagnostic(
            entry.span,
            f'"version: {entry.value.raw}" is obsolete and ignored',
            help=help_text,
            subject="version",
            fix=Fix(title, (edit,), kind) if edit else None,
        )


_BASE_60 = on_demand(r"[0-9]{1,5}(?::[0-5]?[0-9])+\Z")
_BOOLEANS = frozenset(
    word
    for base in ("yes", "no", "on", "off", "y", "n")
    for word in (base, base.capitalize(), base.upper())
)


@rule(
    "CF005",
    "scalar-surprise",
    Severity.WARNING,
    category="reading",
    equivalents=("dclint:require-quotes-in-ports",),
    ignore_when="Where only Docker Compose ever reads the file.",
    sources=("https://yaml.org/type/int.html", "https://yaml.org/type/bool.html"),
    examples=(
        Example(
            bad="services:\n  ssh:\n    image: acme/git:1.4\n    ports:\n      - 127.0.0.1:3000:3000\n      - 24:22  # error: 24:22\n",
            good='services:\n  ssh:\n    image: acme/git:1.4\n    ports:\n      - 127.0.0.1:3000:3000\n      - "24:22"\n',
        ),
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    environment:\n      MAIL: on  # error: on\n",
            good='services:\n  app:\n    image: shop/app:2.1\n    environment:\n      MAIL: "on"\n',
        ),
    ),
    fix=Applicability.SAFE,
)
def scalar_surprise(service: Service) -> Iterator[Diagnostic]:
    """An unquoted value is a string to Docker Compose and something else to other YAML parsers.

    Why: Tools that read the same file then see another value than the container gets.

    `22:22` is the number 1342 in base 60, and `yes`, `no`, `on` and `off` are booleans, for
    every reader of YAML 1.1: many editors, templating tools and scripts. Quotes make it a string
    for all of them and change nothing for Compose. Values that Compose itself changes are
    reported as `changed-scalar`.
    """
    for port in service.ports:
        node = port.node
        shown = node.span.text
        if _BASE_60.match(shown):
            edit = quote(Scalar(node.file, node.start, node.end, shown))
            yield Diagnostic(
                node,
                f"the unquoted port {shown} is read as a base-60 number by YAML 1.1 parsers",
                help=f'quote it: `"{shown}"`',
                subject=f"{service.path}.ports",
                evidence=shown,
                fix=Fix(f"Quote {shown}", (edit,), Applicability.SAFE) if edit else None,
            )
    for variable in service.environment.values():
        node = variable.node
        if (
            isinstance(node, Scalar)
            and not node.style
            and node.raw in _BOOLEANS
            and node.span.text == node.raw
        ):
            edit = quote(node)
            yield Diagnostic(
                node,
                f"the unquoted value {node.raw} of {variable.name} is read as a boolean by YAML 1.1 parsers",
                help=f'quote it: `"{node.raw}"`',
                severity=Severity.INFO,
                subject=f"{service.path}.environment.{variable.name}",
                evidence=node.raw,
                fix=Fix(f"Quote {node.raw}", (edit,), Applicability.SAFE) if edit else None,
            )


@rule(
    "CF006",
    "unused-resource",
    Severity.INFO,
    category="maintenance",
    ignore_when="Where a file outside of the repository is laid over this one and uses it.",
    sources=(SPEC,),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:17\n    volumes:\n      - data:/var/lib/postgresql/data\nvolumes:\n  data:\n  backup:  # error: backup\n",
            good="services:\n  db:\n    image: postgres:17\n    volumes:\n      - data:/var/lib/postgresql/data\nvolumes:\n  data:\n",
        ),
    ),
)
def unused_resource(stack: Stack) -> Iterator[Diagnostic]:
    """A top-level volume, network, secret, config or model is not used by any service.

    Docker Compose does not create it, so it is a leftover or the reference to it is misspelled.
    The whole stack is looked at, with every profile, override and included file. What another
    Compose file of this folder, or below it, uses without defining it is left alone: such files are
    laid over this one. So is what only a file laid over others takes from its services (`!reset`).
    """
    if not stack.services:
        return
    for kind in ("volumes", "networks", "secrets", "configs", "models"):
        resources = stack.resources(kind)
        used = _used(stack, kind) if resources else ()
        for name, resource in resources.items():
            if name not in used and not (kind == "networks" and name == "default"):
                if _is_taken_away(stack, kind, name) or _is_used_elsewhere(stack, kind, name):
                    continue
                yield Diagnostic(
                    resource.key,
                    f'no service uses the {kind[:-1]} "{name}"',
                    help=f"delete it, or use it under `{kind}` of a service",
                    subject=f"{kind}.{name}",
                )


def _is_taken_away(stack: Stack, kind: str, name: str) -> bool:
    """Whether a service uses a resource in one of several files, and another file changes that."""
    if len(stack.loaded.documents) < 2:
        return False
    for written in stack.written.values():
        node = written.block.get(kind) if written.block is not None else None
        if any(entry.name == name for entry in entries_of(node)):
            return True
        for item in items_of(node):
            source = item.get("source") if isinstance(item, Mapping) else item
            if isinstance(source, Scalar) and source.raw.partition(":")[0] == name:
                return True
    return False


_MAX_OTHERS = 50
"""The most other Compose files that are searched for the use of a resource."""


def _is_used_elsewhere(stack: Stack, kind: str, name: str) -> bool:
    """Whether a Compose file that is not part of the stack uses a resource and does not define it."""
    project, folder = stack.project, stack.loaded.folder
    others = [
        path
        for inner in project.listing(folder).files
        if inner.endswith((".yml", ".yaml"))
        and (path := join_path(folder, inner)) not in stack.loaded.documents
    ]
    # A Compose file may have any name (`postgres.override.yml`); its content is looked at below.
    others.sort(key=lambda path: (kind_of(path) != COMPOSE, path.count("/")))
    for path in others[:_MAX_OTHERS]:
        if name not in (project.text(path) or ""):
            continue
        file = project.reader.read(path)
        for document in file.documents if isinstance(file, YamlFile) else ():
            services, section = value_at(document, "services"), value_at(document, kind)
            if services is not None and not _has(section, name) and name in services.span.text:
                return True
    return False


def _has(section: Node | None, name: str) -> bool:
    """Whether a top-level section defines a name."""
    return isinstance(section, Mapping) and section.entry(name) is not None


def _used(stack: Stack, kind: str) -> set[str]:
    """The names of the resources of a kind that services refer to."""
    used: set[str] = set()
    for service in stack.services.values():
        if kind == "volumes":
            used.update(mount.source for mount in service.mounts if mount.type == "volume")
            # A variable may name any of them.
            if any(mount.unknown and not mount.source for mount in service.mounts):
                used.update(stack.volumes)
            continue
        node = service.get(kind)
        used.update(entry.name for entry in entries_of(node))
        items = items_of(node)
        if kind == "secrets":
            items = items + items_of(service.get("build", "secrets"))
        for item in items:
            source = in_either_form(item, "source")
            if isinstance(source, Scalar):
                used.add(source.raw)
    return used


problem_rule(
    "CF007",
    "legacy-layout",
    "Services are at the top level, as in the first version of the format; Compose refuses that.",
    Example(
        bad="web:  # error: web\n  image: nginx:1.30\n  ports:\n    - 80:80\n",
        good="services:\n  web:\n    image: nginx:1.30\n    ports:\n      - 80:80\n",
    ),
    sources=(SPEC,),
)


_EMPTY = (
    ("deploy",),
    ("develop",),
    ("deploy", "resources"),
    ("deploy", "resources", "limits"),
    ("deploy", "resources", "reservations"),
    ("deploy", "restart_policy"),
    ("deploy", "placement"),
    ("deploy", "update_config"),
    ("deploy", "rollback_config"),
)


@rule(
    "CF008",
    "empty-value",
    Severity.INFO,
    category="reading",
    sources=(SPEC + "deploy/",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    deploy:  # error: deploy\n",
            good="services:\n  app:\n    image: shop/app:2.1\n",
        ),
    ),
)
def empty_value(file: ComposeFile) -> Iterator[Diagnostic]:
    """A key of a service is empty, and Docker Compose ignores it without a warning.

    Its content was commented out, or is indented too little. Keys that Compose rejects when they
    are empty (`environment`, `ports`, …) are reported as `schema`.
    """
    for services in written_services(file):
        for service in services.entries:
            for path in _EMPTY:
                parent = value_at(service.value, *path[:-1])
                entry = parent.entry(path[-1]) if isinstance(parent, Mapping) else None
                if entry and is_null(entry.value):
                    yield Diagnostic(
                        entry.key,
                        f'"{".".join(path)}" of service "{service.name}" is empty',
                        help="delete it, or indent the lines that belong to it",
                        subject=f"services.{service.name}.{'.'.join(path)}",
                    )

"""What `docker compose config` accepts, and `up`, `build` or `watch` then refuses or ignores."""

from __future__ import annotations

from ...linter.compose.nodes import entries_of, in_either_form, items_of, value_at
from ...linter.model.values import text_of
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ...linter.source.yaml.nodes import Mapping
from .._sources import SPEC
from ._nodes import is_true

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.fields import Resource
    from ...linter.model.service import Service
    from ...linter.model.stack import Stack
    from ...linter.source.yaml.nodes import Node


_SWARM_ONLY = (
    ("placement",),
    ("update_config",),
    ("rollback_config",),
    ("endpoint_mode",),
    ("labels",),
    ("resources", "reservations", "cpus"),
    ("resources", "reservations", "generic_resources"),
)


@rule(
    "CF142",
    "ignored-key",
    Severity.WARNING,
    category="reading",
    words=("deploy",),
    ignore_when="Where the file is also deployed with `docker stack deploy`, which reads the key.",
    sources=(SPEC + "deploy/",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    deploy:\n      update_config:  # error: update_config\n        order: start-first\n",
            good="services:\n  app:\n    image: shop/app:2.1\n    deploy:\n      replicas: 1\n",
        ),
    ),
)
def ignored_key(service: Service) -> Iterator[Diagnostic]:
    """A key under `deploy` is only for Swarm; Docker Compose accepts and ignores it.

    `resources.limits`, `reservations.memory`, `reservations.devices`, `replicas` and
    `restart_policy` are honoured. Stacks that are plainly for Swarm (an overlay network, a file
    named for it) are left alone.
    """
    if service.get("deploy") is None or service.stack.is_swarm:
        return
    ignored = [
        (".".join(path), field)
        for path in _SWARM_ONLY
        if (field := service.field("deploy", *path)) is not None
    ]
    if not ignored:
        return
    (_, field), *others = ignored
    names = ", ".join(f"deploy.{name}" for name, _ in ignored)
    yield Diagnostic(
        field.key,
        f'Docker Compose ignores {names} of service "{service.name}": only Swarm reads it',
        help="delete it, unless the stack is deployed to Swarm",
        subject=f"{service.path}.deploy",
        evidence=names,
        related=[Related(other.key.span, "ignored too") for _, other in others],
    )


@rule(
    "CF143",
    "image-and-build",
    Severity.INFO,
    category="build",
    words=("build",),
    equivalents=("dclint:no-build-and-image",),
    sources=(SPEC + "build/#using-build-and-image",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.30  # error: nginx:1.30\n    build: ./web\n",
            good="services:\n  web:\n    image: shop/web\n    build: ./web\n",
            files={"web/Dockerfile": "FROM nginx:1.30\n"},
        ),
    ),
)
def image_and_build(service: Service) -> Iterator[Diagnostic]:
    """A service builds an image under the name of a well-known public one.

    Beside `build`, `image` only names the result. Under the name of a public image it cannot be told
    which of the two runs, and a pull replaces what was built. `pull_policy` settles it.
    """
    if service.build is None or service.reference is None or service.get("pull_policy"):
        return
    from ...linter.images import facts_for

    facts = facts_for(service.reference)
    node = service.get("image")
    if facts is None or node is None:
        return
    yield Diagnostic(
        node,
        f'service "{service.name}" gives the image that it builds the name of the public image {service.reference.name}',
        help="use another name, or set `pull_policy: build`",
        subject=f"{service.path}.image",
        evidence=service.image or "",
    )


@rule(
    "CF151",
    "completion-of-restarting-service",
    Severity.WARNING,
    category="start",
    words=("depends_on",),
    sources=(SPEC + "services/#depends_on",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    depends_on:\n      migrate:\n        condition: service_completed_successfully  # error: \n  migrate:\n    image: shop/app:2.1\n    restart: always\n",
            good='services:\n  app:\n    image: shop/app:2.1\n    depends_on:\n      migrate:\n        condition: service_completed_successfully\n  migrate:\n    image: shop/app:2.1\n    restart: "no"\n',
        ),
    ),
)
def completion_of_restarting_service(service: Service) -> Iterator[Diagnostic]:
    """A service waits for the end of one that is always restarted, so it never starts.

    `restart: always`, `unless-stopped` and a restart policy of `any` begin a finished service again.
    `on-failure` lets it end.
    """
    for name, dependency in service.depends_on.items():
        other = service.stack.services.get(name)
        if other is None or dependency.condition != "service_completed_successfully":
            continue
        restart = other.text("restart") or ""
        policy = other.text("deploy", "restart_policy", "condition")
        if restart not in ("always", "unless-stopped") and policy != "any":
            continue
        where = service.get("depends_on", name, "condition") or dependency.node
        how = other.field("restart") or other.field("deploy", "restart_policy")
        yield Diagnostic(
            where,
            f'service "{service.name}" waits until service "{name}" has ended, which is always restarted',
            help=f'set `restart: "no"` (or `on-failure`) for service "{name}"',
            subject=f"{service.path}.depends_on.{name}",
            related=[Related(how.value.span, "restarted by this policy")] if how else [],
        )


@rule(
    "CF152",
    "external-secret",
    Severity.WARNING,
    category="start",
    words=("external",),
    sources=(SPEC + "secrets/", SPEC + "configs/"),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    secrets: [token]\nsecrets:\n  token:  # error: token\n    external: true\n",
            good="services:\n  app:\n    image: shop/app:2.1\n    secrets: [token]\nsecrets:\n  token:\n    file: ./token.txt\n",
            files={"token.txt": "x\n"},
        ),
    ),
)
def external_secret(stack: Stack) -> Iterator[Diagnostic]:
    """An external secret or config exists in Swarm only; Docker Compose refuses to start with it.

    Stacks that are plainly for Swarm are left alone.
    """
    if stack.is_swarm:
        return
    for kind in ("secrets", "configs"):
        for name, resource in stack.resources(kind).items():
            if resource.external:
                yield Diagnostic(
                    resource.key,
                    f'Docker Compose cannot use the external {kind[:-1]} "{name}": `docker compose up` fails',
                    help="set `file` or `environment` instead of `external`",
                    subject=f"{kind}.{name}",
                )


def _stack_files(service: Service) -> Iterator[tuple[str, Node, Resource, Mapping]]:
    """What a service uses of the stack's secrets and configs.

    Each with ``secrets`` or ``configs``, where it is used, and where and how it is defined.
    """
    stack = service.stack
    for kind, resources in (("secrets", stack.secrets), ("configs", stack.configs)):
        for item in items_of(service.get(kind)):
            name = text_of(in_either_form(item, "source"))
            resource = resources.get(name or "")
            if resource is not None and resource.node is not None:
                yield kind, item, resource, resource.node


@rule(
    "CF153",
    "secret-attributes-ignored",
    Severity.WARNING,
    category="reading",
    words=("secrets", "configs"),
    sources=(SPEC + "services/#long-syntax-4",),
    examples=(
        Example(
            bad='services:\n  app:\n    image: shop/app:2.1\n    secrets:\n      - source: token\n        uid: "1000"  # error: uid\nsecrets:\n  token:\n    file: ./token.txt\n',
            good="services:\n  app:\n    image: shop/app:2.1\n    secrets:\n      - source: token\nsecrets:\n  token:\n    file: ./token.txt\n",
            files={"token.txt": "x\n"},
        ),
    ),
)
def secret_attributes_ignored(service: Service) -> Iterator[Diagnostic]:
    """The owner or mode of a secret or config from a file is set, and Docker Compose ignores it.

    The file is mounted as it is, with the owner and mode that it has on the host.
    """
    for kind, item, resource, definition in _stack_files(service):
        if not isinstance(item, Mapping) or definition.get("file") is None:
            continue
        entry = item.entry("uid") or item.entry("gid") or item.entry("mode")
        if entry is not None:
            yield Diagnostic(
                entry.key,
                f"Docker Compose ignores {entry.name}: the {kind[:-1]} has the owner and mode of its file",
                help="set owner and mode of the file on the host",
                subject=f"{service.path}.{kind}",
                evidence=f"{resource.name}.{entry.name}",
            )


@rule(
    "CF154",
    "secret-in-read-only-service",
    Severity.WARNING,
    category="start",
    words=("secrets", "configs"),
    sources=(SPEC + "secrets/",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    read_only: true\n    secrets:\n      - token  # error: token\nsecrets:\n  token:\n    environment: APP_TOKEN\n",
            good="services:\n  app:\n    image: shop/app:2.1\n    read_only: true\n    secrets:\n      - token\nsecrets:\n  token:\n    file: ./token.txt\n",
            files={"token.txt": "x\n"},
        ),
    ),
)
def secret_in_read_only_service(service: Service) -> Iterator[Diagnostic]:
    """A read-only service uses a secret or config that is not a file, and `docker compose up` refuses.

    Content from a variable, or written in the Compose file, has to be copied into the container.
    """
    if not is_true(service.get("read_only")):
        return
    for kind, item, resource, definition in _stack_files(service):
        if resource.external:
            continue
        if definition.get("environment") or definition.get("content"):
            yield Diagnostic(
                item,
                f'service "{service.name}" is read-only, so the {kind[:-1]} "{resource.name}" cannot be copied into it',
                help="set its content with a `file`",
                subject=f"{service.path}.{kind}",
                evidence=resource.name,
                related=[Related(resource.key.span, "it does not come from a file")],
            )


_WITH_OPTIONS = ("bind", "volume", "tmpfs", "image")
"""The types of mounts that have options, under a key of the same name."""


@rule(
    "CF159",
    "mount-option-ignored",
    Severity.WARNING,
    category="reading",
    words=("target",),
    sources=(SPEC + "services/#long-syntax-6",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    volumes:\n      - type: bind\n        source: ./data\n        target: /data\n        tmpfs:  # error: tmpfs\n          size: 64M\n",
            good="services:\n  app:\n    image: shop/app:2.1\n    volumes:\n      - type: tmpfs\n        target: /data\n        tmpfs:\n          size: 64M\n",
            files={"data/keep": ""},
        ),
    ),
)
def mount_option_ignored(service: Service) -> Iterator[Diagnostic]:
    """A mount of one type has the options of another, which Docker Compose ignores.

    Why: The mount lacks what the option asks for, and nothing says so.
    """
    for mount in service.mounts:
        # Short forms get options that are not written, such as SELinux labels.
        if mount.type not in _WITH_OPTIONS or mount.unknown or mount.is_short:
            continue
        for other in _WITH_OPTIONS:
            entry = mount.node.entry(other) if isinstance(mount.node, Mapping) else None
            if entry is not None and other != mount.type and entries_of(entry.value):
                yield Diagnostic(
                    entry.key,
                    f"Docker Compose ignores the {other} options of a mount of type {mount.type}",
                    help=f"delete them, or set `type: {other}`",
                    subject=f"{service.path}.volumes",
                    evidence=f"{mount.target}.{other}",
                )


@rule(
    "CF160",
    "watch-without-build",
    Severity.WARNING,
    category="build",
    words=("develop",),
    sources=(SPEC + "develop/#watch",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    develop:\n      watch:\n        - path: ./src\n          action: rebuild  # error: rebuild\n",
            good="services:\n  app:\n    build: .\n    develop:\n      watch:\n        - path: ./src\n          action: rebuild\n",
            files={"Dockerfile": "FROM nginx:1.30\n"},
        ),
    ),
)
def watch_without_build(service: Service) -> Iterator[Diagnostic]:
    """A watch rebuilds a service that has no `build`, which `docker compose watch` refuses.

    Why: The command ends with an error, and no change of a file reaches the service.
    """
    if service.build is not None:
        return
    for item in items_of(service.get("develop", "watch")):
        node = value_at(item, "action")
        action = text_of(node)
        if node is not None and action in ("rebuild", "sync", "sync+restart", "sync+exec"):
            yield Diagnostic(
                node,
                f'service "{service.name}" has no build, so `docker compose watch` cannot {action} it',
                help="add a `build` to the service, or delete the watch",
                subject=f"{service.path}.develop.watch",
            )


@rule(
    "CF161",
    "shadowed-compose-file",
    Severity.WARNING,
    category="reading",
    ignore_when=(
        "Where the second file is always started by its name (`docker compose -f "
        "docker-compose.yml`)."
    ),
    sources=("https://docs.docker.com/compose/intro/compose-application-model/#the-compose-file",),
    examples=(
        Example(
            bad="services:  # error\n  web:\n    image: nginx:1.30\n",
            files={"docker-compose.yml": "services:\n  web:\n    image: nginx:1.28\n"},
        ),
    ),
)
def shadowed_compose_file(stack: Stack) -> Iterator[Diagnostic]:
    """Several files have names that Docker Compose looks for, and only the first of them counts.

    Why: Whoever edits a file that is not read changes nothing.

    `compose.yaml` goes before `compose.yml`, `docker-compose.yml` and `docker-compose.yaml`; the others
    are never read and grow stale.
    """
    if not stack.files.passed_over:
        return
    document = stack.loaded.documents.get(stack.files.files[0])
    if document is None or not document.documents:
        return
    others = " and ".join(path.rpartition("/")[2] for path in stack.files.passed_over)
    root = document.documents[0]
    first = root.entries[0].key if isinstance(root, Mapping) and root.entries else root
    yield Diagnostic(
        first,
        f"Docker Compose reads this file and ignores {others}",
        help="keep one of them, or name the files that belong together in COMPOSE_FILE",
        subject="files",
        evidence=others,
    )


@rule(
    "CF165",
    "volume-target-twice",
    Severity.WARNING,
    category="reading",
    words=("volumes", "tmpfs", "devices"),
    sources=(SPEC + "services/#volumes",),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:17\n    volumes:\n      - old:/var/lib/postgresql/data  # error: old:/var/lib/postgresql/data\n      - new:/var/lib/postgresql/data\nvolumes:\n  old:\n  new:\n",
            good="services:\n  db:\n    image: postgres:17\n    volumes:\n      - new:/var/lib/postgresql/data\nvolumes:\n  new:\n",
        ),
    ),
)
def volume_target_twice(service: Service) -> Iterator[Diagnostic]:
    """Two volumes of a service have one target, and Docker Compose silently keeps the last.

    Only entries of one file are compared: an override that replaces a mount does so on purpose.
    """
    for replaced, kept in service.stack.replaced_mounts(service):
        yield Diagnostic(
            replaced,
            f'this mount of service "{service.name}" is replaced by a later one with the same target',
            help="delete one of them, or give it another target",
            subject=f"{service.path}.volumes",
            evidence=replaced.span.text,
            related=[Related(kept.span, "this one is used")],
        )

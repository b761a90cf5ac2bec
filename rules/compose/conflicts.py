"""Settings of a service that cannot stand together. Docker Compose refuses all of these."""

from __future__ import annotations

from ...linter.rule import Example, Severity, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.stack import Stack
    from ...linter.rule import Diagnostic

SPEC = "https://docs.docker.com/reference/compose-file/"


@rule(
    "CF113",
    "network-mode-with-networks",
    Severity.ERROR,
    sources=(SPEC + "services/#network_mode",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.29\n    network_mode: host  # error: \n    networks: [front]\nnetworks:\n  front:\n",
            good="services:\n  web:\n    image: nginx:1.29\n    networks: [front]\nnetworks:\n  front:\n",
        ),
    ),
)
def network_mode_with_networks(stack: Stack) -> Iterator[Diagnostic]:
    """A service has both `network_mode` and `networks`, so Docker Compose refuses the stack."""
    yield from stack.problems("network-mode-with-networks")


@rule(
    "CF114",
    "container-name-twice",
    Severity.ERROR,
    equivalents=("dclint:no-duplicate-container-names",),
    sources=(SPEC + "services/#container_name",),
    examples=(
        Example(
            bad="services:\n  one:\n    image: ghost:6\n    container_name: blog\n  two:\n    image: ghost:6\n    container_name: blog  # error: blog\n",
            good="services:\n  one:\n    image: ghost:6\n    container_name: blog\n  two:\n    image: ghost:6\n",
        ),
    ),
)
def container_name_twice(stack: Stack) -> Iterator[Diagnostic]:
    """Two services that run together have one `container_name`, so Docker Compose refuses the stack."""
    yield from stack.problems("container-name-twice")


@rule(
    "CF115",
    "container-name-scaled",
    Severity.ERROR,
    sources=(SPEC + "services/#container_name",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.29\n    container_name: web\n    deploy:\n      replicas: 2  # error: 2\n",
            good="services:\n  web:\n    image: nginx:1.29\n    deploy:\n      replicas: 2\n",
        ),
    ),
)
def container_name_scaled(stack: Stack) -> Iterator[Diagnostic]:
    """A service runs several times under one fixed `container_name`; Compose refuses the stack."""
    yield from stack.problems("container-name-scaled")


@rule(
    "CF116",
    "limits-differ",
    Severity.ERROR,
    sources=(SPEC + "deploy/#resources",),
    examples=(
        Example(
            bad='services:\n  app:\n    image: ghost:6\n    mem_limit: 256M  # error: 256M\n    deploy:\n      resources:\n        limits:\n          cpus: "0.5"\n',
            good='services:\n  app:\n    image: ghost:6\n    deploy:\n      resources:\n        limits:\n          memory: 256M\n          cpus: "0.5"\n',
        ),
    ),
)
def limits_differ(stack: Stack) -> Iterator[Diagnostic]:
    """A limit is set in two ways with different values, so Docker Compose refuses the stack.

    `mem_limit`, `cpus`, `pids_limit` and `mem_reservation` must equal their twins under
    `deploy.resources`; beside a `limits` block that leaves the twin out they are refused as well.
    """
    yield from stack.problems("limits-differ")


@rule(
    "CF117",
    "scale-conflict",
    Severity.ERROR,
    sources=(SPEC + "services/#scale",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: ghost:6\n    scale: 2\n    deploy:\n      replicas: 3  # error: 3\n",
            good="services:\n  app:\n    image: ghost:6\n    deploy:\n      replicas: 3\n",
        ),
    ),
)
def scale_conflict(stack: Stack) -> Iterator[Diagnostic]:
    """`scale` and `deploy.replicas` differ, or a number of containers is negative; Compose refuses it."""
    yield from stack.problems("scale-and-replicas", "negative-scale", "negative-number")


@rule(
    "CF118",
    "mount-twice",
    Severity.ERROR,
    sources=(SPEC + "services/#volumes",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: ghost:6\n    tmpfs: [/cache]\n    volumes:\n      - ./cache:/cache  # error: /cache\n",
            good="services:\n  app:\n    image: ghost:6\n    tmpfs: [/cache]\n",
        ),
    ),
)
def mount_twice(stack: Stack) -> Iterator[Diagnostic]:
    """A volume and a tmpfs share one target in a service, so Docker Compose refuses the stack."""
    yield from stack.problems("mount-twice")


@rule(
    "CF128",
    "source-missing-or-several",
    Severity.ERROR,
    sources=(SPEC + "secrets/", SPEC + "configs/"),
    examples=(
        Example(
            bad="services:\n  app:\n    image: ghost:6\n    secrets: [token]\nsecrets:\n  token:  # error: token\n    name: app_token\n",
            good="services:\n  app:\n    image: ghost:6\n    secrets: [token]\nsecrets:\n  token:\n    name: app_token\n    environment: APP_TOKEN\n",
        ),
    ),
)
def source_missing_or_several(stack: Stack) -> Iterator[Diagnostic]:
    """A secret or config says nowhere, or in several ways, where its content comes from.

    Docker Compose wants exactly one of `file`, `environment` and (for configs) `content`.
    """
    yield from stack.problems("no-source", "several-sources")


@rule(
    "CF129",
    "external-with-attributes",
    Severity.ERROR,
    sources=(SPEC + "volumes/#external",),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:17\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n    external: true\n    driver: local  # error: driver\n",
            good="services:\n  db:\n    image: postgres:17\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n    external: true\n",
        ),
    ),
)
def external_with_attributes(stack: Stack) -> Iterator[Diagnostic]:
    """An external resource has settings or a second name that only its maker could give; Compose refuses."""
    yield from stack.problems("external-with-attributes", "external-name-conflict")


@rule(
    "CF130",
    "dockerfile-twice",
    Severity.ERROR,
    sources=(SPEC + "build/#dockerfile_inline",),
    examples=(
        Example(
            bad="services:\n  app:\n    build:\n      context: .\n      dockerfile: app.Dockerfile\n      dockerfile_inline: FROM ghost:6  # error: dockerfile_inline\n",
            good="services:\n  app:\n    build:\n      context: .\n      dockerfile_inline: FROM ghost:6\n",
        ),
    ),
)
def dockerfile_twice(stack: Stack) -> Iterator[Diagnostic]:
    """A build has both `dockerfile` and `dockerfile_inline`, so Docker Compose refuses the stack."""
    yield from stack.problems("dockerfile-twice")


@rule(
    "CF131",
    "platform-not-built",
    Severity.ERROR,
    sources=(SPEC + "build/#platforms",),
    examples=(
        Example(
            bad="services:\n  app:\n    platform: linux/arm64\n    build:\n      context: .\n      platforms: [linux/amd64]  # error: \n",
            good="services:\n  app:\n    platform: linux/arm64\n    build:\n      context: .\n      platforms: [linux/amd64, linux/arm64]\n",
        ),
    ),
)
def platform_not_built(stack: Stack) -> Iterator[Diagnostic]:
    """A service runs on a platform that its build leaves out, so Docker Compose refuses the stack."""
    yield from stack.problems("platform-not-built")


@rule(
    "CF180",
    "merge-conflict",
    Severity.ERROR,
    sources=(SPEC + "merge/",),
    examples=(
        Example(
            bad="services:\n  web:\n    ports:  # error: ports\n      http: 80\n",
            path="compose.override.yaml",
            files={
                "compose.yaml": 'services:\n  web:\n    image: nginx:1.29\n    ports: ["80:80"]\n'
            },
        ),
    ),
)
def merge_conflict(stack: Stack) -> Iterator[Diagnostic]:
    """A file lays a value of one shape over one of another, which Docker Compose refuses to merge."""
    yield from stack.problems("cannot-override")

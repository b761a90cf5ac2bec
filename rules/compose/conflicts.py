"""Settings of a service that contradict each other. Docker Compose refuses all of these."""

from __future__ import annotations

from ...linter.rule import Example
from ._problems import APP, DATA, DOCKERFILE, WEB, in_block, problem_rule

problem_rule(
    "CF113",
    "network-mode-with-networks",
    "A service has both `network_mode` and `networks`, so Docker Compose refuses the stack.",
    in_block(
        WEB,
        bad="network_mode: host  # error: \nnetworks: [front]",
        good="networks: [front]",
        end="networks:\n  front:\n",
    ),
    sources=("services/#network_mode",),
)

problem_rule(
    "CF114",
    "container-name-twice",
    "Two services that run together have one `container_name`, so Docker Compose refuses the stack.",
    in_block(
        "services:\n  one:\n    image: shop/app:2.1\n    container_name: blog\n  two:\n    image: shop/app:2.1\n",
        bad="container_name: blog  # error: blog",
        good="",
    ),
    equivalents=("dclint:no-duplicate-container-names",),
    sources=("services/#container_name",),
)

problem_rule(
    "CF115",
    "container-name-scaled",
    "A service runs several times under one fixed `container_name`; Compose refuses the stack.",
    in_block(
        WEB,
        bad="container_name: web\ndeploy:\n  replicas: 2  # error: 2",
        good="deploy:\n  replicas: 2",
    ),
    sources=("services/#container_name",),
)

problem_rule(
    "CF116",
    "limits-differ",
    """A limit is set in two ways with different values, so Docker Compose refuses the stack.

    `mem_limit`, `cpus`, `pids_limit` and `mem_reservation` must equal their twins under
    `deploy.resources`; beside a `limits` block that leaves the twin out they are refused as well.
    """,
    in_block(
        APP,
        bad='mem_limit: 256M  # error: 256M\ndeploy:\n  resources:\n    limits:\n      cpus: "0.5"',
        good='deploy:\n  resources:\n    limits:\n      memory: 256M\n      cpus: "0.5"',
    ),
    sources=("deploy/#resources",),
)

problem_rule(
    "CF117",
    "scale-conflict",
    "`scale` and `deploy.replicas` differ, or a number of containers is negative; Compose refuses it.",
    in_block(
        APP, bad="scale: 2\ndeploy:\n  replicas: 3  # error: 3", good="deploy:\n  replicas: 3"
    ),
    kinds=("scale-and-replicas", "negative-scale", "negative-number"),
    sources=("services/#scale",),
)

problem_rule(
    "CF118",
    "mount-twice",
    "A volume and a tmpfs share one target in a service, so Docker Compose refuses the stack.",
    in_block(
        APP + "    tmpfs: [/cache]\n", bad="volumes:\n  - ./cache:/cache  # error: /cache", good=""
    ),
    sources=("services/#volumes",),
)

problem_rule(
    "CF128",
    "source-missing-or-several",
    """A secret or config has no source, or several; Docker Compose refuses the stack.

    Docker Compose wants exactly one of `file`, `environment` and (for configs) `content`.
    """,
    Example(
        bad=APP + "    secrets: [token]\nsecrets:\n  token:  # error: token\n    name: app_token\n",
        good=APP
        + "    secrets: [token]\nsecrets:\n  token:\n    name: app_token\n    environment: APP_TOKEN\n",
    ),
    kinds=("no-source", "several-sources"),
    sources=("secrets/", "configs/"),
)

problem_rule(
    "CF129",
    "external-with-attributes",
    "An external resource has settings that only a resource of the stack can have; Compose refuses it.",
    in_block(DATA, bad="external: true\ndriver: local  # error: driver", good="external: true"),
    kinds=("external-with-attributes", "external-name-conflict"),
    sources=("volumes/#external",),
)

problem_rule(
    "CF130",
    "dockerfile-twice",
    "A build has both `dockerfile` and `dockerfile_inline`, so Docker Compose refuses the stack.",
    in_block(
        "services:\n  app:\n    build:\n      context: .\n",
        bad="  dockerfile: app.Dockerfile\n  dockerfile_inline: FROM nginx:1.30  # error: dockerfile_inline",
        good="  dockerfile_inline: FROM nginx:1.30",
    ),
    sources=("build/#dockerfile_inline",),
)

problem_rule(
    "CF131",
    "platform-not-built",
    "A service runs on a platform that its build does not list, so Docker Compose refuses the stack.",
    in_block(
        "services:\n  app:\n    platform: linux/arm64\n    build:\n      context: .\n",
        bad="  platforms: [linux/amd64]  # error: ",
        good="  platforms: [linux/amd64, linux/arm64]",
        files=DOCKERFILE,
    ),
    sources=("build/#platforms",),
)

problem_rule(
    "CF180",
    "merge-conflict",
    """A file overrides a value with one of another type, which Docker Compose refuses to merge.

    Why: Docker Compose refuses the stack.
    """,
    Example(
        bad="services:\n  web:\n    ports:  # error: ports\n      extra: 81\n",
        good='services:\n  web:\n    ports: !override ["81:80"]\n',
        path="compose.override.yaml",
        files={"compose.yaml": 'services:\n  web:\n    image: nginx:1.30\n    ports: ["80:80"]\n'},
    ),
    kinds=("cannot-override",),
    sources=("merge/",),
)

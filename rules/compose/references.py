"""References to names that do not exist, and circles. Docker Compose refuses all of these."""

from __future__ import annotations

from ...linter.rule import Example
from ._problems import APP, DB, DOCKERFILE, WEB, in_block, problem_rule

problem_rule(
    "CF101",
    "undefined-network",
    """A service joins a network that the stack does not define, so Docker Compose refuses the stack.

    Networks are defined under the top-level `networks`, in any file of the stack; `extends` does
    not bring them along.
    """,
    in_block(
        WEB,
        bad="networks: [backend]  # error: backend",
        good="networks: [back-end]",
        end="networks:\n  back-end:\n",
    ),
    sources=("networks/",),
)

problem_rule(
    "CF102",
    "undefined-volume",
    """A service mounts a named volume that the stack does not define, so Compose refuses the stack.

    A path on the host begins with `./`, `../`, `~` or `/`; `data/db:/db` without the `./` is taken for
    the name of a volume.
    """,
    Example(
        bad=DB + "    volumes:\n      - db-data:/var/lib/postgresql/data  # error: db-data\n",
        good=DB + "    volumes:\n      - db-data:/var/lib/postgresql/data\nvolumes:\n  db-data:\n",
    ),
    sources=("volumes/",),
)

problem_rule(
    "CF103",
    "undefined-secret",
    "A service or its build uses a secret that the stack does not define; Compose refuses the stack.",
    in_block(
        APP,
        bad="secrets: [mail_pasword]  # error: mail_pasword",
        good="secrets: [mail_password]",
        end="secrets:\n  mail_password:\n    environment: MAIL_PASSWORD\n",
    ),
    sources=("secrets/",),
)

problem_rule(
    "CF104",
    "undefined-config",
    "A service uses a config that the stack does not define, so Docker Compose refuses the stack.",
    Example(
        bad=WEB + "    configs: [site]  # error: site\n",
        good=WEB + "    configs: [site]\nconfigs:\n  site:\n    content: server {}\n",
    ),
    sources=("configs/",),
)

problem_rule(
    "CF105",
    "undefined-model",
    "A service uses a model that the stack does not define, so Docker Compose refuses the stack.",
    Example(
        bad="services:\n  chat:\n    image: ghcr.io/example/chat:2.1\n    models: [llm]  # error: llm\n",
        good="services:\n  chat:\n    image: ghcr.io/example/chat:2.1\n    models: [llm]\nmodels:\n  llm:\n    model: ai/smollm2\n",
    ),
    sources=("models/",),
)

problem_rule(
    "CF106",
    "undefined-dependency",
    """A service depends on one that does not exist, so Docker Compose refuses the stack.

    `depends_on`, `links`, `volumes_from` and `network_mode: service:…` (and `ipc`, `pid`, `uts`,
    `cgroup`) all make a dependency. `required: false` excuses a service that is switched off, not
    one that is missing.
    """,
    Example(
        bad=WEB + "    depends_on: [api]  # error: api\n",
        good=WEB + "    depends_on: [api]\n  api:\n    image: shop/app:2.1\n",
    ),
    sources=("services/#depends_on",),
)

problem_rule(
    "CF107",
    "undefined-extends",
    "A service extends one that does not exist, or whose file is missing; Compose refuses the stack.",
    in_block(
        "services:\n  worker:\n",
        bad="extends: bases  # error: bases",
        good="extends: base",
        end="    image: shop/app:2.1\n  base:\n    image: shop/app:2.1\n",
    ),
    kinds=(
        "undefined-extends",
        "extends-file-missing",
        "extends-file-services",
        "extends-file-form",
        "extends-without-service",
    ),
    sources=("services/#extends",),
)

problem_rule(
    "CF108",
    "undefined-build-context",
    "A build uses files of a service that does not exist or is not built; Compose refuses it.",
    in_block(
        "services:\n  app:\n    build:\n      context: .\n",
        bad="  additional_contexts:\n    base: service:bse  # error: service:bse",
        good="  additional_contexts:\n    base: service:base",
        end="  base:\n    build: .\n",
        files=DOCKERFILE,
    ),
    kinds=("undefined-build-service", "context-without-build", "additional-context", "ssh-key"),
    sources=("build/#additional_contexts",),
)

problem_rule(
    "CF109",
    "no-image-or-build",
    """A service has neither an image nor a build, so Docker Compose refuses the stack.

    A file that only makes sense on top of another one is linted on top of it; services of a profile
    that is off are judged with that profile on.
    """,
    Example(
        bad="services:\n  web:  # error: web\n    command: [nginx, -g, daemon off;]\n",
        good=WEB + "    command: [nginx, -g, daemon off;]\n",
    ),
    sources=("services/#image",),
)

problem_rule(
    "CF110",
    "dependency-cycle",
    """Services depend on each other in a circle, so none can start first; Compose refuses the stack.

    Implicit dependencies count too: `links`, `volumes_from`, and namespaces of another service.
    """,
    Example(
        bad="services:\n  one:\n    image: shop/app:2.1\n    depends_on: [two]  # error: two\n  two:\n    image: shop/app:2.1\n    depends_on: [one]\n",
        good="services:\n  one:\n    image: shop/app:2.1\n    depends_on: [two]\n  two:\n    image: shop/app:2.1\n",
    ),
    sources=("services/#depends_on",),
)

problem_rule(
    "CF111",
    "extends-cycle",
    "Services extend each other in a circle, so Docker Compose refuses the stack.",
    Example(
        bad="services:\n  one:\n    image: shop/app:2.1\n    extends: two  # error: two\n  two:\n    image: shop/app:2.1\n    extends: one\n",
        good="services:\n  one:\n    image: shop/app:2.1\n    extends: two\n  two:\n    image: shop/app:2.1\n",
    ),
    sources=("services/#extends",),
)

problem_rule(
    "CF112",
    "include-failure",
    """An included file is missing, includes itself, or clashes with this one; Compose refuses it.

    Before Docker Compose 5, what an included file defines must not be defined here again, unless
    both are alike.
    """,
    Example(
        bad="include:\n  - databases.yaml  # error: databases.yaml\nservices:\n  web:\n    image: nginx:1.30\n",
        good="include:\n  - caches.yaml\nservices:\n  web:\n    image: nginx:1.30\n",
        files={"caches.yaml": "services:\n  cache:\n    image: redis:7.4\n"},
    ),
    kinds=(
        "include-missing",
        "include-cycle",
        "include-form",
        "include-conflict",
        "include-without-path",
    ),
    sources=("include/",),
)

problem_rule(
    "CF136",
    "disabled-dependency",
    """A service depends on one that a profile disables, so Docker Compose refuses the stack.

    Put both into the profile, or write `required: false` where the service can do without.
    """,
    in_block(
        WEB,
        bad="depends_on: [mail]  # error: mail",
        good="depends_on:\n  mail:\n    condition: service_healthy\n    required: false",
        end="  mail:\n    image: axllent/mailpit:v1.27\n    profiles: [dev]\n",
    ),
    sources=("https://docs.docker.com/compose/how-tos/profiles/",),
)

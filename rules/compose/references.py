"""Names in a stack that lead nowhere, or in a circle. Docker Compose refuses all of these."""

from __future__ import annotations

from ...linter.rule import Example, Severity, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.stack import Stack
    from ...linter.rule import Diagnostic

SPEC = "https://docs.docker.com/reference/compose-file/"


@rule(
    "CF101",
    "undefined-network",
    Severity.ERROR,
    sources=(SPEC + "networks/",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.29\n    networks: [backend]  # error: backend\nnetworks:\n  back-end:\n",
            good="services:\n  web:\n    image: nginx:1.29\n    networks: [back-end]\nnetworks:\n  back-end:\n",
        ),
    ),
)
def undefined_network(stack: Stack) -> Iterator[Diagnostic]:
    """A service joins a network that the stack does not define, so Docker Compose refuses the stack.

    Networks are defined under the top-level `networks`, in any file of the stack; `extends` does
    not bring them along.
    """
    yield from stack.problems("undefined-network")


@rule(
    "CF102",
    "undefined-volume",
    Severity.ERROR,
    sources=(SPEC + "volumes/",),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:17\n    volumes:\n      - db-data:/var/lib/postgresql/data  # error: db-data\n",
            good="services:\n  db:\n    image: postgres:17\n    volumes:\n      - db-data:/var/lib/postgresql/data\nvolumes:\n  db-data:\n",
        ),
    ),
)
def undefined_volume(stack: Stack) -> Iterator[Diagnostic]:
    """A service mounts a named volume that the stack does not define, so Compose refuses the stack.

    A path on the host begins with `./`, `../`, `~` or `/`; `data/db:/db` without the `./` is taken for
    the name of a volume.
    """
    yield from stack.problems("undefined-volume")


@rule(
    "CF103",
    "undefined-secret",
    Severity.ERROR,
    sources=(SPEC + "secrets/",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: ghost:6\n    secrets: [mail_pasword]  # error: mail_pasword\nsecrets:\n  mail_password:\n    environment: MAIL_PASSWORD\n",
            good="services:\n  app:\n    image: ghost:6\n    secrets: [mail_password]\nsecrets:\n  mail_password:\n    environment: MAIL_PASSWORD\n",
        ),
    ),
)
def undefined_secret(stack: Stack) -> Iterator[Diagnostic]:
    """A service or its build uses a secret that the stack does not define; Compose refuses the stack."""
    yield from stack.problems("undefined-secret")


@rule(
    "CF104",
    "undefined-config",
    Severity.ERROR,
    sources=(SPEC + "configs/",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.29\n    configs: [site]  # error: site\n",
            good="services:\n  web:\n    image: nginx:1.29\n    configs: [site]\nconfigs:\n  site:\n    content: server {}\n",
        ),
    ),
)
def undefined_config(stack: Stack) -> Iterator[Diagnostic]:
    """A service uses a config that the stack does not define, so Docker Compose refuses the stack."""
    yield from stack.problems("undefined-config")


@rule(
    "CF105",
    "undefined-model",
    Severity.ERROR,
    sources=(SPEC + "models/",),
    examples=(
        Example(
            bad="services:\n  chat:\n    image: ghcr.io/example/chat:2.1\n    models: [llm]  # error: llm\n",
            good="services:\n  chat:\n    image: ghcr.io/example/chat:2.1\n    models: [llm]\nmodels:\n  llm:\n    model: ai/smollm2\n",
        ),
    ),
)
def undefined_model(stack: Stack) -> Iterator[Diagnostic]:
    """A service uses a model that the stack does not define, so Docker Compose refuses the stack."""
    yield from stack.problems("undefined-model")


@rule(
    "CF106",
    "undefined-dependency",
    Severity.ERROR,
    sources=(SPEC + "services/#depends_on",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.29\n    depends_on: [api]  # error: api\n",
            good="services:\n  web:\n    image: nginx:1.29\n    depends_on: [api]\n  api:\n    image: ghost:6\n",
        ),
    ),
)
def undefined_dependency(stack: Stack) -> Iterator[Diagnostic]:
    """A service depends on one that does not exist, so Docker Compose refuses the stack.

    `depends_on`, `links`, `volumes_from` and `network_mode: service:…` (and `ipc`, `pid`, `uts`,
    `cgroup`) all make a dependency. `required: false` excuses a service that is switched off, not
    one that is missing.
    """
    yield from stack.problems("undefined-dependency")


@rule(
    "CF107",
    "undefined-extends",
    Severity.ERROR,
    sources=(SPEC + "services/#extends",),
    examples=(
        Example(
            bad="services:\n  worker:\n    extends: bases  # error: bases\n    image: ghost:6\n  base:\n    image: ghost:6\n",
            good="services:\n  worker:\n    extends: base\n    image: ghost:6\n  base:\n    image: ghost:6\n",
        ),
    ),
)
def undefined_extends(stack: Stack) -> Iterator[Diagnostic]:
    """A service extends one that does not exist, or whose file is missing; Compose refuses the stack."""
    yield from stack.problems(
        "undefined-extends",
        "extends-file-missing",
        "extends-file-services",
        "extends-file-form",
        "extends-without-service",
    )


@rule(
    "CF108",
    "undefined-build-context",
    Severity.ERROR,
    sources=("https://docs.docker.com/reference/compose-file/build/#additional_contexts",),
    examples=(
        Example(
            bad="services:\n  app:\n    build:\n      context: .\n      additional_contexts:\n        base: service:bse  # error: service:bse\n",
        ),
    ),
)
def undefined_build_context(stack: Stack) -> Iterator[Diagnostic]:
    """A build takes files from a service that does not exist or is not built; Compose refuses it."""
    yield from stack.problems(
        "undefined-build-service", "context-without-build", "additional-context", "ssh-key"
    )


@rule(
    "CF109",
    "no-image-or-build",
    Severity.ERROR,
    sources=(SPEC + "services/#image",),
    examples=(
        Example(
            bad="services:\n  web:  # error: web\n    command: [nginx]\n",
            good="services:\n  web:\n    image: nginx:1.29\n    command: [nginx]\n",
        ),
    ),
)
def no_image_or_build(stack: Stack) -> Iterator[Diagnostic]:
    """A service has neither an image nor a build, so Docker Compose refuses the stack.

    A file that only makes sense on top of another one is linted on top of it; services of a profile
    that is off are judged with that profile on.
    """
    yield from stack.problems("no-image-or-build")


@rule(
    "CF110",
    "dependency-cycle",
    Severity.ERROR,
    sources=(SPEC + "services/#depends_on",),
    examples=(
        Example(
            bad="services:\n  one:\n    image: ghost:6\n    depends_on: [two]  # error: two\n  two:\n    image: ghost:6\n    depends_on: [one]\n",
            good="services:\n  one:\n    image: ghost:6\n    depends_on: [two]\n  two:\n    image: ghost:6\n",
        ),
    ),
)
def dependency_cycle(stack: Stack) -> Iterator[Diagnostic]:
    """Services depend on each other in a circle, so none can start first; Compose refuses the stack.

    Implicit dependencies count too: `links`, `volumes_from`, and namespaces of another service.
    """
    yield from stack.problems("dependency-cycle")


@rule(
    "CF111",
    "extends-cycle",
    Severity.ERROR,
    sources=(SPEC + "services/#extends",),
    examples=(
        Example(
            bad="services:\n  one:\n    image: ghost:6\n    extends: two  # error: two\n  two:\n    image: ghost:6\n    extends: one\n",
        ),
    ),
)
def extends_cycle(stack: Stack) -> Iterator[Diagnostic]:
    """Services extend each other in a circle, so Docker Compose refuses the stack."""
    yield from stack.problems("extends-cycle")


@rule(
    "CF112",
    "include-failure",
    Severity.ERROR,
    sources=(SPEC + "include/",),
    examples=(
        Example(
            bad="include:\n  - databases.yaml  # error: databases.yaml\nservices:\n  web:\n    image: nginx:1.29\n",
        ),
    ),
)
def include_failure(stack: Stack) -> Iterator[Diagnostic]:
    """An included file is missing, includes itself, or clashes with this one; Compose refuses it.

    What an included file defines must not be defined here again, unless both are alike.
    """
    yield from stack.problems(
        "include-missing",
        "include-cycle",
        "include-form",
        "include-conflict",
        "include-without-path",
    )


@rule(
    "CF136",
    "disabled-dependency",
    Severity.ERROR,
    sources=("https://docs.docker.com/compose/how-tos/profiles/",),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.29\n    depends_on: [mail]  # error: mail\n  mail:\n    image: axllent/mailpit:v1.27\n    profiles: [dev]\n",
            good="services:\n  web:\n    image: nginx:1.29\n    depends_on:\n      mail:\n        condition: service_started\n        required: false\n  mail:\n    image: axllent/mailpit:v1.27\n    profiles: [dev]\n",
        ),
    ),
)
def disabled_dependency(stack: Stack) -> Iterator[Diagnostic]:
    """A service depends on one that a profile switches off, so Docker Compose refuses the stack.

    Put both into the profile, or write `required: false` where the service can do without.
    """
    yield from stack.problems("disabled-dependency")

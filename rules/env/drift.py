"""Env files against the stacks that read them."""

from __future__ import annotations

from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ...linter.source.template import NO_DEFAULT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.base.text import Span
    from ...linter.model.project import EnvFile
    from ...linter.model.stack import Stack

PRACTICES = "https://docs.docker.com/compose/how-tos/environment-variables/best-practices/"
_SHOWN = 3


def _required(stack: Stack) -> dict[str, Span]:
    """The variables that a stack uses without a default, each with its first use."""
    required: dict[str, Span] = {}
    for use in stack.loaded.uses:
        if use.operator in NO_DEFAULT:
            required.setdefault(use.name, use.span)
    return required


@rule(
    "EV004",
    "example-drift",
    Severity.INFO,
    category="maintenance",
    ignore_when="Where the variable is for your own machine only.",
    sources=(PRACTICES,),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:${NGINX_VERSION}\n    ports:\n      - ${WEB_PORT}:80  # error: ${WEB_PORT}\n",
            good="services:\n  web:\n    image: nginx:${NGINX_VERSION}\n    ports:\n      - ${WEB_PORT:-8080}:80\n",
            path="compose.yaml",
            files={
                ".env": "NGINX_VERSION=1.30\nWEB_PORT=8080\n",
                ".env.example": "NGINX_VERSION=1.30\n",
                ".gitignore": ".env\n",
            },
        ),
    ),
)
def example_drift(stack: Stack) -> Iterator[Diagnostic]:
    """Variables are set in an `.env` that only you have, and `.env.example` does not list them.

    A new clone starts from a copy of the example and misses them. Variables with a default, and
    those that a file in git sets, are left alone; those that nothing sets are reported as
    `unset-variable`.
    """
    documented = stack.documented_variables
    if not documented:
        return
    missing: list[tuple[str, Span]] = []
    for name, span in _required(stack).items():
        definition = stack.loaded.variables.definition(name)
        if name in documented or name.startswith("COMPOSE_") or definition is None:
            continue
        entry = definition.entry
        if entry is not None and stack.project.ignored_by_git(entry.file.path):
            missing.append((name, span))
    if not missing:
        return
    (first, place), *others = missing
    names = [name for name, _ in missing]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    yield Diagnostic(
        place,
        f"the example env file does not list {', '.join(names[:_SHOWN])}{more}, which only your own env file sets",
        help=f"add `{first}=` to it" if not others else "add them to it, without their values",
        subject=f"variables.{first}",
        evidence=", ".join(names),
        related=[Related(span, f"{name} is not listed either") for name, span in others],
    )


@rule(
    "EV005",
    "unused-variable",
    Severity.INFO,
    category="maintenance",
    presets=(),
    sources=(PRACTICES,),
    examples=(
        Example(
            bad="NGINX_VERSION=1.30\nNGNIX_PORT=8080  # error: NGNIX_PORT\n",
            good="NGINX_VERSION=1.30\nNGINX_PORT=8080\n",
            files={
                "compose.yaml": 'services:\n  web:\n    image: nginx:${NGINX_VERSION}\n    ports: ["${NGINX_PORT:-80}:80"]\n'
            },
        ),
    ),
)
def unused_variable(file: EnvFile) -> Iterator[Diagnostic]:
    """A variable in `.env` is not used by any Compose file that reads it, nor passed to a service.

    Off by default, since programs outside the stack may read the same file. Variables that
    configure Docker itself, and files that a service gets as a whole (`env_file`), are left alone.
    """
    used: set[str] = set()
    for stack in file.stacks:
        if any(env.path == file.path for env in stack.loaded.env_files):
            return
        used.update(use.name for use in stack.loaded.uses)
        for service in stack.services.values():
            used.update(item.name for item in service.environment.values() if item.value is None)
        for value in stack.loaded.variables.evaluated:
            used.update(reference.name for reference in value.entry.references)
    if not file.stacks:
        return
    for entry in file.syntax.entries:
        if entry.key not in used and not entry.key.startswith(("COMPOSE_", "DOCKER_", "BUILDKIT_")):
            yield Diagnostic(
                entry.key_span,
                f"no Compose file that reads this file uses {entry.key}",
                help="delete it, or use it",
                subject=f"variables.{entry.key}",
            )

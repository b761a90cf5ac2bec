"""Variables that Docker Compose puts into a stack."""

from __future__ import annotations

import re

from ...linter.base.patterns import on_demand
from ...linter.base.text import Span
from ...linter.compose.nodes import entries_of
from ...linter.model.values import text_list
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.yaml.nodes import Scalar
from .._sources import INTERPOLATION
from ._nodes import nodes_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service
    from ...linter.model.stack import Stack


@rule(
    "CF140",
    "unset-variable",
    Severity.WARNING,
    category="reading",
    sources=(INTERPOLATION,),
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:${NGINX_VERSION}  # error: ${NGINX_VERSION}\n",
            good="services:\n  web:\n    image: nginx:${NGINX_VERSION:-1.30}\n",
        ),
    ),
)
def unset_variable(stack: Stack) -> Iterator[Diagnostic]:
    """A variable without a default is defined in no env file in sight, so it would be empty.

    Docker Compose only warns and goes on with an empty text. Where `.env.example` (or `.env.sample`,
    `.env.template`, `.env.dist`) lists the variable, whoever clones the repository knows to set it,
    and nothing is reported. The environment counts only with `--use-environment`.
    """
    documented = stack.documented_variables
    inner = {span for service in stack.services.values() for _, span, _ in _inner_uses(service)}
    for name, variable in stack.loaded.unset.items():
        uses = [use for use in variable.uses if use.span not in inner]
        if name in documented or not uses:
            continue
        first, *others = uses
        hidden = [place for use in uses for place in _around(name, use.span)]
        more = f" (used {len(uses)} times)" if others else ""
        yield Diagnostic(
            first.span,
            f"the variable {name} is set nowhere and has no default{more}: it would be empty",
            help=f"set it in .env and list it in .env.example, or give a default: ${{{name}:-…}}",
            related=[Related(use.span, "used here too") for use in others[:3]],
            subject="variables" if hidden else f"variables.{name}",
            evidence="" if hidden else name,
            sensitive=hidden,
        )


def _around(name: str, span: Span) -> list[Span]:
    """The secret that a use without braces is probably a part of: ``PASSWORD: Pa$sw0rd``."""
    if span.text.startswith("${") or name.isupper():
        return []
    from ...linter.secrets.unparsed import unread_secrets

    return [place for place in unread_secrets(span) if place.start < span.start < place.end]


_SHELL_PATHS = (("command",), ("entrypoint",), ("healthcheck", "test"))
_SHELL_VARIABLES = frozenset(
    ("HOSTNAME", "RANDOM", "SECONDS", "IFS", "OLDPWD", "PPID", "UID", "EUID")
)


def _assigned(text: str) -> set[str]:
    """The names that a shell text sets itself: assignments, loops, `read`."""
    return set(re.findall(r"(?:^|[\s;&|(])([A-Za-z_]\w*)=", text)) | set(
        re.findall(r"\b(?:for|read(?: -\w+)*)\s+([A-Za-z_]\w*)", text)
    )


def _inner_uses(service: Service) -> Iterator[tuple[str, Span, str]]:
    """Unset variables in a service's commands that only its container can mean."""
    unset = service.stack.loaded.unset
    if not unset:
        return
    for node in (node for path in _SHELL_PATHS for node in nodes_of(service.get(*path))):
        if not isinstance(node, Scalar) or not node.unknown:
            continue
        assigned = _assigned(node.span.text)
        for name, variable in unset.items():
            if name in service.environment:
                why = f"the environment of the service sets {name}"
            elif name in assigned:
                why = f"the command sets {name} itself"
            elif name in _SHELL_VARIABLES:
                why = f"a shell sets {name}"
            else:
                continue
            for span in (use.span for use in variable.uses):
                if span.file is node.file and node.start <= span.start and span.end <= node.end:
                    yield name, span, why


@rule(
    "CF141",
    "unescaped-dollar",
    Severity.WARNING,
    category="reading",
    sources=(INTERPOLATION,),
    examples=(
        Example(
            bad="services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_USER: shop\n    healthcheck:\n      test: pg_isready -U $POSTGRES_USER  # error: $POSTGRES_USER\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n",
            good="services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_USER: shop\n    healthcheck:\n      test: pg_isready -U $$POSTGRES_USER\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def unescaped_dollar(service: Service) -> Iterator[Diagnostic]:
    """A `$` in a command was meant for the shell in the container, but Docker Compose replaces it.

    Compose looks the name up on the host, finds nothing and leaves an empty text. It is reported
    where the service's own environment or the command itself sets the name. `$$` reaches the shell
    as `$`.
    """
    for name, span, why in _inner_uses(service):
        yield Diagnostic(
            span,
            f"Docker Compose replaces ${name} before the container starts, though {why}",
            help=f"write $${name}: the container's shell then sees ${name}",
            subject=f"{service.path}.command",
            evidence=span.text,
            fix=Fix(
                f"Escape the $ of {name}",
                (Edit(Span(span.file, span.start, span.start), "$"),),
                Applicability.UNSAFE,
                tuple(f"{service.path}.{'.'.join(path)}" for path in _SHELL_PATHS),
            ),
        )


@rule(
    "CF162",
    "random-port-by-variable",
    Severity.WARNING,
    category="connect",
    sources=("https://docs.docker.com/reference/compose-file/services/#ports", INTERPOLATION),
    examples=(
        Example(
            bad='services:\n  web:\n    image: nginx:1.30\n    ports:\n      - "${WEB_PORT}:80"  # error: "${WEB_PORT}:80"\n',
            good='services:\n  web:\n    image: nginx:1.30\n    ports:\n      - "${WEB_PORT:-8080}:80"\n',
        ),
    ),
)
def random_port_by_variable(service: Service) -> Iterator[Diagnostic]:
    """A published port comes from a variable alone; without it the service gets a random public port.

    `:80` publishes on all interfaces under a number that Docker chooses. A default, or `${VAR:?}`,
    keeps that from happening unnoticed. Nothing is reported where `.env.example` lists the variable.
    """
    documented = service.stack.documented_variables
    for port in service.ports:
        text = port.node.span.text.strip("\"'")
        match = re.match(r"(?:[\d.]+:)?\$\{?([A-Za-z_]\w*)\}?:", text)
        name = match[1] if match else ""
        if name in service.stack.loaded.unset and name not in documented and port.unknown:
            yield Diagnostic(
                port.node,
                f"where {name} is unset, this publishes a random port on all interfaces",
                help=f"give it a default (${{{name}:-8080}}) or require it (${{{name}:?}})",
                subject=f"{service.path}.ports",
                evidence=text,
            )


@rule(
    "CF170",
    "unreachable-service",
    Severity.WARNING,
    category="connect",
    sources=("https://docs.docker.com/compose/how-tos/networking/",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    environment:\n      CACHE_HOST: cache  # error: cache\n    networks: [front]\n  cache:\n    image: redis:7.4\n    networks: [back]\nnetworks:\n  front:\n  back:\n",
            good="services:\n  app:\n    image: shop/app:2.1\n    environment:\n      CACHE_HOST: cache\n    networks: [back]\n  cache:\n    image: redis:7.4\n    networks: [back]\nnetworks:\n  back:\n",
        ),
    ),
)
def unreachable_service(service: Service) -> Iterator[Diagnostic]:
    """A variable names another service as a host, but the two share no network.

    Names of services resolve only inside a network that both have joined. Host names that are no
    service of the stack may lie elsewhere and are left alone, unless one is a likely slip.
    """
    if service.get("network_mode") is not None:
        return
    services = service.stack.services
    own = set(service.networks)
    for variable in service.environment.values():
        host = _host(variable.name, variable.value)
        other = services.get(host) if host else None
        if other is None or other is service or other.get("network_mode") is not None:
            continue
        others = set(other.networks)
        if own and others and own.isdisjoint(others):
            yield Diagnostic(
                variable.value_span,
                f'{variable.name} points at the service "{host}", but it shares no network with '
                f'"{service.name}" ({", ".join(sorted(own))} and {", ".join(sorted(others))})',
                help="join a network that both are in",
                subject=f"{service.path}.environment.{variable.name}",
                evidence=host or "",
                related=[Related(other.key.span, "the service")],
            )


_HOST_NAME = on_demand(r"(?:.*_)?(?:HOST|HOSTNAME|SERVER|ADDR|ADDRESS)S?\Z")
_IN_URL = on_demand(r"\A[a-z][a-z0-9+.-]*://(?:[^@/\s]*@)?([a-zA-Z0-9._-]+)(?=[:/?]|\Z)")


def _host(name: str, value: str | None) -> str | None:
    """The host that a variable's value names, if it does."""
    if not value:
        return None
    match = _IN_URL.match(value)
    if match:
        return match[1]
    if _HOST_NAME.match(name.upper()):
        return value.partition(":")[0]
    return None


@rule(
    "CF171",
    "changed-scalar",
    Severity.WARNING,
    category="reading",
    sources=("https://yaml.org/spec/1.2.2/#103-core-schema",),
    examples=(
        Example(
            bad="services:\n  app:\n    image: shop/app:2.1\n    environment:\n      UMASK: 022  # error: 022\n",
            good='services:\n  app:\n    image: shop/app:2.1\n    environment:\n      UMASK: "022"\n',
        ),
        Example(
            bad="services:\n  app:\n    build:\n      context: .\n      args:\n        PYTHON_VERSION: 3.10  # error: 3.10\n",
            good='services:\n  app:\n    build:\n      context: .\n      args:\n        PYTHON_VERSION: "3.10"\n',
            files={"Dockerfile": "ARG PYTHON_VERSION=3.13\nFROM python:${PYTHON_VERSION}-slim\n"},
        ),
    ),
    fix=Applicability.UNSAFE,
)
def changed_scalar(service: Service) -> Iterator[Diagnostic]:
    """An unquoted value is a number to YAML and reaches the container as another text.

    `022` becomes 18, `3.10` becomes 3.1, `1e3` becomes 1000 and `1_000` loses its underscore. Quotes
    keep it as written, which changes what the container sees today: so the fix counts as unsafe.
    """
    for path in (("environment",), ("labels",), ("build", "args"), ("build", "labels")):
        for entry in entries_of(service.get(*path)):
            value = entry.value
            if not isinstance(value, Scalar) or value.style or value.unknown:
                continue
            if not isinstance(value.value, (int, float)) or isinstance(value.value, bool):
                continue
            shown = value.span.text
            texts = text_list(value)
            if not texts or texts[0] == shown or shown != value.raw:
                continue
            subject = f"{service.path}.{'.'.join(path)}.{entry.name}"
            yield Diagnostic(
                value,
                f"{entry.name}: {shown} reaches the container as {texts[0]}",
                help=f'quote it to pass it as written: "{shown}"',
                subject=subject,
                evidence=shown,
                fix=Fix(
                    f"Quote {shown}",
                    (Edit(value.span, f'"{shown}"'),),
                    Applicability.UNSAFE,
                    (subject,),
                ),
            )

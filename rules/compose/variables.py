"""Variables of services: the hosts that they name, and values that YAML changes."""

from __future__ import annotations

from ...linter.base.patterns import on_demand
from ...linter.compose.nodes import entries_of
from ...linter.model.values import text_list
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.yaml.nodes import Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service


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
    """A variable names another service as a host, but the two services share no network.

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
                f'{variable.name} names service "{host}", which shares no network with service '
                f'"{service.name}" ({", ".join(sorted(own))} and {", ".join(sorted(others))})',
                help="connect both services to one network",
                subject=f"{service.path}.environment.{variable.name}",
                evidence=host or "",
                related=[Related(other.key.span, f'service "{host}"')],
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

    Why: The program gets another value than the one in the file.

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
                help=f'quote it to pass it as written: `"{shown}"`',
                subject=subject,
                evidence=shown,
                fix=Fix(
                    f"Quote {shown}",
                    (Edit(value.span, f'"{shown}"'),),
                    Applicability.UNSAFE,
                    (subject,),
                ),
            )

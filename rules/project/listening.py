"""Ports that are published, and on which nothing can be reached."""

from __future__ import annotations

from ...linter.analysis.container import container_of
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from .._sources import SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.base.text import Span
    from ...linter.model.service import Service

_FILES = {
    "Dockerfile": 'FROM python:3.13-slim\nWORKDIR /app\nCOPY main.py .\nUSER 1001\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0"]\n',
    "main.py": "",
}


@rule(
    "XF113",
    "listens-on-loopback",
    Severity.WARNING,
    category="connect",
    words=("ports",),
    since="0.2",
    sources=(
        SPEC + "services/#ports",
        "https://uvicorn.dev/settings/",
        "https://docs.djangoproject.com/en/stable/ref/django-admin/#runserver",
        "https://flask.palletsprojects.com/en/stable/quickstart/",
    ),
    examples=(
        Example(
            bad='services:\n  web:\n    build: .\n    init: true\n    command: uvicorn main:app --port 8000  # error: uvicorn main:app\n    ports: ["127.0.0.1:8000:8000"]\n',
            good='services:\n  web:\n    build: .\n    init: true\n    command: uvicorn main:app --host 0.0.0.0 --port 8000\n    ports: ["127.0.0.1:8000:8000"]\n',
            files=_FILES,
        ),
        Example(
            bad='services:\n  web:\n    image: shop/web:2.1\n    command: python manage.py runserver  # error: python manage.py runserver\n    ports: ["127.0.0.1:8000:8000"]\n',
            good='services:\n  web:\n    image: shop/web:2.1\n    command: python manage.py runserver 0.0.0.0:8000\n    ports: ["127.0.0.1:8000:8000"]\n',
        ),
    ),
)
def listens_on_loopback(service: Service) -> Iterator[Diagnostic]:
    """A service publishes a port, but its server listens only on 127.0.0.1 inside the container.

    Why: That address is the container's own: Docker forwards to another one, so nothing
    answers.

    uvicorn, hypercorn, daphne, gunicorn, `flask run`, `manage.py runserver`, `mkdocs serve`,
    `hugo server` and the like listen there unless told otherwise. Where a variable or a file
    may tell them, nothing is reported.
    """
    if not service.ports or not service.runs_here or service.get("network_mode") is not None:
        return
    from ...linter.analysis.loopback import loopback_server
    from ...linter.analysis.peers import peers_of

    server = loopback_server(service)
    if server is None or service.name in peers_of(service.stack).sharing:
        return
    place, related = _where(service)
    yield Diagnostic(
        place,
        f'service "{service.name}" publishes a port, but {server.program} listens on 127.0.0.1 of '
        "its container, where nothing else reaches it",
        help=f"add `{server.advice}` to the command",
        subject=f"{service.path}.command",
        evidence=server.program,
        related=related,
    )


def _where(service: Service) -> tuple[Span, list[Related]]:
    """The command in the Compose file, else the port with the instruction that has the command."""
    node = service.get("command") or service.get("entrypoint")
    port = service.ports[0].node.span
    if node is not None:
        return node.span, [Related(port, "the port is published here")]
    stage = container_of(service).stage
    final = stage.final if stage else None
    instruction = (final.cmd or final.entrypoint) if final else None
    return port, [Related(instruction.span, "the command")] if instruction else []


@rule(
    "XF114",
    "dotnet-port",
    Severity.WARNING,
    category="connect",
    words=("build",),
    since="0.2",
    sources=(
        "https://learn.microsoft.com/en-us/dotnet/core/compatibility/containers/8.0/aspnet-port",
    ),
    examples=(
        Example(
            bad='services:\n  web:\n    build: .\n    ports: ["127.0.0.1:5000:80"]  # error: "127.0.0.1:5000:80"\n',
            good='services:\n  web:\n    build: .\n    ports: ["127.0.0.1:5000:8080"]\n',
            files={
                "Dockerfile": 'FROM mcr.microsoft.com/dotnet/aspnet:10.0\nWORKDIR /app\nCOPY shop.dll .\nUSER app\nENTRYPOINT ["dotnet", "shop.dll"]\n',
                "shop.dll": "",
            },
        ),
    ),
)
def dotnet_port(service: Service) -> Iterator[Diagnostic]:
    """Port 80 is published, but the images of ASP.NET listen on 8080 since .NET 8.

    Why: Nothing listens at port 80, so the published port answers nobody.

    Variables (`ASPNETCORE_URLS`, `ASPNETCORE_HTTP_PORTS` and the like), `--urls`, `EXPOSE 80` and settings in
    the source may say otherwise: nothing is reported then.
    """
    ports = [port for port in service.ports if port.target == 80 and not port.unknown]
    if not ports or service.build is None or not service.runs_here:
        return
    container = container_of(service)
    facts = container.facts
    if facts is None or not facts.name.endswith("dotnet/aspnet") or not facts.version:
        return
    if facts.version < (8,) or 8080 not in {port.number for port in facts.ports}:
        return
    from ...linter.analysis.dotnet import may_choose_port

    if may_choose_port(service):
        return
    yield Diagnostic(
        ports[0].node,
        f'service "{service.name}" publishes port 80 of its container, and ASP.NET {facts.version[0]} '
        "listens on 8080",
        help=f"publish 8080: {ports[0].published or 8080}:8080, or set `ASPNETCORE_HTTP_PORTS: 80`",
        subject=f"{service.path}.ports",
        evidence="80",
    )

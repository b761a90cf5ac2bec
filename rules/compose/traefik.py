"""Labels for Traefik that name what nothing defines."""

from __future__ import annotations

from ...linter.base.suggest import QUESTION, did_you_mean
from ...linter.base.text import contains
from ...linter.rule import Diagnostic, Example, Severity, rule
from ._secrets import in_service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.stack import Stack


@rule(
    "CF183",
    "traefik-reference",
    Severity.WARNING,
    category="connect",
    words=("traefik",),
    since="0.2",
    sources=(
        "https://doc.traefik.io/traefik/reference/routing-configuration/other-providers/docker/",
    ),
    examples=(
        Example(
            bad="services:\n  web:\n    image: shop/web:2.1\n    labels:\n      traefik.http.routers.web.rule: Host(`shop.example.org`)\n      traefik.http.routers.web.middlewares: weblogin  # error: weblogin\n      traefik.http.middlewares.web-login.basicauth.usersfile: /users\n",
            good="services:\n  web:\n    image: shop/web:2.1\n    labels:\n      traefik.http.routers.web.rule: Host(`shop.example.org`)\n      traefik.http.routers.web.middlewares: web-login\n      traefik.http.middlewares.web-login.basicauth.usersfile: /users\n",
        ),
    ),
)
def traefik_reference(stack: Stack) -> Iterator[Diagnostic]:
    """A label for Traefik names a service or a middleware that no label defines, so the route is dead.

    Names with a provider (`auth@file`) are left alone. A name that is not almost a defined one is
    reported only if Traefik runs in this stack and no other file of the repository has it: labels of
    other stacks count for Traefik, too.
    """
    if not any(
        node is not None and contains(node.span.file, "traefik")
        for service in stack.services.values()
        for node in (service.get("labels"), service.get("deploy", "labels"))
    ):
        return
    from ...linter.analysis.traefik import dangling_references

    for service, label, kind, name, meant in dangling_references(stack):
        what = "service" if kind == "services" else "middleware"
        yield in_service(
            Diagnostic(
                label.value_span,
                f'{label.name} of service "{service.name}" names the {what} "{name}", which no label defines',
                help=did_you_mean(meant, QUESTION)
                or f"define it (`traefik.http.{kind}.{name}.…`), or add the provider that defines it (`{name}@file`)",
                subject=f"{service.path}.labels.{label.name}",
                evidence=name,
            ),
            service,
        )

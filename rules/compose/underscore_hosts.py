"""Names of services that the server behind them refuses as a host."""

from __future__ import annotations

import re

from ...linter.rule import Diagnostic, Example, Severity, rule
from .addresses import ADDRESS_WORDS, NETWORKING, each_address, finding_at, what_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service
    from ...linter.model.stack import Stack


@rule(
    "CF268",
    "underscore-towards-django",
    Severity.WARNING,
    category="connect",
    words=ADDRESS_WORDS,
    since="0.2",
    sources=(
        NETWORKING,
        "https://docs.djangoproject.com/en/stable/ref/request-response/#django.http.HttpRequest.get_host",
    ),
    examples=(
        Example(
            bad="services:\n  web:\n    image: shop/web:2.1\n    depends_on: [my_app]\n    environment:\n      API_URL: http://my_app:8000/  # error: my_app:8000\n  my_app:\n    image: shop/app:2.1\n    command: python manage.py runserver 0.0.0.0:8000\n",
            good="services:\n  web:\n    image: shop/web:2.1\n    depends_on: [my-app]\n    environment:\n      API_URL: http://my-app:8000/\n  my-app:\n    image: shop/app:2.1\n    command: python manage.py runserver 0.0.0.0:8000\n",
        ),
    ),
)
def underscore_towards_django(stack: Stack) -> Iterator[Diagnostic]:
    """A service calls Django over HTTP by a host name with an underscore, which Django refuses.

    Django answers such a Host header with status 400, whatever ALLOWED_HOSTS says: an underscore is not
    allowed in a host name. Django is known by `manage.py runserver` in the command.
    """
    if not any("_" in name for name in stack.services):
        return
    from ...linter.analysis.peers import peers_of

    peers = peers_of(stack)
    for service, address in each_address(stack):
        if address.scheme not in ("http", "https") or "_" not in address.host:
            continue
        target = peers.named(address.host, service)
        if target is None or target is service or not _runs_django(target):
            continue
        yield finding_at(
            service,
            address,
            f'{what_of(service, address)} calls Django as "{address.host}", and Django refuses a host '
            "name with an underscore",
            "give the service a name or a network alias with a hyphen",
            address.host,
        )


def _runs_django(service: Service) -> bool:
    from ...linter.analysis.container import container_of

    return re.search(r"\bmanage\.py\s+runserver", container_of(service).command_text) is not None

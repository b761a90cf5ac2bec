"""A plug-in with one rule: containers of the shop keep the names that Compose gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composelint.linter.rule import Diagnostic, Example, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composelint.linter.model.service import Service


@rule(
    "SHOP010",
    "container-name-set",
    Severity.WARNING,
    category="maintenance",
    examples=(
        Example(
            bad="services:\n  web:\n    image: nginx:1.29\n    container_name: web  # error: web\n",
            good="services:\n  web:\n    image: nginx:1.29\n",
        ),
    ),
)
def container_name_set(service: Service) -> Iterator[Diagnostic]:
    """A service fixes the name of its container, so that it cannot run twice."""
    field = service.field("container_name")
    if field is not None:
        yield Diagnostic(
            field.value,
            f'service "{service.name}" fixes the name of its container',
            help="leave the name to Docker Compose",
            subject=f"{service.path}.container_name",
        )

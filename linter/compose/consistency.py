"""The consistency of a stack: references, cycles, settings that contradict each other.

Docker Compose checks only the services that run with the given profiles. This checks every
service as if a profile of its own were switched on; a problem that only other profiles
bring about says so and does not count for the verdict.
"""

from __future__ import annotations

from .contradictions import check_container_names, check_secrets, check_settings
from .references import check_cycles, check_references
from .service_view import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..source.yaml.nodes import Mapping
    from .context import Context


def check_services(tree: Mapping, context: Context, profiles: tuple[str, ...]) -> None:
    """Report the parts of a model that do not go together."""
    model = Model(tree, context, profiles)
    for service in model.services.values():
        check_references(model, service)
        check_settings(model, service)
    check_container_names(model)
    check_cycles(model)
    check_secrets(model)

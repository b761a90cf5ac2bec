"""What the services of a stack share: ports and mounts from one place, names of variables.

Rules ask for it service by service, so it is collected once for the stack.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import Span
    from ..model.service import Service
    from ..model.stack import Stack
    from ..model.values import EnvVar
    from ..source.yaml.nodes import Node


def sharing(service: Service, node: Node) -> tuple[str, ...]:
    """The paths of all ``ports`` and ``volumes`` that have an item from this place of a file.

    An anchor or ``extends`` brings an item into several services.
    """
    return tuple(_of(service.stack).places.get(node.span, ()))


def differs_elsewhere(service: Service, variable: EnvVar) -> bool:
    """Whether another service has a variable of this name with another value."""
    values = _of(service.stack).values.get(variable.name, {})
    return any(
        value != variable.value and names != {service.name} for value, names in values.items()
    )


class _Shared:
    """What a stack's services share.

    ``places`` has the paths by the place of an item, ``values`` the names of the services by the
    name and the value of a variable.
    """

    def __init__(self, stack: Stack) -> None:
        self.places: dict[Span, dict[str, None]] = {}
        self.values: dict[str, dict[str | None, set[str]]] = {}
        for service in stack.services.values():
            for kind, items in (("ports", service.ports), ("volumes", service.mounts)):
                for item in items:
                    paths = self.places.setdefault(item.node.span, {})
                    paths[f"{service.path}.{kind}"] = None
            for name, variable in service.environment.items():
                services = self.values.setdefault(name, {}).setdefault(variable.value, set())
                services.add(service.name)


def _of(stack: Stack) -> _Shared:
    """What the services of a stack share, collected at the first call."""
    shared: _Shared | None = stack.conclusions.get(_Shared)
    if shared is None:
        shared = stack.conclusions[_Shared] = _Shared(stack)
    return shared

"""The preset that fits a repository, by the services of its stacks."""

from __future__ import annotations

from ..base.names import STORES
from ..engine.run import load_project

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..engine.workspace import Workspace
    from ..model.service import Service
    from ..model.stack import Stack

_INFRASTRUCTURE = STORES | {"admin-panel", "monitoring", "object-store"}
"""Kinds of image that serve applications and are none."""

_LOCAL = ("127.", "localhost", "[::1]", "::1")


def fitting_preset(workspace: Workspace) -> tuple[str, str]:
    """The preset that fits, and the reason.

    ``infrastructure`` if all services are infrastructure; ``hybrid`` if infrastructure is
    published to the host alone, because other applications run there; ``development`` for signs
    of a desk (sources mounted into what is built), ``production`` for signs of a server (a
    production file, restart policies, a proxy).
    """
    stacks = [
        stack
        for group in workspace.groups
        for stack in load_project(group.files, group.settings).stacks
    ]
    services = {
        (stack.name, name): each for stack in stacks for name, each in stack.services.items()
    }
    if not services:
        return "recommended", "there is no service yet"
    infrastructure = [each for each in services.values() if _is_infrastructure(each)]
    applications = [each for each in services.values() if not _is_infrastructure(each)]
    if not applications:
        return "infrastructure", f"all {len(services)} services are databases, caches and the like"
    local = next(filter(_is_local, infrastructure), None)
    if local is not None:
        return (
            "hybrid",
            f"{len(infrastructure)} of {len(services)} services are infrastructure, and "
            f"{local.name} is published to applications on the host",
        )
    is_production = any(map(_is_for_production, stacks))
    developed = next(filter(_is_developed, applications), None)
    if developed is not None and not is_production:
        return "development", f"the sources of {developed.name} are mounted into its container"
    served = next(filter(_is_served, services.values()), None)
    if served is not None or is_production:
        sign = f"{served.name} is set up as on a server" if served else "a file says production"
        return "production", f"applications run beside what they need, and {sign}"
    return "recommended", "nothing tells how the stacks are run"


def _is_infrastructure(service: Service) -> bool:
    return service.facts is not None and service.facts.kind in _INFRASTRUCTURE


def _is_local(service: Service) -> bool:
    """Whether a port is published to the host alone."""
    return any(port.host_ip.startswith(_LOCAL) for port in service.ports)


def _is_developed(service: Service) -> bool:
    """Whether its sources change while it runs: ``develop``, or a mount into what is built."""
    if service.get("develop") is not None:
        return True
    return service.build is not None and any(
        mount.type == "bind" and not mount.read_only for mount in service.mounts
    )


def _is_for_production(stack: Stack) -> bool:
    return any("prod" in file.rpartition("/")[2].lower() for file in stack.loaded.files)


def _is_served(service: Service) -> bool:
    """Whether it restarts by itself, or is a proxy."""
    if (service.text("restart") or "no") != "no":
        return True
    return service.facts is not None and service.facts.kind == "proxy"

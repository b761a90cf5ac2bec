"""The preset that fits a repository, by the services of its stacks."""

from __future__ import annotations

from ..base.names import STORES
from ..base.records import NamedTuple
from ..config.settings import PRESETS_BY_NAME
from ..engine.run import load_project
from ..files.kinds import COMPOSE, DOCKERFILE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..engine.workspace import Workspace
    from ..model.service import Service
    from ..model.stack import Stack

_INFRASTRUCTURE = STORES | {"admin-panel", "monitoring", "object-store"}
"""Kinds of image that serve applications and are none."""

_LOCAL = ("127.", "localhost", "[::1]", "::1")


def stacks_of(workspace: Workspace) -> list[Stack]:
    """The stacks of a workspace."""
    return [
        stack
        for group in workspace.groups
        for stack in load_project(group.files, group.settings).stacks
    ]


class NamedPreset(NamedTuple):
    """A preset that the name of a file chooses, by a glob of ``presets-by-name``."""

    glob: str
    preset: str
    file: str


def chosen_by_name(stacks: Iterable[Stack]) -> list[NamedPreset]:
    """The presets that file names choose without a configuration, each glob once."""
    chosen = filter(None, map(_by_name, stacks))
    return list({each.glob: each for each in chosen}.values())


def _by_name(stack: Stack) -> NamedPreset | None:
    for file in reversed(stack.loaded.files):
        name = file.rpartition("/")[2]
        for part, preset in PRESETS_BY_NAME:
            if part in name:
                return NamedPreset(f"*{part}*", preset, file)
    return None


def _is_development(stack: Stack) -> bool:
    chosen = _by_name(stack)
    return chosen is not None and chosen.preset == "development"


def fitting_preset(workspace: Workspace, stacks: Iterable[Stack]) -> tuple[str, str]:
    """The preset that fits, and the reason.

    ``infrastructure`` if all services are infrastructure; ``hybrid`` if infrastructure is
    published to the host alone, because other applications run there; ``development`` for signs
    of a desk (sources mounted into what is built), ``production`` for signs of a server (a
    production file, restart policies, a proxy). Stacks that are for development by their name
    keep that preset, so the others decide if there are any.
    """
    stacks = list(stacks)
    stacks = [stack for stack in stacks if not _is_development(stack)] or stacks
    services = {
        (stack.name, name): each for stack in stacks for name, each in stack.services.items()
    }
    if not services:
        kinds = {file.kind for group in workspace.groups for file in group.files}
        if DOCKERFILE in kinds and COMPOSE not in kinds:
            return "recommended", "there are Dockerfiles alone, without services"
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

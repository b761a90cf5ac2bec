"""Programs that follow the tags of images: they pull what a tag means now and start containers anew."""

from __future__ import annotations

from ..model.values import key_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.service import Service
    from ..model.stack import Stack

_WATCHTOWER = "com.centurylinklabs.watchtower.enable"
_LABELS = frozenset((_WATCHTOWER, "com.ouroboros.enable", "shepherd.enable"))
"""Labels that tell an updater to look after a container, or to leave it alone."""

_PODMAN = "io.containers.autoupdate"
_UPDATERS = frozenset(("ouroboros", "watchtower"))
"""The last parts of the names of updaters' images. Those that only tell of updates are none."""

_RESTRICTED = frozenset(("--label-enable", "-e", "--monitor-only", "-m"))
"""Arguments with which it leaves alone what has no label, or only tells of updates."""


def is_followed(service: Service) -> bool:
    """Whether an updater replaces the container whenever its image's tag moves, as the stack shows.

    A label of the service says so, or an updater that runs in the same stack and is not restricted
    to labelled containers.
    """
    labels = {label.name: label.value for label in key_values(service.get("labels"))}
    choices = [(labels[name] or "").casefold() for name in _LABELS & labels.keys()]
    if choices:
        return "true" in choices
    if labels.get(_PODMAN) in ("registry", "image"):
        return True
    is_updater = service.reference is not None and _name(service) in _UPDATERS
    return not is_updater and _has_updater(service.stack)


class _Updates:
    """Whether a service of a stack updates all containers that do not refuse it."""

    def __init__(self, stack: Stack) -> None:
        self.reach_all = any(map(_updates_all, stack.services.values()))


def _has_updater(stack: Stack) -> bool:
    """Whether a service of the stack updates all containers that do not refuse it."""
    updates: _Updates | None = stack.conclusions.get(_Updates)
    if updates is None:
        updates = stack.conclusions[_Updates] = _Updates(stack)
    return updates.reach_all


def _updates_all(service: Service) -> bool:
    """Whether a service updates all containers that do not refuse it."""
    if not service.runs_here or _name(service) not in _UPDATERS:
        return False
    by_label = service.environment.get("WATCHTOWER_LABEL_ENABLE")
    if by_label is not None and by_label.value not in ("false", "0", ""):
        return False
    from .container import container_of

    return _RESTRICTED.isdisjoint(container_of(service).command or ())


def _name(service: Service) -> str:
    reference = service.reference
    return reference.name.rpartition("/")[2] if reference is not None else ""

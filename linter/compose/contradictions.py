"""Settings of services and resources that contradict each other, or lack each other."""

from __future__ import annotations

from ..files.paths import clean_path
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar
from .casts import CastError, cast_scalar, to_float32
from .nodes import items_of, text_value
from .problem import Problem, Related
from .quantities import parse_byte_size
from .values import UNKNOWN, BadValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .service_view import Model, Service


def check_settings(model: Model, service: Service) -> None:
    """Report the attributes of one service that do not go together."""
    _check_image(model, service)
    _check_build(model, service)
    _check_network_mode(model, service)
    _check_test(model, service)
    _check_scale(model, service)
    _check_limits(model, service)
    _check_watches(model, service)
    _check_mounts(model, service)


def _mapping(node: Node | None, *names: str) -> Mapping | None:
    """The mapping at a path of keys."""
    for name in names:
        node = node.get(name) if isinstance(node, Mapping) else None
    return node if isinstance(node, Mapping) else None


def _check_image(model: Model, service: Service) -> None:
    node, context = service.node, model.context
    if node.get("build") is not None or node.entry("provider") is not None:
        return
    image = node.get("image")
    if service.name in context.incomplete or text_value(image):
        return
    if image is not None and text_value(image) is None:
        return  # the schema reports values that are not texts
    place = (
        context.resets.get(("services", service.name, "image"))
        or context.resets.get(("services", service.name, "build"))
        or image
        or service.key
    )
    problem = Problem(
        "no-image-or-build",
        f'service "{service.name}" has neither an image nor a build',
        place.span,
        related=(Related("the service", service.key.span),) if image else (),
    )
    model.report(service, problem.depending_on(image))


def _check_build(model: Model, service: Service) -> None:
    build = _mapping(service.node, "build")
    if build is None:
        return
    file, inline = build.entry("dockerfile"), build.entry("dockerfile_inline")
    if file and inline and text_value(file.value) and text_value(inline.value):
        problem = Problem(
            "dockerfile-twice",
            f'the build of service "{service.name}" has both dockerfile and dockerfile_inline',
            inline.key.span,
            "keep one of them",
            (Related("dockerfile", file.key.span),),
        )
        model.report(service, problem.depending_on(file.value, inline.value))
    platform, platforms = service.node.get("platform"), build.entry("platforms")
    wanted = text_value(platform)
    items = items_of(platforms.value) if platforms else []
    if (
        platform is not None
        and platforms is not None
        and wanted
        and items
        and all(text_value(item) != wanted for item in items)
    ):
        problem = Problem(
            "platform-not-built",
            f'service "{service.name}" runs on {wanted}, which is not in its build.platforms',
            platforms.key.span,
            related=(Related("the platform", platform.span),),
        )
        model.report(service, problem.depending_on(platform, *items))


def _check_network_mode(model: Model, service: Service) -> None:
    mode, networks = service.node.entry("network_mode"), service.node.entry("networks")
    if (
        mode
        and text_value(mode.value)
        and networks
        and isinstance(networks.value, Mapping)
        and networks.value.entries
    ):
        problem = Problem(
            "network-mode-with-networks",
            f'service "{service.name}" has both network_mode and networks',
            mode.key.span,
            "keep one of them",
            (Related("networks", networks.key.span),),
        )
        model.report(service, problem.depending_on(mode.value))


def _check_test(model: Model, service: Service) -> None:
    check = _mapping(service.node, "healthcheck")
    items = items_of(check.get("test") if check else None)
    first = text_value(items[0]) if items else None
    if first is None or first in ("CMD", "CMD-SHELL", "NONE") or UNKNOWN in first:
        return
    problem = Problem(
        "healthcheck-test",
        f'the healthcheck of service "{service.name}" begins with "{first}"; a list '
        "has to begin with CMD, CMD-SHELL or NONE",
        items[0].span,
        "put CMD in front of it",
    )
    model.report(service, problem.depending_on(items[0]))


def _check_scale(model: Model, service: Service) -> None:
    node = service.node
    deploy = _mapping(node, "deploy")
    scale, replicas = node.entry("scale"), deploy.entry("replicas") if deploy else None
    first, second = _whole_number(scale), _whole_number(replicas)
    if scale and replicas and first is not None and second is not None and first != second:
        problem = Problem(
            "scale-and-replicas",
            f'service "{service.name}" has scale {first} and deploy.replicas {second}',
            replicas.value.span,
            "keep one of them",
            (Related("scale", scale.value.span),),
        )
        model.report(service, problem)
    counts = [
        (entry, number, name)
        for entry, number, name in (
            (scale, first, "scale"),
            (replicas, second, "deploy.replicas"),
        )
        if entry is not None and number is not None
    ]
    for entry, number, name in counts:
        if number < 0:
            message = f'{name} of service "{service.name}" is {number}; it cannot be negative'
            model.report(service, Problem("negative-scale", message, entry.value.span))
    container = node.get("container_name")
    container_name = text_value(container)
    if container is None or not container_name or not counts:
        return
    entry, number, _ = counts[0]
    if number > 1:
        problem = Problem(
            "container-name-scaled",
            f'service "{service.name}" runs {number} times but has the fixed container_name '
            f'"{container_name}"',
            entry.value.span,
            "delete `container_name`, or run the service once",
            (Related("container_name", container.span),),
        )
        model.report(service, problem)


def _whole_number(entry: Entry | None) -> int | None:
    """The whole number of an entry; None if it is absent, unknown or something else."""
    if entry is None or not isinstance(entry.value, Scalar) or entry.value.unknown:
        return None
    value = entry.value.value
    return value if isinstance(value, int) and not isinstance(value, bool) else None


# --- limits ---


def _check_limits(model: Model, service: Service) -> None:
    resources = _mapping(service.node, "deploy", "resources")
    if resources is None:
        return
    for short, part, name, read in _SAME:
        entry, holder = service.node.entry(short), resources.entry(part)
        if entry is None or holder is None or not isinstance(holder.value, Mapping):
            continue
        long = holder.value.entry(name)
        if entry.value.unknown or (long is not None and long.value.unknown):
            continue
        first, second = read(entry.value), read(long.value) if long is not None else 0
        if not first or second is None or first == second:
            continue
        path = f"deploy.resources.{part}.{name}"
        if long is not None:
            message = f'service "{service.name}" sets {short} and {path} to different values'
            place, related = long.value, Related(short, entry.value.span)
        else:
            message = (
                f'service "{service.name}" sets {short} but no {name} in deploy.resources.{part}: '
                "Docker Compose refuses that"
            )
            place, related = entry.value, Related(f"deploy.resources.{part}", holder.key.span)
        help_ = f"set both to the same value, or set only `{path}`"
        model.report(service, Problem("limits-differ", message, place.span, help_, (related,)))


def _bytes(node: Node) -> int | None:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, float):
        return 0  # Compose ignores it
    if isinstance(value, str):
        try:
            return parse_byte_size(value)
        except BadValue:
            return None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _cpus(node: Node) -> float | None:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, str):
        number = cast_scalar("float32", value)
        return None if isinstance(number, CastError) else number
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return to_float32(value)
    except OverflowError:
        return None


def _pids(node: Node) -> int | None:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, str):
        number = cast_scalar("int", value)
        return number if isinstance(number, int) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if abs(value) < 1e18 else None


_SAME = (
    ("cpus", "limits", "cpus", _cpus),
    ("mem_limit", "limits", "memory", _bytes),
    ("mem_reservation", "reservations", "memory", _bytes),
    ("pids_limit", "limits", "pids", _pids),
)
"""Attributes that say the same in two places, and how each is read."""


# --- watches and mounts ---


_SYNCING = ("sync", "sync+restart", "sync+exec")


def _check_watches(model: Model, service: Service) -> None:
    develop = _mapping(service.node, "develop")
    for item in items_of(develop.get("watch") if develop else None):
        action = item.get("action") if isinstance(item, Mapping) else None
        target = item.get("target") if isinstance(item, Mapping) else None
        syncs = text_value(action) in _SYNCING
        if syncs and (target is None or text_value(target) == ""):
            problem = Problem(
                "watch-without-target",
                f'a watch of service "{service.name}" with the action {text_value(action)} has no target',
                (action or item).span,
                "set `target:` to a path in the container",
            )
            model.report(service, problem.depending_on(target))


def _check_mounts(model: Model, service: Service) -> None:
    first_by_target: dict[str, Node] = {}
    node = service.node
    for item in (*items_of(node.get("tmpfs")), *items_of(node.get("volumes"))):
        part = item.get("target") if isinstance(item, Mapping) else item
        text = text_value(part)
        if part is None or text is None or UNKNOWN in text:
            continue
        target = text.partition(":")[0]
        if isinstance(item, Mapping):
            target = clean_path(text) if text else ""
        first = first_by_target.setdefault(target, item)
        if first is not item:
            problem = Problem(
                "mount-twice",
                f'two mounts of service "{service.name}" have the target {target}',
                part.span,
                related=(Related("the first", first.span),),
            )
            model.report(service, problem.depending_on(first, item))


# --- all services ---


def check_container_names(model: Model) -> None:
    """Report services with the same ``container_name`` that may run together."""
    by_name: dict[str, list[Service]] = {}
    for service in model.services.values():
        name = text_value(service.node.get("container_name"))
        if name and UNKNOWN not in name:
            by_name.setdefault(name, []).append(service)
    for name, services in by_name.items():
        for index, service in enumerate(services):
            rival, profile = _running_beside(model, service, services[:index])
            if rival is not None:
                _report_container_name(model, name, service, rival, profile)


def _report_container_name(
    model: Model, name: str, service: Service, rival: Service, profile: str
) -> None:
    node, first = service.node.get("container_name"), rival.node.get("container_name")
    assert node is not None
    assert first is not None
    extends = model.context.extended.get(service.name)
    is_inherited = extends is not None and (node is first or model.is_inherited(node.span))
    problem = Problem(
        "container-name-twice",
        f'services "{rival.name}" and "{service.name}" have the same container_name "{name}"',
        (extends if extends is not None and is_inherited else node).span,
        related=(Related(f'container_name of service "{rival.name}"', first.span),),
        rejects=model.runs(service) and model.runs(rival),
    )
    model.report_in(profile, problem.depending_on(node, first))


def _running_beside(
    model: Model, service: Service, others: list[Service]
) -> tuple[Service | None, str]:
    """Another service that runs beside this one, and the profile that makes it so.

    Services of different profiles are alternatives as a rule; that all profiles may be
    switched on at once does not count.
    """
    for other in others:
        if model.runs(service) and model.runs(other):
            return other, ""
    for other in others:
        profiles = set(service.profiles or other.profiles)
        if service.profiles and other.profiles:
            profiles.intersection_update(other.profiles)
        if profiles or not (service.profiles or other.profiles):
            return other, min(profiles, default="")
    return None, ""


def check_secrets(model: Model) -> None:
    """Report secrets that have neither a file nor an environment variable."""
    for entry in model.defined["secrets"].values():
        node = entry.value
        if not isinstance(node, Mapping):
            continue
        external, variable = node.get("external"), node.get("environment")
        if isinstance(external, Scalar) and external.value is True:
            continue
        if node.get("file") is not None or (variable is not None and text_value(variable) != ""):
            continue
        if external is None and node.entry("driver") is None and variable is None:
            continue  # reported where the sources are counted
        problem = Problem(
            "no-source",
            f'the secret "{entry.name}" has neither a file nor an environment variable',
            (variable or entry.key).span,
        )
        model.context.report(problem.depending_on(variable))

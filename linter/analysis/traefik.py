"""The names that labels for Traefik define and use."""

from __future__ import annotations

import re

from ..base.suggest import distance
from ..compose.nodes import entries_of, items_of
from ..files.paths import seen_from
from ..model.values import key_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.service import Service
    from ..model.stack import Stack
    from ..model.values import EnvVar

_LABEL = r"(?i)traefik\.(http|tcp|udp)\.(routers|services|middlewares)\.([^.]+)\.(.+)"
_MOST_FILES = 300


def _labels(service: Service) -> Iterator[EnvVar]:
    for path in (("labels",), ("deploy", "labels")):
        yield from key_values(service.get(*path))


def _has_unknown_names(service: Service) -> bool:
    """Whether the name of a label depends on a variable, so that its text is not known here."""
    for path in (("labels",), ("deploy", "labels")):
        node = service.get(*path)
        if node is None:
            continue
        keys = [entry.key for entry in entries_of(node)] + items_of(node)
        for key in keys:
            text = key.span.text.partition("=")[0]
            if "$" in text or "{{" in text:
                return True
    return service.get("label_file") is not None


def dangling_references(
    stack: Stack,
) -> Iterator[tuple[Service, EnvVar, str, str, str | None]]:
    """The service, label, kind and name of each reference to what nothing defines, and what is meant."""
    defined: dict[tuple[str, str], set[str]] = {}
    used = []
    unknown = False
    for service in stack.services.values():
        unknown = unknown or _has_unknown_names(service)
        for label in _labels(service):
            match = re.fullmatch(_LABEL, label.name)
            if match is None:
                continue
            protocol, kind, name, rest = (part.lower() for part in match.groups())
            defined.setdefault((protocol, kind), set()).add(name)
            target = "services" if rest == "service" and kind == "routers" else ""
            if rest in ("middlewares", "chain.middlewares"):
                target = "middlewares"
            if target and label.value is not None and not label.unknown:
                used.append((service, label, protocol, target))
    if unknown:
        return
    for service, label, protocol, target in used:
        names = defined.get((protocol, target), set())
        for text in (label.value or "").split(","):
            name = re.sub(r"\[\d+\]", "", text.strip())
            if not name or "@" in name or "{{" in name or "$" in name or name.lower() in names:
                continue
            if target == "services" and _is_implied(service, name):
                continue
            near = [each for each in names if _is_near(name.lower(), each)]
            if len(near) == 1 and not _is_elsewhere(stack, name):
                yield service, label, target, name, near[0]
            elif not near and _runs_traefik(stack) and not _is_elsewhere(stack, name):
                yield service, label, target, name, None


def _is_near(name: str, other: str) -> bool:
    if re.sub(r"\D", "", name) != re.sub(r"\D", "", other):
        return False
    limit = 2 if min(len(name), len(other)) >= 8 else 1
    return len(name) > 2 and distance(name, other, limit) <= limit


def _is_implied(service: Service, name: str) -> bool:
    """Whether a name may be that of the service that Traefik makes for a container by itself."""
    own = {service.name, *service.stack.services, service.text("container_name") or service.name}
    names = {each.lower().replace("_", "-") for each in own}
    name = name.lower().replace("_", "-")
    return name in names or any(name.startswith(f"{each}-") for each in names)


def _runs_traefik(stack: Stack) -> bool:
    from .container import container_of

    return any(
        facts.name == "traefik"
        for service in stack.services.values()
        if (facts := container_of(service).facts) is not None
    )


def _is_elsewhere(stack: Stack, name: str) -> bool:
    """Whether another file of the repository may define a name."""
    project = stack.project
    up = seen_from(project.reader.base, project.reader.root)
    listing = project.listing(up)
    from ..files.paths import join_path

    own = set(stack.loaded.documents)
    paths = [
        path
        for path in (seen_from(".", join_path(up, each)) for each in listing.files)
        if path.endswith((".yml", ".yaml", ".toml", ".j2")) and path not in own
    ]
    if not listing.complete or len(paths) > _MOST_FILES:
        return True
    return any(name in (project.text(path) or "") for path in paths)

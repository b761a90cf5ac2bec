"""Groups of services for a picture: one service each, or several where there are too many."""

from __future__ import annotations

import re

from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .model import Graph, Service


class Group(NamedTuple):
    """Services that are drawn as one box. ``area`` names the networks that all of them are in, or
    holds ``mode:`` and their ``network_mode``."""

    name: str
    area: tuple[str, ...]
    services: tuple[Service, ...]


def grouped(graph: Graph, most: int) -> list[Group]:
    """The services in groups, at most so many if that is possible.

    Services are only put together as far as that is needed: first those with the same networks,
    profiles and first word of their names, then those with the same networks, profiles and kind of
    image, then all of one area, and in the end the smallest areas.
    """
    services = graph.services
    area_of = _areas(services)
    if len(services) <= most:
        return [Group(service.name, area_of[service.name], (service,)) for service in services]

    def by_prefix(service: Service) -> tuple[str, ...]:
        return (_first_word(service.name), *service.profiles)

    def by_kind(service: Service) -> tuple[str, ...]:
        return (_kind_of(service), *service.profiles)

    def by_profile(service: Service) -> tuple[str, ...]:
        return service.profiles

    for key, name in (
        (by_prefix, _prefix_name),
        (by_kind, _kind_name),
        (by_profile, _profile_name),
    ):
        groups = _grouped(services, area_of, key, name)
        if len(groups) <= most:
            return groups
    groups = _grouped(services, area_of, lambda service: (), lambda some: "services")
    if len(groups) <= most:
        return groups
    groups.sort(key=lambda group: len(group.services), reverse=True)
    rest = tuple(service for group in groups[most - 1 :] for service in group.services)
    return [*groups[: most - 1], Group("other networks", ("…",), rest)]


def _grouped(
    services: Sequence[Service],
    area_of: dict[str, tuple[str, ...]],
    key: Callable[[Service], tuple[str, ...]],
    name: Callable[[Sequence[Service]], str],
) -> list[Group]:
    parts: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Service]] = {}
    for service in services:
        parts.setdefault((area_of[service.name], key(service)), []).append(service)
    return [
        Group(name(part) if len(part) > 1 else part[0].name, area, tuple(part))
        for (area, _), part in parts.items()
    ]


def _areas(services: Sequence[Service]) -> dict[str, tuple[str, ...]]:
    """The area of each service: its networks, those of the service whose network it shares, or its
    ``network_mode``."""
    by_name = {service.name: service for service in services}
    areas: dict[str, tuple[str, ...]] = {}
    for service in services:
        owner, seen = service, {service.name}
        while owner.network_mode.startswith("service:"):
            other = by_name.get(owner.network_mode.removeprefix("service:"))
            if other is None or other.name in seen:
                break
            seen.add(other.name)
            owner = other
        mode = owner.network_mode
        areas[service.name] = (f"mode:{mode}",) if mode else tuple(sorted(owner.networks))
    return areas


def _first_word(name: str) -> str:
    return re.split(r"[-_.0-9]", name, maxsplit=1)[0].lower() or name


def _prefix_name(services: Sequence[Service]) -> str:
    return f"{_first_word(services[0].name)}…"


_KINDS = {
    "database": "databases",
    "cache": "caches",
    "broker": "brokers",
    "search": "search engines",
    "object-store": "object stores",
    "web-server": "web servers",
    "proxy": "proxies",
    "monitoring": "monitoring",
    "admin-panel": "admin panels",
}


def _kind_of(service: Service) -> str:
    return service.kind if service.kind in _KINDS else ""


def _kind_name(services: Sequence[Service]) -> str:
    name = _KINDS.get(_kind_of(services[0]), "others")
    profiles = services[0].profiles
    return f"{name}, profile {', '.join(profiles)}" if profiles else name


def _profile_name(services: Sequence[Service]) -> str:
    profiles = services[0].profiles
    return f"profile {', '.join(profiles)}" if profiles else "without a profile"

"""The page of an image on Docker Hub, where it is certain that there is one."""

from __future__ import annotations

from ..images.official import official_names
from ..images.reference import parse_reference

_OFFICIAL = "library/"


def page_of(image: str) -> str | None:
    """The page of an official image; None for others, which may be private or not exist."""
    reference = parse_reference(image)
    if reference is None or reference.registry != "docker.io":
        return None
    name = reference.repository.removeprefix(_OFFICIAL)
    if name == reference.repository or name not in official_names():
        return None
    return f"https://hub.docker.com/_/{name}"

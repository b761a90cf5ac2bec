"""Image references such as ``registry:5000/team/app:1.2@sha256:…`` taken apart.

Follows the grammar of distribution/reference, which Docker uses.
"""

from __future__ import annotations

import re

from .patterns import on_demand
from .records import NamedTuple

DEFAULT_REGISTRY = "docker.io"

_VARIABLE = on_demand(r"\$\{[^{}]*\}|\$\w+")
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*+"
_PATH = on_demand(rf"{_COMPONENT}(?:/{_COMPONENT})*+\Z")
_DOMAIN_LABEL = r"(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])"
_DOMAIN = on_demand(rf"(?:\[[0-9a-fA-F:]+\]|{_DOMAIN_LABEL}(?:\.{_DOMAIN_LABEL})*)(?::[0-9]+)?\Z")
_TAG = on_demand(r"\w[\w.-]{0,127}\Z", re.ASCII)
_DIGEST = on_demand(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}\Z")


class ImageReference(NamedTuple):
    """The parts of a reference, each as written.

    ``registry`` is empty when the reference names none; ``tag`` and ``digest`` are None
    when absent. ``name_end`` is the index in ``text`` at which the name ends.
    """

    text: str
    registry: str
    repository: str
    tag: str | None
    digest: str | None
    name_end: int

    @property
    def name(self) -> str:
        """Everything before the tag and the digest, as written."""
        return self.text[: self.name_end]

    @property
    def canonical(self) -> str:
        """The full name: ``docker.io/library/nginx`` for ``nginx``."""
        registry, repository = self.registry, self.repository
        if registry in ("", "index.docker.io", "registry-1.docker.io", DEFAULT_REGISTRY):
            registry = DEFAULT_REGISTRY
            if "/" not in repository:
                repository = f"library/{repository}"
        return f"{registry}/{repository}"

    @property
    def valid(self) -> bool:
        """Whether Docker accepts the reference (one with variables in it is not valid)."""
        return bool(
            _PATH.match(self.repository)
            and (not self.registry or _DOMAIN.match(self.registry))
            and (self.tag is None or _TAG.match(self.tag))
            and (self.digest is None or _DIGEST.match(self.digest))
        )


def parse_image(text: str) -> ImageReference:
    """Take a reference apart; never fails (see ``ImageReference.valid``).

    Variables (``${TAG:-latest}``) may stand in it and stay where they are.
    """
    # The separators inside a variable are none of the reference's.
    plain = _VARIABLE.sub(lambda match: "v" * len(match[0]), text) if "$" in text else text
    at = plain.find("@")
    name_end = len(text) if at < 0 else at
    digest = None if at < 0 else text[at + 1 :]
    tag = None
    colon = plain.rfind(":", 0, name_end)
    if colon > plain.rfind("/", 0, name_end):
        tag = text[colon + 1 : name_end]
        name_end = colon
    slash = plain.find("/", 0, name_end)
    registry = ""
    if slash > 0:
        first = plain[:slash]
        if "." in first or ":" in first or first == "localhost" or first != first.lower():
            registry = text[:slash]
    repository = text[slash + 1 if registry else 0 : name_end]
    return ImageReference(text, registry, repository, tag, digest, name_end)

"""Image references, parsed as Docker parses them.

The grammar and the normalisation follow the ``distribution/reference`` package, which
Docker and BuildKit use: ``[registry/]repository[:tag][@digest]``. The first component is a
registry only if it is ``localhost`` or contains a dot, a colon or an upper-case letter.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..base.records import NamedTuple

DOCKER_HUB = "docker.io"

_MAX_LENGTH = 4096
_MAX_REPOSITORY = 255
_MAX_TAG = 128
_DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}

# Strings, not compiled patterns: `re` compiles and caches them when they are first used.
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*\Z"
_HOST_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_REGISTRY = rf"(?:{_HOST_LABEL}(?:\.{_HOST_LABEL})*|\[[A-Fa-f0-9:]+\])(?::[0-9]+)?\Z"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]*\Z"
_HEXADECIMAL = frozenset("0123456789abcdef")

# Registries that mirror Docker Hub, and the paths under which they do.
_HUB_MIRRORS: dict[str, tuple[str, ...]] = {
    "index.docker.io": ("",),
    "registry-1.docker.io": ("",),
    "registry.hub.docker.com": ("",),
    "mirror.gcr.io": ("",),
    "public.ecr.aws": ("docker/",),
    "mcr.microsoft.com": ("mirror/docker/",),
}
_GITLAB_PROXY = "/dependency_proxy/containers/"

ARCHITECTURES = {
    "amd64": "amd64",
    "arm32v5": "arm",
    "arm32v6": "arm",
    "arm32v7": "arm",
    "arm64v8": "arm64",
    "i386": "386",
    "mips64le": "mips64le",
    "ppc64le": "ppc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
}
"""Docker Hub's namespaces of official images for one architecture, with Docker's name for it."""


class ImageReference(NamedTuple):
    """A valid image reference and its parts.

    ``registry`` is ``docker.io`` where the text names none, and ``repository`` then begins
    with ``library/`` for official images, as in Docker's canonical form. ``name`` is the
    short name by which facts are looked up: ``postgres`` also for
    ``docker.io/library/postgres``, ``public.ecr.aws/docker/library/postgres`` and
    ``arm64v8/postgres``; with the registry in front for any other registry.
    ``name_end`` is the offset in ``text`` at which a missing tag is to be inserted.
    """

    text: str
    registry: str
    repository: str
    tag: str | None
    digest: str | None
    name: str
    name_end: int


@lru_cache(maxsize=2048)
def parse_reference(text: str) -> ImageReference | None:
    """The parts of an image reference; None for a text that Docker refuses."""
    result = _parse(text)
    return None if isinstance(result, str) else result


def reference_problem(text: str) -> str | None:
    """Why Docker refuses a text as an image reference; None if it does not."""
    result = _parse(text)
    return result if isinstance(result, str) else None


def _parse(text: str) -> ImageReference | str:
    if not text:
        return "it is empty"
    if len(text) > _MAX_LENGTH:
        return "it is too long"
    head, at, digest = text.partition("@")
    slash = head.rfind("/")
    colon = head.find(":", slash + 1)
    name_end = len(head) if colon < 0 else colon
    tag = None if colon < 0 else head[colon + 1 :]
    registry, repository = _split_registry(head[:name_end])
    problem = (
        _name_problem(text, registry, repository)
        or (_tag_problem(tag) if tag is not None else None)
        or (_digest_problem(digest) if at else None)
    )
    if problem:
        return problem
    return ImageReference(
        text,
        registry,
        repository,
        tag,
        digest if at else None,
        _short_name(registry, repository),
        name_end,
    )


def _split_registry(name: str) -> tuple[str, str]:
    """Registry and repository in Docker's canonical form."""
    first, slash, rest = name.partition("/")
    registry, repository = DOCKER_HUB, name
    if slash and (first == "localhost" or "." in first or ":" in first or first.lower() != first):
        registry, repository = DOCKER_HUB if first == "index.docker.io" else first, rest
    if registry == DOCKER_HUB and "/" not in repository:
        repository = "library/" + repository
    return registry, repository


def _name_problem(text: str, registry: str, repository: str) -> str | None:
    if len(text) == 64 and _HEXADECIMAL.issuperset(text):
        return "64 hexadecimal digits are an image ID, not a name"
    if repository in ("", "library/"):
        return "the name is missing"
    if repository.lower() != repository:
        return "the repository name must be lower-case"
    if any(character.isspace() for character in registry + repository):
        return "it contains a space"
    # `my_registry.com/x` has no valid host name, but Docker accepts it as a plain path.
    if registry != DOCKER_HUB and not (
        re.match(_REGISTRY, registry) or re.match(_COMPONENT, registry)
    ):
        return f'"{registry}" is not a registry'
    if len(repository) > _MAX_REPOSITORY:
        return f"the repository name is longer than {_MAX_REPOSITORY} characters"
    for component in repository.split("/"):
        if not re.match(_COMPONENT, component):
            return f'"{component}" is not a valid part of a repository name'
    return None


def _tag_problem(tag: str) -> str | None:
    if not tag:
        return 'the tag after ":" is missing'
    if len(tag) > _MAX_TAG:
        return f"the tag is longer than {_MAX_TAG} characters"
    return None if re.match(_TAG, tag) else f'"{tag}" is not a valid tag'


def _digest_problem(digest: str) -> str | None:
    algorithm, _, value = digest.partition(":")
    length = _DIGEST_LENGTHS.get(algorithm)
    if length is None:
        return f'"{algorithm}" is not a digest algorithm; use sha256, sha384 or sha512'
    if len(value) != length or not _HEXADECIMAL.issuperset(value):
        return f"a {algorithm} digest has {length} lower-case hexadecimal digits"
    return None


def _short_name(registry: str, repository: str) -> str:
    """The name by which facts are looked up."""
    if registry == DOCKER_HUB:
        return _hub_name(repository)
    for prefix in _HUB_MIRRORS.get(registry, ()):
        if repository.startswith(prefix):
            return _hub_name(repository[len(prefix) :])
    if _GITLAB_PROXY in repository:
        return _hub_name(repository.partition(_GITLAB_PROXY)[2])
    return f"{registry}/{repository}"


def _hub_name(repository: str) -> str:
    """The short name of a repository on Docker Hub."""
    namespace, slash, rest = repository.partition("/")
    if slash and (namespace == "library" or namespace in ARCHITECTURES) and "/" not in rest:
        return rest
    return repository

"""Whether a part of a stack is for development only."""

from __future__ import annotations

from ..files.purpose import DEVELOPMENT_WORDS, words_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import Span
    from ..model.service import Service

_WORDS = DEVELOPMENT_WORDS | {"hotreload", "override", "watch"}
"""Words in the names of overlays, profiles and services that mean development and tests.

``docker-compose.override.yml``, which a plain ``docker compose up`` reads, is the usual place of
what only developers want."""


def is_for_development(service: Service, place: Span) -> bool:
    """Whether the stack, the service, its build or the file with ``place`` is for development.

    The first file of a stack is not an overlay, whatever its name contains.
    """
    stack, build = service.stack, service.build
    if build is not None and _says_so(build.text("target") or ""):
        return True
    if stack.is_test or service.get("develop") is not None:
        return True
    if _says_so(service.name) or (service.profiles and all(map(_says_so, service.profiles))):
        return True
    path = place.file.path
    files = stack.loaded.files
    return path in files[1:] and _says_so(path.rpartition("/")[2])


def _says_so(name: str) -> bool:
    return not _WORDS.isdisjoint(words_of(name))

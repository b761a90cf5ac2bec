"""Whether a part of a stack is for development only."""

from __future__ import annotations

import posixpath

from ..files.paths import below
from ..files.purpose import DEVELOPMENT_WORDS, words_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import Span
    from ..model.dockerfile import Dockerfile, Stage
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


_FOLDERS = frozenset((".devcontainer", "dev", "development", "local"))
"""Folders whose Dockerfiles are for development, such as ``compose/local/django/Dockerfile``."""

_PRODUCTION = frozenset(("prod", "production"))


def is_development_stage(stage: Stage) -> bool:
    """Whether an image of the stage is surely run by developers only.

    Its Dockerfile is called so (``Dockerfile.dev``), or all builds choose targets that are called
    so, and no other stage, which something else may build, starts from it.
    """
    dockerfile = stage.dockerfile
    if _is_named_so(dockerfile):
        return True
    builds = dockerfile.builds
    if not builds or not all(_says_so(build.target or "") for build in builds):
        return False
    bases = [other.syntax.base_stage for other in dockerfile.all_stages]
    return all(
        _says_so(other.syntax.name or "")
        for other in dockerfile.all_stages
        if other.syntax not in bases and stage.syntax in other.syntax.chain()
    )


def _is_named_so(dockerfile: Dockerfile) -> bool:
    """Whether the path of a Dockerfile says that it is for development."""
    if dockerfile.inline:
        return False
    for build in dockerfile.builds:
        last = list(build.service.stack.loaded.files)[-1].rpartition("/")[2]
        if not _PRODUCTION.isdisjoint(words_of(last)):
            return False
    reader = dockerfile.project.reader
    path = below(reader.root, posixpath.join(reader.base, dockerfile.path))
    *folders, name = (path if path is not None else dockerfile.path).split("/")
    words = words_of(name)
    if not _PRODUCTION.isdisjoint(words):
        return False
    return not _WORDS.isdisjoint(words) or not _FOLDERS.isdisjoint(folders)


def _says_so(name: str) -> bool:
    return not _WORDS.isdisjoint(words_of(name))

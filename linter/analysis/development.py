"""Whether a part of a stack is for development only."""

from __future__ import annotations

import posixpath
from functools import lru_cache

from ..base.names import STORES
from ..files.paths import below, folders_above, join_path
from ..files.purpose import (
    DEVELOPMENT_WORDS,
    PRODUCTION_WORDS,
    is_given_up,
    is_left_over_name,
    is_throwaway_path,
    is_workspace_path,
    words_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import Span
    from ..model.dockerfile import Dockerfile, Stage
    from ..model.service import Service
    from ..model.stack import Stack

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
    if stack.is_for_developers or service.get("develop") is not None:
        return True
    if _says_so(service.name) or (service.profiles and all(map(_says_so, service.profiles))):
        return True
    path = place.file.path
    files = stack.loaded.files
    return path in files[1:] and _says_so(path.rpartition("/")[2])


_BESIDE_A_PROGRAM = STORES | {"admin-panel", "object-store"}


def has_only_stores(stack: Stack) -> bool:
    """Whether a stack only has databases, brokers and the like, and pages that show them.

    The program that uses them is run beside it, usually on a developer's machine.
    """
    services = stack.services.values()
    return bool(services) and all(
        service.facts is not None and service.facts.kind in _BESIDE_A_PROGRAM
        for service in services
    )


_FOLDERS = frozenset((".devcontainer", "dev", "development", "local"))
"""Folders whose Dockerfiles are for development, such as ``compose/local/django/Dockerfile``."""


_BESIDE = ("Dockerfile.prod", "Dockerfile.production")


def is_development_stage(stage: Stage) -> bool:
    """Whether an image of the stage is surely run by developers only.

    Its Dockerfile is called so (``Dockerfile.dev``) or has one for production beside it, the
    stage runs a server for development, it is called so and is not the last one, or all builds
    choose targets that are called so. No other stage, which something else may build, starts from
    it.
    """
    dockerfile = stage.dockerfile
    if _is_named_so(dockerfile):
        return True
    ends: _Ends | None = dockerfile.conclusions.get(_Ends)
    if ends is None:
        ends = dockerfile.conclusions[_Ends] = _Ends(dockerfile)
    if stage.syntax.index not in ends.others:
        return True
    builds = dockerfile.builds
    if not builds or not all(_says_so(build.target or "") for build in builds):
        return False
    return stage.syntax.index not in ends.named_otherwise


class _Ends:
    """The stages that images for others than developers are made of, by their numbers.

    An image ends with a stage that no other one starts from. ``others`` are parts of an image that
    runs no server for development and is not called so (or is the last one), ``named_otherwise``
    of one that is not called so.
    """

    def __init__(self, dockerfile: Dockerfile) -> None:
        self.others: set[int] = set()
        self.named_otherwise: set[int] = set()
        bases = {
            stage.syntax.base_stage.index
            for stage in dockerfile.all_stages
            if stage.syntax.base_stage is not None
        }
        last = dockerfile.stages.last
        # A stage comes after its base.
        for stage in reversed(dockerfile.all_stages):
            syntax = stage.syntax
            if syntax.index not in bases:
                is_called_so = _says_so(syntax.name or "")
                if not is_called_so:
                    self.named_otherwise.add(syntax.index)
                if (not is_called_so or syntax is last) and not _runs_development_server(stage):
                    self.others.add(syntax.index)
            if syntax.base_stage is not None:
                for stages in (self.others, self.named_otherwise):
                    if syntax.index in stages:
                        stages.add(syntax.base_stage.index)


def _is_workbench(stage: Stage) -> bool:
    """Whether the image is a box of tools: it runs nothing, and all services open a terminal in it."""
    final, builds = stage.syntax.final, stage.dockerfile.builds
    if not stage.is_final or final.cmd is not None or final.entrypoint is not None or not builds:
        return False
    facts = stage.facts
    runs_shell = facts is not None and (facts.repl is True or facts.kind == "base")
    return runs_shell and all(_opens_terminal(build.service) for build in builds)


def _opens_terminal(service: Service) -> bool:
    """Whether a service waits at a terminal, and does nothing else."""
    waits = any(service.text(key) == "true" for key in ("tty", "stdin_open"))
    runs = any(service.get(key) is not None for key in ("command", "entrypoint", "ports"))
    return waits and not runs


_ENGINE_PACKAGES = frozenset((
    "docker", "docker-buildx-plugin", "docker-ce", "docker-ce-cli", "docker-cli",
    "docker-compose-plugin", "docker.io",
))  # fmt: skip


def needs_engine(service: Service) -> bool:
    """Whether a service is a developer's tool box into which its Dockerfile puts Docker's client."""
    dockerfile = service.stack.project.dockerfile_of(service)
    if service.build is None or dockerfile is None:
        return False
    return any(
        word.value.partition("=")[0] in _ENGINE_PACKAGES
        for stage in dockerfile.final_stages
        if _is_workbench(stage)
        for part in stage.syntax.chain()
        for run in dockerfile.all_stages[part.index].runs
        for call in run.packages
        if call.action == "install"
        for word in call.operands
    )


def is_left_over(stack: Stack) -> bool:
    """Whether a stack is a file that was put aside (``temp.yaml``), and that no other file names."""
    if len(stack.files.files) != 1 or stack.files.chosen:
        return False
    name = stack.files.files[0].rpartition("/")[2]
    if not is_left_over_name(name):
        return False
    from .built_elsewhere import is_mentioned

    return not is_mentioned(stack.project, name)


_BUILD_FILES = ("build.gradle", "build.gradle.kts", "pom.xml")
_SPRING = "spring-boot-docker-compose"
_OF_JAVA = (".jar", ".war", "gradlew", "mvnw")


def is_started_by_spring(stack: Stack) -> bool:
    """Whether Spring Boot starts a stack when a developer starts the program, and never else.

    Its module for that looks for the stack beside the program's build file. A stack that also has
    the program itself may be operated.
    """
    project, folder = stack.project, stack.loaded.folder
    if not stack.files.is_default or len(stack.loaded.files) > 1:
        return False
    paths = (join_path(folder, name) for name in _BUILD_FILES)
    if not any(_SPRING in (project.text(path) or "") for path in paths if project.exists(path)):
        return False
    for service in stack.services.values():
        dockerfile = project.dockerfile_of(service) if service.build is not None else None
        if dockerfile is not None and any(word in dockerfile.source.text for word in _OF_JAVA):
            return False
    return True


def is_throwaway(dockerfile: Dockerfile) -> bool:
    """Whether the image is not meant for production: for tests, benchmarks or a workspace, or abandoned.

    The names of its file and folders say so, and no stack for anything else builds it; or it is a
    box of tools in which services open a terminal. What is
    called old counts only where no file of the project names it either.
    """
    if dockerfile.inline:
        return False
    path = _path_in_project(dockerfile)
    if is_workspace_path(path):
        return True
    stages = dockerfile.final_stages
    if stages and all(map(_is_workbench, stages)):
        return True
    if dockerfile.builds:
        return is_throwaway_path(path) and all(
            build.service.stack.is_test
            or is_throwaway_path(build.service.stack.files.files[0])
            or is_throwaway_path(f"{build.service.name}/Dockerfile")
            for build in dockerfile.builds
        )
    if is_throwaway_path(path):
        return True
    if not is_given_up(path):
        return False
    from .built_elsewhere import is_named

    return not is_named(dockerfile)


_MANIFESTS = (
    "Cargo.toml", "Gemfile", "Pipfile", "build.gradle", "composer.json", "go.mod", "package-lock.json",
    "package.json", "pnpm-lock.yaml", "pom.xml", "pyproject.toml", "requirements.txt", "yarn.lock",
)  # fmt: skip
_DOCKER_NAMES = ("dockerfile", "containerfile", "dockerignore", "readme", "license")


def _is_of_program(path: str) -> bool:
    """Whether a file is neither Docker's nor a page."""
    name = path.rpartition("/")[2].lower()
    return all(word not in name for word in _DOCKER_NAMES)


@lru_cache(maxsize=8)
def lacks_its_program(dockerfile: Dockerfile) -> bool:
    """Whether a Dockerfile was left without its program: what it would build is not in the repository.

    It copies a manifest (``package*.json``) that no folder from its own upwards has, nothing else
    is in its folder, no stack builds it, and no page, script or workflow names it.
    """
    if dockerfile.inline or dockerfile.builds:
        return False
    project, folder = dockerfile.project, posixpath.dirname(dockerfile.path) or "."
    if project.files_like("other than Docker's", folder, _is_of_program):
        return False
    wanted = {
        posixpath.normpath(word.value.lstrip("/"))
        for stage in dockerfile.all_stages
        for copy in stage.copies
        for word in copy.sources
        if not copy.source_stage and not word.has_variable
    }
    manifests = {
        posixpath.join(posixpath.dirname(path), name)
        for path in wanted
        for name in _manifests_like(posixpath.basename(path))
    }
    if not manifests or any(
        project.exists(join_path(above, path))
        for above in (folder, *folders_above(folder))
        for path in manifests
    ):
        return False
    from .built_elsewhere import is_named

    return not is_named(dockerfile)


def _manifests_like(name: str) -> list[str]:
    """The manifests that a name or a pattern of a COPY means; a lone ``*`` means none."""
    if not any(sign in name for sign in "*?["):
        return [name] if name in _MANIFESTS else []
    from fnmatch import fnmatchcase  # needed for patterns only

    return [each for each in _MANIFESTS if name != "*" and fnmatchcase(each, name)]


def is_for_developers(dockerfile: Dockerfile) -> bool:
    """Whether all images that a Dockerfile makes are surely run by developers only."""
    stages = dockerfile.all_stages
    return bool(stages) and all(map(is_development_stage, stages))


def _path_in_project(dockerfile: Dockerfile) -> str:
    """The path of a Dockerfile below the project's root."""
    reader = dockerfile.project.reader
    path = below(reader.root, posixpath.join(reader.base, dockerfile.path))
    return path if path is not None else dockerfile.path


_RUNNERS = frozenset(("npm", "pnpm", "yarn", "bun", "npx", "bunx", "pnpx"))
_RUN = frozenset(("run", "run-script", "exec", "x", "dlx"))


def _runs_development_server(stage: Stage) -> bool:
    """Whether the stage's command starts a server that only developers run.

    Not so where a service that builds the Dockerfile has a command of its own.
    """
    final = stage.syntax.final
    instruction = final.cmd or final.entrypoint
    if instruction is None or (final.entrypoint is not None and final.cmd is not None):
        return False
    if any(
        build.service.get(key) is not None
        for build in stage.dockerfile.builds
        for key in ("command", "entrypoint")
    ):
        return False
    for part in stage.syntax.chain():
        script = stage.dockerfile.all_stages[part.index].scripts.get(instruction)
        if script is not None:
            commands = script.commands
            return bool(commands) and _is_development_server(commands[-1].argv)
    return False


def _is_development_server(words: list[str]) -> bool:
    """Whether a command is that of a server for development: ``npm run dev``, ``nodemon``."""
    is_script = False
    while words and words[0] in _RUNNERS:
        is_script = words[0] in ("npm", "pnpm", "yarn", "bun")
        words = [word for word in words[1:] if not word.startswith("-") or word == "--reload"]
        if words and words[0] in _RUN:
            words = words[1:]
    if not words:
        return False
    name, arguments = words[0].rpartition("/")[2], words[1:]
    if is_script and name in ("dev", "start:dev"):
        return True
    match name:
        case "nodemon" | "ts-node-dev":
            return True
        case "vite":
            return not arguments or arguments[0] in ("dev", "serve") or arguments[0][:1] == "-"
        case "react-scripts":
            return arguments[:1] == ["start"]
        case "next" | "nuxt" | "astro":
            return arguments[:1] == ["dev"]
        case "uvicorn":
            return "--reload" in arguments
        case "flask":
            return "run" in arguments and "--debug" in arguments
        case "manage.py":
            return "runserver" in arguments
        case "python" | "python3" if arguments and not is_script:
            if arguments[0] == "-u":
                arguments = arguments[1:]
            if arguments[:1] == ["-m"]:
                arguments = arguments[1:]
            return bool(arguments) and _is_development_server(arguments)
    return False


def _is_named_so(dockerfile: Dockerfile) -> bool:
    """Whether the path of a Dockerfile says that it is for development."""
    if dockerfile.inline:
        return False
    for build in dockerfile.builds:
        last = list(build.service.stack.loaded.files)[-1].rpartition("/")[2]
        if not PRODUCTION_WORDS.isdisjoint(words_of(last)):
            return False
    *folders, name = _path_in_project(dockerfile).split("/")
    words = words_of(name)
    if not PRODUCTION_WORDS.isdisjoint(words):
        return False
    if not _WORDS.isdisjoint(words) or not _FOLDERS.isdisjoint(folders):
        return True
    folder, _, plain = dockerfile.path.rpartition("/")
    return plain == "Dockerfile" and any(
        dockerfile.project.exists(posixpath.join(folder, other)) for other in _BESIDE
    )


def _says_so(name: str) -> bool:
    return not _WORDS.isdisjoint(words_of(name))

"""What a stack wants to build, against the Dockerfiles and folders that are there."""

from __future__ import annotations

from ...linter.analysis.container import container_of
from ...linter.base.wording import and_list
from ...linter.files.kinds import COMPOSE_NAMES, DOCKERFILE, kind_of
from ...linter.files.naming import from_root
from ...linter.files.paths import beside, clean_path, folder_of, join_path, seen_from
from ...linter.model.values import key_values, text_of
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ...linter.source.template import NO_DEFAULT
from ...linter.source.yaml.nodes import Mapping
from ._absent import advice, elsewhere, excuse, is_installed, is_left_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.fields import Build
    from ...linter.model.service import Service
    from ...linter.model.stack import Stack
    from ...linter.model.values import EnvVar
    from ...linter.source.dockerfile.parts import Word
    from ...linter.source.yaml.nodes import Node

BUILD = "https://docs.docker.com/reference/compose-file/build/"
_PLAIN = 'FROM node:24-alpine AS app\nARG COMMIT=none\nENV COMMIT=$COMMIT\nUSER node\nCMD ["node", "server.js"]\n'


@rule(
    "XF101",
    "dockerfile-missing",
    Severity.ERROR,
    category="build",
    words=("build",),
    sources=(BUILD + "#dockerfile",),
    examples=(
        Example(
            bad="services:\n  api:\n    build:\n      context: .\n      dockerfile: api/Dockerfile  # error: api/Dockerfile\n",
            good="services:\n  api:\n    build:\n      context: .\n      dockerfile: services/api/Dockerfile\n",
            files={"services/api/Dockerfile": _PLAIN},
        ),
    ),
)
def dockerfile_missing(service: Service) -> Iterator[Diagnostic]:
    """The Dockerfile that a service is built from does not exist, so the build fails.

    Its path starts from the build context; where only `dockerfile` is beside the name `Dockerfile`,
    BuildKit takes that. Remote contexts are left alone; a file that git ignores, or that a script
    or a template makes, is reported as advice, and one that is where another project directory would
    put it as a warning. A file with an unusual name that only adds to a build (`build: {target: dev}`)
    belongs to another file.
    """
    build = service.build
    if build is None or not container_of(service).dockerfile_missing:
        return
    project = service.stack.project
    path, folder = build.dockerfile_path, build.context_folder
    if path is None or folder is None or project.reader.kind(folder) != "folder":
        return
    node = build.node.get("dockerfile")
    if node is None and _adds_to_another(service.stack, build):
        return
    severity: Severity | None = None
    reason = excuse(project, path)
    if reason:
        severity = Severity.INFO
    elif reason := elsewhere(project, service.stack.loaded.folder, path):
        severity = Severity.WARNING
    from ...linter.base.suggest import nearest

    root = seen_from(project.reader.base, project.reader.root)
    others = project.files_like("Dockerfiles", root, _is_dockerfile)
    suggestion = nearest(path, [*map(from_root(project.reader), others)])
    starts = f"path is relative to the context, {folder}"
    otherwise = f"did you mean {suggestion}? The {starts}"
    if not suggestion:
        otherwise = f"create it, or set `build.dockerfile` (the {starts})"
    if folder != "." and not project.listing(folder).files:
        otherwise = (
            f"{folder} is empty in this clone: if it is a git submodule, list it in .gitmodules, otherwise "
            "add its files"
        )
    yield Diagnostic(
        _place(node or build.node.get("context"), build.key),
        f'{path} does not exist, and service "{service.name}" is built from it{reason}',
        help=advice(project, path, otherwise),
        severity=severity,
        subject=f"{service.path}.build.dockerfile",
        evidence=beside(build.key.file.path, path),
    )


def _is_dockerfile(path: str) -> bool:
    return kind_of(path) == DOCKERFILE


@rule(
    "XF102",
    "context-missing",
    Severity.ERROR,
    category="build",
    words=("build",),
    strict_in=("production", "hardened"),
    sources=(BUILD + "#context", BUILD + "#additional_contexts"),
    examples=(
        Example(
            bad="services:\n  api:\n    build: ./api  # error: ./api\n",
            good="services:\n  api:\n    build: ./services/api\n",
            files={"services/api/Dockerfile": _PLAIN},
        ),
    ),
)
def context_missing(service: Service) -> Iterator[Diagnostic]:
    """The folder that a service is built from does not exist, so the build fails.

    Additional contexts that are folders count too. Remote contexts and folders outside the project
    are left alone, and so is what a script, a page or a comment clones or copies there
    (`git clone … api`, `rsync`), and packages that an install brings (`vendor/laravel/sail`). Other
    folders that git ignores are advice of `production` and `hardened`, and a path
    with backslashes, which is right on Windows only, is a warning.
    """
    build = service.build
    if build is None:
        return
    project = service.stack.project
    contexts = [(build.context_folder, build.node.get("context"))]
    additional = build.node.get("additional_contexts")
    for entry in additional.entries if isinstance(additional, Mapping) else ():
        text = text_of(entry.value) or ""
        if "://" not in text and not text.startswith(("service:", "target:", "git@")):
            contexts.append((text, entry.value))
    for folder, node in contexts:
        if not folder or node is None or folder.startswith(("~", "/")):
            continue
        kind = project.reader.kind(folder)
        if kind not in ("missing", "file"):
            continue
        fact, reason = "is a file, not a folder", ""
        severity: Severity | None = None
        with_slashes = clean_path(folder.replace("\\", "/"))
        if "\\" in folder and project.reader.kind(with_slashes) == "folder":
            written = node.span.text.strip("\"'").replace("\\", "/")
            yield Diagnostic(
                _place(node, build.key),
                f'the path that service "{service.name}" is built from is a Windows path: '
                "the folder does not exist on other systems",
                help=f"write `{written}`, which works on Windows too",
                severity=Severity.WARNING,
                subject=f"{service.path}.build.context",
                evidence=beside(build.key.file.path, folder),
            )
            continue
        if kind == "missing":
            base = service.stack.loaded.folder
            fact = "does not exist"
            from ._shipped import is_put_there

            if is_installed(project, folder) or is_put_there(service.stack, folder):
                continue
            reason = excuse(project, folder) or elsewhere(project, base, folder)
            if "--project-directory" in reason and _needs_its_folder(service.stack):
                reason, severity = "", Severity.WARNING
        yield Diagnostic(
            _place(node, build.key),
            f'{folder} {fact}, and service "{service.name}" is built from it{reason}',
            help="create it, or correct the path: it is relative to the folder of the Compose file",
            severity=Severity.INFO if reason else severity,
            strict=kind == "missing" and is_left_out(project, folder),
            subject=f"{service.path}.build.context",
            evidence=beside(build.key.file.path, folder),
        )


def _needs_its_folder(stack: Stack) -> bool:
    """Whether other relative paths exist from the stack's folder: another one would break them."""
    project, folder = stack.project, stack.loaded.folder
    for service in stack.services.values():
        paths = [mount.source for mount in service.mounts if mount.type == "bind"]
        if service.build is not None:
            paths.append(service.build.context_folder or "")
        for path in paths:
            if path and path.startswith(f"{folder}/") and project.exists(path):
                return True
    return False


def _adds_to_another(stack: Stack, build: Build) -> bool:
    """Whether a build has other keys and no context, and is not found by its name: nor is another file."""
    context = build.node.get("context")
    if context is None or context.span != build.node.span or len(build.node.entries) < 2:
        return False
    folder = folder_of(build.node.file.path)
    return not any(stack.project.exists(join_path(folder, name)) for name in COMPOSE_NAMES)


def _place(value: Node | None, key: Node) -> Node:
    """The value, or its key where the value is not written out."""
    return value if value is not None and value.span.text else key


@rule(
    "XF103",
    "target-missing",
    Severity.ERROR,
    category="build",
    words=("build",),
    sources=(BUILD + "#target",),
    examples=(
        Example(
            bad="services:\n  api:\n    build:\n      context: .\n      target: apps  # error: apps\n",
            good="services:\n  api:\n    build:\n      context: .\n      target: app\n",
            files={"Dockerfile": _PLAIN},
        ),
    ),
)
def target_missing(service: Service) -> Iterator[Diagnostic]:
    """A service builds a stage that its Dockerfile does not have, so the build fails."""
    build, dockerfile = service.build, container_of(service).dockerfile
    node = build.node.get("target") if build else None
    target = text_of(node)
    if node is None or not target or dockerfile is None or dockerfile.syntax.custom_frontend:
        return
    stages = dockerfile.stages
    if not len(stages) or stages.resolve(target) is not None:
        return
    from ...linter.base.suggest import QUESTION, hint

    names = [stage.label for stage in stages if stage.name]
    has = f"it has {and_list(names)}" if names else "none of its stages has a name"
    yield Diagnostic(
        node,
        f'{dockerfile.path} has no stage "{target}": {has}',
        help=hint(target, names, QUESTION) or "use the name of one of its stages",
        subject=f"{service.path}.build.target",
        evidence=target,
    )


@rule(
    "XF104",
    "unknown-build-arg",
    Severity.WARNING,
    category="build",
    words=("build",),
    sources=(BUILD + "#args", "https://docs.docker.com/reference/dockerfile/#arg"),
    examples=(
        Example(
            bad="services:\n  api:\n    build:\n      context: .\n      args:\n        COMMITS: abc123  # error: COMMITS\n",
            good="services:\n  api:\n    build:\n      context: .\n      args:\n        COMMIT: abc123\n",
            files={"Dockerfile": _PLAIN},
        ),
    ),
)
def unknown_build_arg(service: Service) -> Iterator[Diagnostic]:
    """A build argument is passed that the Dockerfile does not declare, so it has no effect.

    Why: The value that is passed is not used, and only one line of the build's output says so.

    Arguments that several services share through an anchor or `extends` are left alone, and so
    are those that BuildKit knows by itself.
    """
    build, dockerfile = service.build, container_of(service).dockerfile
    if build is None or dockerfile is None or dockerfile.syntax.custom_frontend:
        return
    args = list(key_values(build.node.get("args")))
    from ...linter.edits.yaml import written_service

    block = written_service(service) if args else None
    if block is None or not len(dockerfile.stages):
        return
    # Few stacks come this far; the others need not load what follows.
    from ...linter.base.suggest import QUESTION, hint
    from ...linter.source.dockerfile.scope import BUILDKIT_ARGS, PLATFORM_ARGS, PROXY_ARGS

    predefined = PLATFORM_ARGS | PROXY_ARGS | BUILDKIT_ARGS
    declared = {
        pair.key.text
        for instruction in dockerfile.syntax.instructions
        if (inner := instruction.inner or instruction).name == "ARG"
        for pair in inner.pairs
    }
    unknown = [
        arg
        for arg in args
        if arg.name not in declared
        and arg.name.upper() not in predefined
        and not arg.name.startswith("BUILDKIT_")
        and arg.name_span.file is block.file
        and block.start <= arg.name_span.start < block.end
    ]
    if not unknown:
        return
    first, *others = unknown
    names = ", ".join(arg.name for arg in unknown)
    yield Diagnostic(
        first.name_span,
        f"{dockerfile.path} does not declare ARG {names}, so the build ignores "
        + ("them" if others else "it"),
        help=_for_the_client(unknown)
        or hint(first.name, sorted(declared), QUESTION)
        or f"declare it: `ARG {first.name}`",
        subject=f"{service.path}.build.args",
        evidence=names,
        related=[Related(arg.name_span, "not declared either") for arg in others],
    )


def _for_the_client(args: list[EnvVar]) -> str:
    """What to do about arguments that are variables of Docker's command line; empty if not all are."""
    if not all(arg.name in _CLIENT or arg.name.startswith("COMPOSE_") for arg in args):
        return ""
    whose = "they belong" if len(args) > 1 else "it belongs"
    return f"delete {'them' if len(args) > 1 else 'it'}: {whose} in the shell that runs docker"


_CLIENT = frozenset((
    "DOCKER_API_VERSION", "DOCKER_BUILDKIT", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_DEFAULT_PLATFORM",
    "DOCKER_HOST", "DOCKER_TLS_VERIFY",
))  # fmt: skip
"""Variables that the command line reads, and no build."""


@rule(
    "XF105",
    "required-arg-missing",
    Severity.WARNING,
    category="build",
    words=("build",),
    sources=(BUILD + "#args", "https://docs.docker.com/reference/dockerfile/#arg"),
    examples=(
        Example(
            bad="services:\n  api:\n    build: .  # error: build\n",
            good='services:\n  api:\n    build:\n      context: .\n      args:\n        NODE_VERSION: "24"\n',
            files={
                "Dockerfile": 'ARG NODE_VERSION\nFROM node:${NODE_VERSION}-alpine\nUSER node\nCMD ["node", "server.js"]\n'
            },
        ),
    ),
)
def required_arg_missing(service: Service) -> Iterator[Diagnostic]:
    """The Dockerfile needs a build argument that has no default and is not passed; the build fails.

    Why: The image cannot be built, so that the service does not start.

    That is so for an argument in the name of a base image, and for `${NAME:?…}`. Other arguments
    without a default are empty then, which often is meant, and are left alone.
    """
    build, dockerfile = service.build, container_of(service).dockerfile
    target = container_of(service).stage
    if build is None or dockerfile is None or target is None:
        return
    given = {arg.name for arg in key_values(build.node.get("args"))}
    stages = dockerfile.stages
    needed = stages.needed(target)
    missing: dict[str, Word] = {}
    for stage in stages:
        if stage.index not in needed or stage.base is None or stage.base_stage is not None:
            continue
        for reference in stage.base.references:
            arg = stages.global_scope.find(reference.name)
            if arg is None or arg.kind != "arg" or arg.value is not None:
                continue
            has_default = arg.pair is not None and arg.pair.value is not None
            required = not has_default and reference.operator in NO_DEFAULT
            if required and reference.name not in given:
                missing.setdefault(reference.name, stage.base)
    for name, word in missing.items():
        yield Diagnostic(
            build.key,
            f"{dockerfile.path} needs the build argument {name} for its base image, and service "
            f'"{service.name}" does not pass it',
            help=f"set `build.args.{name}`, or add a default to `ARG {name}`",
            subject=f"{service.path}.build.args",
            evidence=name,
            related=[Related(word.span, f"{name} is used here")],
        )

"""What builds software, and what a running image does not need of it."""

from __future__ import annotations

import posixpath
import re
from itertools import islice

from ...linter.base.patterns import on_demand
from ...linter.base.records import NamedTuple
from ...linter.files.paths import join_path
from ...linter.files.purpose import DEVELOPMENT_WORDS, is_development_path, words_of
from ...linter.source.shell.packages import NODE_MANAGERS, SYSTEM_MANAGERS
from ._runs import chain_of, packages_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.packages import PackageCommand
    from ...linter.source.shell.syntax import SimpleCommand

_TOOLCHAINS = frozenset((
    "cgr.dev/chainguard/go", "clojure", "dart", "gcc", "golang", "gradle", "haskell", "maven",
    "mcr.microsoft.com/dotnet/core/sdk", "mcr.microsoft.com/dotnet/sdk", "mono", "rust", "swift",
))  # fmt: skip
"""Images that exist to build; what they build runs without them."""

_SCRIPTS = frozenset(("build", "compile", "bundle", "dist", "package", "production", "prod"))
_BUNDLERS = {
    "tsc": "", "webpack": "", "rollup": "", "esbuild": "", "ng": "build", "vite": "build",
    "next": "build", "nuxt": "build", "nest": "build", "astro": "build", "gatsby": "build",
    "react-scripts": "build", "vue-cli-service": "build", "parcel": "build", "turbo": "build",
    "gulp": "build", "tsup": "", "svelte-kit": "build", "remix": "build", "expo": "export",
}  # fmt: skip
_COMPILERS = frozenset(("cc", "gcc", "g++", "c++", "clang", "clang++", "gfortran", "rustc", "ghc"))
_COMPILER_PACKAGES = frozenset((
    "alpine-sdk", "base-devel", "build-base", "build-essential", "cargo", "clang", "cmake", "g++",
    "gcc", "gcc-c++", "gfortran", "ghc", "golang", "golang-go", "gradle", "maven", "musl-dev",
    "ninja-build", "rust", "rustc",
))  # fmt: skip
_DEVELOPMENT = DEVELOPMENT_WORDS | {
    "build", "builder", "ci", "devenv", "envs", "integration", "lint", "linter", "playground",
    "sdk", "watch",
}  # fmt: skip
_SERVERS = frozenset(("dev", "develop", "watch", "nodemon", "serve", "start:dev", "ts-node-dev"))
_BASES = frozenset(("artifacts", "assets", "base", "baseimage", "builder"))
_TO_DOTS = str.maketrans("-_/", "...")


def is_base_image(stage: Stage) -> bool:
    """Whether the name of the file or its folder says that other images are built on this one.

    Not so where a Compose service builds it, because that service runs it.
    """
    if stage.dockerfile.builds:
        return False
    for name in stage.dockerfile.path.lower().split("/")[-2:]:
        name = name.translate(_TO_DOTS)
        for ending in (".dockerfile", ".containerfile", ".images", ".image"):
            name = name.removesuffix(ending)
        words = name.split(".")
        if words[0] in _BASES or words[-1] in _BASES:
            return True
    return False


def is_development(stage: Stage) -> bool:
    """Whether a stage's name, its file's name or its command says that people develop in it."""
    folders, _, name = stage.dockerfile.path.lower().rpartition("/")
    name = name.replace("dockerfile", "").replace("containerfile", "")
    if not _DEVELOPMENT.isdisjoint(words_of(f"{name}.{stage.syntax.name or ''}")):
        return True
    if is_development_path(folders) or "playground" in words_of(folders):
        return True
    final = stage.syntax.final
    for instruction in (final.cmd, final.entrypoint):
        if instruction is not None and not _SERVERS.isdisjoint(
            instruction.command.replace('"', " ").replace(",", " ").split()
        ):
            return True
    builds = stage.dockerfile.builds
    return bool(builds) and all(build.service.stack.is_test for build in builds)


class Step(NamedTuple):
    """A command that builds, the kind of tool that it takes, and how it reads as a manager's call.

    ``kind`` is ``node`` (its tools are dependencies of the project), ``toolchain`` (an image
    or package of its own) or ``native`` (a C compiler and make).
    """

    run: Run
    command: SimpleCommand
    kind: str
    call: PackageCommand | None


def build_steps(stage: Stage) -> Iterator[Step]:
    """The commands of a stage that build the project or parts of it."""
    for run in stage.runs:
        calls = {id(call.command): call for call in run.packages}
        for command in run.script.commands:
            call = calls.get(id(command))
            kind = _command_kind(command) if call is None else _call_kind(call)
            if kind:
                yield Step(run, command, kind, call)


_MAVEN_GOALS = frozenset(("package", "install", "verify", "compile"))
_GRADLE_TASKS = frozenset(
    ("build", "assemble", "jar", "bootJar", "war", "installDist", "shadowJar")
)
_VERBS = {
    "dotnet": ("publish", "build"),
    **dict.fromkeys(
        ("swift", "stack", "cabal", "sbt", "lein", "dart"),
        ("build", "install", "assembly", "package", "uberjar", "compile"),
    ),
}
"""The first arguments that make a tool build."""


def _command_kind(command: SimpleCommand) -> str:
    """The kind of tool that a command builds with; empty if it does not build."""
    name = command.name
    args = [word.value for word in command.args]
    if name in ("npx", "bunx", "pnpx") and args:
        name, *args = [arg for arg in args if not arg.startswith("-")] or [""]
    if name in _BUNDLERS:
        verb = _BUNDLERS[name]
        return "node" if not verb or verb in args[:2] else ""
    if name in ("make", "ninja") or (args and name in _COMPILERS):
        return "native"
    if name == "cmake":
        return "native" if "--build" in args else ""
    if name in ("mvn", "mvnw"):
        builds = not _MAVEN_GOALS.isdisjoint(args)
    elif name in ("gradle", "gradlew"):
        builds = any(arg.rpartition(":")[2] in _GRADLE_TASKS for arg in args)
    else:
        builds = bool(args) and args[0] in _VERBS.get(name, ())
    return "toolchain" if builds else ""


def _call_kind(call: PackageCommand) -> str:
    """The kind of tool that a package manager's call builds with; empty if it does not build."""
    manager, action = call.manager, call.action
    operands = [word.value for word in call.operands]
    if manager in NODE_MANAGERS:
        if action == "run":
            scripts = operands[:1]
        elif manager == "npm":
            scripts = []
        else:
            scripts = operands if action == "workspace" else [action]
        return "node" if any(map(_is_build_script, scripts)) else ""
    if manager == "go":
        own_code = all(operand.startswith(".") for operand in operands)
    elif manager == "cargo":
        own_code = call.options.has("--path")
    else:
        return ""
    return "toolchain" if action == "build" or (action == "install" and own_code) else ""


def _is_build_script(name: str) -> bool:
    return name.partition(":")[0] in _SCRIPTS or name.startswith("build-")


_BUILDS_AT_START = on_demand(
    r"(?:^|[;&|(]|\bthen\b|\bdo\b|\belse\b|!)[ \t]*(?:\w+=(?:\"[^\"\n]*\"|[^\s\"]*)[ \t]+)*(?:sudo[ \t]+|exec[ \t]+)?"
    r"(?:gcc|g\+\+|cc|nvcc|make|cmake|ninja|gradle|\./gradlew|mvn|\./mvnw"
    r"|(?:go|cargo|dotnet)[ \t]+(?:build|install|publish|run)"
    r"|(?:uv[ \t]+)?(?:pip3?|python3?[ \t]+-m[ \t]+pip)[ \t]+install|python3?[ \t]+setup\.py"
    r"|(?:npm|yarn|pnpm|bun)[ \t]+(?:ci|install|run[ \t]+build|build)|bundle[ \t]+install)(?![\w+.-])",
    re.MULTILINE,
)
_MOST_SCRIPT = 100_000
_MOST_FILES = 5_000


def builds_at_start(stage: Stage) -> bool:
    """Whether a script that the image runs first builds or installs: it needs the tools for that.

    That is a script of the build context which CMD, ENTRYPOINT or a service's command names.
    """
    dockerfile, final = stage.dockerfile, stage.syntax.final
    folder = dockerfile.folder
    if folder is None:
        return False
    texts = [item.command for item in (final.cmd, final.entrypoint) if item is not None]
    for build in dockerfile.builds:
        from ...linter.model.values import text_list

        for key in ("command", "entrypoint"):
            texts += text_list(build.service.get(key)) or []
    names = {name for text in texts for name in _SCRIPT.findall(text)}
    if not names or not any(_copies(part, names) for part in chain_of(stage)):
        return False
    files = dockerfile.project.listing(folder).files
    paths = [path for path in islice(files, _MOST_FILES) if posixpath.basename(path) in names]
    return any(
        _BUILDS_AT_START.search(
            (dockerfile.project.text(join_path(folder, path)) or "")[:_MOST_SCRIPT]
        )
        for path in sorted(paths, key=lambda path: path.count("/"))[:5]
    )


_SCRIPT = on_demand(r"([\w.-]*(?:\.(?:sh|bash)|entrypoint[\w-]*))(?![\w./-])")


def _copies(stage: Stage, names: set[str]) -> bool:
    """Whether a stage takes a script from the context by its name, or in a folder."""
    for copy in stage.copies:
        for word in copy.sources if not copy.source_stage else ():
            name = posixpath.basename(word.value.rstrip("/"))
            if name in names or "*" in name or "." not in name.strip("."):
                return True
    return False


def is_toolchain(stage: Stage) -> bool:
    """Whether the image that the stage starts from is there to build."""
    facts = stage.facts
    return facts is not None and facts.name in _TOOLCHAINS


def compilers_left(stage: Stage) -> Iterator[PackageCommand]:
    """The installs of compilers in a stage that are not undone in the same RUN."""
    for run, call in packages_of(stage, *SYSTEM_MANAGERS):
        packages = {word.value.partition("=")[0] for word in call.operands}
        compilers = packages & _COMPILER_PACKAGES
        if call.action != "install" or not compilers:
            continue
        virtual = (call.options.get("-t", "--virtual") if call.manager == "apk" else None) or ""
        names = compilers | {virtual, virtual.lstrip(".")}
        if not any(_may_remove(other, names) for other in run.packages):
            yield call


def _may_remove(call: PackageCommand, names: set[str]) -> bool:
    """Whether a call may remove one of these packages."""
    return call.action in ("remove", "autoremove") and (
        not call.operands
        or any(word.has_expansion or word.has_glob or word.value in names for word in call.operands)
    )


# --- development dependencies


class DevInstall(NamedTuple):
    """A call that installs what is only needed to develop. ``workdir`` may be unknown."""

    run: Run
    call: PackageCommand
    workdir: str | None


ARTIFACTS = {
    "npm": "node_modules",
    "yarn": "node_modules",
    "pnpm": "node_modules",
    "bun": "node_modules",
    "poetry": ".venv",
    "uv": ".venv",
    "composer": "vendor",
}
"""The folder that each manager fills."""


def dev_install(stage: Stage, by_stage: dict[int, DevInstall | None]) -> DevInstall | None:
    """The install whose development dependencies are there at the end of a stage, if any.

    Later calls that prune them, or that install again without them, take them away. ``by_stage``
    keeps the answers for stages that others start from.
    """
    chain = []
    install: DevInstall | None = None
    for part in chain_of(stage):
        if part.syntax.index in by_stage:
            install = by_stage[part.syntax.index]
            break
        chain.append(part)
    for part in reversed(chain):
        install = by_stage[part.syntax.index] = _dev_install(part, install)
    return install


def _dev_install(stage: Stage, install: DevInstall | None) -> DevInstall | None:
    """The install at the end of a stage; ``install`` is the one at the end of its base."""
    for run in stage.runs:
        for call in run.packages:
            brings = brings_dev(run, call) if call.manager in ARTIFACTS else None
            if brings is False:
                install = None
            elif brings and install is None:
                install = DevInstall(run, call, run.workdir)
        if install is not None and any(
            command.name == "rm" and any("node_modules" in word.value for word in command.args)
            for command in run.script.commands
            if command.at > install.call.command.at or run is not install.run
        ):
            install = None
    return install


def brings_dev(run: Run, call: PackageCommand) -> bool | None:
    """Whether development dependencies are there after a call; None if it changes neither way."""
    manager, action, options = call.manager, call.action, call.options
    if options.has("-g", "--global", "--help"):
        return None
    if manager in NODE_MANAGERS:
        return _node_brings_dev(run, call)
    if options.unknown:
        return None
    if manager == "poetry" and action in ("install", "sync"):
        if options.has("--no-dev", "--only-root"):
            return False
        only = options.get("--only")
        if only is not None:
            return "dev" in only
        return "dev" not in (options.get("--without") or "")
    if manager == "uv" and action == "sync":
        left_out = options.has("--no-dev", "--no-default-groups", "--only-group")
        return not left_out and _variable(run, call, "UV_NO_DEV") is None
    if manager == "composer" and action == "install":
        return not options.has("--no-dev") and _variable(run, call, "COMPOSER_NO_DEV") is None
    return None


def _node_brings_dev(run: Run, call: PackageCommand) -> bool | None:
    """As ``brings_dev``, for the package managers of Node."""
    action, options = call.action, call.options
    pruning = action in ("prune", "deploy", "workspaces-focus")
    if action not in ("install", "ci") and not pruning:
        return None
    if call.operands and action == "install":
        return None
    if options.get("--production") != "false" and (
        "dev" in (options.get("--omit") or "")
        or (options.get("--only") or "").startswith("prod")
        or options.has("--production", "--prod", "-P")
    ):
        return False
    if "dev" in (options.get("--include") or "") or options.has("--dev", "-D"):
        return True
    environment = _variable(run, call, "NODE_ENV") or ""
    if environment == "production" or "$" in environment:
        return False
    names = ("NPM_CONFIG_PRODUCTION", "npm_config_production", "NPM_CONFIG_OMIT")
    if any(_variable(run, call, name) is not None for name in names):
        return False
    return None if options.unknown or pruning or call.manager == "bun" else True


def _variable(run: Run, call: PackageCommand, name: str) -> str | None:
    """The value of a variable for one call; ``$`` where it is set to something unknown."""
    for assignment in call.command.assignments:
        if assignment.name == name:
            return assignment.value.literal or "$"
    variable = run.variable(name)
    if variable is None:
        return None
    return "$" if variable.value is None else variable.value

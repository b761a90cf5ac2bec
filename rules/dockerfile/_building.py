"""What builds software, and what a running image does not need of it."""

from __future__ import annotations

from ...linter.base.records import NamedTuple
from ...linter.source.shell.packages import NODE_MANAGERS, RPM_MANAGERS
from ._runs import chain_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.packages import PackageCommand
    from ...linter.source.shell.syntax import SimpleCommand

_TOOLCHAINS = frozenset(
    (
        "cgr.dev/chainguard/go", "clojure", "dart", "gcc", "golang", "gradle", "haskell", "maven",
        "mcr.microsoft.com/dotnet/core/sdk", "mcr.microsoft.com/dotnet/sdk", "mono", "rust",
        "swift",
    )
)  # fmt: skip
"""Images that exist to build; what they build runs without them."""

_SCRIPTS = frozenset(("build", "compile", "bundle", "dist", "package", "production", "prod"))
_BUNDLERS = {
    "tsc": "", "webpack": "", "rollup": "", "esbuild": "", "ng": "build", "vite": "build",
    "next": "build", "nuxt": "build", "nest": "build", "astro": "build", "gatsby": "build",
    "react-scripts": "build", "vue-cli-service": "build", "parcel": "build", "turbo": "build",
    "gulp": "build", "tsup": "", "svelte-kit": "build", "remix": "build", "expo": "export",
}  # fmt: skip
_COMPILERS = frozenset(("cc", "gcc", "g++", "c++", "clang", "clang++", "gfortran", "rustc", "ghc"))
_COMPILER_PACKAGES = frozenset(
    (
        "alpine-sdk", "base-devel", "build-base", "build-essential", "cargo", "clang", "cmake",
        "g++", "gcc", "gcc-c++", "gfortran", "ghc", "golang", "golang-go", "gradle", "maven",
        "musl-dev", "ninja-build", "rust", "rustc",
    )
)  # fmt: skip
_DEVELOPMENT = frozenset(
    (
        "build", "builder", "ci", "debug", "dev", "devcontainer", "devel", "development", "devenv",
        "e2e", "envs", "integration", "lint", "linter", "local", "playground", "sdk", "test",
        "testing", "tests", "watch",
    )
)  # fmt: skip
_DEVELOPMENT_FOLDERS = frozenset(
    ("ci", "dev", "devcontainer", "devel", "development", "e2e", "playground", "test", "tests")
)
_SERVERS = frozenset(("dev", "develop", "watch", "nodemon", "serve", "start:dev", "ts-node-dev"))


_BASES = frozenset(("base", "baseimage", "builder"))


def is_base_image(stage: Stage) -> bool:
    """Whether the name of the file or its folder says that other images are built on this one.

    What a Compose service builds, runs.
    """
    if stage.dockerfile.builds:
        return False
    folder, _, name = stage.dockerfile.path.lower().rpartition("/")
    for part in (name, folder.rpartition("/")[2]):
        for sign in "-_":
            part = part.replace(sign, ".")
        part = part.removesuffix(".dockerfile").removesuffix(".containerfile")
        words = part.removesuffix(".images").removesuffix(".image").split(".")
        if not _BASES.isdisjoint((words[-1], words[0])):
            return True
    return False


def is_development(stage: Stage) -> bool:
    """Whether a stage's name, its file's name or its command says that people develop in it."""
    path = stage.dockerfile.path.lower()
    words = path.rpartition("/")[2].replace("dockerfile", "").replace("containerfile", "")
    if stage.syntax.name:
        words += "." + stage.syntax.name
    for sign in "-_/":
        words = words.replace(sign, ".")
    if not _DEVELOPMENT.isdisjoint(words.split(".")):
        return True
    folders = path.rpartition("/")[0].replace("-", "/").replace("_", "/").replace(".", "/")
    if not _DEVELOPMENT_FOLDERS.isdisjoint(folders.split("/")):
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
    """Something that builds: the command, and the kind of tool that it takes."""

    run: Run
    command: SimpleCommand
    kind: str


def build_steps(stage: Stage) -> Iterator[Step]:
    """The commands of a stage that build the project or parts of it.

    ``kind`` is ``node`` (its tools are dependencies of the project), ``toolchain`` (an image
    or package of its own) or ``native`` (a C compiler and make).
    """
    for run in stage.runs:
        calls = {id(call.command): call for call in run.packages}
        for command in run.script.commands:
            kind = _kind(command, calls.get(id(command)))
            if kind:
                yield Step(run, command, kind)


def _kind(command: SimpleCommand, call: PackageCommand | None) -> str:
    name = command.name
    args = [word.value for word in command.args]
    if call is not None:
        return _call_kind(call)
    if name in ("npx", "bunx", "pnpx") and args:
        rest = [arg for arg in args if not arg.startswith("-")]
        if not rest:
            return ""
        name, args = rest[0], rest[1:]
    if name in _BUNDLERS:
        wanted = _BUNDLERS[name]
        return "node" if not wanted or wanted in args[:2] else ""
    if name in ("mvn", "mvnw"):
        goals = ("package", "install", "verify", "compile")
        return "toolchain" if any(arg in goals for arg in args) else ""
    if name in ("gradle", "gradlew"):
        tasks = ("build", "assemble", "jar", "bootJar", "war", "installDist", "shadowJar")
        return "toolchain" if any(arg.rpartition(":")[2] in tasks for arg in args) else ""
    if name == "dotnet":
        return "toolchain" if args[:1] and args[0] in ("publish", "build") else ""
    if name in ("swift", "stack", "cabal", "sbt", "lein", "dart"):
        built = ("build", "install", "assembly", "package", "uberjar", "compile")
        return "toolchain" if args[:1] and args[0] in built else ""
    if name in _COMPILERS or name in ("make", "ninja"):
        return "native" if args else "native" if name in ("make", "ninja") else ""
    if name == "cmake":
        return "native" if "--build" in args else ""
    return ""


def _call_kind(call: PackageCommand) -> str:
    manager, action = call.manager, call.action
    if manager in NODE_MANAGERS:
        script = action
        if action == "run":
            script = call.operands[0].value if call.operands else ""
        elif manager == "npm":
            return ""
        elif action == "workspace":
            script = next(
                (word.value for word in call.operands if _is_build_script(word.value)), ""
            )
        return "node" if _is_build_script(script) else ""
    local = all(word.value.startswith(".") for word in call.operands)
    if manager == "go":
        return "toolchain" if action == "build" or (action == "install" and local) else ""
    if manager == "cargo" and (
        action == "build" or (action == "install" and call.options.has("--path"))
    ):
        return "toolchain"
    return ""


def _is_build_script(name: str) -> bool:
    head = name.partition(":")[0]
    return head in _SCRIPTS or name.startswith("build-")


def is_toolchain(stage: Stage) -> bool:
    """Whether the image that the stage starts from is there to build."""
    facts = stage.facts
    return facts is not None and facts.name in _TOOLCHAINS


def compilers_left(stage: Stage) -> Iterator[PackageCommand]:
    """The installs of compilers in a stage that are not undone in the same RUN."""
    for run in stage.runs:
        for call in run.packages:
            if call.action != "install" or call.manager not in _SYSTEM:
                continue
            names = {word.value.partition("=")[0] for word in call.operands}
            compilers = names & _COMPILER_PACKAGES
            if not compilers:
                continue
            virtual = call.options.get("-t", "--virtual") if call.manager == "apk" else None
            wanted = compilers | {virtual or "", (virtual or "").lstrip(".")}
            removed = any(
                other.action in ("remove", "autoremove")
                and (
                    not other.operands
                    or any(
                        word.has_expansion or word.has_glob or word.value in wanted
                        for word in other.operands
                    )
                )
                for other in run.packages
            )
            if not removed:
                yield call


_SYSTEM = RPM_MANAGERS | {"apt", "apk", "zypper"}


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


def dev_install(stage: Stage, known: dict[int, DevInstall | None]) -> DevInstall | None:
    """The install whose development dependencies are there at the end of a stage, if any.

    Later calls that prune them, or that install again without them, take them away. ``known``
    keeps the answers for stages that others start from.
    """
    chain = []
    found: DevInstall | None = None
    for part in chain_of(stage):
        index = part.syntax.index
        if index in known:
            found = known[index]
            break
        chain.append(part)
    for part in reversed(chain):
        found = known[part.syntax.index] = _dev_install(part, found)
    return found


def _dev_install(stage: Stage, found: DevInstall | None) -> DevInstall | None:
    for run in stage.runs:
        for call in run.packages:
            if call.manager not in ARTIFACTS:
                continue
            verdict = brings_dev(run, call)
            if verdict is None:
                continue
            if not verdict:
                found = None
            elif found is None:
                found = DevInstall(run, call, run.workdir)
        if found is not None and any(
            command.name == "rm" and any("node_modules" in word.value for word in command.args)
            for command in run.script.commands
            if command.at > found.call.command.at or run is not found.run
        ):
            found = None
    return found


def brings_dev(run: Run, call: PackageCommand) -> bool | None:
    """True: development dependencies come; False: they are not there after it; None: neither."""
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
        if options.get("--only") is not None:
            return "dev" in (options.get("--only") or "")
        return "dev" not in (options.get("--without") or "")
    if manager == "uv" and action == "sync":
        if options.has("--no-dev", "--no-default-groups", "--only-group"):
            return False
        return _variable(run, call, "UV_NO_DEV") is None
    if manager == "composer" and action == "install":
        if options.has("--no-dev"):
            return False
        return _variable(run, call, "COMPOSER_NO_DEV") is None
    return None


def _node_brings_dev(run: Run, call: PackageCommand) -> bool | None:
    manager, action, options = call.manager, call.action, call.options
    pruning = action in ("prune", "deploy", "workspaces-focus")
    if action not in ("install", "ci") and not pruning:
        return None
    if call.operands and action == "install":
        return None
    omitted = (
        "dev" in (options.get("--omit") or "")
        or (options.get("--only") or "").startswith("prod")
        or options.has("--production", "--prod", "-P")
    )
    if options.get("--production") == "false":
        omitted = False
    if omitted:
        return False
    if "dev" in (options.get("--include") or "") or options.has("--dev", "-D"):
        return True
    value = _variable(run, call, "NODE_ENV")
    if value == "production" or (value is not None and "$" in value):
        return False
    for name in ("NPM_CONFIG_PRODUCTION", "npm_config_production", "NPM_CONFIG_OMIT"):
        if _variable(run, call, name) is not None:
            return False
    if options.unknown:
        return None
    return None if pruning or manager == "bun" else True


def _variable(run: Run, call: PackageCommand, name: str) -> str | None:
    """The value of a variable for one call; ``$`` where it is set to something unknown."""
    for assignment in call.command.assignments:
        if assignment.name == name:
            return assignment.value.literal or "$"
    found = run.variable(name)
    if found is None:
        return None
    return "$" if found.value is None else found.value

"""Cache mounts for package managers."""

from __future__ import annotations

from functools import partial

from ...linter.base.records import NamedTuple
from ...linter.base.text import Span
from ...linter.edits.scripts import can_edit
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Severity, rule
from ...linter.source.shell.packages import RPM_MANAGERS
from ._runs import call_span, call_text, chain_of, is_set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Dockerfile, Run, Stage
    from ...linter.source.shell.packages import PackageCommand
    from ...linter.source.shell.syntax import SimpleCommand

_CACHE = "https://docs.docker.com/build/cache/optimize/#use-cache-mounts"


class _Cache(NamedTuple):
    """The folders that a manager caches in, and the actions that fill them.

    ``~`` is root's home. ``locked`` tells that two builds must not use it at once.
    """

    folders: tuple[str, ...]
    actions: tuple[str, ...]
    locked: bool = False


_CACHES: dict[str, _Cache] = {
    "apt": _Cache(("/var/cache/apt", "/var/lib/apt"), ("install", "build-dep"), True),
    "apk": _Cache(("/etc/apk/cache",), ("install",), True),
    "pip": _Cache(("~/.cache/pip",), ("install", "wheel")),
    "uv": _Cache(("~/.cache/uv",), ("sync",)),
    "poetry": _Cache(("~/.cache/pypoetry",), ("install",)),
    "npm": _Cache(("~/.npm",), ("install", "ci")),
    "yarn": _Cache(("/usr/local/share/.cache/yarn",), ("install", "ci")),
    "pnpm": _Cache(("~/.local/share/pnpm/store",), ("install", "ci", "fetch")),
    "bundle": _Cache(("~/.bundle/cache",), ("install",)),
    "composer": _Cache(("~/.composer/cache",), ("install",)),
    "go": _Cache(("/go/pkg/mod", "~/.cache/go-build"), ("build", "install", "mod-download")),
    "cargo": _Cache(("/usr/local/cargo/registry",), ("build", "install", "fetch")),
    **dict.fromkeys(
        ("dnf", "microdnf"), _Cache(("/var/cache/libdnf5", "/var/cache/dnf"), ("install",), True)
    ),
    "yum": _Cache(("/var/cache/yum",), ("install",), True),
    "zypper": _Cache(("/var/cache/zypp",), ("install",), True),
}

_MOVED = {
    "pip": ("PIP_CACHE_DIR", "XDG_CACHE_HOME"),
    "uv": ("UV_CACHE_DIR", "XDG_CACHE_HOME"),
    "poetry": ("POETRY_CACHE_DIR", "XDG_CACHE_HOME"),
    "npm": ("npm_config_cache", "NPM_CONFIG_CACHE"),
    "yarn": ("YARN_CACHE_FOLDER",),
    "pnpm": ("PNPM_HOME", "XDG_DATA_HOME", "npm_config_store_dir"),
    "bundle": ("BUNDLE_USER_CACHE", "BUNDLE_USER_HOME"),
    "composer": ("COMPOSER_HOME", "COMPOSER_CACHE_DIR"),
    "go": ("GOPATH", "GOMODCACHE", "GOCACHE"),
    "cargo": ("CARGO_HOME",),
}
"""The variables that give a manager another folder: the fix is then left to a person."""

_OFFICIAL = {"go": ("golang",), "cargo": ("rust",), "composer": ("composer",)}
"""The images in which a folder is surely the right one."""


@rule(
    "DF221",
    "cache-mount-missing",
    Severity.INFO,
    category="resources",
    presets=(),
    words=(
        "apt",
        "apk",
        "pip",
        "uv",
        "poetry",
        "npm",
        "yarn",
        "bundle",
        "composer",
        "go",
        "cargo",
        "dnf",
        "yum",
        "zypper",
    ),
    since="0.2",
    sources=(_CACHE, "https://docs.docker.com/reference/dockerfile/#run---mounttypecache"),
    examples=(
        Example(
            bad="FROM python:3.13-slim\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt  # error: pip install\nUSER nobody\n",
            good="FROM python:3.13-slim\nWORKDIR /app\nCOPY requirements.txt .\nRUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt\nUSER nobody\n",
        ),
        Example(
            bad="FROM alpine:3.22\nRUN apk add --no-cache tini  # error: apk add\nUSER nobody\n",
            good="FROM alpine:3.22\nRUN --mount=type=cache,target=/etc/apk/cache,sharing=locked apk add tini\nUSER nobody\n",
        ),
        Example(
            bad="FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*  # error: apt-get install\nUSER nobody\n",
            good="FROM debian:trixie-slim\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y --no-install-recommends tini\nUSER nobody\n",
        ),
    ),
    fix=(Applicability.UNSAFE, Applicability.SUGGESTION),
)
def cache_mount_missing(stage: Stage) -> Iterator[Diagnostic]:
    """A package manager starts with an empty cache in each build, where a cache mount would keep it.

    Why: Everything is downloaded again in each build, and stays in the image unless it is
    deleted.

    `RUN --mount=type=cache,target=…` keeps downloads between builds and out of the image, so
    that nothing has to be deleted. apt, apk and dnf need `sharing=locked`, since two builds may
    not use their folder at once; for apt `docker-clean`, which empties the cache of Debian's
    and Ubuntu's images, has to go, and where a RUN installs from the package lists of an
    earlier one, those have to stay in the image. A cache mount needs BuildKit and a builder
    that lives on: on a CI machine that begins empty it saves nothing, so the rule is in no
    preset but `all`. Calls that fetch nothing are left alone (`--offline`, `pip install
    --no-index`, wheels, a `cargo build` whose crates an earlier instruction has brought); of a
    `go build` after `go mod download` the compiler's cache is meant.
    """
    for run in stage.runs:
        if run.instruction.outer is not None or any(
            m.type in ("cache", "tmpfs") for m in run.mounts
        ):
            continue
        call = next((each for each in run.packages if _fills(run, each)), None)
        if call is None or not run.script.complete:
            continue
        compiles = call.manager == "go" and _has_modules(run, call)
        folders = _folders(run, call)
        mounts = " ".join(_mount(run, folder, _CACHES[call.manager].locked) for folder in folders)
        work = "compiles" if compiles else "downloads"
        off = _switched_off(run, call)
        yield Diagnostic(
            call_span(call),
            f"`{call_text(call)}` {work} everything again whenever this RUN is built",
            help=f"keep its cache between builds: `RUN {mounts} …`"
            + (f", without `{off}`" if off else ""),
            evidence=call_text(call),
            fix=None if _UNKNOWN_HOME in mounts else partial(_fix, run, call, mounts),
        )


_FETCHES_NOTHING = ("--help", "--download-only", "--cache-dir", "--offline")
_FETCHES_NOTHING_OF = {"pip": ("--no-index",), "cargo": ("--frozen",)}


def _fills(run: Run, call: PackageCommand) -> bool:
    """Whether a call downloads packages into the cache of its manager, or compiles with one."""
    manager = "uv" if call.program == "uv" else call.manager
    cache = _CACHES.get(manager)
    if cache is None:
        return False
    if call.options.has(*_FETCHES_NOTHING, *_FETCHES_NOTHING_OF.get(manager, ())):
        return False
    if manager == "pip" and _are_wheels(call):
        return False
    if manager == "cargo" and _has_crates(run, call):
        return False
    if manager == "pip" and any(
        other.manager == "pip" and other.command.at < call.command.at and _are_wheels(other)
        for other in run.packages
    ):
        return False
    return call.action in cache.actions or (manager == "uv" and call.action == "install")


def _are_wheels(call: PackageCommand) -> bool:
    """Whether a call installs wheels that are there, which were made with those that they need."""
    return bool(call.operands) and all(
        word.value.endswith((".whl", "/*")) for word in call.operands
    )


def _earlier(run: Run, call: PackageCommand) -> Iterator[PackageCommand]:
    """The earlier calls of the same manager in this stage and those that it starts from.

    RUNs with a cache mount, which leave nothing in the image, are left out.
    """
    for stage in chain_of(run.stage):
        for other in stage.runs:
            if stage is run.stage and other.instruction.start >= run.instruction.start:
                continue
            if not any(mount.type == "cache" for mount in other.mounts):
                yield from (each for each in other.packages if each.manager == call.manager)


def _is_brought(run: Run, *folders: str) -> bool:
    """Whether COPY has brought one of these folders from another stage."""
    return any(
        copy.source_stage
        and copy.instruction.start < run.instruction.start
        and any(folder in (copy.target or "$CARGO_HOME cargo") for folder in folders)
        for stage in chain_of(run.stage)
        for copy in stage.copies
    )


def _has_modules(run: Run, call: PackageCommand) -> bool:
    """Whether the modules that Go compiles are in the image already."""
    if call.action not in ("build", "install") or _names_version(call):
        return False
    return _is_brought(run, "/go") or any(
        each.action in ("build", "get", "install", "mod-download", "mod-tidy")
        and not _names_version(each)
        for each in _earlier(run, call)
    )


def _switched_off(run: Run, call: PackageCommand) -> str:
    """What switches the cache off: an option or a variable; empty if nothing does."""
    options = [option.name for option in call.options.options]
    for name in ("--no-cache-dir", "--no-cache"):
        if name in options:
            return name
    name = {"pip": "PIP_NO_CACHE_DIR", "uv": "UV_NO_CACHE"}.get(call.program, "")
    return name if name and is_set(run, name, call.command) else ""


def _names_version(call: PackageCommand) -> bool:
    """Whether a call is about a program of another module, such as ``example.com/tool@latest``."""
    return any("@" in word.value for word in call.operands)


def _has_crates(run: Run, call: PackageCommand) -> bool:
    """Whether the crates that Cargo compiles are in the image already, from a build before."""
    if call.action != "build":
        return False
    return _is_brought(run, "cargo", "/target", "/vendor") or any(
        each.action in ("build", "fetch")
        or (each.action == "chef" and [word.value for word in each.operands[:1]] == ["cook"])
        for each in _earlier(run, call)
    )


def _folders(run: Run, call: PackageCommand) -> tuple[str, ...]:
    """The folders to mount; the first alone where one is another release's."""
    manager = "uv" if call.program == "uv" else call.manager
    folders = _CACHES[manager].folders
    facts = run.stage.facts
    base = facts.name if facts is not None else ""
    if manager in ("dnf", "microdnf"):
        # Fedora has dnf 5 since release 41.
        version = facts.version if facts is not None else None
        folders = folders[:1] if base == "fedora" and (version or (41,)) >= (41,) else folders[1:]
    elif manager == "apt" and _needs_lists(run.stage.dockerfile):
        folders = folders[:1]
    elif manager == "composer" and base == "composer":
        folders = ("/tmp/cache",)  # the image sets COMPOSER_HOME
    elif manager == "bundle" and base == "ruby":
        folders = ("/usr/local/bundle/cache",)
    home = _home(run)
    return tuple(folder.replace("~", home or _UNKNOWN_HOME) for folder in folders)


def _needs_lists(dockerfile: Dockerfile) -> bool:
    """Whether a RUN installs from the package lists of an earlier one, which a mount would hide."""
    for stage in dockerfile.all_stages:
        for run in stage.runs:
            calls = [call.action for call in run.packages if call.manager == "apt"]
            first = calls.index("update") if "update" in calls else len(calls)
            if any(action in _CACHES["apt"].actions for action in calls[:first]):
                return True
    return False


_UNKNOWN_HOME = "<home of USER>"


def _user(run: Run) -> str:
    """The user that a RUN runs as, without the group; empty if it is not known."""
    if run.user is not None:
        return (run.user.value or "").partition(":")[0]
    facts = run.stage.facts
    return (facts.user if facts is not None else None) or "root"


def _home(run: Run) -> str | None:
    """The home of the user that a RUN runs as; None if it is not known."""
    variable = run.variable("HOME")
    if variable is not None:
        return variable.value
    name, facts = _user(run), run.stage.facts
    if name in ("node", "1000") and facts is not None and facts.name == "node":
        return "/home/node"
    return "/root" if name in ("root", "0") else None


def _mount(run: Run, folder: str, locked: bool) -> str:
    mount = f"--mount=type=cache,target={folder}"
    if _user(run) not in ("root", "0"):
        mount += ",uid=1000,gid=1000" if _home(run) == "/home/node" else ",uid=<number of USER>"
    return mount + (",sharing=locked" if locked else "")


def _fix(run: Run, call: PackageCommand, mounts: str) -> Fix | None:
    """The fix that mounts the cache, and no longer deletes or switches it off."""
    if not can_edit(run):
        return None
    first = run.script.commands[0]
    if first.script is not run.script or first.nesting:
        return None
    edits = _other_edits(run, call)
    if edits is None:
        return None
    start = run.script.offset(0)
    docker_clean = (
        "rm -f /etc/apt/apt.conf.d/docker-clean && "
        if call.manager == "apt" and "docker-clean" not in run.script.text
        else ""
    )
    edits.insert(0, Edit(Span(run.script.file, start, start), f"{mounts} {docker_clean}"))
    return Fix("Add a cache mount", tuple(edits), _grade(run, call))


def _grade(run: Run, call: PackageCommand) -> Applicability:
    """Unsafe where the folder is surely right; else a person has to look."""
    manager = "uv" if call.program == "uv" else call.manager
    names = _OFFICIAL.get(manager)
    facts = run.stage.facts
    is_known = facts is not None and (names is None or facts.name in names)
    is_plain = (
        is_known
        and manager in ("apt", "apk", "pip", "npm", "go", "cargo", "composer")
        and not any(run.variable(name) for name in _MOVED.get(manager, ()))
        and _user(run) in ("root", "0")
        and len({each.manager for each in run.packages if _fills(run, each)}) == 1
    )
    return Applicability.UNSAFE if is_plain else Applicability.SUGGESTION


def _other_edits(run: Run, call: PackageCommand) -> list[Edit] | None:
    """The edits that stop a RUN from emptying the cache; None if that cannot be told."""
    edits: list[Edit] = []
    if call.manager not in ("pip", "apk") and _switched_off(run, call):
        return None
    if call.manager in ("pip", "apk"):
        # pip takes the beginning of the option, too.
        names = ("--no-cache-dir", "--no-cache")
        for each in run.packages:
            found = [item for item in each.options.options if item.name in names]
            for item in found[:1] if each.manager == call.manager and _fills(run, each) else ():
                word = item.word
                span = word.span
                text = span.file.text
                if text[span.start - 1 : span.start] == " ":
                    edits.append(Edit(Span(span.file, span.start - 1, span.end), ""))
                else:
                    return None
        if call.manager == "apk" and not edits:
            return None
        if call.manager == "pip" and is_set(run, "PIP_NO_CACHE_DIR", call.command):
            return None
        return edits
    for command in run.script.commands:
        if not _empties(run, command, call):
            continue
        if command.before != "&&" or command.after not in ("", "&&") or command.conditional:
            return None
        edit = _without(run, command)
        if edit is None:
            return None
        edits.append(edit)
    return edits


_CLEANING = {
    "npm": ("npm", "cache"),
    "yarn": ("yarn", "cache"),
    **dict.fromkeys(("dnf", "microdnf", "yum", "zypper"), ("", "clean")),
}


def _empties(run: Run, command: SimpleCommand, call: PackageCommand) -> bool:
    """Whether a command does nothing but empty the manager's cache."""
    values = [word.value for word in command.args]
    if command.name == "rm":
        paths = [value.rstrip("/*") for value in values if not value.startswith("-")]
        folders = _folders(run, call)
        return bool(paths) and all(
            any(path.startswith(folder) for folder in folders) for path in paths
        )
    if call.manager == "apt":
        return command.name in ("apt-get", "apt") and values[-1:] in (["clean"], ["dist-clean"])
    wanted = _CLEANING.get(call.manager)
    if wanted is None:
        return False
    if call.manager in RPM_MANAGERS or call.manager == "zypper":
        return command.name == call.program and "clean" in values[:2]
    return command.name == wanted[0] and values[:2] in (["cache", "clean"], ["cache", "rm"])


def _without(run: Run, command: SimpleCommand) -> Edit | None:
    """The edit that deletes a command with the ``&&`` in front of it."""
    script = run.script
    if command.script is not script or command.nesting or len(command.pipeline) > 1:
        return None
    at = script.text.rfind("&&", 0, command.at)
    before = script.text[:at].rstrip() if at >= 0 else ""
    if not before or script.text[at + 2 : command.at].strip(" \t\\\n"):
        return None
    start = script.offset(len(before) - 1) + 1
    end = script.span(command.end - 1, command.end).end
    if any(start <= item.start < end for item in run.instruction.inner_comments):
        return None
    return Edit(Span(script.file, start, end), "")

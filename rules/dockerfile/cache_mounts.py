"""Cache mounts for package managers."""

from __future__ import annotations

from functools import partial

from ...linter.base.records import NamedTuple
from ...linter.base.text import Span
from ...linter.edits.scripts import can_edit
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Severity, rule
from ...linter.source.shell.packages import RPM_MANAGERS
from ._runs import call_span, call_text, is_set

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Run, Stage
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

    `RUN --mount=type=cache,target=…` keeps downloads between builds and out of the image, so that
    nothing has to be deleted. apt, apk and dnf need `sharing=locked`, since two builds may not use their
    folder at once; for apt `docker-clean`, which empties the cache of Debian's and Ubuntu's images, has
    to go. A cache mount needs BuildKit and a builder that lives on: on a CI machine that begins
    empty it saves nothing. The rule is therefore in no preset but `all`.
    """
    for run in stage.runs:
        if run.instruction.outer is not None or any(
            m.type in ("cache", "tmpfs") for m in run.mounts
        ):
            continue
        call = next((each for each in run.packages if _fills(each)), None)
        if call is None or not run.script.complete:
            continue
        folders = _folders(run, call)
        mounts = " ".join(_mount(folder, _CACHES[call.manager].locked) for folder in folders)
        yield Diagnostic(
            call_span(call),
            f"`{call_text(call)}` downloads everything anew whenever this RUN is built",
            help=f"keep its cache between builds: RUN {mounts} …",
            evidence=call_text(call),
            fix=partial(_fix, run, call, mounts),
        )


def _fills(call: PackageCommand) -> bool:
    """Whether a call downloads packages into the cache of its manager."""
    manager = "uv" if call.program == "uv" else call.manager
    cache = _CACHES.get(manager)
    if cache is None or call.options.has("--help", "--download-only", "--cache-dir", "--offline"):
        return False
    return call.action in cache.actions or (manager == "uv" and call.action == "install")


def _folders(run: Run, call: PackageCommand) -> tuple[str, ...]:
    """The folders to mount; the first alone where one is another release's."""
    manager = "uv" if call.program == "uv" else call.manager
    folders = _CACHES[manager].folders
    if manager in ("dnf", "microdnf"):
        folders = folders[1:]
    home = _home(run)
    return tuple(folder.replace("~", home or "/root") for folder in folders)


def _home(run: Run) -> str | None:
    """The home of the user that a RUN runs as; None if it is not known."""
    variable = run.variable("HOME")
    if variable is not None:
        return variable.value
    user = run.user.value if run.user is not None else "root"
    name = (user or "").partition(":")[0]
    return "/root" if name in ("root", "0") else None


def _mount(folder: str, locked: bool) -> str:
    return f"--mount=type=cache,target={folder}" + (",sharing=locked" if locked else "")


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
    return Fix("Mount a cache", tuple(edits), _grade(run, call))


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
        and _home(run) is not None
        and len({each.manager for each in run.packages if _fills(each)}) == 1
    )
    return Applicability.UNSAFE if is_plain else Applicability.SUGGESTION


def _other_edits(run: Run, call: PackageCommand) -> list[Edit] | None:
    """The edits that stop a RUN from emptying the cache; None if that cannot be told."""
    edits: list[Edit] = []
    if call.manager in ("pip", "apk"):
        option = "--no-cache-dir" if call.manager == "pip" else "--no-cache"
        for each in run.packages:
            found = [item for item in each.options.options if item.name == option]
            for item in found[:1] if each.manager == call.manager and _fills(each) else ():
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
        if not _empties(command, call):
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


def _empties(command: SimpleCommand, call: PackageCommand) -> bool:
    """Whether a command does nothing but empty the manager's cache."""
    values = [word.value for word in command.args]
    if command.name == "rm":
        paths = [value.rstrip("/*") for value in values if not value.startswith("-")]
        folders = _CACHES[call.manager].folders
        return bool(paths) and all(
            any(path.startswith(folder.replace("~", "/root")) for folder in folders)
            for path in paths
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

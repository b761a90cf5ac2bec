"""What package managers leave behind in the layer of a RUN."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.packages import NODE_MANAGERS, RPM_MANAGERS
from ._runs import (
    append_command,
    call_span,
    call_text,
    can_edit,
    insert_after,
    is_mounted,
    is_set,
    later,
    options_hidden,
    removes,
    variable_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import Run, Stage
    from ...linter.source.packages import PackageCommand

CACHE = "https://docs.docker.com/build/building/best-practices/#apt-get"

_SAFE, _UNSAFE = Applicability.SAFE, Applicability.UNSAFE


class Leftover(NamedTuple):
    """What one call leaves, and how it would not: an edit, or a command at the end."""

    call: PackageCommand
    what: str
    advice: str
    edit: Edit | None = None
    cleanup: str = ""


@rule(
    "DF204",
    "package-cache-left",
    Severity.WARNING,
    presets=("recommended",),
    equivalents=(
        "hadolint:DL3009",
        "hadolint:DL3019",
        "hadolint:DL3032",
        "hadolint:DL3036",
        "hadolint:DL3040",
        "hadolint:DL3042",
        "hadolint:DL3060",
        "trivy:DS-0015",
        "trivy:DS-0019",
        "trivy:DS-0020",
        "trivy:DS-0025",
        "trivy:DS-0027",
    ),
    sources=(CACHE, "https://docs.docker.com/build/cache/optimize/#use-cache-mounts"),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN apt-get update \\  # error: apt-get update\n    && apt-get install -y --no-install-recommends tini\n",
            good="FROM debian:trixie-slim\nRUN apt-get update \\\n    && apt-get install -y --no-install-recommends tini \\\n    && rm -rf /var/lib/apt/lists/*\n",
        ),
        Example(
            bad="FROM alpine:3.22\nRUN apk add tini  # error: apk add\n",
            good="FROM alpine:3.22\nRUN apk add --no-cache tini\n",
        ),
        Example(
            bad="FROM python:3.13-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt  # error: pip install\n",
            good="FROM python:3.13-slim\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\n",
        ),
    ),
    fix=_SAFE,
)
def package_cache_left(stage: Stage) -> Iterator[Diagnostic]:
    """A package manager's lists or downloads stay in the layer: the image grows by what nothing uses.

    Deleting them in a later RUN does not help, since a layer cannot shrink those below it. Stages
    that are no part of the image that runs may keep theirs, and so may a RUN with a cache mount
    over the folder. npm and yarn only weigh the image down, so theirs is advice. The fix adds
    `--no-cache` or `--no-cache-dir` where the manager has such an option, which changes nothing
    else, and otherwise a command that cleans up at the end of the RUN.
    """
    if not stage.ships:
        return
    for run in stage.runs:
        if run.packages and run.script.complete:
            found = [item for call in run.packages if (item := _leftover(run, call))]
            if found:
                yield _report(run, found)


def _report(run: Run, found: list[Leftover]) -> Diagnostic:
    first = found[0]
    message = f"`{call_text(first.call)}` leaves {first.what} in the layer"
    others = [item for item in found[1:] if item.what != first.what]
    names = list(dict.fromkeys(item.what for item in others))
    if names:
        message += f", and so stay {' and '.join(names)}"
    light = all(item.call.manager in NODE_MANAGERS for item in found)
    return Diagnostic(
        call_span(first.call),
        message,
        help="; ".join(dict.fromkeys(item.advice for item in found)),
        severity=Severity.INFO if light else None,
        related=[
            Related(call_span(item.call), f"`{call_text(item.call)}` leaves {item.what}")
            for item in found[1:]
        ],
        evidence=call_text(first.call),
        fix=_fix(run, found),
    )


def _fix(run: Run, found: list[Leftover]) -> Fix | None:
    edits = [item.edit for item in found if item.edit]
    cleanups = list(dict.fromkeys(item.cleanup for item in found if item.cleanup))
    if len(edits) + sum(1 for item in found if item.cleanup) < len(found):
        return None
    if cleanups:
        more = append_command(run, " && ".join(cleanups))
        if more is None:
            return None
        edits.append(more)
        title = f"Clean up with `{' && '.join(cleanups)}`"
        return Fix(title, tuple(edits), _UNSAFE)
    safe = all(item.call.action == "install" for item in found)
    added = " and ".join(dict.fromkeys(edit.replacement.strip() or "nothing" for edit in edits))
    title = f"Add {added}" if safe else "Let apk fetch its index without keeping it"
    return Fix(title, tuple(edits), _SAFE)


def _leftover(run: Run, call: PackageCommand) -> Leftover | None:
    manager = call.manager
    if manager == "apt":
        return _apt(run, call)
    if manager == "apk":
        return _apk(run, call)
    if manager in RPM_MANAGERS:
        return _rpm(run, call)
    if manager == "zypper":
        return _zypper(run, call)
    if manager == "pip":
        return _pip(run, call)
    if manager in ("npm", "yarn"):
        return _node(run, call)
    return None


def _apt(run: Run, call: PackageCommand) -> Leftover | None:
    if call.action != "update" or _is_last(run, call) is False:
        return None
    lists = "/var/lib/apt/lists"
    if is_mounted(run, lists):
        return None
    rest = later(run, call.command)
    if any(removes(command, lists) for command in rest):
        return None
    if any(other.action == "dist-clean" for other in run.packages if other.manager == "apt"):
        return None
    command = f"rm -rf {lists}/*"
    return Leftover(call, "the package lists", f"end the RUN with `&& {command}`", cleanup=command)


def _is_last(run: Run, call: PackageCommand) -> bool:
    """Whether no later call in the RUN does the same: the last one is reported."""
    alike = [
        other
        for other in run.packages
        if other.manager == call.manager and other.action == call.action
    ]
    return alike[-1].command is call.command


def _apk(run: Run, call: PackageCommand) -> Leftover | None:
    if call.action not in ("install", "update", "upgrade"):
        return None
    if call.options.has("--no-cache", "--cache-dir", "--no-network", "--help"):
        return None
    if options_hidden(call):
        return None
    folder = "/var/cache/apk"
    if is_mounted(run, folder) or is_mounted(run, "/etc/apk/cache"):
        return None
    if any(removes(command, folder) for command in later(run, call.command)):
        return None
    if call.action == "update":
        edit = _without(run, call)
    else:
        edit = _with(run, call, " --no-cache")
    advice = "use `apk add --no-cache`, which needs no `apk update`"
    return Leftover(call, "its index", advice, edit)


def _with(run: Run, call: PackageCommand, option: str) -> Edit | None:
    """Put an option behind the verb."""
    if call.verb is None or not can_edit(run, call.command):
        return None
    return insert_after(call.verb, option)


def _without(run: Run, call: PackageCommand) -> Edit | None:
    """Delete `apk update &&` in front of another command; `--no-cache` fetches the index."""
    command = call.command
    rest = later(run, command)
    if not rest or command.after != "&&" or not can_edit(run, command):
        return None
    following = rest[0]
    if following.before != "&&" or following.nesting or following.conditional:
        return None
    if command.before not in ("", "&&") or command.conditional or command.in_subshell:
        return None
    fetched = any(
        other.manager == "apk" and other.action in ("install", "upgrade") for other in run.packages
    )
    if not fetched:
        return None
    span = run.script.span(command.at, following.at)._replace(end=run.script.offset(following.at))
    if any(span.start <= item.start < span.end for item in run.instruction.inner_comments):
        return None
    return Edit(span, "")


def _rpm(run: Run, call: PackageCommand) -> Leftover | None:
    if call.action not in ("install", "upgrade", "group-install", "module-install", "builddep"):
        return None
    alike = [
        other
        for other in run.packages
        if other.manager in RPM_MANAGERS
        and other.action in ("install", "upgrade", "group-install", "module-install", "builddep")
    ]
    if alike[-1].command is not call.command or call.options.has("--downloadonly"):
        return None
    folders = ("/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5")
    if any(is_mounted(run, folder) for folder in folders):
        return None
    rest = later(run, call.command)
    if any(removes(command, *folders) for command in rest):
        return None
    if any(
        other.manager in RPM_MANAGERS
        and other.action == "clean"
        and other.command in rest
        and any(word.value in ("all", "packages") for word in other.operands)
        for other in run.packages
    ):
        return None
    command = f"{call.program} clean all"
    return Leftover(
        call, "packages and metadata", f"end the RUN with `&& {command}`", cleanup=command
    )


def _zypper(run: Run, call: PackageCommand) -> Leftover | None:
    changing = ("install", "update", "patch", "dist-upgrade", "source-install")
    if call.action not in changing:
        return None
    alike = [
        other for other in run.packages if other.manager == "zypper" and other.action in changing
    ]
    if alike[-1].command is not call.command:
        return None
    if is_mounted(run, "/var/cache/zypp"):
        return None
    rest = later(run, call.command)
    if any(removes(command, "/var/cache/zypp") for command in rest):
        return None
    if any(other.action == "clean" and other.command in rest for other in run.packages):
        return None
    command = "zypper clean --all"
    return Leftover(
        call, "packages and metadata", f"end the RUN with `&& {command}`", cleanup=command
    )


def _pip(run: Run, call: PackageCommand) -> Leftover | None:
    if call.action != "install" or call.program == "uv":
        return None
    options = call.options
    if options.has("--no-cache-dir", "--help", "--dry-run", "--no-cache"):
        return None
    command = call.command
    if is_set(run, "PIP_NO_CACHE_DIR", command) or variable_at(run, "PIP_CONFIG_FILE"):
        return None
    folder = options.get("--cache-dir") or "~/.cache/pip"
    known = variable_at(run, "PIP_CACHE_DIR")
    if known is not None:
        folder = known.value or "$"
    if "$" in folder or is_mounted(run, folder):
        return None
    rest = later(run, command)
    if any(removes(other, folder) for other in rest):
        return None
    if any(
        other.manager == "pip" and other.action == "cache" and other.command in rest
        for other in run.packages
    ):
        return None
    edit = _with(run, call, " --no-cache-dir")
    return Leftover(call, "pip's cache", "use `pip install --no-cache-dir`", edit)


def _node(run: Run, call: PackageCommand) -> Leftover | None:
    manager = call.manager
    wanted = ("install", "ci", "add", "global-add")
    if call.action not in wanted:
        return None
    alike = [other for other in run.packages if other.manager == manager and other.action in wanted]
    if alike[-1].command is not call.command or call.options.has("--help", "--version"):
        return None
    if manager == "npm":
        folders: tuple[str, ...] = ("~/.npm",)
        variables: tuple[str, ...] = ("npm_config_cache", "NPM_CONFIG_CACHE")
        cleanup = "npm cache clean --force"
        other_folder = call.options.get("--cache")
    else:
        folders = ("/usr/local/share/.cache/yarn", "~/.yarn", "~/.cache/yarn")
        variables = ("YARN_CACHE_FOLDER", "YARN_GLOBAL_FOLDER", "YARN_ENABLE_GLOBAL_CACHE")
        cleanup = "yarn cache clean"
        other_folder = call.options.get("--cache-folder")
        if call.options.has("--immutable", "--immutable-cache", "--check-cache"):
            # Yarn 2 and later keep their cache with the project, where it may be meant to ship.
            return None
    if other_folder is not None or any(variable_at(run, name) for name in variables):
        return None
    if any(is_mounted(run, folder) for folder in folders):
        return None
    rest = later(run, call.command)
    if any(removes(command, *folders) for command in rest):
        return None
    if any(
        other.manager == manager and other.action == "cache" and other.command in rest
        for other in run.packages
    ):
        return None
    return Leftover(call, f"{manager}'s cache", f"end the RUN with `&& {cleanup}`", cleanup=cleanup)

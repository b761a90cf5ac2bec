"""What package managers leave behind in the layer of a RUN."""

from __future__ import annotations

from ...linter.analysis.development import is_development_stage
from ...linter.base.records import NamedTuple
from ...linter.base.text import Span
from ...linter.edits.scripts import add_option, append_command, can_edit, command_behind
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.shell.packages import NODE_MANAGERS, RPM_MANAGERS
from .._sources import APT_IN_BUILDS
from ._building import is_base_image
from ._runs import call_span, call_text, is_mounted, is_set, options_hidden, removes
from .package_lists import update_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.packages import PackageCommand


_SAFE, _UNSAFE = Applicability.SAFE, Applicability.UNSAFE


class Leftover(NamedTuple):
    """The files that one call leaves, and what prevents that: an edit, or a command that cleans up.

    The command goes to the end of the RUN, or directly ``behind`` the call: a program that is called
    by its name may be gone at the end, or the folder in which it would run.
    """

    call: PackageCommand
    files: str
    advice: str
    edit: Edit | None = None
    cleanup: str = ""
    behind: bool = False


@rule(
    "DF204",
    "package-cache-left",
    Severity.WARNING,
    category="resources",
    words=("apt", "apk", "zypper", "pip", "npm", "yarn", "yum", "dnf"),
    strict_in=("production", "hardened"),
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
        "binnacle:apkAddUseNoCache",
        "binnacle:npmCacheCleanAfterInstall",
        "binnacle:pipUseNoCacheDir",
        "binnacle:ruleAptGetInstallThenRemoveAptLists",
        "binnacle:yumInstallRmVarCacheYum",
        "parfum:apkAddUseNoCache",
        "parfum:aptGetInstallThenRemoveAptLists",
        "parfum:npmCacheCleanAfterInstall",
        "parfum:pipUseNoCacheDir",
        "parfum:yarnCacheCleanAfterInstall",
        "parfum:yumInstallRmVarCacheYum",
    ),
    ignore_when=(
        "Where a script that is not in sight needs the lists, or the image is only used "
        "during the build."
    ),
    sources=(APT_IN_BUILDS, "https://docs.docker.com/build/cache/optimize/#use-cache-mounts"),
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
            bad="FROM python:3.13-slim\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt  # error: pip install\n",
            good="FROM python:3.13-slim\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\n",
        ),
    ),
    fix=(_SAFE, _UNSAFE),
)
def package_cache_left(stage: Stage) -> Iterator[Diagnostic]:
    """A package manager's lists or downloads stay in the layer: the image grows by unused files.

    Why: Each machine that pulls the image stores these files, and no program reads them.

    Deleting them in a later RUN does not help, since a layer cannot shrink those below it. Stages
    that are not part of the image that runs may keep theirs, and so may a RUN with a cache mount
    over the folder. npm and yarn only weigh the image down, so theirs is advice, and the cache of a
    single global package (`npm install -g pnpm`) is left to stricter presets. The fix adds
    `--no-cache` or `--no-cache-dir` where the manager has such an option, which changes nothing
    else, and otherwise a command that cleans up: behind the last call of the manager, which the rest
    of the RUN may delete (or the folder in which it runs); apt's lists at the end of the RUN, unless
    a later RUN installs from them. Stages for development, and files that are called a base
    (`Dockerfile.base`), are left to stricter presets.
    """
    if not stage.ships:
        return
    for run in stage.runs:
        if run.packages and run.script.complete:
            layer = _Layer(run)
            leftovers = [
                leftover
                for call in run.packages
                if (leftover_of := _LEFTOVERS.get(call.manager))
                and (leftover := leftover_of(layer, call))
            ]
            if leftovers:
                diagnostic = _report(run, leftovers)
                diagnostic.strict = (
                    diagnostic.strict or is_development_stage(stage) or is_base_image(stage)
                )
                yield diagnostic


class _Layer:
    """One RUN, and what in it cleans up."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.commands = run.script.commands
        self.places = {id(command): at for at, command in enumerate(self.commands)}
        self.last: dict[str, PackageCommand] = {}
        self.cleaning: dict[str, int] = {}
        self._removals: dict[tuple[str, ...], int] = {}
        for call in run.packages:
            family = _family(call)
            if call.action in _FILLS.get(family, ()):
                self.last[family] = call
            if _cleans(call):
                self.cleaning[family] = self.place(call)

    def place(self, call: PackageCommand) -> int:
        return self.places[id(call.command)]

    def is_last(self, call: PackageCommand) -> bool:
        """Whether a call fills a cache and no later call in the RUN fills it too.

        The last one is reported.
        """
        return self.last.get(_family(call)) is call

    def removed(self, call: PackageCommand, *folders: str) -> bool:
        """Whether a later command deletes one of these folders."""
        last = self._removals.get(folders)
        if last is None:
            places = (
                at
                for at, command in enumerate(self.commands)
                if removes(self.run, command, *folders)
            )
            last = self._removals[folders] = max(places, default=-1)
        return last > self.place(call)

    def kept_out(self, call: PackageCommand, *folders: str) -> bool:
        """Whether a mount covers one of these folders, or something later empties them."""
        return (
            any(is_mounted(self.run, folder) for folder in folders)
            or self.removed(call, *folders)
            or self.cleaning.get(_family(call), -1) > self.place(call)
        )


_FILLS: dict[str, tuple[str, ...]] = {
    "apt": ("update",),
    "rpm": ("install", "upgrade", "group-install", "module-install", "builddep"),
    "zypper": ("install", "update", "patch", "dist-upgrade", "source-install"),
    "npm": ("install", "ci", "add", "global-add"),
    "yarn": ("install", "ci", "add", "global-add"),
}
"""The actions that leave something behind, the same for each of them."""


def _family(call: PackageCommand) -> str:
    """The manager of a call, one name for all that share a cache."""
    return "rpm" if call.manager in RPM_MANAGERS else call.manager


def _cleans(call: PackageCommand) -> bool:
    """Whether a call empties the manager's cache."""
    family, action = _family(call), call.action
    if family == "rpm":
        return action == "clean" and any(
            word.value in ("all", "packages") for word in call.operands
        )
    return action == {"apt": "dist-clean", "zypper": "clean"}.get(family, "cache")


def _report(run: Run, leftovers: list[Leftover]) -> Diagnostic:
    first, *others = leftovers
    text = call_text(first.call)
    message = f"`{text}` leaves {first.files} in the layer"
    more = dict.fromkeys(other.files for other in others if other.files != first.files)
    if more:
        message += f", and so stay {' and '.join(more)}"
    light = all(leftover.call.manager in NODE_MANAGERS for leftover in leftovers)
    return Diagnostic(
        call_span(first.call),
        message,
        help="; ".join(dict.fromkeys(leftover.advice for leftover in leftovers)),
        severity=Severity.INFO if light else None,
        related=[
            Related(call_span(other.call), f"`{call_text(other.call)}` leaves {other.files}")
            for other in others
        ],
        evidence=text,
        fix=_fix(run, leftovers),
        strict=all(map(_is_small, leftovers)),
    )


def _is_small(leftover: Leftover) -> bool:
    """Whether a call leaves one tool's package only: `npm install -g pnpm`."""
    call = leftover.call
    is_global = call.action == "global-add" or call.options.has("-g", "--global")
    return call.manager in NODE_MANAGERS and is_global and len(call.operands) == 1


def _fix(run: Run, leftovers: list[Leftover]) -> Fix | None:
    """The fix of all leftovers of a RUN; None where one of them has to stay."""
    if not all(leftover.edit or leftover.cleanup for leftover in leftovers):
        return None
    edits = [leftover.edit for leftover in leftovers if leftover.edit]
    cleaning = [leftover for leftover in leftovers if leftover.cleanup]
    if cleaning:
        ends = _cleanups(run, cleaning)
        cleanup = " && ".join(dict.fromkeys(leftover.cleanup for leftover in cleaning))
        return Fix(f"Clean up with `{cleanup}`", (*edits, *ends), _UNSAFE) if ends else None
    added = " and ".join(dict.fromkeys(edit.replacement.strip() or "nothing" for edit in edits))
    installs = all(leftover.call.action == "install" for leftover in leftovers)
    title = f"Add {added}" if installs else "Let apk download its index without keeping it"
    return Fix(title, tuple(edits), _SAFE)


def _cleanups(run: Run, leftovers: list[Leftover]) -> list[Edit]:
    """The edits that add the commands which clean up; none where one of them has no place."""
    by_place: dict[int, list[tuple[Edit | None, str]]] = {}
    for leftover in leftovers:
        command = leftover.call.command
        edit = (
            command_behind(run, command, leftover.cleanup)
            if leftover.behind
            else append_command(run, leftover.cleanup)
        )
        if edit is None:
            return []
        by_place.setdefault(edit.span.start, []).append((edit, leftover.cleanup))
    edits: list[Edit] = []
    for at_one_place in by_place.values():
        edit = at_one_place[0][0]
        if len(at_one_place) > 1:
            edit = append_command(run, " && ".join(dict.fromkeys(text for _, text in at_one_place)))
        if edit is None:
            return []
        edits.append(edit)
    return edits


def _at_the_end(call: PackageCommand, files: str, command: str) -> Leftover:
    return Leftover(call, files, f"end the RUN with `&& {command}`", cleanup=command)


def _behind(call: PackageCommand, files: str, command: str) -> Leftover:
    advice = f"run `{command}` after it, in the same RUN"
    return Leftover(call, files, advice, cleanup=command, behind=True)


def _apt(layer: _Layer, call: PackageCommand) -> Leftover | None:
    lists = "/var/lib/apt/lists"
    if not layer.is_last(call) or layer.kept_out(call, lists):
        return None
    install = _later_install(layer.run)
    if install is None:
        if (alone := update_of(layer.run.stage, layer.run)) is not None and alone[0] is call:
            return None  # update-alone says what to do
        return _at_the_end(call, "the package lists", f"rm -rf {lists}/*")
    place = call_span(install)
    line = place.file.line_of(place.start)
    advice = (
        f"run `apt-get update` in each RUN that installs (line {line} needs these lists), "
        f"and end it with `&& rm -rf {lists}/*`"
    )
    return Leftover(call, "the package lists", advice)


_TAKE_LISTS = ("upgrade", "dist-upgrade", "build-dep", "download", "source")


def _later_install(run: Run) -> PackageCommand | None:
    """The call in a later RUN that takes the lists that this one leaves."""
    stage = run.stage
    runs = stage.runs
    open_ended = [(stage, runs[runs.index(run) + 1 :])]
    while open_ended:
        stage, runs = open_ended.pop()
        calls = (call for later in runs for call in later.packages if call.manager == "apt")
        for call in calls:
            if call.action == "update":
                break
            if call.action in _TAKE_LISTS or (call.action == "install" and call.operands):
                return call
        else:
            open_ended += [
                (other, other.runs)
                for other in stage.dockerfile.all_stages[stage.syntax.index + 1 :]
                if other.syntax.base_stage is stage.syntax
            ]
    return None


def _apk(layer: _Layer, call: PackageCommand) -> Leftover | None:
    if call.action not in ("install", "update", "upgrade") or options_hidden(call):
        return None
    if call.options.has("--no-cache", "--cache-dir", "--no-network", "--help"):
        return None
    run, folder = layer.run, "/var/cache/apk"
    if is_mounted(run, folder) or is_mounted(run, "/etc/apk/cache") or layer.removed(call, folder):
        return None
    delete = call.action == "update"
    edit = _delete_update(layer, call) if delete else add_option(run, call, "--no-cache")
    upgrades = call.action == "upgrade" or (
        delete
        and not any(other.manager == "apk" and other.action == "install" for other in run.packages)
        and any(other.manager == "apk" and other.action == "upgrade" for other in run.packages)
    )
    advice = f"use `apk {'upgrade' if upgrades else 'add'} --no-cache`"
    if delete or not upgrades:
        advice += ", which needs no `apk update`"
    return Leftover(call, "its index", advice, edit)


def _delete_update(layer: _Layer, call: PackageCommand) -> Edit | None:
    """Delete `apk update &&` in front of another command; `--no-cache` fetches the index."""
    run, command = layer.run, call.command
    at = layer.place(call) + 1
    if at >= len(layer.commands) or command.after != "&&" or not can_edit(run, command):
        return None
    following = layer.commands[at]
    if following.before != "&&" or following.nesting or following.conditional:
        return None
    if command.before not in ("", "&&") or command.conditional or command.in_subshell:
        return None
    if not any(
        other.manager == "apk" and other.action in ("install", "upgrade") for other in run.packages
    ):
        return None
    start, end = run.script.offset(command.at), run.script.offset(following.at)
    if any(start <= item.start < end for item in run.instruction.inner_comments):
        return None
    return Edit(Span(run.script.file, start, end), "")


def _rpm(layer: _Layer, call: PackageCommand) -> Leftover | None:
    folders = ("/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5")
    if not layer.is_last(call) or call.options.has("--downloadonly"):
        return None
    if layer.kept_out(call, *folders):
        return None
    return _behind(call, "packages and metadata", f"{call.program} clean all")


def _zypper(layer: _Layer, call: PackageCommand) -> Leftover | None:
    if not layer.is_last(call) or layer.kept_out(call, "/var/cache/zypp"):
        return None
    return _behind(call, "packages and metadata", "zypper clean --all")


def _pip(layer: _Layer, call: PackageCommand) -> Leftover | None:
    run, options = layer.run, call.options
    if call.action != "install" or call.program == "uv":
        return None
    if options.has("--no-cache-dir", "--help", "--dry-run", "--no-cache"):
        return None
    if is_set(run, "PIP_NO_CACHE_DIR", call.command) or run.variable("PIP_CONFIG_FILE"):
        return None
    folder = options.get("--cache-dir") or "~/.cache/pip"
    variable = run.variable("PIP_CACHE_DIR")
    if variable is not None:
        folder = variable.value or "$"
    if "$" in folder or layer.kept_out(call, folder):
        return None
    edit = add_option(run, call, "--no-cache-dir")
    return Leftover(call, "pip's cache", "use `pip install --no-cache-dir`", edit)


_NODE_CACHES = {
    "npm": (("~/.npm",), ("npm_config_cache", "NPM_CONFIG_CACHE"), "npm cache clean --force"),
    "yarn": (
        ("/usr/local/share/.cache/yarn", "~/.yarn", "~/.cache/yarn"),
        ("YARN_CACHE_FOLDER", "YARN_GLOBAL_FOLDER", "YARN_ENABLE_GLOBAL_CACHE"),
        "yarn cache clean",
    ),
}


_IN_MEMORY = ("/dev/", "/run/", "/proc/")


def _node(layer: _Layer, call: PackageCommand) -> Leftover | None:
    manager, options, run = call.manager, call.options, layer.run
    if not layer.is_last(call) or options.has("--help", "--version"):
        return None
    if options.has("--immutable", "--immutable-cache", "--check-cache"):
        # Yarn 2 and later keep their cache with the project, where it may be meant to ship.
        return None
    folders, variables, cleanup = _NODE_CACHES[manager]
    named = options.get("--cache", "--cache-folder")
    if named is not None:
        if "$" in named or not named.startswith("/") or named.startswith(_IN_MEMORY):
            return None
        folders, variables, cleanup = (named,), (), f"rm -rf {named}"
    if any(run.variable(name) for name in variables) or layer.kept_out(call, *folders):
        return None
    return _behind(call, f"{manager}'s cache", cleanup)


_LEFTOVERS: dict[str, Callable[[_Layer, PackageCommand], Leftover | None]] = {
    "apt": _apt,
    "apk": _apk,
    "zypper": _zypper,
    "pip": _pip,
    "npm": _node,
    "yarn": _node,
    **dict.fromkeys(RPM_MANAGERS, _rpm),
}
"""What a call leaves, by manager."""

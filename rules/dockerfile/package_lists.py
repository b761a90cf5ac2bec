"""Package lists: fetched in a RUN of their own, read from an earlier one, never fetched."""

from __future__ import annotations

from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from .._sources import APT_IN_BUILDS
from ._pulled import is_left_out
from ._runs import (
    call_span,
    call_text,
    chain_of,
    is_mounted,
    later,
    packages_of,
    removes,
)
from ._surely import fails_build, surely_runs
from .packages import IN_BUILDPACK_DEPS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.base.text import Span
    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.packages import PackageCommand
    from ...linter.source.shell.syntax import SimpleCommand


# Commands that install nothing: beside these alone a fresh list of packages is of no use.
_HARMLESS = frozenset((
    "", "[", "add-apt-repository", "apt-add-repository", "apt-get", "apt-key", "apt", "apk", "cat",
    "chmod", "cp", "curl", "dpkg", "echo", "export", "gpg", "install", "ls", "mkdir", "mv",
    "printf", "rm", "sed", "set", "tee", "test", "touch", "true", "wget", "zypper",
))  # fmt: skip
_FETCH = {"apt": ("update", "refresh"), "apk": ("update", "refresh"), "zypper": ("refresh",)}
"""The actions that fetch the lists of packages."""

_USES = ("install", "upgrade", "dist-upgrade", "build-dep", "download", "source", "fix")


@rule(
    "DF206",
    "update-alone",
    Severity.WARNING,
    category="build",
    words=("apt", "apk", "zypper", "yum", "dnf"),
    strict_in=("production", "hardened"),
    equivalents=(
        "trivy:DS-0017",
        "checkov:CKV_DOCKER_5",
        "binnacle:ruleAptGetUpdatePrecedesInstall",
        "parfum:aptGetUpdatePrecedesInstall",
    ),
    sources=(APT_IN_BUILDS,),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN apt-get update  # error: apt-get update\nRUN apt-get install -y --no-install-recommends tini\n",
            good="FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*\n",
        ),
    ),
)
def update_alone(stage: Stage) -> Iterator[Diagnostic]:
    """The package lists are downloaded in a separate RUN, so the build cache keeps outdated lists.

    When a later RUN installs one package more, the cached lists are used: they name versions that
    the mirrors have dropped in the meantime, and the build fails, or old packages are installed.
    Fetch the lists in the RUN that installs. A RUN that also calls a script is left alone, since
    that may install, and so is one whose lists nothing reads: `apk add --no-cache` fetches its own.
    Stricter presets also report a RUN that installs from the lists of an earlier RUN which installs
    something itself.
    """
    for run in stage.runs:
        alone = update_of(stage, run)
        if alone is None:
            continue
        call, install = alone
        yield Diagnostic(
            call_span(call),
            f"`{call_text(call)}` is in a RUN that installs nothing: the build cache keeps its outdated lists",
            help="download the lists in the RUN that installs",
            related=[Related(call_span(install), "installed here")] if install else (),
            evidence=call_text(call),
        )

    yield from _from_earlier_lists(stage)


def _from_earlier_lists(stage: Stage) -> Iterator[Diagnostic]:
    """The finding on apt calls that install from the lists of an earlier RUN that installs, too."""
    found: list[tuple[Span, PackageCommand]] = []
    source: Span | None = None
    lists = "/var/lib/apt/lists"
    parts = reversed(list(chain_of(stage)))
    for run in (run for part in parts for run in part.runs):
        if not run.script.complete or is_mounted(run, lists):
            continue
        calls = {id(call.command): call for call in run.packages if call.manager == "apt"}
        fetched: Span | None = None
        is_open = source is not None
        for command in run.script.commands:
            call = calls.get(id(command))
            if call is None:
                if command.in_pipeline and any(_FETCHING in word.value for word in command.args):
                    source, fetched, is_open = None, command.span, False
                elif command.name not in _HARMLESS or command.name in _MAY_FETCH:
                    is_open = False
                if removes(run, command, lists):
                    source, fetched, is_open = None, None, False
            elif call.action in _FETCH["apt"]:
                source, fetched, is_open = None, call_span(call), False
            elif call.action == "dist-clean":
                source, fetched, is_open = None, None, False
            elif call.action == "install" and call.operands and is_open and source is not None:
                if run.stage is stage:
                    found.append((source, call))
                is_open = False
        if fetched is not None and update_of(run.stage, run) is None:
            source = fetched
    if not found:
        return
    place, first = found[0]
    line = place.file.line_of(place.start)
    yield Diagnostic(
        call_span(first),
        f"`{call_text(first)}` reads the package lists of an earlier RUN (line {line}), "
        "which the build cache keeps when they are outdated",
        help="download the lists in the RUN that installs",
        severity=Severity.INFO,
        related=[
            Related(place, "downloaded here"),
            *(Related(call_span(call), "and here") for _, call in found[1:]),
        ],
        evidence=call_text(first),
        strict=True,
    )


_FETCHING = "deb.nodesource.com/setup"
"""A script that fetches the lists itself."""
_MAY_FETCH = ("add-apt-repository", "apt-add-repository")
"""Programs that fetch the lists themselves on newer releases of Ubuntu."""


def update_of(stage: Stage, run: Run) -> tuple[PackageCommand, PackageCommand | None] | None:
    """The call that fetches lists in a RUN that installs nothing, and the later one that uses them.

    None if there is no such call.
    """
    fetches = (call for call in run.packages if call.action in _FETCH.get(call.manager, ()))
    call = next(fetches, None)
    if call is None or not run.script.complete:
        return None
    uses = [pair for pair in packages_of(stage, call.manager) if pair[1].action in _USES]
    if any(other is run for other, _ in uses) or any(
        command.name not in _HARMLESS or (not command.name and command.words)
        for command in later(run, call.command)
    ):
        return None
    start = run.instruction.start
    after = [use for other, use in uses if other.instruction.start > start]
    if after and all(use.manager == "apk" and use.options.has("--no-cache") for use in after):
        return None  # these fetch the index themselves
    return call, after[0] if after else None


@rule(
    "DF149",
    "install-without-lists",
    Severity.ERROR,
    category="build",
    words=("apt",),
    strict_in=("production", "hardened"),
    since="0.2",
    equivalents=(
        "binnacle:ruleAptGetUpdatePrecedesInstall",
        "parfum:aptGetUpdatePrecedesInstall",
    ),
    sources=(APT_IN_BUILDS,),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN apt-get install -y --no-install-recommends curl  # error: apt-get install\nUSER nobody\n",
            good="FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\nUSER nobody\n",
        ),
    ),
)
def install_without_lists(stage: Stage) -> Iterator[Diagnostic]:
    """apt-get installs before anything has downloaded the package lists: it finds no package, and fails.

    The images of Debian and Ubuntu come without lists, so that each build fetches its own. Only
    the first call of a stage that starts from one of them is reported, for packages that these
    images surely do not contain, and only where nothing before it may have brought lists: a
    script, another source of packages, a mount. Other images may contain lists, which are then
    as old as the image: stricter presets report that as advice, for images that are not known
    and for those that are built on Debian or Ubuntu.
    """
    found = _first_install(stage)
    if found is None or is_left_out(stage):
        return
    run, call = found
    command = call.command
    names = [word.literal or "" for word in call.operands]
    base, facts = stage.syntax.root.base_name, stage.facts
    is_missing = any(map(_is_never_there, names)) or facts is None
    if not is_missing or not surely_runs(run, command):
        return
    if facts is None or facts.name not in ("debian", "ubuntu"):
        is_there = facts is not None and not _lacks(facts.os, names)
        if (
            base
            and base != "scratch"
            and "$" not in base
            and not is_there
            and not _may_fetch(run, command)
        ):
            yield _from_other(call, base)
        return
    from ...linter.analysis.base_image import bases_of
    from ...linter.images.distributions import distribution_of

    bases = bases_of(stage)
    if bases is None or any(facts.name not in ("debian", "ubuntu") for facts in bases.facts):
        return
    if _may_fetch(run, command):
        return
    releases = [distribution_of(facts, bases.pinned) for facts in bases.facts]
    if any(one is None or one.oldest is None or one.oldest < _OLDEST[one.name] for one in releases):
        return
    certain = (
        bases.certain
        and fails_build(run, command)
        and all(
            one.name == "debian" or one.oldest == (14, 4) or one.oldest >= (16, 4)
            for one in releases
            if one and one.oldest
        )
    )
    yield Diagnostic(
        call_span(call),
        f"`{call_text(call)}` finds no packages: {bases.names[0]} has no package lists, "
        "and nothing has downloaded them",
        help="run `apt-get update` before it, in the same RUN",
        severity=None if certain else Severity.WARNING,
        evidence=call_text(call),
    )


def _lacks(system: str | None, names: list[str]) -> bool:
    """Whether an official image on a system surely lacks one of these packages."""
    if system == "buildpack-deps":
        return any(_is_never_there(name) and name not in IN_BUILDPACK_DEPS for name in names)
    return system in ("debian", "ubuntu", "buildpack-deps-curl")


def _from_other(call: PackageCommand, base: str) -> Diagnostic:
    return Diagnostic(
        call_span(call),
        f"nothing here downloads the package lists that `{call_text(call)}` reads: if {base} contains "
        "some, they are as old as the image",
        help="run `apt-get update` before it, in the same RUN",
        severity=Severity.INFO,
        evidence=call_text(call),
        strict=True,
    )


def _may_fetch(run: Run, command: SimpleCommand) -> bool:
    """Whether something before a command may bring package lists."""
    from ._other_sources import changes_sources

    targets = [copy.target for part in chain_of(run.stage) for copy in part.copies]
    return changes_sources(run, command) or any(map(_may_hold_lists, targets))


def _may_hold_lists(target: str | None) -> bool:
    """Whether what is copied to a place may be package lists."""
    return target is None or target.rstrip("/") in ("/var", "/var/lib") or "/apt" in target


_OLDEST = {"debian": (8,), "ubuntu": (12, 4)}
"""The releases from which on the images come without lists; old builds of some may have them."""


def _first_install(stage: Stage) -> tuple[Run, PackageCommand] | None:
    """The first call of apt that needs lists, if nothing before it seems to fetch them."""
    parts = list(chain_of(stage))
    if any("update" in run.script.text for part in parts[1:] for run in part.runs):
        return None
    for run, call in packages_of(stage, "apt"):
        if call.action == "install" and call.operands:
            at = run.instruction.start
            texts = [other.script.text for other in stage.runs if other.instruction.start < at]
            outer = call.command
            while outer.parent is not None:
                outer = outer.parent
            texts.append(run.script.text[: outer.at])
            if call.command.nesting:
                texts.append(run.script.text)
            return None if any("update" in text for text in texts) else (run, call)
        if call.action not in _FETCH_NOTHING:
            return None
    return None


_FETCH_NOTHING = ("remove", "autoremove", "clean", "upgrade", "dist-upgrade")

_NEVER_THERE = frozenset((
    "apache2", "build-essential", "cmake", "curl", "default-jdk", "default-jre", "g++", "gcc", "git",
    "imagemagick", "jq", "libapache2-mod-php", "make", "maven", "memcached", "nano", "nginx", "nodejs",
    "npm", "openssh-client", "openssh-server", "php", "postgresql", "python-pip", "python3-pip",
    "redis-server", "software-properties-common", "subversion", "supervisor", "unzip", "vim", "wget",
    "zip",
))  # fmt: skip
"""Packages that no image of Debian or Ubuntu contains."""
_NEVER_STARTS = ("mysql-", "openjdk-", "php5-", "php7.", "php8.", "postgresql-")


def _is_never_there(name: str) -> bool:
    name = name.partition("=")[0]
    return name in _NEVER_THERE or name.startswith(_NEVER_STARTS) or name.endswith("-dev")

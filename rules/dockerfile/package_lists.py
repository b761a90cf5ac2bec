"""Package lists that are not there: installs before any update."""

from __future__ import annotations

from ...linter.rule import Diagnostic, Example, Severity, rule
from .._sources import APT_IN_BUILDS
from ._pulled import is_left_out
from ._runs import call_span, call_text, chain_of, packages_of
from ._surely import fails_build, surely_runs
from .packages import IN_BUILDPACK_DEPS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.packages import PackageCommand
    from ...linter.source.shell.syntax import SimpleCommand


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
    """apt-get installs before anything has fetched the package lists: it finds no package, and fails.

    The images of Debian and Ubuntu come without lists, so that each build fetches its own. Only the
    first call of a stage that starts from one of them is reported, for packages that these images
    surely do not contain, and only where nothing before it may have brought lists: a script, another
    source of packages, a mount. For images that are not known, stricter presets say that lists which the
    image may contain are as old as the image; that of other images on Debian and Ubuntu, too.
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
    releases = [distribution_of(facts) for facts in bases.facts]
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
        f"`{call_text(call)}` finds no packages: {bases.names[0]} comes without package lists, "
        "and nothing has fetched them",
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
        f"nothing here fetches the package lists that `{call_text(call)}` reads: if {base} contains "
        "some, they are as old as the image",
        help="run `apt-get update` before it, in the same RUN",
        severity=Severity.INFO,
        evidence=call_text(call),
        strict=True,
    )


def _may_fetch(run: Run, command: SimpleCommand) -> bool:
    """Whether something before a command may bring package lists."""
    from .gone import changes_sources

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

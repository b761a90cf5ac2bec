"""How system packages are installed: questions, recommendations, stale lists, upgrades."""

from __future__ import annotations

from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.packages import RPM_MANAGERS
from ._runs import (
    add_option,
    call_span,
    call_text,
    chain_of,
    effective,
    later,
    options_hidden,
    packages_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import Run, Stage
    from ...linter.source.packages import PackageCommand
    from ...linter.source.shell import ShellWord

BEST_PRACTICES = "https://docs.docker.com/build/building/best-practices/#apt-get"
APT_GET = "https://manpages.debian.org/stable/apt/apt-get.8.en.html"


_FIX = ("-f", "--fix-broken")
SIMULATES = ("-s", "--simulate", "--dry-run", "--just-print", "--print-uris", "--no-act")


def configured(stage: Stage, setting: str) -> bool:
    """Whether the stage, or one that it starts from, writes a setting into a file of apt's."""
    lower = setting.lower()
    for part in chain_of(stage):
        for instruction in effective(part):
            if instruction.name in ("RUN", "COPY", "ADD"):
                texts = [instruction.text, *(item.body for item in instruction.heredocs)]
                if any(_is_written(text.lower(), lower) for text in texts):
                    return True
    return False


def _is_written(text: str, setting: str) -> bool:
    """``APT::Install-Recommends "0";`` is how apt's files say it; ``=`` is for options."""
    at = text.find(setting)
    while at >= 0:
        at += len(setting)
        if text[at : at + 4].lstrip(" \\").startswith(('"', "'")):
            return True
        at = text.find(setting, at)
    return False


@rule(
    "DF205",
    "recommends-installed",
    Severity.INFO,
    category="resources",
    equivalents=("hadolint:DL3015", "trivy:DS-0029"),
    sources=(APT_GET,),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y tini && rm -rf /var/lib/apt/lists/*  # error: apt-get install\n",
            good="FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def recommends_installed(stage: Stage) -> Iterator[Diagnostic]:
    """`apt-get install` also installs what packages recommend, which images rarely need.

    It makes the image larger and gives attackers more to work with. Where the recommended package
    turns out to be needed (`ca-certificates` for `curl` is the usual one), name it: then the
    Dockerfile says so. Stages that are no part of the image that runs are left alone, and so is a
    stage that sets `APT::Install-Recommends` or asks for recommendations.
    """
    if not stage.ships:
        return
    for run in stage.runs:
        found = [
            call
            for call in run.packages
            if call.manager == "apt"
            and call.action == "install"
            and (call.operands or call.options.has(*_FIX))
            and not call.options.has(*SIMULATES)
            and not _recommends_set(call)
            and not options_hidden(call)
        ]
        if found and not configured(stage, "APT::Install-Recommends"):
            edits = [
                edit
                for call in found
                if (edit := add_option(run, call, "--no-install-recommends", _behind_yes(call)))
            ]
            yield Diagnostic(
                call_span(found[0]),
                f"`{call_text(found[0])}` also installs the packages that are only recommended",
                help="add --no-install-recommends, and name what is needed of them",
                related=[Related(call_span(call), "and here") for call in found[1:]],
                evidence=call_text(found[0]),
                fix=Fix("Add --no-install-recommends", tuple(edits), Applicability.UNSAFE)
                if len(edits) == len(found)
                else None,
            )


def _behind_yes(call: PackageCommand) -> ShellWord | None:
    """The verb, or the ``-y`` right behind it."""
    if call.verb is None:
        return None
    args = list(call.command.args)
    at = args.index(call.verb) + 1
    if at < len(args) and args[at].value in ("-y", "--yes", "-yq", "-qy", "-yqq", "-qqy", "-qq"):
        return args[at]
    return call.verb


def _recommends_set(call: PackageCommand) -> bool:
    options = call.options
    if options.has("--no-install-recommends", "--install-recommends", "--without-recommends"):
        return True
    if call.program == "aptitude" and options.has("-R"):
        return True
    return any(
        option.name in ("-o", "--option")
        and (option.value or "").lower().replace(" ", "").startswith("apt::install-recommends=")
        for option in options.options
    )


# Commands that install nothing: beside these alone a fresh list of packages is of no use.
_HARMLESS = frozenset((
    "", "[", "add-apt-repository", "apt-add-repository", "apt-get", "apt-key", "apt", "apk", "cat",
    "chmod", "cp", "curl", "dpkg", "echo", "export", "gpg", "install", "ls", "mkdir", "mv",
    "printf", "rm", "sed", "set", "tee", "test", "touch", "true", "wget", "zypper",
))  # fmt: skip
_USES = frozenset(("install", "upgrade", "dist-upgrade", "build-dep", "download", "source", "fix"))


@rule(
    "DF206",
    "update-alone",
    Severity.WARNING,
    category="build",
    equivalents=("trivy:DS-0017", "checkov:CKV_DOCKER_5"),
    sources=(BEST_PRACTICES,),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN apt-get update  # error: apt-get update\nRUN apt-get install -y --no-install-recommends tini\n",
            good="FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*\n",
        ),
    ),
)
def update_alone(stage: Stage) -> Iterator[Diagnostic]:
    """The package lists are fetched in a RUN of their own, whose layer stays in the build cache.

    When a later RUN installs one package more, the cached lists are used: they name versions that
    the mirrors have dropped in the meantime, and the build fails, or old packages are installed.
    Fetch the lists in the RUN that installs. A RUN that also calls a script is left alone, since
    that may install.
    """
    for run in stage.runs:
        for call in run.packages:
            if call.manager not in ("apt", "apk", "zypper"):
                continue
            if call.action not in ("update", "refresh") or not run.script.complete:
                continue
            if call.manager == "zypper" and call.action == "update":
                continue
            rest = later(run, call.command)
            if any(
                other.action in _USES and other.manager == call.manager for other in run.packages
            ):
                break
            if any(command.name not in _HARMLESS for command in rest) or any(
                not command.name and command.words for command in rest
            ):
                break
            following = next(
                (
                    other
                    for later_run, other in packages_of(stage, call.manager)
                    if later_run.instruction.start > run.instruction.start and other.action in _USES
                ),
                None,
            )
            yield Diagnostic(
                call_span(call),
                f"`{call_text(call)}` stands in a RUN that installs nothing; the build cache keeps its outdated lists",
                help="fetch the lists in the RUN that installs",
                related=[Related(call_span(following), "installed here")] if following else (),
                evidence=call_text(call),
            )
            break


@rule(
    "DF313",
    "dist-upgrade",
    Severity.WARNING,
    category="maintenance",
    equivalents=("hadolint:DL3035", "trivy:DS-0024"),
    sources=("https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN apt-get update && apt-get -y dist-upgrade && rm -rf /var/lib/apt/lists/*  # error: apt-get -y dist-upgrade\n",
            good="FROM debian:trixie-slim\nRUN apt-get update && apt-get -y upgrade && rm -rf /var/lib/apt/lists/*\n",
        ),
    ),
)
def dist_upgrade(stage: Stage) -> Iterator[Diagnostic]:
    """A build moves the whole distribution to newer packages, and so away from its base image.

    `dist-upgrade`, `full-upgrade`, `dup` and `distro-sync` may remove packages and change to
    another release; the same Dockerfile then gives another system each week. Take a newer base
    image instead. A plain `upgrade`, which brings security fixes within the release, is left alone.
    """
    for run in stage.runs:
        for call in run.packages:
            if call.action in ("dist-upgrade", "distro-sync"):
                yield Diagnostic(
                    call_span(call),
                    f"`{call_text(call)}` takes the distribution away from what the base image holds",
                    help="take a newer base image",
                    evidence=call_text(call),
                )


_ASKING_APT = frozenset(("install", "remove", "autoremove", "upgrade", "dist-upgrade", "build-dep"))
_ASKING_RPM = frozenset((
    "install", "remove", "upgrade", "distro-sync", "builddep", "swap", "group-install",
    "module-install", "module-enable",
))  # fmt: skip
_ASKING_ZYPPER = frozenset(
    ("install", "remove", "update", "patch", "dist-upgrade", "source-install")
)


@rule(
    "DF415",
    "install-asks",
    Severity.WARNING,
    category="build",
    equivalents=(
        "hadolint:DL3014",
        "hadolint:DL3030",
        "hadolint:DL3034",
        "hadolint:DL3038",
        "trivy:DS-0021",
    ),
    sources=(APT_GET,),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN apt-get update && apt-get install --no-install-recommends tini && rm -rf /var/lib/apt/lists/*  # error: apt-get install\n",
            good="FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*\n",
        ),
        Example(
            bad="FROM opensuse/leap:15.6\nRUN zypper install tini && zypper clean --all  # error: zypper install\n",
            good="FROM opensuse/leap:15.6\nRUN zypper -n install tini && zypper clean --all\n",
        ),
    ),
    fix=Applicability.SAFE,
)
def install_asks(stage: Stage) -> Iterator[Diagnostic]:
    """A package manager asks whether to go on, and nobody is there to answer: the build fails.

    apt, yum, dnf and zypper want `-y` (zypper `-n`) wherever they might ask. Answers from
    `yes |`, `-qq`, `APT::Get::Assume-Yes` and `assumeyes` count too.
    """
    for run in stage.runs:
        found = [call for call in run.packages if _asks(call) and not _answered(call)]
        if found and found[0].manager == "apt" and configured(stage, "Assume-Yes"):
            continue
        if not found:
            continue
        edits = [edit for call in found if (edit := _answer(run, call))]
        first = found[0]
        flag = "-n" if first.manager == "zypper" else "-y"
        yield Diagnostic(
            call_span(first),
            f"`{call_text(first)}` asks before it goes on, and a build cannot answer",
            help=f"add {flag}",
            related=[Related(call_span(call), "and here") for call in found[1:]],
            evidence=call_text(first),
            fix=Fix(f"Add {flag}", tuple(edits), Applicability.SAFE)
            if len(edits) == len(found)
            else None,
        )


def _asks(call: PackageCommand) -> bool:
    if call.options.has("--help", "-h") or options_hidden(call):
        return False
    if call.manager == "apt":
        if call.action not in _ASKING_APT or call.options.has(*SIMULATES):
            return False
    elif call.manager in RPM_MANAGERS:
        if call.action not in _ASKING_RPM or call.program == "tdnf":
            return False
    elif call.manager != "zypper" or call.action not in _ASKING_ZYPPER:
        return False
    if call.options.has(*_FIX):
        return True
    return bool(call.operands) or call.action not in ("install", "remove")


def _answered(call: PackageCommand) -> bool:
    options, manager = call.options, call.manager
    pipeline = call.command.pipeline
    if call.command.in_pipeline and pipeline and pipeline[0].name in ("yes", "echo", "printf"):
        return True
    if any(item.operator in ("<", "<<<", "<<") for item in call.command.redirections):
        return True
    if manager == "zypper":
        return options.has("-n", "--non-interactive", "-y", "--no-confirm")
    if options.has("-y", "--yes", "--assume-yes", "--assumeyes", "--force-yes", "--assumeno"):
        return True
    if manager == "apt":
        quiet = options.count("-q", "--quiet")
        value = options.get("-q", "--quiet") or ""
        if quiet > 1 or (value.lstrip("=").isdigit() and int(value.lstrip("=")) > 1):
            return True
        return any(
            option.name in ("-o", "--option") and "assume-yes" in (option.value or "").lower()
            for option in options.options
        )
    return any(
        option.name == "--setopt" and "assumeyes" in (option.value or "")
        for option in options.options
    )


def _answer(run: Run, call: PackageCommand) -> Edit | None:
    if call.manager == "zypper":
        return add_option(run, call, "-n", call.command.word)
    return add_option(run, call, "-y")

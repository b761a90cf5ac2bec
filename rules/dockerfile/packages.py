"""How system packages are installed: questions, recommendations, stale lists, upgrades."""

from __future__ import annotations

from functools import lru_cache

from ...linter.analysis.development import is_development_stage
from ...linter.base.units import whole_number
from ...linter.edits.scripts import add_option, insert_after
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.shell.packages import RPM_MANAGERS
from ._building import is_base_image
from ._runs import (
    call_span,
    call_text,
    chain_of,
    effective,
    options_hidden,
    packages_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.packages import PackageCommand
    from ...linter.source.shell.tokens import ShellWord

APT_GET = "https://manpages.debian.org/stable/apt/apt-get.8.en.html"

_FIX = ("-f", "--fix-broken")
SIMULATES = ("-s", "--simulate", "--dry-run", "--just-print", "--print-uris", "--no-act")


@lru_cache(maxsize=16)
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
    words=("apt",),
    strict_in=("production", "hardened"),
    equivalents=(
        "hadolint:DL3015",
        "trivy:DS-0029",
        "binnacle:ruleAptGetInstallUseNoRec",
        "parfum:aptGetInstallUseNoRec",
    ),
    ignore_when="Where the recommended packages are needed.",
    sources=(APT_GET,),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y ca-certificates git && rm -rf /var/lib/apt/lists/*  # error: apt-get install\n",
            good="FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git && rm -rf /var/lib/apt/lists/*\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def recommends_installed(stage: Stage) -> Iterator[Diagnostic]:
    """`apt-get install` also installs what packages recommend, which images rarely need.

    It makes the image larger and gives attackers more to work with. Where the recommended package
    turns out to be needed (`ca-certificates` for `curl` is the usual one, and the fix names it), name
    it: then the Dockerfile says so. Stages that are not part of the image that runs are left alone, and so is a
    stage that sets `APT::Install-Recommends` or asks for recommendations. Packages that recommend
    nothing, such as `ca-certificates`, or that the image has already are not a reason; stages for
    development, and files that are called a base, are left to stricter presets.
    """
    if not stage.ships:
        return
    for run in stage.runs:
        calls = [
            call
            for call in run.packages
            if call.manager == "apt"
            and call.action == "install"
            and (call.operands or call.options.has(*_FIX))
            and not call.options.has(*SIMULATES)
            and not _recommends_set(call)
            and not options_hidden(call)
            and not _recommends_nothing(stage, call)
        ]
        if calls and not configured(stage, "APT::Install-Recommends"):
            option = "--no-install-recommends"
            edits = [add_option(run, call, option, _verb_or_yes(call)) for call in calls]
            edits += _certificates(stage, calls)
            text = call_text(calls[0])
            yield Diagnostic(
                call_span(calls[0]),
                f"`{text}` installs recommended packages too",
                help=f"add `{option}`, and name those that are needed",
                related=[Related(call_span(call), "and here") for call in calls[1:]],
                evidence=text,
                fix=_fix(f"Add {option}", edits, Applicability.UNSAFE),
                strict=is_development_stage(stage) or is_base_image(stage),
            )


_WITHOUT_RECOMMENDS = frozenset((
    "acl", "apt-transport-https", "bash-completion", "bc", "brotli", "busybox", "bzip2",
    "ca-certificates", "dos2unix", "dumb-init", "file", "fontconfig", "gettext-base", "gosu",
    "inotify-tools", "jq", "less", "libaio1", "libffi-dev", "libgl1", "libgomp1", "libmagic1",
    "libonig-dev", "libsm6", "libssl-dev", "libstdc++6", "libxext6", "libxrender1", "libyaml-dev",
    "locales", "lsb-release", "make", "net-tools", "netbase", "netcat-openbsd",
    "netcat-traditional", "openssl", "patch", "pkg-config", "psmisc", "pv", "redis-tools", "rsync",
    "sqlite3", "sudo", "time", "tini", "tree", "tzdata", "unzip", "uuid-runtime", "xz-utils",
    "zstd",
))  # fmt: skip
"""Packages that recommend nothing, nor does anything that they depend on.

From the package lists of Debian 12 (bookworm), main, amd64, taken 2026-11-30: the fields Recommends
of each package and of all that it depends on, without what each Debian image contains."""


IN_BUILDPACK_DEPS = frozenset((
    "autoconf", "automake", "build-essential", "curl", "default-libmysqlclient-dev", "dpkg-dev",
    "file", "g++", "gcc", "git", "gnupg", "imagemagick", "libbz2-dev", "libc6-dev", "libcurl4-openssl-dev",
    "libdb-dev", "libevent-dev", "libffi-dev", "libgdbm-dev", "libglib2.0-dev", "libgmp-dev",
    "libjpeg-dev", "libkrb5-dev", "liblzma-dev", "libmagickcore-dev", "libmagickwand-dev",
    "libncurses5-dev", "libncursesw5-dev", "libpng-dev", "libpq-dev", "libreadline-dev",
    "libsqlite3-dev", "libssl-dev", "libtool", "libwebp-dev", "libxml2-dev", "libxslt-dev",
    "libyaml-dev", "make", "mercurial", "openssh-client", "patch", "procps", "subversion", "unzip",
    "wget", "xz-utils", "zlib1g-dev",
))  # fmt: skip
"""Packages that the images buildpack-deps contain, and what is based on them (`python:3.12`).

``build-essential`` is not, but all that it depends on is."""


def _recommends_nothing(stage: Stage, call: PackageCommand) -> bool:
    """Whether all packages of a call are known to recommend nothing, or to be there already."""
    system = stage.facts.os if stage.facts is not None else None
    present = IN_BUILDPACK_DEPS if system == "buildpack-deps" else frozenset()
    return bool(call.operands) and all(
        (name := (word.literal or "").partition("=")[0]) in _WITHOUT_RECOMMENDS or name in present
        for word in call.operands
    )


_WITH_CERTIFICATES = frozenset(("curl", "docker.io", "git", "nodejs", "wget"))
"""Packages that bring ``ca-certificates`` only as a recommendation: without it they refuse HTTPS."""


@lru_cache(maxsize=16)
def _apt_packages(stage: Stage) -> frozenset[str]:
    """The packages that a stage, and those that it starts from, install with apt."""
    return frozenset(
        (word.literal or "").partition("=")[0]
        for part in chain_of(stage)
        for _, call in packages_of(part, "apt")
        for word in call.operands
    )


def _certificates(stage: Stage, calls: list[PackageCommand]) -> list[Edit | None]:
    """The edit that names ``ca-certificates`` where only a recommendation brought it."""
    names = _apt_packages(stage)
    system = stage.facts.os if stage.facts is not None else None
    if "ca-certificates" in names or system == "buildpack-deps":
        return []
    for call in calls:
        for word in call.operands:
            if (word.literal or "").partition("=")[0] in _WITH_CERTIFICATES:
                return [insert_after(word, " ca-certificates")]
    return []


def _fix(title: str, edits: list[Edit | None], applicability: Applicability) -> Fix | None:
    """A fix with all of these edits; None where one of them is not possible."""
    possible = tuple(edit for edit in edits if edit)
    return Fix(title, possible, applicability) if len(possible) == len(edits) else None


def _verb_or_yes(call: PackageCommand) -> ShellWord | None:
    """The verb, or the ``-y`` right behind it."""
    if call.verb is None:
        return None
    args = list(call.command.args)
    at = args.index(call.verb) + 1
    if at < len(args) and args[at].value in ("-y", "--yes", "-yq", "-qy", "-yqq", "-qqy", "-qq"):
        return args[at]
    return call.verb


def _recommends_set(call: PackageCommand) -> bool:
    """Whether a call says whether recommended packages are installed."""
    options = call.options
    if options.has("--no-install-recommends", "--install-recommends", "--without-recommends"):
        return True
    return (call.program == "aptitude" and options.has("-R")) or any(
        option.name in ("-o", "--option")
        and (option.value or "").lower().replace(" ", "").startswith("apt::install-recommends=")
        for option in options.options
    )


@rule(
    "DF313",
    "dist-upgrade",
    Severity.WARNING,
    category="maintenance",
    words=("upgrade", "dup", "distro-sync"),
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
    """A build upgrades the whole distribution, so the image is no longer that of its base.

    `dist-upgrade`, `full-upgrade`, `dup` and `distro-sync` may remove packages and change to
    another release; the same Dockerfile then gives another system each week. Take a newer base
    image instead. A plain `upgrade`, which brings security fixes within the release, is left alone.
    """
    for run in stage.runs:
        for call in run.packages:
            if call.action in ("dist-upgrade", "distro-sync"):
                yield Diagnostic(
                    call_span(call),
                    f"`{call_text(call)}` upgrades the distribution beyond the base image",
                    help="use a newer base image",
                    evidence=call_text(call),
                )


_ASKING: dict[str, tuple[str, ...]] = {
    "apt": ("install", "remove", "autoremove", "upgrade", "dist-upgrade", "build-dep"),
    "zypper": ("install", "remove", "update", "patch", "dist-upgrade", "source-install"),
    **dict.fromkeys(RPM_MANAGERS, (
        "install", "remove", "upgrade", "distro-sync", "builddep", "swap", "group-install",
        "module-install", "module-enable",
    )),
}  # fmt: skip
"""The actions before which each manager asks."""


@rule(
    "DF415",
    "install-asks",
    Severity.WARNING,
    category="build",
    words=("apt", "apk", "zypper", "yum", "dnf"),
    equivalents=(
        "hadolint:DL3014",
        "hadolint:DL3030",
        "hadolint:DL3034",
        "hadolint:DL3038",
        "trivy:DS-0021",
        "binnacle:ruleAptGetInstallUseY",
        "binnacle:yumInstallForceYes",
        "parfum:aptGetInstallUseY",
        "parfum:yumInstallForceYes",
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
    """A package manager asks for confirmation, and a build cannot answer: it fails.

    Why: A build has no terminal: the question is answered with no, and the RUN ends with an
    error.

    apt, yum, dnf and zypper want `-y` (zypper `-n`) wherever they might ask. Answers from
    `yes |`, `-qq`, `APT::Get::Assume-Yes` and `assumeyes` count too.
    """
    for run in stage.runs:
        calls = [call for call in run.packages if _asks(call) and not _answered(call)]
        if not calls or (calls[0].manager == "apt" and configured(stage, "Assume-Yes")):
            continue
        first = calls[0]
        flag = "-n" if first.manager == "zypper" else "-y"
        yield Diagnostic(
            call_span(first),
            f"`{call_text(first)}` asks for confirmation, and a build cannot answer",
            help=f"add `{flag}`",
            related=[Related(call_span(call), "and here") for call in calls[1:]],
            evidence=call_text(first),
            fix=_fix(f"Add {flag}", [_answer(run, call) for call in calls], Applicability.SAFE),
        )


def _asks(call: PackageCommand) -> bool:
    """Whether a call asks whether to go on, unless it is given an answer."""
    options = call.options
    if call.action not in _ASKING.get(call.manager, ()) or call.program == "tdnf":
        return False
    if options.has("--help", "-h") or options_hidden(call):
        return False
    if call.manager == "apt" and options.has(*SIMULATES):
        return False
    return bool(call.operands) or call.action not in ("install", "remove") or options.has(*_FIX)


def _answered(call: PackageCommand) -> bool:
    """Whether a call is given an answer."""
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
    if manager != "apt":
        return any(
            option.name == "--setopt" and "assumeyes" in (option.value or "")
            for option in options.options
        )
    level = whole_number((options.get("-q", "--quiet") or "").lstrip("="))
    if options.count("-q", "--quiet") > 1 or (level or 0) > 1:
        return True
    return any(
        option.name in ("-o", "--option") and "assume-yes" in (option.value or "").lower()
        for option in options.options
    )


def _answer(run: Run, call: PackageCommand) -> Edit | None:
    """The edit that gives a call its answer."""
    if call.manager == "zypper":
        return add_option(run, call, "-n", call.command.word)
    return add_option(run, call, "-y")

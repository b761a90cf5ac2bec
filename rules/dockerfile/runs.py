"""Single commands of RUN instructions that cost more than they need to."""

from __future__ import annotations

import re

from ...linter.base.patterns import on_demand
from ...linter.edits.scripts import can_edit, insert_after
from ...linter.rule import Applicability, Diagnostic, Example, Fix, Related, Severity, rule
from ...linter.source.shell.packages import RPM_MANAGERS
from ._runs import call_span, call_text, name_span, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.dockerfile.instruction import Instruction
    from ...linter.source.shell.packages import PackageCommand
    from ...linter.source.shell.syntax import SimpleCommand


@rule(
    "DF207",
    "consecutive-run",
    Severity.INFO,
    category="resources",
    presets=(),
    equivalents=("hadolint:DL3059",),
    sources=("https://docs.docker.com/build/building/best-practices/#run",),
    examples=(
        Example(
            bad="FROM alpine:3.22\nRUN mkdir /data\nRUN chmod 700 /data  # error: RUN\n",
            good="FROM alpine:3.22\nRUN mkdir /data \\\n    && chmod 700 /data\n",
        ),
    ),
)
def consecutive_run(stage: Stage) -> Iterator[Diagnostic]:
    """Two RUN instructions of one command each follow each other and could be one layer.

    Off by default: a layer costs little, and separate RUNs cache and read better. Only RUNs of a
    single command and with the same flags count; comments between them do not part them.
    """
    runs = {run.instruction.start: run for run in stage.runs}
    previous: Instruction | None = None
    for instruction in stage.instructions:
        run = runs.get(instruction.start)
        if run is None or instruction.heredocs or len(run.script.commands) != 1:
            previous = None
            continue
        if previous is not None and _flags(previous) == _flags(instruction):
            yield Diagnostic(
                instruction.name_span,
                f"this RUN could be part of the one on line {previous.start_line}",
                help="join them with `&&`",
                related=[Related(previous.name_span, "the RUN above")],
                evidence=instruction.text[:60],
            )
        previous = instruction


def _flags(instruction: Instruction) -> list[str]:
    return sorted(flag.text for flag in instruction.flags)


@rule(
    "DF224",
    "installs-apart",
    Severity.INFO,
    category="resources",
    presets=(),
    words=("install", "apk"),
    since="0.2",
    equivalents=("parfum:ruleMoreThanOneInstall",),
    sources=("https://docs.docker.com/build/building/best-practices/#apt-get",),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\nRUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*  # error: apt-get install\nUSER nobody\n",
            good="FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl git && rm -rf /var/lib/apt/lists/*\nUSER nobody\n",
        ),
    ),
)
def installs_apart(stage: Stage) -> Iterator[Diagnostic]:
    """A stage installs twice with the same package manager, where one call would do.

    Why: One call is quicker: lists are fetched and read once, dependencies are resolved once,
    and there is one layer.

    What may make packages known between the calls is a reason for two of them (a repository, a
    key, a script, a package such as `epel-release`), and so is a RUN that removes packages. Off
    by default, since separate RUNs cache better while a Dockerfile is written.
    """
    from ._other_sources import OTHER_SOURCES, runs_file

    previous: dict[str, tuple[PackageCommand, list[str]]] = {}
    settings = [copy.instruction.start for copy in stage.copies if _may_be_settings(copy.target)]
    for run in stage.runs:
        while settings and settings[0] < run.instruction.start:
            del settings[0]
            previous.clear()
        script = run.script
        calls = {id(call.command): call for call in run.packages if call.manager in _SYSTEM}
        if not script.complete or any(call.action == "remove" for call in calls.values()):
            previous.clear()
            continue
        flags = _flags(run.instruction)
        for command in script.commands:
            call = calls.get(id(command))
            if call is None:
                text = script.text[
                    command.pipeline[0].at if command.pipeline else command.at : command.end
                ]
                if (
                    command.name in _BRING_SOURCES
                    or (runs_file(command) and not _BUILDS.search(text))
                    or OTHER_SOURCES.search(text)
                    or _KEYS.search(text)
                ):
                    previous.clear()
            elif call.action == "install" and call.operands and not _is_local(call):
                last = previous.get(call.manager)
                is_sure = not (command.conditional or command.in_function or command.before == "||")
                if last is not None and is_sure and last[1] == flags and _alike(last[0], call):
                    yield _apart(last[0], call)
                previous.clear()
                if is_sure and not _brings_packages(call):
                    previous[call.manager] = (call, flags)
            elif call.action not in _AROUND and not _is_local(call):
                previous.clear()


_SYSTEM = frozenset(("apt", "apk", "zypper", *RPM_MANAGERS))
_AROUND = frozenset((
    "update", "refresh", "clean", "dist-clean", "autoremove", "upgrade", "dist-upgrade",
))  # fmt: skip
"""What package managers do beside installing."""
_BRING_SOURCES = frozenset((
    "add-apt-repository", "apt-add-repository", "apt-key", "dpkg", "extrepo", "gdebi", "gpg", "rpm",
    "rpmkeys", "subscription-manager", "xargs",
))  # fmt: skip
_KEYS = on_demand(r"apt-key|keyring|repositor|\.deb\b|\.rpm\b|backports|setup_", re.IGNORECASE)
"""Signs that a command makes other packages known."""


def _may_be_settings(target: str | None) -> bool:
    """Whether what is copied to a place may be settings of a package manager."""
    return target is None or target.rstrip("/") in ("", "/etc") or "/etc/" in target


_BUILDS = on_demand(
    r"^(?:\S*/)?(?:g?make|cmake|ninja|configure|autogen\.sh|bootstrap\.sh)\b|setup\.py|get-pip\.py|conda"
    r"|rustup|nvm-sh|creationix/nvm|yarnpkg\.com/install"
)
"""Scripts that build or install something, and make no packages known."""

_SETTINGS = ("-release", "-repo", "keyring", "apt-config", "apt-source")
"""Parts of the names of packages that make others known."""


def _is_local(call: PackageCommand) -> bool:
    """Whether a call installs packages from files, which make no others known."""
    return bool(call.operands) and all(
        word.value.startswith((".", "/"))
        and not any(
            part in word.value for part in ("release", "repo", "keyring", "config", "source")
        )
        for word in call.operands
    )


def _brings_packages(call: PackageCommand) -> bool:
    """Whether a package that a call installs may make others known: ``epel-release``."""
    return any(
        word.value.startswith(("$", ".", "/"))
        or any(part in word.value for part in (*_SETTINGS, "plugin", "://", ".rpm", ".deb"))
        for word in call.operands
        if word.value != "lsb-release"
    )


def _alike(first: PackageCommand, second: PackageCommand) -> bool:
    """Whether two calls could be one: the same manager and sources, and in one RUN the same options."""
    if first.manager != second.manager:
        return False
    options = [
        {(one.name, one.value) for one in call.options.options if one.name not in _INDIFFERENT}
        for call in (first, second)
    ]
    if any(word.value.startswith((".", "/")) for word in second.operands):
        return False
    differing = {name for name, _ in options[0] ^ options[1]}
    if first.command.script is second.command.script:
        return not differing
    return all(name.startswith(_ALIKE) for name in differing)


_ALIKE = ("--no-", "--allow-", "--fix-", "--force", "--update", "-U", "-o", "--option", "-qq")
"""Options that do not say where packages come from, or what they are called: these may differ."""


_INDIFFERENT = frozenset(("-y", "--yes", "--assume-yes", "--assumeyes", "-q", "--quiet", "-f"))
"""Options that make no difference to what is installed."""


def _apart(first: PackageCommand, second: PackageCommand) -> Diagnostic:
    place = call_span(first)
    line = place.file.line_of(place.start)
    return Diagnostic(
        call_span(second),
        f"`{call_text(second)}` could be part of the one on line {line}",
        help="install all packages with one call",
        related=[Related(place, "the previous call")],
        evidence=call_text(second),
    )


_BIG_UID = 6


@rule(
    "DF210",
    "useradd-log",
    Severity.WARNING,
    category="resources",
    words=("useradd",),
    equivalents=(
        "hadolint:DL3046",
        "parfum:DL3046",
    ),
    sources=("https://docs.docker.com/build/building/best-practices/#user",),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN useradd -u 1000700001 app  # error: useradd\n",
            good="FROM debian:trixie-slim\nRUN useradd -l -u 1000700001 app\n",
        ),
    ),
    fix=Applicability.SAFE,
)
def useradd_log(stage: Stage) -> Iterator[Diagnostic]:
    """`useradd` with a high user number writes a log of that size, and the image grows to gigabytes.

    Why: `/var/log/faillog` and `/var/log/lastlog` have a record for each number up to the
    highest; they are sparse on disk, and Docker's layers are not.

    `-l` (`--no-log-init`) keeps the user out of these files. Numbers up to 99,999 do no harm.
    """
    for run, command in stage.calls.get("useradd", ()):
        options = command.options(_USERADD)
        uid = options.get("-u", "--uid") or ""
        if uid.isdigit() and len(uid) >= _BIG_UID and not options.has("-l", "--no-log-init"):
            yield Diagnostic(
                command.span,
                f"useradd with the user number {uid} makes the image's log files very large",
                help="add `-l`",
                evidence=uid,
                fix=_add_flag(run, command, "-l", Applicability.SAFE),
            )


def _add_flag(run: Run, command: SimpleCommand, flag: str, grade: Applicability) -> Fix | None:
    """Fix that puts a flag behind the name of a command."""
    if command.word is None or not can_edit(run, command):
        return None
    return Fix(f"Add {flag}", (insert_after(command.word, f" {flag}"),), grade)


_USERADD = frozenset(
    (
        "-u", "--uid", "-g", "--gid", "-G", "--groups", "-d", "--home-dir", "--home", "-b",
        "--base-dir", "-c", "--comment", "-s", "--shell", "-p", "--password", "-k", "--skel",
        "-K", "--key", "-e", "--expiredate", "-f", "--inactive", "-R", "--root", "-P", "--prefix",
    )
)  # fmt: skip


@rule(
    "DF211",
    "wget-progress",
    Severity.INFO,
    category="maintenance",
    words=("wget",),
    presets=(),
    equivalents=("hadolint:DL3047",),
    sources=("https://www.gnu.org/software/wget/manual/wget.html#Download-Options",),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN wget https://example.com/tool.tar.gz  # error: wget\n",
            good="FROM debian:trixie-slim\nRUN wget -nv https://example.com/tool.tar.gz\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def wget_progress(stage: Stage) -> Iterator[Diagnostic]:
    """wget prints its progress, which fills the build's log with thousands of lines.

    Why: The lines that tell what failed are lost among them.

    Off by default, since BuildKit shows a log only where it is asked for or something fails.
    `-q`, `-nv`, `-o`, `-a` and `--progress` silence it.
    """
    for run, command in stage.calls.get("wget", ()):
        if any(_QUIET.match(word.value) for word in command.args):
            continue
        yield Diagnostic(
            name_span(command),
            "wget fills the build's log with its progress",
            help="add `-nv` or `--progress=dot:giga`",
            evidence=shown(command),
            fix=_add_flag(run, command, "-nv", Applicability.UNSAFE),
        )


# Letters behind one that takes a value are that value (-Oq writes to the file q).
_QUIET = on_demand(
    r"--(?:quiet|no-verbose|progress|output-file|append-output|version\Z|help\Z)"
    r"|-(?!-)[^OPtTUweiBQ]*?(?:[qoa]|nv)"
)


@rule(
    "DF212",
    "wget-and-curl",
    Severity.WARNING,
    category="style",
    words=("wget",),
    presets=("style",),
    equivalents=("hadolint:DL4001", "trivy:DS-0014"),
    sources=(
        "https://docs.docker.com/build/building/best-practices/#dont-install-unnecessary-packages",
    ),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN curl -fsSLO https://example.com/a.tar.gz\nRUN wget -nv https://example.com/b.tar.gz  # error: wget\n",
            good="FROM debian:trixie-slim\nRUN curl -fsSLO https://example.com/a.tar.gz\nRUN curl -fsSLO https://example.com/b.tar.gz\n",
        ),
    ),
)
def wget_and_curl(stage: Stage) -> Iterator[Diagnostic]:
    """A stage downloads with wget and with curl, though one of them would do.

    Only commands that run count; installing both is none.
    """
    wgets, curls = stage.calls.get("wget", ()), stage.calls.get("curl", ())
    if not wgets or not curls:
        return
    first, second = wgets[0][1], curls[0][1]
    if first.span.start < second.span.start:
        first, second = second, first
    yield Diagnostic(
        name_span(first),
        f"this stage downloads with {first.name} and with {second.name}",
        help=f"use {second.name} here too",
        related=[Related(name_span(second), f"{second.name} is used here")],
        evidence=first.name,
    )

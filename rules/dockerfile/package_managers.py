"""Package managers that the image does not have."""

from __future__ import annotations

from ...linter.rule import Diagnostic, Example, Severity, rule
from ...linter.source.shell.packages import SYSTEM_MANAGERS
from ._pulled import is_left_out
from ._runs import call_span, chain_of
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.analysis.base_image import Bases
    from ...linter.analysis.installed import Installed
    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.packages import PackageCommand

_INSTALL = {
    "apk": "apk add --no-cache",
    "apt-get": "apt-get update && apt-get install -y --no-install-recommends",
    "microdnf": "microdnf install -y",
}
_FIND = {"apk": "apk search", "apt-get": "apt-cache search", "microdnf": "microdnf repoquery"}
_MOST_SHOWN = 4
"""The most packages that a help repeats."""

_SYSTEMS = {
    "alpine": "Alpine",
    "amazonlinux": "Amazon Linux",
    "buildpack-deps": "Debian",
    "buildpack-deps-curl": "Debian",
    "busybox": "BusyBox",
    "debian": "Debian",
    "distroless": "distroless",
    "oraclelinux-slim": "Oracle Linux (slim)",
    "rhel": "an RPM distribution",
    "ubi-micro": "UBI micro",
    "ubi-minimal": "UBI minimal",
    "ubuntu": "Ubuntu",
}


@rule(
    "DF130",
    "package-manager-missing",
    Severity.ERROR,
    category="build",
    words=("apt", "apk", "zypper", "yum", "dnf"),
    since="0.2",
    sources=(
        "https://hub.docker.com/_/alpine",
        "https://hub.docker.com/_/debian",
        "https://github.com/docker-library/official-images",
    ),
    examples=(
        Example(
            bad='FROM node:22-slim\nRUN apk add --no-cache git  # error: apk add\nUSER node\nCMD ["node", "main.js"]\n',
            good='FROM node:22-alpine\nRUN apk add --no-cache git\nUSER node\nCMD ["node", "main.js"]\n',
        ),
        Example(
            bad='FROM python:3.13-alpine\nRUN apt-get update && apt-get install -y libpq5  # error: apt-get update\nUSER nobody\nCMD ["python", "main.py"]\n',
            good='FROM python:3.13-alpine\nRUN apk add --no-cache libpq\nUSER nobody\nCMD ["python", "main.py"]\n',
        ),
    ),
)
def package_manager_missing(stage: Stage) -> Iterator[Diagnostic]:
    """RUN calls a package manager that the base image does not have, so the build fails there.

    Debian and Ubuntu have `apt-get`, Alpine has `apk`, Fedora and its relatives have `dnf`, and slim
    Red Hat and Oracle images only `microdnf`. Nothing is said where an earlier step may have brought
    the program, where a test decides whether the command runs, or where the base is not known. It is
    a warning where the base depends on an argument, is not an official image, or the shell goes on
    after the command.
    """
    bases: Bases | None = None
    installed: list[Installed] = []
    for run in stage.runs:
        call = next((call for call in run.packages if call.manager in SYSTEM_MANAGERS), None)
        if call is None or "chroot" in call.command.wrappers:
            continue
        if bases is None:
            from ...linter.analysis.base_image import bases_of

            bases = bases_of(stage)
            if bases is None or is_left_out(stage):
                return
        call = _missing(run, bases, installed)
        if call is None:
            continue
        fails = bases.certain and fails_build(run, call.command)
        yield Diagnostic(
            call_span(call),
            f"{call.program} is not in {' or '.join(bases.names)} ({_system(bases)})",
            help=_instead(call, bases),
            severity=None if fails else Severity.WARNING,
            evidence=call.program,
        )


def _missing(run: Run, bases: Bases, installed: list[Installed]) -> PackageCommand | None:
    """The first call of a manager that is surely not there.

    ``installed`` is what the images have, and is filled for the first call.
    """
    from ...linter.analysis.installed import Installed

    for call in run.packages:
        command = call.command
        if call.manager not in SYSTEM_MANAGERS or not bases.lack(call.program):
            continue
        if not surely_runs(run, command) or _names_it(run, call.program):
            continue
        until = (run.instruction.outer or run.instruction, command)
        word = command.word
        path = word.literal if word is not None else None
        if path is None:
            continue
        if not installed:
            chain = [part.syntax for part in chain_of(run.stage)][::-1]
            installed += (Installed(chain, facts, False, until) for facts in bases.facts)
        for each in installed:
            each.advance(until)
        if all(each.tool(path) is False for each in installed):
            return call
    return None


def _names_it(run: Run, program: str) -> bool:
    """Whether an alias or a function of the script, or a mount, may stand behind the name."""
    text = run.script.text
    return (
        f"alias {program}" in text
        or f"{program}()" in text
        or any((mount.target or "").rpartition("/")[2] == program for mount in run.mounts)
    )


def _system(bases: Bases) -> str:
    names = dict.fromkeys(_SYSTEMS.get(facts.os or "", "another system") for facts in bases.facts)
    return " or ".join(names)


def _instead(call: PackageCommand, bases: Bases) -> str:
    """What to write instead: the call of the manager that is there."""
    managers = {facts.package_manager for facts in bases.facts}
    manager = managers.pop() if len(managers) == 1 else None
    if manager is None:
        if all(facts.os in ("rhel", "amazonlinux") for facts in bases.facts):
            return "use the package manager of the distribution: dnf, or yum in old releases"
        if all(facts.package_manager is None for facts in bases.facts):
            return "the image has no package manager: copy files from another stage"
        return "use the package manager that the image has"
    command = _INSTALL[manager]
    names = [word.value for word in call.operands if word.literal and not word.has_glob]
    names = names if call.action == "install" and len(names) <= _MOST_SHOWN else []
    packages = [name.partition("=")[0] for name in names] or ["…"]
    text = " ".join([command, *packages])
    return f"use {manager}: `{text}` (package names may differ: `{_FIND[manager]}`)"

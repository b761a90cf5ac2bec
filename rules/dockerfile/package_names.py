"""Packages that the release of the distribution does not have."""

from __future__ import annotations

from bisect import bisect_left
from functools import cache

from ...linter.rule import Diagnostic, Example, Severity, rule
from ._pulled import is_left_out
from ._runs import chain_of, outermost, packages_of
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ...linter.images import ImageFacts
    from ...linter.images.distributions import Distribution
    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.packages import PackageCommand
    from ...linter.source.shell.syntax import SimpleCommand
    from ...linter.source.shell.tokens import ShellWord

_ADDING = ("add-apt-repository", "ppa:", "dpkg -i", "dpkg --install", ".deb", "extrepo")
"""Signs that packages of another origin are installed, or can be."""

_MANAGERS = {"debian": "apt", "ubuntu": "apt", "alpine": "apk"}
_OF_DATABASES = ("maria", "mongo", "mysql")
_UNSTABLE = ("sid", "unstable", "experimental")


@rule(
    "DF421",
    "package-not-in-release",
    Severity.ERROR,
    category="build",
    words=("apt", "apk"),
    since="0.2",
    sources=(
        "https://packages.debian.org/",
        "https://packages.ubuntu.com/",
        "https://pkgs.alpinelinux.org/packages",
    ),
    examples=(
        Example(
            bad="FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y --no-install-recommends python-pip && rm -rf /var/lib/apt/lists/*  # error: python-pip\nUSER nobody\n",
            good="FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y --no-install-recommends python3-pip && rm -rf /var/lib/apt/lists/*\nUSER nobody\n",
        ),
        Example(
            bad="FROM alpine:3.22\nRUN apk add --no-cache python  # error: python\nUSER nobody\n",
            good="FROM alpine:3.22\nRUN apk add --no-cache python3\nUSER nobody\n",
        ),
    ),
)
def package_not_in_release(stage: Stage) -> Iterator[Diagnostic]:
    """apt-get or apk installs a package that the release of the distribution does not have.

    Why: The package is not found, and the build fails.

    `python-…` went with Python 2, `php5-…` with PHP 5, `openjdk-7-…` with Java 7, and Debian 13 has no
    `software-properties-common`. Nothing is said where something before may have added other sources
    of packages. The table has a date, and what each package is known from: package lists or reports.
    """
    calls = [
        (run, call)
        for run, call in packages_of(stage, "apt", "apk")
        if call.action == "install" and call.program != "aptitude"
    ]
    if not calls or is_left_out(stage):
        return
    from ...linter.analysis.base_image import bases_of

    bases = bases_of(stage)
    distribution = bases.distribution if bases is not None else None
    if bases is None or distribution is None:
        return
    manager = _MANAGERS.get(distribution.name)
    missing = [
        (run, call, names)
        for run, call in calls
        if call.manager == manager
        and not call.options.has("-X", "--repository", "--repositories-file")
        and (names := _missing(call, bases.facts[0], distribution))
    ]
    # Once sources were added they stay: all calls before the first one with others are judged.
    last = bisect_left(missing, True, key=lambda item: _other_sources(item[0], item[1].command))
    for run, call, names in missing[:last]:
        if not surely_runs(run, call.command):
            continue
        fails = bases.certain and fails_build(run, call.command)
        for word, name, instead in names:
            yield Diagnostic(
                word.span,
                f"{distribution.text} has no package {name}",
                help=_instead(bases.facts[0], distribution, name, instead),
                severity=None if fails else Severity.WARNING,
                evidence=word.value,
            )


def _missing(
    call: PackageCommand, facts: ImageFacts, distribution: Distribution
) -> list[tuple[ShellWord, str, str]]:
    """The packages of a call that do not exist: the word, the name, what to install instead."""
    is_unstable = facts.tag.partition("-")[0] in _UNSTABLE
    missing: list[tuple[ShellWord, str, str]] = []
    for word in call.operands:
        name = _name(word.value) if word.literal is not None else ""
        found = _found(distribution.name, name) if name else None
        if found is None or not _lacks(distribution, found[0], is_unstable):
            continue
        if facts.kind == "database" and any(part in name for part in _OF_DATABASES):
            continue  # its image has a repository of its own
        missing.append((word, name, found[1]))
    return missing


def _name(word: str) -> str:
    """The name of a package, without its version; empty if another repository is meant."""
    if "/" in word or "@" in word:
        return ""
    for sign in ("=", "<", ">", "~", ":"):
        word = word.partition(sign)[0]
    return word


@cache
def _table(system: str) -> tuple[dict[str, tuple[dict[str, Any], str]], list[str]]:
    """The packages of a distribution's table, and the beginnings of names that stand for many."""
    from ...linter.images.data import gone

    table: dict[str, tuple[dict[str, Any], str]] = {}
    for group in gone()["packages"]:
        if system in group or system in group.get("before", ()):
            table.update((name, (group, instead)) for name, instead in group["names"].items())
    return table, [name for name in table if name.endswith("*")]


def _found(system: str, name: str) -> tuple[dict[str, Any], str] | None:
    """The group of the table that a package is in, and what to install instead."""
    table, beginnings = _table(system)
    if name in table:
        return table[name]
    start = next((start for start in beginnings if name.startswith(start[:-1])), None)
    if start is None:
        return None
    group, instead = table[start]
    return group, instead.replace("*", name[len(start) - 1 :])


def _lacks(distribution: Distribution, group: dict[str, Any], is_unstable: bool) -> bool:
    """Whether a distribution surely does not have the packages of a group."""
    from ...linter.images.tags import parse_version

    if is_unstable and group.get("unstable"):
        return False
    first = parse_version(group.get(distribution.name, ""))
    if first and distribution.oldest is not None and distribution.oldest >= first:
        return True
    before = parse_version(group.get("before", {}).get(distribution.name, ""))
    return before is not None and distribution.newest is not None and distribution.newest < before


def _other_sources(run: Run, command: SimpleCommand) -> bool:
    """Whether a command may have other sources than those of the base image."""
    from ._other_sources import changes_sources

    return changes_sources(run, command) or _adds_sources(run, command)


def _adds_sources(run: Run, command: SimpleCommand) -> bool:
    """Whether something before a command may add a repository or install a package by hand."""
    for part in chain_of(run.stage):
        for other in part.runs:
            if other is run:
                text = run.script.text[: outermost(command).at]
            elif part is run.stage and other.instruction.start > run.instruction.start:
                break
            else:
                text = other.script.text
            if any(sign in text for sign in _ADDING):
                return True
    return False


def _instead(facts: ImageFacts, distribution: Distribution, name: str, package: str) -> str:
    """What to write instead of a package."""
    if facts.name == "php" and name.startswith("php"):
        return "delete it: the image has its own PHP; add extensions with `docker-php-ext-install`"
    if not package:
        return f"find its successor in the packages of {distribution.title}"
    return f"install {package}"

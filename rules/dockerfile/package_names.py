"""Packages that the release of the distribution does not have."""

from __future__ import annotations

from ...linter.rule import Diagnostic, Example, Severity, rule
from ._pulled import is_left_out
from ._runs import chain_of, outermost, packages_of
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.images import ImageFacts
    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.syntax import SimpleCommand

STARTS = ("python-pip", "openjdk-", "libpng12", "php5")
"""How the packages of the table begin: the table is read only where one may be there."""

_ADDING = ("add-apt-repository", "ppa:", "dpkg -i", "dpkg --install", ".deb", "extrepo")
"""Signs that packages of another origin are installed, or can be."""


@rule(
    "DF421",
    "package-not-in-release",
    Severity.ERROR,
    category="build",
    words=STARTS,
    since="0.2",
    sources=("https://packages.debian.org/", "https://packages.ubuntu.com/"),
    examples=(
        Example(
            bad="FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y --no-install-recommends python-pip && rm -rf /var/lib/apt/lists/*  # error: python-pip\nUSER nobody\n",
            good="FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y --no-install-recommends python3-pip && rm -rf /var/lib/apt/lists/*\nUSER nobody\n",
        ),
    ),
)
def package_not_in_release(stage: Stage) -> Iterator[Diagnostic]:
    """apt-get installs a package that the release of the distribution no longer has.

    `python-pip` went with Python 2, `php5-…` with PHP 5, `openjdk-7-…` with Java 7. Nothing is said
    where a stage may add other sources of packages. The table has a date, and reports of each package.
    """
    calls = [
        (run, call, word)
        for run, call in packages_of(stage, "apt")
        if call.action == "install"
        for word in call.operands
        if word.value.startswith(STARTS)
    ]
    if not calls or is_left_out(stage):
        return
    from ...linter.analysis.base_image import bases_of
    from ...linter.images.data import gone
    from ...linter.images.tags import parse_version
    from .gone import changes_sources

    bases = bases_of(stage)
    distribution = bases.distribution if bases is not None else None
    if bases is None or distribution is None or distribution.oldest is None:
        return
    for run, call, word in calls:
        entry = gone()["packages"].get(word.value, {})
        first = parse_version(entry.get(distribution.name, ""))
        if not first or distribution.oldest < first or not surely_runs(run, call.command):
            continue
        if changes_sources(run, call.command) or _adds_sources(run, call.command):
            return
        fails = bases.certain and fails_build(run, call.command)
        yield Diagnostic(
            word.span,
            f"{distribution.text} has no package {word.value}",
            help=_instead(bases.facts[0], word.value, entry["instead"]),
            severity=None if fails else Severity.WARNING,
            evidence=word.value,
        )


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


def _instead(facts: ImageFacts, name: str, package: str) -> str:
    """What to write instead of a package."""
    if facts.name == "php" and name.startswith("php"):
        return "delete it: the image has a PHP of its own, docker-php-ext-install adds extensions"
    return f"install {package}"

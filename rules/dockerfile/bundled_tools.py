"""Tools of the official node image, and what npm does to them."""

from __future__ import annotations

import re

from ...linter.base.patterns import on_demand
from ...linter.rule import Diagnostic, Example, Severity, rule
from ._pulled import is_left_out
from ._runs import call_span, chain_of, packages_of
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.images import ImageFacts
    from ...linter.images.tags import Version
    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.packages import PackageCommand

_FIRST_TO_REFUSE = {8: (8, 17), 10: (10, 18), 12: (12, 14), 13: (13, 5)}
"""The releases before Node.js 14 whose npm is 6.13.4 at least, which overwrites no foreign file."""
_WITHOUT_YARN = 26
_MOVES = on_demand(
    r"prefix|npm@|/opt/yarn|bin/yarn|rm\s[^&;|]*yarn|unlink|apt-get\s+(?:remove|purge)|nvm\b|\bn\s+\d",
    re.IGNORECASE,
)
"""Signs of another place for global packages, of another npm, or of a Yarn that is removed."""
_NEWEST_NPM_NEEDS = 15
"""npm 11 cannot be read by releases of Node.js before."""


@rule(
    "DF128",
    "yarn-installed-twice",
    Severity.ERROR,
    category="build",
    words=("yarn",),
    since="0.2",
    sources=(
        "https://github.com/yarnpkg/yarn/issues/7773",
        "https://github.com/nodejs/docker-node#yarn-v1-classic-bundling",
    ),
    examples=(
        Example(
            bad='FROM node:22-alpine\nWORKDIR /app\nRUN npm install -g yarn@1.22.22  # error: yarn@1.22.22\nCOPY package.json yarn.lock ./\nRUN yarn install --frozen-lockfile && yarn cache clean\nUSER node\nCMD ["node", "main.js"]\n',
            good='FROM node:22-alpine\nWORKDIR /app\nCOPY package.json yarn.lock ./\nRUN yarn install --frozen-lockfile && yarn cache clean\nUSER node\nCMD ["node", "main.js"]\n',
        ),
    ),
)
def yarn_installed_twice(stage: Stage) -> Iterator[Diagnostic]:
    """npm refuses to install Yarn, because the official node image already has it.

    Why: The build fails.

    "EEXIST: file already exists, symlink … -> '/usr/local/bin/yarn'": npm since 6.13.4 overwrites no file that
    another one put there. The images of Node.js 25 and before bring Yarn 1. Nothing is said where the Yarn of the
    image is removed, `--force` is given, or global packages are put elsewhere.
    """
    calls = [
        (run, call, word)
        for run, call in packages_of(stage, "npm")
        if call.action in ("install", "add") and call.options.has("-g", "--global")
        for word in call.operands
        if re.fullmatch(r"yarn(?:@[\w.^~-]+)?", word.value)
    ]
    if not calls or is_left_out(stage) or _is_moved(stage):
        return
    from ...linter.analysis.base_image import bases_of

    bases = bases_of(stage)
    if bases is None or len(bases.facts) != 1 or not _refuses(bases.facts[0]):
        return
    for run, call, word in calls:
        if call.options.unknown or _forces(call) or not surely_runs(run, call.command):
            continue
        if run.user is not None and run.user.value not in ("root", "0"):
            continue
        fails = bases.certain and fails_build(run, call.command)
        yield Diagnostic(
            word.span,
            "npm refuses to install Yarn, because the image already has it",
            help="delete it: the image has yarn",
            severity=None if fails else Severity.WARNING,
            evidence=word.value,
        )
        return


def _version(facts: ImageFacts) -> Version | None:
    """The version of Node.js in an official image; None if its tag names none."""
    return facts.version if facts.name == "node" else None


def _refuses(facts: ImageFacts) -> bool:
    """Whether an image surely has both Yarn and an npm that does not overwrite it."""
    version = _version(facts)
    if version is None or version[0] >= _WITHOUT_YARN:
        return False
    if version[0] >= 14:
        return True
    first = _FIRST_TO_REFUSE.get(version[0])
    return first is not None and (len(version) == 1 or version >= first)


def _forces(call: PackageCommand) -> bool:
    """Whether a call overwrites what is there, or installs elsewhere."""
    return call.options.has("--force", "-f", "--prefix") or any(
        re.fullmatch(r"-[a-z]*f[a-z]*", option.word.value) for option in call.options.options
    )


def _is_moved(stage: Stage) -> bool:
    """Whether a stage puts global packages elsewhere, or takes the Yarn of the image away."""
    return any(
        _MOVES.search((instruction.inner or instruction).text)
        for part in chain_of(stage)
        for instruction in part.instructions
        if (instruction.inner or instruction).name in ("RUN", "ENV", "ARG")
    )


@rule(
    "DF167",
    "npm-too-new-for-node",
    Severity.ERROR,
    category="build",
    words=("npm",),
    since="0.2",
    sources=(
        "https://github.com/npm/cli/blob/latest/lib/cli.js",
        "https://docs.npmjs.com/cli/v11/using-npm/changelog",
    ),
    examples=(
        Example(
            bad='FROM node:14-alpine\nWORKDIR /app\nRUN npm install -g npm@latest\nCOPY package*.json ./\nRUN npm ci --omit=dev && npm cache clean --force  # error: npm ci\nUSER node\nCMD ["node", "main.js"]\n',
            good='FROM node:24-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev && npm cache clean --force\nUSER node\nCMD ["node", "main.js"]\n',
        ),
    ),
)
def npm_too_new_for_node(stage: Stage) -> Iterator[Diagnostic]:
    """npm is upgraded to its newest release on a Node.js that cannot read it, and then called.

    Why: The build fails at the next call of npm.

    Releases of Node.js before 15 bring an npm that installs any release of itself; npm 11 uses what they do
    not have, so that the next call ends with an error. Name the last release for that Node.js (`npm@6`).
    """
    calls = list(packages_of(stage, "npm"))
    if len(calls) < 2 or is_left_out(stage):
        return
    upgraded = False
    from ...linter.analysis.base_image import bases_of

    bases = bases_of(stage)
    if bases is None or len(bases.facts) != 1:
        return
    version = _version(bases.facts[0])
    if version is None or version[0] >= _NEWEST_NPM_NEEDS or _has_other_node(stage):
        return
    for run, call in calls:
        if not surely_runs(run, call.command):
            continue
        if upgraded and not call.command.wrappers:
            fails = bases.certain and fails_build(run, call.command)
            yield Diagnostic(
                call_span(call),
                f"npm cannot run here: its newest release is not for Node.js {'.'.join(map(str, version[: 1 if version[0] else 2]))}",
                help="do not upgrade npm, or name a release: `npm@6`",
                severity=None if fails else Severity.WARNING,
                evidence="npm",
            )
            return
        names = [word.value for word in call.operands]
        if any(name.startswith("npm@") and name != "npm@latest" for name in names):
            return
        upgraded = upgraded or _takes_newest(run, call)


def _takes_newest(run: Run, call: PackageCommand) -> bool:
    """Whether a call surely upgrades npm to its newest release."""
    return (
        call.action in ("install", "add")
        and call.options.has("-g", "--global")
        and not call.options.unknown
        and not call.options.has("--prefix", "--tag", "--before")
        and any(word.value in ("npm", "npm@latest") for word in call.operands)
        and fails_build(run, call.command)
    )


def _has_other_node(stage: Stage) -> bool:
    """Whether a stage may bring another Node.js or npm."""
    return any(
        re.search(r"prefix|\bnvm\b|\bn\s+(?:\d|lts|latest|stable)|nodesource|bin/node", inner.text)
        or (inner.name in ("COPY", "ADD") and inner.flag("from") is not None)
        for part in chain_of(stage)
        for instruction in part.instructions
        if (inner := instruction.inner or instruction).name in ("RUN", "ENV", "ARG", "COPY", "ADD")
    )

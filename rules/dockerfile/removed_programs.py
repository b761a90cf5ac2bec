"""Programs that newer releases of an official image do not have."""

from __future__ import annotations

from functools import partial

from ...linter.rule import Diagnostic, Example, Severity, rule
from ...linter.source.shell.packages import SYSTEM_MANAGERS, read_package_command
from ._brought import may_be_brought
from ._pulled import is_left_out
from ._runs import name_span
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ...linter.images import ImageFacts
    from ...linter.model.dockerfile import Stage
    from ...linter.source.shell.syntax import SimpleCommand

_NAMES = {
    "corepack": "corepack",
    "go-wrapper": "go-wrapper",
    "locale-gen": "locale-gen",
    "yarn": "yarn",
    "yarnpkg": "yarn",
}
_BRING_EACH_OTHER = {
    "corepack": ("corepack",),
    "go-wrapper": ("go-wrapper",),
    "locale-gen": ("local",),
    "yarn": ("yarn", "corepack"),
}
"""What a command that installs a program names."""

_NEWEST = {
    "golang": ("alpine", "latest"),
    "node": (
        "alpine", "bookworm", "bookworm-slim", "current", "current-alpine", "current-slim", "latest",
        "slim", "trixie", "trixie-slim",
    ),
}  # fmt: skip
"""The tags that follow the newest release of an image."""

_SCRIPTS = frozenset((
    ".", "ash", "bash", "eval", "make", "node", "npx", "perl", "python", "python3", "sh", "source",
    "tar",
))  # fmt: skip
"""Programs that may install others out of sight."""


@rule(
    "DF142",
    "program-no-longer-in-image",
    Severity.ERROR,
    category="build",
    words=("corepack", "go-wrapper", "locale-gen", "yarn"),
    since="0.2",
    sources=(
        "https://github.com/nodejs/docker-node#yarn-v1-classic-bundling",
        "https://nodejs.org/en/blog/release/v25.0.0",
        "https://github.com/tianon/docker-brew-ubuntu-core/issues/82",
    ),
    examples=(
        Example(
            bad='FROM node:26-alpine\nWORKDIR /app\nCOPY package.json yarn.lock ./\nRUN yarn install --frozen-lockfile  # error: yarn\nUSER node\nCMD ["node", "main.js"]\n',
            good='FROM node:26-alpine\nWORKDIR /app\nRUN npm install -g yarn@1.22.22 && npm cache clean --force\nCOPY package.json yarn.lock ./\nRUN yarn install --frozen-lockfile && yarn cache clean\nUSER node\nCMD ["node", "main.js"]\n',
        ),
    ),
)
def program_no_longer_in_image(stage: Stage) -> Iterator[Diagnostic]:
    """RUN calls a program that the official image no longer has.

    Why: The shell does not find it, and the build fails.

    Node.js brings no corepack since version 25, its image no Yarn since 26, that of Go no `go-wrapper` since 1.11,
    and Ubuntu's no `locale-gen` since 16.04. Nothing is said where something before may have brought the program.
    """
    calls = [
        (run, command, name)
        for called, name in _NAMES.items()
        for run, command in stage.calls.get(called, ())
    ]
    if not calls or is_left_out(stage):
        return
    from ...linter.analysis.base_image import bases_of
    from ...linter.images.data import languages

    bases = bases_of(stage)
    if bases is None or len(bases.facts) != 1 or bases.pinned:
        return
    table: dict[str, dict[str, Any]] = languages()["programs"]
    calls.sort(key=lambda call: call[1].span.start)
    reported: set[str] = set()
    for run, command, name in calls:
        entry, word = table[name], command.word
        if name in reported or word is None or "/" in word.value or run.mounts:
            continue
        if not surely_runs(run, command) or not _lacks(bases.facts[0], entry):
            continue
        brings = partial(_brings, signs=_BRING_EACH_OTHER[name], alone="alone" in entry)
        if may_be_brought(stage, command, lambda text: "PATH" in text, brings):
            continue
        reported.add(name)
        fails = bases.certain and fails_build(run, command)
        yield Diagnostic(
            name_span(command),
            f"{command.name} does not exist here: {entry['what']}",
            help=entry["help"],
            severity=None if fails else Severity.WARNING,
            evidence=command.name,
        )


def _lacks(facts: ImageFacts, entry: dict[str, Any]) -> bool:
    """Whether the release of an image is one that has the program no more."""
    from ...linter.images.tags import parse_version

    if facts.name != entry["image"]:
        return False
    version = facts.version
    if version is None:
        return facts.tag in _NEWEST.get(facts.name, ("latest",))
    first = parse_version(entry["from"]) or ()
    kept = [parse_version(text) for text in entry.get("except", ())]
    return version >= first and version[:2] not in kept and len(version) >= len(first)


def _brings(command: SimpleCommand, signs: tuple[str, ...], alone: bool) -> bool:
    """Whether a command may bring a program, of which it then says one of the signs."""
    word = command.word
    if word is None or "/" in word.value or command.name in _SCRIPTS or not command.name:
        return True
    call = read_package_command(command)
    if call is not None:
        if call.action == "run" or (alone and call.manager in SYSTEM_MANAGERS and call.operands):
            return True
        if call.action in ("install", "add") and any(one.has_expansion for one in call.operands):
            return True
    if command.name in _NAMES and command.name != "corepack":
        return False
    return any(sign in one.value for sign in signs for one in (word, *command.args))

"""How npm is called."""

from __future__ import annotations

import posixpath

from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.records import NamedTuple
from ._copies import ROOT
from ._runs import call_span, call_text, can_edit, chain_of, packages_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import Run, Stage
    from ...linter.source.packages import PackageCommand
    from ...linter.source.shell import Option, ShellWord
    from ...linter.source.text import Span

CONFIG = "https://docs.npmjs.com/cli/v11/using-npm/config"

_PRODUCTION = ("production", "prod")
_INSTALLING = frozenset(
    ("install", "ci", "install-test", "install-ci-test", "prune", "update", "uninstall", "dedupe")
)


class Replacement(NamedTuple):
    """``text`` takes the place of an option and its value; empty deletes it."""

    option: Option
    text: str


def _replacement(option: Option) -> str | None:
    """What npm 7 and later call an option; None where it is up to date."""
    name, value = option.name, (option.value or "").lower()
    if name == "--only" and value in _PRODUCTION:
        return "--omit=dev"
    if name == "--production" and value in ("", "true"):
        return "--omit=dev"
    if name in ("--also", "--dev") and value in ("", "dev", "development"):
        return "--include=dev"
    if name == "--no-optional" or (name == "--optional" and value == "false"):
        return "--omit=optional"
    if name == "--global-style":
        return "--install-strategy=shallow"
    if name == "--legacy-bundling":
        return "--install-strategy=nested"
    return None


@rule(
    "DF213",
    "deprecated-npm-flag",
    Severity.WARNING,
    category="maintenance",
    sources=(CONFIG + "#omit", CONFIG + "#only"),
    examples=(
        Example(
            bad="FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --only=production  # error: --only=production\n",
            good="FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev\n",
        ),
    ),
    fix=Applicability.SAFE,
)
def deprecated_npm_flag(stage: Stage) -> Iterator[Diagnostic]:
    """npm is called with an option that it has replaced and warns about, such as `--only=production`.

    npm 7 brought `--omit` and `--include`; the old spellings still work and are to go. Images with
    an npm before 7 only know the old ones and are left alone. The fix is safe where the base image
    is known to have npm 7 or later, else it depends on which npm is there.
    """
    known = stage.facts.npm if stage.facts else None
    if known is not None and known < 7:
        return
    own = any(
        word.value.startswith("npm@")
        for part in chain_of(stage)
        for _, call in packages_of(part, "npm")
        for word in call.operands
    )
    safe = known is not None and not own
    for run, call in packages_of(stage, "npm"):
        if call.action not in _INSTALLING:
            continue
        found = [
            Replacement(option, text)
            for option in call.options.options
            if (text := _replacement(option)) is not None
        ]
        if not found:
            continue
        edits = _edits(run, call, found)
        first = found[0]
        yield Diagnostic(
            _option_span(call, first.option),
            f"npm has replaced {_shown(first.option)} by {first.text}",
            help=f"write {' '.join(item.text for item in found)}",
            related=[
                Related(item.option.word.span, f"and this by {item.text}") for item in found[1:]
            ],
            evidence=_shown(first.option),
            fix=Fix(
                f"Write {' '.join(item.text for item in found)}",
                tuple(edits),
                Applicability.SAFE if safe else Applicability.UNSAFE,
            )
            if edits
            else None,
        )


def _shown(option: Option) -> str:
    return option.name if option.value is None else f"{option.name}={option.value}"


def _option_span(call: PackageCommand, option: Option) -> Span:
    """The option with its value, which may be a word of its own."""
    word = option.word
    last = _value_word(call, option) or word
    return word.script.span(word.at, last.end)


def _value_word(call: PackageCommand, option: Option) -> ShellWord | None:
    if option.value is None or "=" in option.word.value:
        return None
    args = list(call.command.args)
    at = args.index(option.word) + 1
    return args[at] if at < len(args) else None


def _edits(run: Run, call: PackageCommand, found: list[Replacement]) -> list[Edit]:
    if not can_edit(run, call.command):
        return []
    edits: list[Edit] = []
    seen: set[str] = set()
    for item in found:
        span = _option_span(call, item.option)
        if item.text in seen:
            # --only=prod --production would become the same option twice.
            return []
        seen.add(item.text)
        edits.append(Edit(span, item.text))
    return edits


_LOCKS = ("package-lock.json", "npm-shrinkwrap.json")


@rule(
    "DF214",
    "npm-install-not-ci",
    Severity.WARNING,
    category="maintenance",
    sources=("https://docs.npmjs.com/cli/v11/commands/npm-ci",),
    examples=(
        Example(
            bad="FROM node:22-alpine\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm install --omit=dev  # error: npm install\n",
            good="FROM node:22-alpine\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci --omit=dev\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def npm_install_not_ci(stage: Stage) -> Iterator[Diagnostic]:
    """`npm install` may change the lock file and install other versions than those it lists.

    `npm ci` installs exactly what the lock file says, and fails where it and package.json disagree.
    Reported only where a lock file is known to be there: COPY names it, or takes it from a context
    that has one. Calls that name packages or install globally are left alone.
    """
    locks: list[tuple[int, str]] | None = None
    for run, call in packages_of(stage, "npm"):
        if call.action != "install" or call.operands or call.verb is None:
            continue
        options = call.options
        if options.has("-g", "--global", "--package-lock-only", "--no-package-lock", "--help"):
            continue
        if options.unknown or options.get("--package-lock") == "false":
            continue
        if options.get("-C", "--prefix") is not None:
            continue
        if locks is None:
            locks = list(_locks_of(stage))
        lock = next((name for at, name in locks if at < run.instruction.start), "")
        if not lock:
            continue
        edits = (Edit(call.verb.span, "ci"),) if can_edit(run, call.command) else ()
        yield Diagnostic(
            call_span(call),
            f"`{call_text(call)}` may install other versions than {lock} lists",
            help="use npm ci",
            evidence=call_text(call),
            fix=Fix("Use npm ci", edits, Applicability.UNSAFE) if edits else None,
        )


def _locks_of(stage: Stage) -> Iterator[tuple[int, str]]:
    """Where the stage, or one that it starts from, copies npm's lock file, and its name."""
    dockerfile = stage.dockerfile
    for part in chain_of(stage):
        for copy in part.copies:
            at = copy.instruction.start if part is stage else -1
            for word in copy.sources:
                path = word.value
                name = posixpath.basename(path)
                if name in _LOCKS:
                    yield at, name
                    continue
                folder = dockerfile.folder
                if copy.source_stage or folder is None:
                    continue
                if path in ROOT:
                    inner = ""
                elif name.startswith("package*") or name == "*.json":
                    inner = posixpath.dirname(path).strip("/")
                else:
                    continue
                for lock in _LOCKS:
                    inside = posixpath.join(inner, lock)
                    if not dockerfile.project.exists(posixpath.join(folder, inside)):
                        continue
                    if dockerfile.ignore is None or not dockerfile.ignore.matches(inside):
                        yield at, lock

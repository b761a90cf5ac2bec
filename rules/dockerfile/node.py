"""How npm is called."""

from __future__ import annotations

import posixpath

from ...linter.base.records import NamedTuple
from ...linter.edits.scripts import can_edit
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ._copies import ROOT
from ._pulled import is_left_out
from ._runs import call_span, call_text, chain_of, packages_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.base.text import Span
    from ...linter.model.dockerfile import Dockerfile, Run, Stage
    from ...linter.source.shell.packages import PackageCommand
    from ...linter.source.shell.syntax import Option

CONFIG = "https://docs.npmjs.com/cli/v11/using-npm/config"

_INSTALLING = frozenset(
    ("install", "ci", "install-test", "install-ci-test", "prune", "update", "uninstall", "dedupe")
)


class Replacement(NamedTuple):
    """``text`` takes the place of an option and its value."""

    option: Option
    text: str


_REPLACED: dict[str, tuple[tuple[str, ...], str]] = {
    "--only": (("production", "prod"), "--omit=dev"),
    "--production": (("", "true"), "--omit=dev"),
    "--also": (("", "dev", "development"), "--include=dev"),
    "--dev": (("", "dev", "development"), "--include=dev"),
    "--no-optional": ((), "--omit=optional"),
    "--optional": (("false",), "--omit=optional"),
    "--global-style": ((), "--install-strategy=shallow"),
    "--legacy-bundling": ((), "--install-strategy=nested"),
}
"""The options that npm 7 has replaced: with which values (none means any), and by what."""


def _replacements(call: PackageCommand) -> Iterator[Replacement]:
    for option in call.options.options:
        values, text = _REPLACED.get(option.name, ((), ""))
        if text and (not values or (option.value or "").lower() in values):
            yield Replacement(option, text)


@rule(
    "DF213",
    "deprecated-npm-flag",
    Severity.WARNING,
    category="maintenance",
    words=("npm",),
    ignore_when="Where the build uses an npm before 7.",
    sources=(CONFIG + "#omit", CONFIG + "#only"),
    examples=(
        Example(
            bad="FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --only=production && npm cache clean --force  # error: --only=production\n",
            good="FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev && npm cache clean --force\n",
        ),
    ),
    fix=(Applicability.SAFE, Applicability.UNSAFE),
)
def deprecated_npm_flag(stage: Stage) -> Iterator[Diagnostic]:
    """npm is called with an option that it has replaced and warns about, such as `--only=production`.

    npm 7 brought `--omit` and `--include`; the old spellings still work and are to go. Images with
    an npm before 7 only know the old ones and are left alone, and so are stages that nothing uses. The fix is safe where the base image
    is known to have npm 7 or later, else it depends on which npm is there.
    """
    version = stage.facts.npm if stage.facts else None
    if (version is not None and version < 7) or is_left_out(stage):
        return
    installs_npm = any(
        word.value.startswith("npm@")
        for part in chain_of(stage)
        for _, call in packages_of(part, "npm")
        for word in call.operands
    )
    is_safe = version is not None and not installs_npm
    for run, call in packages_of(stage, "npm"):
        replacements = list(_replacements(call)) if call.action in _INSTALLING else []
        if not replacements:
            continue
        edits = tuple(Edit(_option_span(call, option), text) for option, text in replacements)
        texts = [text for _, text in replacements]
        # --only=prod --production would become the same option twice.
        can_fix = len(set(texts)) == len(texts) and can_edit(run, call.command)
        grade = Applicability.SAFE if is_safe else Applicability.UNSAFE
        (first, text), *others = replacements
        shown = first.name if first.value is None else f"{first.name}={first.value}"
        yield Diagnostic(
            edits[0].span,
            f"npm has replaced {shown} with {text}",
            help=f"write `{' '.join(texts)}`",
            related=[Related(option.word.span, f"and this with {new}") for option, new in others],
            evidence=shown,
            fix=Fix(f"Write {' '.join(texts)}", edits, grade) if can_fix else None,
        )


def _option_span(call: PackageCommand, option: Option) -> Span:
    """The option with its value, which may be a word of its own."""
    word = last = option.word
    if option.value is not None and "=" not in word.value:
        args = call.command.args
        last = args[args.index(word) + 1]
    return word.script.span(word.at, last.end)


_LOCKS = ("package-lock.json", "npm-shrinkwrap.json")
_OTHER_INSTALLS = (
    "-g", "--global", "--package-lock-only", "--no-package-lock", "--help", "-C", "--prefix",
)  # fmt: skip
"""Options with which ``npm install`` is not about the lock file of the project."""


@rule(
    "DF214",
    "npm-install-not-ci",
    Severity.WARNING,
    category="maintenance",
    words=("npm",),
    ignore_when="Where newer versions are wanted, and the lock file is kept for others.",
    sources=("https://docs.npmjs.com/cli/v11/commands/npm-ci",),
    examples=(
        Example(
            bad="FROM node:22-alpine\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm install --omit=dev && npm cache clean --force  # error: npm install\n",
            good="FROM node:22-alpine\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci --omit=dev && npm cache clean --force\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def npm_install_not_ci(stage: Stage) -> Iterator[Diagnostic]:
    """`npm install` may change the lock file and install other versions than those it lists.

    Why: Two builds of one commit may then differ, and contain versions that nobody has tested.

    `npm ci` installs exactly what the lock file says, and fails where it and package.json disagree.
    Reported only where a lock file is known to be there: COPY names it, or takes it from a context
    that has one. Calls that name packages or install globally are left alone, and so are lock files
    that lack a dependency of package.json, which `npm ci` refuses, or that a RUN removes.
    """
    locks: list[tuple[int, str]] | None = None
    for run, call in packages_of(stage, "npm"):
        if call.action != "install" or call.operands or call.verb is None:
            continue
        options = call.options
        if options.has(*_OTHER_INSTALLS) or options.get("--package-lock") == "false":
            continue
        if options.unknown:
            continue
        if locks is None:
            locks = list(_locks_of(stage))
        path = next((path for at, path in locks if at < run.instruction.start), "")
        lock = posixpath.basename(path)
        if not lock or _removes(stage, run, call, lock) or _differs(stage.dockerfile, path):
            continue
        edits = (Edit(call.verb.span, "ci"),) if can_edit(run, call.command) else ()
        yield Diagnostic(
            call_span(call),
            f"`{call_text(call)}` can install other versions than those in {lock}",
            help="use `npm ci`",
            evidence=call_text(call),
            fix=Fix("Use npm ci", edits, Applicability.UNSAFE) if edits else None,
        )


def _locks_of(stage: Stage) -> Iterator[tuple[int, str]]:
    """Where the stage, or one that it starts from, copies npm's lock file, and its path."""
    for part in chain_of(stage):
        for copy in part.copies:
            at = copy.instruction.start if part is stage else -1
            for word in copy.sources:
                path = word.value
                name = posixpath.basename(path)
                if name in _LOCKS:
                    yield at, path if not copy.source_stage else name
                elif copy.source_stage:
                    continue
                elif path in ROOT:
                    yield from ((at, lock) for lock in _locks_in(stage.dockerfile, ""))
                elif name.startswith("package*") or name == "*.json":
                    folder = posixpath.dirname(path).strip("/")
                    yield from ((at, lock) for lock in _locks_in(stage.dockerfile, folder))


def _locks_in(dockerfile: Dockerfile, folder: str) -> Iterator[str]:
    """The paths of the lock files in a folder of the context that the ignore file does not exclude."""
    context, ignore = dockerfile.folder, dockerfile.ignore
    if context is None:
        return
    for name in _LOCKS:
        path = posixpath.join(folder, name)
        exists = dockerfile.project.exists(posixpath.join(context, path))
        if exists and (ignore is None or not ignore.matches(path)):
            yield path


def _removes(stage: Stage, run: Run, call: PackageCommand, lock: str) -> bool:
    """Whether a command before an install removes the lock file."""
    from fnmatch import fnmatchcase

    return any(
        any(fnmatchcase(lock, posixpath.basename(word.value)) for word in command.args)
        for other, command in stage.calls.get("rm", ())
        if other.instruction.start < run.instruction.start
        or (other is run and command.at < call.command.at)
    )


_DEPENDENCIES = ("dependencies", "devDependencies")


def _differs(dockerfile: Dockerfile, lock: str) -> bool:
    """Whether a lock file lacks a dependency of package.json, or has another range for it."""
    if dockerfile.folder is None:
        return False
    path = posixpath.join(dockerfile.folder, lock.lstrip("/"))
    listed = _json(dockerfile, posixpath.join(posixpath.dirname(path), "package.json"))
    locked = _json(dockerfile, path)
    packages = _mapping(locked, "packages")
    root, names = _mapping(packages, ""), _mapping(locked, "dependencies")
    if not packages and not names:
        return False
    for kind in _DEPENDENCIES:
        ranges = _mapping(root, kind)
        for name, wanted in _mapping(listed, kind).items():
            if packages and f"node_modules/{name}" not in packages:
                return True
            if (packages and ranges.get(name) != wanted) or (not packages and name not in names):
                return True
    return False


def _json(dockerfile: Dockerfile, path: str) -> object:
    """The content of a file of JSON; None if it cannot be read."""
    from json import loads

    try:
        return loads(dockerfile.project.text(path) or "null")
    except (ValueError, RecursionError):
        return None


def _mapping(value: object, key: str) -> dict[str, object]:
    inner = value.get(key) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}

"""Calls of go that need a module and have none."""

from __future__ import annotations

import posixpath

from ...linter.base.patterns import on_demand
from ...linter.files.paths import is_inside
from ...linter.rule import Diagnostic, Example, Severity, rule
from ._pulled import is_left_out
from ._runs import call_span, chain_of, packages_of
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.images import ImageFacts
    from ...linter.model.dockerfile import Copy, Run, Stage
    from ...linter.source.shell.packages import PackageCommand

_HOME = "/go"
"""Where the official image starts its commands."""
_NEWEST_TAGS = ("", "1", "1-alpine", "alpine", "latest")
_WITHOUT_GOPATH = (1, 22)
_WITHOUT_INSTALLING = (1, 18)
"""The versions whose ``go get`` needs a module whatever GO111MODULE says, or without it."""

_MAY_MAKE_MODULE = on_demand(
    r"go\.mod|\bgo\s+(?:mod|work)\b|git\s+(?:clone|init|checkout)|\btar\b|unzip|\bcp\b|\bmv\b|\bln\b"
    r"|\brsync\b|GOFLAGS|modfile|\bsvn\b|\bhg\b"
)
"""Signs of a go.mod that comes from elsewhere than the build's context."""
_SCRIPTS = frozenset((".", "ash", "bash", "eval", "make", "mage", "perl", "python", "sh", "source"))
"""Programs that may make a go.mod out of sight."""
_MOVING = ("cd", "pushd", "chroot", "env")


@rule(
    "DF143",
    "go-get-outside-module",
    Severity.ERROR,
    category="build",
    words=("go get", "go install"),
    since="0.2",
    sources=(
        "https://go.dev/doc/go-get-install-deprecation",
        "https://go.dev/doc/go1.18#go-command",
        "https://go.dev/doc/go1.22#go-command",
    ),
    examples=(
        Example(
            bad="FROM golang:1.26\nRUN go get golang.org/x/tools/cmd/stringer  # error: go get\nUSER nobody\n",
            good="FROM golang:1.26\nRUN go install golang.org/x/tools/cmd/stringer@v0.40.0\nUSER nobody\n",
        ),
    ),
)
def go_get_outside_module(stage: Stage) -> Iterator[Diagnostic]:
    """`go get` is called where there is no go.mod: since Go 1.18 it fails there.

    Since Go 1.18 `go get` only changes the requirements of a module; programs are installed
    with `go install …@version`, which in turn needs the version outside a module.
    `GO111MODULE=off` helps until Go 1.21. Judged are official golang images; nothing is said
    where a COPY, or a command, may have brought a go.mod to the working folder or one above it.
    """
    calls = [
        (run, call)
        for run, call in packages_of(stage, "go")
        if call.action in ("get", "install") and not call.options.unknown
    ]
    if not calls or is_left_out(stage):
        return
    from ...linter.analysis.base_image import bases_of

    bases = bases_of(stage)
    if bases is None or len(bases.facts) != 1:
        return
    version = _version(bases.facts[0])
    if version is None:
        return
    text = stage.dockerfile.source.text
    if version < _WITHOUT_GOPATH and "GO111MODULE" in text:
        return
    for run, call in calls:
        command = call.command
        if call.action == "install" and ("GO111MODULE" in text or not _lacks_version(call)):
            continue
        if command.assignments or any(
            word.value.startswith(("-C", "-modfile", "--modfile", "-h", "--help"))
            for word in command.args
        ):
            continue
        if not surely_runs(run, command) or _may_be_in_module(stage, run, call):
            continue
        fails = bases.certain and fails_build(run, command)
        is_get = call.action == "get"
        yield Diagnostic(
            call_span(call),
            "`go get` needs a go.mod, and there is none in this folder or above it"
            if is_get
            else "`go install` needs a version (…@latest) where there is no go.mod",
            help="install programs with `go install …@version`, and run `go get` inside a module",
            severity=None if fails else Severity.WARNING,
            evidence=f"go {call.action}",
        )
        return


def _version(facts: ImageFacts) -> tuple[int, ...] | None:
    """The version of Go at least, for those that are new enough; None for others."""
    if facts.name != "golang":
        return None
    if facts.tag in _NEWEST_TAGS:
        return _WITHOUT_GOPATH
    version = facts.version
    if version is None or len(version) < 2 or version < _WITHOUT_INSTALLING:
        return None
    return version[:2]


def _lacks_version(call: PackageCommand) -> bool:
    """Whether a call of ``go install`` names packages of other modules without a version."""
    values = [word.value for word in call.operands]
    return bool(values) and all(
        "." in value.partition("/")[0].lstrip(".") and "@" not in value and "/" in value
        for value in values
    )


def _may_be_in_module(stage: Stage, run: Run, call: PackageCommand) -> bool:
    """Whether the folder of a call, or one above it, may have a go.mod."""
    at = call.command.span.start
    is_set = False
    copies: list[Copy] = []
    for part in chain_of(stage):
        for instruction in part.instructions:
            inner = instruction.inner or instruction
            if inner.start >= at:
                break
            is_set = is_set or inner.name == "WORKDIR"
            if inner.name in ("ENV", "ARG") and _MAY_MAKE_MODULE.search(inner.text):
                return True
        copies += [copy for copy in part.copies if copy.instruction.start < at]
        for other in part.runs:
            if other.instruction.start > at:
                break
            if not other.script.complete or other.mounts or other.instruction.outer is not None:
                return True
            for command in other.script.commands:
                if command.span.start >= at:
                    break
                word = command.word
                if word is None or "/" in word.value or command.name in _SCRIPTS:
                    return True
                if other is run and command.name in _MOVING:
                    return True
                if _MAY_MAKE_MODULE.search(" ".join(command.argv)):
                    return True
                if any(">" in item.operator for item in command.redirections):
                    return True
    folder = run.workdir if is_set else _HOME
    if folder is None or "env" in call.command.wrappers:
        return True
    folder = posixpath.normpath(posixpath.join(_HOME, folder))
    return any(_may_bring_module(copy, folder) for copy in copies)


def _may_bring_module(copy: Copy, folder: str) -> bool:
    """Whether a COPY may put a go.mod into a folder or one above it."""
    target = copy.target
    if target is None:
        destination = copy.instruction.destination
        text = destination.value if destination is not None else "$"
        if text.startswith("/") or "$" in text:
            return not text.startswith(("$GOPATH/src/", "${GOPATH}/src/")) or folder != _HOME
        target = posixpath.normpath(posixpath.join(_HOME, text))
    return target == "/" or is_inside(target, folder)

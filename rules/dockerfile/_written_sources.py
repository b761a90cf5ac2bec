"""Sources of packages of old releases, which were moved to archives, that a Dockerfile writes."""

from __future__ import annotations

from ...linter.base.patterns import on_demand
from ...linter.rule import Diagnostic, Related, Severity
from ._other_sources import runs_file
from ._runs import call_span, call_text
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ...linter.base.text import Span
    from ...linter.model.dockerfile import Stage
    from ...linter.source.shell.syntax import SimpleCommand

_SOURCE = on_demand(
    r"\bdeb(?:-src)?\s+(?:\[[^\]]*\]\s*)?"
    r"(https?://(?:(?:[a-z]{2}\.)?archive\.ubuntu\.com|security\.ubuntu\.com|(?:deb|ftp|security)\.debian\.org)[\w/.-]*)"
    r"\s+([a-z]+)([-/][\w-]+)?(?![\w/-])"
)
"""A source of packages of Debian or Ubuntu: its address, the name of its release, the part of it."""

_WRITING = frozenset(("add-apt-repository", "apt-add-repository", "echo", "printf"))
_CHANGING = frozenset(("cp", "ln", "mv", "perl", "rm", "sed", "truncate"))


def old_sources_written(stage: Stage) -> Iterator[Diagnostic]:
    """The first source of an old release that a stage writes, where it fetches indexes afterwards."""
    source: tuple[Span, str, dict[str, Any], str] | None = None
    places = [
        copy.instruction.start for copy in reversed(stage.copies) if _may_replace(copy.target)
    ]
    for run in stage.runs:
        calls = {id(call.command): call for call in run.packages}
        while places and places[-1] < run.instruction.start:
            source = None
            places.pop()
        if not run.script.complete or run.mounts:
            source = None
            continue
        for command in run.script.commands:
            call = calls.get(id(command))
            if call is not None and source is not None:
                if call.manager == "apt" and call.action == "update" and surely_runs(run, command):
                    span, title, entry, _ = source
                    yield Diagnostic(
                        span,
                        f"`{call_text(call)}` fails: the packages of {title} were moved to {entry['now']}",
                        help="use the release of the base image, one that is still supported",
                        severity=None if fails_build(run, command) else Severity.WARNING,
                        related=[Related(call_span(call), "they are downloaded here")],
                        evidence=title,
                    )
                    return
            elif source is None:
                source = _old_source(command) if surely_runs(run, command) else None
            elif _undoes(command, source[3]):
                source = None


def _may_replace(target: str | None) -> bool:
    """Whether what is copied to a place may take that of files of sources."""
    return target is None or f"{target}/".startswith("/etc/apt/") or target in ("/", "/etc")


def _old_source(command: SimpleCommand) -> tuple[Span, str, dict[str, Any], str] | None:
    """The source of an old release that a command writes: place, release, archive, file."""
    if command.name not in _WRITING:
        return None
    file = _file_of_sources(command)
    if file is None:
        return None
    from ...linter.images.data import common, gone
    from ...linter.images.tags import parse_version

    text = " ".join(word.value for word in command.args).replace("\\n", "\n")
    for match in _SOURCE.finditer(text):
        name, cycle = common()["suites"].get(match[2], ("", ""))
        if not name or name not in match[1]:
            continue
        entry = archive_of(name, parse_version(cycle))
        part = f"{match[2]}{match[3] or ''}"
        if entry is None and part in gone()["archived"][name].get("parts", ()):
            entry = gone()["archived"][name]
        word = next((word for word in command.args if match[1] in word.text), None)
        if entry is None or word is None:
            continue
        at = word.at + word.text.find(match[1])
        span = word.script.span(at, at + len(match[1]))
        return span, f"{name.title()} {cycle} ({part})", entry, file
    return None


def _file_of_sources(command: SimpleCommand) -> str | None:
    """The file of sources that the output of a command goes to."""
    if command.name.endswith("-repository"):
        return "add-apt-repository"
    for item in command.redirections:
        if item.target is not None and item.target.value.startswith("/etc/apt/sources.list"):
            return item.target.value
    for other in command.pipeline:
        for word in other.args if other.name == "tee" else ():
            if word.value.startswith("/etc/apt/sources.list"):
                return word.value
    return None


def _undoes(command: SimpleCommand, file: str) -> bool:
    """Whether a command may take a source away again."""
    if runs_file(command):
        return True
    if command.name in _CHANGING and any("/etc/apt" in word.value for word in command.args):
        return True
    written = [
        item.target.value for item in command.redirections if item.target and item.operator == ">"
    ]
    appends = any(word.value in ("-a", "--append") for word in command.args)
    if command.name == "tee" and not appends:
        written += [word.value for word in command.args]
    return file in written


def archive_of(name: str, release: tuple[int, ...] | None) -> dict[str, Any] | None:
    """The entry of the table of archives for a release; None if its packages were not moved."""
    from ...linter.images.data import gone
    from ...linter.images.tags import parse_version

    entry: dict[str, Any] | None = gone()["archived"].get(name)
    if entry is None or release is None:
        return None
    until = parse_version(entry.get("until", ""))
    if until is not None:
        return entry if release[:1] <= until else None
    listed = [parse_version(text) for text in entry["releases"]]
    return entry if release in listed else None

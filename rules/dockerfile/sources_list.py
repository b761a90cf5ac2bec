"""The file of package sources that newer images of Debian do not have."""

from __future__ import annotations

from ...linter.rule import Diagnostic, Example, Severity, rule
from ._pulled import is_left_out
from ._runs import outermost
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.syntax import SimpleCommand
    from ...linter.source.shell.tokens import ShellWord

_FILE = "/etc/apt/sources.list"
_READING = frozenset(("cat", "cp", "grep", "mv", "sed"))
"""Programs that end with an error where a file that they are given does not exist."""

_FIRST = (12,)
"""The first release of Debian whose image does not have the file."""


@rule(
    "DF166",
    "sources-list-missing",
    Severity.ERROR,
    category="build",
    words=(_FILE,),
    since="0.2",
    sources=(
        "https://github.com/docker-library/php/issues/1439",
        "https://github.com/nginx/docker-nginx/issues/885",
    ),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN sed -i 's/deb.debian.org/mirror.example/' /etc/apt/sources.list  # error: /etc/apt/sources.list\nUSER nobody\n",
            good="FROM debian:trixie-slim\nRUN sed -i 's/deb.debian.org/mirror.example/' /etc/apt/sources.list.d/debian.sources\nUSER nobody\n",
        ),
    ),
)
def sources_list_missing(stage: Stage) -> Iterator[Diagnostic]:
    """RUN reads /etc/apt/sources.list, which images of Debian 12 and later do not have.

    `sed -i` ends with "can't read /etc/apt/sources.list: No such file or directory". The sources are in
    `/etc/apt/sources.list.d/debian.sources`, in another format. The same holds for official images that
    are built on Debian (`python:3.13`, `node:24`). Nothing is said where something before may have
    written the file.
    """
    calls = [
        (run, command, word)
        for name in _READING
        for run, command in stage.calls.get(name, ())
        if (word := _read(command)) is not None
    ]
    if not calls or is_left_out(stage):
        return
    from ...linter.analysis.base_image import bases_of

    bases = bases_of(stage)
    distribution = bases.distribution if bases is not None else None
    if bases is None or distribution is None or distribution.name != "debian":
        return
    if distribution.oldest is None or distribution.oldest < _FIRST:
        return
    calls.sort(key=lambda call: call[2].span.origin.start)
    for run, command, word in calls:
        if not surely_runs(run, command):
            continue
        if not _may_be_written(run, command):
            fails = bases.certain and fails_build(run, command)
            yield Diagnostic(
                word.span,
                f"{_FILE} does not exist in the image of {distribution.text}",
                help=f"edit {_FILE}.d/debian.sources, which has another format",
                severity=None if fails else Severity.WARNING,
                evidence=command.name,
            )
        return


def _read(command: SimpleCommand) -> ShellWord | None:
    """The word with which a command reads the file."""
    words = command.args
    if command.name in ("cp", "mv"):
        words = words[:-1]
    return next((word for word in words if word.value == _FILE), None)


def _may_be_written(run: Run, command: SimpleCommand) -> bool:
    """Whether something before a command may have written the file."""
    from ...linter.analysis.installed import place_of_copy
    from ._other_sources import instructions_before, may_run_more

    for inner, state in instructions_before(run):
        if inner.name in ("COPY", "ADD"):
            target = place_of_copy(inner, state)
            if target is None or target == "/" or f"{_FILE}/".startswith(f"{target}/"):
                return True
        if inner.name == "RUN" and _FILE in inner.text:
            return True
    if may_run_more(run, command, lambda _: False):
        return True
    return _FILE in run.script.text[: outermost(command).at]

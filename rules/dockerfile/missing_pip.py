"""pip where nothing has installed it."""

from __future__ import annotations

import re

from ...linter.base.patterns import on_demand
from ...linter.rule import Diagnostic, Example, Severity, rule
from ._brought import may_be_brought
from ._pulled import is_left_out
from ._runs import name_span
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Stage
    from ...linter.source.shell.syntax import SimpleCommand

_BRINGS_PIP = on_demand(
    r"pip|easy_install|virtualenv|\bvenv\b|conda|mamba|pyenv|pypy|\buv\b|poetry|pdm|\btox\b"
    r"|python\.org/ftp|alpine/v\d|/etc/apk|alias\s|\bln\b|\bPATH\b",
    re.IGNORECASE,
)
"""Signs of a pip that comes from elsewhere, or of another version of Alpine's packages."""

_SCRIPTS = frozenset((
    ".", "ash", "bash", "eval", "make", "perl", "python", "python3", "sh", "source", "su", "tar",
    "unzip",
))  # fmt: skip
"""Programs that may install pip out of sight."""
_PIPS = ("pip", "pip2", "pip3")


@rule(
    "DF148",
    "pip-not-installed",
    Severity.ERROR,
    category="build",
    words=("pip",),
    since="0.2",
    sources=(
        "https://www.alpinelinux.org/posts/Alpine-3.12.0-released.html",
        "https://gitlab.alpinelinux.org/alpine/aports/-/blob/master/main/py3-pip/APKBUILD",
        "https://github.com/cloud-gov/s3-simple-resource/pull/34",
    ),
    examples=(
        Example(
            bad="FROM alpine:3.22\nRUN apk add --no-cache python3\nRUN pip3 install --no-cache-dir flask==3.1.2  # error: pip3\nUSER nobody\n",
            good='FROM alpine:3.22\nRUN apk add --no-cache python3\nRUN python3 -m venv /venv\nENV PATH="/venv/bin:$PATH"\nRUN pip install --no-cache-dir flask==3.1.2\nUSER nobody\n',
        ),
    ),
)
def pip_not_installed(stage: Stage) -> Iterator[Diagnostic]:
    """pip is called on Alpine, and nothing has installed it: its package python3 has no pip since 3.12.

    Why: The shell does not find pip, and the build fails.

    pip is in a package of its own there, py3-pip, and refuses to install into the Python of the
    distribution since Alpine 3.19, so that a virtual environment is the better way. Nothing is said where
    something in the stage may bring another pip.
    """
    calls = [pair for name in _PIPS for pair in stage.calls.get(name, ())]
    if not calls or is_left_out(stage):
        return
    from ...linter.analysis.base_image import bases_of

    bases = bases_of(stage)
    if bases is None or any(facts.language == "python" for facts in bases.facts):
        return
    distribution = bases.distribution
    if distribution is None or distribution.name != "alpine":
        return
    if distribution.oldest is None or distribution.oldest < (3, 12):
        return
    calls.sort(key=lambda pair: pair[1].span.start)
    for run, command in calls:
        word = command.word
        if word is None or "/" in word.value or not surely_runs(run, command):
            continue
        if may_be_brought(stage, command, _BRINGS_PIP.search, _brings, mounts_count=True):
            return
        fails = bases.certain and fails_build(run, command)
        yield Diagnostic(
            name_span(command),
            f"{command.name} is not installed: the package python3 of Alpine has no pip",
            help="create a virtual environment (`python3 -m venv /venv`), or install py3-pip",
            severity=None if fails else Severity.WARNING,
            evidence=command.name,
        )
        return


_PACKAGE = on_demand(
    r"pip|virtualenv|poetry|tox|conda|@|py3-(?:build|wheel|installer)|^-X|^--repo|^http"
    r"|^py(?:thon)?2?(?:-|$)"
)
"""Words of apk with which pip, or another Python, may come along; Python 2 makes apk itself fail."""


def _brings(command: SimpleCommand) -> bool:
    """Whether a command may bring pip."""
    word = command.word
    if word is None or "/" in word.value or command.name in _SCRIPTS or not command.name:
        return True
    if command.name in _PIPS:
        return False
    if command.name == "apk":
        return any(other.has_expansion or _PACKAGE.search(other.value) for other in command.args)
    return bool(_BRINGS_PIP.search(" ".join(command.argv)))

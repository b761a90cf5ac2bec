"""The pip of Ubuntu 14.04 and 16.04, which takes releases for newer Pythons."""

from __future__ import annotations

import re

from ...linter.base.patterns import on_demand
from ...linter.rule import Diagnostic, Example, Severity, rule
from ._pulled import is_left_out
from ._pythons import may_bring_python
from ._runs import call_span, chain_of
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Stage
    from ...linter.source.shell.packages import PackageCommand

_RELEASES = {(14, 4): ("1.5.4", "3.4"), (16, 4): ("8.1.1", "3.5")}
"""The releases of Ubuntu whose pip is older than 9, with it and with their Python 3."""

_OTHER_PIP = on_demand(
    r"get-pip|easy_install|ensurepip|PIP_[A-Z]|pip\.conf|\.pip\b|pip[23]?-\d|ez_setup"
)
_ELSEWHERE = (
    "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--no-index", "-t", "--target",
    "--root", "--prefix", "--constraint", "-c", "--python", "--isolated",
)  # fmt: skip


@rule(
    "DF141",
    "old-pip-takes-newest",
    Severity.ERROR,
    category="build",
    words=("pip",),
    since="0.2",
    sources=(
        "https://pip.pypa.io/en/stable/news/",
        "https://packages.ubuntu.com/search?keywords=python-pip",
        "https://github.com/endernewton/tf-faster-rcnn/issues/507",
    ),
    examples=(
        Example(
            bad="FROM ubuntu:16.04\nRUN apt-get update && apt-get install -y --no-install-recommends python-pip && rm -rf /var/lib/apt/lists/*\nRUN pip install --no-cache-dir --upgrade pip  # error: pip install\nUSER nobody\n",
            good='FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y --no-install-recommends python3-venv && rm -rf /var/lib/apt/lists/*\nRUN python3 -m venv /venv\nENV PATH="/venv/bin:$PATH"\nRUN pip install --no-cache-dir pip==26.1\nUSER nobody\n',
        ),
    ),
)
def old_pip_takes_newest(stage: Stage) -> Iterator[Diagnostic]:
    """The pip of Ubuntu 14.04 or 16.04 upgrades itself to a release that its Python cannot run.

    pip before 9 does not know which Python a release needs and takes the newest. That of Python 2 finds no
    `setup.py` in it, and ends with an error; that of Python 3 installs it, and each later call of pip ends
    with a syntax error. Name the last release for that Python (`pip==20.3.4`).
    """
    calls = [
        (run, call)
        for run in stage.runs
        for call in run.packages
        if call.manager == "pip" and call.program in ("pip", "pip2", "pip3")
    ]
    if not calls or is_left_out(stage):
        return
    from ...linter.analysis.base_image import bases_of

    bases = bases_of(stage)
    distribution = bases.distribution if bases is not None else None
    if bases is None or distribution is None or distribution.name != "ubuntu":
        return
    known = _RELEASES.get(distribution.release or ())
    if known is None or any(facts.language == "python" for facts in bases.facts):
        return
    packages = _packages(stage)
    if packages is None:
        return
    broken: PackageCommand | None = None
    for run, call in calls:
        python = _python(call)
        if python is None or not surely_runs(run, call.command):
            return
        fails = bases.certain and fails_build(run, call.command)
        severity = None if fails else Severity.WARNING
        if broken is not None:
            yield Diagnostic(
                call_span(call),
                f"pip cannot run here: it was upgraded to a release for newer Pythons than {known[1]}",
                help="do not upgrade it, or name a release: pip==20.3.4",
                severity=severity,
                evidence="pip",
            )
            return
        if not _upgrades_pip(call):
            if any(word.value.lower().startswith("pip") for word in call.operands):
                return
            continue
        if python == 2 and "python-pip" in packages:
            yield Diagnostic(
                call_span(call),
                f"pip {known[0]} takes the newest pip, which is not for Python 2",
                help="do not upgrade it, or name the last release: pip==20.3.4",
                severity=severity,
                evidence="pip",
            )
            return
        if python == 3 and "python3-pip" in packages:
            broken = call
            continue
        return


def _packages(stage: Stage) -> set[str] | None:
    """The packages that bring pip; None where another pip or Python may be there."""
    names: set[str] = set()
    for part in chain_of(stage):
        if may_bring_python(part):
            return None
        for instruction in part.instructions:
            inner = instruction.inner or instruction
            texts = [inner.text, *(heredoc.body for heredoc in inner.heredocs)]
            if any(_OTHER_PIP.search(text) for text in texts):
                return None
        for run in part.runs:
            for call in run.packages:
                if call.manager == "apt" and call.action == "install":
                    names |= {re.split("[=/]", word.value)[0] for word in call.operands}
    return names & {"python-pip", "python3-pip"}


def _python(call: PackageCommand) -> int | None:
    """The major version of Python that a pip is of, by the names of the command; None if unknown."""
    wrappers = [name for name in call.command.wrappers if name not in ("sudo", "env")]
    first = call.command.words[0].value if call.command.words else ""
    if "/" in first or (call.command.word is not None and "/" in call.command.word.value):
        return None
    if not wrappers:
        return 3 if call.program == "pip3" else 2
    if wrappers in (["python"], ["python2"], ["python2.7"]):
        return 2
    return 3 if wrappers == ["python3"] else None


def _upgrades_pip(call: PackageCommand) -> bool:
    """Whether a call upgrades pip to its newest release."""
    options = call.options
    if call.action != "install" or options.unknown or options.has(*_ELSEWHERE):
        return False
    return options.has("-U", "--upgrade") and any(
        word.value.lower() == "pip" for word in call.operands
    )

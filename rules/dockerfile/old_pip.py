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

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.packages import PackageCommand
    from ...linter.source.shell.syntax import SimpleCommand

_RELEASES: dict[tuple[int, ...], tuple[str, str]] = {
    (14, 4): ("1.5.4", "3.4"),
    (16, 4): ("8.1.1", "3.5"),
}
"""The releases of Ubuntu whose pip is older than 9, with it and with their Python 3."""

_OTHER_PIP = on_demand(
    r"get-pip|easy_install|ensurepip|PIP_[A-Z]|pip\.conf|\.pip\b|pip[23]?-\d|ez_setup"
)
_BARE = on_demand(
    r"python[23]?(?:\.\d+)?(?:-(?:dev|pip|setuptools|wheel|software-properties|all-dev|minimal))?"
)
_MAY_BRING = on_demand(
    r"^(?:i?python|py|sci|cython|ros-|jupyter|virtualenv|ansible|salt|supervisor|gdal|qgis|spyder|inkscape"
    r"|libopencv|mercurial|bzr|awscli|fabric)|\$"
)
"""Packages of Ubuntu that bring none, or may bring some, of Python's."""
_EGG_TOOLS = frozenset(("python-setuptools", "python-pip", "python3-setuptools", "python3-pip"))
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
    """The pip of Ubuntu 14.04 or 16.04 installs a release that is not for its Python, and fails.

    Why: The build fails.

    pip before 9 does not know which Python a release needs and takes the newest. For Python 2 it finds no
    `setup.py` in it, or one for Python 3, and ends with an error; the one of Python 3 upgrades itself, and each
    later call ends with a syntax error. easy_install wants a `setup.py`, too. Name the last release for that Python (`pip==20.3.4`). The table of
    packages has a date; what packages of Ubuntu may have brought is not judged without `--upgrade`.
    """
    eggs = [
        pair
        for name in ("easy_install", "easy_install-2.7", "easy_install2", "easy_install3")
        for pair in stage.calls.get(name, ())
    ]
    calls = [
        (run, call)
        for run in stage.runs
        for call in run.packages
        if call.manager == "pip" and call.program in ("pip", "pip2", "pip3")
    ]
    if not (calls or eggs) or is_left_out(stage):
        return
    from ...linter.analysis.base_image import bases_of

    bases = bases_of(stage)
    distribution = bases.distribution if bases is not None else None
    if bases is None or distribution is None or distribution.name != "ubuntu":
        return
    known = _RELEASES.get(distribution.release or (0, 0))
    if known is None or any(facts.language == "python" for facts in bases.facts):
        return
    for run, command in eggs:
        name = _egg(stage, run, command)
        if name is not None and surely_runs(run, command):
            yield Diagnostic(
                (command.word or command).span,
                f"{command.name} installs the newest {name}, which has no setup.py",
                help=f"name the last release that it can install: `{name}==…`",
                severity=None if bases.certain and fails_build(run, command) else Severity.WARNING,
                evidence=name,
            )
            return
    seen: list[str] = []
    broken: PackageCommand | None = None
    for run, call in calls:
        python = _python(call)
        if python is None or not surely_runs(run, call.command):
            return
        brought = _packages(stage, run, call.command)
        if brought is None:
            return
        packages = brought & {"python-pip", "python3-pip"}
        fails = bases.certain and fails_build(run, call.command)
        severity = None if fails else Severity.WARNING
        if broken is not None:
            yield Diagnostic(
                call_span(call),
                f"pip cannot run here: it was upgraded to a release for newer Pythons than {known[1]}",
                help="do not upgrade pip, or name a release: `pip==20.3.4`",
                severity=severity,
                evidence="pip",
            )
            return
        newest = _newest(call, python, brought, seen)
        seen += [word.value.lower() for word in call.operands]
        if newest is None:
            if any(word.value.lower().startswith("pip") for word in call.operands):
                return
            continue
        if python == 3 and newest == "pip":
            if "python3-pip" not in packages:
                return
            broken = call
            continue
        if ("python-pip" if python == 2 else "python3-pip") not in packages:
            return
        yield Diagnostic(
            call_span(call),
            f"pip {known[0]} installs the newest {newest}, which is not for Python {2 if python == 2 else known[1]}",
            help=f"name the last release for that Python: `{newest}==…`",
            severity=severity,
            evidence=newest,
        )
        return


def _egg(stage: Stage, run: Run, command: SimpleCommand) -> str | None:
    """The package of a call of easy_install whose newest release has no ``setup.py``."""
    from ...linter.images.data import languages

    options = command.options(frozenset(("-f", "-i", "--find-links", "--index-url", "-d", "-s")))
    if (
        command.word is None
        or "/" in command.word.value
        or options.has("-f", "-i", "-n", "-H", "-N")
    ):
        return None
    brought = _packages(stage, run, command)
    if brought is None or not _EGG_TOOLS.intersection(brought):
        return None
    upgrades = options.has("-U", "--upgrade")
    table = languages()["old_pip"]["packages"]
    for word in options.operands:
        name = word.value.lower()
        entry = table.get(name)
        if entry is None or ("comes_along" in entry and name != "wheel"):
            continue
        is_there = any(
            one.endswith((f"-{name}", f"-{name}-whl"))
            or (_MAY_BRING.search(one) and not _BARE.fullmatch(one))
            for one in brought
        )
        if upgrades or not is_there:
            return name
    return None


def _packages(stage: Stage, run: Run, call: SimpleCommand) -> set[str] | None:
    """The packages of Ubuntu in front of a call; None where another pip or Python may be there."""
    names: set[str] = set()
    for part in chain_of(stage):
        if may_bring_python(part, run, call):
            return None
        for instruction in part.instructions:
            inner = instruction.inner or instruction
            if inner.start > run.instruction.start:
                break
            if inner is run.instruction:
                if _OTHER_PIP.search(run.script.text[: call.at]):
                    return None
                continue
            texts = [inner.text, *(heredoc.body for heredoc in inner.heredocs)]
            if any(_OTHER_PIP.search(text) for text in texts):
                return None
        for other in part.runs:
            if other.instruction.start > run.instruction.start:
                break
            for install in other.packages:
                if install.manager == "apt" and install.action == "install":
                    names |= {re.split("[=/]", word.value)[0] for word in install.operands}
    return names


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


def _newest(call: PackageCommand, python: int, brought: set[str], seen: list[str]) -> str | None:
    """The package of a call whose newest release is not for its Python; None if it names none."""
    from ...linter.images.data import languages

    options = call.options
    if call.action != "install" or options.unknown or options.has(*_ELSEWHERE):
        return None
    table = languages()["old_pip"]["packages"]
    upgrades = options.has("-U", "--upgrade")
    for word in call.operands:
        name = word.value.lower()
        entry = table.get(name)
        if entry is None or (python == 3 and not ("compiled" in entry or name == "pip")):
            continue
        if upgrades:
            return name
        if (
            name != "pip"
            and "comes_along" not in entry
            and not (
                any(_MAY_BRING.search(one) and not _BARE.fullmatch(one) for one in brought)
                or any(one.startswith(name) for one in seen)
            )
        ):
            return name
    return None

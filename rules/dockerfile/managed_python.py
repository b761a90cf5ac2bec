"""pip and the Python that the distribution manages."""

from __future__ import annotations

import re

from ...linter.base.patterns import on_demand
from ...linter.rule import Diagnostic, Example, Severity, rule
from ._pulled import is_left_out
from ._runs import call_span, call_text, chain_of, is_set, shown
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.packages import PackageCommand

_OTHER_PYTHON = on_demand(
    r"venv\b|virtualenv|pyenv|conda|mamba|EXTERNALLY|/usr/lib/python3|/lib/python3|\bPATH\b|PIP_[CPRT]|break.system.packages|get-pip|deadsnakes|pipx"
    r"|\buv\b|\bpdm\b|\bpoetry\b|update-alternatives|pip\.conf|/etc/pip|make\s+(?:alt)?install"
    r"|\bVIRTUAL_ENV\b|pypy|python-build|config\s+set|alpine/v\d|/etc/apk",
    re.IGNORECASE,
)
"""Signs of another Python, or of a setting that lets pip write."""

_ELSEWHERE = (
    "-t", "--target", "--prefix", "--root", "--break-system-packages", "--python", "--dry-run",
)  # fmt: skip
_PLACES = ("", "/etc", "/root", "/usr", "/usr/local", "/usr/local/bin", "/usr/bin")
"""Where another pip may be copied to, or a configuration that lets it write."""

_PIP_PACKAGES = {
    "apt": frozenset(("python3-pip", "python3-full")),
    "apk": frozenset(("py3-pip", "py-pip")),
}
_PYTHON_3 = {"apk": frozenset(("python3",))}
_PYTHON_2 = on_demand(r"py(?:thon)?2?(?:-(?!pip$).*)?")
"""Packages of Alpine for Python 2, which is gone: apk ends with an error before pip is called."""


@rule(
    "DF132",
    "externally-managed-python",
    Severity.ERROR,
    category="build",
    words=("pip",),
    since="0.2",
    sources=(
        "https://peps.python.org/pep-0668/",
        "https://www.debian.org/releases/bookworm/amd64/release-notes/ch-information.en.html#python3-pep-668",
    ),
    examples=(
        Example(
            bad="FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y --no-install-recommends python3-pip && rm -rf /var/lib/apt/lists/*\nRUN pip3 install --no-cache-dir flask==3.1.2  # error: pip3 install\nUSER nobody\n",
            good='FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y --no-install-recommends python3-venv && rm -rf /var/lib/apt/lists/*\nRUN python3 -m venv /venv\nENV PATH="/venv/bin:$PATH"\nRUN pip install --no-cache-dir flask==3.1.2\nUSER nobody\n',
        ),
    ),
)
def externally_managed_python(stage: Stage) -> Iterator[Diagnostic]:
    """pip refuses to install into the Python of Debian 12, Ubuntu 23.04 or Alpine 3.19 and later.

    Why: The build fails.

    "error: externally-managed-environment": the distribution's packages and pip's would overwrite
    each other (PEP 668). Use a virtual environment, or the official python image, whose pip is its own.
    Nothing is said where the Dockerfile mentions a virtual environment, another Python (conda, pyenv,
    uv), or the setting that lets pip write all the same.
    """
    calls = [
        (run, call)
        for run in stage.runs
        for call in run.packages
        if call.manager == "pip" and call.action == "install"
    ]
    bundled = stage.calls.get("ensurepip", ())
    if not (calls or bundled) or is_left_out(stage):
        return
    from ...linter.analysis.base_image import bases_of

    bases = bases_of(stage)
    if bases is None:
        return
    from ...linter.images.distributions import distribution_of

    distributions = [distribution_of(facts, bases.pinned) for facts in bases.facts]
    if not all(
        distribution is not None and distribution.is_externally_managed
        for distribution in distributions
    ):
        return
    if any(facts.language == "python" for facts in bases.facts):
        return
    title = distributions[0].text if distributions[0] is not None else ""
    if bundled and all(each is not None and each.name == "alpine" for each in distributions):
        run, command = bundled[0]
        is_plain = command.argv in (
            ["python3", "-m", "ensurepip"],
            ["python3", "-m", "ensurepip", "--upgrade"],
        )
        if is_plain and surely_runs(run, command) and _is_from_distribution(stage, _PYTHON_3):
            fails = bases.certain and fails_build(run, command)
            yield Diagnostic(
                command.span,
                f"`{shown(command)}` is refused: {title} manages this Python itself (PEP 668)",
                help="create a virtual environment: `python3 -m venv /venv`, and use /venv/bin/pip",
                severity=None if fails else Severity.WARNING,
                evidence=shown(command),
            )
            return
    if not _is_from_distribution(stage, _PIP_PACKAGES):
        return
    for run, call in calls:
        command = call.command
        if not _is_system_pip(run, call) or not surely_runs(run, command):
            continue
        fails = bases.certain and fails_build(run, command)
        yield Diagnostic(
            call_span(call),
            f"`{call_text(call)}` is refused: {title} manages this Python itself (PEP 668)",
            help="create a virtual environment: `python3 -m venv /venv`, and use /venv/bin/pip",
            severity=None if fails else Severity.WARNING,
            evidence=call_text(call),
        )
        return


def _is_from_distribution(stage: Stage, packages: dict[str, frozenset[str]]) -> bool:
    """Whether pip, or Python, surely comes from these packages, and nothing in sight changes that."""
    brought = False
    for part in chain_of(stage):
        for instruction in part.instructions:
            inner = instruction.inner or instruction
            texts = [inner.text, *(heredoc.body for heredoc in inner.heredocs)]
            if any(_OTHER_PYTHON.search(text) for text in texts):
                return False
            if inner.name in ("COPY", "ADD") and inner.destination is not None:
                target = inner.destination.value.rstrip("/")
                if target in _PLACES or "/.config" in target or "/.pip" in target:
                    return False
                if "python" in inner.text and inner.flag("from") is not None:
                    return False
        for run in part.runs:
            if not run.script.complete:
                return False
            for call in run.packages:
                if call.manager not in packages:
                    continue
                if call.action == "remove":
                    return False
                if call.action == "install":
                    names = {re.split("[=<>~@]", word.value)[0] for word in call.operands}
                    if call.manager == "apk" and any(map(_PYTHON_2.fullmatch, names)):
                        return False
                    brought = brought or not packages[call.manager].isdisjoint(names)
        if any("Python-3" in run.script.text for run in part.runs):
            return False  # it is built from source
    return brought


def _is_system_pip(run: Run, call: PackageCommand) -> bool:
    """Whether a call is the distribution's pip, and installs where the distribution does."""
    options, command = call.options, call.command
    if options.unknown or options.has(*_ELSEWHERE) or command.name in ("pip2", "uv"):
        return False
    word = command.word
    if word is None or word.value not in ("pip", "pip3", "/usr/bin/pip", "/usr/bin/pip3"):
        return False
    first = command.words[0].value if command.words else ""
    if ("/" in first and not first.startswith("/usr/bin/")) or "python3." in first:
        return False
    return not is_set(run, "PIP_BREAK_SYSTEM_PACKAGES", command)

"""get-pip.py and the Pythons that it refuses."""

from __future__ import annotations

from ...linter.base.patterns import on_demand
from ...linter.rule import Diagnostic, Example, Severity, rule
from ._pulled import is_left_out
from ._pythons import python_of
from ._runs import chain_of, shown
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Stage
    from ...linter.source.shell.syntax import SimpleCommand

_ADDRESS = on_demand(r"[^\s\"'=(<]*get-pip\.py")
_CURRENT = on_demand(r"https?://bootstrap\.pypa\.io/get-pip\.py")
_REMOVED = on_demand(
    r"https?://raw\.github(?:usercontent)?\.com/pypa/pip/(?:master|develop|main)/contrib/get-pip\.py"
)


@rule(
    "DF147",
    "get-pip-refuses-python",
    Severity.ERROR,
    category="build",
    words=("get-pip.py",),
    since="0.2",
    sources=(
        "https://github.com/pypa/get-pip",
        "https://pip.pypa.io/en/stable/news/",
    ),
    examples=(
        Example(
            bad="FROM python:3.8-slim\nADD https://bootstrap.pypa.io/get-pip.py /tmp/\nRUN python3 /tmp/get-pip.py  # error: python3 /tmp/get-pip.py\nUSER nobody\n",
            good="FROM python:3.14-slim\nRUN python3 -m pip install --no-cache-dir pip==26.1\nUSER nobody\n",
        ),
    ),
)
def get_pip_refuses_python(stage: Stage) -> Iterator[Diagnostic]:
    """get-pip.py is run by a Python that is too old for it, and fails.

    Why: The build fails.

    The script at https://bootstrap.pypa.io/get-pip.py installs the newest pip, which needs Python 3.10
    since April 2026; for each older Python there is one of its own at
    `https://bootstrap.pypa.io/pip/3.6/get-pip.py` and so on. The one that was part of pip's repository was
    removed in 2018. Judged are `python3.6` and the like, and the Python of official images, Debian, Ubuntu and
    Alpine where nothing in the stage may bring another one.
    """
    if is_left_out(stage):
        return
    from ...linter.analysis.base_image import bases_of

    for run in stage.runs:
        for command in run.script.commands:
            if not command.name.startswith("python") or not surely_runs(run, command):
                continue
            origin = _origin(stage, command)
            if origin is None:
                continue
            is_versioned = command.name[6:].count(".") == 1
            if _REMOVED.fullmatch(origin):
                message = "get-pip.py is no longer part of pip's repository"
                instead = "download it from https://bootstrap.pypa.io/get-pip.py"
                certain = True
            else:
                from ...linter.images.data import languages
                from ...linter.images.tags import parse_version

                bases = bases_of(stage)
                python = python_of(stage, bases, command)
                needed = languages()["get_pip"]["python"]
                if python is None or python[0] >= (parse_version(needed) or ()):
                    continue
                version = ".".join(map(str, python[0]))
                message = f"get-pip.py refuses {python[1]}: it needs {needed}"
                instead = f"use https://bootstrap.pypa.io/pip/{version}/get-pip.py"
                certain = is_versioned or (bases is not None and bases.certain)
            yield Diagnostic(
                command.span,
                message,
                help=instead,
                severity=None if certain and fails_build(run, command) else Severity.WARNING,
                evidence=shown(command),
            )
            return


def _origin(stage: Stage, command: SimpleCommand) -> str | None:
    """The address of the get-pip.py that a command runs; None if there may be another one."""
    words = [word.value for word in command.args]
    operand = next((word for word in words if not word.startswith("-")), "")
    pipe = command.pipeline
    if len(pipe) > 1 and pipe[-1] is command and words[:1] in ([], ["-"]):
        texts = [word.value for other in pipe[:-1] for word in other.args]
        found = [text for text in texts if text.endswith("get-pip.py") and "://" in text]
    elif words and words[0] == operand and operand.rpartition("/")[2] == "get-pip.py":
        found = _named(stage)
    else:
        return None
    addresses = {text for text in found if "://" in text}
    is_one = len(addresses) == 1 and len(addresses) + _downloads(found) == len(set(found))
    address = next(iter(addresses)) if is_one else ""
    return address if _CURRENT.fullmatch(address) or _REMOVED.fullmatch(address) else None


def _named(stage: Stage) -> list[str]:
    """Everything named get-pip.py in the instructions that make a stage; a local source as ``./``."""
    found: list[str] = []
    for part in chain_of(stage):
        for instruction in part.instructions:
            inner = instruction.inner or instruction
            if inner.name in ("RUN", "ENV", "ARG"):
                found += _ADDRESS.findall(inner.text)
            elif inner.name in ("COPY", "ADD"):
                sources = [word.value for word in inner.sources]
                named = [text for text in sources if text.endswith("get-pip.py")]
                found += [text if "://" in text else "copied:" for text in named]
    return found


def _downloads(found: list[str]) -> int:
    """How many of the names are not addresses, but those of the downloaded file."""
    return len({text for text in found if "://" not in text and text != "copied:"})

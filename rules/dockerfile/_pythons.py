"""Which Python a program of a stage is."""

from __future__ import annotations

import re

from ...linter.base.patterns import on_demand
from ._runs import chain_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...linter.analysis.base_image import Bases
    from ...linter.images.tags import Version
    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.syntax import SimpleCommand

_OTHER_PYTHON = on_demand(
    r"pyenv|conda|mamba|deadsnakes|jonathonf|fkrull|update-alternatives|Python-[\d$]|python-build|pypy"
    r"|\blns?\s[^&;|]*python|\bln\b[^&;|]*/python|virtualenv|\bvenv\b|alias\s+python|\basdf\b|\bbrew\b"
    r"|make\s+alt|make\s+install|/opt/python|/usr/local/python|software-properties[^&;]*ppa:[^&;]*python"
    r"|activate\b|VIRTUAL_ENV|\buv\b|python_is_python|python\.org/ftp|\bmise\b",
    re.IGNORECASE,
)
"""Signs of another Python than that of the image or its distribution."""

_NAMED = on_demand(r"(?:.*/)?python(\d)\.(\d+)")


def python_of(
    stage: Stage, bases: Bases | None, command: SimpleCommand
) -> tuple[Version, str] | None:
    """The version of the Python that a command runs, and its name for people; None if unknown.

    ``python3.6`` is that one in any image; ``python`` and ``python3`` are those of official
    images and of distributions, unless something in the stage may bring another one.
    """
    word = command.word
    program = word.value if word is not None else ""
    named = _NAMED.fullmatch(program)
    if named is not None:
        return (int(named[1]), int(named[2])), f"Python {named[1]}.{named[2]}"
    if program not in ("python", "python2", "python3", "/usr/bin/python", "/usr/bin/python3"):
        return None
    if program == "python2":
        return (2, 7), "Python 2.7"
    if bases is None or len(bases.facts) != 1 or any(map(may_bring_python, chain_of(stage))):
        return None
    from ...linter.images.languages import packaged

    facts = bases.facts[0]
    if facts.name == "python":
        version = facts.version
        if version is None or (len(version) < 2 and version != (2,)):
            return None
        version = version[:2] if len(version) > 1 else (2, 7)
        return None if "/" in program else (version, f"Python {version[0]}.{version[1]}")
    distribution = bases.distribution
    if distribution is None or facts.language == "python" or distribution.release is None:
        return None
    version = packaged("python", distribution)
    if version is None:
        return None
    if program.endswith("python") and distribution.release < (20,):
        # It is Python 2 where it is there at all; of Ubuntu 20.04 and later it may be either.
        return (2, 7), f"the Python 2.7 of {distribution.text}"
    return version, f"the Python {version[0]}.{version[1]} of {distribution.text}"


def may_bring_python(
    stage: Stage, run: Run | None = None, command: SimpleCommand | None = None
) -> bool:
    """Whether something in a stage, before a command of a RUN, may bring another Python."""
    for instruction in stage.instructions:
        inner = instruction.inner or instruction
        if run is not None and inner.start > run.instruction.start:
            break
        if run is not None and command is not None and inner is run.instruction:
            if _OTHER_PYTHON.search(run.script.text[: command.at]):
                return True
            continue
        texts = [inner.text, *(heredoc.body for heredoc in inner.heredocs)]
        if any(_OTHER_PYTHON.search(text) for text in texts):
            return True
        if inner.name in ("COPY", "ADD") and inner.flag("from") is not None:
            target = inner.destination.value.rstrip("/") if inner.destination is not None else ""
            if target in ("", "/usr", "/usr/local", "/usr/local/bin", "/usr/bin", "/opt"):
                return True
        if inner.name == "ENV" and any(pair.key.text == "PATH" for pair in inner.pairs):
            value = next((pair.value for pair in inner.pairs if pair.key.text == "PATH"), None)
            if value is None or re.search(r"python|py\d", value.value, re.IGNORECASE):
                return True
    return any(not part.script.complete for part in stage.runs)

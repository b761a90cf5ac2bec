"""One generated case, as Docker Compose and as the linter see it."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from composelint.linter.compose.release import CURRENT
from harness import load, normalise_config
from printed import Printer
from record import ask

if TYPE_CHECKING:
    from harness import Case

TRIES = 60
"""How often Compose is asked where it differs: the order in which it looks is by chance."""


class OutsideError(Exception):
    """A case leads out of its project, where the linter reads nothing."""


def ours(case: Case, release: str = CURRENT) -> tuple[bool, Any, list[str]]:
    """The linter's verdict, its printed model, and the messages of its errors."""
    with tempfile.TemporaryDirectory(prefix="referee-") as name:
        folder = Path(name).resolve()
        stack, cwd = load(case, folder, release)
        if any(problem.kind == "path-outside-project" for problem in stack.problems):
            raise OutsideError
        messages = [problem.message for problem in stack.problems if problem.rejects]
        if not stack.accepted:
            return False, None, messages
        printed = Printer(stack, cwd, str(folder / "home"), release).config()
        return True, normalise_config(printed, str(folder)), messages


def difference(case: Case, compose: str, release: str = CURRENT) -> str:
    """The difference between both; empty if there is none."""
    try:
        accepted, model, messages = ours(case, release)
    except OutsideError:
        return ""
    told = ""
    for attempt in range(TRIES):
        answer = ask(case, compose)
        if answer["accepted"] != accepted:
            if answer["accepted"]:
                told = f"Compose accepts it; composelint: {messages}"
            else:
                told = f"Compose refuses it: {answer['error']}"
                if attempt and "signal: killed" in answer["error"]:
                    return ""
            continue
        if not accepted:
            return ""
        expected = normalise_config(copy.deepcopy(answer["config"]))
        if expected == model:
            return ""
        told = "\n".join(differing("", expected, model))
    return told


def differing(path: str, theirs: Any, own: Any) -> list[str]:
    """The values in which two models differ."""
    if isinstance(theirs, dict) and isinstance(own, dict):
        missing = "(absent)"
        return [
            line
            for key in sorted(theirs.keys() | own.keys())
            if theirs.get(key, missing) != own.get(key, missing)
            for line in differing(f"{path}.{key}", theirs.get(key, missing), own.get(key, missing))
        ]
    return [f"{path}: Compose {theirs!r}, composelint {own!r}"]

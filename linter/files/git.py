"""Runs git, on repositories that are not trusted.

The configuration of a repository can name programs: a monitor of its files, hooks, filters, a
pager, a transport. None of them is run. The configuration of the user still counts, because global
excludes decide which files are linted.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache

_UNLISTED = re.compile(rb"^warning: could not open directory '(.+?)/?': ", re.MULTILINE)

_OPTIONS = (
    "--no-pager",
    "--literal-pathspecs",
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    # A folder of the tree that looks like a bare repository is not used as one.
    *("-c", "safe.bareRepository=explicit"),
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
"""git fetches nothing, writes nothing and asks nothing. ``GIT_ALLOW_PROTOCOL`` is for git before
2.45."""


def files_of(folder: str) -> tuple[list[str], list[str]] | None:
    """The files below a folder that git tracks or would track, and the folders that git cannot list.

    None if git fails.
    """
    answer = _ask(folder, 60, "ls-files", "-coz", "--exclude-standard")
    if answer is None:
        return None
    output, errors = answer
    names = sorted({os.fsdecode(name) for name in output.split(b"\0") if name})
    return names, [os.fsdecode(name) for name in _UNLISTED.findall(errors)] if errors else []


def is_tracked(folder: str, path: str) -> bool | None:
    """Whether a path, seen from a folder, is in git's index; None if git fails."""
    answer = _ask(folder, 10, "ls-files", "-z", "--", path)
    return None if answer is None else bool(answer[0])


def is_plain(folder: str, path: str) -> bool | None:
    """Whether git's index has a path as a file that is not executable; None if it has none."""
    answer = _ask(folder, 10, "ls-files", "-sz", "--", path)
    if answer is None or not answer[0]:
        return None
    return answer[0].startswith(b"100644 ")


@lru_cache(maxsize=4)
def _program(path: str) -> str | None:
    """The path of git in these folders; None if it is in none of them.

    Relative folders are left out: they are in the linted tree. Windows would look there first.
    """
    names = ("git.exe",) if os.name == "nt" else ("git",)
    for folder in path.split(os.pathsep):
        for name in names if os.path.isabs(folder) else ():
            program = os.path.join(folder, name)
            if os.path.isfile(program) and os.access(program, os.X_OK):
                return program
    return None


def _ask(folder: str, seconds: float, *command: str) -> tuple[bytes, bytes] | None:
    """The output and the errors of git; None if it is missing, fails or takes too long."""
    import subprocess

    program = _program(os.environ.get("PATH", os.defpath))
    if program is None:
        return None
    try:
        answer = subprocess.run(
            [program, "-C", folder, *_OPTIONS, *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={**os.environ, **_ENVIRONMENT},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return None if answer.returncode else (answer.stdout, answer.stderr)

"""Runs git, on repositories that are not trusted.

The configuration of a repository can name programs: a monitor of its files, hooks, filters, a
pager, a transport. None of them is run. The configuration of the user still counts, because global
excludes decide which files are linted.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from subprocess import CompletedProcess

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


def main_branch(folder: str) -> str | None:
    """The main branch of the repository that this one was cloned from; None if git does not know it."""
    answer = _ask(folder, 10, "symbolic-ref", "--short", "refs/remotes/origin/HEAD")
    name = os.fsdecode(answer[0]).strip().removeprefix("origin/") if answer else ""
    return name if re.fullmatch(r"[A-Za-z][\w./-]*", name, re.ASCII) else None


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
    """The output and the errors of git; None if it is missing, fails or takes too long.

    git is only started where a repository may exist: to start it takes as long as linting a small file.
    """
    if not _may_be_in_repository(folder):
        return None
    answer = run_git(("-C", folder), command, seconds)
    return None if answer is None or answer.returncode else (answer.stdout, answer.stderr)


def _may_be_in_repository(folder: str) -> bool:
    """Whether git may find a repository from a folder: a folder named ``.git`` alone is not one."""
    if "GIT_DIR" in os.environ:
        return True
    folder = os.path.abspath(folder)
    while True:
        place = os.path.join(folder, ".git")
        if os.path.lexists(os.path.join(place, "HEAD")) or os.path.isfile(place):
            return True
        above = os.path.dirname(folder)
        if above == folder:
            return False
        folder = above


def run_git(
    where: Sequence[str],
    command: Sequence[str],
    seconds: float = 60,
    environment: Mapping[str, str] | None = None,
) -> CompletedProcess[bytes] | None:
    """The outcome of a command of git; None if git is missing, or takes too long.

    ``where`` are the options that say which repository is meant, ``environment`` the variables of
    this process by default.
    """
    import subprocess

    arguments = git_call(where, command)
    if arguments is None:
        return None
    try:
        return subprocess.run(
            arguments,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
            env=git_environment(environment),
        )
    except (OSError, subprocess.SubprocessError):
        return None


def bounded_git(
    where: Sequence[str],
    command: Sequence[str],
    most: int,
    environment: Mapping[str, str] | None = None,
    seconds: float = 120,
) -> CompletedProcess[bytes] | None:
    """Like ``run_git``, for output that a hostile repository can make endless.

    git is ended after one byte more than ``most``.
    """
    import subprocess
    from threading import Timer

    arguments = git_call(where, command)
    if arguments is None:
        return None
    try:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=git_environment(environment),
        )
    except OSError:
        return None
    timer = Timer(seconds, process.kill)
    timer.start()
    try:
        with process:
            output = process.stdout.read(most + 1) if process.stdout is not None else b""
            if len(output) > most:
                process.kill()
                return subprocess.CompletedProcess(arguments, 0, output, b"")
            errors = process.stderr.read(most) if process.stderr is not None else b""
        is_in_time = timer.is_alive()
    finally:
        timer.cancel()
        # Processes are copied only where there is one thread.
        timer.join()
    return (
        subprocess.CompletedProcess(arguments, process.returncode, output, errors)
        if is_in_time
        else None
    )


def git_call(where: Sequence[str], command: Sequence[str]) -> list[str] | None:
    """The arguments that run a command of git safely; None if git is missing."""
    program = _program(os.environ.get("PATH", os.defpath))
    return None if program is None else [program, *where, *_OPTIONS, *command]


def git_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables that git is run with."""
    return {**(os.environ if environment is None else environment), **_ENVIRONMENT}

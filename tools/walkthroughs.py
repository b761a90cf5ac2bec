"""Runs the commands that pages of the documentation show, and gives what they print now.

In a ``console`` block a line that begins with ``$`` is a command, the lines below it are its output.
``…`` stands for any number of lines, ``?`` for output that is not written yet; a command without lines
below it is run, and its output is not shown.

The blocks of most pages are run each in a new copy of ``examples/bookshop``. A walkthrough is followed
from top to bottom, in an empty folder with a clone of the repository (its examples only). Its blocks in
other languages show files: the text above ends with the path, and the block is what the file contains.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner
from composelint.linter.cli.main import cli

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
WALKTHROUGHS = ("five-minutes.md", "tutorial.md", "tutorial.es.md")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`([^`\s]+)`[^`\n]*:\n\n\Z")
NOT_RUN = (
    "pip ",
    "pipx ",
    "python3 -m venv ",
    ". .venv/bin/activate",
    "git clone ",
    "pre-commit ",
    "docker ",
)
"""Commands that need a network or a daemon; nothing may be shown below them."""

ENVIRONMENT = {
    **{f"GIT_{who}_{what}": "reader@example.org" if what == "EMAIL" else "Reader"
       for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "COLUMNS": "100",
    "LC_ALL": "C.UTF-8",
    "CI": "",
    "NO_COLOR": "1",
}  # fmt: skip


class PageError(Exception):
    """A page that cannot be followed."""


def pages() -> list[Path]:
    """The pages with commands."""
    listed = sorted((ROOT / "docs").glob("*.md"))
    return [page for page in listed if "```console\n" in page.read_text(encoding="utf-8")]


def replayed(text: str, is_walkthrough: bool) -> str:
    """The text of a page with what its commands print now.

    Raises:
        PageError: if a command fails, or a file does not exist.
    """
    with _environment():
        if not is_walkthrough:
            return BLOCK.sub(_in_a_shop, text)
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(ROOT / "examples", Path(folder, "composelint", "examples"))
            reader = Reader(folder)
            return BLOCK.sub(lambda block: reader.block(block, text), text)


def _in_a_shop(block: re.Match[str]) -> str:
    """A block, run in a new copy of the shop if it has commands."""
    if block[1] != "console" or all(
        line.startswith(tuple(f"$ {word}" for word in NOT_RUN)) for line in block[2].splitlines()
    ):
        return block[0]
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder, "shop")
        shutil.copytree(ROOT / "examples" / "bookshop", shop)
        subprocess.run(["git", "init", "-q"], cwd=shop, check=True)
        return Reader(str(shop)).block(block, "")


@contextlib.contextmanager
def _environment() -> Iterator[None]:
    before, folder = dict(os.environ), os.getcwd()
    os.environ.update(ENVIRONMENT)
    try:
        yield
    finally:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(before)


class Reader:
    """Somebody who follows a page: the folder that they are in changes with ``cd``."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def block(self, block: re.Match[str], page: str) -> str:
        """A block of the page with what is true now."""
        language, text = block.groups()
        if language == "console":
            return f"```console\n{self._console(text)}```"
        named = FILE.search(page[: block.start()])
        if named is None:
            raise PageError(f"no path is named above this block:\n{text}")
        path = Path(self._folder, named[1])
        if not path.is_file():
            raise PageError(f"{named[1]} does not exist where the page shows it")
        return f"```{language}\n{path.read_text(encoding='utf-8').rstrip()}\n```"

    def _console(self, text: str) -> str:
        lines: list[str] = []
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            output = self._run(command, bool(shown))
            lines.append(f"$ {command}\n{_kept(shown, output) if shown else ''}")
        return "".join(lines)

    def _run(self, command: str, is_shown: bool) -> str:
        """What a command prints."""
        if command.startswith(NOT_RUN):
            if is_shown:
                raise PageError(f"this is not run, and yet its output is shown: {command}")
            return ""
        output = ""
        for part in command.split(" && "):
            words = shlex.split(part)
            if words[0] == "cd":
                self._folder = os.path.join(self._folder, words[1])
            elif words[0] == "composelint" and not set(part) & set("|<>;$`"):
                os.chdir(self._folder)
                result = CliRunner().invoke(cli, words[1:])
                if result.exit_code not in (0, 1):
                    raise PageError(f"{part}: {result.output}")
                output += result.output
            else:
                output += self._shell(part)
        return output

    def _shell(self, command: str) -> str:
        with tempfile.TemporaryDirectory() as programs:
            program = Path(programs, "composelint")
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m composelint "$@"\n')
            program.chmod(0o755)
            answer = subprocess.run(
                ["sh", "-euc", command],
                cwd=self._folder,
                env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        if answer.returncode not in ((0, 1) if "composelint" in command else (0,)):
            raise PageError(f"{command}: {answer.stdout}{answer.stderr}")
        return answer.stdout + answer.stderr


def _kept(shown: str, output: str) -> str:
    """The output as the page shows it, if that is still true, else the whole output."""
    lines = "\n".join(line.rstrip() for line in output.rstrip().splitlines())
    pattern = "".join(
        r"(?:.*\n)*?" if line == "…" else re.escape(line) + r"\n" for line in shown.splitlines()
    )
    if re.fullmatch(pattern, f"{lines}\n"):
        return shown
    head, rest, tail = shown.partition("…\n")
    now = lines.splitlines()
    if rest and "…" not in tail:
        first, last = head.count("\n"), tail.count("\n")
        now = [*now[:first], "…", *(now[-last:] if last else ())]
    return "".join(f"{line}\n" for line in now)

"""Edits of the shell scripts of RUN instructions."""

from __future__ import annotations

import re

from ..base.text import EmbeddedSource, Span
from ..rule import Edit
from ..source.shell.tokens import SHELLS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model.dockerfile import Run
    from ..source.shell.packages import PackageCommand
    from ..source.shell.syntax import Script, SimpleCommand
    from ..source.shell.tokens import ShellWord


def can_edit(run: Run, command: SimpleCommand | None = None) -> bool:
    """Whether words can certainly be inserted into the script of a RUN (or one of its commands).

    Heredocs are not edited, nor is text inside quotes, which another shell runs.
    """
    script = run.script
    if (
        script.exec_form
        or not script.complete
        or run.instruction.heredocs
        or script.dialect not in SHELLS
    ):
        return False
    if command is None:
        return True
    if command.script is not script or command.nesting:
        return False
    text = script.text[command.at : command.end]
    return "$(" not in text and "`" not in text


def insert_after(word: ShellWord, text: str) -> Edit:
    """The edit that inserts text directly behind a word."""
    end = word.span.end
    return Edit(Span(word.span.file, end, end), text)


def add_option(
    run: Run, call: PackageCommand, option: str, behind: ShellWord | None = None
) -> Edit | None:
    """The edit that inserts an option behind the verb of a call, or behind another of its words."""
    word = behind or call.verb
    if word is None or not can_edit(run, call.command):
        return None
    if any(argument.value == "--" for argument in call.command.args):
        # The words behind it are not options.
        return None
    return insert_after(word, f" {option}")


def append_command(run: Run, text: str) -> Edit | None:
    """The edit that adds a command to the end of a RUN, in the style of those before it."""
    script = run.script
    if script.text.endswith((";", "&")):
        return None
    if any(comment.end >= len(script.text) for comment in script.comments):
        return None
    return _command_at(run, len(script.text), text)


def command_behind(run: Run, command: SimpleCommand, text: str) -> Edit | None:
    """The edit that adds a command directly behind another one, in the folder where that one ran.

    Behind one whose changes of directory have no effect later, or that runs only in some cases, it
    goes to the end of the RUN, if no folder is deleted in which that may be.
    """
    is_apart = command.conditional or command.in_function or command.negated
    if is_apart or not can_edit(run, command):
        return None if _may_delete_folder(run) else append_command(run, text)
    last = command.pipeline[-1] if command.pipeline else command
    if last.nesting or last.script is not run.script or last.end < command.end:
        return None
    rest = run.script.text[last.end :]
    if not rest.strip():
        return append_command(run, text)
    # Behind anything but an operator, a parenthesis or brace may end what the command is part of.
    if not re.match(r"\s*(?:&&|;(?!;)|[\\\n]|\)|\Z)", rest):
        return None
    return _command_at(run, last.end, text)


def _may_delete_folder(run: Run) -> bool:
    """Whether a RUN may delete the folder in which its last command would run."""
    names = {command.name for command in run.script.commands}
    return not names.isdisjoint(("rm", "rmdir", "mv"))


def _command_at(run: Run, at: int, text: str) -> Edit | None:
    """The edit that inserts a command where another one ends, in the style of those before it."""
    if not can_edit(run):
        return None
    script = run.script
    joiner = _joiner(script)
    if not joiner:
        return None
    end = script.span(at - 1, at).end
    file = script.file
    where = Span(file, end, end)
    instruction = run.instruction
    first, place = instruction.start_line, file.position(end)
    last = place.line
    separator = "" if joiner == ";" else " "
    line = file.line_text(last)
    behind = line[place.column - 1 :].rstrip().rstrip(instruction.escape).strip()
    if first == last or isinstance(file, EmbeddedSource) or behind not in ("", joiner):
        return Edit(where, f"{separator}{joiner} {text}")
    indent = line[: len(line) - len(line.lstrip())] or "    "
    above = file.line_text(last - 1).rstrip()
    if (
        joiner == "&&"
        and not behind
        and (line.lstrip().startswith(joiner) or not above[:-1].rstrip().endswith(joiner))
    ):
        return Edit(where, f" {instruction.escape}\n{indent}&& {text}")
    return Edit(where, f"{separator}{joiner} {instruction.escape}\n{indent}{text}")


def _joiner(script: Script) -> str:
    """The operator that joins the commands of a script; empty if it is not always the same."""
    commands = [
        command for command in script.commands if not command.nesting and command.script is script
    ]
    if not commands or commands[-1].after in ("&", "||"):
        return ""
    operators = {
        command.before
        for command in commands
        if not command.in_subshell and not command.conditional and not command.in_function
    }
    operators -= {"", "|", "|&"}
    if operators <= {"&&"}:
        return "&&"
    return ";" if operators <= {";", "&&"} and _exits_on_error(commands[0]) else ""


def _exits_on_error(command: SimpleCommand) -> bool:
    """Whether a command is ``set -e``."""
    return command.name == "set" and any(
        (word.value.startswith("-") and "e" in word.value) or word.value == "errexit"
        for word in command.args
    )

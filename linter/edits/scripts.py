"""Edits of the shell scripts of RUN instructions."""

from __future__ import annotations

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
    """Whether words may be put into the script (or one command) without a doubt.

    Heredocs are left alone, and so is text inside quotes, which another shell reads.
    """
    script = run.script
    if script.exec_form or not script.complete or run.instruction.heredocs:
        return False
    if script.dialect not in SHELLS:
        return False
    if command is None:
        return True
    if command.script is not script or command.nesting:
        return False
    text = script.text[command.at : command.end]
    return "$(" not in text and "`" not in text


def insert_after(word: ShellWord, text: str) -> Edit:
    end = word.span.end
    return Edit(Span(word.span.file, end, end), text)


def add_option(
    run: Run, call: PackageCommand, option: str, behind: ShellWord | None = None
) -> Edit | None:
    """Put an option behind the verb of a call, or behind another of its words."""
    word = behind or call.verb
    if word is None or not can_edit(run, call.command):
        return None
    if any(item.value == "--" for item in call.command.args):
        # What stands behind it is no option.
        return None
    return insert_after(word, f" {option}")


def append_command(run: Run, text: str) -> Edit | None:
    """Run one more command at the end of a RUN, in the manner of those before it."""
    if not can_edit(run):
        return None
    script = run.script
    joiner = _joiner(script)
    if not joiner or script.text.endswith((";", "&")):
        return None
    if any(comment.end >= len(script.text) for comment in script.comments):
        return None
    end = script.span(len(script.text) - 1, len(script.text)).end
    file = script.file
    where = Span(file, end, end)
    instruction = run.instruction
    first, last = instruction.start_line, file.position(end).line
    separator = "" if joiner == ";" else " "
    if first == last or isinstance(file, EmbeddedSource):
        return Edit(where, f"{separator}{joiner} {text}")
    line = file.line_text(last)
    indent = line[: len(line) - len(line.lstrip())]
    escape = instruction.escape
    leads = line.lstrip().startswith(joiner)
    if joiner == "&&" and (leads or not _trails(script, joiner)):
        return Edit(where, f" {escape}\n{indent or '    '}&& {text}")
    return Edit(where, f"{separator}{joiner} {escape}\n{indent or '    '}{text}")


def _joiner(script: Script) -> str:
    """What joins the commands of a script, where it is the same everywhere."""
    outer = [item for item in script.commands if not item.nesting and item.script is script]
    if not outer or outer[-1].after in ("&", "||"):
        return ""
    used = {
        item.before
        for item in outer
        if not item.in_subshell and not item.conditional and not item.in_function
    }
    used -= {"", "|", "|&"}
    if used <= {"&&"}:
        return "&&"
    if used <= {";", "&&"} and _exits_on_error(outer[0]):
        return ";"
    return ""


def _exits_on_error(command: SimpleCommand) -> bool:
    return command.name == "set" and any(
        (word.value.startswith("-") and "e" in word.value) or word.value == "errexit"
        for word in command.args
    )


def _trails(script: Script, joiner: str) -> bool:
    """Whether the lines of the script end with what joins the commands."""
    file = script.file
    end = script.span(len(script.text) - 1, len(script.text)).end
    above = file.line_text(file.position(end).line - 1).rstrip()
    return above[:-1].rstrip().endswith(joiner)

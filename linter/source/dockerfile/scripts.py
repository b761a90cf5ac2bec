"""The scripts in a Dockerfile: the commands of RUN, CMD, ENTRYPOINT and HEALTHCHECK.

``script_of`` gives one ``Script`` for each form of an instruction: a shell command, a JSON
array, a heredoc. Places in it are places in the Dockerfile.
"""

from __future__ import annotations

from ..shell.parse import parse_shell
from ..shell.syntax import Script, SimpleCommand
from ..shell.tokens import SHELLS, ShellWord
from ..shell.wrappers import base_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .instruction import Instruction
    from .parts import Heredoc
    from .stages import Stage

SCRIPTED = frozenset(("CMD", "ENTRYPOINT", "HEALTHCHECK", "RUN"))


def dialect_of(shell: Sequence[str] | None, windows: bool = False) -> str:
    """The interpreter that SHELL names: ``bash`` for ``["/bin/bash", "-c"]``.

    None is the default shell, ``sh`` or, for Windows images, ``cmd``.
    """
    if not shell:
        return "cmd" if windows else "sh"
    name = base_name(shell[0].replace("\\", "/")).lower().removesuffix(".exe")
    if name == "env" and len(shell) > 1:
        name = base_name(shell[1])
    return "powershell" if name == "pwsh" else name


def interpreter_of(shebang: str) -> str | None:
    """The interpreter that a first line ``#!…`` names, without its folder."""
    if not shebang.startswith("#!"):
        return None
    words = shebang[2:].split()
    if words and base_name(words[0]) == "env":
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    return base_name(words[0]) if words else None


def script_of(instruction: Instruction, dialect: str = "sh") -> Script | None:
    """The script that an instruction executes; None if it executes nothing.

    ``dialect`` is that of the SHELL in force (``dialect_of``); it does not matter for the
    JSON form.
    """
    if instruction.name == "ONBUILD":
        inner = instruction.inner
        return script_of(inner, dialect) if inner is not None else None
    if instruction.name not in SCRIPTED:
        return None
    if instruction.json is not None:
        return _exec_form(instruction)
    command = instruction.command
    if not command:
        return None
    file, at = instruction.file, instruction.command_at
    heredocs = instruction.heredocs
    if len(heredocs) == 1 and command == heredocs[0].word.text:
        return _heredoc_script(heredocs[0], dialect)
    offset = instruction.source_offset
    return parse_shell(
        file, command, lambda index: offset(at + index), dialect=dialect, heredocs=heredocs
    )


def scripts_of(stage: Stage) -> dict[Instruction, Script]:
    """The scripts of a stage's instructions in order, those that ONBUILD defers included."""
    if stage.scripts is not None:
        return stage.scripts
    scripts = stage.scripts = {}
    windows = stage.windows
    for instruction, state in stage.walk():
        script = script_of(instruction, dialect_of(state.shell_words, windows))
        if script is not None:
            scripts[instruction] = script
    return scripts


def _heredoc_script(heredoc: Heredoc, dialect: str) -> Script:
    """A heredoc that is the entire command: BuildKit runs it by its shebang, or in the shell."""
    file, start, body = heredoc.word.owner.file, heredoc.body_start, heredoc.body
    first = body.split("\n", 1)[0]
    named = interpreter_of(first.lstrip("\t") if heredoc.strip_tabs else first)
    return parse_shell(file, body, lambda index: start + index, dialect=named or dialect)


def _exec_form(instruction: Instruction) -> Script | None:
    """The JSON form as a script of one command."""
    words = instruction.json
    if not words:
        return None
    script = Script(instruction.file, instruction.text, instruction.source_offset)
    script.exec_form = True
    command = SimpleCommand(script, words[0].at)
    for word in words:
        end = word.at + len(word.text)
        command.words.append(ShellWord(script, word.at, end, word.value, quoted=True))
    command.end = command.words[-1].end
    command.pipeline = [command]
    script.commands.append(command)
    name = command.name
    if name in SHELLS or name == "su":
        from ..shell.strings import follow_strings

        script.dialect = name if name in SHELLS else "sh"
        follow_strings(script)
    return script
